/** The explanation beside what BuildKit says in English: what a rule or refusal is about, and the way out. */

import { explainError, explainWarning } from "../dockerfile";
import type { BuildRecord, BuildWarning } from "../build/types";
import type { Locale } from "./locale";

/** What *warning*'s rule is for and how to mend it, in one or two sentences; undefined for a rule that is not known. */
export function explainBuildWarning(warning: BuildWarning, locale: Locale): string | undefined {
  if (locale === "ko" && warning.ko !== "") return warning.ko;
  const explanation = explainWarning(warning);
  return explanation && `${explanation.why[locale]} ${explanation.how[locale]}`;
}

/** What *error* means; undefined when there is nothing to say but BuildKit's own words. */
export function explainBuildError(
  error: NonNullable<BuildRecord["error"]>,
  locale: Locale,
): string | undefined {
  const text = locale === "ko" && error.ko ? error.ko : generalExplanation(error, locale);
  const hint = error.hint?.[locale];
  return text === undefined || hint === undefined ? (text ?? hint) : `${hint} ${text}`;
}

function generalExplanation(error: NonNullable<BuildRecord["error"]>, locale: Locale): string | undefined {
  const explanation = explainError(error);
  // The last resort of the explanations says only that something was refused.
  if (explanation.code === "LB_REFUSED" && error.code !== "LB_REFUSED") return undefined;
  return `${explanation.why[locale]} ${explanation.how[locale]}`;
}
