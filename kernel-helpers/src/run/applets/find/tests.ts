/** The tests of `find`: what a visited file is like. */

import { encodeText } from "../../machine/bytes";
import type { Process } from "../../machine/process";
import { posixRegex } from "../../machine/regex";
import { parseMode } from "../../shell/mode";
import { patternRegExp } from "../../shell/pattern";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { baseName, sizeOf } from "../paths";
import type { Test, Visit } from "./walk";
import { FindError, type Words } from "./words";

/** The letters of `-type`. */
const LETTERS: Readonly<Record<string, string>> = {
  f: "file",
  d: "dir",
  l: "symlink",
  b: "block",
  c: "char",
  p: "fifo",
  s: "socket",
};

/** A test that needs no waiting. */
export function plain(test: (visit: Visit) => boolean): Test {
  return function* (visit) {
    return test(visit);
  };
}

/** The test *name*, with its argument from *words*; undefined when it is none. Throws FindError. */
export function readTest(process: Process, name: string, words: Words): Test | undefined {
  switch (name) {
    case "-name":
    case "-iname": {
      const regex = patternRegExp(words.value(name), false, name === "-iname" ? "i" : "");
      return plain((visit) => regex.test(baseName(visit.path)));
    }
    case "-path":
    case "-wholename":
    case "-ipath": {
      const regex = patternRegExp(words.value(name), false, name === "-ipath" ? "i" : "");
      return plain((visit) => regex.test(visit.path));
    }
    case "-lname": {
      const regex = patternRegExp(words.value(name));
      return plain(
        (visit) => visit.stat.type === "symlink" && regex.test(encodeText(visit.stat.linkname ?? "")),
      );
    }
    case "-regex":
    case "-iregex": {
      const source = words.value(name);
      return plain((visit) => {
        const match = posixRegex(source, process.gnu, name === "-iregex" ? "i" : "").exec(visit.path);
        return match !== null && match[0] === visit.path;
      });
    }
    case "-type": {
      const types = words
        .value(name)
        .split(",")
        .map((letter) => LETTERS[letter]);
      if (types.includes(undefined) || (types.length > 1 && process.minimal))
        throw new FindError(
          process.gnu
            ? `Unknown argument to -type: ${words.last}`
            : `invalid argument '${words.last}' to '-type'`,
        );
      return plain((visit) => types.includes(visit.stat.type));
    }
    case "-xtype": {
      const type = LETTERS[words.value(name)];
      return plain((visit) => (process.vfs.tryStat(process, visit.path)?.type ?? "symlink") === type);
    }
    case "-perm": {
      const text = words.value(name);
      const how = /^[-/+]/.test(text) ? text[0] : "";
      const mode = parseMode(text.replace(/^[-/+]/, ""), 0, false, 0);
      if (mode === undefined) throw new FindError(`invalid mode '${text}'`);
      return plain(({ stat }) =>
        how === "-"
          ? (stat.mode & mode) === mode
          : how === ""
            ? stat.mode === mode
            : mode === 0 || (stat.mode & mode) !== 0,
      );
    }
    case "-size": {
      const match = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(words.value(name));
      if (match === null) throw new FindError(`invalid number '${words.last}'`);
      const unit = { b: 512, c: 1, w: 2, k: 1024, M: 1048576, G: 1073741824 }[match[3] || "b"] as number;
      return plain(({ stat }) =>
        compare(match?.[1] ?? "", Math.ceil(sizeOf(stat) / unit), Number(match?.[2])),
      );
    }
    case "-empty":
      return plain((visit) =>
        visit.stat.type === "dir"
          ? process.vfs.readdir(process, visit.path).length === 0
          : visit.stat.type === "file" && visit.stat.size === 0,
      );
    case "-mtime":
    case "-ctime":
    case "-atime":
    case "-mmin":
    case "-cmin":
    case "-amin": {
      const match = /^([-+]?)(\d+)$/.exec(words.value(name));
      if (match === null) throw new FindError(`invalid number '${words.last}'`);
      const unit = name.endsWith("min") ? 60 : 86400;
      return plain(({ stat }) =>
        compare(match?.[1] ?? "", Math.floor((process.machine.time - stat.mtime) / unit), Number(match?.[2])),
      );
    }
    case "-newer":
    case "-anewer":
    case "-cnewer": {
      const reference = words.value(name);
      const stat = process.vfs.tryStat(process, reference);
      if (stat === undefined) throw new FindError(`${reference}: No such file or directory`);
      return plain((visit) => visit.stat.mtime > stat.mtime);
    }
    case "-user":
    case "-group": {
      const text = words.value(name);
      const found =
        name === "-user"
          ? parsePasswd(smallFile(process, "/etc/passwd")).find((user) => user.name === text)?.uid
          : parseGroup(smallFile(process, "/etc/group")).find((group) => group.name === text)?.gid;
      const id = found ?? (/^\d+$/.test(text) ? Number(text) : undefined);
      if (id === undefined) throw new FindError(`unknown ${name.slice(1)} ${text}`);
      return plain(({ stat }) => (name === "-user" ? stat.uid : stat.gid) === id);
    }
    case "-uid":
    case "-gid": {
      const id = Number(words.value(name));
      return plain(({ stat }) => (name === "-uid" ? stat.uid : stat.gid) === id);
    }
    case "-nouser":
    case "-nogroup": {
      const users = new Set(parsePasswd(smallFile(process, "/etc/passwd")).map((user) => user.uid));
      const groups = new Set(parseGroup(smallFile(process, "/etc/group")).map((group) => group.gid));
      return plain(({ stat }) => (name === "-nouser" ? !users.has(stat.uid) : !groups.has(stat.gid)));
    }
    case "-links": {
      const match = /^([-+]?)(\d+)$/.exec(words.value(name));
      return plain(({ stat }) => compare(match?.[1] ?? "", stat.nlink, Number(match?.[2])));
    }
    case "-inum": {
      const ino = Number(words.value(name));
      return plain(({ stat }) => stat.ino === ino);
    }
    case "-samefile": {
      const stat = process.vfs.tryStat(process, words.value(name));
      return plain((visit) => visit.stat.ino === stat?.ino);
    }
    case "-executable":
    case "-readable":
    case "-writable": {
      const mask = name === "-executable" ? 1 : name === "-readable" ? 4 : 2;
      return plain((visit) => process.vfs.access(process, visit.path, mask));
    }
    case "-true":
      return plain(() => true);
    case "-false":
      return plain(() => false);
    default:
      return undefined;
  }
}

/** `+n` is more, `-n` less, `n` just so many. */
function compare(sign: string, value: number, wanted: number): boolean {
  return sign === "+" ? value > wanted : sign === "-" ? value < wanted : value === wanted;
}
