/** What the cells of a notebook need of the machine they run on: files, paths, the builder's machine, the course. Node's is in `node-host.ts`, a browser's in `site/`. */

import type { LabMachine } from "../../lab";
import type { CourseLesson } from "../../lesson/course";

/** The files below a notebook's folder. Paths are absolute; every call is synchronous and throws the machine's error when it cannot. */
export interface SessionFiles {
  /** What stands at *path*, a link not followed; undefined for nothing. */
  kind(path: string): "file" | "directory" | "other" | undefined;
  /** *path* with every link followed. Throws when nothing is there. */
  realPath(path: string): string;
  readText(path: string): string;
  /** Names in a folder with what they are; none when there is no such folder. */
  list(folder: string): readonly { readonly name: string; readonly directory: boolean }[];
  /** Makes a folder and those above it. */
  makeFolder(path: string): void;
  write(path: string, text: string): void;
  append(path: string, text: string): void;
  chmod(path: string, mode: number): void;
  /** Removes a file, or a folder with all that is in it; nothing there is no error. */
  remove(path: string): void;
  rename(from: string, to: string): void;
}

/** Paths in the machine's own way of writing them, as `node:path` has them. */
export interface SessionPaths {
  readonly sep: string;
  join(...parts: string[]): string;
  resolve(...parts: string[]): string;
  relative(from: string, to: string): string;
  dirname(path: string): string;
  isAbsolute(path: string): boolean;
}

/** The machine of a notebook's session. */
export interface SessionHost {
  readonly files: SessionFiles;
  readonly paths: SessionPaths;
  /** The machine that the Lab opens its context, its cache and the catalog on. */
  labMachine(): LabMachine;
  /** Names of base images that FROM can use without a network, as FROM writes them. */
  catalogNames(): readonly string[];
  /** The lessons with their exercises, read when a cell first asks. */
  lessons(): readonly (Pick<CourseLesson, "exercises"> & Partial<Pick<CourseLesson, "lesson">>)[];
  /** An environment variable. */
  environment(name: string): string | undefined;
  /** The notebook's file, as Jupyter Server named it (JPY_SESSION_NAME). */
  notebookName(): string | undefined;
  /** Aborted when the cell is interrupted that the running code belongs to. */
  cellSignal(): AbortSignal | undefined;
  /** A name that nobody else has. */
  newId(): string;
}

/** Writes *text* whole or not at all; folders above are made. */
export function replaceFile({ files, paths, newId }: SessionHost, path: string, text: string): void {
  files.makeFolder(paths.dirname(path));
  const part = `${path}.${newId().slice(0, 8)}.tmp`;
  files.write(part, text);
  files.rename(part, path);
}
