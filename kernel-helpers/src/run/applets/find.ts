/** `find`. */

import type { FileStat } from "../../platform/files";
import { encodeText } from "../machine/bytes";
import type { Process, Task } from "../machine/process";
import { parseMode } from "../shell/mode";
import { patternRegExp } from "../shell/pattern";
import { parseGroup, parsePasswd } from "../users";
import { smallFile } from "./attributes";
import { asErrno, baseName, dirName, join, modeString, sizeOf, blocksOf } from "./paths";
import { usage } from "./options";
import { posixRegex } from "../machine/regex";
import { formatTime } from "./time";
import { runProgram } from "./xargs";

interface Visit {
  readonly path: string;
  readonly stat: FileStat;
  readonly depth: number;
  readonly start: string;
}

type Test = (visit: Visit) => Task<boolean>;

/** What Debian's static busybox is built without. */
const MISSING = new Set(
  "-delete -uid -gid -nouser -nogroup -ls -printf -lname -xtype -readable -writable -execdir -ok -iregex -anewer -cnewer".split(
    " ",
  ),
);

class FindError extends Error {}

const LETTERS: Readonly<Record<string, string>> = {
  f: "file",
  d: "dir",
  l: "symlink",
  b: "block",
  c: "char",
  p: "fifo",
  s: "socket",
};

export function* find(process: Process): Task<number> {
  const run = new Finder(process);
  try {
    return yield* run.run();
  } catch (error) {
    if (!(error instanceof FindError)) throw error;
    process.err(`find: ${error.message}\n`);
    return 1;
  }
}

class Finder {
  private readonly args: string[];
  private at = 0;
  private follow = false;
  private minDepth = 0;
  private maxDepth = Infinity;
  private depthFirst = false;
  private oneDevice = false;
  /** Mounts that the starting points are on. */
  private readonly devices = new Set<number>();
  private acts = false;
  private status = 0;
  private pruned = false;
  private stopped = false;
  private readonly batches: { args: string[]; items: string[]; dir?: string }[] = [];

  constructor(private readonly process: Process) {
    this.args = process.args.slice(1);
  }

  *run(): Task<number> {
    while (/^-[HLP]$/.test(this.args[this.at] ?? "")) this.follow = this.args[this.at++] === "-L";
    const starts: string[] = [];
    while (this.at < this.args.length && !/^[-!(),]/.test(this.args[this.at] as string))
      starts.push(this.args[this.at++] as string);
    if (starts.length === 0) starts.push(".");
    const test = this.at < this.args.length ? this.or() : undefined;
    if (this.at < this.args.length) {
      const rest = this.args[this.at] as string;
      throw new FindError(
        this.process.gnu ? `unexpected extra predicate '${rest}'` : `unrecognized: ${rest}`,
      );
    }
    for (const start of starts) {
      if (this.stopped) break;
      const stat = this.stat(start, start);
      if (stat === undefined) continue;
      this.devices.add(this.deviceOf(start));
      yield* this.visit({ path: start, stat, depth: 0, start }, test);
    }
    for (const batch of this.batches) {
      if (batch.items.length > 0 && (yield* this.exec([...batch.args, ...batch.items])) !== 0)
        this.status = 1;
    }
    return this.status;
  }

  private stat(path: string, shown: string): FileStat | undefined {
    try {
      return (
        (this.follow ? this.process.vfs.tryStat(this.process, path) : undefined) ??
        this.process.vfs.stat(this.process, path, false)
      );
    } catch (error) {
      this.complain(shown, asErrno(error).message);
      return undefined;
    }
  }

  private deviceOf(path: string): number {
    return this.process.vfs.locate(this.process, path, this.follow).device;
  }

  private complain(path: string, message: string): void {
    this.status = 1;
    this.process.err(this.process.gnu ? `find: '${path}': ${message}\n` : `find: ${path}: ${message}\n`);
  }

  private *visit(visit: Visit, test: Test | undefined): Task {
    if (this.stopped) return;
    this.process.machine.meter.addCommands(1);
    yield* this.process.room();
    this.pruned = false;
    const isElsewhere =
      this.oneDevice && visit.stat.type === "dir" && !this.devices.has(this.deviceOf(visit.path));
    // GNU shows a mount point that it does not enter, busybox does not.
    if (isElsewhere && !this.process.gnu) return;
    if (!this.depthFirst && visit.depth >= this.minDepth) yield* this.judge(visit, test);
    if (
      visit.stat.type === "dir" &&
      visit.depth < this.maxDepth &&
      !(this.pruned && !this.depthFirst) &&
      !isElsewhere &&
      !this.stopped
    ) {
      let names: string[] = [];
      try {
        names = this.process.vfs.readdir(this.process, visit.path);
      } catch (error) {
        this.complain(visit.path, asErrno(error).message);
      }
      for (const name of names) {
        const path = join(visit.path, name);
        const stat = this.stat(path, path);
        if (stat !== undefined)
          yield* this.visit({ path, stat, depth: visit.depth + 1, start: visit.start }, test);
      }
    }
    if (this.depthFirst && visit.depth >= this.minDepth && !this.stopped) yield* this.judge(visit, test);
  }

