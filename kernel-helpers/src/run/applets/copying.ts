/** `cat`, `cp`, `mv`, `install`. */

import type { FileStat } from "../../platform/files";
import { Errno } from "../machine/errno";
import type { Program } from "../machine/exec";
import { FileHandle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseMode } from "../shell/mode";
import { ownerIds } from "./attributes";
import { parseOptions, usage, type Options } from "./options";
import { asErrno, baseName, dirName, join } from "./paths";
import { cannotOpen, eachInput, LineReader } from "./text";

function* cat(process: Process): Task<number> {
  const options = parseOptions(
    process,
    process.gnu ? "nbvteAEsTu" : "nbvteAu",
    {
      number: "n",
      "number-nonblank": "b",
      "show-all": "A",
      "show-ends": "E",
      "squeeze-blank": "s",
      "show-tabs": "T",
      "show-nonprinting": "v",
    },
    "[-nbvteA] [FILE]...",
  );
  const plain = options.given.every((one) => one.letter === "u");
  let line = 0;
  let blank = false;
  const good = yield* eachInput(process, options.rest, cannotOpen(process), function* (handle) {
    if (plain) {
      for (;;) {
        const piece = yield* process.readHandle(handle);
        if (piece === "") return;
        process.out(piece);
        process.machine.meter.addCommands(1);
        yield* process.room();
      }
    }
    const reader = new LineReader(process, handle);
    for (let text = yield* reader.line(); text !== undefined; text = yield* reader.line()) {
      if (options.has("s")) {
        if (text === "" && blank) continue;
        blank = text === "";
      }
      const numbered = options.has("n") ? true : options.has("b") && text !== "";
      process.out(
        (numbered ? `${String(++line).padStart(6)}\t` : "") +
          visible(text, options) +
          (reader.terminated ? (/[eEA]/.test(options.last("eEA")) ? "$\n" : "\n") : ""),
      );
      yield* process.room();
    }
  });
  return good ? 0 : 1;
}

function visible(text: string, options: Options): string {
  const marks = options.has("v") || options.has("t") || options.has("e") || options.has("A");
  let out = "";
  for (const char of text) {
    let code = char.charCodeAt(0);
    if (char === "\t") {
      out += options.has("t") || options.has("A") || options.has("T") ? "^I" : char;
      continue;
    }
    if (!marks) {
      out += char;
      continue;
    }
    if (code >= 128) {
      out += "M-";
      code -= 128;
    }
    out += code < 32 ? "^" + String.fromCharCode(code + 64) : code === 127 ? "^?" : String.fromCharCode(code);
  }
  return out;
}

/** How a copy is made. */
interface CopyMode {
  readonly recursive: boolean;
  readonly preserve: boolean;
  /** Links as links: never followed, followed on the command line only, always. */
  readonly links: "keep" | "command-line" | "follow";
  readonly force: boolean;
  readonly noClobber: boolean;
  readonly link: "" | "hard" | "symbolic";
  readonly update: boolean;
  readonly verbose: boolean;
  /** Hard links among the copied files: inode to the first copy. */
  readonly seen: Map<string, string>;
  /** Directories made by this copy: not to be copied into themselves. */
  readonly made: Set<string>;
  readonly name: "cp" | "mv";
  readonly removeFirst?: boolean;
  /** -T */
  readonly noTarget?: boolean;
  /** -i */
  readonly interactive?: boolean;
}

/** Asks before *to* is overwritten; a `y` on standard input says yes. */
function* agrees(process: Process, to: string): Task<boolean> {
  process.err(`${process.name}: overwrite '${to}'? `);
  const answer = yield* new LineReader(process, process.fd(0)).line();
  return /^[yY]/.test(answer ?? "");
}

function fail(process: Process, text: string): false {
  process.err(`${process.name}: ${text}\n`);
  return false;
}

