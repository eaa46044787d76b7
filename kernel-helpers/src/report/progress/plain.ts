/** `--progress=plain`: one block of lines per vertex, the fullest open one first (util/progress/progressui/printer.go). */

import type { SolveStatus } from "../../build/status";
import type { Display } from "./display";
import { fixed, formatAmount, secondsOf } from "./format";
import { mergeIntervals, totalSeconds } from "./intervals";
import { isCancelError, isCompleted, isStarted, LogRing, Trace, type TraceVertex } from "./trace";

const ANTI_FLICKER = 5;
const MAX_DELAY = 10_000;
const MIN_TIME_DELTA = 5_000;
const MIN_PROGRESS_DELTA = 0.05;

/** The plain display. *description* is printed as `#0 …` before the first block. */
export class PlainDisplay implements Display {
  private readonly trace = new Trace(false);
  private current = "";
  private readonly last = new Map<string, { current: number; timestamp: number }>();
  private notFirst = false;
  private nextIndex = 0;
  private out = "";

  constructor(private readonly description = "") {}

  take(status: SolveStatus, now: number): void {
    this.trace.update(status, 80, now);
  }

  refresh(now: number): string {
    this.print(now);
    return this.flush();
  }

  done(now: number): string {
    this.print(now);
    return this.flush() + this.trace.errorLogs();
  }

  private flush(): string {
    const text = this.out;
    this.out = "";
    return text;
  }

  private print(now: number): void {
    const completed: TraceVertex[] = [];
    const rest = new Set<string>();
    for (const digest of this.trace.updates) {
      const vertex = this.trace.byDigest.get(digest);
      if (!vertex || vertex.hidden) continue;
      if (isCompleted(vertex)) completed.push(vertex);
      else rest.add(digest);
    }
    const current = this.current;
    completed.sort((a, b) => (a.merged.at(-1)?.stop ?? 0) - (b.merged.at(-1)?.stop ?? 0));
    const currentCompleted = completed.some((vertex) => vertex.digest === current);
    if (currentCompleted) this.printVertex(current, now);
    for (const vertex of completed) if (vertex.digest !== current) this.printVertex(vertex.digest, now);

    if (rest.size === 0) {
      const open = this.trace.byDigest.get(current);
      if (current !== "" && open && isStarted(open) && !isCompleted(open)) return;
      for (const [digest, vertex] of this.trace.byDigest) {
        if (isStarted(vertex) && !isCompleted(vertex) && !vertex.hidden) {
          this.printVertex(digest, now);
          return;
        }
      }
      return;
    }
    if (rest.has(current)) this.printVertex(current, now);
    this.choose(rest, current, currentCompleted, now);
  }

  /** Decides whether another open vertex gets its turn. */
  private choose(rest: Set<string>, current: string, currentCompleted: boolean, now: number): void {
    const stats = new Map<string, { blockTime: number; speed: number; overLimit: boolean }>();
    if (current !== "") rest.add(current);
    let sum = 0;
    let max = "";
    for (const digest of rest) {
      const vertex = this.trace.byDigest.get(digest);
      if (vertex?.lastBlockTime === undefined) continue;
      const blockTime = now - vertex.lastBlockTime;
      const speed = vertex.count / secondsOf(blockTime);
      const overLimit = blockTime > MAX_DELAY && digest !== current;
      stats.set(digest, { blockTime, speed, overLimit });
      sum += speed;
      if (overLimit || max === "" || (stats.get(max)?.speed ?? 0) < speed) max = digest;
    }
    if (currentCompleted || current === "") {
      this.printVertex(max, now);
      return;
    }
    for (const digest of rest) {
      if (stats.get(digest)?.overLimit) {
        this.printVertex(digest, now);
        return;
      }
    }
    const own = stats.get(current);
    if (own && (1 / (1 - own.speed / sum)) * ANTI_FLICKER < secondsOf(own.blockTime))
      this.printVertex(max, now);
  }

