/** Runs one RUN step on the simulated machine: what runc does before the program, the program, and what is left of it. */

import type { Content } from "../platform/files";
import { decodeText, encodeText } from "./machine/bytes";
import { Errno } from "./machine/errno";
import { DeviceHandle } from "./machine/handles";
import { MachineStop } from "./machine/limits";
import { Machine } from "./machine/machine";
import { base, findInPath, ProgramLoader } from "./machine/exec";
import { systemMounts } from "./machine/proc";
import { Exit, Process, type Task } from "./machine/process";
import { openSpecial, refreshProc } from "./machine/special";
import { EXECUTE, Vfs } from "./machine/vfs";
import { programs } from "./programs";
import { resolveUser, UnknownUserError } from "./users";
import type { RunRequest, RunResult } from "./types";

/** The process could not be started: the text that BuildKit shows. */
class StartError extends Error {
  constructor(
    message: string,
    /** True when the text is runc's and appears as the step's log line. */
    readonly runc: boolean,
  ) {
    super(message);
  }
}

const CANNOT = "runc run failed: unable to start container process: ";

/** Rounds of the machine between two looks at the abort signal: about a tenth of a second, so that a page's stop button is heard. */
const ROUNDS = 512;

/**
 * Runs `request.args` in `request.fs` and answers what it printed and its exit status (0 to 255).
 *
 * The file system is changed in place; everything else stays inside. The same request gives the same answer.
 * A program that cannot be started gives exit code 1 and `startError` (runc's or BuildKit's words). A limit or
 * the abort signal gives exit code 137 and `startError` with the reason. Never throws for what the command does.
 */
export async function runCommand(request: RunRequest): Promise<RunResult> {
  const { journal } = request;
  const machine = new Machine(journal ? { ...request, fs: journal.over(request.fs) } : request);
  const mounts = systemMounts(machine);
  const vfs = new Vfs(machine.request.fs, mounts, machine.meter);
  machine.vfs = vfs;
  const proc = mounts.find((mount) => mount.point === "/proc");
  vfs.special = (located, options, caller) => openSpecial(machine, located, options, caller);
  vfs.refresh = (caller) =>
    proc && refreshProc(machine, proc.fs, caller instanceof Process ? caller : undefined);
  machine.loader = new ProgramLoader(programs);
  const savedNow = request.fs.now;
  request.fs.now = request.now;
  const answer = (exitCode: number, startError?: string): RunResult => ({
    exitCode,
    output: machine.output,
    ...(startError === undefined ? {} : { startError }),
    duration: Math.round(machine.clock),
    assumed: machine.assumed,
    ...(machine.declared.length > 0 && { declared: machine.declared }),
    ...(machine.downloads === 0 ? {} : { downloads: machine.downloads }),
  });
  try {
    const first = start(machine, request);
    await drive(machine, request.signal);
    machine.shutdown();
    return answer(first.status ?? 137);
  } catch (error) {
    if (error instanceof StartError) {
      if (machine.assumed.length > 0) return answer(0);
      return answer(1, error.message);
    }
    if (error instanceof MachineStop) {
      machine.shutdown();
      return answer(137, error.message);
    }
    throw error;
  } finally {
    request.fs.now = savedNow;
  }
}

