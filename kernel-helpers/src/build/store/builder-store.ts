/** Keeps a builder in a key-value store: every build adds a segment, so two processes never overwrite one another. */

import type { KeyChange, KeyRecord } from "../../cache/key-store";
import type { StepTrace } from "../../cache/explain";
import type { OpJson } from "../../cache/op-json";
import type { HashedFile, RecordHeader, SyncedContext } from "../../context";
import { type LayerEntry } from "../../filesystem";
import type { Content, Snapshot } from "../../platform/files";
import { bytesSource } from "../../platform/bytes";
import { type KeyValueStore, type Platform, putPieces } from "../../platform/platform";
import { Builder } from "../builder";
import { KEPT_BUILDS } from "../explain-steps";
import type { Solver } from "../solver";
import type { StepResult } from "../step-result";
import { KnownRecords } from "./known-records";
import type { ResultStore, StoredResult } from "./stored-result";
import { packEntries, treeEntries, treeOf, unpackEntries } from "./stored-tree";

/** Everything is kept under this: another version of the format keeps its values under another prefix and is never misread. */
export const PREFIX = "v1/";
/** So many segments are joined into one. */
const MAX_SEGMENTS = 32;

/** What one build (or a joining of several) adds. */
interface Segment {
  readonly records: readonly KeyRecord[];
  readonly links: readonly (readonly [name: string, child: string])[];
  readonly results: readonly (readonly [key: string, result: StoredResult])[];
  readonly operations: readonly (readonly [digest: string, op: OpJson])[];
  readonly traces: readonly (readonly StepTrace[])[];
  readonly blobs: readonly string[];
  readonly chains: readonly string[];
  readonly merged: readonly string[];
  /** Bytes of the tars of base layers, by diffID. Absent in older segments. */
  readonly unpackedBytes?: readonly (readonly [diffId: string, bytes: number])[];
  readonly nextRef: number;
}

/** How files of a context that lie on the machine are read again; undefined when the contents must be kept. */
export interface ContentPlaces {
  /** The path of *content*, if it can be read again from there. */
  pathOf(content: Content): string | undefined;
  contentAt(path: string, size: number, mtime: number): Content;
}

/**
 * Opens the builder that *store* keeps; an empty one when there is none. *origin*: the directory that is built (see Builder), *places*:
 * how its files are read again.
 */
export async function openBuilder(
  store: KeyValueStore,
  platform: Platform,
  results: ResultStore,
  { origin, places }: { readonly origin?: string; readonly places?: ContentPlaces } = {},
): Promise<Builder> {
  return new BuilderStore(store, platform, results, origin, places).open();
}

class BuilderStore {
  private readonly records = new KnownRecords();
  private readonly builder: Builder;
  private readonly names = new Map<StepResult, StoredResult>();
  private changes: KeyChange<StepResult>[] = [];
  private segments: string[] = [];
  private readonly saved = {
    operations: new Set<string>(),
    contents: new Set<string>(),
    blobs: new Set<string>(),
    chains: new Set<string>(),
    merged: new Set<string>(),
    contexts: new Map<string, string>(),
    contextFiles: new Map<string, Snapshot>(),
    mounts: new Map<string, Snapshot>(),
    /** So many are kept. */
    unpackedBytes: 0,
  };
  private lastTraces: Builder["traces"] = [];
  /** Of the contexts of this directory. */
  private readonly contextPrefix: string;
  private mounts: Promise<void> | undefined;

  constructor(
    private readonly store: KeyValueStore,
    private readonly platform: Platform,
    private readonly results: ResultStore,
    origin: string | undefined,
    private readonly places: ContentPlaces | undefined,
  ) {
    this.builder = new Builder(platform, this.records);
    this.builder.origin = origin;
    this.contextPrefix = `context/${platform.sha256Hex(origin ?? "").slice(0, 16)}-`;
  }

