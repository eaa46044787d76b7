/** `docker start`, `restart`, `stop`, `kill`, `wait`, `rename`, `port`: what becomes of a container that exists. */

import type { CommandContext, DockerCommand } from "../command";
import { type Container, DockerError } from "../engine";
import { execute } from "../container-process";
import { portText } from "./ps";

/** Does *work* for every word; what is refused is told, and the others go on. */
async function each(
  { engine, words, io }: CommandContext,
  work: (container: Container, word: string) => Promise<void> | void,
): Promise<number> {
  let status = 0;
  for (const word of words) {
    try {
      await work(engine.container(word), word);
    } catch (error) {
      if (!(error instanceof DockerError)) throw error;
      io.err(`${error.message}\n`);
      status = 1;
    }
  }
  return status;
}

/** Ends a running container as a signal would: a first process that handles none lives on until it is killed, so 137. */
function end(container: Container): void {
  if (container.status !== "running") return;
  container.status = "exited";
  container.exitCode = 137;
}

async function begin(context: CommandContext, container: Container): Promise<void> {
  if (container.status === "running") return;
  const attach = (context.flags.booleans.get("attach") || context.flags.booleans.get("interactive")) ?? false;
  await execute(context, container, container.command, { keepRunning: true, show: attach });
}

const TIME = {
  time: { type: "string", short: "t", ignored: true },
  timeout: { type: "string", ignored: true },
  signal: { type: "string", short: "s", ignored: true },
} as const;

export const start: DockerCommand = {
  name: "start",
  usage: "start [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Start one or more stopped containers",
  flags: {
    attach: { type: "boolean", short: "a" },
    interactive: { type: "boolean", short: "i" },
  },
  arity: [1, Infinity],
  async run(context) {
    const isAttached = context.flags.booleans.get("attach") ?? false;
    if (isAttached && context.words.length > 1)
      throw new DockerError("you cannot start and attach multiple containers at once");
    let code = 0;
    const status = await each(context, async (container, word) => {
      await begin(context, container);
      if (isAttached) code = container.exitCode;
      else context.io.out(`${word}\n`);
    });
    return status === 0 ? code : status;
  },
};

export const restart: DockerCommand = {
  name: "restart",
  usage: "restart [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Restart one or more containers",
  flags: TIME,
  arity: [1, Infinity],
  run: (context) =>
    each(context, async (container, word) => {
      end(container);
      await begin(context, container);
      context.io.out(`${word}\n`);
    }),
};

export const stop: DockerCommand = {
  name: "stop",
  usage: "stop [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Stop one or more running containers",
  flags: TIME,
  arity: [1, Infinity],
  run: (context) =>
    each(context, (container, word) => {
      end(container);
      context.io.out(`${word}\n`);
    }),
};

export const kill: DockerCommand = {
  name: "kill",
  usage: "kill [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Kill one or more running containers",
  flags: { signal: TIME.signal },
  arity: [1, Infinity],
  run: (context) =>
    each(context, (container, word) => {
      if (container.status !== "running")
        throw new DockerError(
          `Error response from daemon: cannot kill container: ${word}: container ${container.id} is not running`,
        );
      end(container);
      context.io.out(`${word}\n`);
    }),
};

export const wait: DockerCommand = {
  name: "wait",
  usage: "wait CONTAINER [CONTAINER...]",
  summary: "Block until one or more containers stop, then print their exit codes",
  flags: {},
  arity: [1, Infinity],
  run: (context) =>
    each(context, (container) => {
      if (container.status === "running")
        throw new DockerError(
          `docker: waiting for a running container is not simulated\n  ${container.name}은(는) 멈추지 않는 서버라서 기다리지 않습니다. \`docker stop ${container.name}\`으로 멈추세요.`,
        );
      context.io.out(`${container.exitCode}\n`);
    }),
};

export const rename: DockerCommand = {
  name: "rename",
  usage: "rename CONTAINER NEW_NAME",
  summary: "Rename a container",
  flags: {},
  arity: [2, 2],
  run({ engine, words: [word = "", name = ""] }) {
    const container = engine.container(word);
    const holder = engine.containers.find((other) => other.name === name);
    if (holder === container)
      throw new DockerError(
        "Error response from daemon: Renaming a container with the same name as its current name",
      );
    if (holder)
      throw new DockerError(
        `Error response from daemon: Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    container.name = name;
    return 0;
  },
};

export const port: DockerCommand = {
  name: "port",
  usage: "port CONTAINER [PRIVATE_PORT[/PROTO]]",
  summary: "List port mappings or a specific mapping for the container",
  flags: {},
  arity: [1, 2],
  run({ engine, words: [word = "", wanted], io }) {
    const container = engine.container(word);
    const published = container.status === "running" ? container.ports.map(portText) : [];
    const mapped = published.filter((text) => text.includes("->")).map((text) => text.split("->"));
    const key = wanted === undefined || wanted.includes("/") ? wanted : `${wanted}/tcp`;
    const found = mapped.filter(([, inner]) => key === undefined || inner === key);
    if (key !== undefined && found.length === 0)
      throw new DockerError(`Error: No public port '${key}' published for ${word}`);
    for (const [host, inner] of found) io.out(key === undefined ? `${inner} -> ${host}\n` : `${host}\n`);
    return 0;
  },
};
