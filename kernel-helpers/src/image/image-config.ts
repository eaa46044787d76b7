/** The image config and manifest, byte for byte as BuildKit writes them (exporter/containerimage/writer.go). */

import { goJson, type Json } from "../cache/go-json";
import { type Platform, sha256Digest } from "../platform/platform";
import type { LayerBlob } from "./layer";

/** A history entry of the config. Times are RFC 3339. */
export interface ConfigHistory {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export interface ConfigInput {
  /** `architecture`, `os`, `variant`, `author`, `config`: what the frontend wrote. */
  readonly image: Readonly<Record<string, unknown>>;
  readonly history: readonly ConfigHistory[];
  readonly diffIds: readonly string[];
  /** The base image's history: its entries keep their times. */
  readonly baseHistory?: readonly ConfigHistory[];
  /** Seconds since 1970; later times are set to it. */
  readonly epoch?: number;
}

export interface ImageConfig {
  readonly text: string;
  readonly digest: string;
  readonly history: readonly ConfigHistory[];
  /** The config without `rootfs` and `history`, keys as in the text. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** RFC 3339 of *seconds* since 1970 as Go's time.Time marshals it: UTC, fraction only when there is one. */
export function rfc3339(seconds: number): string {
  const known = times.get(seconds);
  if (known !== undefined) return known;
  const text = new Date(Math.round(seconds * 1000)).toISOString();
  const short = text.replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits === "" ? "Z" : `.${digits}Z`));
  if (times.size >= MAX_TIMES) times.clear();
  times.set(seconds, short);
  return short;
}

/** A history says the same times again and again. */
const times = new Map<number, string>();
const MAX_TIMES = 1000;

/** The config's text: top-level keys in alphabetical order, history clamped to the epoch after the base's own entries (`patchImageConfig`). */
export function imageConfig(platform: Platform, input: ConfigInput): ImageConfig {
  const { epoch } = input;
  let history = input.history;
  if (epoch !== undefined) {
    let diverged = false;
    history = history.map((entry, i) => {
      const base = input.baseHistory?.[i];
      if (!diverged && base && isSameEntry(entry, base)) return entry;
      diverged = true;
      return entry.created === undefined || isAfter(entry.created, epoch)
        ? { ...entry, created: rfc3339(epoch) }
        : entry;
    });
  }
  const created = history.reduce<string | undefined>((last, entry) => entry.created ?? last, undefined);
  const rest: Record<string, unknown> = { ...input.image, created: created ?? null };
  const written = history.map(historyJson);
  const text = configText(rest, written, input.diffIds);
  return {
    text,
    digest: sha256Digest(platform, text),
    history: written,
    config: sorted(rest),
  };
}

/** The text of a config: *rest* (without rootfs and history) with *history* and *diffIds*, keys sorted. */
export function configText(
  rest: Readonly<Record<string, unknown>>,
  history: readonly object[],
  diffIds: readonly string[],
): string {
  const whole: Record<string, unknown> = {
    ...rest,
    rootfs: { type: "layers", diff_ids: diffIds.length > 0 ? diffIds : null },
    history: history.length > 0 ? history : null,
  };
  return goJson(sorted(whole) as Json);
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keys in the order of ocispecs.History. */
function historyJson(entry: ConfigHistory): ConfigHistory {
  const { created, created_by, author, comment, empty_layer } = entry;
  // Written out for what most entries are.
  if (created !== undefined && created_by && !author && comment && !empty_layer)
    return { created, created_by, comment };
  return {
    ...(entry.created !== undefined && { created: entry.created }),
    ...(entry.created_by !== undefined && entry.created_by !== "" && { created_by: entry.created_by }),
    ...(entry.author !== undefined && entry.author !== "" && { author: entry.author }),
    ...(entry.comment !== undefined && entry.comment !== "" && { comment: entry.comment }),
    ...(entry.empty_layer && { empty_layer: true }),
  };
}

function isSameEntry(a: ConfigHistory, b: ConfigHistory): boolean {
  return (
    (a.created ?? "") === (b.created ?? "") &&
    (a.created_by ?? "") === (b.created_by ?? "") &&
    (a.author ?? "") === (b.author ?? "") &&
    (a.comment ?? "") === (b.comment ?? "") &&
    (a.empty_layer ?? false) === (b.empty_layer ?? false)
  );
}

function isAfter(time: string, epoch: number): boolean {
  return Date.parse(time) > epoch * 1000;
}

/** A layer's own facts for a history entry that the Dockerfile did not give. */
export interface LayerMetadata {
  /** RFC 3339. */
  readonly createdAt: string;
  readonly description: string;
}

/** Gives every entry a time and every layer an entry (`normalizeLayersAndHistory`). *layers*: of the whole chain, bottom first. */
export function normalizeHistory(
  history: readonly ConfigHistory[],
  layers: readonly LayerMetadata[],
): ConfigHistory[] {
  let room = layers.length;
  const entries = history.map((entry) => {
    if (entry.empty_layer) return entry;
    return room-- > 0 ? entry : { ...entry, empty_layer: true };
  });
  const used = layers.length - Math.max(room, 0);
  for (const { createdAt, description } of layers.slice(used)) {
    entries.push({ created: createdAt, created_by: description, comment: "buildkit.exporter.image.v0" });
  }
  let layer = 0;
  const timed = entries.map((entry) => {
    if (entry.empty_layer) return entry;
    const own = layers[layer++];
    return entry.created === undefined ? { ...entry, created: own?.createdAt } : entry;
  });
  return fillTimes(timed);
}

/** An entry without a time gets that of the first new layer, or of the layer before it. */
function fillTimes(entries: readonly ConfigHistory[]): ConfigHistory[] {
  let created: string | undefined;
  let missing = false;
  for (const entry of entries) {
    if (entry.created === undefined) missing = true;
    else {
      created = entry.created;
      if (missing) break;
    }
  }
  missing = false;
  return entries.map((entry) => {
    if (entry.created === undefined) {
      missing = true;
      return { ...entry, created };
    }
    if (missing) created = entry.created;
    return entry;
  });
}

const MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_MEDIA_TYPE = "application/vnd.oci.image.config.v1+json";
const INDEX_MEDIA_TYPE = "application/vnd.oci.image.index.v1+json";

/** The manifest's text, indented by two spaces. */
export function imageManifest(config: ImageConfig, layers: readonly LayerBlob[]): string {
  return indented({
    schemaVersion: 2,
    mediaType: MANIFEST_MEDIA_TYPE,
    config: { mediaType: CONFIG_MEDIA_TYPE, digest: config.digest, size: byteLength(config.text) },
    layers:
      layers.length > 0 ? layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })) : null,
  });
}

/** The index of a multi-platform image. */
export function imageIndex(
  manifests: readonly {
    readonly text: string;
    readonly digest: string;
    readonly platform: Readonly<Record<string, string>>;
  }[],
): string {
  return indented({
    schemaVersion: 2,
    mediaType: INDEX_MEDIA_TYPE,
    manifests: manifests.map(({ text, digest, platform }) => ({
      mediaType: MANIFEST_MEDIA_TYPE,
      digest,
      size: byteLength(text),
      platform,
    })),
  });
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