  async open(): Promise<Builder> {
    const { builder } = this;
    this.segments = [...(await this.store.keys(PREFIX + "segment/"))];
    for (const key of this.segments) this.apply(await this.json<Segment>(key));
    for (const key of await this.store.keys(PREFIX + this.contextPrefix)) await this.openContext(key);
    builder.keys.onChange = (change) => this.changes.push(change);
    builder.save = () => this.save();
    builder.openMounts = () => (this.mounts ??= this.openAllMounts());
    builder.prepareExplanations = (solver) => this.prepare(solver);
    builder.clearStore = () => this.clear();
    return builder;
  }

  private async json<T>(key: string): Promise<T | undefined> {
    const value = await this.store.get(key);
    return value && (JSON.parse(new TextDecoder().decode(value)) as T);
  }

  private apply(segment: Segment | undefined): void {
    if (!segment) return;
    const { builder, saved } = this;
    for (const record of segment.records) builder.keys.add(record);
    for (const [name, child] of segment.links) builder.keys.addLink(name, child);
    for (const [key, stored] of segment.results) {
      const result = this.results.open(stored);
      if (!result) continue;
      this.names.set(result, stored);
      builder.keys.addResult(key, result);
    }
    for (const [digest, op] of segment.operations) {
      builder.operations.set(digest, op);
      saved.operations.add(digest);
    }
    for (const field of ["blobs", "chains", "merged"] as const) {
      for (const name of segment[field]) {
        builder[field].add(name);
        saved[field].add(name);
      }
    }
    for (const [diffId, bytes] of segment.unpackedBytes ?? []) builder.unpackedBytes.set(diffId, bytes);
    saved.unpackedBytes = builder.unpackedBytes.size;
    builder.traces = [...segment.traces, ...builder.traces].slice(0, KEPT_BUILDS);
    this.lastTraces = builder.traces;
    builder.nextRef = Math.max(builder.nextRef, segment.nextRef);
  }

  /** Fetches the file lists of the steps that the misses of a build may be compared with. */
  private async prepare(solver: Solver | undefined): Promise<void> {
    const { builder } = this;
    if (![...(solver?.states.values() ?? [])].some(({ executed }) => executed)) return;
    for (const trace of builder.earlierTraces().slice(0, 2).flat()) {
      for (const { content } of trace.inputs) {
        if (content === undefined || builder.contents.has(content)) continue;
        const files = await this.json<readonly HashedFile[]>(`${PREFIX}files/${content}`);
        if (files) builder.contents.set(content, files);
        this.saved.contents.add(content);
      }
    }
  }

  /** Writes what changed since the last time: large values first, the segment that names them last. */
  private async save(): Promise<void> {
    const { builder, saved } = this;
    const changes = this.changes;
    this.changes = [];
    const segment = await this.segmentOf(changes);
    for (const [digest, files] of builder.contents) {
      if (saved.contents.has(digest)) continue;
      saved.contents.add(digest);
      await this.putJson(`${PREFIX}files/${digest}`, files);
    }
    await this.saveContexts();
    await this.saveMounts();
    if (!isEmptySegment(segment)) {
      await this.putSegment(segment);
      if (this.segments.length > MAX_SEGMENTS) await this.join();
    }
    this.lastTraces = builder.traces;
  }

