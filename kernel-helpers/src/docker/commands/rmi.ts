/** `docker rmi`, `docker image rm`: names and images removed. */

import type { DockerCommand } from "../command";
import { canonicalName, familiarName } from "../engine";
import { short } from "./rows";

/** `docker rmi`. */
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

/** `docker image rm`. */
export const imageRm: DockerCommand = {
  ...rmi,
  name: "image rm",
  usage: "image rm [OPTIONS] IMAGE [IMAGE...]",
};

/** The full name of *word*, or *word* itself when it is no name. */
function safeCanonical(word: string): string {
  try {
    return canonicalName(word);
  } catch {
    return word;
  }
}
