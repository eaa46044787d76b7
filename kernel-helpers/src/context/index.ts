/** Files → build context: .dockerignore, what is sent, content digests. */

export { ContentHasher } from "./content-hasher";
export { memoryRecordCache, recordDigest, recordHeader } from "./file-record";
export { followLinks } from "./follow-links";
export { matcherOf, matching, walkFiltered, type WalkedEntry } from "./filter-walk";
export { containsWildcards, goMatch, PatternError } from "./go-match";
export { goQuote } from "./go-quote";
export { HostFiles, type RememberedFile, StatCache } from "./host-files";
export { readIgnoreFile } from "./ignore-file";
export { splitWildcards } from "./included-paths";
export { type MatchInfo, Pattern, PatternMatcher } from "./pattern-matcher";
export { ChecksumError, DigestCache } from "./record-tree";
export { dedupeSelectors } from "./selectors";
export { transferBytes, transferContext, type TransferOptions } from "./transfer";
export type * from "./types";
