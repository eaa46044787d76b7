/** What a vertex results in: a file system and the layers it is made of. */

import type { SyncedContext } from "../context";
import type { LayerChain } from "../image/layer";
import type { Snapshot } from "../platform/files";

/** The result of a vertex. Immutable. */
export interface StepResult {
  /** Unique in the builder. */
  readonly id: string;
  /** The root file system. Of a result out of a store: only after `ready`. */
  readonly snapshot: Snapshot;
  /** Fetches the files of a result out of a store. Absent for one made in this process. */
  ready?(): Promise<void>;
  /** Undefined for no layer at all (an empty root). */
  readonly layers: LayerChain | undefined;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** A local context, of which some directories are hashed as they were (see context/types.ts). */
  readonly synced?: SyncedContext;
  /** Rests on something that was not simulated. */
  readonly assumed?: boolean;
  /** Paths whose contents nobody knows: an assumed command may have made or changed them (open-paths.ts). Absent: all is known. */
  readonly open?: readonly string[];
  /** It stands on this base image that nobody knows: more files may be there, always the same ones. Absent for a known base. */
  readonly unknownBase?: string;
  /** What the step printed when it ran, for a later look. */
  readonly duration: number;
}
