/** "did you mean …": the nearest of some words (BuildKit util/suggest). */

import { toLower, toUpper } from "./go-text";

/** How many characters must be inserted, deleted or replaced to make *b* of *a*, or *limit* when it is that many or more. */
export function editDistance(a: string, b: string, limit: number): number {
  const left = [...a];
  const right = [...b];
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let row = right.map((_, i) => i + 1);
  for (let i = 0; i < left.length; i++) {
    let previous = i + 1;
    let diagonal = i;
    const next: number[] = [];
    for (let j = 0; j < right.length; j++) {
      const cost = Math.min(previous + 1, row[j]! + 1, diagonal + (left[i] === right[j] ? 0 : 1));
      diagonal = row[j]!;
      next.push(cost);
      previous = cost;
    }
    row = next;
  }
  return Math.min(limit, right.length === 0 ? left.length : row[row.length - 1]!);
}

/**
 * The nearest of *options*, less than three edits away; of equally near ones the first. Undefined when none is near, and when
 * *word* itself is among them: then the error was about something else. Without *caseSensitive* the answer has the word's case.
 */
export function suggest(word: string, options: Iterable<string>, caseSensitive = true): string | undefined {
  const wanted = caseSensitive ? word : toLower(word);
  let best: string | undefined;
  let distance = 3;
  for (const option of options) {
    const candidate = caseSensitive ? option : toLower(option);
    if (candidate === wanted) return undefined;
    const edits = editDistance(wanted, candidate, distance);
    if (edits >= distance) continue;
    distance = edits;
    best = candidate;
  }
  if (best === undefined || best === "" || caseSensitive) return best || undefined;
  return word === toLower(word) ? toLower(best) : word === toUpper(word) ? toUpper(best) : best;
}

/** *message* with ` (did you mean …?)` where a word is near. */
export function withSuggestion(
  message: string,
  word: string,
  options: Iterable<string>,
  caseSensitive = true,
): string {
  const near = suggest(word, options, caseSensitive);
  return near === undefined ? message : `${message} (did you mean ${near}?)`;
}