async function drive(machine: Machine, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    if (signal?.aborted === true)
      throw new MachineStop("LB_RUN_CANCELED: stopped: canceled / 취소되었습니다");
    for (let i = 0; i < ROUNDS && machine.outside === undefined; i++) if (!machine.round()) return;
    if (machine.outside !== undefined) {
      const { outside } = machine;
      machine.outside = undefined;
      await outside.catch(() => undefined);
      continue;
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

function readIfThere(machine: Machine, path: string): string {
  try {
    const found = machine.vfs.locate({ cred: { uid: 0, gid: 0, groups: [] }, cwd: "/", umask: 0 }, path);
    if (found.stat?.type !== "file") return "";
    const content = found.fs.readFile(found.inner);
    let text = texts.get(content);
    if (text === undefined) texts.set(content, (text = new TextDecoder().decode(content.read())));
    return text;
  } catch {
    return "";
  }
}

/** The same passwd stands in the image of every step. */
const texts = new WeakMap<Content, string>();

function start(machine: Machine, request: RunRequest): Process {
  let programPath = "";
  const user = userOf(machine, request.user);
  const first = machine.spawn(undefined, (process) => entry(process));
  // The primary group is always among the others (executor/oci/user.go ensureAdditionalGids).
  first.cred = {
    uid: user.uid,
    gid: user.gid,
    groups: user.groups.includes(user.gid) ? user.groups : [user.gid, ...user.groups],
  };
  first.args = request.args.map(encodeText);
  first.cwd = encodeText(request.cwd || "/");
  for (const assignment of request.env) {
    const equals = assignment.indexOf("=");
    if (equals > 0)
      first.env.set(encodeText(assignment.slice(0, equals)), encodeText(assignment.slice(equals + 1)));
  }
  if (!first.env.get("HOME")) first.env.set("HOME", encodeText(user.home));
  const input = request.stdin === undefined ? "" : encodeText(request.stdin);
  let at = 0;
  const stdin = new DeviceHandle("/dev/null", (max) => {
    const piece = input.slice(at, at + max);
    at += piece.length;
    return piece;
  });
  stdin.writable = false;
  first.setFd(0, stdin);
  first.setFd(1, machine.sink(1));
  first.setFd(2, machine.sink(2));
  resolveCwd(first);
  first.name = base(first.args[0] ?? "");
  programPath = machine.loader.isDeclared(first, first.args) ? "" : programOf(first, request);
  return first;

  function* entry(process: Process): Task<number> {
    try {
      return yield* machine.loader.execute(process, programPath);
    } catch (error) {
      if (error instanceof Exit) throw error;
      if (error instanceof Errno) {
        process.err(`exec ${process.args[0] ?? ""}: ${error.message.toLowerCase()}\n`);
        return error.code === "ENOEXEC" ? 1 : 127;
      }
      throw error;
    }
  }
}

function userOf(machine: Machine, spec: string): ReturnType<typeof resolveUser> {
  try {
    return resolveUser(spec, readIfThere(machine, "/etc/passwd"), readIfThere(machine, "/etc/group"));
  } catch (error) {
    if (error instanceof UnknownUserError && machine.request.assume === true && machine.request.open === true)
      return resolveUser("", "", "");
    if (error instanceof UnknownUserError) throw new StartError(error.message, false);
    throw error;
  }
}

/** The working directory as the kernel knows it: without links. */
function resolveCwd(process: Process): void {
  try {
    const found = process.vfs.locate(process, process.cwd);
    if (found.stat?.type === "dir") process.cwd = found.path;
  } catch {
    // An unusable directory shows itself when it is used.
  }
}

/** exec.LookPath of runc: where the program is, or runc's words for why it is not. */
function programOf(process: Process, request: RunRequest): string {
  const name = process.args[0] ?? "";
  const shown = JSON.stringify(decodeText(name));
  if (name.includes("/")) {
    const stat = process.vfs.tryStat(process, name);
    if (stat === undefined) {
      if (request.assume === true) process.machine.assumed.push(decodeText(name));
      throw new StartError(
        `${CANNOT}exec: ${shown}: stat ${decodeText(name)}: no such file or directory`,
        true,
      );
    }
    if (stat.type === "dir" || (stat.mode & 0o111) === 0)
      throw new StartError(`${CANNOT}exec: ${shown}: permission denied`, true);
    if (!process.vfs.may(process.cred, stat, EXECUTE))
      throw new StartError(`${CANNOT}exec: ${shown}: permission denied`, true);
    return name;
  }
  const found = findInPath(process, name, process.env.get("PATH"));
  if (found.path === undefined) {
    if (request.assume === true) process.machine.assumed.push(decodeText(name));
    throw new StartError(`${CANNOT}exec: ${shown}: executable file not found in $PATH`, true);
  }
  return found.path;
}
