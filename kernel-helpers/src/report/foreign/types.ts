/** What other tools say of an image, as far as it goes. */

import type { BuiltImage } from "../../build/types";

/** A sentence in both languages. */
export interface Said {
  readonly ko: string;
  readonly en: string;
}

/** An image of which only a tool's output is known. Sizes that are not known are -1, digests that are not known empty. */
export interface ForeignImage {
  readonly source: "docker history" | "docker image inspect" | "dive";
  /** Empty when the output does not say it. */
  readonly name: string;
  readonly image: BuiltImage;
  /** Are the files of the layers known? */
  readonly files: boolean;
  /** Paths that dive found in several layers, when only these are known. */
  readonly wasted?: {
    readonly score: number;
    readonly bytes: number;
    readonly paths: readonly { readonly path: string; readonly count: number; readonly bytes: number }[];
  };
  /** What cannot be known from this output. */
  readonly unknown: readonly Said[];
}

/** A layer about which nothing but what is given is known. */
export function foreignLayer(change: Partial<BuiltImage["layers"][number]>): BuiltImage["layers"][number] {
  return { diffId: "", digest: "", size: -1, uncompressed: -1, fromBase: false, ...change };
}
