/** What slows a build down, as far as its log shows it: each finding with what is recorded, what follows, and what to do. */

import type { CountedBuild } from "./account";
import { cacheFindings } from "./cache-findings";
import { amountFindings } from "./amount-findings";
import type { Around } from "./read";
import { stepFindings } from "./step-findings";
import type { Scene } from "./statement";
import type { CiFinding, FindingCode } from "./types";

/** These stop a build or make everything else pointless. */
const FIRST: readonly FindingCode[] = ["failed", "rate-limit", "no-space"];
/** This one only says where the largest part is. */
const LAST: readonly FindingCode[] = ["slowest-step"];

/** The findings of *build*, what to do first first. */
export function findingsOf(build: CountedBuild, around: readonly Around[]): CiFinding[] {
  const scene: Scene = { build, around, total: Math.max(1, build.wall?.ms ?? build.work.ms) };
  const all = [...cacheFindings(scene), ...stepFindings(scene), ...amountFindings(scene)];
  return all.sort(byImportance);
}

/** What stops a build, then what takes the most time. */
export function byImportance(a: CiFinding, b: CiFinding): number {
  const rank = ({ code }: CiFinding): number => (FIRST.includes(code) ? 0 : LAST.includes(code) ? 2 : 1);
  return rank(a) - rank(b) || b.ms - a.ms;
}
