/** What is at a place: an instruction, a flag, a variable with its value here, a stage, an image, a check. */

import { findRule } from "../checks/rules";
import type { Bilingual } from "../checks/rule";
import { flagSpecs } from "../flags";
import { lineStartBefore, LogicalLine, rangeAt } from "../fixes/place";
import { toLower, toUpper } from "../go-text";
import { parseReference } from "../reference";
import { isDockerfileError } from "../refusal";
import type { SourceRange } from "../types";
import { directiveTexts, flagTexts, mountKeyTexts, mountTypeTexts, predefinedTexts } from "./flag-texts";
import { instructionTexts } from "./instruction-texts";
import { readModel } from "./model";
import { scopeAt, type Scope, type ScopeOptions, type Variable } from "./scope";

/** Text for a place, as Markdown in both languages. */
export interface Hover extends Bilingual {
  readonly range: SourceRange;
}

/** What stands at *offset* of *text*, or undefined when there is nothing to say. */
export function hover(text: string, offset: number, options: ScopeOptions = {}): Hover | undefined {
  const model = readModel(text);
  const index = model.items.findIndex(
    ({ node }) => node.range.start.offset <= offset && offset <= node.range.end.offset,
  );
  const item = model.items[index];
  if (item === undefined) return hoverComment(text, offset);
  const line = new LogicalLine(text, item.node, model.escape);
  const at = line.indexAt(offset);
  if (at === undefined) return undefined;
  const { original } = item.node;
  // The place behind a word's last character belongs to the word, too.
  const words = line.words();
  const word = words.findLast(({ index: start, text: own }) => start <= at && at <= start + own.length);
  if (word === undefined) return undefined;
  const say = (
    found: Bilingual | undefined,
    start = word.index,
    length = word.text.length,
  ): Hover | undefined => {
    if (found === undefined) return undefined;
    const range = line.range(start, start + length);
    // An escape character at a line's end belongs to no word.
    return range.start.offset <= offset && offset <= range.end.offset ? { ...found, range } : undefined;
  };
  const onbuild = toLower(words[0]!.text) === "onbuild" && words[1] !== undefined;
  const keyword = onbuild ? words[1]! : words[0]!;
  if (word === words[0] || word === keyword) return say(instructionHover(toLower(word.text)));

  const scope = scopeAt(model, index, options);
  const variable = variableAt(original, at);
  if (variable !== undefined) {
    return say(
      variableHover(variable.name, scope.variables.get(variable.name)),
      variable.start,
      variable.length,
    );
  }
  const instruction = toLower(keyword.text);
  const isFlag = words
    .slice(words.indexOf(keyword) + 1, words.indexOf(word) + 1)
    .every(({ text: own }) => own.startsWith("--"));
  if (isFlag)
    return flagHover(instruction, word.text, at - word.index, scope, (found, start, length) =>
      say(found, word.index + start, length),
    );
  if (instruction === "from" && line.argumentWords()[0]?.index === word.index)
    return say(imageHover(word.text, scope));
  if (instruction === "arg" || instruction === "env") {
    const name = word.text.split("=", 1)[0]!;
    if (at <= word.index + name.length) {
      const after = scopeAt(model, index + 1, options);
      return say(variableHover(name, after.variables.get(name)), word.index, name.length);
    }
  }
  return undefined;
}

function instructionHover(name: string): Bilingual | undefined {
  const found = Object.hasOwn(instructionTexts, name) ? instructionTexts[name] : undefined;
  if (found === undefined) return undefined;
  const forms = "```dockerfile\n" + found.forms.join("\n") + "\n```";
  const title = `**${toUpper(name)}**`;
  return {
    ko: `${title}: ${found.summary.ko}\n\n${found.layer.ko}\n\n${forms}`,
    en: `${title}: ${found.summary.en}\n\n${found.layer.en}\n\n${forms}`,
  };
}

/** The variable whose name, sign or braces cover *at*. */
function variableAt(line: string, at: number): { name: string; start: number; length: number } | undefined {
  for (const match of line.matchAll(/\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))/g)) {
    if (match.index <= at && at <= match.index + match[0].length) {
      return { name: match[1] ?? match[2]!, start: match.index, length: match[0].length };
    }
  }
  return undefined;
}

const origins: Readonly<Record<Variable["origin"], Bilingual>> = {
  global: { ko: "첫 `FROM` 앞의 `ARG`", en: "`ARG` before the first `FROM`" },
  predefined: { ko: "BuildKit이 미리 정한 변수", en: "predefined by BuildKit" },
  arg: { ko: "`ARG`", en: "`ARG`" },
  env: { ko: "`ENV`", en: "`ENV`" },
  image: { ko: "바탕 이미지의 `ENV`", en: "`ENV` of the base image" },
};

