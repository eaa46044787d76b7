/** The rows of docker's tables: sizes, ages and ids in its words, printed by `--format`. */

import { humanDuration } from "../../report";
import type { CommandContext } from "../command";
import { DockerError, type EngineImage } from "../engine";
import { formatRows, templateRefusal } from "../table";

/** The flag `--format`. */
export const FORMAT = { format: { type: "string" } } as const;

/** Bytes of an image on disk. */
export function imageSize(image: EngineImage): number {
  return image.layers.reduce((sum, layer) => sum + layer.uncompressed, 0);
}

/** `2 minutes ago`. *now* and *then*: seconds since 1970. */
export function ago(now: number, then: number): string {
  return `${humanDuration(BigInt(Math.max(0, Math.round(now - then))) * 1_000_000_000n)} ago`;
}

/** `2026-11-24 12:00:00 +0000 UTC`. *at*: seconds since 1970. */
export function createdAt(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}

/** Prints rows or docker's words for a bad template. */
export function printRows(
  context: CommandContext,
  rows: readonly Record<string, unknown>[],
  columns: Parameters<typeof formatRows>[1],
  headings: Record<string, string>,
): number {
  try {
    context.io.out(formatRows(rows, columns, context.flags.values.get("format"), headings));
    return 0;
  } catch (error) {
    const refusal = templateRefusal(error);
    if (refusal === undefined) throw error;
    throw new DockerError(refusal, 64);
  }
}

/** The first twelve digits of an id or digest. */
export const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);