  private *judge(visit: Visit, test: Test | undefined): Task {
    const hit = test === undefined ? true : yield* test(visit);
    if (hit && !this.acts) this.process.out(visit.path + "\n");
  }

  private peek(): string | undefined {
    return this.args[this.at];
  }

  private or(): Test {
    let left = this.and();
    for (;;) {
      const word = this.peek();
      if (word === "-o" || word === "-or") {
        this.at++;
        const a = left;
        const b = this.and();
        left = function* (visit) {
          return (yield* a(visit)) || (yield* b(visit));
        };
      } else if (word === ",") {
        this.at++;
        const a = left;
        const b = this.and();
        left = function* (visit) {
          yield* a(visit);
          return yield* b(visit);
        };
      } else return left;
    }
  }

  private and(): Test {
    let left = this.not();
    for (;;) {
      const word = this.peek();
      if (word === undefined || word === "-o" || word === "-or" || word === ")" || word === ",") return left;
      if (word === "-a" || word === "-and") this.at++;
      const a = left;
      const b = this.not();
      left = function* (visit) {
        return (yield* a(visit)) && (yield* b(visit));
      };
    }
  }

  private not(): Test {
    const word = this.peek();
    if (word === "!" || word === "-not") {
      this.at++;
      const inner = this.not();
      return function* (visit) {
        return !(yield* inner(visit));
      };
    }
    if (word === "(") {
      this.at++;
      const inner = this.or();
      if (this.peek() !== ")")
        throw new FindError(
          this.process.gnu
            ? "invalid expression; I was expecting to find a ')' somewhere but did not see one."
            : "unpaired '('",
        );
      this.at++;
      return inner;
    }
    return this.primary();
  }

  private value(name: string): string {
    const value = this.args[this.at++];
    if (value === undefined)
      throw new FindError(
        this.process.gnu ? `missing argument to \`${name}'` : `${name} requires an argument`,
      );
    return value;
  }

