/** Repairs of refusals, where one needs no decision. */

import { toLower } from "../go-text";
import { heredocsFromLine } from "../heredoc";
import { parseDockerfile } from "../parse";
import { isDockerfileError, Refusal } from "../refusal";
import type { DockerfileError } from "../types";
import type { Fix, TextEdit } from "./fix";
import { instructionAtLine, lineStart, type LogicalLine, rangeAt, type Word } from "./place";

const fix = (ko: string, en: string, ...edits: TextEdit[]): Fix => ({ title: { ko, en }, edits });
const change = (word: string, ...edits: TextEdit[]): Fix =>
  fix(`\`${word}\`로 바꾸기`, `Change to \`${word}\``, ...edits);

/** The instruction that the refusal marks. */
function markedLine(text: string, error: DockerfileError): LogicalLine | undefined {
  const first = error.lines[0]?.[0];
  return first === undefined ? undefined : instructionAtLine(text, first[0]);
}

/** The near word that the message proposes. */
const proposed = (message: string) => / \(did you mean (.+)\?\)$/.exec(message)?.[1];

type Maker = (line: LogicalLine, message: string) => Fix | undefined;

const removeWord = (line: LogicalLine, word: Word, ko: string, en: string): Fix => {
  const next = line.words().find(({ index }) => index > word.index);
  const end = next?.index ?? word.index + word.text.length;
  return fix(ko, en, { range: line.range(word.index, end), replacement: "" });
};

