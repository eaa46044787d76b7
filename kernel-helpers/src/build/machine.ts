/** What a builder needs from outside: the machine, the images, a clock. */

import type { ImageSource } from "../image/base-image";
import type { Platform } from "../platform/platform";
import type { RunRequest, RunResult } from "../run/types";

/** Everything a build asks of the world. */
export interface BuildWorld {
  readonly platform: Platform;
  readonly images: ImageSource;
  /** Seconds since 1970: the time of the build; asked once when it begins. Must be later than any source date epoch used, as a clock is. */
  now(): number;
  /** Runs the command of a RUN. */
  run(request: RunRequest): Promise<RunResult>;
  /** The clients' words: `buildx` for `docker build`, `buildctl` as the recordings have them. */
  readonly client: "buildx" | "buildctl";
}
