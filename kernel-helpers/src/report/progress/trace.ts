/** The state behind a progress display: what BuildKit knows of every vertex so far (util/progress/progressui/display.go `trace`). */

import type { SolveStatus, StatusRow, VertexStatus } from "../../build/status";
import { fixed, secondsOf } from "./format";
import { mergeIntervals, type Interval } from "./intervals";
import { Terminal } from "./vt100";

/** Columns that live output lines lose to their prefix. */
export const TERM_PAD = 10;
/** Live output lines under a running step. */
export const TERM_HEIGHT = 6;
/** Lines of output that the plain display repeats when a step fails. */
const LOG_BUFFER = 10;

/** The last ten pieces of output that the plain display printed, as Go's container/ring keeps them. */
export class LogRing {
  private readonly values: (string | undefined)[] = new Array<string | undefined>(LOG_BUFFER).fill(undefined);
  private position = 0;

  /** Puts *line* at the current place; a whole line moves on, a partial one will be overwritten. */
  set(line: string, whole: boolean): void {
    this.values[this.position] = line;
    if (whole) this.position = (this.position + 1) % LOG_BUFFER;
  }

  /** From the current place round. */
  lines(): string[] {
    const out: string[] = [];
    for (let i = 0; i < LOG_BUFFER; i++) {
      const line = this.values[(this.position + i) % LOG_BUFFER];
      if (line !== undefined) out.push(line);
    }
    return out;
  }
}

/** One row of the terminal display, before it is cut to the width. */
export interface Job {
  readonly intervals: readonly Interval[];
  readonly isCompleted: boolean;
  readonly name: string;
  readonly status: string;
  readonly hasError: boolean;
  readonly isCanceled: boolean;
  readonly vertex?: TraceVertex;
  showTerm: boolean;
}

/** One vertex, or one progress group shown in its members' place. */
export interface TraceVertex {
  digest: string;
  name: string;
  cached: boolean;
  error: string;
  readonly statuses: string[];
  readonly byId: Map<string, StatusRow>;
  index: number;
  logs: string[];
  logsPartial: boolean;
  logsOffset: number;
  logsBuffer?: LogRing;
  prev?: VertexStatus;
  lastBlockTime?: number;
  count: number;
  statusUpdates: Set<string>;
  readonly warnings: string[];
  warningIndex: number;
  jobs: readonly Job[];
  jobCached: boolean;
  term?: Terminal;
  termBytes: number;
  termCount: number;
  readonly intervals: Map<number, Interval>;
  merged: readonly Interval[];
  /** A group no non-weak member of which has started yet. */
  hidden: boolean;
  /** Members of a group by digest. */
  readonly members?: Map<string, VertexStatus>;
}

export function isStarted(vertex: TraceVertex): boolean {
  return vertex.merged.length > 0;
}

export function isCompleted(vertex: TraceVertex): boolean {
  return vertex.merged.at(-1)?.stop !== undefined;
}

export function isCancelError(error: string): boolean {
  return error.endsWith("context canceled");
}

/** Everything told so far. *console* keeps a small terminal for every vertex. */
export class Trace {
  startTime: number | undefined;
  localTimeDiff = 0;
  /** In order of first start. */
  readonly vertexes: TraceVertex[] = [];
  readonly byDigest = new Map<string, TraceVertex>();
  readonly updates = new Set<string>();
  private readonly groups = new Map<string, TraceVertex>();

  constructor(private readonly console: boolean) {}

  /** Takes in one delivery at time *now* (ms). */
  update(status: SolveStatus, width: number, now: number): void {
    this.updateVertexes(status, width, now);
    for (const row of status.statuses ?? []) {
      const vertex = this.byDigest.get(row.vertex);
      if (!vertex) continue;
      vertex.jobCached = false;
      const previous = vertex.byId.get(row.id);
      if (row.started !== undefined && previous?.started === undefined) vertex.statuses.push(row.id);
      vertex.byId.set(row.id, row);
      vertex.statusUpdates.add(row.id);
      this.updates.add(vertex.digest);
      touch(vertex, 1, now);
    }
    for (const warning of status.warnings ?? []) {
      const vertex = this.byDigest.get(warning.vertex);
      if (!vertex) continue;
      vertex.warnings.push(warning.short);
      touch(vertex, 1, now);
    }
    for (const log of status.logs ?? []) {
      const vertex = this.byDigest.get(log.vertex);
      if (vertex) this.log(vertex, log.data, log.timestamp, width, now);
    }
  }

  private updateVertexes(status: SolveStatus, width: number, now: number): void {
    const seenGroups = new Set<TraceVertex>();
    for (const event of status.vertexes ?? []) {
      this.startTime ??= event.started;
      if (event.progressGroup) {
        const group = this.group(event.progressGroup, width);
        seenGroups.add(group);
        group.members?.set(event.digest, event);
        this.byDigest.set(event.digest, group);
        continue;
      }
      let vertex = this.byDigest.get(event.digest);
      const wasStarted = vertex !== undefined && isStarted(vertex);
      if (!vertex) {
        vertex = this.newVertex(event.digest, event.name, width);
        this.byDigest.set(event.digest, vertex);
      }
      this.trigger(vertex, event, now);
      if (event.started !== undefined && !wasStarted) {
        if (this.localTimeDiff === 0) this.localTimeDiff = now - event.started;
        this.vertexes.push(vertex);
      }
      // A repeated first announcement must not take back what is known.
      if (!wasStarted || event.started !== undefined) {
        vertex.name = event.name;
        vertex.cached = event.cached ?? false;
        vertex.error = event.error ?? "";
      }
      if (event.started !== undefined) {
        vertex.intervals.set(event.started, { start: event.started, stop: event.completed });
        vertex.merged = mergeIntervals(vertex.intervals.values());
      }
      vertex.jobCached = false;
    }
    for (const group of seenGroups) {
      const { changed, newlyStarted, newlyRevealed } = refreshGroup(group);
      if (newlyStarted && this.localTimeDiff === 0) {
        this.localTimeDiff = now - (group.merged[0]?.start ?? now);
      }
      if (group.hidden) continue;
      if (newlyRevealed) this.vertexes.push(group);
      if (changed) {
        touch(group, 1, now);
        this.updates.add(group.digest);
      }
      group.jobCached = false;
    }
  }

