/** All rules, in the order in which they are tried. */

import type { Source } from "../source";
import type { Refusal, Rewrite } from "../types";
import { cacheMount } from "./cache-mount";
import { cleanCaches } from "./clean-caches";
import { copyChown } from "./copy-chown";
import { copyLink } from "./copy-link";
import { dockerignore } from "./dockerignore";
import { manifestsFirst } from "./manifests-first";
import { mergeApt } from "./merge-apt";
import { metadataLate } from "./metadata-late";
import { multiStage } from "./multi-stage";
import { prefetch } from "./prefetch";
import { removeInLayer } from "./remove-in-layer";
import { secretMount } from "./secret-mount";
import { splitRun } from "./split-run";
import { systemFirst } from "./system-first";

/** Rewrites of a source, and what it will not rewrite. */
export type Rule = (source: Source) => readonly (Rewrite | Refusal)[];

export const RULES: readonly Rule[] = [
  dockerignore,
  secretMount,
  manifestsFirst,
  prefetch,
  systemFirst,
  splitRun,
  metadataLate,
  mergeApt,
  removeInLayer,
  cleanCaches,
  copyChown,
  cacheMount,
  copyLink,
  multiStage,
];

/** What all rules have to say of *source*. */
export function propose(source: Source): (Rewrite | Refusal)[] {
  return RULES.flatMap((rule) => rule(source));
}
