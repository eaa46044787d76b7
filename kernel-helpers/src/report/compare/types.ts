/** Two builds or two images beside one another: what they share and in what they differ. Plain data. */

import type { Grid } from "../pictures/grid";

/** One of the two. */
export interface ComparedSide {
  /** As it was named: `memo:1`, or `A`. */
  readonly name: string;
  /** Digest of the config; empty when it is not known. */
  readonly id: string;
  readonly platform: string;
  /** Bytes of all layers as they lie on disk; absent when they are not known. */
  readonly bytes?: number;
  readonly layers: number;
}

/** One layer of one image or of both, from the bottom. */
export interface ComparedLayer {
  /** `shared`: the same layer (diffId) in both; `differs`: the same instruction made other bytes; else it is in one only. */
  readonly kind: "shared" | "differs" | "only-a" | "only-b";
  readonly instruction: string;
  /** Positions, 1 = bottom. */
  readonly a?: number;
  readonly b?: number;
  readonly bytesA?: number;
  readonly bytesB?: number;
}

export type FileChange = "added" | "removed" | "content" | "attributes" | "type";

/** One path that is not the same in both. */
export interface ComparedFile {
  readonly path: string;
  readonly change: FileChange;
  readonly bytesA?: number;
  readonly bytesB?: number;
  /** What of its attributes differs: `mode 644 → 755`. */
  readonly detail?: string;
}

/** One field of the config that differs; secrets are masked. */
export interface ComparedField {
  /** `Env.PATH`, `Cmd`, `Labels.version`. */
  readonly field: string;
  readonly a?: string;
  readonly b?: string;
}

/** What two images have in common and what not. */
export interface ImageComparison {
  readonly layers: readonly ComparedLayer[];
  readonly sharedLayers: number;
  /** Bytes of the shared layers; absent when sizes are not known. */
  readonly sharedBytes?: number;
  /** Bytes of *b* that whoever has *a* must still fetch. */
  readonly newBytes?: number;
  readonly files: readonly ComparedFile[];
  /** Bytes of files that are the same in both, of the layers whose files are known. */
  readonly sameFiles: number;
  /** Are the files of all layers that differ known? Otherwise *files* is not the whole truth. */
  readonly filesKnown: boolean;
  readonly config: readonly ComparedField[];
  /** Instructions of the history in one only. */
  readonly history: { readonly onlyA: readonly string[]; readonly onlyB: readonly string[] };
}

/** What two builds did. */
export interface BuildComparison {
  /** Steps beside one another, as the build matrix shows them. */
  readonly matrix: Grid;
  readonly reused: readonly [number, number];
  readonly ran: readonly [number, number];
  /** Unified diff of the Dockerfiles; empty when they are equal. */
  readonly dockerfile: string;
  /** Options that differ. */
  readonly options: readonly ComparedField[];
}

/** The whole comparison of *a* and *b*. */
export interface Comparison {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly build?: BuildComparison;
  readonly image?: ImageComparison;
  /** What cannot be known from what was given. */
  readonly unknown: readonly { readonly ko: string; readonly en: string }[];
}
