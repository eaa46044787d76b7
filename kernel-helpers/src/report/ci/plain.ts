/** BuildKit's plain progress as buildx prints it (BuildKit util/progress/progressui/printer.go), of 2018 to today. */

import type { LogLine } from "./clean";
import { addHints, addPart, newBuild, newRow, partOf, type RawBuild, type RawRow, touch } from "./raw";

const NUMBERED = /^#(\d{1,5}) (.*)$/;
/** What ends a row: `DONE 1.2s`, `CACHED`, `ERROR: …`, `CANCELED`. */
const DONE = /^DONE(?: (\d+\.\d+)s)?\s*$/;
/** `0.521 added 10 packages`: printed by the step, with the time since it began. */
const OUTPUT = /^(\d+\.\d{1,3}) ?(.*)$/;
/** Lines of the first versions: `      digest: sha256:…`, `    duration: 1.2s`. */
const OLD_FIELD = /^\s+(digest|name|started|completed|duration|error|cached): ?(.*)$/;
const FIRST_NAMES =
  /^\[(?:[^\]]+ )?internal\] (?:load (?:build definition|local bake|remote|git|\.dockerignore)|booting)/;

/** Reads the numbered lines of one stream; each build is handed to *begin* when its first line comes. */
export class PlainReader {
  private build: RawBuild | undefined;
  /** Number of the row whose block is being printed. */
  private current = -1;

  constructor(private readonly begin: (build: RawBuild) => void) {}

  /** The build that is going on. */
  get open(): RawBuild | undefined {
    return this.build;
  }

  /** Another form of log begins: what follows is no part of this build. */
  close(): void {
    this.build = undefined;
  }

  /** Takes *line*; false when it is none of the numbered lines. */
  take(line: LogLine): boolean {
    const match = NUMBERED.exec(line.text);
    if (!match) return false;
    const index = Number(match[1]);
    const text = match[2]!;
    if (index === 0) {
      // `#0 building with "default" instance using docker driver` stands before the first row only.
      if (!/^building with/.test(text)) return this.build !== undefined;
      if (!this.build || this.build.rows.size > 0) this.start(line);
      return true;
    }
    if (!this.build || this.isNewBuild(index, text)) {
      if (!this.build && !looksLikeBuild(text)) return false;
      this.start(line);
    }
    const build = this.build!;
    touch(build, line.number, line.at);
    let row = build.rows.get(match[1]!);
    if (!row) {
      const isName = !isEvent(text);
      row = newRow(index, isName ? text.trim() : "", line.number, line.at);
      build.rows.set(match[1]!, row);
      this.current = index;
      if (isName) return true;
    } else if (this.current !== index) {
      this.current = index;
      // The name is printed again when a row goes on. A row that had ended runs a second time.
      if (text.trim() === row.name) {
        row.lastAt = line.at;
        return true;
      }
      if (row.name === "" && !isEvent(text)) {
        row.name = text.trim();
        return true;
      }
    }
    this.event(build, row, text, line);
    return true;
  }

  private start(line: LogLine): void {
    this.build = newBuild("buildx-plain", line.stream, line.number, line.at);
    this.current = -1;
    this.begin(this.build);
  }

  /** Does `#N text` belong to another build than the one that is open? */
  private isNewBuild(index: number, text: string): boolean {
    const row = this.build?.rows.get(String(index));
    if (!row) return index === 1 && (this.build?.rows.size ?? 0) > 0 && FIRST_NAMES.test(text);
    if (this.build?.finished && !isEvent(text)) return true;
    if (index !== 1 || row.status === "unfinished" || this.current === 1 || isEvent(text)) return false;
    // A row that runs a second time has its old name.
    return FIRST_NAMES.test(text) || text.trim() !== row.name;
  }

  private event(build: RawBuild, row: RawRow, text: string, line: LogLine): void {
    row.lastAt = line.at;
    const done = DONE.exec(text);
    if (done) {
      row.status = row.status === "ERROR" ? "ERROR" : "DONE";
      // A row that ran again says the sum of all its times.
      if (done[1] !== undefined) row.ms = Math.max(row.ms ?? 0, Number(done[1]) * 1000);
      row.endAt = line.at;
      return;
    }
    if (text === "CACHED") {
      if (row.status === "unfinished") row.status = "CACHED";
      row.endAt = line.at;
      return;
    }
    if (text.startsWith("ERROR: ") || text.startsWith("ERROR ")) {
      row.status = "ERROR";
      row.error = text.replace(/^ERROR:? /, "").slice(0, 500);
      row.endAt = line.at;
      addHints(row, text, line.number);
      return;
    }
    if (text === "CANCELED") {
      row.status = "CANCELED";
      row.endAt = line.at;
      return;
    }
    if (text === "..." || /^sha256:[0-9a-f]{64}$/.test(text)) return;
    const output = OUTPUT.exec(text);
    if (output) {
      addHints(row, output[2]!, line.number);
      return;
    }
    const old = OLD_FIELD.exec(text);
    if (old) {
      oldField(row, old[1]!, old[2]!, line);
      return;
    }
    const part = partOf(text);
    if (part) {
      addPart(row, part);
      if (part.id.startsWith("naming to ")) build.name ??= part.id.slice("naming to ".length);
      if (part.id.startsWith("pushing manifest for "))
        build.name ??= part.id.slice("pushing manifest for ".length).replace(/@sha256:[0-9a-f]+$/, "");
      return;
    }
    addHints(row, text, line.number);
  }
}

/** The printer of 2018 and 2019 told a row's fields one by one. */
function oldField(row: RawRow, field: string, value: string, line: LogLine): void {
  if (field === "name") row.name = value.replace(/^"|"$/g, "");
  if (field === "duration") {
    const match = /^(?:(\d+)m)?(\d+(?:\.\d+)?)(ms|µs|us|ns|s)$/.exec(value);
    const unit = { s: 1000, ms: 1, µs: 1e-3, us: 1e-3, ns: 1e-6 }[match?.[3] ?? "s"] ?? 1000;
    if (match) row.ms = Number(match[1] ?? 0) * 60_000 + Number(match[2]) * unit;
  }
  if (field === "cached" && value === "true") row.status = "CACHED";
  if (field === "error") {
    row.status = "ERROR";
    row.error = value.replace(/^"|"$/g, "").slice(0, 500);
  }
  if (field === "completed" || field === "duration") {
    if (row.status === "unfinished") row.status = "DONE";
    row.endAt = line.at;
  }
}

/** Is `#N text` something other than the name of a row? */
function isEvent(text: string): boolean {
  return (
    DONE.test(text) ||
    text === "CACHED" ||
    text === "CANCELED" ||
    text === "..." ||
    text.startsWith("ERROR: ") ||
    (OUTPUT.test(text) && !text.startsWith("[")) ||
    OLD_FIELD.test(text) ||
    /^(?:sha256:[0-9a-f]|extracting |transferring |resolve \S+@sha256|WARN: )/.test(text) ||
    /^(?:exporting layers|exporting manifest|exporting config|writing image|naming to|pushing layers|pushing manifest)\b/.test(
      text,
    )
  );
}

/** Lines such as `#12 fix the build` in a commit message are no build. */
function looksLikeBuild(text: string): boolean {
  return (
    /^\[[^\]]{1,120}\] \S/.test(text) ||
    DONE.test(text) ||
    text === "CACHED" ||
    /^(?:resolve image config|docker-image:\/\/|importing cache|exporting |transferring |sha256:[0-9a-f]{12}|\d+\.\d{1,3} |resolving provenance|FROM |ERROR: )/.test(
      text,
    )
  );
}
