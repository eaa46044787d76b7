/** Node as the machine of a notebook's session. */

import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import type { LabMachine } from "../../lab";
import type { Platform } from "../../platform";
import { currentCell } from "./cell-context";
import type { SessionFiles, SessionHost } from "./session-host";

const files: SessionFiles = {
  kind: (place) => {
    const entry = fs.lstatSync(place, { throwIfNoEntry: false });
    return entry && (entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "other");
  },
  realPath: (place) => fs.realpathSync(place),
  readText: (place) => fs.readFileSync(place, "utf8"),
  list: (folder) => {
    try {
      return fs
        .readdirSync(folder, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, directory: entry.isDirectory() }));
    } catch {
      return [];
    }
  },
  makeFolder: (place) => void fs.mkdirSync(place, { recursive: true }),
  write: (place, text) => fs.writeFileSync(place, text),
  append: (place, text) => fs.appendFileSync(place, text),
  chmod: (place, mode) => fs.chmodSync(place, mode),
  remove: (place) => fs.rmSync(place, { recursive: true, force: true }),
  rename: (from, to) => fs.renameSync(from, to),
};

/** The host of a kernel's process. Builder and course are loaded when a cell first needs them. */
export function nodeHost(): SessionHost {
  /* eslint-disable @typescript-eslint/no-require-imports -- loaded late on purpose */
  const machine = (): typeof import("../../lab-node") =>
    require("../../lab-node") as typeof import("../../lab-node");
  const course = (): typeof import("../../lesson/course") =>
    require("../../lesson/course") as typeof import("../../lesson/course");
  /**
   * zlib's bytes depend on the processor and on Node's version, and with them the digests of layers and manifests; in notebooks these are
   * the same for everybody, in the browser edition too.
   */
  const portableGzip = (): Platform =>
    (require("../../platform/browser") as typeof import("../../platform/browser")).browserPlatform;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const notebookMachine = (): LabMachine => {
    const node = machine().nodeMachine();
    // zlib, which packs in the background, would give other bytes than the digests were made of.
    return { ...node, platform: { ...node.platform, gzip: portableGzip().gzip, gzipLater: undefined } };
  };
  return {
    files,
    paths: path,
    labMachine: notebookMachine,
    catalogNames: () => namesOf(machine().catalogJson("base-images")),
    lessons: () => course().readCourse().lessons,
    environment: (name) => process.env[name],
    notebookName: () => process.env.JPY_SESSION_NAME,
    cellSignal: () => currentCell()?.signal,
    newId: randomUUID,
  };
}

/** `repository:tag` of every image of the catalog. */
function namesOf(catalog: unknown): string[] {
  const { images } = catalog as { images: readonly { ref: string }[] };
  return [...new Set(images.map(({ ref }) => ref))].sort();
}
