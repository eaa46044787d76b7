/** Copying one file or a whole tree, as `cp` and `mv` between devices do. */

import type { FileStat } from "../../platform/files";
import type { Process, Task } from "../machine/process";
import { asErrno, join } from "./paths";
import { LineReader } from "./text";

/** How a copy is made. */
export interface CopyMode {
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
export function* agrees(process: Process, to: string): Task<boolean> {
  process.err(`${process.name}: overwrite '${to}'? `);
  const answer = yield* new LineReader(process, process.fd(0)).line();
  return /^[yY]/.test(answer ?? "");
}

/** Says *text* as the program does; answers false. */
export function fail(process: Process, text: string): false {
  process.err(`${process.name}: ${text}\n`);
  return false;
}

/** Copies one thing to *to*. Answers whether it went well. */
export function* copy(
  process: Process,
  from: string,
  to: string,
  mode: CopyMode,
  top: boolean,
): Task<boolean> {
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

/** Gives *to* the owner, mode and time of *stat*; who may not change the owner goes on without. */
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

/** Copies the directory *from* with all it holds to *to*; into itself it is refused. */
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
