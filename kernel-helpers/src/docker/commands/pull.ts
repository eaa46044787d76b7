/** `docker pull`: an image of the catalog, in the words of a pull. */

import type { DockerCommand } from "../command";
import { canonicalName, DockerError, type EngineImage, familiarName } from "../engine";
import { short } from "./rows";

/** Why a pull finds less than the real one. */
const NO_NETWORK =
  "여기서는 네트워크를 쓰지 않으므로 카탈로그와 가져온 이미지만 있습니다. 실제 레지스트리에서는 터미널에서 layerbook pull로 받으세요.";

/** `docker pull`. */
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
