/** `docker run`, `ps`, `logs`, `diff`, `commit`, `cp`, `exec`, `rm`: containers over closed images. */

import { diffLayers, WHITEOUT_PREFIX } from "../../filesystem";
import { runCommand } from "../../run";
import type { CommandContext, DockerCommand } from "../command";
import { canonicalName, type Container, DockerError, type EngineImage } from "../engine";
import { humanSize } from "../../report";
import { ago, createdAt, imageSize, printRows, pullLines } from "./images";

const RUN_FLAGS = {
  detach: { type: "boolean", short: "d" },
  entrypoint: { type: "string" },
  env: { type: "list", short: "e" },
  expose: { type: "list", ignored: true },
  hostname: { type: "string", short: "h" },
  interactive: { type: "boolean", short: "i" },
  label: { type: "list", short: "l", ignored: true },
  memory: { type: "string", short: "m", ignored: true },
  name: { type: "string" },
  network: { type: "string" },
  platform: { type: "string", ignored: true },
  publish: { type: "list", short: "p" },
  "publish-all": { type: "boolean", short: "P", ignored: true },
  pull: { type: "string", ignored: true },
  "read-only": { type: "boolean" },
  restart: { type: "string", ignored: true },
  rm: { type: "boolean" },
  tty: { type: "boolean", short: "t" },
  user: { type: "string", short: "u" },
  volume: { type: "list", short: "v" },
  mount: { type: "list" },
  workdir: { type: "string", short: "w" },
} as const;

interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
}

function configOf(image: EngineImage): ImageConfig {
  return image.config["config"] ?? {};
}

/** docker refuses a terminal where there is none; a cell never is one. */
function refuseTerminal({ flags, io }: CommandContext): void {
  const { booleans } = flags;
  if (!booleans.get("tty") || !booleans.get("interactive") || booleans.get("detach")) return;
  io.err(
    "  여기서는 -it로 컨테이너 안에 들어갈 수 없습니다. -it를 빼고 실행할 명령을 적으세요: docker run --rm IMAGE ls, docker exec NAME cat FILE\n",
  );
  throw new DockerError("cannot attach stdin to a TTY-enabled container because stdin is not a terminal");
}

async function run(context: CommandContext, start: boolean): Promise<number> {
  const { engine, io, flags, words } = context;
  if (start) refuseTerminal(context);
  const [name = "", ...args] = words;
  const image = engine.find(name) ?? pullFor(context, name);
  for (const flag of ["volume", "mount"] as const) {
    if ((flags.lists.get(flag) ?? []).length > 0) {
      throw new DockerError(
        `docker: --${flag} is not simulated\n  \`--${flag}\`은 여기서 흉내 내지 않습니다. 파일은 \`docker cp\`로 옮기거나 이미지에 담으세요.`,
        125,
      );
    }
  }
  const config = configOf(image);
  const entrypoint = flags.values.get("entrypoint");
  const head = entrypoint === undefined ? (config.Entrypoint ?? []) : entrypoint === "" ? [] : [entrypoint];
  const tail = args.length > 0 ? args : entrypoint === undefined ? (config.Cmd ?? []) : [];
  const command = [...head, ...tail];
  if (command.length === 0) {
    throw new DockerError(
      "docker: Error response from daemon: no command specified\n\nRun 'docker run --help' for more information",
      125,
    );
  }
  const root = await image.root();
  const { id, name: containerName, number } = engine.identify(flags.values.get("name"));
  const env = mergeEnv(config.Env ?? [], flags.lists.get("env") ?? [], (variable) => io.env(variable));
  const container: Container = {
    id,
    number,
    name: containerName,
    image,
    imageName: name,
    command,
    env: [...env, `HOSTNAME=${flags.values.get("hostname") ?? id.slice(0, 12)}`],
    workdir:
      flags.values.get("workdir") ??
      (config.WorkingDir === undefined || config.WorkingDir === "" ? "/" : config.WorkingDir),
    user: flags.values.get("user") ?? config.User ?? "",
    ports: flags.lists.get("publish") ?? [],
    created: engine.lab.now(),
    base: root,
    fs: root,
    status: "created",
    exitCode: 0,
    logs: [],
  };
  engine.containers.push(container);
  if (!start) {
    io.out(`${id}\n`);
    return 0;
  }
  const detached = flags.booleans.get("detach") ?? false;
  const status = await execute(context, container, command, {
    keepRunning: true,
    show: !detached,
    network: flags.values.get("network"),
  });
  if (detached) io.out(`${id}\n`);
  if (flags.booleans.get("rm") && container.status !== "running")
    engine.containers.splice(engine.containers.indexOf(container), 1);
  return detached && container.status === "running" ? 0 : status;
}

