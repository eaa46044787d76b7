/** Files from the reader's disk into the project, and the project to the disk as a zip. Nothing leaves the machine. */

import { strToU8, unzipSync, zipSync, type Zippable } from "fflate";

import {
  isGoodPath,
  PlayError,
  type PlayProblem,
  PROJECT_LIMITS,
  type Project,
  textOrBytes,
  withFile,
} from "./project";

/** Folders that nobody means to teach with. */
export const LEFT_OUT =
  /(^|\/)(node_modules|\.git|\.layerbook|\.ipynb_checkpoints|__MACOSX|\.DS_Store)(\/|$)/;
/** So many files are looked at: a dropped disk must not stop the page. */
export const SEEN = 5_000;
/** So many refused files are named. */
const NAMED = 20;

/** Unix permission bits in a zip's attributes. */
const MODE_SHIFT = 16;
const PLAIN = 0o100644;
const EXECUTABLE = 0o100755;
const UNIX = 3;

/** A file on the disk and its path in the project. */
export interface Offered {
  readonly path: string;
  /** Undefined when it cannot be read. */
  readonly file: File | undefined;
}

/** A path that was left out, with the reason. */
export interface Refused {
  readonly path: string;
  readonly problem: PlayProblem;
}

/** What became of an upload. */
export interface Upload {
  readonly project: Project;
  readonly added: number;
  /** At most 20 of them. */
  readonly refused: readonly Refused[];
}

/** *project* with *offered* (a zip alone is opened). */
export async function withUpload(project: Project, offered: readonly Offered[]): Promise<Upload> {
  let next = project;
  let added = 0;
  const refused: Refused[] = [];
  const refuse = (path: string, problem: PlayProblem): void => {
    if (refused.length < NAMED) refused.push({ path, problem });
  };
  /** Answers whether there is room for more files. */
  const add = (path: string, bytes: Uint8Array): boolean => {
    try {
      next = withFile(next, {
        // A Mac writes 한글 as ㅎㅏㄴㄱㅡㄹ, a Dockerfile does not.
        path: path.normalize("NFC"),
        data: textOrBytes(bytes),
        ...(hasShebang(bytes) ? { executable: true } : {}),
      });
      added++;
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      refuse(path, error.problem);
      return error.problem !== "many-files";
    }
    return true;
  };
  for (const [i, { path, file }] of offered.entries()) {
    if (i >= SEEN) {
      refuse("…", "many-files");
      break;
    }
    if (LEFT_OUT.test(path)) continue;
    if (file !== undefined && file.size > PROJECT_LIMITS.bytes) {
      refuse(path, "large");
      continue;
    }
    const bytes = await file?.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => undefined,
    );
    if (bytes === undefined) refuse(path, "unreadable");
    else if (/\.zip$/i.test(path) && offered.length === 1) {
      for (const [name, data] of unzipped(bytes, refuse)) if (!add(name, data)) break;
    } else if (!add(path, bytes)) break;
  }
  return { project: next, added, refused };
}

/** Files of a zip within the limits. */
function unzipped(
  bytes: Uint8Array,
  refuse: (path: string, problem: PlayProblem) => void,
): [path: string, data: Uint8Array][] {
  let total = 0;
  let count = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize, size, compression }) => {
        const path = zipName(name);
        if (path.endsWith("/") || LEFT_OUT.test(path)) return false;
        const problem = !isGoodPath(path)
          ? "bad-path"
          : ++count > PROJECT_LIMITS.files
            ? "many-files"
            : // What is stored says its size twice: both count.
              (total += Math.max(originalSize, compression === 0 ? size : 0)) > PROJECT_LIMITS.bytes
              ? "large"
              : undefined;
        if (problem !== undefined) refuse(path, problem);
        return problem === undefined;
      },
    });
    return Object.entries(files).map(([name, data]) => [zipName(name), data]);
  } catch {
    refuse("zip", "unreadable");
    return [];
  }
}

/** The name of a zip's entry: UTF-8 when it says so or is, else as Korean Windows writes names (CP949). */
export function zipName(name: string): string {
  if (!/[\u0080-\u00ff]/.test(name) || /[^\u0000-\u00ff]/.test(name)) return name;
  const bytes = strToU8(name, true);
  for (const encoding of ["utf-8", "euc-kr"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next one.
    }
  }
  return name;
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
