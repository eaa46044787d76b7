/** `docker images`, `docker image ls`: the images as a table. */

import { humanSize } from "../../report";
import type { CommandContext, DockerCommand } from "../command";
import { DockerError, type EngineImage } from "../engine";
import { FORMAT, imageSize, ago, createdAt, printRows, short } from "./rows";

/** `docker images`. */
function listImages(context: CommandContext): number {
  const { engine, flags, words } = context;
  const filter = words[0];
  const filters = (flags.lists.get("filter") ?? []).map((filter) => filterOf(filter, context));
  const now = engine.lab.now();
  const rows: Record<string, unknown>[] = [];
  for (const image of [...engine.images.values()].reverse()) {
    const names = engine.namesOf(image.id);
    const id = flags.booleans.get("no-trunc") ? image.id : short(image.id);
    const shared = {
      ID: id,
      CreatedAt: createdAt(image.created),
      Containers: String(engine.containers.filter((container) => container.image.id === image.id).length),
      SharedSize: "N/A",
      UniqueSize: "N/A",
      CreatedSince: ago(now, image.created),
      Size: humanSize(imageSize(image), 3),
      Digest: image.id,
    };
    if (!filters.every((filter) => filter(image, names))) continue;
    if (names.length === 0 && filter === undefined)
      rows.push({ Repository: "<none>", Tag: "<none>", ...shared });
    for (const name of names) {
      const at = name.lastIndexOf(":");
      const [repository, tag] = [name.slice(0, at), name.slice(at + 1)];
      if (filter !== undefined && !isNamed(filter, name)) continue;
      rows.push({ Repository: repository, Tag: tag, ...shared });
    }
  }
  if (flags.booleans.get("quiet")) {
    for (const row of rows) context.io.out(`${String(row["ID"])}\n`);
    return 0;
  }
  const columns = [
    { heading: "REPOSITORY", field: "Repository" },
    { heading: "TAG", field: "Tag" },
    ...(flags.booleans.get("digests") ? [{ heading: "DIGEST", field: "Digest" }] : []),
    { heading: "IMAGE ID", field: "ID" },
    { heading: "CREATED", field: "CreatedSince" },
    { heading: "SIZE", field: "Size" },
  ];
  return printRows(context, rows, columns, {
    Repository: "REPOSITORY",
    Tag: "TAG",
    ID: "IMAGE ID",
    CreatedSince: "CREATED",
    CreatedAt: "CREATED AT",
    Size: "SIZE",
    Digest: "DIGEST",
  });
}

/** Whether an image with *names* is shown. */
type ImageFilter = (image: EngineImage, names: readonly string[]) => boolean;

/** Does *pattern* (`memo`, `memo:1`, `me*:v?`) mean *name*? Go's path.Match: `*` stops at slashes. */
function isNamed(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^/]*")
    .replace(/\?/g, "[^/]");
  const whole = new RegExp(`^${source}$`);
  return whole.test(name) || whole.test(name.replace(/:[^:/]*$/, ""));
}

/** `dangling=true`, `reference=memo:*`, `label=a=b`, `before=memo`, `since=memo`. Throws docker's refusal. */
function filterOf(filter: string, { engine }: CommandContext): ImageFilter {
  const [key = "", value = ""] = filter.split(/=(.*)/s);
  switch (key) {
    case "dangling": {
      const wanted = ["1", "true", "True", "TRUE"].includes(value);
      return (_image, names) => (names.length === 0) === wanted;
    }
    case "reference":
      return (_image, names) => names.some((name) => isNamed(value, name));
    case "label": {
      const [name = "", wanted] = value.split(/=(.*)/s);
      return ({ config }) => {
        const labels = (config["config"] as { Labels?: Record<string, string> } | undefined)?.Labels ?? {};
        return Object.hasOwn(labels, name) && (wanted === undefined || labels[name] === wanted);
      };
    }
    case "before":
    case "since": {
      const { created } = engine.need(value);
      return (image) => (key === "before" ? image.created < created : image.created > created);
    }
    default:
      throw new DockerError(
        `Error response from daemon: invalid filter '${key}'\n  여기서는 dangling, reference, label, before, since로 거릅니다.`,
      );
  }
}

/** Flags of `docker images`. */
const IMAGE_FLAGS = {
  ...FORMAT,
  digests: { type: "boolean" },
  filter: { type: "list", short: "f" },
  quiet: { type: "boolean", short: "q" },
  "no-trunc": { type: "boolean" },
  all: { type: "boolean", short: "a", ignored: true },
} as const;

/** `docker images`. */
export const images: DockerCommand = {
  name: "images",
  usage: "images [OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  flags: IMAGE_FLAGS,
  arity: [0, 1],
  run: listImages,
};

/** `docker image ls`. */
export const imageLs: DockerCommand = {
  ...images,
  name: "image ls",
  usage: "image ls [OPTIONS] [REPOSITORY[:TAG]]",
};
