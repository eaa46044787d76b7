/** What the rules of the CI report are given and what they answer with. */

import type { CountedBuild } from "./account";
import type { Around } from "./read";
import type { CiFinding, CiStatement, FindingCode } from "./types";
import type { Sentences } from "./words";

/** What a rule sees: the build, and what stands around it in the log. */
export interface Scene {
  readonly build: CountedBuild;
  readonly around: readonly Around[];
  /** The time that shares are of. */
  readonly total: number;
}

export const recorded = (ko: string, en: string): CiStatement => ({ basis: "recorded", text: { ko, en } });
export const computed = (ko: string, en: string): CiStatement => ({ basis: "computed", text: { ko, en } });
export const inferred = (ko: string, en: string): CiStatement => ({ basis: "inferred", text: { ko, en } });

/** *text* with `\n` and long parts cut, for a sentence. */
export function brief(text: string, length = 90): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? line.slice(0, length - 1) + "…" : line;
}

/** `31%`. */
export function share(ms: number, total: number): string {
  return `${Math.round((ms / total) * 100)}%`;
}

export function finding(
  code: FindingCode,
  ms: number,
  statements: readonly (CiStatement | undefined | false)[],
  advice: Sentences,
  lines: readonly number[] = [],
): CiFinding {
  return {
    code,
    ms,
    statements: statements.filter((one): one is CiStatement => typeof one === "object"),
    advice,
    lines: [...new Set(lines.filter((line) => line > 0))].sort((a, b) => a - b).slice(0, 8),
  };
}
