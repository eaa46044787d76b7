/** A CI log of any kind as builds: every stream of lines is read by the form that its lines have. */

import { type CleanLog, cleanLog, type LogLine } from "./clean";
import { ClassicReader } from "./classic";
import { PlainReader } from "./plain";
import type { RawBuild } from "./raw";
import { rawJsonMessage, StatusReader } from "./solve-status";
import { TtyReader } from "./tty";

/** What a log told, before it is judged. */
export interface ReadLog {
  readonly builds: readonly RawBuild[];
  readonly lines: number;
  readonly times?: CleanLog["times"];
  /** What stands around the builds and matters to them. */
  readonly around: readonly Around[];
}

/** Something the log says outside of any build's rows. */
export interface Around {
  readonly kind: "qemu-setup" | "new-builder" | "legacy-notice" | "pull-warning";
  readonly line: number;
}

interface Stream {
  readonly plain: PlainReader;
  readonly tty: TtyReader;
  readonly classic: ClassicReader;
  readonly json: StatusReader;
}

const FATAL =
  /^(?:ERROR: |error: |failed to solve|#\d+ ERROR: )?(?:failed to (?:build|solve)|executor failed running)/;
const AROUND: readonly (readonly [Around["kind"], RegExp])[] = [
  ["qemu-setup", /setup-qemu-action|tonistiigi\/binfmt|qemu-user-static|multiarch\/qemu/],
  ["new-builder", /setup-buildx-action|buildx create\b|docker:dind|\bcreating (?:a new )?builder instance/i],
  ["legacy-notice", /DEPRECATED: The legacy builder is deprecated/],
  ["pull-warning", /The requested image's platform \([^)]{1,60}\) does not match/],
];
/** Numbered lines behind a prefix that no CI known here writes. */
const BEHIND =
  /^.{1,120}?[\s:|>\])](#\d{1,4} (?:\[[^\]]{1,80}\] \S|DONE \d|CACHED$|transferring |exporting |importing cache|\d+\.\d{1,3} ).*)$/;

/** Reads *log*. Never throws; takes time in proportion to the length. */
export function readLog(log: string): ReadLog {
  const clean = cleanLog(log);
  const first = readLines(clean, clean.lines);
  if (first.builds.length > 0) return first;
  const prefix = unknownPrefix(clean.lines);
  if (!prefix) return first;
  const freed = clean.lines.map((line): LogLine => {
    const match = prefix.exec(line.text);
    return match ? { ...line, text: line.text.slice(match[0].length) } : line;
  });
  return readLines(clean, freed);
}

/** What stands before every line of the build, numbers taken for any number. */
function unknownPrefix(lines: readonly LogLine[]): RegExp | undefined {
  for (const { text } of lines) {
    const match = BEHIND.exec(text.slice(0, 1000));
    if (!match) continue;
    const prefix = text.slice(0, match[0].length - match[1]!.length);
    const pattern = prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\d+/g, "\\d+");
    return new RegExp(`^${pattern}`);
  }
  return undefined;
}

function readLines({ total, times }: CleanLog, lines: readonly LogLine[]): ReadLog {
  const builds: RawBuild[] = [];
  const around: Around[] = [];
  const streams = new Map<string, Stream>();
  for (const line of lines) {
    if (line.text === "") continue;
    let stream = streams.get(line.stream);
    if (!stream) streams.set(line.stream, (stream = newStream(builds)));
    if (takeLine(stream, line)) continue;
    for (const [kind, pattern] of AROUND)
      if (around.length < 200 && pattern.test(line.text)) around.push({ kind, line: line.number });
    if (FATAL.test(line.text)) {
      for (const { open } of [stream.plain, stream.tty, stream.classic])
        if (open) {
          open.failed = true;
          open.ended = true;
          open.finished = true;
        }
    }
  }
  return {
    builds: withBuilderStart(builds.filter(({ rows }) => rows.size > 0)),
    lines: total,
    ...(times && { times }),
    around,
  };
}

function newStream(builds: RawBuild[]): Stream {
  const begin = (build: RawBuild): void => void builds.push(build);
  return {
    plain: new PlainReader(begin),
    tty: new TtyReader(begin),
    classic: new ClassicReader(begin),
    json: new StatusReader("rawjson", begin),
  };
}

function takeLine({ plain, tty, classic, json }: Stream, line: LogLine): boolean {
  const { text } = line;
  const first = text.charCodeAt(0);
  if (first === 123) {
    const message = rawJsonMessage(text);
    if (message) {
      json.take(message, line.number, line.stream);
      return true;
    }
  }
  if (first === 35 && plain.take(line)) {
    classic.close();
    tty.close();
    return true;
  }
  if ((first === 91 || first === 32 || first === 61) && tty.take(line)) {
    classic.close();
    plain.close();
    return true;
  }
  return classic.take(line);
}

/** So long after the builder's start the build that follows is taken for the one it was started for. */
const SOON = 120_000;

/** `docker buildx inspect --bootstrap` prints the builder's start as a build of its own: it belongs to the build that follows. */
function withBuilderStart(builds: readonly RawBuild[]): RawBuild[] {
  return builds.filter((build, i) => {
    const rows = [...build.rows.values()];
    if (!rows.every(({ name }) => /^\[(?:\S+ )?internal\] booting/.test(name))) return true;
    const next = builds
      .slice(i + 1)
      .find(({ stream, format }) => stream === build.stream && format === build.format);
    if (!next) return true;
    const gap = (next.firstAt ?? 0) - (build.lastAt ?? 0);
    const isSoon = build.firstAt !== undefined && next.firstAt !== undefined && gap >= 0 && gap < SOON;
    const own = [...next.rows];
    next.rows.clear();
    rows.forEach((row, at) => {
      // Long before: its time counts, but not as a part of the build's.
      const kept = isSoon ? row : { ...row, firstAt: undefined, lastAt: undefined, endAt: undefined };
      next.rows.set(`boot ${at}`, kept);
    });
    for (const [key, row] of own) next.rows.set(key, row);
    if (isSoon) next.firstAt = build.firstAt;
    next.firstLine = build.firstLine;
    return false;
  });
}
