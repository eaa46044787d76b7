/** A repair as a record: edits of the text. */

import type { Bilingual } from "../checks/rule";
import type { SourceRange } from "../types";
import { countUpTo } from "./place";

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
  // In the order of their places.
  const taken: TextEdit[] = [];
  const applied: Fix[] = [];
  const indexOf = ({ range }: TextEdit) =>
    countUpTo(taken, (edit) => edit.range.start.offset, range.start.offset);
  const isFree = (edit: TextEdit): boolean => {
    const at = indexOf(edit);
    const { start, end } = edit.range;
    const before = taken[at - 1]?.range;
    const after = taken[at]?.range;
    if (before !== undefined && (before.start.offset === start.offset || before.end.offset > start.offset))
      return false;
    return after === undefined || after.start.offset >= end.offset;
  };
  for (const fix of fixes) {
    if (!fix.edits.every(isFree)) continue;
    for (const edit of fix.edits) taken.splice(indexOf(edit), 0, edit);
    applied.push(fix);
  }
  let out = "";
  let at = 0;
  for (const { range, replacement } of taken) {
    out += text.slice(at, range.start.offset) + replacement;
    at = range.end.offset;
  }
  return { text: out + text.slice(at), applied };
}
