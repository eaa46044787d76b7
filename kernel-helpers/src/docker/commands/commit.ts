/** `docker commit`: a container's changes and its config become an image (moby daemon/commit.go). */

import { convert } from "../../graph";
import type { CommandContext, DockerCommand } from "../command";
import { commitContainer } from "../commit";
import { canonicalName, type Container, DockerError } from "../engine";

/** Instructions that a change may be (builder/dockerfile validCommitCommands). */
const CHANGES = [
  "cmd",
  "entrypoint",
  "healthcheck",
  "env",
  "expose",
  "label",
  "onbuild",
  "stopsignal",
  "user",
  "volume",
  "workdir",
];

/** The config of what *container* is, as the image below has it but for what `docker run` said. */
function configOf(container: Container): Record<string, unknown> {
  const { image, command, env, workdir, user } = container;
  const config = (image.config["config"] ?? {}) as Record<string, unknown>;
  const entrypoint = (config["Entrypoint"] ?? []) as readonly string[];
  const isPlain = entrypoint.length > 0 && entrypoint.every((word, i) => command[i] === word);
  const { Entrypoint: _entrypoint, Cmd: _cmd, ...rest } = config;
  return {
    ...rest,
    // What the engine adds at the start of each container is none of its config.
    Env: env.filter((variable) => !variable.startsWith("HOSTNAME=")),
    ...(isPlain && { Entrypoint: entrypoint }),
    Cmd: isPlain ? command.slice(entrypoint.length) : command,
    ...(workdir !== "" && (config["WorkingDir"] !== undefined || workdir !== "/") && { WorkingDir: workdir }),
    ...(user !== "" && { User: user }),
  };
}

/** *config* with the instructions *changes*. Throws docker's refusals. */
async function changed(
  { engine }: CommandContext,
  container: Container,
  changes: readonly string[],
): Promise<Record<string, unknown>> {
  const config = configOf(container);
  if (changes.length === 0) return config;
  for (const change of changes) {
    const word = /^\s*(\S*)/.exec(change)![1]!.toLowerCase();
    if (!CHANGES.includes(word))
      throw new DockerError(`Error response from daemon: ${word} is not a valid change command`);
  }
  const { config: _config, ...outside } = container.image.config;
  const base = { ...outside, config, rootfs: { type: "layers", diff_ids: [] }, history: [] };
  const { targets, error } = await convert({
    file: "Dockerfile",
    text: `FROM base\n${changes.join("\n")}\n`,
    options: {},
    machine: engine.lab.platform,
    resolveImage: () => Promise.resolve({ digest: container.image.id, config: base }),
  });
  if (error)
    throw new DockerError(
      `Error response from daemon: ${error.message.replace(/^dockerfile parse error on line \d+: /, "")}`,
    );
  return (targets[0]!.image["config"] ?? {}) as Record<string, unknown>;
}

/** The `docker commit` command. */
export const commit: DockerCommand = {
  name: "commit",
  usage: "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  flags: {
    author: { type: "string", short: "a" },
    message: { type: "string", short: "m" },
    change: { type: "list", short: "c" },
    pause: { type: "boolean", short: "p", ignored: true },
    "no-pause": { type: "boolean", ignored: true },
  },
  arity: [1, 2],
  async run(context) {
    const { engine, words, flags, io } = context;
    const name = words[1] === undefined ? undefined : canonicalName(words[1]);
    const container = engine.container(words[0] ?? "");
    const config = await changed(context, container, flags.lists.get("change") ?? []);
    const image = await commitContainer(engine, container, {
      name,
      config,
      author: flags.values.get("author"),
      message: flags.values.get("message"),
    });
    io.out(`${image.id}\n`);
    return 0;
  },
};