function pullFor({ engine, io }: CommandContext, name: string): EngineImage {
  const canonical = canonicalName(name);
  io.err(`Unable to find image '${canonical.replace(/^docker\.io\/(library\/)?/, "")}' locally\n`);
  const image = engine.pull(name);
  if (image === undefined) {
    throw new DockerError(
      `docker: Error response from daemon: pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied\n\nRun 'docker run --help' for more information`,
      125,
    );
  }
  io.err(pullLines(canonical, image));
  return image;
}

function mergeEnv(
  base: readonly string[],
  added: readonly string[],
  lookup: (name: string) => string | undefined,
): string[] {
  const merged = new Map(base.map((entry) => [entry.slice(0, entry.indexOf("=")), entry]));
  for (const entry of added) {
    const at = entry.indexOf("=");
    const name = at < 0 ? entry : entry.slice(0, at);
    const value = at < 0 ? lookup(entry) : entry.slice(at + 1);
    if (value !== undefined) merged.set(name, `${name}=${value}`);
  }
  return [...merged.values()];
}

/** `sleep`, `tail -f`: programs that only keep a container running; nothing here waits for them to end. */
function waits(command: readonly string[]): boolean {
  const [program = "", ...rest] = command;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (/^(?:sh|ash|bash)$/.test(name) && rest[0] === "-c" && rest.length === 2)
    return waits((rest[1] ?? "").replace(/^exec\s+/, "").split(/\s+/)) && !/[;&|<>$`]/.test(rest[1] ?? "");
  return (
    (name === "sleep" &&
      rest.length > 0 &&
      rest.every((word) => /^(?:[\d.]+[smhd]?|infinity|inf)$/.test(word))) ||
    (name === "tail" && rest.some((word) => /^(?:-\w*[fF]|--follow)/.test(word)))
  );
}

/** Programs that serve until they are stopped: what they print first, and then they run on. */
function serverOf(container: Container, command: readonly string[]): string | undefined {
  if (waits(command)) return "";
  const program = command.findLast(
    (word) => !word.startsWith("-") && /(^|\/)(node|nginx|python3?|flask|gunicorn|uvicorn)$/.test(word),
  );
  if (program === undefined) return undefined;
  const script = command[command.indexOf(program) + 1];
  if (/node$|python3?$/.test(program) && (script === undefined || script.startsWith("-"))) return undefined;
  const ports = Object.keys(configOf(container.image).ExposedPorts ?? {}).sort();
  return `(흉내) ${[program, script ?? ""].join(" ").trim()} 시작: ${ports.length > 0 ? `포트 ${ports.join(", ")}에서 기다립니다` : "기다립니다"}\n`;
}

/** The file that an interpreter is told to run must be in the image. */
function missingScript(container: Container, command: readonly string[]): string | undefined {
  const at = command.findIndex((word) => /(^|\/)node$/.test(word));
  const script = at < 0 ? undefined : command[at + 1];
  if (script === undefined || script.startsWith("-")) return undefined;
  const path = script.startsWith("/") ? script : `${container.workdir.replace(/\/$/, "")}/${script}`;
  const found = [path, `${path}.js`, `${path}/index.js`].some(
    (candidate) => container.fs.stat(candidate) !== undefined,
  );
  return found ? undefined : `Error: Cannot find module '${path}'\n    code: 'MODULE_NOT_FOUND',\n`;
}

/** Runs *command* in a container; answers its exit code. *exec*: beside its first process, whose end it does not touch. */
export async function execute(
  context: CommandContext,
  container: Container,
  command: readonly string[],
  options: { readonly keepRunning: boolean; readonly show: boolean; readonly network?: string | undefined },
): Promise<number> {
  const { engine, io } = context;
  const print = (stream: 1 | 2, data: string): void => {
    container.logs = [...container.logs, { stream, data }];
    if (options.show) (stream === 1 ? io.out : io.err).call(io, data);
  };
  const missing = missingScript(container, command);
  if (missing !== undefined) {
    print(2, missing);
    container.status = "exited";
    return (container.exitCode = 1);
  }
  // In the foreground a sleep is slept through at once: there is nobody to wait for it.
  const server =
    options.keepRunning && (!options.show || !waits(command)) ? serverOf(container, command) : undefined;
  if (server !== undefined) {
    if (server !== "") print(1, server);
    container.status = "running";
    return 0;
  }
  const fs = container.fs.fork(engine.lab.now());
  const result = await runCommand({
    args: command,
    env: container.env,
    cwd: container.workdir,
    user: container.user,
    fs,
    hostname: container.id.slice(0, 12),
    network: options.network === "none" ? "none" : "default",
    now: engine.lab.now(),
    stdin: io.stdin,
    ...(io.signal ? { signal: io.signal } : {}),
    onOutput: (stream, data) => print(stream, data),
  });
  container.fs = fs.snapshot();
  if (options.keepRunning) container.status = "exited";
  if (result.startError !== undefined && result.exitCode !== 137) {
    const words = result.startError.replace(/^runc run failed: /, "");
    const status = /not found|no such file/.test(words) ? 127 : 126;
    if (!options.keepRunning) {
      io.err(`OCI runtime exec failed: exec failed: ${words}\n`);
      return status;
    }
    container.exitCode = status;
    container.status = "created";
    io.err(
      `docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: ${words}\n\nRun 'docker run --help' for more information\n`,
    );
    return status;
  }
  if (result.startError !== undefined) print(2, `${result.startError}\n`);
  return (container.exitCode = result.exitCode);
}

export const runContainer: DockerCommand = {
  name: "run",
  usage: "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create and run a new container from an image",
  flags: RUN_FLAGS,
  arity: [1, Infinity],
  stopAtArgument: true,
  run: (context) => run(context, true),
};
export const create: DockerCommand = {
  ...runContainer,
  name: "create",
  usage: "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  run: (context) => run(context, false),
};

export const exec: DockerCommand = {
  name: "exec",
  usage: "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
  summary: "Execute a command in a running container",
  flags: {
    detach: RUN_FLAGS.detach,
    env: RUN_FLAGS.env,
    interactive: RUN_FLAGS.interactive,
    tty: RUN_FLAGS.tty,
    user: RUN_FLAGS.user,
    workdir: RUN_FLAGS.workdir,
  },
  arity: [2, Infinity],
  stopAtArgument: true,
  async run(context) {
    const [name = "", ...command] = context.words;
    refuseTerminal(context);
    const container = context.engine.container(name);
    if (container.status !== "running")
      throw new DockerError(`Error response from daemon: container ${container.id} is not running`);
    const workdir = context.flags.values.get("workdir");
    if (workdir !== undefined && container.fs.stat(workdir)?.type !== "dir")
      throw new DockerError(
        `OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd (${JSON.stringify(workdir)}) set in config.json failed: no such file or directory`,
        126,
      );
    const asked = {
      ...container,
      env: mergeEnv(container.env, context.flags.lists.get("env") ?? [], context.io.env),
      user: context.flags.values.get("user") ?? container.user,
      workdir: workdir ?? container.workdir,
    };
    const status = await execute(context, asked, command, { keepRunning: false, show: true });
    container.fs = asked.fs;
    return status;
  },
};

const PS_COLUMNS = [
  { heading: "CONTAINER ID", field: "ID" },
  { heading: "IMAGE", field: "Image" },
  { heading: "COMMAND", field: "Command" },
  { heading: "CREATED", field: "RunningFor" },
  { heading: "STATUS", field: "Status" },
  { heading: "PORTS", field: "Ports" },
  { heading: "NAMES", field: "Names" },
];

export const ps: DockerCommand = {
  name: "ps",
  usage: "ps [OPTIONS]",
  summary: "List containers",
  flags: {
    all: { type: "boolean", short: "a" },
    quiet: { type: "boolean", short: "q" },
    "no-trunc": { type: "boolean" },
    format: { type: "string" },
    filter: { type: "list", short: "f" },
    last: { type: "string", short: "n" },
    latest: { type: "boolean", short: "l" },
    size: { type: "boolean", short: "s" },
  },
  arity: [0, 0],
  run(context) {
    const { engine, flags, io } = context;
    const columns = [...PS_COLUMNS];
    const now = engine.lab.now();
    const filters = (flags.lists.get("filter") ?? []).map(readFilter);
    if (flags.booleans.get("size")) columns.push({ heading: "SIZE", field: "Size" });
    const last = flags.booleans.get("latest") ? 1 : Number(flags.values.get("last") ?? -1);
    const shown =
      flags.booleans.get("all") || last > 0 || filters.some(([key]) => key === "status" || key === "exited");
    const rows = [...engine.containers]
      .reverse()
      .slice(0, last > 0 ? last : undefined)
      .filter((container) => shown || container.status === "running")
      .filter((container) => matchesAll(container, filters))
      .map((container) => {
        const quoted = `"${container.command.join(" ")}"`;
        const since = ago(now, container.created);
        return {
          ID: flags.booleans.get("no-trunc") ? container.id : container.id.slice(0, 12),
          Image: container.imageName,
          Command:
            flags.booleans.get("no-trunc") || quoted.length <= 20 ? quoted : `${quoted.slice(0, 19)}…"`,
          RunningFor: since,
          Status:
            container.status === "running"
              ? `Up ${since.replace(/ ago$/, "")}`
              : container.status === "created"
                ? "Created"
                : `Exited (${container.exitCode}) ${since}`,
          Ports:
            container.status === "running" ? container.ports.map((port) => portText(port)).join(", ") : "",
          Names: container.name,
          State: container.status,
          CreatedAt: createdAt(container.created),
          Labels: "",
          LocalVolumes: "0",
          Mounts: "",
          Networks: "bridge",
          Size:
            humanSize(writableBytes(container), 3) +
            ` (virtual ${humanSize(writableBytes(container) + imageSize(container.image), 3)})`,
        };
      });
    if (flags.booleans.get("quiet")) {
      for (const row of rows) io.out(`${row.ID}\n`);
      return 0;
    }
    return printRows(context, rows, columns, {
      ...Object.fromEntries(columns.map((column) => [column.field, column.heading])),
      CreatedAt: "CREATED AT",
      LocalVolumes: "LOCAL VOLUMES",
    });
  },
};
/** Bytes of what a container has written. */
export function writableBytes({ base, fs }: Container): number {
  return base === fs ? 0 : diffLayers(base, fs).reduce((sum, entry) => sum + entry.size, 0);
}

