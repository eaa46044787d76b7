/**
 * An unstable sort that puts equal elements where Go's `sort.Slice` does (pattern-defeating quicksort).
 * Reality is ugly here: what docker prints for one line depends on it as soon as there are more than twelve findings.
 */

/** How the elements sampled for a pivot lay. */
type Hint = "unknown" | "increasing" | "decreasing";

/** *items* sorted by *isLess*, in a new list. */
export function goSort<T>(items: readonly T[], isLess: (a: T, b: T) => boolean): T[] {
  const sorter = new Sorter([...items], isLess);
  sorter.sort(0, items.length, bitLength(items.length));
  return sorter.items;
}

const bitLength = (value: number): number => (value === 0 ? 0 : 32 - Math.clz32(value));

class Sorter<T> {
  private swaps = 0;

  constructor(
    readonly items: T[],
    private readonly isLess: (a: T, b: T) => boolean,
  ) {}

  private less(i: number, j: number): boolean {
    return this.isLess(this.items[i]!, this.items[j]!);
  }

  private swap(i: number, j: number): void {
    const { items } = this;
    [items[i], items[j]] = [items[j]!, items[i]!];
  }

  /** Sorts from *start* to *end* (exclusive); after *limit* bad pivots by a heap. */
  sort(start: number, end: number, limit: number): void {
    let balanced = true;
    let partitioned = true;
    for (;;) {
      const length = end - start;
      if (length <= 12) return this.insertionSort(start, end);
      if (limit === 0) return this.heapSort(start, end);
      if (!balanced) {
        this.scatter(start, length);
        limit--;
      }
      let [pivot, hint] = this.choosePivot(start, length);
      if (hint === "decreasing") {
        for (let i = start, j = end - 1; i < j; i++, j--) this.swap(i, j);
        pivot = end - 1 - (pivot - start);
        hint = "increasing";
      }
      if (balanced && partitioned && hint === "increasing" && this.finishNearlySorted(start, end)) return;
      // Everything before *start* is no greater: an equal pivot means many equal elements.
      if (start > 0 && !this.less(start - 1, pivot)) {
        start = this.partitionEqual(start, end, pivot);
        continue;
      }
      let middle: number;
      [middle, partitioned] = this.partition(start, end, pivot);
      const left = middle - start;
      const right = end - middle;
      balanced = Math.min(left, right) >= Math.floor(length / 8);
      if (left < right) {
        this.sort(start, middle, limit);
        start = middle + 1;
      } else {
        this.sort(middle + 1, end, limit);
        end = middle;
      }
    }
  }

  private insertionSort(start: number, end: number): void {
    for (let i = start + 1; i < end; i++) {
      for (let j = i; j > start && this.less(j, j - 1); j--) this.swap(j, j - 1);
    }
  }

  private heapSort(start: number, end: number): void {
    const size = end - start;
    for (let i = Math.floor((size - 1) / 2); i >= 0; i--) this.siftDown(i, size, start);
    for (let i = size - 1; i >= 0; i--) {
      this.swap(start, start + i);
      this.siftDown(0, i, start);
    }
  }

  private siftDown(root: number, size: number, start: number): void {
    for (let child = 2 * root + 1; child < size; child = 2 * root + 1) {
      if (child + 1 < size && this.less(start + child, start + child + 1)) child++;
      if (!this.less(start + root, start + child)) return;
      this.swap(start + root, start + child);
      root = child;
    }
  }

  /** Swaps three elements of the middle with others, which a generator seeded by the length chooses. */
  private scatter(start: number, length: number): void {
    const mask = (1n << BigInt(bitLength(length))) - 1n;
    let state = BigInt(length);
    const middle = start + Math.floor(length / 4) * 2;
    for (let at = middle - 1; at <= middle + 1; at++) {
      state = BigInt.asUintN(64, state ^ (state << 13n));
      state ^= state >> 7n;
      state = BigInt.asUintN(64, state ^ (state << 17n));
      const other = Number(state & mask);
      this.swap(at, start + (other >= length ? other - length : other));
    }
  }

  private choosePivot(start: number, length: number): [pivot: number, hint: Hint] {
    const quarter = Math.floor(length / 4);
    this.swaps = 0;
    let [i, j, k] = [start + quarter, start + quarter * 2, start + quarter * 3];
    if (length >= 50) {
      i = this.median(i - 1, i, i + 1);
      j = this.median(j - 1, j, j + 1);
      k = this.median(k - 1, k, k + 1);
    }
    j = this.median(i, j, k);
    return [j, this.swaps === 0 ? "increasing" : this.swaps === 12 ? "decreasing" : "unknown"];
  }

  private median(a: number, b: number, c: number): number {
    const order = (x: number, y: number): [number, number] => {
      if (!this.less(y, x)) return [x, y];
      this.swaps++;
      return [y, x];
    };
    [a, b] = order(a, b);
    [b, c] = order(b, c);
    [a, b] = order(a, b);
    return b;
  }

  /** Mends a few neighbours out of order; true when that sorted it. */
  private finishNearlySorted(start: number, end: number): boolean {
    let i = start + 1;
    for (let step = 0; step < 5; step++) {
      while (i < end && !this.less(i, i - 1)) i++;
      if (i === end) return true;
      if (end - start < 50) return false;
      this.swap(i, i - 1);
      if (i - start >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      if (end - i >= 2) for (let j = i + 1; j < end && this.less(j, j - 1); j++) this.swap(j, j - 1);
    }
    return false;
  }

  private partition(start: number, end: number, pivot: number): [middle: number, wasPartitioned: boolean] {
    this.swap(start, pivot);
    let i = start + 1;
    let j = end - 1;
    for (let first = true; ; first = false) {
      while (i <= j && this.less(i, start)) i++;
      while (i <= j && !this.less(j, start)) j--;
      if (i > j) {
        this.swap(j, start);
        return [j, first];
      }
      this.swap(i++, j--);
    }
  }

  /** Puts what equals the pivot first; answers where the greater ones begin. */
  private partitionEqual(start: number, end: number, pivot: number): number {
    this.swap(start, pivot);
    let i = start + 1;
    let j = end - 1;
    for (;;) {
      while (i <= j && !this.less(start, i)) i++;
      while (i <= j && this.less(start, j)) j--;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }
}
