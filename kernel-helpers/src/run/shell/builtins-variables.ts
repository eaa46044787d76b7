/** `export`, `readonly`, `unset`, `local`, `declare`, `let`, `getopts`. */

import type { Task } from "../machine/process";
import { evaluateArithmetic } from "./arith";
import type { Builtin } from "./builtins";
import type { Shell } from "./shell";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Splits `name+=value`. Throws the shell's words for a bad name. */
function split(shell: Shell, arg: string): { name: string; value: string | undefined } {
  const match = /^([^=+]*?)(\+?=)([^]*)$/.exec(arg);
  const name = match === null ? arg : (match[1] as string);
  if (!NAME.test(name)) {
    if (shell.dialect === "bash") throw shell.failure(`\`${arg}': not a valid identifier`, 1);
    throw shell.failure(`${name}: bad variable name`, 2);
  }
  if (match === null) return { name, value: undefined };
  const value = match[3] as string;
  return { name, value: match[2] === "+=" ? (shell.get(name) ?? "") + value : value };
}

function list(
  shell: Shell,
  word: string,
  test: (variable: { exported: boolean; readonly: boolean }) => boolean,
): void {
  for (const [name, variable] of shell.variables.entries().sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!test(variable)) continue;
    const prefix = shell.dialect === "bash" ? `declare -${word === "export" ? "x" : "r"}` : word;
    const quoted =
      shell.dialect === "bash"
        ? `"${(variable.value ?? "").replace(/["\\$`]/g, "\\$&")}"`
        : shell.quote(variable.value ?? "");
    shell.process.out(`${prefix} ${name}${variable.value === undefined ? "" : `=${quoted}`}\n`);
  }
}

function* exporting(shell: Shell, args: string[]): Task<number> {
  const names = args.slice(1);
  const remove = names[0] === "-n";
  while (names[0] === "-n" || names[0] === "--") names.shift();
  if (names.length === 0 || names[0] === "-p") {
    list(shell, "export", (variable) => variable.exported);
    return 0;
  }
  for (const arg of names) {
    const { name, value } = split(shell, arg);
    if (value !== undefined) shell.set(name, value);
    if (remove) {
      shell.variables.need(name).exported = false;
      shell.process.env.delete(name);
    } else shell.export(name);
  }
  return 0;
}

function* readonly(shell: Shell, args: string[]): Task<number> {
  const names = args.slice(1).filter((arg) => arg !== "--");
  if (names.length === 0 || names[0] === "-p") {
    list(shell, "readonly", (variable) => variable.readonly);
    return 0;
  }
  for (const arg of names) {
    const { name, value } = split(shell, arg);
    if (value !== undefined) shell.set(name, value);
    shell.variables.need(name).readonly = true;
  }
  return 0;
}

function* unset(shell: Shell, args: string[]): Task<number> {
  let functions = false;
  let variables = false;
  for (const arg of args.slice(1)) {
    if (arg === "-f") functions = true;
    else if (arg === "-v") variables = true;
    else if (functions) shell.functions.delete(arg);
    else {
      const element = /^([A-Za-z_]\w*)\[(.*)\]$/.exec(arg);
      if (element !== null && shell.dialect === "bash") {
        shell.variables.find(element[1] as string)?.array?.delete(element[2] as string);
        continue;
      }
      if (!NAME.test(arg)) {
        if (shell.dialect === "bash") continue;
        throw shell.failure(`${arg}: bad variable name`, 2);
      }
      const variable = shell.variables.find(arg);
      if (variable?.readonly === true) {
        if (shell.dialect === "bash") {
          shell.complain(`${arg}: cannot unset: readonly variable`);
          return 1;
        }
        throw shell.failure(`${arg}: is read only`, 2);
      }
      if (variable === undefined && !variables && shell.dialect === "bash") shell.functions.delete(arg);
      shell.variables.delete(arg);
      shell.process.env.delete(arg);
    }
  }
  return 0;
}

function* local(shell: Shell, args: string[]): Task<number> {
  if (!shell.variables.inFunction) {
    if (shell.dialect === "bash") {
      shell.complain("can only be used in a function");
      return 1;
    }
    throw shell.failure("not in a function", 2);
  }
  return yield* declare(shell, args);
}

