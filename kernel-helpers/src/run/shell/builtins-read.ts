/** `read`, `mapfile`. */

import type { Task } from "../machine/process";
import type { Builtin } from "./builtins";
import type { Shell } from "./shell";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function* read(shell: Shell, args: string[]): Task<number> {
  const { process } = shell;
  let raw = false;
  let fd = 0;
  let delimiter = "\n";
  let count = -1;
  let array: string | undefined;
  let i = 1;
  for (; i < args.length && /^-./.test(args[i] as string); i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      i++;
      break;
    }
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j] as string;
      if (letter === "r") raw = true;
      else if (letter === "s" || letter === "e") continue;
      else if (shell.dialect === "dash" && letter !== "p")
        throw shell.failure(`Illegal option -${letter}`, 2);
      else if ("pdnNtua".includes(letter)) {
        const value = arg.slice(j + 1) || (args[++i] ?? "");
        if (letter === "d") delimiter = value[0] ?? "\0";
        else if (letter === "n" || letter === "N") count = Number(value);
        else if (letter === "u") fd = Number(value);
        else if (letter === "a") array = value;
        break;
      } else if (shell.dialect === "bash") {
        shell.complain(`-${letter}: invalid option`);
        return 2;
      } else throw shell.failure(`illegal option -${letter}`, 2);
    }
  }
  const names = args.slice(i);
  if (names.length === 0 && shell.dialect === "dash") throw shell.failure("arg count", 2);
  for (const name of names) {
    if (NAME.test(name)) continue;
    if (shell.dialect === "ash") process.err(`sh: read: '${name}': bad variable name\n`);
    else if (shell.dialect === "bash") shell.complain(`\`${name}': not a valid identifier`);
    else throw shell.failure(`${name}: bad variable name`, 2);
    return shell.dialect === "bash" ? 1 : 2;
  }
  // A backslash quotes the next character: such characters do not separate.
  const chars: { char: string; quoted: boolean }[] = [];
  let status = 0;
  for (;;) {
    if (count >= 0 && chars.length >= count) break;
    const char = yield* process.read(fd, 1);
    if (char === "") {
      status = 1;
      break;
    }
    if (char === delimiter) break;
    if (char === "\0") continue;
    if (char === "\\" && !raw) {
      const next = yield* process.read(fd, 1);
      if (next === "") {
        status = 1;
        break;
      }
      if (next !== "\n") chars.push({ char: next, quoted: true });
      continue;
    }
    chars.push({ char, quoted: false });
  }
  if (array !== undefined) {
    const variable = shell.variables.need(array);
    variable.array = new Map(split(shell, chars, Infinity).map((text, n) => [String(n), text]));
    return status;
  }
  if (names.length === 0) {
    shell.set("REPLY", chars.map(({ char }) => char).join(""));
    return status;
  }
  const values = split(shell, chars, names.length);
  for (const [n, name] of names.entries()) shell.set(name, values[n] ?? "");
  return status;
}

/** Splits into at most *limit* fields; the last takes the rest. */
function split(shell: Shell, chars: readonly { char: string; quoted: boolean }[], limit: number): string[] {
  const { ifs } = shell;
  const space = (at: number): boolean => {
    const one = chars[at];
    return one !== undefined && !one.quoted && ifs.includes(one.char) && " \t\n".includes(one.char);
  };
  const hard = (at: number): boolean => {
    const one = chars[at];
    return one !== undefined && !one.quoted && ifs.includes(one.char) && !" \t\n".includes(one.char);
  };
  const out: string[] = [];
  let at = 0;
  while (space(at)) at++;
  while (at < chars.length) {
    if (out.length === limit - 1) {
      let end = chars.length;
      while (end > at && space(end - 1)) end--;
      // A single separator at the very end is no part of the value.
      const separators = chars.slice(at, end).filter((_, n) => hard(at + n)).length;
      if (separators === 1 && hard(end - 1)) {
        end--;
        while (end > at && space(end - 1)) end--;
      }
      out.push(
        chars
          .slice(at, end)
          .map(({ char }) => char)
          .join(""),
      );
      return out;
    }
    let text = "";
    while (at < chars.length && !space(at) && !hard(at)) text += chars[at++]?.char ?? "";
    out.push(text);
    while (space(at)) at++;
    if (hard(at)) {
      at++;
      while (space(at)) at++;
    }
  }
  return out;
}

function* mapfile(shell: Shell, args: string[]): Task<number> {
  const names = args.slice(1).filter((arg) => !arg.startsWith("-"));
  const strip = args.some((arg) => /^-t/.test(arg));
  const text = yield* shell.process.readAll(0);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  shell.variables.need(names.at(-1) ?? "MAPFILE").array = new Map(
    lines.map((line, n) => [String(n), strip ? line : line + "\n"]),
  );
  return 0;
}

export const readBuiltins: Readonly<Record<string, Builtin>> = {
  read: { run: read },
  mapfile: { only: ["bash"], run: mapfile },
  readarray: { only: ["bash"], run: mapfile },
};
