/** A build while it is read: rows come in any order and change until the log ends. */

import type { CiFormat, CiHint, CiPart, CiStatus, HintKind } from "./types";

export interface RawRow {
  readonly index: number;
  name: string;
  status: CiStatus;
  error?: string;
  /** Its own time, as the log says it. */
  ms?: number;
  /** Times of the clock: of its first line, of its last, of the one that says how it ended. */
  firstAt?: number;
  lastAt?: number;
  endAt?: number;
  /** Exact, where the log has them: begin → end, ms since 1970. A row may run more than once. */
  readonly intervals: Map<number, number | undefined>;
  line: number;
  readonly parts: Map<string, CiPart>;
  readonly hints: CiHint[];
}

export interface RawBuild {
  readonly format: CiFormat;
  readonly stream: string;
  firstLine: number;
  lastLine: number;
  firstAt?: number;
  lastAt?: number;
  /** The time that the log itself gives for the whole build. */
  wall?: number;
  ended: boolean;
  failed: boolean;
  /** The log says that it is through. */
  finished: boolean;
  readonly rows: Map<string, RawRow>;
  name?: string;
}

export function newBuild(format: CiFormat, stream: string, line: number, at: number | undefined): RawBuild {
  return {
    format,
    stream,
    firstLine: line,
    lastLine: line,
    firstAt: at,
    lastAt: at,
    ended: false,
    failed: false,
    finished: false,
    rows: new Map(),
  };
}

export function newRow(index: number, name: string, line: number, at: number | undefined): RawRow {
  return {
    index,
    name,
    status: "unfinished",
    line,
    firstAt: at,
    lastAt: at,
    intervals: new Map(),
    parts: new Map(),
    hints: [],
  };
}

/** A line of the build was read. */
export function touch(build: RawBuild, line: number, at: number | undefined): void {
  build.lastLine = line;
  if (at !== undefined) {
    build.firstAt ??= at;
    build.lastAt = at;
  }
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Bytes of `12.3MB`; undefined for something else. */
export function bytesOf(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kKMGT]?)(i?)B$/.exec(text ?? "");
  if (!match) return undefined;
  const [, number, prefix, binary] = match;
  const power = ["", "k", "m", "g", "t"].indexOf((prefix ?? "").toLowerCase());
  return Math.round(Number(number) * (binary === "i" ? 1024 ** power : (UNITS[`${prefix}B`] ?? 1)));
}

const PART =
  /^(.{1,400}?)(?: (\d+(?:\.\d+)?[kKMGT]?i?B)(?: \/ (\d+(?:\.\d+)?[kKMGT]?i?B))?)?(?: (\d+\.\d+)s)?( done)?$/;

/** `transferring context: 12MB 0.3s done` as a part; undefined for text that says neither amount nor time nor end. */
export function partOf(text: string): CiPart | undefined {
  if (text.length > 400) return undefined;
  const match = PART.exec(text);
  if (!match) return undefined;
  const [, id = "", current, total, seconds, done] = match;
  if (current === undefined && seconds === undefined && done === undefined && !KNOWN_PART.test(id))
    return undefined;
  return {
    id: id.replace(/:$/, ""),
    current: bytesOf(current),
    total: bytesOf(total),
    ms: seconds === undefined ? undefined : Number(seconds) * 1000,
    done: done !== undefined,
  };
}

/** Parts that may stand without amount and time. */
const KNOWN_PART =
  /^(?:transferring |sha256:[0-9a-f]{12,64}$|extracting |resolve |exporting |writing |naming to |unpacking to |pushing |preparing |sending |inferred cache |loading layer|importing |copying |pulling image |creating container|starting container|auth )/;

/** Adds what *part* says to the row; the last amount stands. */
export function addPart(row: RawRow, part: CiPart): void {
  if (row.parts.size >= 400 && !row.parts.has(part.id)) return;
  const before = row.parts.get(part.id);
  row.parts.set(part.id, {
    id: part.id,
    current: part.current ?? before?.current,
    total: part.total ?? before?.total,
    ms: part.ms ?? before?.ms,
    done: part.done || (before?.done ?? false),
  });
}

/** Each is looked for in at most 300 characters of a line. */
const HINTS: readonly (readonly [HintKind, RegExp])[] = [
  ["rate-limit", /toomanyrequests|429 Too Many Requests|rate limit(?:ed)? exceeded|pull rate limit/i],
  ["no-space", /no space left on device/i],
  ["exec-format", /exec format error/i],
  [
    "emulation",
    /qemu[:-]|qemu-(?:aarch64|arm|x86_64|riscv64)|does not match the (?:detected|expected) (?:host )?platform/i,
  ],
  [
    "download",
    /^Get:\d+ |^\s*Downloading |^\s*Downloaded |^Fetched \d|^(?:\(\d+\/\d+\) )?Installing |added \d+ packages|packages in \d|^go: downloading |^\s*Collecting |Progress: resolved \d+, reused \d+, downloaded [1-9]|^Fetch: |Downloading from |Download http|Fetching \S+ \d|➤ YN0013|fetch https?:\/\//,
  ],
];

const MOST_HINTS = 12;

/** Looks what a line of output tells. At most a few of each row are kept. */
export function addHints(row: RawRow, text: string, line: number): void {
  if (row.hints.length >= MOST_HINTS) return;
  const shown = text.length > 300 ? text.slice(0, 300) : text;
  for (const [kind, pattern] of HINTS) {
    if (row.hints.filter((hint) => hint.kind === kind).length >= 3 || !pattern.test(shown)) continue;
    row.hints.push({ kind, line, text: shown.trim() });
  }
}
