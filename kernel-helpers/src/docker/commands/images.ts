/** `docker images`, `docker history`, `docker inspect`, `docker tag`, `docker rmi`, `docker pull`. */

import { humanDuration, humanSize } from "../../report";
import { diskSize } from "../../report/pictures/layer-table";
import type { CommandContext, DockerCommand } from "../command";
import { canonicalName, type Container, DockerError, type EngineImage, familiarName } from "../engine";
import { goJson, parseTemplate } from "../go-template";
import { formatRows, templateRefusal } from "../table";

const FORMAT = { format: { type: "string" } } as const;

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

const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

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

const IMAGE_FLAGS = {
  ...FORMAT,
  digests: { type: "boolean" },
  filter: { type: "list", short: "f" },
  quiet: { type: "boolean", short: "q" },
  "no-trunc": { type: "boolean" },
  all: { type: "boolean", short: "a", ignored: true },
} as const;

export const images: DockerCommand = {
  name: "images",
  usage: "images [OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  flags: IMAGE_FLAGS,
  arity: [0, 1],
  run: listImages,
};
export const imageLs: DockerCommand = {
  ...images,
  name: "image ls",
  usage: "image ls [OPTIONS] [REPOSITORY[:TAG]]",
};

/** docker history cuts at 45 columns: 44 characters and `…` (docker/cli formatter.Ellipsis). */
function ellipsis(text: string): string {
  const characters = [...text.replace(/\t/g, " ").replace(/\s+$/g, "")];
  return characters.length > 45 ? characters.slice(0, 44).join("") + "…" : characters.join("");
}

function history(context: CommandContext): number {
  const { engine, flags, words } = context;
  const image = engine.need(words[0] ?? "");
  const now = engine.lab.now();
  const whole = flags.booleans.get("no-trunc") ?? false;
  let layer = 0;
  const rows = image.history.map((entry) => {
    // The bytes of the files, as the layer table shows them: a layer without files has 0B.
    const own = entry.empty_layer === true ? undefined : image.layers[layer++];
    const size = own === undefined ? 0 : diskSize(own);
    const created = Date.parse(entry.created ?? "1970-01-01T00:00:00Z") / 1000;
    const text = (entry.created_by ?? "").replace(/\t/g, " ");
    return {
      ID: "<missing>",
      // docker leaves out times up to 2000-01-01.
      CreatedSince: created <= 946684800 ? "N/A" : ago(now, created),
      CreatedAt: entry.created ?? "",
      CreatedBy: whole ? text : ellipsis(text),
      Size: flags.values.get("human") === "false" ? String(size) : humanSize(size, 3),
      Comment: entry.comment ?? "",
    };
  });
  rows.reverse();
  if (rows[0]) rows[0].ID = whole ? image.id : short(image.id);
  if (flags.booleans.get("quiet")) {
    for (const row of rows) context.io.out(`${row.ID}\n`);
    return 0;
  }
  const columns = [
    { heading: "IMAGE", field: "ID" },
    { heading: "CREATED", field: "CreatedSince" },
    { heading: "CREATED BY", field: "CreatedBy" },
    { heading: "SIZE", field: "Size" },
    { heading: "COMMENT", field: "Comment" },
  ];
  return printRows(context, rows, columns, {
    ID: "IMAGE",
    CreatedSince: "CREATED",
    CreatedAt: "CREATED AT",
    CreatedBy: "CREATED BY",
    Size: "SIZE",
    Comment: "COMMENT",
  });
}

