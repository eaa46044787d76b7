/** Regular expressions that never take for ever: where JavaScript's own engine could, a matcher that remembers what failed. */

import { MachineStop } from "./limits";
import { compileRegex, type Program } from "./regex-program";

/** Steps that the native engine may need at most, by the form of the pattern. */
const NATIVE = 2e6;
/** Bits of memory, and steps of a pattern with back references. */
const MOST = 2 ** 27;
const MOST_STEPS = 4e6;

/** Repetitions in a pattern: how many without an end, and whether one stands in another. */
function shapeOf(source: string): { readonly open: number; readonly nested: boolean } {
  let open = 0;
  let nested = false;
  const groups: boolean[] = [];
  let inner = false;
  for (let i = 0; i < source.length; i++) {
    const char = source[i] as string;
    if (char === "\\") i++;
    else if (char === "[") {
      i++;
      if (source[i] === "^") i++;
      for (; i < source.length && source[i] !== "]"; i++) if (source[i] === "\\") i++;
    } else if (char === "(") groups.push(false);
    else if (char === ")") inner = groups.pop() ?? false;
    // `(a|aa)*` and `(a?a)*` have as many ways as a repetition inside a repetition.
    else if ((char === "|" || (char === "?" && source[i - 1] !== "(")) && groups.length > 0)
      groups.fill(true);
    const next = source[i + 1];
    const counted = next === "{" ? /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(i + 1, i + 20)) : null;
    const repeats = next === "*" || next === "+" || counted !== null;
    if (char !== "(" && char !== "*" && char !== "+" && char !== "?" && repeats) {
      open++;
      if (char === ")" && inner) nested = true;
      if (groups.length > 0) groups.fill(true);
    }
    if (char === ")" && inner && groups.length > 0) groups[groups.length - 1] = true;
    if (char !== ")") inner = false;
  }
  return { open, nested };
}

/**
 * A RegExp with a bound on its work. The same answers as JavaScript's; `exec`, `test`, `replace`, `match` and `split` go through it.
 * Throws SyntaxError as RegExp does, and MachineStop (`LB_RUN_REGEX`) when a pattern with back references needs too many steps.
 */
export class BoundedRegExp extends RegExp {
  private readonly shape: ReturnType<typeof shapeOf>;
  private program: Program | undefined | null = null;

  constructor(source: string, flags = "") {
    super(source, flags);
    this.shape = shapeOf(source);
  }

  /** What `split`, `matchAll` and the like make of it: an expression of the same kind. */
  static override get [Symbol.species](): RegExpConstructor {
    return BoundedRegExp as unknown as RegExpConstructor;
  }

  override exec(text: string): RegExpExecArray | null {
    const { open, nested } = this.shape;
    const isSafe = !nested && (open <= 1 || text.length ** (open + 1) <= NATIVE);
    if (isSafe || text.length < 12) return super.exec(text);
    if (this.program === null) this.program = compileRegex(this.source, this.flags);
    if (this.program === undefined) {
      if (!nested && text.length ** open <= 1e9) return super.exec(text);
      throw tooMuch();
    }
    const sticky = this.sticky;
    const keeps = sticky || this.global;
    const from = keeps ? this.lastIndex : 0;
    const found = from > text.length ? undefined : run(this.program, text, from, sticky);
    if (found === undefined) {
      if (keeps) this.lastIndex = 0;
      return null;
    }
    if (keeps) this.lastIndex = found[1] as number;
    const groups: (string | undefined)[] = [];
    for (let i = 0; i < found.length; i += 2) {
      const [start, end] = [found[i] as number, found[i + 1] as number];
      groups.push(start < 0 || end < 0 ? undefined : text.slice(start, end));
    }
    return Object.assign(groups as string[], {
      index: found[0] as number,
      input: text,
      groups: undefined,
    }) as unknown as RegExpExecArray;
  }
}

function tooMuch(): MachineStop {
  return new MachineStop(
    "LB_RUN_REGEX: stopped: matching a regular expression takes too long / 정규 표현식을 맞춰 보는 데 너무 오래 걸려 멈췄습니다",
  );
}

/** Where the first match begins and ends, then the groups (-1 for none); undefined for no match. */
function run(program: Program, text: string, from: number, sticky: boolean): number[] | undefined {
  const { code, groups, remembers } = program;
  const ends = groups * 2 + 2;
  const width = text.length + 1;
  if (remembers && code.length * width > MOST) throw tooMuch();
  const seen = remembers ? new Uint32Array(Math.ceil((code.length * width) / 32)) : undefined;
  let steps = 0;
  const slots = new Array<number>(program.slots).fill(-1);
  const jobs: number[] = [];
  for (let start = from; start <= text.length; start++) {
    slots.fill(-1);
    slots[0] = start;
    // Jobs are pairs: place in the code and in the text; or a slot (as -1 - slot) and the value to put back.
    jobs.length = 0;
    jobs.push(0, start);
    while (jobs.length > 0) {
      let at = jobs.pop() as number;
      let pc = jobs.pop() as number;
      if (pc < 0) {
        slots[-1 - pc] = at;
        continue;
      }
      for (;;) {
        if (seen !== undefined) {
          const bit = pc * width + at;
          const mask = 1 << (bit & 31);
          if (((seen[bit >>> 5] as number) & mask) !== 0) break;
          seen[bit >>> 5] = (seen[bit >>> 5] as number) | mask;
        } else if (++steps > MOST_STEPS) throw tooMuch();
        const step = code[pc]!;
        if (step.k === "char") {
          if (at >= text.length || !step.test(text.charCodeAt(at))) break;
          at++;
          pc++;
        } else if (step.k === "split") {
          jobs.push(step.second, at);
          pc = step.first;
        } else if (step.k === "jump") pc = step.to;
        else if (step.k === "save") {
          jobs.push(-1 - step.slot, slots[step.slot] as number);
          slots[step.slot] = step.clear ? -1 : at;
          pc++;
        } else if (step.k === "look") {
          if (!step.test(text, at)) break;
          pc++;
        } else if (step.k === "same") {
          const [start2, end] = [slots[step.group * 2] as number, slots[step.group * 2 + 1] as number];
          const piece = start2 < 0 || end < 0 ? "" : text.slice(start2, end);
          if (!text.startsWith(piece, at)) break;
          at += piece.length;
          pc++;
        } else if (step.k === "moved") {
          if (slots[step.slot] === at) break;
          pc++;
        } else {
          slots[1] = at;
          return slots.slice(0, ends);
        }
      }
    }
    if (sticky) return undefined;
  }
  return undefined;
}
