/** Builds from BuildKit's own status messages (client.SolveStatus): the lines of `--progress=rawjson`, and what a build record keeps. */

import { addHints, addPart, newBuild, newRow, type RawBuild, type RawRow } from "./raw";
import type { CiFormat } from "./types";

/** One message. Times are ms since 1970; a text may be absent. */
export interface StatusMessage {
  readonly vertexes: readonly {
    readonly digest: string;
    readonly name: string;
    readonly started?: number;
    readonly completed?: number;
    readonly cached: boolean;
    readonly error: string;
    readonly group?: { readonly id: string; readonly name: string; readonly weak: boolean };
  }[];
  readonly statuses: readonly {
    readonly id: string;
    readonly vertex: string;
    readonly current: number;
    readonly total: number;
    readonly started?: number;
    readonly completed?: number;
    readonly timestamp?: number;
  }[];
  readonly logs: readonly { readonly vertex: string; readonly text: string }[];
}

/** Puts messages together to builds. */
export class StatusReader {
  private build: RawBuild | undefined;
  private groups = new Map<string, string>();

  constructor(
    private readonly format: CiFormat,
    private readonly begin: (build: RawBuild) => void,
  ) {}

  get open(): RawBuild | undefined {
    return this.build;
  }

  close(): void {
    this.build = undefined;
  }

  /** Takes a message that stands on *line* (0: there are no lines). */
  take(message: StatusMessage, line: number, stream = ""): void {
    if (!this.build || this.isNewBuild(message)) {
      this.build = newBuild(this.format, stream, line, undefined);
      this.groups = new Map();
      this.begin(this.build);
    }
    const { build } = this;
    build.lastLine = line;
    for (const vertex of message.vertexes) {
      // A group is shown as one row.
      const key = vertex.group ? `group ${vertex.group.id}` : vertex.digest;
      this.groups.set(vertex.digest, key);
      let row = build.rows.get(key);
      if (!row) {
        row = newRow(build.rows.size + 1, vertex.group?.name || vertex.name, line, undefined);
        build.rows.set(key, row);
      }
      if (vertex.started !== undefined) row.intervals.set(vertex.started, vertex.completed);
      if (vertex.error !== "") {
        row.status = /context canceled$/.test(vertex.error) ? "CANCELED" : "ERROR";
        row.error = vertex.error.slice(0, 500);
      } else if (vertex.completed !== undefined && row.status !== "ERROR")
        row.status = vertex.cached && (row.status !== "DONE" || !vertex.group) ? "CACHED" : "DONE";
    }
    for (const status of message.statuses) {
      const row = this.rowOf(status.vertex);
      if (!row) continue;
      const end = status.completed ?? status.timestamp;
      addPart(row, {
        id: status.id.replace(/:$/, ""),
        current: status.current === 0 ? undefined : status.current,
        total: status.total === 0 ? undefined : status.total,
        ms:
          status.started === undefined || end === undefined || end < status.started
            ? undefined
            : end - status.started,
        done: status.completed !== undefined,
      });
      if (status.id.startsWith("naming to ")) build.name ??= status.id.slice("naming to ".length);
    }
    for (const log of message.logs) {
      const row = this.rowOf(log.vertex);
      if (!row) continue;
      for (const text of log.text.split("\n", 200)) addHints(row, text, line);
    }
  }

  private rowOf(digest: string): RawRow | undefined {
    return this.build?.rows.get(this.groups.get(digest) ?? digest);
  }

  /** The same digests come again when the same Dockerfile is built again. */
  private isNewBuild({ vertexes }: StatusMessage): boolean {
    const again = vertexes.find(({ name, started }) => {
      return started !== undefined && /load build definition/.test(name);
    });
    if (!again) return false;
    const row = this.rowOf(again.digest);
    if (!row || row.intervals.has(again.started!)) return false;
    return [...this.build!.rows.values()].every(({ intervals }) =>
      [...intervals.values()].every((end) => end !== undefined && end <= again.started!),
    );
  }
}

type Json = Readonly<Record<string, unknown>>;

/** A line of `--progress=rawjson`; undefined when it is none. */
export function rawJsonMessage(text: string): StatusMessage | undefined {
  if (!/^\s*\{\s*"(?:vertexes|statuses|logs|warnings)"/.test(text.slice(0, 200))) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const list = (name: string): Json[] => {
    const value = (json as Json)[name];
    return Array.isArray(value)
      ? value.filter((one): one is Json => typeof one === "object" && one !== null)
      : [];
  };
  return {
    vertexes: list("vertexes").map((one) => {
      const group = one["progressGroup"] as Json | null | undefined;
      return {
        digest: textOf(one["digest"]),
        name: textOf(one["name"]),
        started: timeOf(one["started"]),
        completed: timeOf(one["completed"]),
        cached: one["cached"] === true,
        error: textOf(one["error"]),
        ...(typeof group === "object" &&
          group !== null && {
            group: { id: textOf(group["id"]), name: textOf(group["name"]), weak: group["weak"] === true },
          }),
      };
    }),
    statuses: list("statuses").map((one) => ({
      id: textOf(one["id"]),
      vertex: textOf(one["vertex"]),
      current: Number(one["current"] ?? 0) || 0,
      total: Number(one["total"] ?? 0) || 0,
      started: timeOf(one["started"]),
      completed: timeOf(one["completed"]),
      timestamp: timeOf(one["timestamp"]),
    })),
    logs: list("logs").map((one) => ({ vertex: textOf(one["vertex"]), text: base64Text(one["data"]) })),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Go's zero time means: not known. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== "string" || value.startsWith("0001-")) return undefined;
  const at = Date.parse(value);
  if (!Number.isFinite(at)) return undefined;
  // Date keeps milliseconds; the rest of the fraction is added.
  const micros = /\.\d{3}(\d{1,6})/.exec(value)?.[1];
  return micros === undefined ? at : at + Number(`0.${micros}`);
}

function base64Text(value: unknown): string {
  if (typeof value !== "string") return "";
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (char) => char.charCodeAt(0)));
  } catch {
    return "";
  }
}
