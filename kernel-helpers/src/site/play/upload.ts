/** Files from the reader's disk into the project, and the project to the disk as a zip. Nothing leaves the machine. */

import { strToU8, unzipSync, zipSync, type Zippable } from "fflate";

import {
  isGoodPath,
  type PlayFile,
  PlayError,
  PROJECT_LIMITS,
  type Project,
  textOrBytes,
  withFile,
} from "./project";

/** Folders that nobody means to teach with. */
const LEFT_OUT = /(^|\/)(node_modules|\.git|\.layerbook|\.ipynb_checkpoints)(\/|$)/;

/** Unix permission bits in a zip's attributes. */
const MODE_SHIFT = 16;
const PLAIN = 0o100644;
const EXECUTABLE = 0o100755;
const UNIX = 3;

/** What became of an upload. */
export interface Upload {
  readonly project: Project;
  readonly added: number;
  /** Paths that were left out, with the reason. */
  readonly refused: readonly { readonly path: string; readonly problem: PlayError["problem"] }[];
}

/** *project* with *files* (one zip is opened). A chosen folder's own name is no part of the paths. */
export async function withUpload(project: Project, files: readonly File[]): Promise<Upload> {
  const found: PlayFile[] = [];
  const refused: { path: string; problem: PlayError["problem"] }[] = [];
  for (const file of files) {
    const path = file.webkitRelativePath === "" ? file.name : file.webkitRelativePath.replace(/^[^/]+\//, "");
    if (LEFT_OUT.test(path)) continue;
    if (file.size > PROJECT_LIMITS.bytes) {
      refused.push({ path, problem: "large" });
      continue;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (path.endsWith(".zip") && files.length === 1) found.push(...unzipped(bytes, refused));
    else found.push({ path, data: textOrBytes(bytes), ...(hasShebang(bytes) ? { executable: true } : {}) });
  }
  let next = project;
  let added = 0;
  for (const file of found) {
    try {
      next = withFile(next, file);
      added++;
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      refused.push({ path: file.path, problem: error.problem });
    }
  }
  return { project: next, added, refused };
}

function unzipped(bytes: Uint8Array, refused: { path: string; problem: PlayError["problem"] }[]): PlayFile[] {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith("/") || LEFT_OUT.test(name)) return false;
        total += originalSize;
        const problem = !isGoodPath(name) ? "bad-path" : total > PROJECT_LIMITS.bytes ? "large" : undefined;
        if (problem !== undefined) refused.push({ path: name, problem });
        return problem === undefined;
      },
    });
    return Object.entries(files).map(([path, data]) => ({
      path,
      data: textOrBytes(data),
      ...(hasShebang(data) ? { executable: true } : {}),
    }));
  } catch {
    refused.push({ path: "zip", problem: "no-file" });
    return [];
  }
}

/** A browser does not tell permissions: what begins with `#!` is meant to be run. */
function hasShebang(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x21;
}

/** The project as a zip with permissions; the same project gives the same bytes. */
export function zipOf({ files }: Project): Uint8Array<ArrayBuffer> {
  const entries: Zippable = Object.fromEntries(
    files.map(({ path, data, executable }) => [
      path,
      [
        typeof data === "string" ? strToU8(data) : data,
        { attrs: (executable ? EXECUTABLE : PLAIN) << MODE_SHIFT, os: UNIX, mtime: "2024-01-01T00:00:00" },
      ],
    ]),
  );
  return zipSync(entries);
}
