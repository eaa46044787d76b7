/** `--progress=rawjson`: every delivery as one line of JSON, as Go's encoder writes client.SolveStatus (client/graph.go). */

import type { SolveStatus } from "../../build/status";
import type { Display } from "./display";

/** The rawjson display. *epoch*: seconds since 1970 at which the build began; default 0. */
export class RawJsonDisplay implements Display {
  private pending = "";

  constructor(private readonly epoch = 0) {}

  take(status: SolveStatus): void {
    this.pending += rawJsonLine(status, this.epoch) + "\n";
  }

  refresh(): string {
    return this.done();
  }

  done(): string {
    const text = this.pending;
    this.pending = "";
    return text;
  }
}

/** One delivery as JSON: fields in Go's order, empty ones left out, bytes in base64, times in RFC 3339 (UTC). */
export function rawJsonLine(status: SolveStatus, epoch = 0): string {
  const time = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : rfc3339(epoch, ms);
  const list = <T, R>(items: readonly T[] | undefined, map: (item: T) => R): R[] | undefined =>
    items && items.length > 0 ? items.map(map) : undefined;
  const value = {
    vertexes: list(status.vertexes, (vertex) => ({
      digest: orNothing(vertex.digest),
      inputs: list(vertex.inputs, (input) => input),
      name: orNothing(vertex.name),
      started: time(vertex.started),
      completed: time(vertex.completed),
      cached: vertex.cached === true ? true : undefined,
      error: orNothing(vertex.error),
      progressGroup: vertex.progressGroup && {
        id: orNothing(vertex.progressGroup.id),
        name: orNothing(vertex.progressGroup.name),
        weak: vertex.progressGroup.weak === true ? true : undefined,
      },
    })),
    statuses: list(status.statuses, (row) => ({
      id: row.id,
      vertex: orNothing(row.vertex),
      name: orNothing(row.name),
      total: row.total === 0 ? undefined : row.total,
      current: row.current ?? 0,
      timestamp: time(row.timestamp ?? 0),
      started: time(row.started),
      completed: time(row.completed),
    })),
    logs: list(status.logs, (log) => ({
      vertex: orNothing(log.vertex),
      stream: log.stream,
      data: base64(log.data),
      timestamp: time(log.timestamp),
    })),
    warnings: list(status.warnings, (warning) => ({
      vertex: orNothing(warning.vertex),
      level: warning.level === 0 ? undefined : warning.level,
      short: warning.short === "" ? undefined : base64(warning.short),
      detail: list(warning.detail, base64),
      url: orNothing(warning.url),
    })),
  };
  return escapeForGo(JSON.stringify(value));
}

function orNothing(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** Go's encoder writes these characters as escapes. */
function escapeForGo(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** Seconds without trailing zeros after the point, as time.RFC3339Nano. */
function rfc3339(epoch: number, ms: number): string {
  const nanoseconds = BigInt(Math.round(epoch * 1e3)) * 1_000_000n + BigInt(Math.round(ms * 1e6));
  const second = nanoseconds / 1_000_000_000n - (nanoseconds % 1_000_000_000n < 0n ? 1n : 0n);
  const fraction = (nanoseconds - second * 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const text = new Date(Number(second) * 1000).toISOString().replace(/\.000Z$/, "");
  return text + (fraction === "" ? "" : "." + fraction) + "Z";
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    out += (ALPHABET[a >> 2] ?? "") + (ALPHABET[((a & 3) << 4) | (b >> 4)] ?? "");
    out += i + 1 < bytes.length ? (ALPHABET[((b & 15) << 2) | (c >> 6)] ?? "") : "=";
    out += i + 2 < bytes.length ? (ALPHABET[c & 63] ?? "") : "=";
  }
  return out;
}
