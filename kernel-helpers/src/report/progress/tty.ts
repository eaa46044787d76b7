/** `--progress=tty`: a block of rows redrawn in place (util/progress/progressui/display.go `ttyDisplay`). */

import type { SolveStatus } from "../../build/status";
import type { Display } from "./display";
import { byteLength, cutBytes, fixed, formatAmount, padRunes, secondsOf } from "./format";
import { mergeIntervals, totalSeconds, type Interval } from "./intervals";
import {
  isCancelError,
  isCompleted,
  TERM_HEIGHT,
  TERM_PAD,
  Trace,
  type Job,
  type TraceVertex,
} from "./trace";

const UP = "\u001b[1A";
const DOWN = "\u001b[1B";
const COLUMN_0 = "\u001b[0G";
const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
const RESET = "\u001b[0m";
const FAINT = "\u001b[2m";
const BLUE = "\u001b[34m";
const YELLOW = "\u001b[33m";
const RED = "\u001b[31m";

/** A row that never started shows 0.0. */
const NEVER: readonly Interval[] = [{ start: 0, stop: 0 }];

export interface TtyOptions {
  /** Columns and rows of the terminal. */
  readonly width: number;
  readonly height: number;
  /** Right end of the first row, `docker:default`. Default: none. */
  readonly description?: string;
  /** First word after `[+]`. Default: `Building`. */
  readonly phase?: string;
  /** False as with NO_COLOR. Default: true. */
  readonly color?: boolean;
}

/** The terminal display at a given size; the size may change between prints. */
export class TtyDisplay implements Display {
  private readonly trace = new Trace(true);
  private lineCount = 0;
  private repeated = false;
  /** The size is taken when a delivery comes and at the end; before the first one there is no room at all. */
  private size = { width: 0, height: 0 };
  width: number;
  height: number;

  constructor(private readonly options: TtyOptions) {
    this.width = options.width;
    this.height = options.height;
  }

  take(status: SolveStatus, now: number): void {
    this.measure();
    this.trace.update(status, this.width, now);
  }

  refresh(now: number): string {
    return this.print(now, false);
  }

  /** The last frame, then the output of failed steps. */
  done(now: number): string {
    this.measure();
    return this.print(now, true) + this.trace.errorLogs();
  }

  private measure(): void {
    this.size = { width: this.width, height: this.height };
  }

  /** The blocks that `done` prints after the last frame. */
  errorLogs(): string {
    return this.trace.errorLogs();
  }

  private print(now: number, all: boolean): string {
    const { trace } = this;
    const { width, height } = this.size;
    const start = trace.startTime === undefined ? now : trace.startTime + trace.localTimeDiff;
    let total = 0;
    let completed = 0;
    for (const vertex of trace.byDigest.values()) {
      if (vertex.hidden) continue;
      total++;
      if (isCompleted(vertex)) completed++;
    }
    const jobs = setupTerminals(
      trace.vertexes.flatMap((vertex) => this.jobsOf(vertex)),
      height,
      all,
    );

    let out = UP.repeat(this.lineCount + 1) + (this.repeated ? "" : DOWN) + COLUMN_0 + HIDE;
    this.repeated = true;
    const finished = completed > 0 && completed === total && all ? "FINISHED" : "";
    const elapsed = fixed(secondsOf(now - start), 1);
    const head = `[+] ${this.options.phase ?? "Building"} ${elapsed}s (${completed}/${total}) ${finished}`;
    const description = this.options.description ?? "";
    out += cutBytes(align(head, description, description === "" ? width : width - 1), width) + "\n";
    let lines = 0;
    for (const job of jobs) {
      const row = this.row(job, now);
      if (row === undefined) continue;
      out += row;
      lines++;
      if (job.showTerm && job.vertex?.term) {
        job.vertex.term.resize(TERM_HEIGHT, width - TERM_PAD);
        for (const runes of job.vertex.term.content) {
          if (runes.every((rune) => rune === " ")) continue;
          out += `${FAINT} => => # ${runes.join("")}\n${RESET}`;
          lines++;
        }
        job.vertex.termCount++;
        job.showTerm = false;
      }
    }
    const surplus = this.lineCount - lines;
    if (surplus > 0) out += (" ".repeat(width) + "\n").repeat(surplus) + `\u001b[${surplus}A` + COLUMN_0;
    this.lineCount = lines;
    return out + SHOW;
  }

