/** Builtins that steer: `:`, `break`, `eval`, `exit`, `return`, `set`, `shift`, `.`, `trap` … */

import { findInPath } from "../machine/exec";
import { Errno } from "../machine/errno";
import { SIGNALS, type Task } from "../machine/process";
import type { Builtin } from "./builtins";
import { Exit, Jump, OPTION_LETTERS, signalName, type Shell } from "./shell";
import { runText, setOption, sourceFile } from "./source";

function jump(kind: "break" | "continue"): Builtin {
  return {
    special: true,
    *run(shell, args) {
      const text = args[1] ?? "1";
      if (!/^\d+$/.test(text) || Number(text) < 1) {
        if (shell.dialect === "bash") throw shell.failure(`${text}: numeric argument required`, 128);
        throw shell.failure(
          shell.dialect === "dash" ? `Illegal number: ${text}` : `Illegal number: ${text}`,
          2,
        );
      }
      if (shell.loops === 0) {
        if (shell.dialect === "bash") shell.complain("only meaningful in a `for', `while', or `until' loop");
        return 0;
      }
      throw new Jump(kind, Math.min(Number(text), shell.loops));
    },
  };
}

function number(shell: Shell, text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text) & 0xff;
  if (shell.dialect === "bash") {
    shell.complain(`${text}: numeric argument required`);
    return 2;
  }
  throw shell.failure(`Illegal number: ${text}`, 2);
}

function* set(shell: Shell, args: string[]): Task<number> {
  if (args.length === 1) {
    for (const [name, { value }] of shell.variables.entries().sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (value !== undefined)
        shell.process.out(
          `${name}=${shell.dialect === "bash" && /^[\w./:@%+,-]*$/.test(value) ? value : shell.quote(value)}\n`,
        );
    }
    return 0;
  }
  let i = 1;
  for (; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      i++;
      shell.positional = args.slice(i);
      return 0;
    }
    if (arg === "-") {
      shell.options.xtrace = false;
      shell.options.verbose = false;
      i++;
      if (i < args.length) shell.positional = args.slice(i);
      return 0;
    }
    if (!/^[-+]./.test(arg)) break;
    const on = arg.startsWith("-");
    for (const letter of arg.slice(1)) {
      if (letter === "o") {
        const name = args[i + 1];
        if (name === undefined) {
          listOptions(shell, on);
          return 0;
        }
        i++;
        if (!setOption(shell, name, on)) {
          if (shell.dialect === "bash") {
            shell.complain(`${name}: invalid option name`);
            return 2;
          }
          if (shell.dialect === "dash") throw shell.failure(`Illegal option -o ${name}`, 2);
          shell.complain(`illegal option ${on ? "-" : "+"}o ${name}`);
          return 1;
        }
      } else if (letter in OPTION_LETTERS) shell.options[OPTION_LETTERS[letter] as string] = on;
      else if (shell.dialect === "bash" && "hkptBEHPTD".includes(letter)) {
        if (letter === "E") shell.options["errtrace"] = on;
      } else if (shell.dialect !== "bash" && letter === "E" && shell.dialect === "ash") continue;
      else if (shell.dialect === "bash") {
        shell.complain(`-${letter}: invalid option`);
        shell.process.err("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n");
        return 2;
      } else
        throw shell.failure(
          `${shell.dialect === "dash" ? "Illegal" : "illegal"} option ${on ? "-" : "+"}${letter}`,
          2,
        );
    }
  }
  if (i < args.length) shell.positional = args.slice(i);
  return 0;
}

function listOptions(shell: Shell, on: boolean): void {
  const names =
    shell.dialect === "ash"
      ? // Debian's busybox lists what a script can set; editing modes are never on.
        [
          ...Object.values(OPTION_LETTERS).filter((name) => name !== "interactive" && name !== "stdin"),
          "errtrace",
          "vi",
          "pipefail",
        ]
      : [...Object.values(OPTION_LETTERS), ...(shell.dialect === "dash" ? [] : ["pipefail"])];
  if (shell.dialect === "dash" && on) shell.process.out("Current option settings\n");
  for (const name of names) {
    const value = shell.options[name] === true;
    if (on) shell.process.out(`${name.padEnd(shell.dialect === "bash" ? 15 : 15)} ${value ? "on" : "off"}\n`);
    else shell.process.out(`set ${value ? "-" : "+"}o ${name}\n`);
  }
}

function* source(shell: Shell, args: string[], tested: boolean): Task<number> {
  const name = args[1];
  if (name === undefined) {
    if (shell.dialect === "bash") shell.complain("filename argument required");
    return shell.dialect === "dash" ? 0 : 2;
  }
  let path = name;
  if (!name.includes("/")) {
    const dirs = (shell.get("PATH") ?? "").split(":");
    const found = dirs
      .map((dir) => (dir === "" ? name : `${dir}/${name}`))
      .find((at) => shell.process.vfs.tryStat(shell.process, at)?.type === "file");
    if (found !== undefined) path = found;
    else if (shell.dialect !== "bash") throw shell.failure(`${name}: not found`, 2);
  }
  try {
    return yield* sourceFile(shell, path, shell.dialect === "dash" ? undefined : args.slice(2), tested);
  } catch (error) {
    if (!(error instanceof Errno) || error.code === "EPIPE") throw error;
    if (shell.dialect === "bash") {
      shell.builtin = "";
      shell.complain(`${name}: ${error.message}`);
      return 1;
    }
    if (shell.dialect === "dash")
      throw shell.failure(
        `cannot open ${name}: ${error.code === "ENOENT" ? "No such file" : error.message}`,
        2,
      );
    throw shell.failure(`can't open '${name}': ${error.message}`, 2);
  }
}

