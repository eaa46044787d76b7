/** The lines of a CI log without what the CI put around them: times, colours, job names, progress bars that overwrite themselves. */

/** One line of the log, freed. */
export interface LogLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** ms since 1970, or since midnight of the first day when the log has times of day only. */
  readonly at?: number;
  /** Name of the job, branch or step that the line belongs to. */
  readonly stream: string;
}

/** The lines of a log and what their times are. */
export interface CleanLog {
  readonly lines: readonly LogLine[];
  readonly total: number;
  /** `date`: whole dates; `clock`: times of day; absent: none. */
  readonly times?: "date" | "clock";
}

/** Nothing after this column is looked at: no line of a build log says more. */
const LONGEST = 4000;

const ESCAPES = /\u001b(?:\[[0-9;?]{0,40}[ -/]{0,4}[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
/** What is left of colours when a log was copied without its control characters. */
const BARE_COLOURS = /\[(?:\d{1,2};){0,3}\d{0,2}m/g;
const BARE_MOVES = /\[(?:\d{1,3}[ABGK]|\?25[hl])/g;

/** `2024-05-01T12:34:56.123Z`, bracketed or not, with a space or a `T`, a comma or a point, and any zone. */
const DATE =
  /^\[?(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d{2}:?\d{2})?\]?:?(?:[ \t|]+|$)/;
/** GitLab's stream marks behind the time: `00O `, `01E `, `00O+` when the line goes on. */
const GITLAB_MARK = /^\d{2}[OE]([ +])/;
/** `[12:34:56]`, `12:34:56.789 `, TeamCity's `[12:34:56]W:`. */
const CLOCK = /^\[?(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?(?:\]\s?(?:[WEi]?\s?:)?[ \t]*|[ \t]+)/;
/** syslog: `May  1 12:34:56 host `. */
const SYSLOG =
  /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (\d{2}):(\d{2}):(\d{2}) (?:\S{1,80} (?:\S{1,60}\[\d+\]: )?)?/;
/** `gh run view --log`: job, step and the line, with tabs between. */
const GITHUB_COLUMNS = /^([^\t]{1,160})\t([^\t]{1,200})\t\ufeff?(?=\d{4}-\d{2}-\d{2}T)/;
/** What stands only before a line of a build: Cloud Build's step, a branch in brackets, compose's service. */
const BUILD_LINE = String.raw`(?=#\d+ |\s?=> |\[\+\] |Step \d+\/\d+ ?:| ---> |\{"(?:vertexes|statuses|logs|warnings)")`;
const CLOUD_BUILD = /^(Step #\d+(?: - "[^"]{0,80}")?): /;
const BRANCH = new RegExp(String.raw`^(\[[^\]+][^\]]{0,80}\]) ` + BUILD_LINE);
const SERVICE = new RegExp(String.raw`^([\w.-]{1,80})\s{0,40}\| ` + BUILD_LINE);
/** Buildkite's mark before a line: its time in ms. */
const BUILDKITE = /\u001b_bk;t=(\d{13})\u0007/g;
/** `time="2024-05-01T12:34:56Z" level=info msg="#5 DONE 1.2s"`. */
const LOGFMT = /^(?:time|ts)="?([^" ]{10,40})"? level=\w{3,8} msg="((?:[^"\\]|\\.)*)"/;
const SECTION = /section_(?:start|end):(\d{9,11}):/;

const MONTH = 30;
const DAY = 86_400_000;

/** Frees *log*. Never throws; takes time in proportion to the length. */
export function cleanLog(log: string): CleanLog {
  const lines: LogLine[] = [];
  let times: CleanLog["times"];
  let number = 0;
  let days = 0;
  let lastClock: number | undefined;
  let from = 0;
  const text = log.startsWith("\ufeff") ? log.slice(1) : log;
  while (from < text.length) {
    let to = text.indexOf("\n", from);
    if (to === -1) to = text.length;
    number++;
    const raw = text.slice(from, to);
    from = to + 1;
    const line = cleanLine(raw);
    if (line.date !== undefined) times = "date";
    else if (line.clock !== undefined && times === undefined) times = "clock";
    let at = line.date;
    if (at === undefined && line.clock !== undefined && times === "clock") {
      if (lastClock !== undefined && line.clock < lastClock - DAY / 2) days++;
      lastClock = line.clock;
      at = days * DAY + line.clock;
    }
    if (line.continues && lines.length > 0) {
      const before = lines[lines.length - 1]!;
      if (before.text.length < LONGEST)
        lines[lines.length - 1] = { ...before, text: before.text + line.text };
      continue;
    }
    lines.push({ number, text: line.text, stream: line.stream, ...(at !== undefined && { at }) });
  }
  return { lines, total: number, ...(times && { times }) };
}

interface Cleaned {
  text: string;
  stream: string;
  date?: number;
  clock?: number;
  continues: boolean;
}

function cleanLine(raw: string): Cleaned {
  const line: Cleaned = { text: "", stream: "", continues: false };
  let text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  // A line of rawjson is whole JSON and may be long.
  const isJson = text.startsWith("{");
  if (!isJson && text.length > LONGEST) text = text.slice(0, LONGEST);
  if (isJson) {
    const inner = dockerJson(text);
    if (inner === undefined) {
      line.text = text;
      return line;
    }
    if (inner.at !== undefined) line.date = inner.at;
    text = inner.text.slice(0, LONGEST);
  }
  const section = SECTION.exec(text);
  if (section) line.date = Number(section[1]) * 1000;
  if (text.includes("\u001b_bk;")) {
    const [mark] = text.matchAll(BUILDKITE);
    if (mark) line.date = Number(mark[1]);
    text = text.replace(BUILDKITE, "");
  }
  if (text.includes("\u001b")) text = text.replace(ESCAPES, "");
  const logged = text.startsWith("t") ? LOGFMT.exec(text) : null;
  if (logged) {
    const at = Date.parse(logged[1]!);
    if (Number.isFinite(at)) line.date = at;
    text = logged[2]!.replace(/\\(["\\])/g, "$1");
  }
  if (text.includes("\r")) text = lastDrawn(text);
  if (text.includes("m") && text.includes("[")) text = text.replace(BARE_COLOURS, "");
  if (text.includes("[?25")) text = text.replace(BARE_MOVES, "");
  const columns = GITHUB_COLUMNS.exec(text);
  if (columns) {
    line.stream = columns[2] === "UNKNOWN STEP" ? columns[1]! : `${columns[1]} / ${columns[2]}`;
    text = text.slice(columns[0].length);
  }
  for (let round = 0; round < 4; round++) {
    const before = text.length;
    text = withoutTime(text, line);
    const stream = CLOUD_BUILD.exec(text) ?? BRANCH.exec(text) ?? SERVICE.exec(text);
    if (stream) {
      line.stream = stream[1]!.replace(/^\[|\]$/g, "");
      text = text.slice(stream[0].length);
    }
    if (text.length === before) break;
  }
  line.text = text;
  return line;
}

function withoutTime(text: string, line: Cleaned): string {
  const first = text.charCodeAt(0);
  // A time begins with a digit, a bracket or (syslog) a capital letter.
  if (!((first >= 48 && first <= 57) || first === 91 || (first >= 65 && first <= 83))) return text;
  const date = DATE.exec(text);
  if (date) {
    line.date = dateOf(date);
    const rest = text.slice(date[0].length);
    const mark = GITLAB_MARK.exec(rest);
    if (!mark) return rest;
    line.continues = mark[1] === "+";
    return rest.slice(mark[0].length);
  }
  const clock = CLOCK.exec(text) ?? SYSLOG.exec(text);
  if (!clock) return text;
  const [, hours, minutes, seconds, fraction = ""] = clock;
  line.clock ??= (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + milli(fraction);
  return text.slice(clock[0].length);
}

function dateOf(match: RegExpExecArray): number | undefined {
  const [, year, month, day, hours, minutes, seconds, fraction = "", zone = "Z"] = match;
  if (Number(month) > 12 || Number(day) > MONTH + 1) return undefined;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  );
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  const shift = offset
    ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000
    : 0;
  return at - shift + milli(fraction);
}

function milli(fraction: string): number {
  return fraction === "" ? 0 : Math.round(Number(`0.${fraction}`) * 1000);
}

/** What a terminal would show of a line that writes over itself. */
function lastDrawn(text: string): string {
  const parts = text.split("\r");
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]!;
    if (part.trim() !== "" && !SECTION.test(part)) return part;
  }
  return "";
}

/** `{"log":"…\n","stream":"stderr","time":"…"}` of a container's log file, or a structured log's message; undefined for other JSON. */
function dockerJson(text: string): { text: string; at?: number } | undefined {
  if (!/"(?:log|message|msg)"\s*:\s*"/.test(text.slice(0, 2000))) return undefined;
  try {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const inner = json["log"] ?? json["message"] ?? json["msg"];
    if (typeof inner !== "string" || Array.isArray(json["vertexes"])) return undefined;
    const when = json["time"] ?? json["timestamp"] ?? json["ts"];
    const at = typeof when === "string" ? Date.parse(when) : NaN;
    return { text: inner.replace(/\r?\n$/, ""), ...(Number.isFinite(at) && { at }) };
  } catch {
    return undefined;
  }
}
