/** Errors of TypeScript cells → what the learner sees: name, message, the line marked, a hint in Korean. */

import { inspect } from "node:util";
import type { ErrorContent } from "../protocol/messages";
import { compilerHint, runtimeHint } from "./hints";
import { type ForgottenMagic, forgottenMagic } from "./forgotten";
import { isInternalFrame, originalLine } from "./positions";
import type { CellDiagnostic } from "./service/protocol";

const RED = "\u001b[31m";
const BOLD = "\u001b[1m";
const BLUE = "\u001b[34m";
const PLAIN = "\u001b[0m";

/** All findings of a cell at once. *code* is the cell's text, *count* its number. */
export function compilerError(
  diagnostics: readonly CellDiagnostic[],
  code: string,
  count: number,
  where: (name: string) => string | undefined,
): ErrorContent {
  const lines = code.split("\n");
  const misplaced = diagnostics
    .map(({ file, line }) => (file === undefined ? lines[line - 1] : undefined))
    .find(isMagic);
  if (misplaced !== undefined) return misplacedMagic(misplaced, lines.indexOf(misplaced) + 1, count);
  const forgotten = forgottenMagic(code);
  if (forgotten !== undefined) return magicError(forgotten, count);
  const traceback = diagnostics.flatMap((found, index) => {
    const place = found.file ?? `cell[${count}]`;
    const text = found.lineText ?? lines[found.line - 1] ?? "";
    const hint = compilerHint(found, found.missing === undefined ? undefined : where(found.missing));
    return [
      ...(index > 0 ? [""] : []),
      `${RED}${BOLD}TS${found.code}${PLAIN} ${found.message}`,
      ...(found.ko === undefined ? [] : [`       ${found.ko.replace(/\n/g, "\n       ")}`]),
      `  ${BLUE}${place}${PLAIN} ${found.line}줄 ${found.column}칸`,
      ...frame(text, found.line, found.column, found.length),
      ...(hint === undefined ? [] : [`  힌트: ${hint}`]),
    ];
  });
  const [first] = diagnostics;
  const more = diagnostics.length > 1 ? ` (모두 ${diagnostics.length}개)` : "";
  return {
    ename: "TypeScriptError",
    evalue:
      first === undefined
        ? ""
        : `TS${first.code}: ${first.message.split("\n")[0] as string} (${first.line}:${first.column})${more}`,
    traceback,
  };
}

/** Does a line of TypeScript that does not compile begin like a magic? */
const isMagic = (line: string | undefined): line is string => /^\s*(?:%%?[a-z]|!\s*[a-z]+ )/.test(line ?? "");

/** A magic below other lines is no TypeScript: one sentence says so instead of a heap of findings. */
function misplacedMagic(text: string, line: number, count: number): ErrorContent {
  const magic = text.trim().split(/\s/, 1)[0] as string;
  const sentence = magic.startsWith("%%")
    ? `${magic}은(는) 셀의 첫 줄에 와야 합니다. 셀을 나누거나 그 위의 줄을 지우세요. (A cell magic must be the first line of its cell.)`
    : `${magic} 줄은 셀의 맨 위에, TypeScript보다 먼저 와야 합니다. (Line magics and ! commands stand at the head of a cell.)`;
  return magicError({ sentence, text, line }, count, text.length - text.trimStart().length + 1, magic.length);
}

/** One sentence instead of the findings of a compiler, with the line that it is about. */
function magicError(
  found: ForgottenMagic,
  count: number,
  column = 1,
  length = found.text.length,
): ErrorContent {
  const { sentence, text, line } = found;
  return {
    ename: "MagicError",
    evalue: sentence,
    traceback: [
      `${RED}${BOLD}MagicError${PLAIN}: ${sentence}`,
      `  ${BLUE}cell[${count}]${PLAIN} ${line}줄`,
      ...frame(text, line, column, length),
    ],
  };
}