/** Copies one thing to *to*. Answers whether it went well. */
function* copy(process: Process, from: string, to: string, mode: CopyMode, top: boolean): Task<boolean> {
  const { vfs } = process;
  process.machine.meter.addCommands(1);
  const follow = mode.links === "follow" || (mode.links === "command-line" && top);
  let stat: FileStat;
  try {
    stat = vfs.stat(process, from, follow);
  } catch (error) {
    const { message } = asErrno(error);
    return fail(
      process,
      process.gnu ? `cannot stat '${from}': ${message}` : `can't stat '${from}': ${message}`,
    );
  }
  let target = vfs.tryStat(process, to, false);
  if (target?.type === "symlink" && stat.type === "file") target = vfs.tryStat(process, to) ?? target;
  try {
    if (
      target !== undefined &&
      target.ino === stat.ino &&
      vfs.locate(process, from, follow).device === vfs.locate(process, to).device &&
      mode.link === ""
    ) {
      return fail(
        process,
        process.gnu ? `'${from}' and '${to}' are the same file` : `'${from}' and '${to}' are the same file`,
      );
    }
    if (stat.type === "dir") {
      if (!mode.recursive)
        return fail(
          process,
          process.gnu ? `-r not specified; omitting directory '${from}'` : `omitting directory '${from}'`,
        );
      return yield* copyDirectory(process, from, to, stat, target, mode);
    }
    if (target !== undefined && target.type !== "dir") {
      if (mode.noClobber) return true;
      if (mode.interactive === true && !(yield* agrees(process, to))) return true;
      if (mode.update && target.mtime >= stat.mtime) return true;
    }
    if (target?.type === "dir")
      return fail(
        process,
        process.gnu
          ? `cannot overwrite directory '${to}' with non-directory`
          : mode.noTarget
            ? `'${to}' is a directory`
            : `can't create '${to}': Is a directory`,
      );
    if (mode.link !== "") {
      if (target !== undefined && mode.force) vfs.unlink(process, to);
      if (mode.link === "hard") vfs.link(process, from, to);
      else vfs.symlink(process, from, to);
      return true;
    }
    const key = `${vfs.locate(process, from, follow).device}:${stat.ino}`;
    const keepsLinks = process.gnu ? mode.preserve : mode.recursive && mode.links === "keep";
    if (stat.nlink > 1 && keepsLinks && stat.type === "file") {
      const first = mode.seen.get(key);
      if (first !== undefined) {
        if (target !== undefined) vfs.unlink(process, to);
        vfs.link(process, first, to);
        return true;
      }
      mode.seen.set(key, to);
    }
    if (stat.type === "file") {
      const content = vfs.content(process, from);
      // GNU leaves setuid and setgid out; for others than root the kernel takes them away when the file is written.
      const isKept = !process.gnu && (process.cred.uid === 0 || content.size === 0);
      const bits = stat.mode & (isKept ? 0o7777 : 0o777);
      if (target?.type === "file" && mode.removeFirst === true) vfs.unlink(process, to);
      try {
        vfs.writeContent(process, to, content, bits);
      } catch (error) {
        if (!mode.force || vfs.tryStat(process, to, false) === undefined) throw error;
        vfs.unlink(process, to);
        vfs.writeContent(process, to, content, bits);
      }
      process.machine.work(content.size / 200_000);
    } else {
      if (target !== undefined) vfs.unlink(process, to);
      if (stat.type === "symlink") vfs.symlink(process, vfs.readlink(process, from), to);
      else vfs.mknod(process, to, stat.type, stat.mode, stat.devmajor, stat.devminor);
    }
    if (mode.preserve) preserve(process, to, stat);
  } catch (error) {
    const { message, code } = asErrno(error);
    if (code === "ENOCONTENT") return fail(process, `${from}: ${message}`);
    return fail(
      process,
      process.gnu ? `cannot create regular file '${to}': ${message}` : `can't create '${to}': ${message}`,
    );
  }
  if (mode.verbose)
    process.out(
      process.gnu
        ? mode.name === "mv"
          ? `renamed '${from}' -> '${to}'\n`
          : `'${from}' -> '${to}'\n`
        : `'${from}' -> '${to}'\n`,
    );
  return true;
}

function preserve(process: Process, to: string, stat: FileStat): void {
  const { vfs } = process;
  try {
    vfs.chown(process, to, stat.uid, stat.gid, false);
  } catch (error) {
    asErrno(error);
  }
  if (stat.type !== "symlink") vfs.chmod(process, to, stat.mode);
  vfs.utimes(process, to, stat.mtime, false);
}

