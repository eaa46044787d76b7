/** `docker rm`, `docker container rm`: containers removed. */

import type { DockerCommand } from "../command";
import { DockerError } from "../engine";

/** `docker rm`. */
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

/** `docker container rm`. */
export const containerRm: DockerCommand = {
  ...rm,
  name: "container rm",
  usage: "container rm [OPTIONS] CONTAINER [CONTAINER...]",
};
