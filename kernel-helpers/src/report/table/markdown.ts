/** The layer table as Markdown: for readers that show no HTML, and for handouts. */

import { words } from "../locale";
import { codeBlock, codeSpan, escapeMarkdown } from "../markdown";
import { oneLine } from "../text";
import { imageLine } from "./html";
import { historyWord, layerWord, type LayerTable } from "./model";
import { notesOf } from "./text";

/** The table with its summary before and its legend after it. */
export function renderMarkdown(table: LayerTable): string {
  const text = words(table.locale);
  const heads = [text.step, text.instruction, text.outcome, text.size, text.layer, text.history, text.reason];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const out = [
    `**${escapeMarkdown(table.title)}** — ${escapeMarkdown(table.summary)}`,
    "",
    line(heads),
    line(heads.map((_, i) => (i === 3 ? "---:" : ":---"))),
    ...table.rows.map((row) =>
      line([
        row.label === undefined ? text.no : escapeMarkdown(row.label),
        codeSpan(oneLine(row.text)),
        row.verdict.kind === "not-a-step" ? row.verdict.sign : `${row.verdict.sign} ${row.verdict.word}`,
        row.size ?? "",
        layerWord(row, table),
        historyWord(row, table),
        notesOf(row, table).map(inlineMarkdown).join("<br>"),
      ]),
    ),
    "",
  ];
  for (const warning of table.otherWarnings) {
    out.push(
      `- ${text.warning} ${escapeMarkdown(`${warning.rule}: ${warning.detail} (${text.line(warning.line)})`)}`,
    );
  }
  if (table.error) {
    out.push(`**${text.error}** ${codeSpan(table.error.message)}`, "");
    if (table.error.explanation) out.push(inlineMarkdown(table.error.explanation), "");
    if (table.error.frames.length > 0) out.push(codeBlock(table.error.frames.join("\n")));
  }
  if (table.image) out.push(escapeMarkdown(imageLine(table)), "");
  if (table.legend.length > 0) {
    out.push(
      `${text.legend}: ${table.legend.map((one) => `${one.sign} ${one.word} (${text.meaning[one.kind]})`).join(" · ")}`,
      "",
    );
  }
  if (table.assumed) out.push(escapeMarkdown(text.assumedNote), "");
  return out.join("\n").replace(/\n+$/, "") + "\n";
}

/** Text in which `…` marks code. */
function inlineMarkdown(sentence: string): string {
  return sentence
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 1 ? codeSpan(part) : escapeMarkdown(part)))
    .join("");
}
