/** `docker tag`: another name for an image. */

import type { DockerCommand } from "../command";

/** `docker tag`. */
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