const HISTORY_FLAGS = {
  ...FORMAT,
  "no-trunc": { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  human: { type: "string", short: "H" },
} as const;
export const historyCommand: DockerCommand = {
  name: "history",
  usage: "history [OPTIONS] IMAGE",
  summary: "Show the history of an image",
  flags: HISTORY_FLAGS,
  arity: [1, 1],
  run: history,
};
export const imageHistory: DockerCommand = {
  ...historyCommand,
  name: "image history",
  usage: "image history [OPTIONS] IMAGE",
};

function inspectImage(context: CommandContext, image: EngineImage): Record<string, unknown> {
  const { engine } = context;
  return {
    Id: image.id,
    RepoTags: engine.namesOf(image.id),
    RepoDigests: [...new Set(engine.namesOf(image.id).map((name) => name.replace(/:[^:/]*$/, "")))].map(
      (name) => `${name}@${image.id}`,
    ),
    Comment: image.history.at(-1)?.comment ?? "",
    Created: new Date(image.created * 1000).toISOString().replace(".000Z", "Z"),
    Author: image.config["author"] ?? "",
    Config: image.config["config"] ?? {},
    Architecture: image.config["architecture"] ?? "amd64",
    Os: image.config["os"] ?? "linux",
    Size: imageSize(image),
    RootFS: { Type: "layers", Layers: image.layers.map((layer) => layer.diffId) },
    Metadata: { LastTagTime: new Date(engine.lab.now() * 1000).toISOString() },
  };
}

function inspectContainer(container: Container): Record<string, unknown> {
  return {
    Id: container.id,
    Created: new Date(container.created * 1000).toISOString(),
    Path: container.command[0] ?? "",
    Args: container.command.slice(1),
    State: {
      Status: container.status,
      Running: container.status === "running",
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 0,
      ExitCode: container.exitCode,
      Error: "",
    },
    Image: container.image.id,
    Name: `/${container.name}`,
    RestartCount: 0,
    Platform: "linux",
    HostConfig: { NetworkMode: "bridge", PortBindings: portBindings(container) },
    Mounts: [],
    Config: {
      ...(container.image.config["config"] as object),
      Cmd: container.command,
      Env: container.env,
      WorkingDir: container.workdir,
      User: container.user,
      Image: container.imageName,
      Labels: (container.image.config["config"] as { Labels?: object } | undefined)?.Labels ?? {},
    },
    NetworkSettings: {
      Ports: container.status === "running" ? portBindings(container) : {},
    },
  };
}

/** `8080:80` → `{"80/tcp": [{HostIp, HostPort}]}`. */
function portBindings({ ports }: Container): Record<string, { HostIp: string; HostPort: string }[]> {
  return Object.fromEntries(
    ports.map((port) => {
      const parts = port.split(":");
      const inner = parts.at(-1)!;
      const [HostIp, HostPort] = parts.length === 3 ? parts : ["", parts.length === 2 ? parts[0]! : ""];
      return [/\//.test(inner) ? inner : `${inner}/tcp`, [{ HostIp: HostIp!, HostPort: HostPort! }]];
    }),
  );
}

function inspect(context: CommandContext, kinds: readonly ("image" | "container")[]): number {
  const { engine, flags, words, io } = context;
  const found: Record<string, unknown>[] = [];
  const refused: string[] = [];
  for (const word of words) {
    const container = kinds.includes("container")
      ? engine.containers.find(
          (entry) => entry.name === word || (word.length >= 2 && entry.id.startsWith(word)),
        )
      : undefined;
    const image = kinds.includes("image") ? engine.find(word) : undefined;
    if (container) found.push(inspectContainer(container));
    else if (image) found.push(inspectImage(context, image));
    else {
      refused.push(
        kinds.length > 1
          ? `Error: No such object: ${word}\n`
          : `Error response from daemon: No such ${kinds[0] ?? "object"}: ${word}\n`,
      );
    }
  }
  const format = flags.values.get("format");
  // A template that cannot be read is told before anything else.
  const template = format === undefined || format === "json" ? undefined : templateOf(format);
  if (format === undefined) io.out(JSON.stringify(found, null, 4) + "\n");
  else if (format === "json") io.out(goJson(found) + "\n");
  else {
    let text = "";
    try {
      for (const entry of found) text += template!(entry) + "\n";
    } catch (error) {
      const refusal = templateRefusal(error);
      if (refusal === undefined) throw error;
      io.out(text + "\n");
      throw new DockerError(refusal);
    }
    io.out(found.length > 0 ? text : "\n");
  }
  refused.forEach((line) => io.err(line));
  return refused.length > 0 ? 1 : 0;
}

function templateOf(format: string): ReturnType<typeof parseTemplate> {
  try {
    return parseTemplate(format);
  } catch (error) {
    const refusal = templateRefusal(error);
    if (refusal === undefined) throw error;
    throw new DockerError(refusal, 64);
  }
}

const INSPECT_FLAGS = {
  format: { type: "string", short: "f" },
  type: { type: "string" },
  size: { type: "boolean", short: "s", ignored: true },
} as const;
export const inspectCommand: DockerCommand = {
  name: "inspect",
  usage: "inspect [OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Return low-level information on Docker objects",
  flags: INSPECT_FLAGS,
  arity: [1, Infinity],
  run: (context) =>
    inspect(
      context,
      context.flags.values.get("type") === "image"
        ? ["image"]
        : context.flags.values.get("type") === "container"
          ? ["container"]
          : ["container", "image"],
    ),
};
export const imageInspect: DockerCommand = {
  ...inspectCommand,
  name: "image inspect",
  usage: "image inspect [OPTIONS] IMAGE [IMAGE...]",
  run: (context) => inspect(context, ["image"]),
};
export const containerInspect: DockerCommand = {
  ...inspectCommand,
  name: "container inspect",
  usage: "container inspect [OPTIONS] CONTAINER [CONTAINER...]",
  run: (context) => inspect(context, ["container"]),
};

export const tag: DockerCommand = {
  name: "tag",
  usage: "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  flags: {},
  arity: [2, 2],
  async run({ engine, words }) {
    await engine.tag(engine.need(words[0] ?? ""), words[1] ?? "");
    return 0;
  },
};

export const rmi: DockerCommand = {
  name: "rmi",
  usage: "rmi [OPTIONS] IMAGE [IMAGE...]",
  summary: "Remove one or more images",
  flags: { force: { type: "boolean", short: "f" }, "no-prune": { type: "boolean", ignored: true } },
  arity: [1, Infinity],
  async run({ engine, words, flags, io }) {
    let status = 0;
    for (const word of words) {
      const image = engine.find(word);
      if (image === undefined) {
        io.err(
          `Error response from daemon: No such image: ${word.includes(":") ? word : word + ":latest"}\n`,
        );
        status = 1;
        continue;
      }
      const names = [...engine.tags].filter(([, id]) => id === image.id).map(([name]) => name);
      const byName = names.find(
        (name) =>
          engine.tags.get(name) === image.id && familiarName(name) === familiarName(safeCanonical(word)),
      );
      const user = engine.containers.find((container) => container.image.id === image.id);
      const removing = byName !== undefined && names.length > 1 ? [byName] : names;
      const isForced = flags.booleans.get("force") ?? false;
      if (byName === undefined && !isForced && (names.length > 1 || user !== undefined)) {
        // By its id an image goes with all its names at once.
        const why =
          user === undefined
            ? "(must be forced) - image is referenced in multiple repositories"
            : user.status === "running"
              ? `(cannot be forced) - image is being used by running container ${user.id.slice(0, 12)}`
              : `(must be forced) - image is being used by stopped container ${user.id.slice(0, 12)}`;
        io.err(`Error response from daemon: conflict: unable to delete ${short(image.id)} ${why}\n`);
        status = 1;
        continue;
      }
      if (removing.length === names.length && user !== undefined && !flags.booleans.get("force")) {
        io.err(
          `Error response from daemon: conflict: unable to remove repository reference "${word}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${short(image.id)}\n`,
        );
        status = 1;
        continue;
      }
      for (const name of removing) {
        await engine.untag(name);
        io.out(`Untagged: ${familiarName(name)}\n`);
      }
      if (removing.length === names.length) {
        await engine.forget(image);
        io.out(`Deleted: ${image.id}\n`);
      }
    }
    return status;
  },
};
export const imageRm: DockerCommand = {
  ...rmi,
  name: "image rm",
  usage: "image rm [OPTIONS] IMAGE [IMAGE...]",
};

function safeCanonical(word: string): string {
  try {
    return canonicalName(word);
  } catch {
    return word;
  }
}

/** Why a pull finds less than the real one. */
export const NO_NETWORK =
  "여기서는 네트워크를 쓰지 않으므로 카탈로그와 가져온 이미지만 있습니다. 실제 레지스트리에서는 터미널에서 layerbook pull로 받으세요.";

export const pull: DockerCommand = {
  name: "pull",
  usage: "pull [OPTIONS] NAME[:TAG|@DIGEST]",
  summary: "Download an image from a registry",
  flags: { quiet: { type: "boolean", short: "q" }, platform: { type: "string", ignored: true } },
  arity: [1, 1],
  run({ engine, words, flags, io }) {
    const name = words[0] ?? "";
    const canonical = canonicalName(name);
    const image = engine.pull(name);
    if (image === undefined) {
      throw new DockerError(
        `Error response from daemon: pull access denied for ${familiarName(canonical).replace(/:[^:/]*$/, "")}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied\n  ${NO_NETWORK}`,
      );
    }
    if (!flags.booleans.get("quiet")) io.out(pullLines(canonical, image));
    io.out(`${canonical}\n`);
    return 0;
  },
};

/** What a pull prints: one line a layer, the digest, the status. */
export function pullLines(canonical: string, image: EngineImage): string {
  const name = familiarName(canonical);
  const at = name.lastIndexOf(":");
  const layers = image.layers.map((layer) => `${short(layer.digest)}: Pull complete\n`).join("");
  return `${name.slice(at + 1)}: Pulling from ${canonical.replace(/^docker\.io\//, "").replace(/:[^:]*$/, "")}\n${layers}Digest: ${image.id}\nStatus: Downloaded newer image for ${name}\n`;
}
