/** The last builds of a directory, kept beside the cache so that `layerbook why` can explain them. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { BuildRecord } from "../build/types";

/** So many builds of one directory are kept. */
const KEPT = 6;

/** A build without file lists, printed lines and the course of events. Secrets and options are not kept. */
export type KeptBuild = Omit<BuildRecord, "events" | "images">;

/** A file per build in a folder of the directory: to add one nothing has to be read. */
function folderOf(cache: string, directory: string): string {
  return join(cache, "last-builds", createHash("sha256").update(directory).digest("hex"));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch {
    return [];
  }
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
  const folder = folderOf(cache, directory);
  try {
    mkdirSync(folder, { recursive: true });
    const old = filesIn(folder);
    const number = Number(old.at(-1)?.split("-")[0] ?? 0) + 1;
    const place = join(folder, `${String(number).padStart(9, "0")}-${process.pid}.json`);
    writeFileSync(`${place}.new`, JSON.stringify(kept));
    renameSync(`${place}.new`, place);
    for (const name of old.slice(0, Math.max(0, old.length + 1 - KEPT))) rmSync(join(folder, name));
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined) throw error;
  }
}

/** The builds kept of *directory*, oldest first. Damaged ones are left out. */
export function lastBuilds(cache: string, directory: string): KeptBuild[] {
  const folder = folderOf(cache, directory);
  return filesIn(folder)
    .slice(-KEPT)
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), "utf8")) as KeptBuild];
      } catch {
        return [];
      }
    });
}
