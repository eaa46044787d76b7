/** The course of a build in simulated time: what BuildKit would report and when (BuildKit solver/progress.go). */

import type { SolveStatus, StatusRow, VertexLog, VertexStatus, VertexWarning } from "./status";

/** A vertex as the progress knows it. */
export interface TimelineVertex {
  readonly digest: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly progressGroup?: { readonly id: string; readonly name?: string; readonly weak?: boolean };
}

/** What became of a vertex in the end. */
export interface VertexOutcome extends TimelineVertex {
  /** Last start; absent when it never started. Milliseconds since the build began, like all times here. */
  readonly started?: number;
  readonly completed?: number;
  readonly cached: boolean;
  readonly error?: string;
}

/** The text of a row, or how it is worked out: what names a compressed layer costs more than all the rest of a build. */
type RowId = string | (() => string);

type Item =
  | { readonly kind: "vertex"; readonly at: number; readonly value: VertexOutcome }
  | { readonly kind: "status"; readonly at: number; readonly id: RowId; readonly value: StatusRow }
  | { readonly kind: "log"; readonly at: number; readonly value: VertexLog }
  | { readonly kind: "warning"; readonly at: number; readonly value: VertexWarning };

/** `context canceled`: what a vertex says that the failure of another one stopped. */
export const CANCELED = "context canceled";

/** Collects reports in any order; `finish` puts them in the order of their times. */
export class Timeline {
  private readonly items: Item[] = [];
  private readonly known = new Map<string, TimelineVertex>();
  private readonly starts = new Map<string, number>();

  /** Makes a vertex known, not yet started. Known already: nothing happens. */
  add(vertex: TimelineVertex, at: number): void {
    if (this.known.has(vertex.digest)) return;
    this.known.set(vertex.digest, vertex);
    this.items.push({ kind: "vertex", at, value: outcomeOf(vertex, false) });
  }

  start(digest: string, at: number, cached = false): void {
    this.starts.set(digest, at);
    this.items.push({ kind: "vertex", at, value: outcomeOf(this.vertex(digest), cached, at) });
  }

  complete(
    digest: string,
    at: number,
    end: { readonly cached?: boolean; readonly error?: string } = {},
  ): void {
    const vertex = this.vertex(digest);
    const value = outcomeOf(vertex, end.cached ?? false, this.starts.get(digest), at);
    this.items.push({
      kind: "vertex",
      at,
      value: end.error === undefined ? value : { ...value, error: end.error },
    });
  }

  /** A row below a vertex, in the state it is in at the time *at*; *done* when it is the last one. An *id* may be worked out when it is read. */
  status(
    vertex: string,
    id: RowId,
    at: number,
    row: { started: number; current?: number; total?: number; done?: boolean },
  ): void {
    const { started, current, total, done } = row;
    const rest = {
      vertex,
      timestamp: at,
      started,
      ...(current !== undefined && { current }),
      ...(total !== undefined && { total }),
      ...(done && { completed: at }),
    };
    const value: StatusRow = typeof id === "string" ? { id, ...rest } : lazyRow(id, rest);
    this.items.push({ kind: "status", at, id, value });
  }

  /** A row that begins at *from* and is done at *to*. */
  statusSpan(
    vertex: string,
    id: RowId,
    from: number,
    to: number,
    sizes: { current?: number; total?: number } = {},
  ): void {
    this.status(vertex, id, from, {
      started: from,
      ...(sizes.total !== undefined && { total: sizes.total }),
    });
    this.status(vertex, id, to, { started: from, ...sizes, done: true });
  }

  log(vertex: string, stream: 1 | 2, data: string, at: number): void {
    this.items.push({ kind: "log", at, value: { vertex, stream, data, timestamp: at } });
  }

  warning(value: VertexWarning, at: number): void {
    this.items.push({ kind: "warning", at, value });
  }

  private vertex(digest: string): TimelineVertex {
    const vertex = this.known.get(digest);
    if (!vertex) throw new Error(`unknown vertex ${digest}`);
    return vertex;
  }

  /**
   * The whole course. Nothing later than *end* (the moment of the failure) happened: what runs then is cancelled, what would
   * have started later never does.
   */
  finish(end = Infinity): Course {
    const items = this.items.filter((item) => item.at <= end);
    const order = items.map((_, i) => i).sort((a, b) => items[a]!.at - items[b]!.at || a - b);
    const stream = new VertexStream();
    const rows = new Map<string, Map<RowId, StatusRow>>();
    const logs = new Map<string, VertexLog[]>();
    const events: MutableStatus[] = [];
    const warnings: VertexWarning[] = [];
    let delivery: MutableStatus | undefined;
    const into = (at: number): MutableStatus => {
      if (delivery?.at !== at) {
        delivery = { at, vertexes: [], statuses: [], logs: [], warnings: [] };
        events.push(delivery);
      }
      return delivery;
    };
    for (const index of order) {
      const item = items[index]!;
      const target = into(item.at);
      if (item.kind === "vertex") target.vertexes.push(...stream.append(item.value).map(vertexStatus));
      else if (item.kind === "status") {
        target.statuses.push(item.value);
        const byId = rows.get(item.value.vertex) ?? new Map<RowId, StatusRow>();
        byId.set(item.id, item.value);
        rows.set(item.value.vertex, byId);
      } else if (item.kind === "log") {
        target.logs.push(item.value);
        const list = logs.get(item.value.vertex);
        if (list) list.push(item.value);
        else logs.set(item.value.vertex, [item.value]);
      } else {
        target.warnings.push(item.value);
        warnings.push(item.value);
      }
    }
    const last = end === Infinity ? (delivery?.at ?? 0) : end;
    const cancelled = stream.encore(last);
    if (cancelled.length > 0) into(last).vertexes.push(...cancelled.map(vertexStatus));
    return {
      events: events.map(compact),
      vertices: [...stream.outcomes.values()],
      rows,
      logs,
      warnings,
      end: last,
    };
  }
}

