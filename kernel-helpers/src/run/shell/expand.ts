/** Expansion of words: tilde, parameters, commands, arithmetic, splitting, paths, quotes. */

import { Errno } from "../machine/errno";
import type { Task } from "../machine/process";
import { parsePasswd } from "../users";
import { evaluateArithmetic } from "./arith";
import { plainText, type ParamPart, type Part, type Word } from "./ast";
import { expandBraces } from "./braces";
import { Fields } from "./fields";
import { glob, isMagic } from "./glob";
import { expandParameter } from "./parameter";
import type { Shell } from "./shell";

/** How a word is expanded. */
interface Mode {
  /** Nothing is split and no paths are looked for. */
  readonly whole: boolean;
  /** Tildes: at the start, or after colons too (assignments). */
  readonly tilde: "word" | "assign" | "none";
  /** Unquoted literal text is split as if it were a result: inside `${x-…}`. */
  readonly splitLiterals?: boolean;
}

/** Expands words to arguments. */
export function* expandWords(shell: Shell, words: readonly Word[]): Task<string[]> {
  const out: string[] = [];
  for (const word of words) {
    const plain = plainText(word);
    if (plain !== undefined && !/[~*?[{]/.test(plain)) {
      out.push(plain);
      continue;
    }
    const variants =
      shell.dialect === "bash"
        ? expandBraces(word, (words) => shell.process.machine.meter.addCommands(words))
        : [word];
    for (const variant of variants) out.push(...(yield* expandFields(shell, variant)));
  }
  return out;
}

/** Expands one word to any number of fields. */
export function* expandFields(shell: Shell, word: Word): Task<string[]> {
  const fields = new Fields(shell.ifs);
  yield* addWord(shell, word, fields, { whole: false, tilde: "word" });
  const out: string[] = [];
  for (const field of fields.end()) {
    if (field.magic && !shell.options.noglob && isMagic(field.pattern)) {
      const found = glob(shell.process, field.pattern, shell.globOptions);
      if (found.length > 0) {
        out.push(...found);
        continue;
      }
      if (shell.globOptions.failglob === true) throw shell.failure(`no match: ${field.text}`, 1);
      if (shell.globOptions.nullglob === true) continue;
    }
    out.push(field.text);
  }
  return out;
}

/** Expands a word to one string: redirections, `case`, here-documents. */
export function* expandText(
  shell: Shell,
  word: Word,
  tilde: "word" | "assign" | "none" = "word",
): Task<string> {
  const plain = plainText(word);
  if (plain !== undefined && !plain.includes("~")) return plain;
  const fields = new Fields(shell.ifs, true);
  yield* addWord(shell, word, fields, { whole: true, tilde });
  return fields.end()[0]?.text ?? "";
}

/** As `expandText`, but the answer is a pattern: quoted characters are escaped. */
export function* expandPattern(shell: Shell, word: Word): Task<string> {
  const fields = new Fields(shell.ifs, true);
  yield* addWord(shell, word, fields, { whole: true, tilde: "word" });
  return fields.end()[0]?.pattern ?? "";
}

/** Adds the expansion of *word* to *fields*. */
export function* addWord(shell: Shell, word: Word, fields: Fields, mode: Mode): Task {
  for (const [i, part] of word.entries()) {
    if (part.k === "lit") {
      if (part.q) fields.quoted(part.s);
      else {
        let text = part.s;
        if (mode.tilde !== "none" && text.includes("~"))
          text = tildes(shell, text, i === 0, word[i + 1], mode, fields);
        if (text === "") continue;
        if (mode.splitLiterals === true) fields.split(text);
        else fields.literal(text);
      }
    } else yield* addPart(shell, part, fields, mode);
  }
}

/** Expands `~` and `~user`; what it finds is added as quoted text. Answers the text that is left. */
function tildes(
  shell: Shell,
  text: string,
  first: boolean,
  following: Part | undefined,
  mode: Mode,
  fields: Fields,
): string {
  let rest = text;
  const once = (): boolean => {
    const match = /^~([^/:\\]*)/.exec(rest);
    if (match === null) return false;
    if (match[0].length === rest.length && following !== undefined) return false;
    const name = match[1] as string;
    const home =
      name === ""
        ? shell.get("HOME")
        : name === "+" && shell.dialect === "bash"
          ? shell.get("PWD")
          : name === "-" && shell.dialect === "bash"
            ? shell.get("OLDPWD")
            : shell.homeOf(name);
    if (home === undefined) return false;
    fields.quoted(home);
    rest = rest.slice(match[0].length);
    return true;
  };
  if (first) once();
  if (mode.tilde !== "assign") return rest;
  for (let at = rest.indexOf(":~"); at >= 0; at = rest.indexOf(":~")) {
    fields.literal(rest.slice(0, at + 1));
    rest = rest.slice(at + 1);
    if (!once()) {
      fields.literal("~");
      rest = rest.slice(1);
    }
  }
  return rest;
}

function* addPart(shell: Shell, part: Exclude<Part, { k: "lit" }>, fields: Fields, mode: Mode): Task {
  switch (part.k) {
    case "param":
      yield* expandParameter(shell, part, fields, (word, quoted) =>
        addWord(shell, quoted ? quoteAll(word) : word, fields, {
          ...mode,
          tilde: "word",
          splitLiterals: !quoted && !mode.whole,
        }),
      );
      return;
    case "cmd": {
      const text = (yield* shell.substitute(part.body)).replace(/\n+$/, "").replaceAll("\0", "");
      if (part.q) fields.quoted(text);
      else fields.split(text);
      return;
    }
    case "arith": {
      const text = yield* expandText(shell, part.expr, "none");
      const value = evaluateArithmetic(text, shell.arithmeticScope, shell.dialect).toString();
      if (part.q) fields.quoted(value);
      else fields.split(value);
      return;
    }
    case "proc":
      fields.literal(yield* shell.processSubstitution(part.body, part.dir));
  }
}

/** Inside double quotes the word of `${x-word}` is quoted too. */
function quoteAll(word: Word): Word {
  return word.map((part) => (part.k === "proc" ? part : { ...part, q: true }));
}

/** Computes an arithmetic word. */
export function* expandArithmetic(shell: Shell, word: Word): Task<bigint> {
  const text = yield* expandText(shell, word, "none");
  return evaluateArithmetic(text, shell.arithmeticScope, shell.dialect);
}

/** The home directory of *name* in /etc/passwd. */
export function homeDirectory(shell: Shell, name: string): string | undefined {
  try {
    const handle = shell.process.open("/etc/passwd");
    const text = handle.read(1 << 20) ?? "";
    handle.drop();
    return parsePasswd(text).find((user) => user.name === name)?.home;
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

export type { ParamPart };
