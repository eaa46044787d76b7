/** `docker builder prune`, `docker buildx du`, `docker system df`, `docker image prune`, `docker container prune`. */

import { humanSize } from "../../report";
import type { DockerCommand } from "../command";
import { DockerError, type DockerEngine } from "../engine";
import { alignTabs } from "../table";
import { diffLayers } from "../../filesystem";
import { imageSize } from "./images";

const PRUNE_FLAGS = {
  all: { type: "boolean", short: "a" },
  force: { type: "boolean", short: "f" },
  filter: { type: "list", ignored: true },
  "max-used-space": { type: "string", ignored: true },
  "reserved-space": { type: "string", ignored: true },
} as const;

/** docker asks before it prunes; a cell has nobody to answer, so it says how to go on. */
function confirmed(forced: boolean, what: string): void {
  if (!forced)
    throw new DockerError(
      `WARNING! This will remove ${what}.\nAre you sure you want to continue? [y/N] \n  되물을 곳이 없습니다. 정말 지우려면 -f를 붙이세요.`,
    );
}

const cacheBytes = (engine: DockerEngine): number =>
  engine.lab.cacheRecords().reduce((sum, record) => sum + record.bytes, 0);

export const builderPrune: DockerCommand = {
  name: "builder prune",
  usage: "builder prune",
  summary: "Remove build cache",
  flags: PRUNE_FLAGS,
  arity: [0, 0],
  async run({ engine, io, flags }) {
    confirmed(
      flags.booleans.get("force") ?? false,
      flags.booleans.get("all") ? "all build cache" : "all dangling build cache",
    );
    const bytes = cacheBytes(engine);
    await engine.lab.prune();
    io.out(`Total:\t${humanSize(bytes, 4)}\n`);
    return 0;
  },
};
export const buildxPrune: DockerCommand = { ...builderPrune, name: "buildx prune", usage: "buildx prune" };

export const buildxDu: DockerCommand = {
  name: "buildx du",
  usage: "buildx du [OPTIONS] [NAME]",
  summary: "Disk usage",
  flags: { verbose: { type: "boolean", ignored: true } },
  arity: [0, 0],
  run({ engine, io }) {
    const records = engine.lab.cacheRecords();
    io.out(
      alignTabs([
        "ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED",
        ...records.map((record) => `${record.id}\ttrue\t${humanSize(record.bytes, 4)}\t`),
      ]),
    );
    const total = records.reduce((sum, record) => sum + record.bytes, 0);
    io.out(`Reclaimable:\t${humanSize(total, 4)}\nTotal:\t\t${humanSize(total, 4)}\n`);
    return 0;
  },
};

/** `12.3MB (40%)`; without a share where there is nothing to share. */
function reclaimable(bytes: number, total: number): string {
  return total > 0 ? `${humanSize(bytes, 4)} (${Math.floor((bytes * 100) / total)}%)` : humanSize(bytes, 4);
}

export const systemDf: DockerCommand = {
  name: "system df",
  usage: "system df [OPTIONS]",
  summary: "Show docker disk usage",
  flags: { verbose: { type: "boolean", short: "v", ignored: true } },
  arity: [0, 0],
  run({ engine, io }) {
    const images = [...engine.images.values()];
    const used = new Set(engine.containers.map((container) => container.image.id));
    // A layer is stored once, however many images use it.
    const layers = new Map(
      images.flatMap((image) => image.layers.map((layer) => [layer.diffId, layer.uncompressed] as const)),
    );
    const total = [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
    // What a container's image has for itself is in use; layers that it shares count as reclaimable, as docker reckons.
    const users = new Map<string, number>();
    for (const image of images)
      for (const { diffId } of image.layers) users.set(diffId, (users.get(diffId) ?? 0) + 1);
    const inUse = images
      .filter((image) => used.has(image.id))
      .flatMap((image) => image.layers)
      .reduce((sum, { diffId, uncompressed }) => sum + (users.get(diffId) === 1 ? uncompressed : 0), 0);
    const writable = engine.containers.map((container) => ({
      isRunning: container.status === "running",
      bytes: diffLayers(container.base, container.fs).reduce((sum, entry) => sum + entry.size, 0),
    }));
    const containers = writable.reduce((sum, { bytes }) => sum + bytes, 0);
    const stopped = writable.reduce((sum, { bytes, isRunning }) => sum + (isRunning ? 0 : bytes), 0);
    const cache = cacheBytes(engine);
    const running = engine.containers.filter((container) => container.status === "running").length;
    io.out(
      alignTabs([
        "TYPE\tTOTAL\tACTIVE\tSIZE\tRECLAIMABLE",
        `Images\t${images.length}\t${used.size}\t${humanSize(total, 4)}\t${reclaimable(total - inUse, total)}`,
        `Containers\t${engine.containers.length}\t${running}\t${humanSize(containers, 4)}\t${reclaimable(stopped, containers)}`,
        "Local Volumes\t0\t0\t0B\t0B",
        `Build Cache\t${engine.lab.cacheRecords().length}\t0\t${humanSize(cache, 4)}\t${humanSize(cache, 4)}`,
      ]),
    );
    return 0;
  },
};

export const imagePrune: DockerCommand = {
  name: "image prune",
  usage: "image prune [OPTIONS]",
  summary: "Remove unused images",
  flags: PRUNE_FLAGS,
  arity: [0, 0],
  async run({ engine, io, flags }) {
    confirmed(flags.booleans.get("force") ?? false, "all dangling images");
    const used = new Set(engine.containers.map((container) => container.image.id));
    let bytes = 0;
    for (const image of [...engine.images.values()]) {
      if (used.has(image.id) || (engine.namesOf(image.id).length > 0 && !flags.booleans.get("all"))) continue;
      for (const [name, id] of [...engine.tags]) if (id === image.id) await engine.untag(name);
      await engine.forget(image);
      io.out(`deleted: ${image.id}\n`);
      bytes += imageSize(image);
    }
    io.out(`\nTotal reclaimed space: ${humanSize(bytes, 4)}\n`);
    return 0;
  },
};

export const containerPrune: DockerCommand = {
  name: "container prune",
  usage: "container prune [OPTIONS]",
  summary: "Remove all stopped containers",
  flags: PRUNE_FLAGS,
  arity: [0, 0],
  run({ engine, io, flags }) {
    confirmed(flags.booleans.get("force") ?? false, "all stopped containers");
    const stopped = engine.containers.filter((container) => container.status !== "running");
    if (stopped.length > 0)
      io.out(`Deleted Containers:\n${stopped.map((container) => container.id + "\n").join("")}\n`);
    engine.containers.splice(
      0,
      engine.containers.length,
      ...engine.containers.filter((container) => container.status === "running"),
    );
    io.out("Total reclaimed space: 0B\n");
    return 0;
  },
};
