/** The property of a round trip, for the fast and the long tests. */

import assert from "node:assert/strict";
import fc from "fast-check";

import { Lab } from "../../kernel-helpers/src";
import {
  archiveTar,
  exportDockerArchive,
  exportOci,
  importImages,
  type NamedExport,
  openArchive,
} from "../../kernel-helpers/src/image";
import { gather } from "../../kernel-helpers/src/platform";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { randomImage } from "./random-image";

const NAMES = ["docker.io/library/memo:latest", "localhost:5000/team/memo:v1"];

/** Export → import → export gives the same bytes, for *runs* random images, as layout and as docker archive. */
export async function roundTrips(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      randomImage,
      fc.constantFrom(exportOci, exportDockerArchive),
      fc.subarray(NAMES, { minLength: 1 }),
      async (image, write, names) => {
        const tar = Buffer.from(await gather(archiveTar(await write(nodePlatform, [{ names, image }]))));
        const read = await importImages(nodePlatform, await openArchive(nodePlatform, tar));
        assert.equal(read.length, 1);
        assert.deepEqual(read[0]!.names, names);
        assert.equal(read[0]!.root.digest, image.root.digest);
        const lab = await Lab.open();
        for (const name of names) await lab.shelf.putImported(name, read[0]!, 1);
        const again: NamedExport = { names, image: (await lab.shelf.pack(names[0]!))! };
        const second = Buffer.from(await gather(archiveTar(await write(nodePlatform, [again]))));
        assert.ok(second.equals(tar));
      },
    ),
    { numRuns: runs },
  );
}
