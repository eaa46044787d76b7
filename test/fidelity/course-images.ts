/** The bases that the course was recorded on: `node` with a stand-in npm that knows lock files, workspaces, scripts and `turbo prune`. */

import type { ImageSource } from "../../kernel-helpers/src/image";

/** Looks `node` up as `course/node` in *images*, so that one layout of bases serves both kinds of recordings; other names as they are. */
export function courseImages(images: readonly ImageSource[]): readonly ImageSource[] {
  const own = (ref: string): string => ref.replace(/^docker\.io\/library\/node:/, "docker.io/course/node:");
  return images.map((source) => ({
    find: (ref, platform) => source.find(own(ref), platform),
    prepare: (ref) => source.prepare?.(own(ref)) ?? Promise.resolve(),
  }));
}