/** What code of a cell threw. *where* says which cell defines a name, *missing* which makes a file that a message misses. */
export function thrownError(
  thrown: unknown,
  where: (name: string) => string | undefined,
  missing: (message: string) => string | undefined = () => undefined,
): ErrorContent {
  if (!isErrorLike(thrown)) {
    const shown = inspect(thrown, { depth: 2 });
    const text = `Error 객체가 아닌 값을 던졌습니다: ${shown}`;
    return {
      ename: thrown === null ? "null" : typeof thrown,
      evalue: shown,
      traceback: [`${RED}${BOLD}Uncaught${PLAIN} ${shown}`, `  ${text}`],
    };
  }
  const name = safe(() => String(thrown.name)) ?? "Error";
  const message = safe(() => String(thrown.message)) ?? "";
  const stack = safe(() => String(thrown.stack)) ?? "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const first = frames.map(placeOf).find((place) => place !== undefined);
  const hint = missing(message) ?? runtimeHint(name, message, where);
  // What fails before any line of the cell runs (opening the lab) has frames of the kernel only.
  const shownFrames = frames.filter(
    (line) => !/^\s+at async Promise\.all/.test(line) && !isInternalFrame(line),
  );
  return {
    ename: name,
    evalue: message,
    traceback: [
      `${RED}${BOLD}${name}${PLAIN}: ${message}`,
      ...(first === undefined
        ? []
        : [
            `  ${BLUE}${first.script}${PLAIN} ${first.line}줄 ${first.column}칸`,
            ...frame(first.text, first.line, first.column, 1),
          ]),
      ...(hint === undefined ? [] : [`  힌트: ${hint}`]),
      ...(shownFrames.length > 1 ? shownFrames : []),
      ...extra(thrown),
    ],
  };
}

/** The cause, and the parts of an AggregateError. */
function extra(error: Error): string[] {
  const lines: string[] = [];
  const parts = (error as { errors?: unknown }).errors;
  if (Array.isArray(parts)) for (const part of parts.slice(0, 10)) lines.push(`  [errors]: ${oneLine(part)}`);
  if (error.cause !== undefined) lines.push(`  [cause]: ${oneLine(error.cause)}`);
  return lines;
}

function oneLine(value: unknown): string {
  return isErrorLike(value) ? `${value.name}: ${value.message}` : inspect(value, { depth: 1 });
}

/** The line with a mark under the place. */
function frame(text: string, line: number, column: number, length: number): string[] {
  const number = String(line);
  const before = text.slice(0, column - 1);
  // Korean characters are two columns wide: the mark goes under what it marks.
  const pad = [...before].map((c) => (c === "\t" ? "\t" : isWide(c) ? "  " : " ")).join("");
  const marked = [...text.slice(column - 1, column - 1 + length)]
    .map((c) => (isWide(c) ? "^^" : "^"))
    .join("");
  return [
    `  ${number} | ${text}`,
    `  ${" ".repeat(number.length)} | ${pad}${RED}${marked === "" ? "^" : marked}${PLAIN}`,
  ];
}

function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
    character,
  );
}

interface Place {
  readonly script: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** The place of a translated frame, with its line of text. */
function placeOf(frameLine: string): Place | undefined {
  const match = /((?:cell\[\d+\]\.ts)|(?:\/|[A-Za-z]:\\)[^():]*?\.tsx?):(\d+):(\d+)\)?$/.exec(frameLine);
  if (match === null) return undefined;
  const [, script = "", line = "", column = ""] = match;
  const text = originalLine(script, Number(line));
  return text === undefined
    ? undefined
    : {
        script: script.replace(/^(cell\[\d+\])\.ts$/, "$1"),
        line: Number(line),
        column: Number(column),
        text,
      };
}

function isErrorLike(value: unknown): value is Error {
  return typeof value === "object" && value !== null && "message" in value && "stack" in value;
}

function safe<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
