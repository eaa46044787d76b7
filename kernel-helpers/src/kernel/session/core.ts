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
}

let core: Core | undefined;

/** The builder's functions. */
export function loadCore(): Core {
  /* eslint-disable @typescript-eslint/no-require-imports -- loaded late on purpose */
  core ??= {
    ...(require("../../lab") as Pick<Core, "Lab">),
    ...(require("../../lab-node") as Pick<Core, "nodeMachine">),
    ...(require("../../report") as Pick<Core, "renderBundle" | "progressText">),
    ...(require("../../docker/build-flags") as Pick<Core, "parseBuildFlags">),
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
  return core;
}
