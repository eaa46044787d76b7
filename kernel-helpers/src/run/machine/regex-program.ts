/** A JavaScript regular expression as a program for the bounded matcher: steps, forks, captures. */

export type Step =
  | { readonly k: "char"; readonly test: (code: number) => boolean }
  | { readonly k: "split"; first: number; second: number }
  | { readonly k: "jump"; to: number }
  | { readonly k: "save"; readonly slot: number; readonly clear: boolean }
  | { readonly k: "look"; readonly test: (text: string, at: number) => boolean }
  | { readonly k: "same"; readonly group: number }
  /** A repetition that took nothing is none: goes on only when the place is another than in *slot*. */
  | { readonly k: "moved"; readonly slot: number }
  | { readonly k: "end" };

export interface Program {
  readonly code: readonly Step[];
  readonly groups: number;
  /** Places that are remembered: two for the match and each group, one for each repetition. */
  readonly slots: number;
  /** Without back references a place in code and text that failed once fails always. */
  readonly remembers: boolean;
}

/** Steps of a program at most: `(a{1000}){1000}` has no place. */
const LONGEST = 50_000;

/** The pattern is of a form that is not known here, or too long. */
class Unknown extends Error {}

/** The program of *source* (as JavaScript writes it, flags `gimsy`); undefined for forms that are not known here. */
export function compileRegex(source: string, flags: string): Program | undefined {
  if (/[uvd]/.test(flags)) return undefined;
  try {
    return new Compiler(source, flags.replace(/[gy]/g, "")).compile();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Compiler {
  private i = 0;
  private groups = 0;
  /** Repetitions, whose slots come after those of the groups. */
  private loops = 0;
  private remembers = true;
  private readonly code: Step[] = [];

  constructor(
    private readonly source: string,
    private readonly flags: string,
  ) {}

  compile(): Program {
    this.alternatives();
    if (this.i < this.source.length) throw new Unknown();
    this.add({ k: "end" });
    const first = (this.groups + 1) * 2;
    const code = this.code.map((step) =>
      (step.k === "save" || step.k === "moved") && step.slot < 0
        ? { ...step, slot: first - step.slot - 1 }
        : step,
    );
    return { code, groups: this.groups, slots: first + this.loops, remembers: this.remembers };
  }

  private add(step: Step): number {
    if (this.code.length >= LONGEST) throw new Unknown();
    return this.code.push(step) - 1;
  }

  private alternatives(): void {
    const start = this.code.length;
    this.sequence();
    if (this.source[this.i] !== "|") return;
    this.i++;
    this.insert(start);
    const jump = this.add({ k: "jump", to: 0 });
    this.code[start] = { k: "split", first: start + 1, second: this.code.length };
    this.alternatives();
    this.code[jump] = { k: "jump", to: this.code.length };
  }

  /** Makes room for one step at *start*: what comes after moves on by one. */
  private insert(start: number): void {
    const moved = this.code.splice(start).map((step) => shifted(step, start, 1));
    this.add({ k: "jump", to: 0 });
    this.code.push(...moved);
  }

  private sequence(): void {
    while (this.i < this.source.length && this.source[this.i] !== "|" && this.source[this.i] !== ")") {
      const start = this.code.length;
      const firstGroup = this.groups + 1;
      this.atom();
      this.repetition(start, firstGroup);
    }
  }

  private repetition(start: number, firstGroup: number): void {
    const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/.exec(this.source.slice(this.i, this.i + 24));
    if (found === null) return;
    this.i += found[0].length;
    const [, sign, low = "", comma, high = "", lazy] = found;
    const min = sign === undefined ? Number(low) : sign === "+" ? 1 : 0;
    const max =
      sign === "?"
        ? 1
        : sign !== undefined || (comma !== undefined && high === "")
          ? Infinity
          : Number(high || low);
    const body = this.code.splice(start);
    const clears = Array.from({ length: (this.groups - firstGroup + 1) * 2 }, (_, i) => firstGroup * 2 + i);
    const once = (): void => {
      for (const slot of clears) this.add({ k: "save", slot, clear: true });
      const to = this.code.length;
      for (const step of body) this.add(shifted(step, start, to - start));
    };
    const fork = (at: number, second: number): void => {
      this.code[at] =
        lazy === "?" ? { k: "split", first: second, second: at + 1 } : { k: "split", first: at + 1, second };
    };
    for (let n = 0; n < min; n++) once();
    const maybe = (): void => {
      // Numbered downwards from -1 until the number of groups is known.
      const slot = -++this.loops;
      this.add({ k: "save", slot, clear: false });
      once();
      this.add({ k: "moved", slot });
    };
    if (max === Infinity) {
      const at = this.add({ k: "jump", to: 0 });
      maybe();
      this.add({ k: "jump", to: at });
      fork(at, this.code.length);
      return;
    }
    const forks: number[] = [];
    for (let n = min; n < max; n++) {
      forks.push(this.add({ k: "jump", to: 0 }));
      maybe();
    }
    for (const at of forks) fork(at, this.code.length);
  }

  private atom(): void {
    const char = this.source[this.i] as string;
    if (char === "(") return this.group();
    if (char === "^" || char === "$" || /^\\[bB]/.test(this.source.slice(this.i, this.i + 2))) {
      const source = char === "\\" ? this.source.slice(this.i, this.i + 2) : char;
      this.i += source.length;
      this.add(look(source, this.flags));
      return;
    }
    if (char === "*" || char === "+" || char === "?" || char === "{") throw new Unknown();
    let source = char;
    if (char === "[") source = this.bracket();
    else if (char === "\\") {
      source =
        /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|\d+|[^])/.exec(this.source.slice(this.i))?.[0] ?? "";
      const back = /^\\([1-9]\d*)$/.exec(source);
      if (back !== null) {
        this.i += source.length;
        this.remembers = false;
        this.add({ k: "same", group: Number(back[1]) });
        return;
      }
      if (/^\\[pPk]/.test(source) || source === "") throw new Unknown();
    }
    this.i += source.length;
    this.add({ k: "char", test: charTest(source, this.flags) });
  }

  private bracket(): string {
    let end = this.i + 1;
    if (this.source[end] === "^") end++;
    for (; end < this.source.length && this.source[end] !== "]"; end++) if (this.source[end] === "\\") end++;
    return this.source.slice(this.i, end + 1);
  }

  private group(): void {
    const opening = /^\((?:\?(?:[:=!]|<[=!]|<))?/.exec(this.source.slice(this.i))?.[0] ?? "(";
    if (opening === "(?<" || (opening === "(" && this.source[this.i + 1] === "?")) throw new Unknown();
    const from = this.i;
    this.i += opening.length;
    if (opening === "(" || opening === "(?:") {
      const group = opening === "(" ? ++this.groups : 0;
      if (group > 0) this.add({ k: "save", slot: group * 2, clear: false });
      this.alternatives();
      if (this.source[this.i++] !== ")") throw new Unknown();
      if (group > 0) this.add({ k: "save", slot: group * 2 + 1, clear: false });
      return;
    }
    // What is looked at beside the match is short here: words' edges, single characters.
    const body = /^(?:\\.|\[(?:\\.|[^\]\\])*\]|[^()*+?{\\[|])?\)/.exec(this.source.slice(this.i))?.[0];
    if (body === undefined) throw new Unknown();
    this.i += body.length;
    this.add(look(this.source.slice(from, this.i), this.flags));
  }
}

function shifted(step: Step, from: number, by: number): Step {
  if (step.k === "jump") return { k: "jump", to: step.to >= from ? step.to + by : step.to };
  if (step.k === "split") {
    const move = (to: number): number => (to >= from ? to + by : to);
    return { k: "split", first: move(step.first), second: move(step.second) };
  }
  return step;
}

/** A look at the place itself, by JavaScript's own expression. */
function look(source: string, flags: string): Step {
  const sticky = new RegExp(source, flags + "y");
  return {
    k: "look",
    test: (text, at) => {
      sticky.lastIndex = at;
      return sticky.test(text);
    },
  };
}

/** Does *source*, which stands for one character, match it? The first 256 codes are looked up. */
function charTest(source: string, flags: string): (code: number) => boolean {
  const one = new RegExp(`^${source}$`, flags.replace("m", ""));
  const table = new Uint8Array(256);
  for (let code = 0; code < 256; code++) table[code] = one.test(String.fromCharCode(code)) ? 1 : 0;
  return (code) => (code < 256 ? table[code] === 1 : one.test(String.fromCharCode(code)));
}
