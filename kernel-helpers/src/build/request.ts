/** What one build is made from: the options, the files, the state of the builder. */

import type { ReadableFileSystem } from "../platform/files";
import type { Builder } from "./builder";
import type { ExternalCaches } from "./external-cache";
import type { BuildWorld } from "./machine";
import type { BuildOptions, GitFixture, HttpFixture } from "./types";

/** Everything that goes into a build. */
export interface BuildRequest {
  readonly builder: Builder;
  readonly world: BuildWorld;
  readonly options: BuildOptions;
  /** The build context. */
  readonly context: ReadableFileSystem;
  /** Named local contexts by name. */
  readonly contexts: ReadonlyMap<string, ReadableFileSystem>;
  /** URLs that ADD may name, whole. */
  readonly fixtures: ReadonlyMap<string, HttpFixture>;
  /** Git repositories that ADD may name, by address. */
  readonly repositories: ReadonlyMap<string, GitFixture>;
  /** Caches outside the builder (`cacheTo`, `cacheFrom`). */
  readonly caches: ExternalCaches;
}
