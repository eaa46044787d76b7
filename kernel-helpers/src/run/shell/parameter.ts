/** `$name` and `${name…}`. */

import { BoundedRegExp } from "../machine/bounded-regex";
import type { Task } from "../machine/process";
import { evaluateArithmetic } from "./arith";
import type { ParamPart, Word } from "./ast";
import { expandPattern, expandText } from "./expand";
import type { Fields } from "./fields";
import { patternSource, trimPattern } from "./pattern";
import type { Shell } from "./shell";

type AddWord = (word: Word, quoted: boolean) => Task;

/** What a parameter is: one value, or a list (`$@`, `${a[@]}`). */
interface Value {
  readonly text: string | undefined;
  readonly list?: readonly string[];
  /** `*` joins inside quotes, `@` does not. */
  readonly star?: boolean;
}

/** Adds what *part* stands for to *fields*. */
export function* expandParameter(shell: Shell, part: ParamPart, fields: Fields, addWord: AddWord): Task {
  if (part.op === "bad") throw shell.badSubstitution(part.name);
  let { name } = part;
  if (part.indirect === true) {
    if (part.names === true) {
      add(fields, part, { text: undefined, list: namesFor(shell, part) });
      return;
    }
    name = shell.get(name) ?? "";
  }
  let value = yield* valueOf(shell, name, part);
  const { op } = part;
  if (op !== undefined && "-=?+".includes(op)) {
    const missing =
      value.list !== undefined
        ? value.list.length === 0 || (part.colon === true && value.list.join("") === "")
        : value.text === undefined || (part.colon === true && value.text === "");
    if (op === "+") {
      if (part.q) fields.quoted("");
      if (!missing) yield* addWord(part.arg ?? [], part.q);
      return;
    }
    if (missing) {
      if (op === "-") {
        if (part.q) fields.quoted("");
        yield* addWord(part.arg ?? [], part.q);
        return;
      }
      if (op === "?") {
        const given = yield* expandText(shell, part.arg ?? [], "word");
        const text =
          given !== "" || (part.arg ?? []).length > 0 ? given : shell.unsetMessage(part.colon === true);
        throw shell.failure(`${name}: ${text}`, shell.dialect === "bash" ? 127 : 2);
      }
      const assigned = yield* expandText(shell, part.arg ?? [], "word");
      shell.set(name, assigned);
      value = { text: assigned };
    }
    add(fields, part, value);
    return;
  }
  if (part.length === true) {
    const unset = value.text === undefined && value.list === undefined;
    if (unset && shell.options.nounset) throw shell.unbound(name);
    // In ash and dash `${#@}` is the length of the text, in bash the number of arguments.
    const length =
      value.list === undefined
        ? shell.lengthOf(value.text ?? "")
        : shell.dialect === "bash"
          ? value.list.length
          : shell.lengthOf(value.list.join(" "));
    add(fields, part, { text: String(length) });
    return;
  }
  if (
    value.text === undefined &&
    value.list === undefined &&
    shell.options.nounset &&
    name !== "@" &&
    name !== "*"
  )
    throw shell.unbound(name);
  if (op === undefined) {
    add(fields, part, value);
    return;
  }
  const change = yield* changer(shell, part);
  if (op === ":" && value.list !== undefined) {
    add(fields, part, {
      text: undefined,
      list: slice(shell, value.list, yield* numbers(shell, part), name),
      star: value.star === true,
    });
    return;
  }
  if (value.list !== undefined)
    add(fields, part, { text: undefined, list: value.list.map(change), star: value.star === true });
  else add(fields, part, { text: change(value.text ?? "") });

  function* numbers(at: Shell, from: ParamPart): Task<[number, number | undefined]> {
    const offset = Number(
      evaluateArithmetic(yield* expandText(at, from.arg ?? []), at.arithmeticScope, at.dialect),
    );
    const length =
      from.arg2 === undefined
        ? undefined
        : Number(evaluateArithmetic(yield* expandText(at, from.arg2), at.arithmeticScope, at.dialect));
    return [offset, length];
  }
}

function namesFor(shell: Shell, part: ParamPart): string[] {
  if (part.index !== undefined) return [...(shell.variables.find(part.name)?.array?.keys() ?? [])];
  return shell.variables
    .entries()
    .map(([name]) => name)
    .filter((name) => name.startsWith(part.name))
    .sort();
}