const makers: Readonly<Record<string, Maker>> = {
  LB_INSTRUCTION_UNKNOWN: (line, message) => {
    const right = proposed(message);
    return right === undefined
      ? undefined
      : change(right, { range: line.wordRange(line.words()[0]!), replacement: right });
  },
  LB_FLAG_UNKNOWN: (line, message) => {
    const right = proposed(message);
    const wrong = /unknown flag: (\S+) \(/.exec(message)?.[1];
    const word = line.words().find(({ text }) => text === wrong || text.startsWith(`${wrong}=`));
    if (right === undefined || wrong === undefined || word === undefined) return undefined;
    const range = line.range(word.index, word.index + wrong.length);
    return change(`--${right}`, { range, replacement: `--${right}` });
  },
  LB_FLAG_TWICE: (line, message) => {
    const flag = /duplicate flag specified: (\S+)$/.exec(message)?.[1];
    const word = line.words().filter(({ text }) => text === flag || text.startsWith(`${flag}=`))[1];
    if (word === undefined) return undefined;
    return removeWord(line, word, `두 번째 \`${flag}\` 지우기`, `Remove the second \`${flag}\``);
  },
  LB_SHELL_NOT_JSON: (line) => {
    const words = line.argumentWords();
    const last = words[words.length - 1];
    if (last === undefined || !words.every(({ text }) => /^[\w@%+=:,./-]+$/.test(text))) return undefined;
    const replacement = JSON.stringify(words.map(({ text }) => text)).replaceAll('","', '", "');
    const range = line.range(words[0]!.index, last.index + last.text.length);
    return fix("JSON 배열로 바꾸기", "Write it as a JSON array", { range, replacement });
  },
  LB_HEALTHCHECK_TYPE: (line) => {
    const first = line.argumentWords()[0];
    if (first === undefined) return undefined;
    return fix("`CMD` 넣기", "Insert `CMD`", {
      range: line.range(first.index, first.index),
      replacement: "CMD ",
    });
  },
  LB_HEALTHCHECK_NONE: (line) => {
    const none = line.argumentWords()[0];
    if (none === undefined) return undefined;
    const range = line.range(none.index + none.text.length, line.node.original.trimEnd().length);
    return fix("`NONE` 뒤를 지우기", "Remove what stands behind `NONE`", { range, replacement: "" });
  },
  LB_ONBUILD_CHAIN: (line) => {
    const words = line.words();
    const rest = words.findIndex(({ text }) => toLower(text) !== "onbuild");
    const last = words[(rest < 0 ? words.length : rest) - 1];
    if (last === undefined) return undefined;
    const range = line.range(0, last.index);
    return fix("`ONBUILD`를 하나만 남기기", "Keep one `ONBUILD`", { range, replacement: "" });
  },
  LB_RUN_MOUNT: (line, message) => {
    const right = proposed(message);
    if (right === undefined) return undefined;
    const key = /unexpected key '(.*)' in '/.exec(message)?.[1];
    const value = /unsupported (?:mount type|sharing value) "(.*?)"/.exec(message)?.[1];
    const wrong = key ?? value ?? "";
    const pattern = key === undefined ? `=${escapeRegExp(wrong)}(?=[,\\s]|$)` : `[,=]${escapeRegExp(wrong)}=`;
    const edits = [...line.node.original.matchAll(new RegExp(pattern, "gi"))].map(({ index }) => ({
      range: line.range(index + 1, index + 1 + wrong.length),
      replacement: right,
    }));
    return edits.length === 0 ? undefined : change(right, ...edits);
  },
  LB_REFERENCE_CASE: (line) => {
    const image = line.argumentWords()[0];
    if (toLower(line.node.keyword) !== "from" || image === undefined || image.text.includes("$"))
      return undefined;
    const colon = image.text.indexOf(":", image.text.lastIndexOf("/") + 1);
    const name = colon < 0 ? image.text : image.text.slice(0, colon);
    const range = line.range(image.index, image.index + name.length);
    return change(toLower(name), { range, replacement: toLower(name) });
  },
};

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Deletes a directive's line, or sets its value. *line* is the frame's line, which is one before the directive. */
function fixDirective(text: string, error: DockerfileError): Fix | undefined {
  const start = lineStart(text, (error.lines[0]?.[0]?.[0] ?? 0) + 1);
  const feed = text.indexOf("\n", start);
  const next = feed < 0 ? text.length : feed + 1;
  if (error.code === "LB_DIRECTIVE_TWICE") {
    return fix("두 번째 지시어 지우기", "Remove the second directive", {
      range: rangeAt(text, start, next),
      replacement: "",
    });
  }
  const value = /=\s*(.*?)\s*$/.exec(text.slice(start, feed < 0 ? text.length : feed))?.[1];
  if (value === undefined) return undefined;
  const at = text.indexOf(value, text.indexOf("=", start) + 1);
  return change("\\", { range: rangeAt(text, at, at + value.length), replacement: "\\" });
}

/** Appends the missing delimiters. */
function fixHeredoc(text: string, error: DockerfileError): Fix | undefined {
  const line = error.lines[0]?.[0]?.[0];
  if (line === undefined) return undefined;
  const start = lineStart(text, line);
  const feed = text.indexOf("\n", start);
  try {
    const opened = heredocsFromLine(text.slice(start, feed < 0 ? text.length : feed));
    const closed = new Set(text.slice(start).split(/\r?\n/));
    const missing = opened.filter(({ name }) => !closed.has(name)).map(({ name }) => name);
    if (missing.length === 0) return undefined;
    const end = text.length;
    const replacement = (text.endsWith("\n") ? "" : "\n") + missing.join("\n") + "\n";
    const mended = parseDockerfile(text + replacement);
    if (isDockerfileError(mended) && mended.code === error.code) return undefined;
    return fix(`끝에 \`${missing[0]}\` 넣기`, `Add \`${missing[0]}\` at the end`, {
      range: rangeAt(text, end, end),
      replacement,
    });
  } catch (problem) {
    if (problem instanceof Refusal) return undefined;
    throw problem;
  }
}

/** The first argument of ENV without a value gets an empty one. */
function fixPair(text: string, error: DockerfileError): Fix | undefined {
  const line = error.lines[0]?.[0]?.[0];
  if (line === undefined || error.lines[0]!.length > 1) return undefined;
  const start = lineStart(text, line);
  const feed = text.indexOf("\n", start);
  const end = start + text.slice(start, feed < 0 ? text.length : feed).trimEnd().length;
  return fix("빈 값으로 정의하기", "Define it with an empty value", {
    range: rangeAt(text, end, end),
    replacement: "=",
  });
}

/** The repair of *error* in *text*, or undefined when there is none that needs no decision. */
export function fixError(text: string, error: DockerfileError): Fix | undefined {
  switch (error.code) {
    case "LB_DIRECTIVE_TWICE":
    case "LB_ESCAPE_DIRECTIVE":
      return fixDirective(text, error);
    case "LB_HEREDOC_UNTERMINATED":
      return fixHeredoc(text, error);
    case "LB_ENV_TWO_ARGUMENTS":
    case "LB_LABEL_TWO_ARGUMENTS":
      return fixPair(text, error);
  }
  const maker = Object.hasOwn(makers, error.code) ? makers[error.code] : undefined;
  const line = maker === undefined ? undefined : markedLine(text, error);
  return line === undefined ? undefined : maker!(line, error.message);
}
