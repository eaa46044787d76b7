/** CSV as spreadsheets read it: UTF-8 with a mark at its head, CRLF, and no cell that a spreadsheet would run. */

/** The rows as text. A cell that begins as a formula does gets an apostrophe in front: names come from others' folders. */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return "\ufeff" + rows.map((row) => row.map(field).join(",") + "\r\n").join("");
}

/** One field, quoted where it must be. */
export function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+([.,]\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
