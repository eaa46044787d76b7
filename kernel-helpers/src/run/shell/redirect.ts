/** Redirections: opened in order, undone in reverse. */

import { Errno } from "../machine/errno";
import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import type { Redirect } from "./ast";
import { expandFields, expandText } from "./expand";
import { textHandle, type Shell } from "./shell";

/** A redirection that could not be made. `redirect` has printed the message: to what was standard error by then. */
export class RedirectFailure extends Error {
  override readonly name = "RedirectFailure";
}

/** What a descriptor was before. */
interface Saved {
  readonly fd: number;
  readonly handle: Handle | undefined;
}

/** Makes the redirections in *process*. Answers what to give to `restore`; without *save* the old descriptors are lost. */
export function* redirect(shell: Shell, redirects: readonly Redirect[], save: boolean): Task<Saved[]> {
  const saved: Saved[] = [];
  try {
    for (const one of redirects) yield* apply(shell, one, save ? saved : undefined);
  } catch (error) {
    if (error instanceof RedirectFailure) shell.process.err(error.message);
    restore(shell.process, saved);
    throw error;
  }
  return saved;
}

/** Undoes redirections. */
export function restore(process: Process, saved: readonly Saved[]): void {
  for (const { fd, handle } of [...saved].reverse()) {
    if (handle === undefined) process.closeFd(fd);
    else process.setFd(fd, handle);
  }
}

function put(process: Process, fd: number, handle: Handle, saved: Saved[] | undefined): void {
  if (saved !== undefined) {
    saved.push({ fd, handle: process.fds.get(fd)?.share() });
  }
  process.setFd(fd, handle);
}

function* apply(shell: Shell, one: Redirect, saved: Saved[] | undefined): Task {
  const { process } = shell;
  let { fd } = one;
  if (one.op === "<<") {
    put(process, fd, textHandle(yield* expandText(shell, one.body ?? [], "none")), saved);
    return;
  }
  if (one.op === "<<<") {
    put(process, fd, textHandle((yield* expandText(shell, one.target)) + "\n"), saved);
    return;
  }
  const target = yield* targetOf(shell, one);
  if (one.variable !== undefined) {
    fd = 10;
    while (process.fds.has(fd)) fd++;
    shell.set(one.variable, String(fd));
  }
  if (one.op === "<&" || one.op === ">&") {
    if (target === "-") {
      if (saved !== undefined) saved.push({ fd, handle: process.fds.get(fd)?.share() });
      process.closeFd(fd);
      return;
    }
    const moved = /^(\d+)-$/.exec(target);
    const number = moved?.[1] ?? target;
    if (!/^\d+$/.test(number)) {
      if (shell.dialect === "bash" && one.op === ">&" && one.fd === 1) {
        openBoth(shell, target, false, saved);
        return;
      }
      if (shell.dialect === "ash")
        throw new RedirectFailure(shell.message("syntax error: bad fd number", ""));
      if (shell.dialect === "dash")
        throw new RedirectFailure(`${shell.arg0}: ${shell.line}: Syntax error: Bad fd number\n`);
      throw new RedirectFailure(shell.message(`${target}: ambiguous redirect`, ""));
    }
    const handle = process.fds.get(Number(number));
    if (handle === undefined) {
      const text = `${number}: Bad file descriptor`;
      throw new RedirectFailure(shell.message(text, ""));
    }
    put(process, fd, handle.share(), saved);
    if (moved !== null) process.closeFd(Number(number));
    return;
  }
  if (one.op === "&>" || one.op === "&>>") {
    openBoth(shell, target, one.op === "&>>", saved);
    return;
  }
  put(process, fd, open(shell, target, one.op), saved);
}

function* targetOf(shell: Shell, one: Redirect): Task<string> {
  if (shell.dialect !== "bash") return yield* expandText(shell, one.target);
  const found = yield* expandFields(shell, one.target);
  if (found.length !== 1)
    throw new RedirectFailure(
      shell.message(`${(yield* expandText(shell, one.target)) || ""}: ambiguous redirect`, ""),
    );
  return found[0] as string;
}

function openBoth(shell: Shell, target: string, append: boolean, saved: Saved[] | undefined): void {
  const handle = open(shell, target, append ? ">>" : ">");
  put(shell.process, 1, handle, saved);
  put(shell.process, 2, handle.share(), saved);
}

function open(shell: Shell, target: string, op: string): Handle {
  const { process } = shell;
  try {
    switch (op) {
      case "<":
        return process.open(target, { read: true });
      case "<>":
        return process.open(target, { read: true, write: true, create: true });
      case ">>":
        return process.open(target, { write: true, create: true, append: true });
      default:
        if (op === ">" && shell.options.noclobber && process.vfs.tryStat(process, target)?.type === "file") {
          throw new Errno("EEXIST", target);
        }
        return process.open(target, { write: true, create: true, truncate: true });
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new RedirectFailure(shell.message(words(shell, target, op === "<", error), ""));
  }
}

function words(shell: Shell, target: string, reading: boolean, error: Errno): string {
  if (shell.dialect === "bash")
    return `${target}: ${error.code === "EEXIST" ? "cannot overwrite existing file" : error.message}`;
  const missing = error.code === "ENOENT" || error.code === "ENOTDIR";
  if (shell.dialect === "ash") {
    const why = missing ? (reading ? "no such file" : "nonexistent directory") : error.message;
    return `can't ${reading ? "open" : "create"} ${target}: ${why}`;
  }
  const why = missing ? (reading ? "No such file" : "Directory nonexistent") : error.message;
  return `cannot ${reading ? "open" : "create"} ${target}: ${why}`;
}
