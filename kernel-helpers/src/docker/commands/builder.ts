/** `docker builder prune`, `docker buildx du`, `docker system df`, `docker image prune`, `docker container prune`. */

import { humanSize } from "../../report";
import type { DockerCommand } from "../command";
import { type Container, DockerError, type DockerEngine, type EngineImage, familiarName } from "../engine";
import { alignTabs } from "../table";
import { writableBytes } from "./diff";
import { ago, imageSize } from "./rows";

const PRUNE_FLAGS = {
  all: { type: "boolean", short: "a" },
  force: { type: "boolean", short: "f" },
  filter: { type: "list" },
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

/** `24h`, `1h30m`, `2024-01-01T00:00:00`, seconds since 1970: the time (seconds) before which something was made. */
function untilOf(value: string, now: number): number {
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value);
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)];
  if (parts.length > 0 && parts.map(([whole]) => whole).join("") === value)
    return (
      now -
      parts.reduce((sum, [, size, unit]) => sum + Number(size) * { h: 3600, m: 60, s: 1 }[unit as "h"], 0)
    );
  const at = Date.parse(/T/.test(value) && !/(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? `${value}Z` : value);
  if (Number.isNaN(at))
    throw new DockerError(
      `Error response from daemon: failed to parse value as time or duration: "${value}"`,
    );
  return at / 1000;
}

/** `until=…` and `label=…` of the prune commands; *known*: those that this one has. Throws docker's refusal. */
function pruneFilters(
  given: readonly string[],
  known: readonly string[],
  now: number,
): (one: { readonly created: number; readonly labels: Readonly<Record<string, string>> }) => boolean {
  const tests = given.map((filter) => {
    const [key = "", value = ""] = filter.split(/=(.*)/s);
    if (!known.includes(key))
      throw new DockerError(
        `Error response from daemon: invalid filter '${key}'\n  여기서는 ${known.join(", ")}로 거릅니다.`,
      );
    if (key === "until") {
      const until = untilOf(value, now);
      return ({ created }: { created: number }) => created <= until;
    }
    const [name = "", wanted] = value.split(/=(.*)/s);
    const isThere = ({ labels }: { labels: Readonly<Record<string, string>> }): boolean =>
      Object.hasOwn(labels, name) && (wanted === undefined || labels[name] === wanted);
    return (one: { created: number; labels: Readonly<Record<string, string>> }) =>
      isThere(one) === (key === "label");
  });
  return (one) => tests.every((test) => test(one));
}

