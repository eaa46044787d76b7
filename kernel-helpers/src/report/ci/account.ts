/** Where the time of a build went: its rows with their times, and the sum by phase. */

import { readRowName } from "./names";
import type { RawBuild, RawRow } from "./raw";
import type { Basis, CiBuild, CiPhase, CiPhaseTime, CiRow, Figure } from "./types";

type Interval = readonly [number, number];

/** A build without what is found in it. */
export type CountedBuild = Omit<CiBuild, "findings">;

/** Counts *build*. *times*: are the clock's times dates? */
export function countBuild(build: RawBuild, times: "date" | "clock" | undefined): CountedBuild {
  const began = beginningOf(build);
  const raws = [...build.rows.values()].filter(({ name, parts }) => name !== "" || parts.size > 0);
  // Messages come in any order: rows stand as they began.
  if (raws.some(({ intervals }) => intervals.size > 0))
    raws.sort(
      (a, b) => Math.min(...a.intervals.keys()) - Math.min(...b.intervals.keys()) || a.index - b.index,
    );
  const rows = raws.map((raw) => rowOf(raw, began));
  const intervals = rows.flatMap((row): (Interval & { row?: CiRow })[] =>
    row.start === undefined || row.end === undefined ? [] : [[row.start, row.end]],
  );
  const wall = wallOf(build, began);
  const work = sumOf(rows);
  const covered = lengthOf(intervals);
  const isTimed = intervals.length > 0 && wall !== undefined;
  const waiting = isTimed ? Math.max(0, wall.ms - covered) : undefined;
  const sum = intervals.reduce((total, [from, to]) => total + to - from, 0);
  const steps = rows.filter(({ phase }) => phase === "steps");
  const job = build.stream === "" ? undefined : build.stream;
  const failed = build.failed || rows.some((row) => row.status === "ERROR" && row.phase !== "cache-import");
  const whole = build.finished || rows.some(({ phase, status }) => phase === "export" && status === "DONE");
  return {
    format: build.format,
    name: build.name?.replace(/^docker\.io\/(?:library\/)?/, "") ?? job ?? "",
    ...(job !== undefined && { job }),
    lines: [build.firstLine, build.lastLine],
    result: failed
      ? "failed"
      : whole || rows.every(({ status }) => status !== "unfinished")
        ? "succeeded"
        : "unfinished",
    ...(began !== undefined &&
      (times === "date" || began > 1e11) && { began: new Date(began).toISOString() }),
    ...(wall && { wall }),
    work,
    ...(waiting !== undefined && { waiting: { ms: waiting, basis: "computed" as const } }),
    ...(isTimed && { parallel: { ms: Math.max(0, sum - covered), basis: "computed" as const } }),
    rows,
    phases: phasesOf(rows, raws),
    reused: steps.filter(({ status }) => status === "CACHED").length,
    ran: steps.filter(({ status }) => status === "DONE" || status === "ERROR").length,
  };
}

/** ms since 1970 of the first thing that happened. */
function beginningOf(build: RawBuild): number | undefined {
  let first = build.firstAt;
  for (const { intervals } of build.rows.values())
    for (const from of intervals.keys()) first = first === undefined ? from : Math.min(first, from);
  return first;
}

function wallOf(build: RawBuild, began: number | undefined): Figure | undefined {
  if (build.wall !== undefined) return { ms: build.wall, basis: "recorded" };
  if (began === undefined) return undefined;
  let last = build.lastAt;
  for (const { intervals } of build.rows.values())
    for (const to of intervals.values()) if (to !== undefined && !(last! >= to)) last = to;
  return last === undefined ? undefined : { ms: Math.max(0, last - began), basis: "computed" };
}

function rowOf(raw: RawRow, began: number | undefined): CiRow {
  const name = raw.name === "" ? `#${raw.index}` : raw.name;
  const interval = intervalOf(raw, began);
  return {
    index: raw.index,
    name,
    ...readRowName(raw.name),
    status: raw.status,
    ...(raw.error !== undefined && { error: raw.error }),
    ...timeOf(raw, interval),
    ...(interval && { start: interval[0], end: interval[1] }),
    line: raw.line,
    parts: [...raw.parts.values()],
    hints: raw.hints,
  };
}

