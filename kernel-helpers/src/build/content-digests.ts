/** What inputs are by their contents, as keys count them (BuildKit solver/llbsolver/ops/opsutils/contenthash.go). */

import type { CacheDep } from "../cache/cache-map";
import { ChecksumError, ContentHasher, type HashedFile, PatternError, type Selector } from "../context";
import type { Platform } from "../platform/platform";
import type { Builder } from "./builder";
import { isSelectionOpen } from "./open-paths";
import type { StepResult } from "./step-result";

/** A content digest; *files*: lists what is behind it, unless it only stands for what nobody knows. */
export interface HashedContent {
  readonly digest: string;
  readonly files?: () => readonly HashedFile[];
  /** It hangs on what an assumed command made. */
  readonly isOpen?: boolean;
}

const WHOLE = [{ path: "/" }] as const;

/** The contents of one solve: each result is read by one hasher. */
export class ContentDigests {
  private readonly hashers = new Map<StepResult, ContentHasher>();

  /** *assumes*: contents may be unknown. */
  constructor(
    private readonly builder: Builder,
    private readonly platform: Platform,
    private readonly assumes: boolean,
  ) {}

  /** The digest of what *content* takes of *result*, and the files behind it. Throws ChecksumError, PatternError. */
  of(result: StepResult, content: NonNullable<CacheDep["content"]>): HashedContent {
    // Stands for a content that nobody knows: equal only to itself.
    if (this.assumes && isSelectionOpen(result, content))
      return { digest: this.standIn(`open ${result.id}`, content), isOpen: true };
    let hasher = this.hashers.get(result);
    if (!hasher) {
      hasher = new ContentHasher(this.platform, result.synced ?? result.snapshot, this.builder.digests);
      this.hashers.set(result, hasher);
    }
    const selectors = content.length > 0 ? content : WHOLE;
    try {
      const known = hasher;
      return { digest: hasher.digestAll(selectors), files: () => namedFiles(known, selectors) };
    } catch (error) {
      if (!isContentError(error) || !this.assumes || result.unknownBase === undefined) throw error;
      // What is not there may be in the base that nobody knows, always the same.
      return { digest: this.standIn(`base ${result.unknownBase}`, selectors) };
    }
  }

  /** Remembers the files behind a digest, for explanations. *isStored*: a key with it was there before. */
  note({ digest, files }: HashedContent, isStored: boolean): void {
    const { contents, unlisted, prepareExplanations } = this.builder;
    if (!files || contents.has(digest)) return;
    // What a key in a store was made of, the store has too.
    if (isStored && prepareExplanations) unlisted.set(digest, files);
    else contents.set(digest, files());
  }

  private standIn(name: string, selectors: readonly Selector[]): string {
    return "sha256:" + this.platform.sha256Hex(`${name} ${JSON.stringify(selectors)}`);
  }
}

/** Says *error* that something is not there, or that a pattern is broken? */
export function isContentError(error: unknown): error is ChecksumError | PatternError {
  return error instanceof ChecksumError || error instanceof PatternError;
}

/** The files behind a digest. One file alone is called as the instruction calls it, not as the link it stands behind. */
function namedFiles(hasher: ContentHasher, selectors: readonly Selector[]): HashedFile[] {
  return selectors.flatMap((selector) => {
    const files = hasher.files([selector]);
    const [only] = files;
    const isAlone = files.length === 1 && only!.header.type !== "dir";
    const isPlain =
      !selector.wildcard && !selector.includePatterns?.length && !selector.excludePatterns?.length;
    return isAlone && isPlain ? [{ ...only!, path: selector.path }] : files;
  });
}
