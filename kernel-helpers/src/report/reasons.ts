/** Why steps ran again, as text: a line per step, its first cause told apart from what only followed. */

import type { BuildRecord } from "../build/types";
import { words, type Locale } from "./locale";
import { tableOf, type LayerTable, type TableRow } from "./table/model";
import { oneLine, truncate } from "./text";

/**
 * The reasons of all steps that ran, for a terminal. Of a first build one sentence: there was nothing to compare with. Empty
 * when nothing ran or the build did not get that far.
 */
export function renderReasons(record: BuildRecord, locale: Locale): string {
  // Of a build that was all cached there is nothing to say: the table is not made for it.
  if (!record.steps.some(({ miss, hit, assumed }) => miss ?? hit ?? assumed)) return "";
  const table = tableOf(record, { locale });
  const text = words(locale);
  const ran = table.rows.filter(
    (row) =>
      row.label !== undefined &&
      row.instruction !== "FROM" &&
      row.reason !== undefined &&
      row.verdict.kind !== "reused",
  );
  const hits = table.rows.filter((row) => row.verdict.kind === "reused" && row.reason !== undefined);
  const notes = ran.filter((row) => row.verdict.kind !== "first");
  const first = ran.length - notes.length;
  const lines = [...notes, ...hits].flatMap((row) => [headOf(row), `    ${reasonOf(row, table)}`]);
  if (first > 0) lines.push(text.firstSteps(first));
  if (table.assumed) lines.push(text.assumedNote);
  return lines.length === 0 ? "" : lines.join("\n") + "\n";
}

function headOf(row: TableRow): string {
  return `${row.verdict.sign} ${row.verdict.word} ${row.label ?? ""} ${truncate(oneLine(row.text), 90)}`;
}

function reasonOf(row: TableRow, table: LayerTable): string {
  const text = words(table.locale);
  const cause = row.causedBy ? ` (${text.because(row.causedBy)})` : "";
  return `${row.firstCause ? `${text.firstCause}: ` : ""}${oneLine(row.reason ?? "")}${cause}${row.assumed ? ` [${text.assumed}]` : ""}`;
}