function intervalOf(raw: RawRow, began: number | undefined): Interval | undefined {
  if (began === undefined) return undefined;
  if (raw.intervals.size > 0) {
    const from = Math.min(...raw.intervals.keys());
    const ends = [...raw.intervals.values()].filter((end) => end !== undefined);
    return ends.length === 0 ? undefined : [from - began, Math.max(from, ...ends) - began];
  }
  const end = raw.endAt ?? (raw.status === "unfinished" ? raw.lastAt : undefined);
  if (end === undefined) return undefined;
  const to = Math.max(0, end - began);
  // The printer shows a row late; how long it took it says itself.
  if (raw.ms !== undefined) return [Math.max(0, to - raw.ms), to];
  return raw.firstAt === undefined || raw.status === "CACHED"
    ? [to, to]
    : [Math.min(to, Math.max(0, raw.firstAt - began)), to];
}

function timeOf(raw: RawRow, interval: Interval | undefined): { time?: Figure } {
  if (raw.ms !== undefined) return { time: { ms: raw.ms, basis: "recorded" } };
  if (raw.intervals.size > 0) {
    const all = [...raw.intervals].flatMap(([from, to]): Interval[] =>
      to === undefined ? [] : [[from, to]],
    );
    return all.length === 0 ? {} : { time: { ms: lengthOf(all), basis: "recorded" } };
  }
  if (raw.status === "CACHED") return { time: { ms: 0, basis: "recorded" } };
  return interval ? { time: { ms: interval[1] - interval[0], basis: "computed" } } : {};
}

function sumOf(rows: readonly CiRow[]): Figure {
  return {
    ms: rows.reduce((sum, { time }) => sum + (time?.ms ?? 0), 0),
    basis: "computed",
  };
}

/** Length of what *intervals* cover together. */
export function lengthOf(intervals: readonly Interval[]): number {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);
  let length = 0;
  let end = -Infinity;
  for (const [from, to] of sorted) {
    if (to <= end) continue;
    length += to - Math.max(from, end);
    end = to;
  }
  return length;
}

/** Time by phase. Rows of one phase that ran beside one another count once when it is known when they ran. */
function phasesOf(rows: readonly CiRow[], raws: readonly RawRow[]): CiPhaseTime[] {
  const sums = new Map<CiPhase, { intervals: Interval[]; ms: number; rows: number; basis: Basis }>();
  const add = (phase: CiPhase, ms: number, basis: Basis, interval?: Interval): void => {
    const sum = sums.get(phase) ?? { intervals: [], ms: 0, rows: 0, basis: "recorded" as Basis };
    sums.set(phase, sum);
    sum.rows++;
    if (interval) sum.intervals.push(interval);
    else sum.ms += ms;
    if (basis !== "recorded" || sum.rows > 1) sum.basis = "computed";
  };
  rows.forEach((row, i) => {
    const ms = row.time?.ms ?? 0;
    const basis = row.time?.basis ?? "computed";
    const interval =
      row.start === undefined || row.end === undefined || raws[i]!.intervals.size > 1
        ? undefined
        : ([row.start, row.end] as const);
    if (row.phase !== "export") {
      add(row.phase, ms, basis, interval);
      return;
    }
    // One row makes the image and pushes it: its parts say how long each took.
    const partTime = (pattern: RegExp): number =>
      Math.min(
        ms,
        row.parts.filter(({ id }) => pattern.test(id)).reduce((sum, part) => sum + (part.ms ?? 0), 0),
      );
    const push = partTime(/^pushing /);
    const load = partTime(/^(?:sending tarball|importing to docker|unpacking to docker)/);
    if (push > 0) add("push", push, "recorded");
    if (load > 0) add("load", load, "recorded");
    add("export", Math.max(0, ms - push - load), push + load > 0 ? "computed" : basis);
  });
  return [...sums]
    .map(([phase, sum]) => ({
      phase,
      ms: sum.ms + lengthOf(sum.intervals),
      rows: sum.rows,
      basis: sum.basis,
    }))
    .sort((a, b) => b.ms - a.ms);
}