/** A finished timeline. */
export interface Course {
  readonly events: readonly SolveStatus[];
  /** In the order in which they became known. */
  readonly vertices: readonly VertexOutcome[];
  /** Last state of each row, by vertex and id, in order of appearance. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<RowId, StatusRow>>;
  readonly logs: ReadonlyMap<string, readonly VertexLog[]>;
  readonly warnings: readonly VertexWarning[];
  readonly end: number;
}

/** Written out, not spread: every vertex is reported three times. */
function outcomeOf(
  { digest, name, inputs, progressGroup }: TimelineVertex,
  cached: boolean,
  started?: number,
  completed?: number,
): VertexOutcome {
  return { digest, name, inputs, progressGroup, started, completed, cached };
}

function lazyRow(id: () => string, rest: Omit<StatusRow, "id">): StatusRow {
  const row = Object.defineProperty({}, "id", { enumerable: true, get: id }) as StatusRow;
  return Object.assign(row, rest);
}

interface MutableStatus {
  readonly at: number;
  readonly vertexes: VertexStatus[];
  readonly statuses: StatusRow[];
  readonly logs: VertexLog[];
  readonly warnings: VertexWarning[];
}

function compact(status: MutableStatus): SolveStatus {
  return {
    at: status.at,
    ...(status.vertexes.length > 0 && { vertexes: status.vertexes }),
    ...(status.statuses.length > 0 && { statuses: status.statuses }),
    ...(status.logs.length > 0 && { logs: status.logs }),
    ...(status.warnings.length > 0 && { warnings: status.warnings }),
  };
}

function vertexStatus(outcome: VertexOutcome): VertexStatus {
  return {
    digest: outcome.digest,
    name: outcome.name,
    inputs: outcome.inputs,
    ...(outcome.started !== undefined && { started: outcome.started }),
    ...(outcome.completed !== undefined && { completed: outcome.completed }),
    ...(outcome.cached && { cached: true }),
    ...(outcome.error !== undefined && { error: outcome.error }),
    ...(outcome.progressGroup && { progressGroup: outcome.progressGroup }),
  };
}

/** When a vertex starts, its inputs that did not even start were not needed: they are reported as cached, and theirs too (`vertexStream`). */
class VertexStream {
  readonly outcomes = new Map<string, VertexOutcome>();
  private readonly wasCached = new Set<string>();

  append(vertex: VertexOutcome): VertexOutcome[] {
    const out: VertexOutcome[] = [];
    // Iterative: a chain of thousands of steps is cached at once. Inputs come before the vertex, deepest first.
    const pending: VertexOutcome[] = [vertex];
    while (pending.length > 0) {
      const next = pending.pop()!;
      this.outcomes.set(next.digest, this.keepError(next));
      out.push(this.outcomes.get(next.digest)!);
      if (next.started === undefined) continue;
      for (const input of next.inputs) {
        const known = this.outcomes.get(input);
        if (!known || known.cached || known.completed !== undefined) continue;
        const skipped = { ...known, cached: true, started: next.started, completed: next.started };
        this.outcomes.set(input, skipped);
        pending.push(skipped);
      }
    }
    if (vertex.cached) this.markCached(vertex.digest);
    return out.reverse();
  }

  /** A vertex that was cached needed none of its inputs: one that is still running is not cancelled by the end. */
  private markCached(digest: string): void {
    const pending = [digest];
    while (pending.length > 0) {
      const next = pending.pop()!;
      if (this.wasCached.has(next)) continue;
      this.wasCached.add(next);
      pending.push(...(this.outcomes.get(next)?.inputs ?? []));
    }
  }

  /** A vertex that failed may be reported again as cancelled; the first report says why. */
  private keepError(next: VertexOutcome): VertexOutcome {
    const before = this.outcomes.get(next.digest);
    return before?.error !== undefined && next.error === CANCELED ? { ...next, error: before.error } : next;
  }

  /** The build ended: what is still running was cancelled. */
  encore(at: number): VertexOutcome[] {
    const out: VertexOutcome[] = [];
    for (const vertex of this.outcomes.values()) {
      if (vertex.started === undefined || vertex.completed !== undefined) continue;
      const isError = !this.wasCached.has(vertex.digest) && vertex.error === undefined;
      const ended = { ...vertex, completed: at, ...(isError && { error: CANCELED }) };
      this.outcomes.set(vertex.digest, ended);
      out.push(ended);
    }
    return out;
  }
}