  private async segmentOf(changes: readonly KeyChange<StepResult>[]): Promise<Segment> {
    const { builder, saved } = this;
    const records = new Map<string, KeyRecord>();
    const links = new Map<string, readonly [string, string]>();
    const results = new Map<StepResult, string>();
    for (const change of changes) {
      if (change.type === "record") records.set(change.record.id, change.record);
      else if (change.type === "forget") records.delete(change.key);
      else if (change.type === "link")
        links.set(`${change.name}\n${change.child}`, [change.name, change.child]);
      else if (change.type === "unlink") links.delete(`${change.name}\n${change.child}`);
      else if (change.type === "result") results.set(change.value, change.key);
      else if (change.type === "unresult") results.delete(change.value);
    }
    const stored: (readonly [string, StoredResult])[] = [];
    for (const [result, key] of results) {
      if (!builder.keys.record(key)) continue;
      const value = await this.results.put(result);
      this.names.set(result, value);
      stored.push([key, value]);
    }
    const fresh = (field: "blobs" | "chains" | "merged"): string[] => {
      const names = [...builder[field]].filter((name) => !saved[field].has(name));
      for (const name of names) saved[field].add(name);
      return names;
    };
    const operations = [...builder.operations].filter(([digest]) => !saved.operations.has(digest));
    for (const [digest] of operations) saved.operations.add(digest);
    const sizes = [...builder.unpackedBytes].slice(saved.unpackedBytes);
    saved.unpackedBytes = builder.unpackedBytes.size;
    return {
      records: [...records.values()],
      links: [...links.values()],
      results: stored,
      operations,
      traces: builder.traces.filter(
        (trace) => !this.lastTraces.includes(trace) && !isRepeated(trace, this.lastTraces),
      ),
      blobs: fresh("blobs"),
      chains: fresh("chains"),
      merged: fresh("merged"),
      unpackedBytes: sizes,
      nextRef: builder.nextRef,
    };
  }

  private async putSegment(segment: Segment): Promise<void> {
    const last = this.segments[this.segments.length - 1];
    const number =
      last === undefined ? 1 : Number(last.slice(PREFIX.length).split("/")[1]!.split("-")[0]) + 1;
    const text = JSON.stringify(segment);
    const key = `${PREFIX}segment/${String(number).padStart(9, "0")}-${this.platform.sha256Hex(text).slice(0, 16)}`;
    await this.store.put(key, new TextEncoder().encode(text));
    this.segments.push(key);
  }

  /** All that is known now as one segment; the ones it was made of go. */
  private async join(): Promise<void> {
    const { builder } = this;
    const old = [...this.segments];
    const results: (readonly [string, StoredResult])[] = [];
    for (const { key, value } of builder.keys.allResults()) {
      const stored = this.names.get(value);
      if (stored) results.unshift([key, stored]);
    }
    const links: (readonly [string, string])[] = [];
    for (const [name, children] of builder.keys.allLinks())
      for (const child of children) links.push([name, child]);
    await this.putSegment({
      records: [...builder.keys.allRecords()],
      links,
      results,
      operations: [...builder.operations],
      traces: builder.traces,
      blobs: [...builder.blobs],
      chains: [...builder.chains],
      merged: [...builder.merged],
      unpackedBytes: [...builder.unpackedBytes],
      nextRef: builder.nextRef,
    });
    this.segments = this.segments.filter((key) => !old.includes(key));
    for (const key of old) await this.store.delete(key);
  }

  private async saveContexts(): Promise<void> {
    for (const [name, context] of this.builder.contexts) {
      const stale = JSON.stringify([...context.staleDirectories]);
      if (this.saved.contextFiles.get(name) === context.files && this.saved.contexts.get(name) === stale)
        continue;
      this.saved.contexts.set(name, stale);
      this.saved.contextFiles.set(name, context.files);
      const key = PREFIX + this.contextPrefix + this.platform.sha256Hex(name);
      const known: [path: string, header: string, digest: string][] = [];
      const places: [path: string, place: string][] = [];
      const entries: LayerEntry[] = [];
      for (const entry of treeEntries(context.files)) {
        const { content, ...rest } = entry;
        for (const [header, digest] of content ? this.records.of(content) : [])
          known.push([entry.name, header, digest]);
        const place = content && this.places?.pathOf(content);
        if (place !== undefined) places.push([entry.name, place]);
        entries.push(place === undefined ? entry : { ...rest });
      }
      const { json, size, pieces } = packEntries(this.platform, entries);
      if (size > 0) await putPieces(this.store, key.replace("context/", "context-bytes/"), pieces());
      await this.putJson(key, {
        name,
        entries: json,
        known,
        places,
        stale: [...context.staleDirectories],
        hasChanged: context.hasChanged,
      });
    }
  }