  private primary(): Test {
    const name = this.args[this.at++];
    if (name === undefined) throw new FindError("bad expression");
    if (this.process.minimal && MISSING.has(name)) {
      this.process.err(`find: unrecognized: ${name}\n`);
      throw usage(this.process, "[-HL] [PATH]... [OPTIONS] [ACTIONS]");
    }
    const plain = (test: (visit: Visit) => boolean): Test =>
      function* (visit) {
        return test(visit);
      };
    const always = plain(() => true);
    const { process } = this;
    switch (name) {
      case "-name":
      case "-iname": {
        const regex = patternRegExp(this.value(name), false, name === "-iname" ? "i" : "");
        return plain((visit) => regex.test(baseName(visit.path)));
      }
      case "-path":
      case "-wholename":
      case "-ipath": {
        const regex = patternRegExp(this.value(name), false, name === "-ipath" ? "i" : "");
        return plain((visit) => regex.test(visit.path));
      }
      case "-lname": {
        const regex = patternRegExp(this.value(name));
        return plain(
          (visit) => visit.stat.type === "symlink" && regex.test(encodeText(visit.stat.linkname ?? "")),
        );
      }
      case "-regex":
      case "-iregex": {
        const source = this.value(name);
        return plain((visit) => {
          const match = posixRegex(source, process.gnu, name === "-iregex" ? "i" : "").exec(visit.path);
          return match !== null && match[0] === visit.path;
        });
      }
      case "-type": {
        const types = this.value(name)
          .split(",")
          .map((letter) => LETTERS[letter]);
        if (types.includes(undefined) || (types.length > 1 && process.minimal))
          throw new FindError(
            process.gnu
              ? `Unknown argument to -type: ${this.args[this.at - 1] ?? ""}`
              : `invalid argument '${this.args[this.at - 1] ?? ""}' to '-type'`,
          );
        return plain((visit) => types.includes(visit.stat.type));
      }
      case "-xtype": {
        const type = LETTERS[this.value(name)];
        return plain((visit) => (process.vfs.tryStat(process, visit.path)?.type ?? "symlink") === type);
      }
      case "-perm": {
        const text = this.value(name);
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
        const match = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(this.value(name));
        if (match === null) throw new FindError(`invalid number '${this.args[this.at - 1] ?? ""}'`);
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
        const match = /^([-+]?)(\d+)$/.exec(this.value(name));
        if (match === null) throw new FindError(`invalid number '${this.args[this.at - 1] ?? ""}'`);
        const unit = name.endsWith("min") ? 60 : 86400;
        return plain(({ stat }) =>
          compare(
            match?.[1] ?? "",
            Math.floor((process.machine.time - stat.mtime) / unit),
            Number(match?.[2]),
          ),
        );
      }
      case "-newer":
      case "-anewer":
      case "-cnewer": {
        const reference = this.value(name);
        const stat = process.vfs.tryStat(process, reference);
        if (stat === undefined) throw new FindError(`${reference}: No such file or directory`);
        return plain((visit) => visit.stat.mtime > stat.mtime);
      }
      case "-user":
      case "-group": {
        const text = this.value(name);
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
        const id = Number(this.value(name));
        return plain(({ stat }) => (name === "-uid" ? stat.uid : stat.gid) === id);
      }
      case "-nouser":
      case "-nogroup": {
        const users = new Set(parsePasswd(smallFile(process, "/etc/passwd")).map((user) => user.uid));
        const groups = new Set(parseGroup(smallFile(process, "/etc/group")).map((group) => group.gid));
        return plain(({ stat }) => (name === "-nouser" ? !users.has(stat.uid) : !groups.has(stat.gid)));
      }
      case "-links": {
        const match = /^([-+]?)(\d+)$/.exec(this.value(name));
        return plain(({ stat }) => compare(match?.[1] ?? "", stat.nlink, Number(match?.[2])));
      }
      case "-inum": {
        const ino = Number(this.value(name));
        return plain(({ stat }) => stat.ino === ino);
      }
      case "-samefile": {
        const stat = process.vfs.tryStat(process, this.value(name));
        return plain((visit) => visit.stat.ino === stat?.ino);
      }
      case "-executable":
      case "-readable":
      case "-writable": {
        const mask = name === "-executable" ? 1 : name === "-readable" ? 4 : 2;
        return plain((visit) => process.vfs.access(process, visit.path, mask));
      }
      case "-maxdepth":
        this.maxDepth = Number(this.value(name));
        return always;
      case "-mindepth":
        this.minDepth = Number(this.value(name));
        return always;
      case "-depth":
      case "-d":
        this.depthFirst = true;
        return always;
      case "-xdev":
      case "-mount":
        this.oneDevice = true;
        return always;
      case "-noleaf":
      case "-daystart":
      case "-ignore_readdir_race":
      case "-warn":
      case "-nowarn":
        return always;
      case "-follow":
        this.follow = true;
        return always;
      case "-regextype":
        this.value(name);
        return always;
      case "-true":
        return always;
      case "-false":
        return plain(() => false);
      case "-prune":
        return plain(() => {
          this.pruned = true;
          return true;
        });
      case "-quit":
        this.acts = true;
        return plain(() => {
          this.stopped = true;
          return true;
        });
      case "-print":
      case "-print0":
        this.acts = true;
        return plain((visit) => {
          process.out(visit.path + (name === "-print" ? "\n" : "\0"));
          return true;
        });
      case "-printf": {
        this.acts = true;
        const format = this.value(name);
        return plain((visit) => {
          process.out(formatVisit(process, format, visit));
          return true;
        });
      }
      case "-ls":
        this.acts = true;
        return plain((visit) => {
          process.out(formatVisit(process, "%i %k %M %n %u %g %s %p\n", visit));
          return true;
        });
      case "-delete":
        this.acts = true;
        this.depthFirst = true;
        return plain((visit) => {
          try {
            if (visit.stat.type === "dir") {
              if (visit.path === "." || visit.path === "/") return true;
              process.vfs.rmdir(process, visit.path);
            } else process.vfs.unlink(process, visit.path);
            return true;
          } catch (error) {
            this.status = 1;
            process.err(
              process.gnu
                ? `find: cannot delete '${visit.path}': ${asErrno(error).message}\n`
                : `find: ${visit.path}: ${asErrno(error).message}\n`,
            );
            return false;
          }
        });
      case "-exec":
      case "-execdir":
      case "-ok":
        return this.execPrimary(name);
      default:
        if (process.gnu)
          throw new FindError(
            name.startsWith("-")
              ? `unknown predicate \`${name}'`
              : `paths must precede expression: \`${name}'`,
          );
        process.err(`find: unrecognized: ${name}\n`);
        throw usage(process, "[-HL] [PATH]... [OPTIONS] [ACTIONS]");
    }
  }

