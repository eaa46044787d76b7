/** `semvercmp("1.2.3", ">= 1.2, < 2")`: is a version within bounds. */

import { type Apply, text } from "./arguments";

interface Version {
  readonly parts: readonly [number, number, number];
  /** How many of the parts were written. */
  readonly given: number;
  readonly pre: string;
}

const VERSION =
  /^v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

function versionOf(value: string): Version {
  const found = VERSION.exec(value.trim());
  if (!found) throw new RangeError(`not a version: ${value}`);
  const words = found.slice(1, 4).map((one) => (one !== undefined && /^\d/.test(one) ? one : undefined));
  const first = words.indexOf(undefined);
  const parts = words.map((one) => Number(one ?? 0)) as [number, number, number];
  return { parts, given: first < 0 ? 3 : first, pre: found[4] ?? "" };
}

function compare(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) if (a.parts[i] !== b.parts[i]) return a.parts[i]! - b.parts[i]!;
  if (a.pre === b.pre) return 0;
  if (a.pre === "" || b.pre === "") return a.pre === "" ? 1 : -1;
  const [x, y] = [a.pre.split("."), b.pre.split(".")];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [left, right] = [x[i], y[i]];
    if (left === right) continue;
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const numbers = [left, right].map((one) => /^\d+$/.test(one));
    if (numbers[0] && numbers[1]) return Number(left) - Number(right);
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** The first version above all that begin as *parts* up to *index* do. */
function above(parts: readonly number[], index: number): Version {
  const next = [0, 1, 2].map((i) => (i < index ? parts[i]! : i === index ? parts[i]! + 1 : 0));
  return { parts: next as [number, number, number], given: 3, pre: "" };
}

function fits(version: Version, operator: string, bound: Version): boolean {
  // Versions before a release are wanted only where one is named.
  if (version.pre !== "" && bound.pre === "") return false;
  const order = compare(version, bound);
  const within = (index: number): boolean => order >= 0 && compare(version, above(bound.parts, index)) < 0;
  const partial = bound.given < 3;
  switch (operator) {
    case "!=":
      return partial ? bound.given > 0 && !within(bound.given - 1) : order !== 0;
    case ">":
      return partial && bound.given > 0
        ? compare(version, above(bound.parts, bound.given - 1)) >= 0
        : order > 0;
    case "<":
      return order < 0;
    case ">=":
    case "=>":
      return order >= 0;
    case "<=":
    case "=<":
      return partial && bound.given > 0
        ? compare(version, above(bound.parts, bound.given - 1)) < 0
        : order <= 0;
    case "~":
    case "~>":
      return bound.given === 0 || within(Math.min(bound.given, 2) - 1);
    case "^": {
      const first = bound.parts.findIndex((one, i) => one > 0 && i < bound.given);
      return bound.given === 0 || within(first < 0 ? bound.given - 1 : first);
    }
    default:
      return partial ? bound.given === 0 || within(bound.given - 1) : order === 0;
  }
}

function satisfies(version: Version, constraint: string): boolean {
  return constraint.split("||").some((any) => {
    const spans = any.replace(/(\S+)\s+-\s+(\S+)/g, ">=$1 <=$2");
    const all = [...spans.matchAll(/(!=|>=|=>|<=|=<|~>|[=><~^])?\s*([^\s,=<>!~^]+)/g)];
    if (all.length === 0) throw new RangeError(`not a constraint: ${constraint}`);
    return all.every(([, operator = "", bound]) => fits(version, operator, versionOf(bound!)));
  });
}

export const VERSIONS: Readonly<Record<string, Apply>> = {
  semvercmp: (version, constraint) => satisfies(versionOf(text(version)), text(constraint)),
};
