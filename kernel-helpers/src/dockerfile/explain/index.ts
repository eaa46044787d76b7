/** From a refusal in BuildKit's words to what it is about and how to mend it. */

import type { Bilingual } from "../checks/rule";
import type { DockerfileError } from "../types";
import type { ErrorEntry } from "./entry";
import { languageErrors } from "./language";
import { stageErrors } from "./stages";
import { stepErrors } from "./steps";

/** All explanations, each code once. */
export const errorEntries: readonly ErrorEntry[] = [...stepErrors, ...languageErrors, ...stageErrors];

/** An explanation, its values filled in. */
export interface Explanation {
  readonly code: string;
  /** What the rule is for. */
  readonly why: Bilingual;
  /** How to mend it. */
  readonly how: Bilingual;
}

/** Codes that say nothing by themselves: their texts are looked at. */
const generic = "LB_REFUSED";

/**
 * Explains *error* by its code or, when the code is unknown or general, by its text. Always answers; the last resort is the
 * explanation of `LB_REFUSED`.
 */
export function explainError(error: Pick<DockerfileError, "code" | "message">): Explanation {
  const byCode = error.code === generic ? undefined : errorEntries.find(({ code }) => code === error.code);
  const entry =
    byCode ??
    errorEntries.find(({ match }) => match?.test(error.message) ?? false) ??
    errorEntries.find(({ code }) => code === generic)!;
  const values = entry.match?.exec(error.message);
  const fill = (text: string) => text.replace(/\{(\d)\}/g, (_, index) => values?.[Number(index)] ?? "…");
  return {
    code: entry.code,
    why: { ko: fill(entry.ko[0]), en: fill(entry.en[0]) },
    how: { ko: fill(entry.ko[1]), en: fill(entry.en[1]) },
  };
}
