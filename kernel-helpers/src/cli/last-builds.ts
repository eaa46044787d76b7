/** The last builds of a directory, kept beside the cache so that `layerbook why` can explain them. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { BuildRecord } from "../build/types";

/** So many builds of one directory are kept. */
const KEPT = 6;

/** A build without file lists, printed lines and the course of events. Secrets and options are not kept. */
export type KeptBuild = Omit<BuildRecord, "events" | "images">;

function placeOf(cache: string, directory: string): string {
  return join(cache, "last-builds", createHash("sha256").update(directory).digest("hex") + ".json");
}

/** Adds a build of *directory*. A cache that cannot be written to is no reason to fail. */
export function keepBuild(cache: string, directory: string, record: BuildRecord): void {
  const { events: _events, images: _images, options: _options, image, ...rest } = record;
  const kept: KeptBuild = {
    ...rest,
    options: {},
    steps: record.steps.map((step) => ({ ...step, output: [] })),
    ...(image && {
      image: {
        ...image,
        layers: image.layers.map(({ diffId, digest, size, uncompressed, fromBase }) => ({
          diffId,
          digest,
          size,
          uncompressed,
          fromBase,
        })),
      },
    }),
  };
  const place = placeOf(cache, directory);
  try {
    mkdirSync(join(cache, "last-builds"), { recursive: true });
    const temporary = `${place}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify([...lastBuilds(cache, directory), kept].slice(-KEPT)));
    renameSync(temporary, place);
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined) throw error;
  }
}

/** The builds kept of *directory*, oldest first. Empty when there are none or the file is damaged. */
export function lastBuilds(cache: string, directory: string): KeptBuild[] {
  try {
    const builds = JSON.parse(readFileSync(placeOf(cache, directory), "utf8")) as unknown;
    return Array.isArray(builds) ? (builds as KeptBuild[]) : [];
  } catch {
    return [];
  }
}