function variableHover(name: string, variable: Variable | undefined): Bilingual {
  const title = `**$${name}**`;
  if (variable === undefined) {
    const declare = Object.hasOwn(predefinedTexts, name);
    return {
      ko:
        `${title}: 여기서 정의되지 않았습니다. 빈 글이 됩니다.` +
        (declare ? ` 쓰려면 \`ARG ${name}\`을(를) 먼저 적으세요.` : ""),
      en:
        `${title}: not defined here, so it is an empty text.` +
        (declare ? ` Write \`ARG ${name}\` first to use it.` : ""),
    };
  }
  const { value, origin, line } = variable;
  const where = (language: "ko" | "en") =>
    origins[origin][language] +
    (line === undefined ? "" : language === "ko" ? `, ${line}번째 줄` : `, line ${line}`);
  const text = predefinedTexts[name];
  return {
    ko:
      `${title} = ${value === undefined ? "(값 없음)" : "`" + value + "`"} (${where("ko")})` +
      (text === undefined ? "" : `\n\n${text.ko}`),
    en:
      `${title} = ${value === undefined ? "(no value)" : "`" + value + "`"} (${where("en")})` +
      (text === undefined ? "" : `\n\n${text.en}`),
  };
}

type Say = (found: Bilingual | undefined, start: number, length: number) => Hover | undefined;

function flagHover(instruction: string, word: string, at: number, scope: Scope, say: Say): Hover | undefined {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals < 0 ? undefined : equals);
  if (!Object.hasOwn(flagSpecs[instruction] ?? {}, name)) return undefined;
  const nameLength = name.length + 2;
  const titled = (title: string, text: Bilingual | undefined) =>
    text === undefined ? undefined : { ko: `**${title}**: ${text.ko}`, en: `**${title}**: ${text.en}` };
  if (equals < 0 || at <= equals)
    return say(titled(`--${name}`, flagTexts[instruction]?.[name]), 0, nameLength);
  const value = word.slice(equals + 1);
  if (instruction === "copy" && name === "from")
    return say(imageHover(value, scope), equals + 1, value.length);
  if (instruction !== "run" || name !== "mount") return undefined;
  let start = equals + 1;
  for (const field of value.split(",")) {
    if (at <= start + field.length) {
      const [key = "", written] = field.split("=");
      if (at < start + key.length || written === undefined)
        return say(titled(key, own(mountKeyTexts, key)), start, key.length);
      const text =
        key === "type"
          ? titled(`type=${written}`, own(mountTypeTexts, written))
          : key === "from"
            ? imageHover(written, scope)
            : undefined;
      return say(text, start + key.length + 1, written.length);
    }
    start += field.length + 1;
  }
  return undefined;
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** An earlier stage by name or number, or an image. */
function imageHover(name: string, scope: Scope): Bilingual | undefined {
  const byNumber = /^\d+$/.test(name) ? scope.stages[Number(name)] : undefined;
  const stage =
    byNumber ?? scope.stages.findLast((other) => other.name !== "" && other.name === toLower(name));
  if (stage !== undefined) {
    return {
      ko: `**${stage.name || name}**: ${stage.line}번째 줄에서 시작하는 단계 (\`FROM ${stage.baseName}\`)`,
      en: `**${stage.name || name}**: the stage that begins in line ${stage.line} (\`FROM ${stage.baseName}\`)`,
    };
  }
  if (name === "scratch")
    return {
      ko: "**scratch**: 파일이 하나도 없는 빈 바탕.",
      en: "**scratch**: the empty base, without any file.",
    };
  const reference = parseReference(name);
  if (isDockerfileError(reference)) return undefined;
  return { ko: `이미지 \`${reference.canonical}\``, en: `Image \`${reference.canonical}\`` };
}

/** Directives and the names of checks in comments. */
function hoverComment(text: string, offset: number): Hover | undefined {
  const start = lineStartBefore(text, offset);
  const feed = text.indexOf("\n", offset);
  const line = text.slice(start, feed < 0 ? text.length : feed);
  if (!/^\s*#/.test(line)) return undefined;
  for (const { index, 0: word } of line.matchAll(/\w+/g)) {
    if (start + index > offset || offset >= start + index + word.length) continue;
    const range = rangeAt(text, start + index, start + index + word.length);
    const rule = findRule(word);
    if (rule !== undefined) {
      return {
        ko: `**${word}**: ${rule.why.ko}\n\n${rule.how.ko}`,
        en: `**${word}**: ${rule.why.en}\n\n${rule.how.en}`,
        range,
      };
    }
    const directive = own(directiveTexts, toLower(word));
    if (directive !== undefined && /^\s*#\s*\w+\s*=/.test(line))
      return { ko: `**${word}**: ${directive.ko}`, en: `**${word}**: ${directive.en}`, range };
  }
  return undefined;
}