function* declare(shell: Shell, args: string[]): Task<number> {
  const names = args.slice(1);
  let flags = "";
  while (shell.dialect === "bash" && /^[-+][A-Za-z]+$/.test(names[0] ?? "")) flags += names.shift() as string;
  if (flags.includes("f") || flags.includes("F")) {
    for (const name of names) if (!shell.functions.has(name)) return 1;
    return 0;
  }
  if (names.length === 0 && args[0] !== "local")
    list(shell, "export", (variable) => !flags.includes("x") || variable.exported);
  if (flags.includes("p")) {
    for (const name of names) {
      const variable = shell.variables.find(name);
      if (variable === undefined) {
        shell.complain(`${name}: not found`);
        return 1;
      }
      shell.process.out(`declare -${variable.exported ? "x" : "-"} ${name}="${variable.value ?? ""}"\n`);
    }
    return 0;
  }
  for (const arg of names) {
    const { name, value } = split(shell, arg);
    if (shell.variables.inFunction && !flags.includes("g"))
      shell.variables.local(name, shell.dialect !== "bash");
    const variable = shell.variables.need(name);
    if (flags.includes("A")) {
      variable.array ??= new Map();
      variable.associative = true;
    }
    if (flags.includes("a")) variable.array ??= new Map();
    if (flags.includes("i")) variable.integer = true;
    if (value !== undefined)
      shell.set(
        name,
        flags.includes("i")
          ? evaluateArithmetic(value, shell.arithmeticScope, shell.dialect).toString()
          : flags.includes("u")
            ? value.toUpperCase()
            : flags.includes("l")
              ? value.toLowerCase()
              : value,
      );
    if (flags.includes("x")) shell.export(name);
    if (flags.includes("r")) variable.readonly = true;
  }
  return 0;
}

/** Position inside a word like `-abc`, kept between calls. */
const offsets = new WeakMap<Shell, number>();

function* getopts(shell: Shell, args: string[]): Task<number> {
  const [, spec, name, ...given] = args;
  if (spec === undefined || name === undefined) {
    if (shell.dialect === "bash") {
      shell.process.err("getopts: usage: getopts optstring name [arg ...]\n");
      return 2;
    }
    throw shell.failure(
      shell.dialect === "dash"
        ? "Usage: getopts optstring var [arg...]"
        : "usage: getopts optstring var [arg]",
      2,
    );
  }
  const list = args.length > 3 ? given : shell.positional;
  const index = Number(shell.get("OPTIND") ?? 1) || 1;
  let offset = offsets.get(shell) ?? 1;
  const word = list[index - 1];
  const silent = spec.startsWith(":");
  const finish = (value: string, next: number, at: number, status: number): number => {
    shell.set(name, value);
    shell.set("OPTIND", String(next));
    offsets.set(shell, at);
    return status;
  };
  if (word === undefined || !/^-./.test(word)) return finish("?", index, 1, 1);
  if (word === "--") return finish("?", index + 1, 1, 1);
  if (offset >= word.length) offset = 1;
  const letter = word[offset] as string;
  const at = letter === ":" ? -1 : spec.indexOf(letter, silent ? 1 : 0);
  const done = offset + 1 >= word.length;
  const complain = (text: string): void => {
    if (shell.dialect === "bash") shell.process.err(`${shell.arg0}: ${text} -- ${letter}\n`);
    else
      shell.process.err(
        text.startsWith("illegal") ? `Illegal option -${letter}\n` : `No arg for -${letter} option\n`,
      );
  };
  if (at < 0) {
    if (silent) shell.set("OPTARG", letter);
    else {
      complain("illegal option");
      shell.variables.delete("OPTARG");
    }
    return finish("?", done ? index + 1 : index, done ? 1 : offset + 1, 0);
  }
  if (spec[at + 1] !== ":") {
    shell.variables.delete("OPTARG");
    return finish(letter, done ? index + 1 : index, done ? 1 : offset + 1, 0);
  }
  if (!done) {
    shell.set("OPTARG", word.slice(offset + 1));
    return finish(letter, index + 1, 1, 0);
  }
  const value = list[index];
  if (value === undefined) {
    if (silent) {
      shell.set("OPTARG", letter);
      return finish(":", index + 1, 1, 0);
    }
    complain("option requires an argument");
    shell.variables.delete("OPTARG");
    return finish("?", index + 1, 1, 0);
  }
  shell.set("OPTARG", value);
  return finish(letter, index + 2, 1, 0);
}

export const variableBuiltins: Readonly<Record<string, Builtin>> = {
  export: { special: true, run: exporting },
  readonly: { special: true, run: readonly },
  unset: { special: true, run: unset },
  local: { run: local },
  declare: { only: ["bash"], run: declare },
  typeset: { only: ["bash"], run: declare },
  let: {
    only: ["ash", "bash"],
    *run(shell, args) {
      if (args.length < 2) {
        if (shell.dialect === "ash") throw shell.failure("expression expected", 2);
        shell.complain("expression expected");
        return 1;
      }
      let value = 0n;
      for (const text of args.slice(1))
        value = evaluateArithmetic(text, shell.arithmeticScope, shell.dialect);
      return value === 0n ? 1 : 0;
    },
  },
  getopts: { run: getopts },
};
