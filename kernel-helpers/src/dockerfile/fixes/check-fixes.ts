/** Repairs of what the checks find, one function per rule. Rules that need a decision have none. */

import { rules } from "../checks/rules";
import type { Bilingual } from "../checks/rule";
import { toLower, toUpper, trimLeft } from "../go-text";
import type { LintWarning } from "../types";
import type { Fix, TextEdit } from "./fix";
import { instructionAtLine, lineStart, type LogicalLine, rangeAt } from "./place";

/** What a repair is made from. */
interface Context {
  readonly text: string;
  readonly warning: LintWarning;
  readonly line: LogicalLine;
}

type Maker = (context: Context) => Fix | undefined;

const fix = (ko: string, en: string, ...edits: TextEdit[]): Fix => ({ title: { ko, en }, edits });

/** Deletes the word at *index* of *words* together with the blanks behind it. */
function removeFlag({ line }: Context, name: string, ko: string, en: string): Fix | undefined {
  const words = line.words();
  const at = words.findIndex((word) => word.text.startsWith(`--${name}=`));
  const next = words[at + 1];
  if (at < 0 || next === undefined) return undefined;
  return fix(ko, en, { range: line.range(words[at]!.index, next.index), replacement: "" });
}

const stageNameCasing: Maker = ({ line }) => {
  const name = line.argumentWords()[2];
  if (name === undefined) return undefined;
  const lower = toLower(name.text);
  return fix(`단계 이름을 \`${lower}\`로 바꾸기`, `Rename the stage to \`${lower}\``, {
    range: line.wordRange(name),
    replacement: lower,
  });
};

const fromAsCasing: Maker = ({ line }) => {
  const as = line.argumentWords()[1];
  if (as === undefined) return undefined;
  const word = line.node.keyword === toLower(line.node.keyword) ? "as" : "AS";
  return fix(`\`${word}\`로 바꾸기`, `Change to \`${word}\``, {
    range: line.wordRange(as),
    replacement: word,
  });
};

const noEmptyContinuation: Maker = ({ text, line }) => {
  const edits: TextEdit[] = [];
  let offset = lineStart(text, line.node.startLine);
  for (let number = line.node.startLine; number <= line.node.endLine; number++) {
    const feed = text.indexOf("\n", offset);
    const next = feed < 0 ? text.length : feed + 1;
    if (trimLeft(text.slice(offset, next)) === "")
      edits.push({ range: rangeAt(text, offset, next), replacement: "" });
    offset = next;
  }
  return edits.length === 0 ? undefined : fix("빈 줄 지우기", "Remove the empty lines", ...edits);
};

const consistentInstructionCasing: Maker = ({ warning, line }) => {
  const keyword = line.words()[0]!;
  const right = warning.detail.endsWith("(lowercase)") ? toLower(keyword.text) : toUpper(keyword.text);
  return fix(`\`${right}\`로 바꾸기`, `Change to \`${right}\``, {
    range: line.wordRange(keyword),
    replacement: right,
  });
};

/** Only commands without quotes, variables and other things that a shell would have to read. */
const jsonArgsRecommended: Maker = ({ line }) => {
  const words = line.argumentWords();
  const last = words[words.length - 1];
  if (
    last === undefined ||
    !words.every((word) => /^[\w@%+=:,./-]+$/.test(word.text) && !/^\w+=/.test(word.text))
  ) {
    return undefined;
  }
  const replacement = JSON.stringify(words.map((word) => word.text)).replaceAll('","', '", "');
  return fix("JSON 배열로 바꾸기", "Write it as a JSON array", {
    range: line.range(words[0]!.index, last.index + last.text.length),
    replacement,
  });
};

