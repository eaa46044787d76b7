/** Logs of the builder before BuildKit, from docker's documentation: `Step 2/4 : WORKDIR /app`, ` ---> Using cache`, ` ---> Running in …`. */

import type { LogLine } from "./clean";
import { addHints, addPart, bytesOf, newBuild, newRow, type RawBuild, type RawRow, touch } from "./raw";

const CONTEXT = /^Sending build context to Docker daemon\s+(\d+(?:\.\d+)?\s?[kKMGT]?i?B)/;
const STEP = /^Step (\d{1,4})\/(\d{1,4}) ?: (.*)$/;
const BUILT = /^Successfully built ([0-9a-f]{12})/;
const TAGGED = /^Successfully tagged (\S+)/;
const FAILED =
  /^(?:The command '.*' returned a non-zero code|COPY failed|ADD failed|ERROR: Service '.*' failed to build|Error response from daemon|unauthorized:|pull access denied)/;
const CONTEXT_ROW = "[internal] load build context";

/** Reads the classic builder's lines of one stream. */
export class ClassicReader {
  private build: RawBuild | undefined;
  private row: RawRow | undefined;

  constructor(private readonly begin: (build: RawBuild) => void) {}

  get open(): RawBuild | undefined {
    return this.build;
  }

  close(): void {
    this.build = undefined;
    this.row = undefined;
  }

  /** Takes *line*; false when it is none of this builder's. While a step runs its output is taken too. */
  take(line: LogLine): boolean {
    const { text } = line;
    const context = CONTEXT.exec(text);
    if (context) {
      if (!this.build || this.build.finished || this.row?.name !== CONTEXT_ROW) this.start(line);
      const row = this.step("0", 0, CONTEXT_ROW, line);
      addPart(row, {
        id: "transferring context",
        current: bytesOf(context[1]!.replace(" ", "")),
        done: true,
      });
      row.status = "DONE";
      return true;
    }
    const step = STEP.exec(text);
    if (step) {
      const [, number = "", total = "", instruction = ""] = step;
      if (!this.build || this.build.finished || (number === "1" && this.build.rows.has("1")))
        this.start(line);
      this.step(number, Number(number), `[${number}/${total}] ${instruction.trim()}`, line);
      return true;
    }
    const { build, row } = this;
    if (!build || !row) return false;
    if (text === " ---> Using cache" || text === "---> Using cache") row.status = "CACHED";
    else if (/^ ?---> Running in /.test(text)) row.status = "unfinished";
    else if (/^ ?---> [0-9a-f]{12}/.test(text)) {
      if (row.status === "unfinished") row.status = "DONE";
    } else if (BUILT.test(text)) {
      this.end(line);
      build.finished = true;
    } else if (TAGGED.test(text)) {
      build.name ??= TAGGED.exec(text)![1];
      build.finished = true;
      touch(build, line.number, line.at);
      this.close();
      return true;
    } else if (FAILED.test(text)) {
      row.status = "ERROR";
      row.error = text.slice(0, 500);
      build.failed = true;
      this.end(line);
      touch(build, line.number, line.at);
      this.close();
      return true;
    } else if (build.finished) return false;
    else {
      // Whatever a step prints stands between its lines.
      addHints(row, text, line.number);
      const pulled = /^([0-9a-f]{12}): (Pull complete|Download complete|Already exists)/.exec(text);
      if (pulled) addPart(row, { id: `sha256:${pulled[1]}`, done: true });
      return true;
    }
    touch(build, line.number, line.at);
    row.lastAt = line.at;
    return true;
  }

  private start(line: LogLine): void {
    this.build = newBuild("classic", line.stream, line.number, line.at);
    this.row = undefined;
    this.begin(this.build);
  }

  private step(key: string, index: number, name: string, line: LogLine): RawRow {
    const build = this.build!;
    touch(build, line.number, line.at);
    this.end(line);
    const row = newRow(index, name, line.number, line.at);
    build.rows.set(key, row);
    this.row = row;
    return row;
  }

  /** The row before ended when this line came. */
  private end(line: LogLine): void {
    if (!this.row) return;
    this.row.endAt = line.at;
    if (this.row.status === "unfinished") this.row.status = "DONE";
  }
}