  private printVertex(digest: string, now: number): void {
    const vertex = this.trace.byDigest.get(digest);
    if (!vertex) return;
    if (vertex.index === 0) vertex.index = ++this.nextIndex;
    const head = `#${vertex.index} `;
    if (digest !== this.current) this.openBlock(vertex, head);
    const open = this.printStatuses(vertex, head);
    for (const warning of vertex.warnings.slice(vertex.warningIndex)) {
      this.out += `${head}WARN: ${warning}\n`;
      vertex.warningIndex++;
    }
    this.printLogs(vertex, head);
    this.current = digest;
    if (isCompleted(vertex) && !open) this.closeBlock(vertex, head, now);
    this.trace.updates.delete(digest);
  }

  private openBlock(vertex: TraceVertex, head: string): void {
    const old = this.trace.byDigest.get(this.current);
    if (this.current !== "" && old) {
      if (old.logsPartial) this.out += "\n";
      old.logsOffset = 0;
      old.count = 0;
      this.out += `#${old.index} ...\n`;
    }
    if (this.notFirst) this.out += "\n";
    else {
      if (this.description !== "") this.out += `#0 ${this.description}\n\n`;
      this.notFirst = true;
    }
    this.out += `${head}${vertex.name}\n`;
  }

  /** True when a row that is not finished was printed: the block stays open then. */
  private printStatuses(vertex: TraceVertex, head: string): boolean {
    let open = false;
    for (const id of vertex.statuses) {
      const row = vertex.byId.get(id);
      if (!row || !vertex.statusUpdates.has(id)) continue;
      const current = row.current ?? 0;
      const total = row.total ?? 0;
      const timestamp = row.timestamp ?? 0;
      // Remembered by the row's text alone: rows of different vertices with one text hold each other back.
      const last = this.last.get(id);
      if (last && row.completed === undefined) {
        const progress = total > 0 ? (current - last.current) / total : 0;
        if (progress < MIN_PROGRESS_DELTA && timestamp - last.timestamp < MIN_TIME_DELTA) continue;
      }
      this.last.set(id, { current, timestamp });
      let time = "";
      if (row.started !== undefined) {
        const seconds = secondsOf((row.completed ?? timestamp) - row.started);
        if (seconds > 0.01) time = ` ${fixed(seconds, 1)}s`;
      }
      if (row.completed !== undefined) time += " done";
      else open = true;
      this.out += `${head}${id}${formatAmount(current, total)}${time}\n`;
    }
    vertex.statusUpdates = new Set();
    return open;
  }

  private printLogs(vertex: TraceVertex, head: string): void {
    vertex.logs.forEach((whole, i) => {
      let line = whole;
      if (i === 0 && vertex.logsOffset !== 0) {
        line = whole.slice(vertex.logsOffset);
        this.out += line;
      } else this.out += head + line;
      if (i !== vertex.logs.length - 1 || !vertex.logsPartial) this.out += "\n";
      vertex.logsBuffer ??= new LogRing();
      vertex.logsBuffer.set(line, !vertex.logsPartial);
    });
    const partial = vertex.logsPartial ? vertex.logs.at(-1) : undefined;
    if (vertex.logs.length === 0) return;
    vertex.logs = partial === undefined ? [] : [partial];
    vertex.logsOffset = partial?.length ?? 0;
  }

  private closeBlock(vertex: TraceVertex, head: string, now: number): void {
    this.current = "";
    vertex.count = 0;
    if (vertex.logsPartial) this.out += "\n";
    if (vertex.error !== "") {
      this.out += isCancelError(vertex.error) ? `${head}CANCELED\n` : `${head}ERROR: ${vertex.error}\n`;
    } else if (vertex.cached) this.out += `${head}CACHED\n`;
    else {
      const spans = mergeIntervals(vertex.intervals.values());
      this.out += `${head}DONE${spans.length > 0 ? ` ${fixed(totalSeconds(spans, now), 1)}s` : ""}\n`;
    }
  }
}
