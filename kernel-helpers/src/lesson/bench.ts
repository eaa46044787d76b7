/** The workbench an exercise is judged on: a copy of the learner's project with a store of its own. */

import type { BuildOptions, BuildRecord, ContextChanges } from "../build/types";

/** A file of an image, as far as an exercise looks at it. */
export interface ImageFile {
  readonly size: number;
  /** Octal. */
  readonly mode: string;
  /** The text, or undefined where the catalog knows only the size. */
  readonly text?: string;
}

/** Where a value was found in an image. */
export interface SecretPlace {
  readonly where: "layer" | "history" | "config";
  /** Path in the layer, or the history line, or the config key; the value itself masked. */
  readonly detail: string;
}

/** What a shell command did to the project's files. Paths are relative to the context, sorted. */
export interface ShellEdit {
  readonly exitCode: number;
  readonly output: string;
  /** Files added, removed or with other bytes. */
  readonly content: readonly string[];
  /** Files whose mode or link target changed, bytes equal. */
  readonly metadata: readonly string[];
  /** Files whose time stamp changed, everything else equal. */
  readonly touched: readonly string[];
  undo(): void;
}

/** One project with one store. Builds of a bench share the store; two benches share nothing. */
export interface Bench {
  build(options: BuildOptions): Promise<BuildRecord>;
  /** Applies changes to the project; `undo` brings the project back exactly (modes and times too), not the store. */
  change(changes: ContextChanges): { undo(): void };
  /** Is *path* (relative) among the project's files? */
  hasFile(path: string): boolean;
  /** Would the project's .dockerignore leave out a file *path* (relative)? */
  ignores(path: string): boolean;
  /** Runs a command in the context directory, in the simulated shell. */
  shell(command: string): Promise<ShellEdit>;
  /** The file at *path* (absolute) in the merged view of a built image. */
  readFile(record: BuildRecord, path: string): ImageFile | undefined;
  /** Paths in the merged view that a pattern with `*` and `**` matches, sorted. */
  findFiles(record: BuildRecord, pattern: string): readonly string[];
  /** Searches all layers of our own, the history and the config. */
  findSecret(record: BuildRecord, value: string): readonly SecretPlace[];
  /** Packages that the build's steps downloaded. */
  downloads(record: BuildRecord): number;
  /** Bytes of the image on disk, base and layers. */
  imageSize(record: BuildRecord): number;
}

/** Opens benches: *project* undefined is the learner's own project as it is now. */
export interface BenchMaker {
  open(project?: ContextChanges): Promise<Bench>;
  /** Images that the learner has built and that still exist. */
  imageCount(): number;
  /** A file of the image that the learner built last. */
  readLatest(path: string): ImageFile | undefined;
}