  private trigger(vertex: TraceVertex, event: VertexStatus, now: number): void {
    if (event.started === undefined) return;
    const old = vertex.prev;
    const changed =
      old === undefined ||
      event.name !== old.name ||
      event.started !== old.started ||
      event.completed !== undefined ||
      (event.cached ?? false) !== (old.cached ?? false) ||
      (event.error ?? "") !== (old.error ?? "");
    if (changed) {
      touch(vertex, 1, now);
      this.updates.add(event.digest);
    }
    vertex.prev = event;
  }

  private group(progressGroup: { readonly id: string; readonly name?: string }, width: number): TraceVertex {
    let group = this.groups.get(progressGroup.id);
    if (!group) {
      group = {
        ...this.newVertex(progressGroup.id, progressGroup.name ?? "", width),
        hidden: true,
        members: new Map(),
      };
      this.groups.set(progressGroup.id, group);
      this.byDigest.set(progressGroup.id, group);
    }
    return group;
  }

  private newVertex(digest: string, name: string, width: number): TraceVertex {
    return {
      digest,
      name,
      cached: false,
      error: "",
      statuses: [],
      byId: new Map(),
      index: 0,
      logs: [],
      logsPartial: false,
      logsOffset: 0,
      count: 0,
      statusUpdates: new Set(),
      warnings: [],
      warningIndex: 0,
      jobs: [],
      jobCached: false,
      term: this.console ? new Terminal(TERM_HEIGHT, Math.max(1, width - TERM_PAD)) : undefined,
      termBytes: 0,
      termCount: 0,
      intervals: new Map(),
      merged: [],
      hidden: false,
    };
  }

  private log(vertex: TraceVertex, data: string, timestamp: number, width: number, now: number): void {
    vertex.jobCached = false;
    if (vertex.term) {
      if (vertex.term.width !== width) vertex.term.resize(TERM_HEIGHT, width - TERM_PAD);
      vertex.termBytes += new TextEncoder().encode(data).length;
      vertex.term.write(data);
    }
    const complete = data.endsWith("\n");
    const lines = data === "" ? [] : (complete ? data.slice(0, -1) : data).split("\n");
    lines.forEach((line, i) => {
      if (vertex.logsPartial && vertex.logs.length > 0 && i === 0) {
        vertex.logs[vertex.logs.length - 1] += line;
        return;
      }
      const start = vertex.merged.at(-1)?.start;
      const seconds = start === undefined ? 0 : secondsOf(timestamp - start);
      vertex.logs.push(`${formatLogTime(seconds)} ${line}`);
    });
    vertex.logsPartial = !complete;
    this.updates.add(vertex.digest);
    touch(vertex, 1, now);
  }

  /** The blocks after the last row: name and output of every failed vertex. */
  errorLogs(): string {
    let out = "";
    for (const vertex of this.vertexes) {
      if (vertex.error === "" || isCancelError(vertex.error)) continue;
      out += `------\n > ${vertex.name}:\n`;
      for (const line of [...vertex.logs, ...(vertex.logsBuffer?.lines() ?? [])]) out += line + "\n";
      out += "------\n";
    }
    return out;
  }
}

/** Seconds before a log line: three decimals below 10 s, two below 100 s, then one. */
export function formatLogTime(seconds: number): string {
  return fixed(seconds, seconds < 10 ? 3 : seconds < 100 ? 2 : 1);
}

function touch(vertex: TraceVertex, count: number, now: number): void {
  if (vertex.count === 0) vertex.lastBlockTime = now;
  vertex.count += count;
}

function refreshGroup(group: TraceVertex): {
  changed: boolean;
  newlyStarted: boolean;
  newlyRevealed: boolean;
} {
  let changed = false;
  let newlyStarted = false;
  const alreadyStarted = isStarted(group);
  const wasHidden = group.hidden;
  let cached = true;
  let error = group.error;
  for (const member of group.members?.values() ?? []) {
    if (member.started !== undefined) {
      const previous = group.intervals.get(member.started);
      if (previous?.start !== member.started || previous.stop !== member.completed) changed = true;
      if (!alreadyStarted) newlyStarted = true;
      group.intervals.set(member.started, { start: member.started, stop: member.completed });
      if (!member.progressGroup?.weak) group.hidden = false;
    }
    cached &&= member.cached ?? false;
    if (error === "") error = member.error ?? "";
    else group.hidden = false;
  }
  if (group.cached !== cached || group.error !== error) changed = true;
  group.cached = cached;
  group.error = error;
  const newlyRevealed = !group.hidden && wasHidden;
  if (newlyRevealed) changed = true;
  group.merged = mergeIntervals(group.intervals.values());
  return { changed, newlyStarted, newlyRevealed };
}
