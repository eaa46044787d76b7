/** Files → build context: .dockerignore, what is sent, content digests. */

export { followLinks } from "./follow-links";
export { walkFiltered, type WalkedEntry } from "./filter-walk";
export { containsWildcards, goMatch, PatternError } from "./go-match";
export { readIgnoreFile } from "./ignore-file";
export { type MatchInfo, Pattern, PatternMatcher } from "./pattern-matcher";
export type * from "./types";
