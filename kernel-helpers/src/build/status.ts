/** What a build reports while it goes on: BuildKit's SolveStatus (client/graph.go), with times in ms since the build began. */

/** A vertex as it became known, started or ended. The same digest comes again whenever a field changed. */
export interface VertexStatus {
  readonly digest: string;
  readonly name: string;
  /** Digests of the vertices this one takes its inputs from. */
  readonly inputs?: readonly string[];
  readonly started?: number;
  readonly completed?: number;
  readonly cached?: boolean;
  /** The vertex's own error text; `context canceled` when it was cancelled. */
  readonly error?: string;
  /** A group shown as one row (COPY --link): id and name. A group of which only *weak* members have started is not shown. */
  readonly progressGroup?: { readonly id: string; readonly name?: string; readonly weak?: boolean };
}

/** A row below a vertex: `transferring context: 34B`. */
export interface StatusRow {
  readonly id: string;
  readonly vertex: string;
  readonly name?: string;
  readonly current?: number;
  readonly total?: number;
  readonly timestamp?: number;
  readonly started?: number;
  readonly completed?: number;
}

/** Bytes that a step printed. stream 1 = stdout, 2 = stderr. */
export interface VertexLog {
  readonly vertex: string;
  readonly stream: 1 | 2;
  readonly data: string;
  readonly timestamp: number;
}

/** A build check's finding, attached to a vertex. */
export interface VertexWarning {
  readonly vertex: string;
  readonly level: number;
  /** `Rule: message (line N)`. */
  readonly short: string;
  readonly detail?: readonly string[];
  readonly url?: string;
}

/** One delivery; `at` is when it arrives, ms since the build began. */
export interface SolveStatus {
  readonly at: number;
  readonly vertexes?: readonly VertexStatus[];
  readonly statuses?: readonly StatusRow[];
  readonly logs?: readonly VertexLog[];
  readonly warnings?: readonly VertexWarning[];
}
