/** Bring your own: what docker and dive print of an image, read as far as it goes. */

import { readDive } from "./dive";
import { readDockerHistory } from "./docker-history";
import { readInspect } from "./inspect";
import type { ForeignImage } from "./types";

export { wasteOfDive } from "./dive";
export { type ForeignImage, type Said } from "./types";

/** The image that *text* tells of: output of `docker history` (table or JSON), `docker image inspect`, `dive --json`. Undefined for anything else. */
export function readForeignImage(text: string): ForeignImage | undefined {
  const plain = text.replace(/^\ufeff/, "");
  const start = plain.trimStart();
  if (start.startsWith("[") || start.startsWith("{")) {
    let json: unknown;
    try {
      json = JSON.parse(plain);
    } catch {
      // Lines of JSON are no JSON as a whole.
      return readDockerHistory(plain);
    }
    return readInspect(json) ?? readDive(json) ?? readDockerHistory(plain);
  }
  return readDockerHistory(plain);
}
