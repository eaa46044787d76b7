/** Compiler findings → records for the learner: position in the cell, English text, and TypeScript's own Korean translation. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { internal } from "./internal";
import type { CellDiagnostic } from "./protocol";

/** Codes that say that a name is not known. */
const MISSING_NAME = new Set([2304, 2552, 2503, 2583, 2584, 2580, 18004]);

/** Turns findings into records. Findings in *cell* have no file name. */
export function toRecords(
  diagnostics: readonly ts.Diagnostic[],
  cell: ts.SourceFile,
  libraries: string,
): CellDiagnostic[] {
  const records: CellDiagnostic[] = [];
  const seen = new Set<string>();
  for (const { file, start = 0, length = 1, code, messageText } of diagnostics) {
    if (file === undefined) continue;
    const key = `${file.fileName}:${start}:${code}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const lineText = file.text.split(/\r?\n/)[line] ?? "";
    const missing = MISSING_NAME.has(code) ? /^[^']*'([^']+)'/.exec(firstText(messageText))?.[1] : undefined;
    const ko = translate(messageText, libraries);
    records.push({
      code,
      message: indented(messageText, 0, (text) => text),
      line: line + 1,
      column: character + 1,
      length: Math.max(1, Math.min(length, lineText.length - character)),
      ...(ko !== undefined && { ko }),
      ...(file !== cell && { file: file.fileName, lineText }),
      ...(missing !== undefined && { missing }),
    });
  }
  return records.sort(
    (a, b) => (a.file ?? "").localeCompare(b.file ?? "") || a.line - b.line || a.column - b.column,
  );
}

type Text = string | ts.DiagnosticMessageChain;

function firstText(text: Text): string {
  return typeof text === "string" ? text : text.messageText;
}

/** A chain of messages, each deeper one on a line of its own and two spaces further in. */
function indented(text: Text, depth: number, map: (text: string, code?: number) => string): string {
  if (typeof text === "string") return map(text);
  const lines = ["  ".repeat(depth) + map(text.messageText, text.code)];
  for (const next of text.next ?? []) lines.push(indented(next, depth + 1, map));
  return lines.join("\n");
}

interface Translation {
  readonly pattern: RegExp;
  readonly ko: string;
}

let korean: Readonly<Record<string, string>> | undefined;
const translations = new Map<string, Translation | undefined>();

/** The message in Korean, made from TypeScript's own translation of its template; undefined when a part has none. */
function translate(text: Text, libraries: string): string | undefined {
  let complete = true;
  const ko = indented(text, 0, (english) => {
    for (const translation of candidates(english, libraries)) {
      const match = translation.pattern.exec(english);
      if (match !== null)
        return translation.ko.replace(
          /\{(\d)\}/g,
          (_all, digit: string) => match.groups?.[`a${digit}`] ?? "",
        );
    }
    complete = false;
    return english;
  });
  return complete ? ko : undefined;
}

/** Templates that may have made *english*: those whose text before the first argument begins it, longest first. */
function candidates(english: string, libraries: string): Translation[] {
  korean ??= readKorean(libraries);
  const found: { readonly translation: Translation; readonly length: number }[] = [];
  for (const { key, message } of Object.values(internal.Diagnostics)) {
    const head = message.split("{")[0] as string;
    if (!english.startsWith(head)) continue;
    const translation = translationOf(key, message);
    if (translation !== undefined) found.push({ translation, length: message.length });
  }
  return found.sort((a, b) => b.length - a.length).map(({ translation }) => translation);
}

function translationOf(key: string, message: string): Translation | undefined {
  if (translations.has(key)) return translations.get(key);
  const ko = korean?.[key];
  let made: Translation | undefined;
  if (ko !== undefined) {
    const seen = new Set<string>();
    const source = message.replace(/[.*+?^$()|[\]\\]|\{(\d)\}|[{}]/g, (all, digit: string | undefined) => {
      if (digit === undefined) return "\\" + all;
      if (seen.has(digit)) return `\\k<a${digit}>`;
      seen.add(digit);
      return `(?<a${digit}>[^]*?)`;
    });
    made = { pattern: new RegExp(`^${source}$`), ko };
  }
  translations.set(key, made);
  return made;
}

function readKorean(libraries: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(
      readFileSync(join(libraries, "ko", "diagnosticMessages.generated.json"), "utf8"),
    ) as Record<string, string>;
  } catch {
    return {};
  }
}