const STATES = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

/** `status=exited` → its two parts. Throws docker's refusal. */
function readFilter(text: string): readonly [key: string, value: string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw new DockerError(
      `invalid argument "${text}" for "-f, --filter" flag: invalid filter '${text}'`,
      125,
    );
  const key = text.slice(0, at).trim().toLowerCase();
  if (!["status", "exited", "name", "id", "ancestor"].includes(key)) {
    throw new DockerError(
      `Error response from daemon: invalid filter '${key}'\n  여기서는 status, exited, name, id, ancestor로 거릅니다.`,
    );
  }
  const value = text.slice(at + 1).trim();
  if (key === "status" && !STATES.includes(value))
    throw new DockerError(`Error response from daemon: invalid filter 'status=${value}'`);
  return [key, value];
}

/** Values of one key are alternatives; different keys must all fit. */
function matchesAll(container: Container, filters: readonly (readonly [string, string])[]): boolean {
  const fits = ([key, value]: readonly [string, string]): boolean =>
    key === "status"
      ? container.status === value
      : key === "exited"
        ? container.status === "exited" && container.exitCode === Number(value)
        : key === "id"
          ? container.id.startsWith(value)
          : key === "ancestor"
            ? [container.imageName, `${container.imageName}:latest`].includes(value) ||
              container.image.id.includes(value)
            : container.name.includes(value);
  const keys = new Set(filters.map(([key]) => key));
  return [...keys].every((key) => filters.filter(([other]) => other === key).some(fits));
}

