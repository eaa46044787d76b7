/** How fast a layer of 500 MB is exported, beside tar, gzip and sha256sum on the same files in the same run. */

import { type BigImage, bigImage } from "./big-image";

let image: BigImage;
/** Memory of a command that does nothing: Node, the compiler, the program. Bytes. */
let idle: number;

export async function open(): Promise<void> {
  image = await bigImage(500, true);
  idle = (await image.layerbook(["history", "big"])).peak;
}

export function close(): void {
  image.close();
}

const ROUNDS = 3;

/** The best of some rounds of each, taken in turns. Throws when the export takes more than *most* times as long, or more memory than is allowed. */
async function compare(layers: string, reference: string, most: number): Promise<object> {
  let ours = Infinity;
  let theirs = Infinity;
  let peak = 0;
  for (let round = 0; round < ROUNDS; round++) {
    theirs = Math.min(theirs, (await image.shell(`tar -cf - -C context . | ${reference}`)).ms);
    const run = await image.layerbook(["export", "big", "-o", "out.tar", "--layers", layers]);
    ours = Math.min(ours, run.ms);
    peak = Math.max(peak, run.peak - idle);
  }
  const figures = {
    ms: Math.round(ours),
    reference_ms: Math.round(theirs),
    ratio: Number((ours / theirs).toFixed(2)),
    most_ratio: most,
    over_idle_mb: Math.round(peak / 1e6),
  };
  if (figures.ratio > most || figures.over_idle_mb > 150) throw new Error(JSON.stringify(figures));
  return figures;
}

export const cases = [
  {
    name: "export 500 MB uncompressed (1.5 × tar | sha256sum at most, 150 MB)",
    once: () => compare("tar", "sha256sum", 1.5),
  },
  {
    name: "export 500 MB compressed (tar | gzip -6 | sha256sum at most, 150 MB)",
    once: () => compare("keep", "gzip -6 | sha256sum", 1),
  },
];
