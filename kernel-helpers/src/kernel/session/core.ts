/** Loads the builder when a cell first needs it: a kernel that only writes files never does. */

import type { renderBundle } from "../../report";
import type { progressText } from "../../report/progress";
import type { parseBuildFlags } from "../../docker/build-flags";
import type { Lab } from "../../lab";
import type { nodeMachine } from "../../lab-node";

/** What the kernel uses of the builder. */
export interface Core {
  readonly Lab: typeof Lab;
  readonly nodeMachine: typeof nodeMachine;
  readonly renderBundle: typeof renderBundle;
  readonly progressText: typeof progressText;
  readonly parseBuildFlags: typeof parseBuildFlags;
  /** Names of the catalog's base images, as FROM writes them. */
  readonly catalogNames: () => readonly string[];
}

/** The docker command's parts, loaded when a cell first needs them. */
export function loadDocker(): typeof import("../../docker") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded late on purpose
  return require("../../docker") as typeof import("../../docker");
}

let core: Core | undefined;

/** The builder's functions. */
export function loadCore(): Core {
  /* eslint-disable @typescript-eslint/no-require-imports -- loaded late on purpose */
  if (core !== undefined) return core;
  const machine = require("../../lab-node") as typeof import("../../lab-node");
  core = {
    ...(require("../../lab") as Pick<Core, "Lab">),
    ...(require("../../report") as Pick<Core, "renderBundle" | "progressText">),
    ...(require("../../docker/build-flags") as Pick<Core, "parseBuildFlags">),
    nodeMachine: machine.nodeMachine,
    catalogNames: () => namesOf(machine.catalogJson("base-images")),
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
  return core;
}

/** `repository:tag` of every image of the catalog. */
function namesOf(catalog: unknown): string[] {
  const { images } = catalog as { images: readonly { ref: string }[] };
  return [...new Set(images.map(({ ref }) => ref))].sort();
}
