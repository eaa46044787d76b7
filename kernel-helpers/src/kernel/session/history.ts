/** What was run in this kernel, for history_request. Kept in memory: nothing is written outside the notebook's folders. */

interface Entry {
  readonly count: number;
  readonly code: string;
  output: string | null;
}

/** Cells kept; older ones are forgotten. */
const LIMIT = 5000;

export class History {
  private readonly entries: Entry[] = [];

  add(count: number, code: string): void {
    this.entries.push({ count, code, output: null });
    if (this.entries.length > LIMIT) this.entries.shift();
  }

  /** Remembers the text of a cell's result, for requests with `output: true`. */
  setOutput(count: number, text: string): void {
    const last = this.entries.at(-1);
    if (last?.count === count) last.output = text;
  }

  /** Rows of a history_reply: [session, count, code], or [session, count, [code, output]] with *output*. This session is 0. */
  answer(request: Readonly<Record<string, unknown>>): unknown[] {
    let found: Entry[] = [...this.entries];
    const kind = request.hist_access_type;
    if (kind === "range") {
      const session = numberOr(request.session, 0);
      const start = numberOr(request.start, 0);
      const stop = numberOr(request.stop, Infinity);
      found = session === 0 ? found.filter(({ count }) => count >= start && count < stop) : [];
    } else {
      if (kind === "search") {
        const pattern = glob(typeof request.pattern === "string" ? request.pattern : "*");
        found = found.filter(({ code }) => pattern.test(code));
        if (request.unique === true) found = [...new Map(found.map((entry) => [entry.code, entry])).values()];
      }
      const n = numberOr(request.n, Infinity);
      found = n === Infinity ? found : found.slice(Math.max(0, found.length - n));
    }
    return found.map(({ count, code, output }) => [
      0,
      count,
      request.output === true ? [code, output] : code,
    ]);
  }
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

/** `*` and `?` as in a shell, over the whole text, lines included. */
function glob(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, "[^]");
  return new RegExp(`^${escaped}$`, "u");
}
