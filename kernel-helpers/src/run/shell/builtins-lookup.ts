/** `command`, `type`, `hash`, `alias`, `help`: what a name means. */

import { findInPath, ProgramLoader } from "../machine/exec";
import type { Task } from "../machine/process";
import type { Builtin } from "./builtins";
import { builtins } from "./builtins";
import type { Shell } from "./shell";

const KEYWORDS = new Set([
  "!",
  "{",
  "}",
  "case",
  "do",
  "done",
  "elif",
  "else",
  "esac",
  "fi",
  "for",
  "if",
  "in",
  "then",
  "until",
  "while",
]);

interface Meaning {
  readonly kind: "keyword" | "alias" | "function" | "builtin" | "file";
  readonly special: boolean;
  readonly path: string;
}

function meaning(shell: Shell, name: string): Meaning | undefined {
  if (
    KEYWORDS.has(name) ||
    (shell.dialect !== "dash" && name === "function") ||
    (shell.dialect === "bash" && ["[[", "]]", "time", "select"].includes(name))
  ) {
    return { kind: "keyword", special: false, path: name };
  }
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return { kind: "alias", special: false, path: alias };
  if (shell.functions.has(name)) return { kind: "function", special: false, path: name };
  const builtin = builtins(shell.dialect).get(name);
  if (builtin !== undefined) return { kind: "builtin", special: builtin.special === true, path: name };
  if (
    !name.includes("/") &&
    shell.standalone &&
    (shell.process.machine.loader as ProgramLoader).applet(name) !== undefined
  ) {
    return { kind: "file", special: false, path: name };
  }
  if (name.includes("/"))
    return shell.process.vfs.access(shell.process, name, 1) &&
      shell.process.vfs.tryStat(shell.process, name)?.type === "file"
      ? { kind: "file", special: false, path: name }
      : undefined;
  const { path } = findInPath(shell.process, name, shell.get("PATH"));
  return path === undefined ? undefined : { kind: "file", special: false, path };
}

function describe(shell: Shell, name: string): boolean {
  const found = meaning(shell, name);
  const { process } = shell;
  if (found === undefined) {
    if (shell.dialect === "bash") shell.complain(`${name}: not found`);
    else if (shell.dialect === "dash") process.out(`${name}: not found\n`);
    else process.out(`${name}: not found\n`);
    return false;
  }
  const bash = shell.dialect === "bash";
  switch (found.kind) {
    case "keyword":
      process.out(`${name} is a shell keyword\n`);
      break;
    case "alias":
      process.out(
        bash ? `${name} is aliased to \`${found.path}'\n` : `${name} is an alias for ${found.path}\n`,
      );
      break;
    case "function":
      process.out(
        bash
          ? `${name} is a function\n`
          : `${name} is a ${shell.dialect === "dash" ? "shell function" : "function"}\n`,
      );
      break;
    case "builtin":
      process.out(
        `${name} is a ${found.special && shell.dialect !== "bash" ? "special " : ""}shell builtin\n`,
      );
      break;
    case "file":
      if (shell.dialect === "dash" && shell.hash.get(name) === found.path)
        process.out(`${name} is a tracked alias for ${found.path}\n`);
      else if (bash && shell.hash.get(name) === found.path)
        process.out(`${name} is hashed (${found.path})\n`);
      else process.out(`${name} is ${found.path}\n`);
  }
  return true;
}

function* command(shell: Shell, args: string[]): Task<number> {
  // With a command behind it this has been taken off already; what is left is a question.
  const flags = args.filter((arg) => /^-[pvV]+$/.test(arg)).join("");
  const names = args.slice(1).filter((arg) => !arg.startsWith("-"));
  if (names.length === 0) return 0;
  let status = 0;
  if (shell.dialect === "bash" && names.some((name) => meaning(shell, name) !== undefined)) {
    for (const name of names) {
      const found = meaning(shell, name);
      if (found === undefined) continue;
      if (flags.includes("V")) describe(shell, name);
      else
        shell.process.out(
          (found.kind === "alias" ? `alias ${name}=${shell.quote(found.path)}` : found.path) + "\n",
        );
    }
    return 0;
  }
  for (const name of names) {
    if (flags.includes("V")) {
      if (!describe(shell, name)) status = 127;
      continue;
    }
    const found = meaning(shell, name);
    if (shell.dialect === "dash" && found?.kind === "file") shell.hash.set(name, found.path);
    if (found === undefined) status = shell.dialect === "bash" ? 1 : 127;
    else if (found.kind === "alias") shell.process.out(`alias ${name}=${shell.quote(found.path)}\n`);
    else shell.process.out(found.path + "\n");
    if (shell.dialect !== "bash") break;
  }
  return status;
}