const maintainerDeprecated: Maker = ({ line }) => {
  const label = /[a-z]/.test(line.node.keyword) ? "label" : "LABEL";
  const author = (line.node.args[0] ?? "").replace(/^(["'])(.*)\1$/, "$2");
  const replacement = `${label} org.opencontainers.image.authors=${JSON.stringify(author)}`;
  return fix("`LABEL`로 바꾸기", "Write it as a `LABEL`", {
    range: line.range(0, line.node.original.length),
    replacement,
  });
};

/** Renames the variable to the near one that the message names. */
const variable: Maker = ({ warning, line }) => {
  const match = /'\$?(.*?)'.*\(did you mean \$?(.*)\?\)$/.exec(warning.detail);
  if (match === null) return undefined;
  const [, wrong, right] = match as unknown as [string, string, string];
  const edits: TextEdit[] = [];
  for (const { index, 0: found } of line.node.original.matchAll(/\$\{?[\p{L}_][\p{L}\p{Nd}_]*/gu)) {
    const sign = found.startsWith("${") ? 2 : 1;
    if (found.slice(sign) !== wrong) continue;
    edits.push({ range: line.range(index + sign, index + found.length), replacement: right });
  }
  if (edits.length === 0) return undefined;
  return fix(`\`$${right}\`로 바꾸기`, `Change to \`$${right}\``, ...edits);
};

const workdirRelativePath: Maker = ({ line }) => {
  const path = line.argumentWords()[0];
  if (path === undefined || !/^[\w.]/.test(path.text) || path.text.includes("..")) return undefined;
  const prefix = /^(?:\.\/)+/.exec(path.text)?.[0] ?? "";
  return fix("`/`로 시작하는 경로로 바꾸기", "Make the path absolute", {
    range: line.range(path.index, path.index + prefix.length),
    replacement: "/",
  });
};

const multipleInstructionsDisallowed: Maker = ({ text, line }) => {
  const start = lineStart(text, line.node.startLine);
  const end = lineStart(text, line.node.endLine + 1);
  return fix(
    `쓰이지 않는 \`${line.node.keyword}\` 지우기`,
    `Remove the \`${line.node.keyword}\` that has no effect`,
    { range: rangeAt(text, start, end), replacement: "" },
  );
};

/** Not when the value has quotes or escapes of its own, which mean something else behind an equals sign. */
const legacyKeyValueFormat: Maker = ({ line }) => {
  const [name, ...rest] = line.argumentWords();
  const last = rest[rest.length - 1];
  if (name === undefined || last === undefined) return undefined;
  const end = last.index + last.text.length;
  const value = line.node.original.slice(rest[0]!.index, end);
  if (/["'\\`=]/.test(name.text) || (/["'\\`]/.test(value) && !/^"[^"\\`]*"$/.test(value))) return undefined;
  const quoted = value.startsWith('"') || !/\s/.test(value) ? value : `"${value}"`;
  const replacement = `${name.text}=${quoted}`;
  return fix(`\`${replacement}\`로 바꾸기`, `Change to \`${replacement}\``, {
    range: line.range(name.index, end),
    replacement,
  });
};

const invalidDefinitionDescription: Maker = ({ text, line }) => {
  const start = lineStart(text, line.node.startLine);
  return fix(
    "설명이 아님을 알리는 빈 주석 `#` 넣기",
    "Put a lone `#` between: the comment is no description",
    { range: rangeAt(text, start, start), replacement: "#\n" },
  );
};

/** Changes the port that the message quotes. */
function port(context: Context, right: (written: string) => string): Fix | undefined {
  const written = /'([^']*)'/.exec(context.warning.detail)?.[1];
  const word = context.line.argumentWords().find(({ text }) => text === written);
  if (word === undefined) return undefined;
  const replacement = right(word.text);
  return fix(`\`${replacement}\`로 바꾸기`, `Change to \`${replacement}\``, {
    range: context.line.wordRange(word),
    replacement,
  });
}

const makers: Readonly<Record<string, Maker>> = {
  StageNameCasing: stageNameCasing,
  FromAsCasing: fromAsCasing,
  NoEmptyContinuation: noEmptyContinuation,
  ConsistentInstructionCasing: consistentInstructionCasing,
  JSONArgsRecommended: jsonArgsRecommended,
  MaintainerDeprecated: maintainerDeprecated,
  UndefinedArgInFrom: variable,
  UndefinedVar: variable,
  WorkdirRelativePath: workdirRelativePath,
  MultipleInstructionsDisallowed: multipleInstructionsDisallowed,
  LegacyKeyValueFormat: legacyKeyValueFormat,
  RedundantTargetPlatform: (context) =>
    removeFlag(context, "platform", "`--platform` 지우기", "Remove `--platform`"),
  FromPlatformFlagConstDisallowed: (context) =>
    removeFlag(context, "platform", "`--platform` 지우기", "Remove `--platform`"),
  InvalidDefinitionDescription: invalidDefinitionDescription,
  ExposeProtoCasing: (context) => port(context, toLower),
  ExposeInvalidFormat: (context) => port(context, (written) => written.slice(written.lastIndexOf(":") + 1)),
};

/** The repair of *warning* in *text*, or undefined when there is none that needs no decision. */
export function fixWarning(text: string, warning: LintWarning): Fix | undefined {
  const maker = Object.hasOwn(makers, warning.rule) ? makers[warning.rule] : undefined;
  const first = warning.lines[0];
  const line = maker === undefined || first === undefined ? undefined : instructionAtLine(text, first[0]);
  return line === undefined ? undefined : maker!({ text, warning, line });
}

/** What *warning*'s rule is for and how to mend it; undefined for a rule that is not known. */
export function explainWarning(
  warning: LintWarning,
): { readonly why: Bilingual; readonly how: Bilingual } | undefined {
  const rule = rules.find(({ name }) => name === warning.rule);
  return rule === undefined ? undefined : { why: rule.why, how: rule.how };
}
