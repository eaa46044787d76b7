/** `cp` and `mv`. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage, type Options } from "./options";
import { asErrno, baseName, join } from "./paths";
import { agrees, copy, fail, type CopyMode } from "./copy-tree";
import { removeTree } from "./removing";

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

export const copying: Readonly<Record<string, Program>> = { cp, mv };
