/**
 * Build records as `docker buildx history export` writes them: a gzip'd OCI layout whose manifest has a record (JSON) as config and
 * the course of the build (length-prefixed StatusResponse messages) as a layer (buildx util/desktop bundle, BuildKit solver/llbsolver/history.go).
 */

import { readTar } from "../../filesystem";
import type { Platform } from "../../platform";
import type { RawBuild } from "./raw";
import { type StatusMessage, StatusReader } from "./solve-status";

const RECORD = "application/vnd.buildkit.historyrecord.v0";
const STATUS = "application/vnd.buildkit.status.v0";

/** What of a record stands beside the course of the build. */
export interface RecordFacts {
  readonly created?: number;
  readonly completed?: number;
  readonly frontendAttrs: Readonly<Record<string, string>>;
  readonly error?: string;
}

/** A build of a record. */
export interface RecordedBuild {
  readonly build: RawBuild;
  readonly facts: RecordFacts;
}

/** Are *bytes* an archive (gzip or tar) rather than a text? */
export function isArchive(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true;
  return bytes.length > 262 && new TextDecoder("latin1").decode(bytes.subarray(257, 262)) === "ustar";
}

/** The builds of a `.dockerbuild` file. Throws RangeError when it is none: `LB_NO_RECORD: …`. */
export function readBuildRecords(bytes: Uint8Array, platform: Pick<Platform, "gunzip">): RecordedBuild[] {
  const files = new Map<string, Uint8Array>();
  try {
    const tar = bytes[0] === 0x1f && bytes[1] === 0x8b ? platform.gunzip(bytes) : bytes;
    for (const { name, type, content } of readTar(tar)) {
      if (type === "file" && content) files.set(name.replace(/^\.\//, ""), content.read());
    }
  } catch (error) {
    throw noRecord(error instanceof Error ? error.message : String(error));
  }
  const builds: RecordedBuild[] = [];
  const queue = manifestsIn(jsonOf(files.get("index.json")));
  for (let i = 0; i < queue.length && i < 1000; i++) {
    const document = jsonOf(files.get(blobPath(queue[i]!)));
    queue.push(...manifestsIn(document));
    const config = document?.["config"] as { mediaType?: string; digest?: string } | undefined;
    if (config?.mediaType !== RECORD || config.digest === undefined) continue;
    const record = jsonOf(files.get(blobPath(config.digest)));
    const layers = (document?.["layers"] ?? []) as { mediaType?: string; digest?: string }[];
    const logs = layers.find(({ mediaType }) => mediaType === STATUS);
    const found: RawBuild[] = [];
    const reader = new StatusReader("record", (build) => found.push(build));
    for (const message of statusMessages(files.get(blobPath(logs?.digest ?? "")) ?? new Uint8Array()))
      reader.take(message, 0);
    const [build] = found;
    if (build && record) builds.push({ build, facts: factsOf(record) });
  }
  if (builds.length === 0) throw noRecord("no build record in it");
  return builds;
}

function noRecord(why: string): RangeError {
  return new RangeError(`LB_NO_RECORD: ${why}`);
}

type Json = Readonly<Record<string, unknown>>;

function jsonOf(bytes: Uint8Array | undefined): Json | undefined {
  if (!bytes) return undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof json === "object" && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

function manifestsIn(json: Json | undefined): string[] {
  const manifests = json?.["manifests"];
  if (!Array.isArray(manifests)) return [];
  return manifests.flatMap((one: { digest?: unknown } | null) =>
    typeof one?.digest === "string" ? [one.digest] : [],
  );
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** The record's JSON is Go's encoding of a protobuf message: times are `{seconds, nanos}` there, RFC 3339 in others' exports. */
function factsOf(record: Json): RecordFacts {
  const error = record["error"] as { message?: unknown } | undefined;
  const attrs = (record["FrontendAttrs"] ?? record["frontendAttrs"] ?? {}) as Json;
  return {
    created: timeOf(record["CreatedAt"] ?? record["createdAt"]),
    completed: timeOf(record["CompletedAt"] ?? record["completedAt"]),
    frontendAttrs: Object.fromEntries(
      Object.entries(attrs).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
    ),
    ...(typeof error?.message === "string" && { error: error.message }),
  };
}

function timeOf(value: unknown): number | undefined {
  if (typeof value === "string") {
    const at = Date.parse(value);
    return Number.isFinite(at) ? at : undefined;
  }
  const time = value as { seconds?: unknown; nanos?: unknown } | null | undefined;
  if (typeof time !== "object" || time === null || time.seconds === undefined) return undefined;
  return Number(time.seconds) * 1000 + Number(time.nanos ?? 0) / 1e6;
}

/** Each message with four bytes of its length, little-endian, before it. What is cut off at the end is left out. */
function* statusMessages(bytes: Uint8Array): Generator<StatusMessage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.length) return;
    yield message(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
}

/** Fields by number; a broken message ends where it breaks. */
function* fieldsOf(bytes: Uint8Array): Generator<readonly [number, Uint8Array | number]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1, i = 0; i < 10 && at < bytes.length; i++, shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
    at = bytes.length;
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) yield [field, varint()];
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) return;
      yield [field, bytes.subarray(at, at + length)];
      at += length;
    } else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else return;
  }
}

const decoder = new TextDecoder();

class Fields {
  private readonly fields = new Map<number, (Uint8Array | number)[]>();

  constructor(bytes: Uint8Array) {
    for (const [field, value] of fieldsOf(bytes)) {
      const values = this.fields.get(field) ?? [];
      this.fields.set(field, values);
      values.push(value);
    }
  }

  all(field: number): Uint8Array[] {
    return (this.fields.get(field) ?? []).filter((value) => typeof value !== "number");
  }

  text(field: number): string {
    const value = this.fields.get(field)?.at(-1);
    return value instanceof Uint8Array ? decoder.decode(value) : "";
  }

  number(field: number): number {
    const value = this.fields.get(field)?.at(-1);
    return typeof value === "number" ? value : 0;
  }

  time(field: number): number | undefined {
    const value = this.fields.get(field)?.at(-1);
    if (!(value instanceof Uint8Array)) return undefined;
    const time = new Fields(value);
    return time.number(1) * 1000 + time.number(2) / 1e6;
  }

  inner(field: number): Fields | undefined {
    const value = this.all(field).at(-1);
    return value && new Fields(value);
  }
}

/** StatusResponse of BuildKit's api/services/control/control.proto. */
function message(bytes: Uint8Array): StatusMessage {
  const fields = new Fields(bytes);
  return {
    vertexes: fields.all(1).map((one) => {
      const vertex = new Fields(one);
      const group = vertex.inner(8);
      return {
        digest: vertex.text(1),
        name: vertex.text(3),
        cached: vertex.number(4) === 1,
        started: vertex.time(5),
        completed: vertex.time(6),
        error: vertex.text(7),
        ...(group && { group: { id: group.text(1), name: group.text(2), weak: group.number(3) === 1 } }),
      };
    }),
    statuses: fields.all(2).map((one) => {
      const status = new Fields(one);
      return {
        id: status.text(1),
        vertex: status.text(2),
        current: status.number(4),
        total: status.number(5),
        timestamp: status.time(6),
        started: status.time(7),
        completed: status.time(8),
      };
    }),
    logs: fields.all(3).map((one) => {
      const log = new Fields(one);
      return { vertex: log.text(1), text: log.text(4) };
    }),
  };
}
