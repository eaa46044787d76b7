/** Node as the machine that a Lab runs on. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { type ImageSource, OciLayout, UnpackedChains } from "./image";
import type { LabMachine } from "./lab";
import { nodePlatform, openHostDirectory } from "./platform/node";

/** The machine. Nothing is opened before it is asked for. */
export function nodeMachine(): LabMachine {
  return { platform: nodePlatform, openBases: openBaseDirectory, openDirectory: openHostDirectory };
}

/** Every layout in *directory*: itself, its folders, its `.tar` files. Throws when there is no such directory. */
export function openBaseDirectory(directory: string): ImageSource[] {
  const chains = new UnpackedChains();
  const layout = (folder: string): ImageSource =>
    new OciLayout((path) => readIfThere(join(folder, path)), nodePlatform, chains);
  if (existsSync(join(directory, "index.json"))) return [layout(directory)];
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isDirectory() && existsSync(join(path, "index.json")))
    .map(layout);
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