export const lookupBuiltins: Readonly<Record<string, Builtin>> = {
  command: { run: command },
  type: {
    *run(shell, args) {
      let status = 0;
      let rest = args.slice(1);
      let mode = "";
      if (shell.dialect === "bash") {
        mode = rest.filter((arg) => /^-[tpPaf]+$/.test(arg)).join("");
        rest = rest.filter((arg) => !/^-[tpPaf]+$/.test(arg));
      }
      for (const name of rest) {
        if (mode === "") {
          if (!describe(shell, name)) status = shell.dialect === "bash" ? 1 : 127;
          continue;
        }
        const found = meaning(shell, name);
        if (found === undefined) status = 1;
        else if (mode.includes("t")) shell.process.out(found.kind + "\n");
        else if (mode.includes("P")) {
          const { path } = findInPath(shell.process, name, shell.get("PATH"));
          if (path === undefined) status = 1;
          else shell.process.out(path + "\n");
        } else if (found.kind === "file") shell.process.out(found.path + "\n");
      }
      return status;
    },
  },
  hash: {
    *run(shell, args) {
      if (args.length === 1 && shell.dialect === "dash")
        for (const path of shell.hash.values()) shell.process.out(path + "\n");
      if (args[1] === "-r") shell.hash.clear();
      for (const name of args.slice(1)) {
        if (!name.startsWith("-") && meaning(shell, name) === undefined) {
          shell.complain(`${name}: not found`);
          return 1;
        }
      }
      return 0;
    },
  },
  alias: {
    *run(shell, args) {
      if (args.length === 1) {
        for (const [name, value] of shell.aliases)
          shell.process.out(`${shell.dialect === "bash" ? "alias " : ""}${name}=${shell.quote(value)}\n`);
        return 0;
      }
      let status = 0;
      for (const arg of args.slice(1)) {
        const equals = arg.indexOf("=", 1);
        if (equals > 0) shell.aliases.set(arg.slice(0, equals), arg.slice(equals + 1));
        else if (shell.aliases.has(arg))
          shell.process.out(`${arg}=${shell.quote(shell.aliases.get(arg) ?? "")}\n`);
        else {
          shell.complain(`${arg}: not found`);
          status = 1;
        }
      }
      return status;
    },
  },
  unalias: {
    *run(shell, args) {
      let status = 0;
      for (const name of args.slice(1)) {
        if (name === "-a") shell.aliases.clear();
        else if (!shell.aliases.delete(name)) {
          if (shell.dialect === "bash") shell.complain(`${name}: not found`);
          else shell.process.err(`unalias: ${name} not found\n`);
          status = 1;
        }
      }
      return status;
    },
  },
  help: {
    only: ["ash", "bash"],
    *run(shell) {
      shell.process.out([...builtins(shell.dialect).keys()].sort().join(" ") + "\n");
      return 0;
    },
  },
  builtin: {
    only: ["bash"],
    *run(shell, args, tested) {
      const found = builtins(shell.dialect).get(args[1] ?? "");
      if (found !== undefined) return yield* found.run(shell, args.slice(1), tested);
      shell.complain(`${args[1] ?? ""}: not a shell builtin`);
      return 1;
    },
  },
  enable: {
    only: ["bash"],
    *run() {
      return 0;
    },
  },
  caller: {
    only: ["bash"],
    *run(shell) {
      shell.process.out(`${shell.line} ${shell.arg0}\n`);
      return shell.calls > 0 ? 0 : 1;
    },
  },
  complete: {
    only: ["bash"],
    *run() {
      return 0;
    },
  },
  history: {
    only: ["ash", "bash"],
    *run() {
      return 0;
    },
  },
};
