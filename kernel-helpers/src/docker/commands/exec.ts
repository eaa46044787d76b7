/** `docker exec`: another command in a container that runs. */

import type { DockerCommand } from "../command";
import { DockerError } from "../engine";
import { execute } from "../container-process";
import { RUN_FLAGS, refuseTerminal, mergeEnv } from "./run";

/** `docker exec`. */
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
