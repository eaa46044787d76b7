/** `cd`, `pwd`, `umask`, `pushd`, `popd`, `dirs`. */

import { Errno } from "../machine/errno";
import type { Task } from "../machine/process";
import { EXECUTE } from "../machine/vfs";
import type { Builtin } from "./builtins";
import type { Shell } from "./shell";
import { parseMode } from "./mode";

/** *path* with `.` and `..` worked off as text. */
function logical(path: string): string {
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") out.pop();
    else if (part !== "" && part !== ".") out.push(part);
  }
  // Two slashes at the start, and no more, may mean something else: POSIX keeps them.
  return (/^\/\/(?!\/)/.test(path) ? "//" : "/") + out.join("/");
}

function change(shell: Shell, target: string, physical: boolean): void {
  const { process } = shell;
  const from = shell.get("PWD") ?? process.cwd;
  const path = physical
    ? target
    : logical(target.startsWith("/") ? target : `${from === "/" ? "" : from}/${target}`);
  const found = process.vfs.need(process, path);
  if (found.stat.type !== "dir") throw new Errno("ENOTDIR", target);
  if (!process.vfs.may(process.cred, found.stat, EXECUTE)) throw new Errno("EACCES", target);
  process.cwd = found.path;
  shell.set("OLDPWD", from, shell.dialect !== "dash" ? true : undefined);
  shell.set("PWD", physical ? found.path : path, shell.dialect !== "dash" ? true : undefined);
}

function* cd(shell: Shell, args: string[]): Task<number> {
  let physical = false;
  let i = 1;
  for (; i < args.length && /^-[LP]+$/.test(args[i] as string); i++)
    physical = (args[i] as string).endsWith("P");
  if (args[i] === "--") i++;
  let target = args[i];
  let print = false;
  if (target === undefined) {
    target = shell.get("HOME") ?? "";
    if (target === "" && shell.dialect === "bash") {
      shell.complain("HOME not set");
      return 1;
    }
    if (target === "") return 0;
  } else if (target === "-") {
    target = shell.get("OLDPWD") ?? "";
    print = true;
    if (target === "" && shell.dialect === "bash") {
      shell.complain("OLDPWD not set");
      return 1;
    }
  } else if (args.length > i + 1 && shell.dialect === "bash") {
    shell.complain("too many arguments");
    return 1;
  }
  const search =
    target.startsWith("/") || /^\.\.?(\/|$)/.test(target) ? [""] : (shell.get("CDPATH") ?? "").split(":");
  let failure: Errno | undefined;
  for (const base of [...search, ""]) {
    try {
      change(shell, base === "" ? target || "." : `${base}/${target}`, physical);
      if (print || base !== "") shell.process.out(`${shell.get("PWD") ?? ""}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      failure = error;
    }
  }
  const message = failure?.message ?? "";
  if (shell.dialect === "bash") shell.complain(`${target}: ${message}`);
  else if (shell.dialect === "dash") throw shell.failure(`can't cd to ${target}`, 2);
  else throw shell.failure(`can't cd to ${target}: ${message}`, 2);
  return 1;
}

function* umask(shell: Shell, args: string[]): Task<number> {
  const { process } = shell;
  const rest = args.slice(1);
  const symbolic = rest[0] === "-S";
  const print = rest[0] === "-p";
  if (symbolic || print) rest.shift();
  const [text] = rest;
  if (text === undefined) {
    if (!symbolic) process.out(`${print ? "umask " : ""}${process.umask.toString(8).padStart(4, "0")}\n`);
    else {
      const bits = (shift: number): string =>
        ["r", "w", "x"].filter((_, i) => ((process.umask >> (shift + 2 - i)) & 1) === 0).join("");
      process.out(`u=${bits(6)},g=${bits(3)},o=${bits(0)}\n`);
    }
    return 0;
  }
  if (/^[0-7]+$/.test(text)) {
    process.umask = Number.parseInt(text, 8) & 0o777;
    return 0;
  }
  const mode = parseMode(text, 0o777 & ~process.umask, true, 0);
  if (mode === undefined) {
    if (shell.dialect === "bash") {
      shell.complain(
        /^\d/.test(text)
          ? `${text}: octal number out of range`
          : `\`${text}': invalid symbolic mode operator`,
      );
      return 1;
    }
    throw shell.failure(`${shell.dialect === "dash" ? "Illegal" : "illegal"} mode: ${text}`, 2);
  }
  process.umask = 0o777 & ~mode;
  return 0;
}

function* pushd(shell: Shell, args: string[]): Task<number> {
  const from = shell.get("PWD") ?? "/";
  const target = args[1] ?? shell.directories[0];
  if (target === undefined) {
    shell.complain("no other directory");
    return 1;
  }
  try {
    change(shell, target, false);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    shell.complain(`${target}: ${error.message}`);
    return 1;
  }
  if (args[1] === undefined) shell.directories.shift();
  shell.directories.unshift(from);
  return yield* dirs(shell);
}

function* popd(shell: Shell): Task<number> {
  const target = shell.directories.shift();
  if (target === undefined) {
    shell.complain("directory stack empty");
    return 1;
  }
  change(shell, target, false);
  return yield* dirs(shell);
}

function* dirs(shell: Shell): Task<number> {
  const home = shell.get("HOME") ?? "";
  const show = (path: string): string =>
    home !== "" && home !== "/" && (path === home || path.startsWith(home + "/"))
      ? "~" + path.slice(home.length)
      : path;
  shell.process.out([shell.get("PWD") ?? "/", ...shell.directories].map(show).join(" ") + "\n");
  return 0;
}

export const directoryBuiltins: Readonly<Record<string, Builtin>> = {
  cd: { run: cd },
  chdir: { only: ["ash", "dash"], run: cd },
  pwd: {
    *run(shell, args) {
      shell.process.out(
        (args.includes("-P") ? shell.process.cwd : (shell.get("PWD") ?? shell.process.cwd)) + "\n",
      );
      return 0;
    },
  },
  umask: { run: umask },
  pushd: { only: ["bash"], run: pushd },
  popd: { only: ["bash"], run: popd },
  dirs: { only: ["bash"], run: dirs },
};
