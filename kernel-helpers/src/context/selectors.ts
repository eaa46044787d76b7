/** The selectors of one input of a file operation (BuildKit solver/llbsolver/ops/file.go). */

import { compareBytes } from "../platform/paths";
import type { Selector } from "./types";

/**
 * *selectors* as they are hashed: plain paths once and not below another, then those with wildcards or patterns as given; sorted by
 * path.
 */
export function dedupeSelectors(selectors: readonly Selector[]): Selector[] {
  const plain = selectors.filter((selector) => !hasWildcardOrFilters(selector));
  const paths = outermost(plain.filter((s) => !s.followLinks).map((s) => s.path)).map((path): Selector => ({
    path,
  }));
  const followed = outermost(plain.filter((s) => s.followLinks).map((s) => s.path)).map((path): Selector => ({
    path,
    followLinks: true,
  }));
  const kept = [...paths, ...followed, ...selectors.filter(hasWildcardOrFilters)];
  return kept.sort((a, b) => compareBytes(a.path, b.path));
}

function hasWildcardOrFilters(selector: Selector): boolean {
  return (
    Boolean(selector.wildcard) || !!selector.includePatterns?.length || !!selector.excludePatterns?.length
  );
}

/** Each path once, without those below another one, in byte order. A single path stays as it is. */
function outermost(paths: readonly string[]): readonly string[] {
  const once = [...new Set(paths)];
  const inside = (path: string, dir: string): boolean =>
    path !== dir && path.startsWith(dir.endsWith("/") ? dir : dir + "/");
  return once.filter((path) => !once.some((dir) => inside(path, dir))).sort(compareBytes);
}