export const containerLs: DockerCommand = { ...ps, name: "container ls", usage: "container ls [OPTIONS]" };

/** `8080:80` → `0.0.0.0:8080->80/tcp`. */
export function portText(port: string): string {
  const [host = "", inner] = port.includes(":")
    ? [port.slice(0, port.lastIndexOf(":")), port.slice(port.lastIndexOf(":") + 1)]
    : ["", port];
  const container = /\/(tcp|udp)$/.test(inner ?? "") ? (inner ?? "") : `${inner ?? ""}/tcp`;
  return host === "" ? container : `${host.includes(":") ? host : `0.0.0.0:${host}`}->${container}`;
}

export const logs: DockerCommand = {
  name: "logs",
  usage: "logs [OPTIONS] CONTAINER",
  summary: "Fetch the logs of a container",
  flags: {
    follow: { type: "boolean", short: "f", ignored: true },
    tail: { type: "string", short: "n" },
    timestamps: { type: "boolean", short: "t", ignored: true },
  },
  arity: [1, 1],
  run({ engine, words, flags, io }) {
    const { logs } = engine.container(words[0] ?? "");
    const tail = flags.values.get("tail") ?? "all";
    // A number that is none means all, as in the engine.
    const most = /^\d+$/.test(tail) ? Number(tail) : Infinity;
    const lines = logs.flatMap(({ stream, data }) =>
      (data.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ stream, line })),
    );
    for (const { stream, line } of most === 0 ? [] : lines.slice(-most))
      (stream === 1 ? io.out : io.err).call(io, line);
    return 0;
  },
};