function* valueOf(shell: Shell, name: string, part: ParamPart): Task<Value> {
  if (name === "@" || name === "*") return { text: undefined, list: shell.positional, star: name === "*" };
  if (part.index !== undefined) {
    const index = yield* expandText(shell, part.index);
    const variable = shell.variables.find(name);
    if (index === "@" || index === "*") {
      const list =
        variable?.array !== undefined
          ? [...variable.array.values()]
          : variable?.value === undefined
            ? []
            : [variable.value];
      return { text: undefined, list, star: index === "*" };
    }
    return { text: shell.element(name, index) };
  }
  return { text: shell.get(name) };
}

function add(fields: Fields, part: ParamPart, value: Value): void {
  const { list } = value;
  if (list === undefined) {
    if (part.q) fields.quoted(value.text ?? "");
    else if (value.text !== undefined) fields.split(value.text);
    return;
  }
  if (part.q && value.star === true) {
    fields.quoted(list.join(fields.separator));
    return;
  }
  for (const [i, item] of list.entries()) {
    if (i > 0) fields.boundary(part.q);
    if (part.q) fields.quoted(item);
    else fields.split(item);
  }
}

function slice(
  shell: Shell,
  list: readonly string[],
  [offset, length]: [number, number | undefined],
  name: string,
): string[] {
  const all = name === "@" || name === "*" ? [shell.arg0, ...list] : list;
  const start = offset < 0 ? all.length + offset : offset;
  return all.slice(start, length === undefined ? undefined : length < 0 ? length : start + length);
}

/** The function that `${x#y}`, `${x/y/z}`, … apply to a value. */
function* changer(shell: Shell, part: ParamPart): Task<(text: string) => string> {
  const { op } = part;
  const extended = shell.globOptions.extended === true;
  switch (op) {
    case "#":
    case "##":
    case "%":
    case "%%": {
      const pattern = yield* expandPattern(shell, part.arg ?? []);
      return (text) =>
        trimPattern(text, pattern, op.startsWith("#") ? "start" : "end", op.length === 2, extended);
    }
    case "/":
    case "//":
    case "/#":
    case "/%": {
      const pattern = yield* expandPattern(shell, part.arg ?? []);
      const replacement = part.arg2 === undefined ? "" : yield* expandText(shell, part.arg2);
      if (pattern === "") return (text) => text;
      const source = patternSource(pattern, "[^]*", extended);
      const test = new BoundedRegExp(
        op === "/#" ? `^(?:${source})` : op === "/%" ? `(?:${source})$` : source,
        op === "//" ? "g" : "",
      );
      return (text) => text.replace(test, () => replacement);
    }
    case ":": {
      const offset = Number(
        evaluateArithmetic(yield* expandText(shell, part.arg ?? []), shell.arithmeticScope, shell.dialect),
      );
      const length =
        part.arg2 === undefined
          ? undefined
          : Number(
              evaluateArithmetic(yield* expandText(shell, part.arg2), shell.arithmeticScope, shell.dialect),
            );
      return (text) => {
        const start = offset < 0 ? Math.max(0, text.length + offset) : offset;
        if (length !== undefined && length < 0)
          return text.slice(start, Math.max(start, text.length + length));
        return text.slice(start, length === undefined ? undefined : start + length);
      };
    }
    case "^":
    case "^^":
    case ",":
    case ",,": {
      const upper = op.startsWith("^");
      const map = (char: string): string =>
        upper ? char.replace(/[a-z]/, (c) => c.toUpperCase()) : char.replace(/[A-Z]/, (c) => c.toLowerCase());
      return (text) =>
        op.length === 2 ? [...text].map(map).join("") : map(text.slice(0, 1)) + text.slice(1);
    }
    case "@": {
      const kind = part.arg?.[0]?.k === "lit" ? part.arg[0].s : "";
      return (text) =>
        kind === "Q"
          ? shell.quote(text)
          : kind === "U"
            ? text.toUpperCase()
            : kind === "L"
              ? text.toLowerCase()
              : text;
    }
    default:
      return (text) => text;
  }
}
