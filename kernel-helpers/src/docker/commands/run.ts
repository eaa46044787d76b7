/** `docker run`, `docker create`: a new container over a closed image. */

import type { CommandContext, DockerCommand } from "../command";
import { canonicalName, type Container, DockerError, type EngineImage } from "../engine";
import { pullLines } from "./pull";
import { configOf, execute } from "../container-process";

/** Flags of `docker run` and `create`. */
export const RUN_FLAGS = {
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

/** docker refuses a terminal where there is none; a cell never is one. */
export function refuseTerminal({ flags, io }: CommandContext): void {
  const { booleans } = flags;
  if (!booleans.get("tty") || !booleans.get("interactive") || booleans.get("detach")) return;
  io.err(
    "  여기서는 -it로 컨테이너 안에 들어갈 수 없습니다. -it를 빼고 실행할 명령을 적으세요: docker run --rm IMAGE ls, docker exec NAME cat FILE\n",
  );
  throw new DockerError("cannot attach stdin to a TTY-enabled container because stdin is not a terminal");
}

/** Makes a container, and with *start* runs its command; answers the exit code. */
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

/** The image *name* from the catalog, with the lines that a pull prints. Throws docker's refusal. */
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

/** The image's variables with those of `-e`; a name without a value takes that of *lookup*. */
export function mergeEnv(
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

/** `docker run`. */
export const runContainer: DockerCommand = {
  name: "run",
  usage: "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create and run a new container from an image",
  flags: RUN_FLAGS,
  arity: [1, Infinity],
  stopAtArgument: true,
  run: (context) => run(context, true),
};

/** `docker create`. */
export const create: DockerCommand = {
  ...runContainer,
  name: "create",
  usage: "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  run: (context) => run(context, false),
};