function trapName(spec: string): string | undefined {
  if (/^\d+$/.test(spec)) {
    const value = Number(spec);
    return value <= 64 ? signalName(value) : undefined;
  }
  const name = spec.toUpperCase().replace(/^SIG/, "");
  return name in SIGNALS || name === "ERR" || name === "DEBUG" || name === "RETURN" ? name : undefined;
}

function* trap(shell: Shell, args: string[]): Task<number> {
  let rest = args.slice(1);
  if (rest[0] === "--") rest = rest.slice(1);
  if (rest[0] === "-l") {
    shell.process.out(Object.keys(SIGNALS).slice(1).join(" ") + "\n");
    return 0;
  }
  if (rest.length === 0 || rest[0] === "-p") {
    for (const [name, action] of shell.traps) {
      const shown = shell.dialect === "bash" && name !== "EXIT" ? `SIG${name}` : name;
      shell.process.out(`trap -- ${shell.quote(action)} ${shown}\n`);
    }
    return 0;
  }
  const single = rest.length === 1;
  const action = single ? "-" : (rest[0] as string);
  let status = 0;
  for (const spec of single ? rest : rest.slice(1)) {
    const name = trapName(spec);
    if (
      name === undefined ||
      (shell.dialect !== "bash" && ["DEBUG", "RETURN"].includes(name)) ||
      (shell.dialect === "dash" && name === "ERR")
    ) {
      if (shell.dialect === "dash") shell.process.err(`trap: ${spec}: bad trap\n`);
      else shell.complain(`${spec}: invalid signal specification`);
      status = 1;
      continue;
    }
    const number = SIGNALS[name] ?? 0;
    shell.process.ignored.delete(number);
    if (action === "-") shell.traps.delete(name);
    else shell.traps.set(name, action);
    if (action === "" && number > 0) shell.process.ignored.add(number);
  }
  return status;
}

export const controlBuiltins: Readonly<Record<string, Builtin>> = {
  ":": {
    special: true,
    *run() {
      return 0;
    },
  },
  true: {
    *run() {
      return 0;
    },
  },
  false: {
    *run() {
      return 1;
    },
  },
  break: jump("break"),
  continue: jump("continue"),
  eval: {
    special: true,
    *run(shell, args, tested) {
      const outer = shell.builtin;
      shell.builtin = "";
      shell.status = 0;
      try {
        const text = args.slice(args[1] === "--" ? 2 : 1).join(" ");
        return yield* runText(shell, text, false, tested, "eval");
      } finally {
        shell.builtin = outer;
      }
    },
  },
  exec: {
    special: true,
    *run() {
      return 0;
    },
  },
  exit: {
    special: true,
    *run(shell, args) {
      // A minus sign is a number for bash only.
      if (shell.dialect === "ash" && args[1]?.startsWith("-") === true)
        throw shell.failure(`Illegal number: ${args[1]}`, 2);
      throw new Exit(args[1] === undefined ? shell.status : number(shell, args[1]));
    },
  },
  return: {
    special: true,
    *run(shell, args) {
      const status = args[1] === undefined ? shell.status : number(shell, args[1]);
      if (shell.calls === 0 && shell.dialect === "bash") {
        shell.complain("can only `return' from a function or sourced script");
        return 2;
      }
      if (shell.calls === 0) throw new Exit(status);
      throw new Jump("return", status);
    },
  },
  set: { special: true, run: set },
  shift: {
    special: true,
    *run(shell, args) {
      const count = args[1] === undefined ? 1 : number(shell, args[1]);
      if (count > shell.positional.length) {
        if (shell.dialect === "dash") throw shell.failure("can't shift that many", 2);
        return 1;
      }
      shell.positional = shell.positional.slice(count);
      return 0;
    },
  },
  ".": { special: true, run: source },
  source: { special: true, only: ["ash", "bash"], run: source },
  times: {
    special: true,
    *run(shell) {
      shell.process.out(
        shell.dialect === "bash" || shell.dialect === "ash"
          ? "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n"
          : "0m0.000000s 0m0.000000s\n0m0.000000s 0m0.000000s\n",
      );
      return 0;
    },
  },
  trap: { special: true, run: trap },
  shopt: {
    only: ["bash"],
    *run(shell, args) {
      const on = args.includes("-s");
      const off = args.includes("-u");
      for (const name of args.slice(1).filter((arg) => !arg.startsWith("-"))) {
        if (!on && !off) return shell.shopt.has(name) ? 0 : 1;
        if (on) shell.shopt.add(name);
        else shell.shopt.delete(name);
      }
      const has = (name: string): boolean => shell.shopt.has(name);
      shell.globOptions = {
        skipDots: true,
        dotglob: has("dotglob"),
        globstar: has("globstar"),
        extended: has("extglob"),
        nullglob: has("nullglob"),
        failglob: has("failglob"),
      };
      return 0;
    },
  },
};

export { findInPath };
