/** Reading the vectors: test/vectors, or the directory that LAYERBOOK_VECTORS names (fresh random ones). */

import { readFileSync } from "node:fs";
import { join } from "node:path";

export function readVectors<T>(name: string): T {
  const directory = process.env["LAYERBOOK_VECTORS"] ?? join(__dirname, "../vectors");
  return JSON.parse(readFileSync(join(directory, name + ".json"), "utf8")) as T;
}