  private row(job: Job, now: number): string | undefined {
    if (job.intervals.length === 0) return undefined;
    const seconds = totalSeconds(job.intervals, now);
    const timer = ` ${fixed(seconds < 0.05 ? 0 : seconds, 1).padStart(3)}s\n`;
    const prefix = " => ";
    let left = this.size.width - prefix.length - timer.length - 1;
    let status = "";
    if (job.status !== "" && left + job.status.length > 20) {
      status = " " + job.status;
      left -= job.status.length + 1;
    }
    if (left < 12) return undefined;
    const row = align(prefix + cutBytes(job.name, left) + status, timer, this.size.width);
    if (!job.isCompleted || this.options.color === false) return row;
    return (job.isCanceled ? YELLOW : job.hasError ? RED : BLUE) + row + RESET;
  }

  private jobsOf(vertex: TraceVertex): readonly Job[] {
    if (vertex.jobCached) return vertex.jobs;
    const shift = this.trace.localTimeDiff;
    const move = (start: number | undefined, stop: number | undefined): Interval[] =>
      start === undefined
        ? []
        : [{ start: start + shift, stop: stop === undefined ? undefined : stop + shift }];
    const canceled = vertex.error !== "" && isCancelError(vertex.error);
    const failed = vertex.error !== "" && !canceled;
    const spans = [...vertex.intervals.values()];
    const jobs: Job[] = [
      {
        name:
          (vertex.cached ? "CACHED " : "") +
          (canceled ? "CANCELED " : failed ? "ERROR " : "") +
          vertex.name.replaceAll("\t", " "),
        vertex,
        isCompleted: spans.every((span) => span.stop !== undefined),
        intervals: mergeIntervals(spans.flatMap((span) => move(span.start, span.stop))),
        status: "",
        hasError: failed,
        isCanceled: canceled,
        showTerm: false,
      },
    ];
    for (const id of vertex.statuses) {
      const row = vertex.byId.get(id);
      if (!row) continue;
      jobs.push({
        name: "=> " + id,
        intervals: row.started === undefined ? NEVER : move(row.started, row.completed),
        isCompleted: row.completed !== undefined,
        status: formatAmount(row.current ?? 0, row.total ?? 0).slice(1),
        hasError: false,
        isCanceled: false,
        showTerm: false,
      });
    }
    const recent = vertex.merged.at(-1);
    for (const warning of vertex.warnings) {
      jobs.push({
        name: "WARN: " + warning,
        intervals: recent ? move(recent.start, recent.stop) : NEVER,
        isCompleted: false,
        status: "",
        hasError: false,
        isCanceled: true,
        showTerm: false,
      });
    }
    vertex.jobs = jobs;
    vertex.jobCached = true;
    return jobs;
  }
}

/** Chooses which running steps show their last lines, and which rows are left out when the screen is too small. */
function setupTerminals(jobs: readonly Job[], height: number, all: boolean): readonly Job[] {
  const weight = (job: Job): number => (job.vertex?.termBytes ?? 0) + (job.vertex?.termCount ?? 0) * 50;
  const candidates = jobs
    .filter((job) => (job.vertex?.termBytes ?? 0) > 0 && !job.isCompleted)
    .sort((a, b) => weight(b) - weight(a));
  const limit = TERM_HEIGHT + 3;
  let free = height - 2 - jobs.filter((job) => !job.isCompleted).length;
  let hide = 0;
  for (const job of candidates) {
    if (free <= limit) break;
    job.showTerm = true;
    hide += job.vertex?.term?.usedHeight() ?? 0;
    free -= limit;
  }
  return all ? jobs : wrapHeight(jobs, height - 2 - hide);
}

/** The last *limit* rows, with open ones that would be cut put in the place of completed ones. */
function wrapHeight(jobs: readonly Job[], limit: number): readonly Job[] {
  if (limit < 0) return [];
  if (jobs.length <= limit) return jobs;
  const wrapped = jobs.slice(jobs.length - limit);
  const invisible = jobs.slice(0, jobs.length - limit).filter((job) => !job.isCompleted);
  if (invisible.length === 0) return wrapped;
  let left = invisible.length;
  const kept = wrapped.filter((job) => {
    const keep = !job.isCompleted || left <= 0;
    left--;
    return keep;
  });
  const free = wrapped.length - kept.length;
  return [...invisible.slice(invisible.length - free), ...kept];
}

function align(left: string, right: string, width: number): string {
  return `${padRunes(left, width - byteLength(right) - 1)} ${right}`;
}