function* copyDirectory(
  process: Process,
  from: string,
  to: string,
  stat: FileStat,
  target: FileStat | undefined,
  mode: CopyMode,
): Task<boolean> {
  const { vfs } = process;
  const source = vfs.locate(process, from).path;
  if (!process.gnu && mode.made.has(`${vfs.locate(process, from).device}:${stat.ino}`))
    return fail(process, `recursion detected, omitting directory '${from}'`);
  const placed = process.gnu ? vfs.locate(process, to).path : "";
  if (process.gnu && (placed === source || placed.startsWith(source === "/" ? "/" : source + "/"))) {
    return fail(process, `cannot copy a directory, '${from}', into itself, '${to}'`);
  }
  let good = true;
  let made = false;
  if (target === undefined) {
    try {
      vfs.mkdir(process, to, stat.mode | 0o700);
    } catch (error) {
      const { message } = asErrno(error);
      return fail(process, `${process.gnu ? "cannot" : "can't"} create directory '${to}': ${message}`);
    }
    made = true;
    mode.made.add(`${vfs.locate(process, to).device}:${vfs.stat(process, to).ino}`);
  } else if (target.type !== "dir" && vfs.tryStat(process, to)?.type !== "dir") {
    return fail(
      process,
      process.gnu
        ? `cannot overwrite non-directory '${to}' with directory '${from}'`
        : `target '${to}' is not a directory`,
    );
  }
  for (const name of vfs.readdir(process, from)) {
    if (!(yield* copy(process, join(from, name), join(to, name), mode, false))) good = false;
  }
  if (made) {
    const now = vfs.stat(process, to).mode;
    // busybox gives the directory all bits of the source, GNU only the permissions.
    const bits = process.gnu
      ? (stat.mode & ~process.umask & 0o777) | (now & 0o7000)
      : stat.mode & ~process.umask & 0o7777;
    if (now !== bits) vfs.chmod(process, to, bits);
  }
  if (mode.preserve) preserve(process, to, stat);
  if (mode.verbose && !process.gnu && good) process.out(`'${from}' -> '${to}'\n`);
  return good;
}

function* cp(process: Process): Task<number> {
  const long = {
    archive: "a",
    recursive: "r",
    force: "f",
    "no-clobber": "n",
    preserve: "p",
    verbose: "v",
    "no-target-directory": "T",
    "target-directory": "t",
    dereference: "L",
    "no-dereference": "P",
    update: "u",
    link: "l",
    "symbolic-link": "s",
    parents: "@",
    "remove-destination": "#",
    reflink: "$",
  };
  const options = parseOptions(
    process,
    process.gnu ? "arRpdLPHfinlsTt:uvxbZ@#$::" : "arRpdLPHfinlsTt:uv@#$::",
    long,
    "[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }",
  );
  const archive = options.has("a");
  const recursive = archive || options.has("r") || options.has("R");
  const last = options.last("LPHda");
  const links =
    last === "L" ? "follow" : last === "H" ? "command-line" : last !== "" || recursive ? "keep" : "follow";
  const mode: CopyMode = {
    recursive,
    preserve: archive || options.has("p"),
    links,
    force: options.has("f"),
    noClobber: options.has("n"),
    link: options.has("l") ? "hard" : options.has("s") ? "symbolic" : "",
    update: options.has("u"),
    verbose: options.has("v"),
    seen: new Map(),
    made: new Set(),
    name: "cp",
    removeFirst: options.has("#"),
    noTarget: options.has("T"),
    interactive: options.last("fin") === "i",
  };
  if (options.has("@")) return yield* withParents(process, options, mode);
  return yield* many(process, options, (from, to) => copy(process, from, to, mode, true));
}

/** `--parents`: the directories of each name are made below the destination. */
function* withParents(process: Process, options: Options, mode: CopyMode): Task<number> {
  const { vfs } = process;
  const names = [...options.rest];
  const target = options.value("t") ?? names.pop();
  if (target === undefined || names.length === 0)
    return yield* many(process, options, (from, to) => copy(process, from, to, mode, true));
  if (vfs.tryStat(process, target)?.type !== "dir") {
    process.err("cp: with --parents, the destination must be a directory\n");
    return 1;
  }
  let good = true;
  for (const name of names) {
    const parts = name.split("/").filter((part) => part !== "");
    for (let i = 1; i < parts.length; i++) {
      const dir = join(target, parts.slice(0, i).join("/"));
      if (vfs.tryStat(process, dir) === undefined) vfs.mkdir(process, dir, 0o777);
    }
    if (!(yield* copy(process, name, join(target, parts.join("/")), mode, true))) good = false;
  }
  return good ? 0 : 1;
}

