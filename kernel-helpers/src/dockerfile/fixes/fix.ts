/** A repair as a record: edits of the text. */

import type { Bilingual } from "../checks/rule";
import type { SourceRange } from "../types";

/** One edit: what stands in *range* becomes *replacement*. */
export interface TextEdit {
  readonly range: SourceRange;
  readonly replacement: string;
}

/** A repair that a person can choose. */
export interface Fix {
  /** What it does. */
  readonly title: Bilingual;
  /** Do not overlap; in the order of their places. */
  readonly edits: readonly TextEdit[];
}

/**
 * *text* after all *fixes*. A fix that overlaps one before it in the list is left out, and so are repeated ones; `applied` has
 * those that were made.
 */
export function applyFixes(
  text: string,
  fixes: readonly Fix[],
): { readonly text: string; readonly applied: readonly Fix[] } {
  const taken: TextEdit[] = [];
  const applied: Fix[] = [];
  const overlaps = (a: TextEdit, b: TextEdit) =>
    a.range.start.offset < b.range.end.offset && b.range.start.offset < a.range.end.offset;
  const samePlace = (a: TextEdit, b: TextEdit) => a.range.start.offset === b.range.start.offset;
  for (const fix of fixes) {
    if (fix.edits.some((edit) => taken.some((other) => overlaps(edit, other) || samePlace(edit, other))))
      continue;
    taken.push(...fix.edits);
    applied.push(fix);
  }
  taken.sort((a, b) => a.range.start.offset - b.range.start.offset);
  let out = "";
  let at = 0;
  for (const { range, replacement } of taken) {
    out += text.slice(at, range.start.offset) + replacement;
    at = range.end.offset;
  }
  return { text: out + text.slice(at), applied };
}
