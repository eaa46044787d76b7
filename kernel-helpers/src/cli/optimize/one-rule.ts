/** `--rule ID`: one rule of all. */

import { suggest } from "../../dockerfile/suggest";
import { type Optimization, RULE_IDS } from "../../report";
import { usageError } from "../cli-error";

/** Throws a usage error for a rule that there is not. */
export function checkRule(rule: string | undefined): void {
  if (rule === undefined || (RULE_IDS as readonly string[]).includes(rule)) return;
  const near = suggest(rule, RULE_IDS);
  throw usageError(
    "LB_FLAG_VALUE",
    {
      ko: `\`--rule\`에 그런 규칙이 없습니다: ${rule} (있는 것: ${RULE_IDS.join(", ")})`,
      en: `--rule ${rule} is not one of ${RULE_IDS.join(", ")}`,
    },
    near === undefined ? undefined : { ko: `혹시 이것입니까? ${near}`, en: `did you mean ${near}?` },
  );
}

/** The first proposal of *rule*, and what it refuses; everything without a rule. */
export function onlyRule(all: Optimization, rule: string | undefined): Optimization {
  if (rule === undefined) return all;
  const proposals = all.proposals.filter((one) => one.rule === rule).slice(0, 1);
  const { combined: _combined, ...others } = all;
  return { ...others, proposals, refused: all.refused.filter((one) => one.rule === rule) };
}