/** The two forms of cp and mv: one to one, or many into a directory. */
function* many(
  process: Process,
  options: Options,
  one: (from: string, to: string) => Task<boolean>,
): Task<number> {
  const names = [...options.rest];
  let target = options.value("t");
  if (target === undefined) {
    if (names.length < 2) {
      if (process.gnu)
        process.err(
          names.length === 0
            ? `${process.name}: missing file operand\n`
            : `${process.name}: missing destination file operand after '${names[0] ?? ""}'\n`,
        );
      throw usage(
        process,
        process.name === "cp"
          ? "[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }"
          : "[-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }",
      );
    }
    target = names.pop() ?? "";
    const into = process.vfs.tryStat(process, target)?.type === "dir" && !options.has("T");
    if (!into) {
      if (names.length > 1 && process.gnu) {
        process.err(`${process.name}: target '${target}' is not a directory\n`);
        return 1;
      }
      if (names.length > 1) return yield* each(names, target, one);
      if (
        target.endsWith("/") &&
        process.vfs.tryStat(process, target) === undefined &&
        process.vfs.tryStat(process, names[0] as string)?.type !== "dir"
      ) {
        process.err(
          process.gnu
            ? `${process.name}: cannot create regular file '${target}': Not a directory\n`
            : process.name === "mv"
              ? `mv: can't rename '${names[0] as string}': ${process.vfs.tryStat(process, names[0] as string, false) === undefined ? "No such file or directory" : "Not a directory"}\n`
              : `${process.name}: can't create '${target}': Is a directory\n`,
        );
        return 1;
      }
      return (yield* one(names[0] as string, target)) ? 0 : 1;
    }
  }
  return yield* each(names, target, one);
}

/** All of *names* into *target*; busybox does not look first whether that is a directory. */
function* each(
  names: readonly string[],
  target: string,
  one: (from: string, to: string) => Task<boolean>,
): Task<number> {
  let good = true;
  for (const name of names) if (!(yield* one(name, join(target, baseName(name))))) good = false;
  return good ? 0 : 1;
}

function* mv(process: Process): Task<number> {
  const long = {
    force: "f",
    "no-clobber": "n",
    verbose: "v",
    "no-target-directory": "T",
    "target-directory": "t",
    update: "u",
  };
  const options = parseOptions(
    process,
    "finTt:uvb",
    long,
    "[-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }",
  );
  return yield* many(process, options, function* (from, to) {
    const { vfs } = process;
    const target = vfs.tryStat(process, to, false);
    if (target !== undefined && options.has("n")) return true;
    try {
      const stat = vfs.stat(process, from, false);
      if (options.has("u") && target !== undefined && target.mtime >= stat.mtime) return true;
      if (
        process.gnu &&
        target !== undefined &&
        target.ino === stat.ino &&
        vfs.locate(process, from, false).path === vfs.locate(process, to, false).path
      ) {
        return fail(process, `'${from}' and '${to}' are the same file`);
      }
      if (process.gnu && target?.type === "dir" && stat.type !== "dir")
        return fail(process, `cannot overwrite directory '${to}' with non-directory`);
      if (!process.gnu && options.has("T") && target?.type === "dir" && stat.type !== "dir")
        return fail(process, `'${to}' is a directory`);
      if (options.last("fin") === "i" && target !== undefined && !(yield* agrees(process, to))) return true;
      vfs.rename(process, from, to);
      if (options.has("v"))
        process.out(process.gnu ? `renamed '${from}' -> '${to}'\n` : `'${from}' -> '${to}'\n`);
      return true;
    } catch (error) {
      const failure = asErrno(error);
      if (failure.code !== "EXDEV") {
        if (process.gnu)
          return fail(
            process,
            failure.code === "ENOENT" && vfs.tryStat(process, from, false) === undefined
              ? `cannot stat '${from}': ${failure.message}`
              : `cannot move '${from}' to '${to}': ${failure.message}`,
          );
        return fail(process, `can't rename '${from}': ${failure.message}`);
      }
      const mode: CopyMode = {
        recursive: true,
        preserve: true,
        links: "keep",
        force: true,
        noClobber: false,
        link: "",
        update: false,
        verbose: false,
        seen: new Map(),
        made: new Set(),
        name: "mv",
      };
      if (target !== undefined && target.type !== "dir") vfs.unlink(process, to);
      if (!(yield* copy(process, from, to, mode, true))) return false;
      return removeTree(process, from);
    }
  });
}