export const diff: DockerCommand = {
  name: "diff",
  usage: "diff CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  flags: {},
  arity: [1, 1],
  run({ engine, words, io }) {
    const container = engine.container(words[0] ?? "");
    const lines: [string, string][] = diffLayers(container.base, container.fs).map((entry) => {
      const path = "/" + entry.name.replace(/\/$/, "");
      const base = path.slice(path.lastIndexOf("/") + 1);
      if (base.startsWith(WHITEOUT_PREFIX))
        return [path.slice(0, path.length - base.length) + base.slice(WHITEOUT_PREFIX.length), "D"];
      return [path, container.base.lstat(path) === undefined ? "A" : "C"];
    });
    lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [path, kind] of lines) io.out(`${kind} ${path}\n`);
    return 0;
  },
};

export const rm: DockerCommand = {
  name: "rm",
  usage: "rm [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  flags: { force: { type: "boolean", short: "f" }, volumes: { type: "boolean", short: "v", ignored: true } },
  arity: [1, Infinity],
  run({ engine, words, flags, io }) {
    let status = 0;
    for (const word of words) {
      try {
        const container = engine.container(word);
        if (container.status === "running" && !flags.booleans.get("force")) {
          throw new DockerError(
            `Error response from daemon: cannot remove container "${container.name}": container is running: stop the container before removing or force remove`,
          );
        }
        engine.containers.splice(engine.containers.indexOf(container), 1);
        io.out(`${word}\n`);
      } catch (error) {
        if (!(error instanceof DockerError)) throw error;
        io.err(`${error.message}\n`);
        status = 1;
      }
    }
    return status;
  },
};
export const containerRm: DockerCommand = {
  ...rm,
  name: "container rm",
  usage: "container rm [OPTIONS] CONTAINER [CONTAINER...]",
};
