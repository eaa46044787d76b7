/** How alike two texts or lists are, by longest common runs (Ratcliff and Obershelp): for finding the counterpart of a changed step. */

/** A stretch of equal, replaced, removed or added elements: `[from, to)` in the old and the new list. */
export interface Change {
  readonly type: "equal" | "replace" | "delete" | "insert";
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** Above so many pairs of elements only a rougher comparison is worth its time. */
const MAX_PAIRS = 4_000_000;

/** 0 (nothing in common) to 1 (equal). Long texts are compared by the words they share, whatever their order. */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  const left = [...a];
  const right = [...b];
  const total = left.length + right.length;
  if (left.length * right.length > MAX_PAIRS) return sharedWords(a, b);
  const same = matches(left, right).reduce((sum, match) => sum + match.size, 0);
  return (2 * same) / total;
}

/** As `similarity`, but 0 where it cannot be more than *least*: most candidates are told apart by the characters they are made of. */
export function similarityAbove(a: string, b: string, least: number): number {
  if (a === b) return 1;
  if (a.length * b.length > MAX_PAIRS) return similarity(a, b);
  const total = a.length + b.length;
  if ((2 * Math.min(a.length, b.length)) / total <= least) return 0;
  // Characters outside of the basic plane are two units here and one in `similarity`: too few to be sure of then.
  if (!/[\ud800-\udfff]/.test(a + b) && (2 * sharedUnits(a, b)) / total <= least) return 0;
  return similarity(a, b);
}

/** How many units both texts have, whatever their order. */
function sharedUnits(a: string, b: string): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    const unit = a.charCodeAt(i);
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  let same = 0;
  for (let i = 0; i < b.length; i++) {
    const unit = b.charCodeAt(i);
    const count = counts.get(unit) ?? 0;
    if (count === 0) continue;
    counts.set(unit, count - 1);
    same++;
  }
  return same;
}

function sharedWords(a: string, b: string): number {
  const left = a.split(/(?<=\W)/);
  const right = b.split(/(?<=\W)/);
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count === 0) continue;
    counts.set(word, count - 1);
    same++;
  }
  return (2 * same) / (left.length + right.length);
}

/** The changes that lead from *a* to *b*, in order. */
export function changes(a: readonly string[], b: readonly string[]): Change[] {
  const found: Change[] = [];
  let oldAt = 0;
  let newAt = 0;
  for (const match of [...matches(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (oldAt < match.a || newAt < match.b) {
      const type = oldAt === match.a ? "insert" : newAt === match.b ? "delete" : "replace";
      found.push({ type, oldFrom: oldAt, oldTo: match.a, newFrom: newAt, newTo: match.b });
    }
    oldAt = match.a + match.size;
    newAt = match.b + match.size;
    if (match.size > 0)
      found.push({ type: "equal", oldFrom: match.a, oldTo: oldAt, newFrom: match.b, newTo: newAt });
  }
  return found;
}

/** Longest runs that both have, in order. Of very long lists only what they begin and end with. */
function matches(a: readonly string[], b: readonly string[]): Match[] {
  if (a.length * b.length > MAX_PAIRS) return ends(a, b);
  const places = new Map<string, number[]>();
  for (const [i, element] of b.entries()) {
    const list = places.get(element);
    if (list) list.push(i);
    else places.set(element, [i]);
  }
  const found: Match[] = [];
  const todo = [{ aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }];
  while (todo.length > 0) {
    const { aFrom, aTo, bFrom, bTo } = todo.pop()!;
    const match = longest(a, places, aFrom, aTo, bFrom, bTo);
    if (match.size === 0) continue;
    found.push(match);
    todo.push({ aFrom, aTo: match.a, bFrom, bTo: match.b });
    todo.push({ aFrom: match.a + match.size, aTo, bFrom: match.b + match.size, bTo });
  }
  return found.sort((x, y) => x.a - y.a);
}

function ends(a: readonly string[], b: readonly string[]): Match[] {
  const least = Math.min(a.length, b.length);
  let head = 0;
  while (head < least && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < least - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return [
    { a: 0, b: 0, size: head },
    { a: a.length - tail, b: b.length - tail, size: tail },
  ].filter(({ size }) => size > 0);
}

function longest(
  a: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  aFrom: number,
  aTo: number,
  bFrom: number,
  bTo: number,
): Match {
  let best: Match = { a: aFrom, b: bFrom, size: 0 };
  let runs = new Map<number, number>();
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i]!) ?? []) {
      if (j < bFrom) continue;
      if (j >= bTo) break;
      const size = (runs.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    runs = next;
  }
  return best;
}