  private execPrimary(name: string): Test {
    this.acts = true;
    const words: string[] = [];
    for (;;) {
      const word = this.args[this.at++];
      if (word === undefined)
        throw new FindError(
          this.process.gnu ? `missing argument to \`${name}'` : `${name} requires an argument`,
        );
      if (word === ";") break;
      if (word === "+" && words.at(-1) === "{}") {
        words.pop();
        const batch = { args: words, items: [] as string[] };
        this.batches.push(batch);

        return function* (visit) {
          batch.items.push(visit.path);
          return true;
        };
      }
      words.push(word);
    }
    const run = (args: string[], dir?: string): Task<number> => this.exec(args, dir);
    const inDir = name === "-execdir";
    return function* (visit) {
      const path = inDir ? `./${baseName(visit.path)}` : visit.path;
      return (
        (yield* run(
          words.map((word) => word.replaceAll("{}", path)),
          inDir ? dirName(visit.path) : undefined,
        )) === 0
      );
    };
  }

  private *exec(args: string[], dir?: string): Task<number> {
    return yield* runProgram(this.process, args, (child) => {
      if (dir !== undefined) child.cwd = child.vfs.locate(child, dir).path;
    });
  }
}

function compare(sign: string, value: number, wanted: number): boolean {
  return sign === "+" ? value > wanted : sign === "-" ? value < wanted : value === wanted;
}

function formatVisit(process: Process, format: string, visit: Visit): string {
  const { stat, path } = visit;
  const user = (): string =>
    parsePasswd(smallFile(process, "/etc/passwd")).find((one) => one.uid === stat.uid)?.name ??
    String(stat.uid);
  const group = (): string =>
    parseGroup(smallFile(process, "/etc/group")).find((one) => one.gid === stat.gid)?.name ??
    String(stat.gid);
  const types: Record<string, string> = {
    file: "f",
    dir: "d",
    symlink: "l",
    char: "c",
    block: "b",
    fifo: "p",
  };
  return format.replace(
    /\\([nt0\\abfrv])|%(-?\d*)([pfhPdsmMugUGTtnilyYkbHC%])([@A-Za-z+])?/g,
    (whole, escape: string | undefined, width: string, kind: string, extra: string | undefined) => {
      if (escape !== undefined)
        return (
          { n: "\n", t: "\t", "0": "\0", "\\": "\\", a: "\x07", b: "\b", f: "\f", r: "\r", v: "\v" }[
            escape
          ] ?? whole
        );
      let text: string;
      let tail = extra ?? "";
      switch (kind) {
      case "p": text = path; break;
      case "f": text = baseName(path); break;
      case "h": text = dirName(path); break;
      case "P": text = path === visit.start ? "" : path.slice(visit.start.length).replace(/^\//, ""); break;
      case "H": text = visit.start; break;
      case "d": text = String(visit.depth); break;
      case "s": text = String(sizeOf(stat)); break;
      case "m": text = stat.mode.toString(8); break;
      case "M": text = modeString(stat); break;
      case "u": text = user(); break;
      case "g": text = group(); break;
      case "U": text = String(stat.uid); break;
      case "G": text = String(stat.gid); break;
      case "n": text = String(stat.nlink); break;
      case "i": text = String(stat.ino); break;
      case "l": text = stat.type === "symlink" ? encodeText(stat.linkname ?? "") : ""; break;
      case "y": text = types[stat.type] ?? "U"; break;
      case "Y": text = types[process.vfs.tryStat(process, path)?.type ?? ""] ?? "N"; break;
      case "k": text = String(blocksOf(stat) / 2); break;
      case "b": text = String(blocksOf(stat)); break;
      case "t": text = formatTime("%a %b %e %H:%M:%S %Y", stat.mtime); break;
      case "T":
      case "C":
        tail = "";
        text = extra === "@" ? `${stat.mtime}.0000000000` : extra === "+" ? formatTime("%Y-%m-%d+%H:%M:%S.0000000000", stat.mtime) : formatTime(`%${extra ?? "c"}`, stat.mtime);
        break;
      default: text = "%";
    } // prettier-ignore
      const size = Number(width || 0);
      return (size < 0 ? text.padEnd(-size) : text.padStart(size)) + tail;
    },
  );
}
