/** Progress output in BuildKit's three forms, from the recorded course of a build. */

import type { SolveStatus } from "../../build/status";
import { play, type Display, type Print } from "./display";
import { PlainDisplay } from "./plain";
import { RawJsonDisplay } from "./rawjson";
import { TtyDisplay } from "./tty";

export { Limiter, LIMIT, play, TICK, type Display, type Print } from "./display";
export { formatBytes } from "./format";
export { isInternalName, plainNormalised } from "./normalised";
export { PlainDisplay } from "./plain";
export { RawJsonDisplay, rawJsonLine } from "./rawjson";
export { TtyDisplay, type TtyOptions } from "./tty";

export type ProgressKind = "plain" | "tty" | "rawjson";

export interface ProgressOptions {
  /** Columns and rows of the terminal (tty only). Default 100 × 1000: nothing is cut off. */
  readonly width?: number;
  readonly height?: number;
  /** What buildx writes in `#0 …` and at the right end of the first row. Default: buildx's own with the docker driver; `false`: none, as buildctl. */
  readonly description?: { readonly plain: string; readonly tty: string } | false;
  /** ANSI colours in tty. Default: false. */
  readonly color?: boolean;
  /** When the stream ended, ms since its beginning. Default: when the last delivery arrived. */
  readonly end?: number;
  /** Seconds since 1970 at which the build began (rawjson only). Default: 0. */
  readonly epoch?: number;
}

/** What buildx writes with the docker driver. */
export const DOCKER_DRIVER = {
  plain: 'building with "default" instance using docker driver',
  tty: "docker:default",
};

/** A display of the given kind, to be fed with deliveries. */
export function createDisplay(kind: ProgressKind, options: ProgressOptions = {}): Display {
  const description = options.description === false ? undefined : (options.description ?? DOCKER_DRIVER);
  switch (kind) {
    case "plain":
      return new PlainDisplay(description?.plain);
    case "rawjson":
      return new RawJsonDisplay(options.epoch);
    case "tty":
      return new TtyDisplay({
        width: options.width ?? 100,
        height: options.height ?? 1000,
        description: description?.tty,
        color: options.color ?? false,
      });
  }
}

/** Every print of a display, with its time: the frames of tty, the pieces of plain. */
export function progressPrints(
  events: readonly SolveStatus[],
  kind: ProgressKind,
  options: ProgressOptions = {},
): Print[] {
  return play(createDisplay(kind, options), events, options.end);
}

const ESCAPES = /\u001b\[[0-9;?]*[a-zA-Z]/g;
const CURSOR = /\u001b\[(\?25[lh]|\d*[ABG])/g;

/**
 * What is left on the screen when the build is over: all of plain and rawjson; the last frame of tty without cursor
 * movements, with its colours when asked for, and the output of failed steps after it.
 */
export function progressText(
  events: readonly SolveStatus[],
  kind: ProgressKind,
  options: ProgressOptions = {},
): string {
  const prints = progressPrints(events, kind, options);
  if (kind !== "tty") return prints.map((print) => print.text).join("");
  const last = prints.at(-1)?.text ?? "";
  const rows = last.replace(options.color ? CURSOR : ESCAPES, "");
  return rows.replace(/(?:^ +\n)+$/m, "");
}
