/** The terminal's progress as it was copied or captured: `[+] Building 12.3s (9/9) FINISHED` and ` => [2/4] WORKDIR /app  0.0s`, once or in many frames. */

import type { LogLine } from "./clean";
import { addHints, addPart, newBuild, newRow, partOf, type RawBuild, type RawRow, touch } from "./raw";

const HEADER = /^\[\+\] Building (?:(\d+)m\s?)?(\d+(?:\.\d+)?)s? \((\d+)\/(\d+)\)(.*)$/;
const ROW = /^\s?=> (=> )?(?:(CACHED|ERROR|CANCELED) )?(.*?)(?:\s+(?:(\d+)m\s?)?(\d+\.\d+)s)?\s*$/;

/** Reads the frames of one stream. */
export class TtyReader {
  private build: RawBuild | undefined;
  private row: RawRow | undefined;
  /** How often each name was seen in this frame. */
  private seen = new Map<string, number>();

  constructor(private readonly begin: (build: RawBuild) => void) {}

  get open(): RawBuild | undefined {
    return this.build;
  }

  close(): void {
    this.build = undefined;
    this.row = undefined;
  }

  /** Takes *line*; false when it is no line of a frame. */
  take(line: LogLine): boolean {
    const { text } = line;
    if (text.startsWith("[+] Building")) return this.header(line);
    if (!this.build || !/^\s?=> /.test(text) || text.length > 1000) return false;
    const match = ROW.exec(text);
    if (!match) return false;
    touch(this.build, line.number, line.at);
    const [, below, flag, rest = "", minutes, seconds] = match;
    const ms = seconds === undefined ? undefined : (Number(minutes ?? 0) * 60 + Number(seconds)) * 1000;
    if (below) this.part(this.build, rest.trim(), ms, line);
    else this.rowLine(this.build, rest.trim(), flag, ms, line);
    return true;
  }

  private header(line: LogLine): boolean {
    const match = HEADER.exec(line.text);
    if (!match) return false;
    const [, minutes, seconds, , , rest = ""] = match;
    const ms = (Number(minutes ?? 0) * 60 + Number(seconds)) * 1000;
    if (!this.build || this.build.finished || this.build.ended || ms < (this.build.wall ?? 0)) {
      this.build = newBuild("buildx-tty", line.stream, line.number, line.at);
      this.begin(this.build);
    }
    touch(this.build, line.number, line.at);
    this.build.wall = ms;
    this.build.finished = /FINISHED/.test(rest);
    this.seen = new Map();
    this.row = undefined;
    return true;
  }

  private rowLine(
    build: RawBuild,
    name: string,
    flag: string | undefined,
    ms: number | undefined,
    line: LogLine,
  ): void {
    const count = (this.seen.get(name) ?? 0) + 1;
    this.seen.set(name, count);
    const key = `${name}\u0000${count}`;
    let row = build.rows.get(key);
    if (!row) {
      row = newRow(build.rows.size + 1, name, line.number, line.at);
      build.rows.set(key, row);
    }
    this.row = row;
    row.ms = ms ?? row.ms;
    row.lastAt = line.at;
    row.status = flag === undefined ? "DONE" : (flag as RawRow["status"]);
  }

  private part(build: RawBuild, text: string, ms: number | undefined, line: LogLine): void {
    const { row } = this;
    if (!row) return;
    if (text.startsWith("# ")) {
      addHints(row, text.slice(2), line.number);
      return;
    }
    const part = partOf(text) ?? { id: text, done: true };
    addPart(row, { ...part, ms: part.ms ?? ms, done: true });
    if (part.id.startsWith("naming to ")) build.name ??= part.id.slice("naming to ".length);
  }
}
