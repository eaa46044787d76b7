/** Loads the builder when a cell first needs it: a kernel that only writes files never does. */

import type { renderBundle } from "../../report";
import type { progressText } from "../../report/progress";
import type { parseBuildFlags } from "../../docker/build-flags";
import type { Lab } from "../../lab";

/** What the kernel uses of the builder. */
export interface Core {
  readonly Lab: typeof Lab;
  readonly renderBundle: typeof renderBundle;
  readonly progressText: typeof progressText;
  readonly parseBuildFlags: typeof parseBuildFlags;
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
  core = {
    ...(require("../../lab") as Pick<Core, "Lab">),
    ...(require("../../report") as Pick<Core, "renderBundle" | "progressText">),
    ...(require("../../docker/build-flags") as Pick<Core, "parseBuildFlags">),
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
  return core;
}
