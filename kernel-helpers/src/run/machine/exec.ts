/** execve: what a file is when it is started — a link to busybox, a script, a program of the catalog — and where PATH finds it. */

import type { Content } from "../../platform/files";
import { bytesToString, decodeText, encodeText } from "./bytes";
import { Errno } from "./errno";
import type { Loader } from "./machine";
import type { Process, Task } from "./process";
import { EXECUTE } from "./vfs";

/** A simulated program: answers its exit status. */
export type Program = (process: Process) => Task<number>;

/** The programs there are: busybox's applets by name, and everything else by name. */
export interface Programs {
  readonly applets: ReadonlyMap<string, Program>;
  /** Those that Debian's static busybox has. */
  readonly debianApplets: ReadonlySet<string>;
  /** What layerbook.json declares for a command that begins with *args*. */
  declared(process: Process, args: readonly string[]): Program | undefined;
  /** The program that a file of the catalog stands for, by its name. */
  external(process: Process, path: string, name: string): Program | undefined;
}

const KINDS = new WeakMap<Content, "busybox" | "elf" | "other">();

/** What the bytes of an executable are. */
function kindOf(content: Content): "busybox" | "elf" | "other" | "opaque" {
  const known = KINDS.get(content);
  if (known !== undefined) return known;
  let bytes: Uint8Array;
  try {
    bytes = content.read();
  } catch {
    return "opaque";
  }
  let kind: "busybox" | "elf" | "other" = "other";
  if (
    bytes[0] === 0x7f &&
    bytes[1] === 0x45 &&
    bytes[2] === 0x4c &&
    bytes[3] === 0x46 &&
    bytes.length >= 64
  ) {
    kind = holds(bytes, "multi-call binary") ? "busybox" : "elf";
  }
  KINDS.set(content, kind);
  return kind;
}

function holds(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(0);
  for (let i = bytes.indexOf(first); i >= 0; i = bytes.indexOf(first, i + 1)) {
    let j = 1;
    while (j < text.length && bytes[i + j] === text.charCodeAt(j)) j++;
    if (j === text.length) return true;
  }
  return false;
}

export class ProgramLoader implements Loader {
  constructor(private readonly programs: Programs) {}

  /** The applet *name* of Debian's busybox, run without looking at a file: its shell prefers its own applets. */
  applet(name: string): Program | undefined {
    if (!this.programs.debianApplets.has(name)) return undefined;
    return this.programs.applets.get(name) ?? ((process) => assume(process, name));
  }

  /** Names of the applets that Debian's busybox has. */
  names(): Iterable<string> {
    return this.programs.debianApplets;
  }

  /** Is the command declared in layerbook.json? Then its file need not be there. */
  isDeclared(process: Process, args: readonly string[]): boolean {
    return this.programs.declared(process, args) !== undefined;
  }

  *execute(process: Process, path: string): Task<number> {
    const declared = this.programs.declared(process, process.args);
    if (declared !== undefined) {
      process.name = base(process.args[0] ?? "");
      return yield* declared(process);
    }
    return yield* this.start(process, path, 0);
  }

  private *start(process: Process, path: string, depth: number): Task<number> {
    if (depth > 4) throw new Errno("ELOOP", path);
    const found = process.vfs.need(process, path);
    if (found.stat.type !== "file" || !process.vfs.may(process.cred, found.stat, EXECUTE))
      throw new Errno("EACCES", path);
    process.machine.work(1);
    if ((found.stat.mode & 0o4000) !== 0) process.cred = { ...process.cred, uid: found.stat.uid };
    const content = found.fs.readFile(found.inner);
    const kind = kindOf(content);
    if (kind !== "other") process.exe = found.path;
    const name = base(process.args[0] ?? "");
    process.name = name;
    if (kind === "busybox" || (kind === "opaque" && base(found.path) === "busybox")) {
      process.flavour = kind === "busybox" ? "debian" : "alpine";
      return yield* this.busybox(process, name);
    }
    if (kind === "opaque") {
      const program =
        this.programs.external(process, found.path, base(path)) ??
        this.programs.external(process, found.path, base(found.path));
      if (program !== undefined) {
        process.name = base(path);
        return yield* program(process);
      }
      return yield* assume(process, path);
    }
    if (kind === "elf") return yield* assume(process, path);
    const head = bytesToString(content.read().subarray(0, 256));
    if (!head.startsWith("#!")) throw new Errno("ENOEXEC", path);
    const line = head
      .slice(2, head.indexOf("\n") < 0 ? undefined : head.indexOf("\n"))
      .replace(/^[ \t]+|[ \t]+$/g, "");
    const space = line.search(/[ \t]/);
    const interpreter = space < 0 ? line : line.slice(0, space);
    const option = space < 0 ? [] : [line.slice(space).replace(/^[ \t]+/, "")];
    if (interpreter === "") throw new Errno("ENOEXEC", path);
    process.args = [interpreter, ...option, path, ...process.args.slice(1)];
    return yield* this.start(process, interpreter, depth + 1);
  }

  /** The multi-call binary: the name it is called by says what it does. */
  private *busybox(process: Process, name: string): Task<number> {
    let applet = name.replace(/^-/, "");
    if (applet.startsWith("busybox")) {
      if (process.args.length < 2) return yield* (this.programs.applets.get("busybox") as Program)(process);
      process.args = process.args.slice(1);
      applet = base(process.args[0] as string);
      if (applet.startsWith("-")) {
        process.args = ["busybox", ...process.args];
        return yield* (this.programs.applets.get("busybox") as Program)(process);
      }
    }
    const program =
      process.minimal && !this.programs.debianApplets.has(applet)
        ? undefined
        : this.programs.applets.get(applet);
    process.name = applet;
    if (program === undefined) {
      if (process.minimal && this.programs.debianApplets.has(applet)) return yield* assume(process, applet);
      process.err(`${applet}: applet not found\n`);
      return 127;
    }
    return yield* program(process);
  }
}

/** Notes that a program was not simulated; without the right to assume it fails. */

export function* assume(process: Process, path: string): Task<number> {
  if (process.machine.request.assume === true) {
    process.machine.assumed.push(decodeText(path));
    return 0;
  }
  const name = decodeText(path);
  process.err(encodeText(`${name}: this program is not simulated / 이 프로그램은 흉내 내지 않습니다\n`));
  return 126;
}

/** The last element of a path. */
export function base(path: string): string {
  const clean = path.replace(/\/+$/, "");
  return clean.slice(clean.lastIndexOf("/") + 1);
}

/**
 * Where PATH finds *name* (a name without a slash), as execvp and shells look: the first executable regular file.
 * `denied` is a file of that name that may not be executed.
 */
export function findInPath(
  process: Process,
  name: string,
  path: string | undefined,
): { path?: string; denied?: string } {
  let denied: string | undefined;
  for (const dir of (path ?? "").split(":")) {
    const candidate = (dir === "" ? "" : dir.replace(/\/*$/, "/")) + name;
    const stat = process.vfs.tryStat(process, candidate);
    if (stat === undefined || stat.type === "dir") continue;
    if (stat.type === "file" && process.vfs.may(process.cred, stat, EXECUTE)) return { path: candidate };
    denied ??= candidate;
  }
  return denied === undefined ? {} : { denied };
}