  private async openContext(key: string): Promise<void> {
    interface StoredContext {
      readonly name: string;
      readonly entries: string;
      readonly known: readonly (readonly [path: string, header: string, digest: string])[];
      readonly places: readonly (readonly [path: string, place: string])[];
      readonly stale: readonly (readonly [string, RecordHeader])[];
      readonly hasChanged: boolean;
    }
    const stored = await this.json<StoredContext>(key);
    if (!stored) return;
    const value = await this.store.get(key.replace("context/", "context-bytes/"));
    const bytes = bytesSource(value ?? new Uint8Array());
    const places = new Map(stored.places);
    const contents = new Map<string, Content>();
    const entries = unpackEntries(stored.entries, () => bytes).map((entry) => {
      const place = places.get(entry.name);
      const content =
        place === undefined ? entry.content : this.places?.contentAt(place, entry.size, entry.mtime);
      if (content) contents.set(entry.name, content);
      return content ? { ...entry, content } : entry;
    });
    for (const [path, header, digest] of stored.known) {
      const content = contents.get(path);
      if (content) this.records.put(content, header, digest);
    }
    const context: SyncedContext = {
      files: treeOf(entries),
      staleDirectories: new Map(stored.stale),
      hasChanged: stored.hasChanged,
    };
    this.builder.contexts.set(stored.name, context);
    this.saved.contexts.set(stored.name, JSON.stringify(stored.stale));
    this.saved.contextFiles.set(stored.name, context.files);
  }

  private async saveMounts(): Promise<void> {
    const { mounts } = this.saved;
    for (const [id, tree] of this.builder.cacheMounts) {
      if (mounts.get(id) === tree) continue;
      mounts.set(id, tree);
      const key = `${PREFIX}mount/${this.platform.sha256Hex(id)}`;
      const { json, pieces } = packEntries(this.platform, treeEntries(tree));
      await putPieces(this.store, key.replace("mount/", "mount-bytes/"), pieces());
      await this.putJson(key, { id, entries: json });
    }
    for (const id of [...mounts.keys()]) {
      if (this.builder.cacheMounts.has(id)) continue;
      mounts.delete(id);
      await this.store.delete(`${PREFIX}mount/${this.platform.sha256Hex(id)}`);
    }
  }

  private async openAllMounts(): Promise<void> {
    for (const key of await this.store.keys(PREFIX + "mount/")) await this.openMount(key);
  }

  private async openMount(key: string): Promise<void> {
    const stored = await this.json<{ readonly id: string; readonly entries: string }>(key);
    if (!stored) return;
    const value = await this.store.get(key.replace("mount/", "mount-bytes/"));
    const bytes = bytesSource(value ?? new Uint8Array());
    const tree = treeOf(unpackEntries(stored.entries, () => bytes));
    this.builder.cacheMounts.set(stored.id, tree);
    this.saved.mounts.set(stored.id, tree);
  }

  private async putJson(key: string, value: unknown): Promise<void> {
    await this.store.put(key, new TextEncoder().encode(JSON.stringify(value)));
  }

  /** Empties the store, too. */
  private async clear(): Promise<void> {
    // Named images stay, and what they are made of.
    const isKept = (key: string): boolean =>
      /^v1\/(image|image-blob|layer-tar|layer|bytes|container|container-bytes)\//.test(key);
    for (const key of await this.store.keys(PREFIX)) if (!isKept(key)) await this.store.delete(key);
    this.segments = [];
    this.changes = [];
    this.lastTraces = [];
    const { unpackedBytes: _, ...sets } = this.saved;
    for (const set of Object.values(sets)) set.clear();
    this.saved.unpackedBytes = 0;
  }
}

/** Does *trace* say the same as the last one of its directory? Then it explains nothing more. */
function isRepeated(trace: readonly StepTrace[], before: Builder["traces"]): boolean {
  const last = before.find(([step]) => step?.origin === trace[0]?.origin);
  return last !== undefined && JSON.stringify(last) === JSON.stringify(trace);
}

function isEmptySegment(segment: Segment): boolean {
  const { nextRef: _, ...lists } = segment;
  return Object.values(lists).every((list) => list.length === 0);
}
