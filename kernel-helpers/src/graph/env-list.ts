/** An ordered environment that is never changed in place (BuildKit client/llb/meta.go EnvList). */

interface Log {
  readonly keys: string[];
  /** undefined: taken out. */
  readonly values: (string | undefined)[];
  /** For each key the indexes where it was assigned, ascending. */
  readonly places: Map<string, number[]>;
}

/**
 * Variables in the order of their last assignment, which is the order of a RUN's environment and so part of its cache key.
 * Adding shares everything with the list added to: a chain of n additions takes O(n) memory, a lookup O(log n).
 */
export class EnvList {
  static readonly empty = new EnvList({ keys: [], values: [], places: new Map() }, 0);

  private array: readonly string[] | undefined;

  private constructor(
    private readonly log: Log,
    private readonly length: number,
  ) {}

  /** The list of `NAME=value` texts, in order; a text without `=` is a name with an empty value. */
  static from(env: readonly string[]): EnvList {
    return env.reduce<EnvList>((list, text) => {
      const [key, value] = splitVariable(text);
      return list.set(key, value);
    }, EnvList.empty);
  }

  set(key: string, value: string): EnvList {
    return this.append(key, value);
  }

  delete(key: string): EnvList {
    return this.has(key) ? this.append(key, undefined) : this;
  }

  get(key: string): string | undefined {
    const places = this.log.places.get(key);
    if (places === undefined) return undefined;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] as number) < this.length) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.log.values[places[low - 1] as number];
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Names in the order of their last assignment. */
  keys(): string[] {
    const seen = new Set<string>();
    const out: string[] = [];
    for (let i = this.length - 1; i >= 0; i--) {
      const key = this.log.keys[i] as string;
      if (seen.has(key)) continue;
      seen.add(key);
      if (this.log.values[i] !== undefined) out.push(key);
    }
    return out.reverse();
  }

  /** `NAME=value`, in the order of the last assignment. The same array every time. */
  toArray(): readonly string[] {
    return (this.array ??= this.keys().map((key) => `${key}=${this.get(key) ?? ""}`));
  }

  private append(key: string, value: string | undefined): EnvList {
    // Only the newest list of a log may grow it; any other one starts a log of its own.
    const log = this.log.keys.length === this.length && this.length > 0 ? this.log : this.copy();
    const places = log.places.get(key);
    if (places === undefined) log.places.set(key, [this.length]);
    else places.push(this.length);
    log.keys.push(key);
    log.values.push(value);
    return new EnvList(log, this.length + 1);
  }

  private copy(): Log {
    const keys = this.log.keys.slice(0, this.length);
    const places = new Map<string, number[]>();
    keys.forEach((key, i) => {
      const known = places.get(key);
      if (known === undefined) places.set(key, [i]);
      else known.push(i);
    });
    return { keys, values: this.log.values.slice(0, this.length), places };
  }
}

/** `NAME=value` cut at the first `=`. */
export function splitVariable(text: string): [key: string, value: string] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}
