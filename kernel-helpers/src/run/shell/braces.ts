/** Brace expansion of bash: `{a,b}` and `{1..3}`. */

import type { Part, Word } from "./ast";

/** The words that *word* stands for; itself alone when it has no braces. *count* is told of the work and may throw. */
export function expandBraces(word: Word, count: (words: number) => void): Word[] {
  if (!word.some((part) => part.k === "lit" && !part.q && part.s.includes("{"))) return [word];
  return expand(atoms(word), count).map(join);
}

/** A word in single unquoted characters and everything else. */
type Atom = string | Exclude<Part, never>;

function atoms(word: Word): Atom[] {
  return word.flatMap((part): Atom[] => (part.k === "lit" && !part.q ? [...part.s] : [part]));
}

function join(list: readonly Atom[]): Word {
  const out: Part[] = [];
  for (const atom of list) {
    if (typeof atom !== "string") {
      out.push(atom);
      continue;
    }
    const last = out.at(-1);
    if (last?.k === "lit" && !last.q) out[out.length - 1] = { ...last, s: last.s + atom };
    else out.push({ k: "lit", s: atom, q: false });
  }
  return out;
}

function expand(list: readonly Atom[], count: (words: number) => void): Atom[][] {
  for (let open = 0; open < list.length; open++) {
    if (list[open] !== "{") continue;
    let depth = 0;
    const commas: number[] = [];
    for (let i = open + 1; i < list.length; i++) {
      const atom = list[i];
      if (atom === "{") depth++;
      else if (atom === "," && depth === 0) commas.push(i);
      else if (atom === "}" && depth-- === 0) {
        const choices = commas.length > 0 ? pieces(list, open, i, commas) : range(list.slice(open + 1, i));
        if (choices === undefined) break;
        const before = list.slice(0, open);
        const after = expand(list.slice(i + 1), count);
        count(choices.length * after.length);
        return choices.flatMap((choice) =>
          expand(choice, count).flatMap((middle) => {
            count(after.length);
            return after.map((tail) => [...before, ...middle, ...tail]);
          }),
        );
      }
    }
  }
  return [[...list]];
}

function pieces(list: readonly Atom[], open: number, close: number, commas: readonly number[]): Atom[][] {
  const bounds = [open, ...commas, close];
  return bounds.slice(1).map((end, i) => list.slice((bounds[i] as number) + 1, end));
}

function range(inner: readonly Atom[]): Atom[][] | undefined {
  if (!inner.every((atom) => typeof atom === "string")) return undefined;
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(inner.join(""));
  if (match === null) return undefined;
  const [, from = "", to = "", by] = match;
  const letters = /[A-Za-z]/.test(from);
  if (letters !== /[A-Za-z]/.test(to)) return undefined;
  const start = letters ? from.charCodeAt(0) : Number(from);
  const end = letters ? to.charCodeAt(0) : Number(to);
  const step = Math.abs(Number(by ?? 1)) || 1;
  if (Math.abs(end - start) / step > 100_000) return undefined;
  const width = /^-?0\d/.test(from) || /^-?0\d/.test(to) ? Math.max(from.length, to.length) : 0;
  const out: Atom[][] = [];
  for (let i = start; start <= end ? i <= end : i >= end; i += start <= end ? step : -step) {
    const text = letters
      ? String.fromCharCode(i)
      : (i < 0 ? "-" : "") + String(Math.abs(i)).padStart(width - (i < 0 ? 1 : 0), "0");
    out.push([...text]);
  }
  return out;
}