/** Removes a tree without questions. */
export function removeTree(process: Process, path: string): boolean {
  try {
    if (process.vfs.stat(process, path, false).type === "dir") {
      for (const name of process.vfs.readdir(process, path)) removeTree(process, join(path, name));
      process.vfs.rmdir(process, path);
    } else process.vfs.unlink(process, path);
    return true;
  } catch (error) {
    const failure = asErrno(error);
    return fail(process, `can't remove '${path}': ${failure.message}`);
  }
}

function* install(process: Process): Task<number> {
  const long = {
    mode: "m",
    owner: "o",
    group: "g",
    directory: "d",
    "preserve-timestamps": "p",
    strip: "s",
    "target-directory": "t",
    verbose: "v",
    compare: "C",
  };
  const options = parseOptions(
    process,
    "cdDpsm:o:g:t:TvC",
    long,
    "[-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST",
  );
  const { vfs } = process;
  const bits = parseMode(options.value("m") ?? "755", 0, options.has("d"), 0);
  if (bits === undefined) {
    process.err(`install: invalid mode '${options.value("m") ?? ""}'\n`);
    return 1;
  }
  const [uid, gid] = ownerIds(
    process,
    `${options.value("o") ?? ""}${options.has("g") ? ":" + (options.value("g") ?? "") : ""}`,
  ) ?? [-1, -1];
  const finish = (path: string): void => {
    vfs.chmod(process, path, bits);
    if (uid !== -1 || gid !== -1) vfs.chown(process, path, uid, gid);
  };
  const parents = (path: string): void => {
    if (path === "." || path === "/" || vfs.tryStat(process, path)?.type === "dir") return;
    parents(dirName(path));
    vfs.mkdir(process, path, 0o755);
  };
  try {
    if (options.has("d")) {
      for (const path of options.rest) {
        parents(path);
        finish(path);
      }
      return 0;
    }
    const names = [...options.rest];
    const given = options.value("t");
    const target = given ?? names.pop();
    if (target === undefined || names.length === 0)
      throw usage(process, "[-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST");
    if (options.has("D")) parents(given ?? dirName(target));
    const into = vfs.tryStat(process, target)?.type === "dir";
    if (names.length > 1 && !into) {
      process.err(`install: target '${target}' is not a directory\n`);
      return 1;
    }
    let status = 0;
    for (const name of names) {
      const to = into ? join(target, baseName(name)) : target;
      try {
        const stat = vfs.stat(process, name);
        if (stat.type === "dir") {
          process.err(`install: omitting directory '${name}'\n`);
          status = 1;
          continue;
        }
        const content = vfs.content(process, name);
        if (vfs.tryStat(process, to, false) !== undefined) vfs.unlink(process, to);
        vfs.writeContent(process, to, content, 0o600);
        finish(to);
        if (options.has("p")) vfs.utimes(process, to, stat.mtime);
      } catch (error) {
        const failure = asErrno(error);
        process.err(
          process.gnu
            ? vfs.tryStat(process, name) === undefined
              ? `install: cannot stat '${name}': ${failure.message}\n`
              : `install: cannot create regular file '${to}': ${failure.message}\n`
            : `install: can't stat '${name}': ${failure.message}\n`,
        );
        status = 1;
      }
    }
    return status;
  } catch (error) {
    const failure = asErrno(error);
    process.err(`install: cannot create directory '${failure.path}': ${failure.message}\n`);
    return 1;
  }
}

export const copying: Readonly<Record<string, Program>> = { cat, cp, mv, install };
export { FileHandle, Errno };
