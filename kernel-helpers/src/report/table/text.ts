/** The layer table as text, aligned by display width; reasons and warnings stand under their row. */

import { words } from "../locale";
import { columns, oneLine, truncate, wrap } from "../text";
import { imageLine } from "./html";
import { historyWord, layerWord, type LayerTable, type TableRow, type TableWarning } from "./model";

const INSTRUCTION_WIDTH = 56;
const NOTE_WIDTH = 96;

/** The table as lines ending with a newline. */
export function renderText(table: LayerTable): string {
  const text = words(table.locale);
  const heads = [text.step, text.instruction, text.outcome, text.size, text.layer, text.history];
  const cells = table.rows.map((row) => [
    row.label ?? text.no,
    truncate(oneLine(row.text), INSTRUCTION_WIDTH),
    row.verdict.kind === "not-a-step" ? row.verdict.sign : `${row.verdict.sign} ${row.verdict.word}`,
    row.size ?? "",
    layerWord(row, table),
    historyWord(row, table),
  ]);
  const [head = "", ...lines] = columns([heads, ...cells], [3]);
  const out = [table.title, table.summary, "", head];
  table.rows.forEach((row, i) => {
    out.push(lines[i] ?? "");
    for (const note of notesOf(row, table)) out.push(...indented(note));
  });
  for (const warning of table.otherWarnings) out.push(...indented(warningText(warning, table)));
  if (table.error) {
    out.push("", `${text.error}: ${table.error.message}`);
    if (table.error.explanation) out.push(...wrap(table.error.explanation, NOTE_WIDTH));
    out.push(...table.error.frames);
  }
  out.push("");
  if (table.image) out.push(imageLine(table));
  if (table.legend.length > 0) {
    out.push(
      ...wrap(
        `${text.legend}: ${table.legend.map((one) => `${one.sign} ${one.word}(${text.meaning[one.kind]})`).join(" · ")}`,
        NOTE_WIDTH,
      ),
    );
  }
  if (table.assumed) out.push(...wrap(text.assumedNote, NOTE_WIDTH));
  return out.join("\n").replace(/\n+$/, "") + "\n";
}

/** What is said under a row: the reason, that it is assumed, its warnings. */
export function notesOf(row: TableRow, table: LayerTable): string[] {
  const text = words(table.locale);
  const notes: string[] = [];
  if (row.reason) {
    const first = row.firstCause ? `${text.firstCause}: ` : "";
    notes.push(first + row.reason + (row.causedBy ? ` (${text.because(row.causedBy)})` : ""));
  }
  if (row.assumed) notes.push(text.assumed);
  for (const warning of row.warnings) notes.push(warningText(warning, table));
  return notes.map((note) => oneLine(note));
}

function warningText(warning: TableWarning, table: LayerTable): string {
  const text = words(table.locale);
  const explanation = warning.explanation ? ` — ${warning.explanation}` : "";
  return oneLine(
    `${text.warning} ${warning.rule}: ${warning.detail} (${text.line(warning.line)})${explanation}`,
  );
}

function indented(note: string): string[] {
  return wrap(note, NOTE_WIDTH - 9).map((line, i) => (i === 0 ? "       └ " : "         ") + line);
}