const labelsOf = (image: EngineImage): Readonly<Record<string, string>> =>
  (image.config["config"] as { Labels?: Record<string, string> } | undefined)?.Labels ?? {};

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
    const filters = flags.lists.get("filter") ?? [];
    if (filters.length > 0)
      throw new DockerError(
        `docker: builder prune --filter is not simulated\n  빌드 캐시는 통째로만 비웁니다: ${filters.join(", ")}을(를) 빼고 실행하세요.`,
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
  flags: { verbose: { type: "boolean", short: "v" } },
  arity: [0, 0],
  run({ engine, io, flags }) {
    if (flags.booleans.get("verbose")) {
      io.out(verboseUsage(engine));
      return 0;
    }
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
      bytes: writableBytes(container),
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

/** `docker system df -v`: every image, container and cache record. */
function verboseUsage(engine: DockerEngine): string {
  const now = engine.lab.now();
  const images = [...engine.images.values()];
  const users = new Map<string, number>();
  for (const image of images)
    for (const { diffId } of image.layers) users.set(diffId, (users.get(diffId) ?? 0) + 1);
  const size = (bytes: number): string => humanSize(bytes, 4);
  const imageLines = images.reverse().flatMap((image) => {
    const unique = image.layers.reduce(
      (sum, { diffId, uncompressed }) => sum + (users.get(diffId) === 1 ? uncompressed : 0),
      0,
    );
    const containers = engine.containers.filter((container) => container.image.id === image.id).length;
    const names = engine.namesOf(image.id);
    return (names.length > 0 ? names : ["<none>:<none>"]).map((name) => {
      const at = name.lastIndexOf(":");
      const whole = imageSize(image);
      return [
        name.slice(0, at),
        name.slice(at + 1),
        image.id.slice(7, 19),
        ago(now, image.created),
        size(whole),
        size(whole - unique),
        size(unique),
        String(containers),
      ].join("\t");
    });
  });
  const containerLines = [...engine.containers].reverse().map((container: Container) => {
    const since = ago(now, container.created);
    const command = `"${container.command.join(" ")}"`;
    return [
      container.id.slice(0, 12),
      container.imageName,
      command.length <= 20 ? command : `${command.slice(0, 19)}…"`,
      "0",
      humanSize(writableBytes(container), 3),
      since,
      container.status === "running"
        ? `Up ${since.replace(/ ago$/, "")}`
        : container.status === "created"
          ? "Created"
          : `Exited (${container.exitCode}) ${since}`,
      container.name,
    ].join("\t");
  });
  const records = engine.lab.cacheRecords();
  const recordLines = records.map(({ id, bytes, createdAt, description }) =>
    [
      id.slice(-12),
      description === "pulled image" ? "source.image" : "regular",
      size(bytes),
      ago(now, createdAt),
      ago(now, createdAt),
      "1",
      "false",
    ].join("\t"),
  );
  return [
    `Images space usage:\n\n${alignTabs(["REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\tSHARED SIZE\tUNIQUE SIZE\tCONTAINERS", ...imageLines])}`,
    `Containers space usage:\n\n${alignTabs(["CONTAINER ID\tIMAGE\tCOMMAND\tLOCAL VOLUMES\tSIZE\tCREATED\tSTATUS\tNAMES", ...containerLines])}`,
    `Local Volumes space usage:\n\n${alignTabs(["VOLUME NAME\tLINKS\tSIZE"])}`,
    `Build cache usage: ${size(cacheBytes(engine))}\n\n${alignTabs(["CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED", ...recordLines])}`,
  ].join("\n");
}

export const imagePrune: DockerCommand = {
  name: "image prune",
  usage: "image prune [OPTIONS]",
  summary: "Remove unused images",
  flags: PRUNE_FLAGS,
  arity: [0, 0],
  async run({ engine, io, flags }) {
    confirmed(
      flags.booleans.get("force") ?? false,
      flags.booleans.get("all")
        ? "all images without at least one container associated to them"
        : "all dangling images",
    );
    const isMeant = pruneFilters(
      (flags.lists.get("filter") ?? []).filter((filter) => !/^dangling=/.test(filter)),
      ["until", "label", "label!"],
      engine.lab.now(),
    );
    const all = flags.booleans.get("all") ?? (flags.lists.get("filter") ?? []).includes("dangling=false");
    const used = new Set(engine.containers.map((container) => container.image.id));
    let bytes = 0;
    let isFirst = true;
    for (const image of [...engine.images.values()]) {
      if (!isMeant({ created: image.created, labels: labelsOf(image) })) continue;
      if (used.has(image.id) || (engine.namesOf(image.id).length > 0 && !all)) continue;
      if (isFirst) io.out("Deleted Images:\n");
      isFirst = false;
      for (const [name, id] of [...engine.tags]) {
        if (id !== image.id) continue;
        await engine.untag(name);
        io.out(`untagged: ${familiarName(name)}\n`);
      }
      await engine.forget(image);
      io.out(`deleted: ${image.id}\n`);
      bytes += imageSize(image);
    }
    io.out(`${isFirst ? "" : "\n"}Total reclaimed space: ${humanSize(bytes, 4)}\n`);
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
    const isMeant = pruneFilters(
      flags.lists.get("filter") ?? [],
      ["until", "label", "label!"],
      engine.lab.now(),
    );
    const stopped = engine.containers.filter(
      (one) => one.status !== "running" && isMeant({ created: one.created, labels: labelsOf(one.image) }),
    );
    if (stopped.length > 0)
      io.out(`Deleted Containers:\n${stopped.map((container) => container.id + "\n").join("")}\n`);
    for (const one of stopped) engine.containers.splice(engine.containers.indexOf(one), 1);
    const bytes = stopped.reduce((sum, one) => sum + writableBytes(one), 0);
    io.out(`Total reclaimed space: ${humanSize(bytes, 4)}\n`);
    return 0;
  },
};
