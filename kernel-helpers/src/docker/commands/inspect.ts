/** `docker inspect`: images and containers as JSON. */

import type { CommandContext, DockerCommand } from "../command";
import { type Container, DockerError, type EngineImage } from "../engine";
import { goJson, parseTemplate } from "../go-template";
import { templateRefusal } from "../table";
import { imageSize } from "./rows";

/** What `docker inspect` shows of an image. */
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

/** What `docker inspect` shows of a container. */
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

/** The published ports as `docker inspect` nests them. */
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

/** Shows what is found of *kinds* as JSON or by a template; answers the exit code. */
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

/** The template of `--format`. Throws docker's refusal. */
function templateOf(format: string): ReturnType<typeof parseTemplate> {
  try {
    return parseTemplate(format);
  } catch (error) {
    const refusal = templateRefusal(error);
    if (refusal === undefined) throw error;
    throw new DockerError(refusal, 64);
  }
}

/** Flags of `docker inspect`. */
const INSPECT_FLAGS = {
  format: { type: "string", short: "f" },
  type: { type: "string" },
  size: { type: "boolean", short: "s", ignored: true },
} as const;

/** `docker inspect`. */
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

/** `docker image inspect`. */
export const imageInspect: DockerCommand = {
  ...inspectCommand,
  name: "image inspect",
  usage: "image inspect [OPTIONS] IMAGE [IMAGE...]",
  run: (context) => inspect(context, ["image"]),
};

/** `docker container inspect`. */
export const containerInspect: DockerCommand = {
  ...inspectCommand,
  name: "container inspect",
  usage: "container inspect [OPTIONS] CONTAINER [CONTAINER...]",
  run: (context) => inspect(context, ["container"]),
};
