/** What belongs to one build while it goes on. */

import type { ReadableFileSystem } from "../platform/files";
import type { Builder } from "./builder";
import type { ContextChange } from "./explain-hits";
import type { DeclaredCommand } from "../run";
import type { BuildWorld } from "./machine";
import type { Timeline } from "./timeline";
import type { BuildOptions, GitFixture, HttpFixture } from "./types";

/** One build's surroundings. */
export interface Session {
  readonly builder: Builder;
  readonly world: BuildWorld;
  readonly timeline: Timeline;
  /** Ids of the results that an imported cache brought. */
  readonly imported: Set<string>;
  readonly options: BuildOptions;
  /** The files a client would send, by the name of the local (`context`, or a named context). */
  readonly locals: ReadonlyMap<string, ReadableFileSystem>;
  /** By URL. */
  readonly fixtures: ReadonlyMap<string, HttpFixture>;
  /** By address. */
  readonly repositories: ReadonlyMap<string, GitFixture>;
  /** Seconds since 1970 when the build began. */
  readonly now: number;
  /** A new id for a result, in the order of the calls. */
  newRef(): string;
  /** Programs that were assumed to succeed, by vertex digest. */
  readonly assumed: Map<string, readonly string[]>;
  /** The commands of the context's layerbook.json. */
  declared: readonly DeclaredCommand[];
  /** Vertices that ran only because of contents that nobody knows (depends.ts). */
  readonly depending: Set<string>;
  /** Paths that later steps copy out of a RUN, by its vertex digest. Filled only when the build may assume. */
  readonly expected: Map<string, readonly string[]>;
  /** Contexts that were synced before, by vertex digest: as they were and as they are. */
  readonly contextChanges: Map<string, ContextChange>;
  /** Bytes that a vertex transferred, by digest. */
  readonly transferred: Map<string, number>;
  /** Changes that must be undone when the build fails before they are complete. */
  readonly undos: { readonly at: number; readonly undo: () => void }[];
}

/** The simulated time of day *at* ms after the build began, seconds since 1970. */
export function clockAt(session: Session, at: number): number {
  return session.now + at / 1000;
}
