/** What a builder remembers from build to build: keys and results, contexts as last sent, cache mounts, pulled layers. */

import type { CacheMap } from "../cache/cache-map";
import { KeyStore } from "../cache/key-store";
import type { StepTrace } from "../cache/explain";
import {
  DigestCache,
  memoryRecordCache,
  type HashedFile,
  type RecordCache,
  type SyncedContext,
} from "../context";
import type { OpJson } from "../cache/op-json";
import type { ConvertedRow } from "../graph";
import { type Layer, layersOf, type LayerChain } from "../image/layer";
import type { Content, Snapshot } from "../platform/files";
import type { Platform } from "../platform/platform";
import { ConversionMemo } from "./conversion-memo";
import { RunMemo } from "./run-memo";
import type { Solver } from "./solver";
import type { StepResult } from "./step-result";

/** The state of one builder. Fresh: empty. `prune` makes it fresh again. */
export class Builder {
  readonly keys: KeyStore<StepResult>;
  /** The JSON of every operation ever stored, by digest: for explanations. */
  readonly operations = new Map<string, OpJson>();
  /** The files behind every content digest ever stored. */
  readonly contents = new Map<string, readonly HashedFile[]>();
  /** The same of digests that this build met and a store knows already: listed only when somebody asks. */
  readonly unlisted = new Map<string, () => readonly HashedFile[]>();
  /** By shared key: the builder's copy of each context. */
  readonly contexts = new Map<string, SyncedContext>();
  /** By id of the mount (and of its initial content). */
  readonly cacheMounts = new Map<string, Snapshot>();
  /** Digests of the blobs of base images that are here already. */
  readonly blobs = new Set<string>();
  /** Bytes of the tars of base layers that were unpacked, by diffID. */
  readonly unpackedBytes = new Map<string, number>();
  /** Chains of base layers that are unpacked already. */
  readonly chains = new Set<string>();
  /**
   * Layers that were packed for an image or a cache, or came from one: `--cache-to …,mode=min` takes their results along
   * (solver/exporter.go asks for remotes that exist already). Not kept on disk.
   */
  packed = new WeakSet<Layer>();
  /** Ids of merged results (COPY --link) that are unpacked. */
  readonly merged = new Set<string>();
  /** Steps of the builds so far, newest build first; how many are kept is bounded. */
  traces: readonly (readonly StepTrace[])[] = [];
  /** The directory that is built, absolute; undefined for a context in memory. */
  origin?: string;

  /** The instructions of the last build, for the explanations of the next. Not kept on disk. */
  lastRows?: readonly ConvertedRow[];

  /** The last conversion and the keys of its vertices: only a matter of speed, as the next. */
  readonly conversions = new ConversionMemo();
  readonly cacheMaps = new Map<string, CacheMap>();
  readonly runs = new RunMemo();
  /** Digests of files and trees. */
  readonly digests: DigestCache;

  /** Number of the next result. */
  nextRef = 1;

  /** Set by a store: writes down what the build changed. */
  save?: () => Promise<void>;
  /** Set by a store: fetches the cache mounts. */
  openMounts?: () => Promise<void>;
  /** Set by a store: fetches the file lists that the explanations of a build may need. */
  prepareExplanations?: (solver: Solver | undefined) => Promise<void>;
  /** Set by a store: forgets what it keeps. */
  clearStore?: () => Promise<void>;

  /** *records*: digests of file records known from before. */
  constructor(platform: Platform, records?: RecordCache) {
    this.digests = new DigestCache(withStandIns(platform, records ?? memoryRecordCache()));
    this.keys = new KeyStore((text) => "key:" + platform.sha256Hex(text));
  }

  /** A layer is gone from the store: so are the results that have it. */
  forgetLayer(id: string): void {
    for (const result of [...this.keys.allResults()]) {
      const has = layersOf(result.value.layers).some(
        (layer) => layer.kind === "step" && layer.storedAs === id,
      );
      if (has) this.keys.removeResult(result);
    }
  }

  /** The files behind *digest*, if they are known. */
  filesOf(digest: string): readonly HashedFile[] | undefined {
    const known = this.contents.get(digest);
    if (known) return known;
    const files = this.unlisted.get(digest)?.();
    if (files) this.contents.set(digest, files);
    return files;
  }

  /** Of `traces`, those of the directory that is built. */
  earlierTraces(): readonly (readonly StepTrace[])[] {
    return this.traces.filter(([step]) => step?.origin === this.origin);
  }

  /** The layers of *chain* are packed now. */
  pack(chain: LayerChain | undefined): void {
    for (let at = chain; at; at = at.below) this.packed.add(at.layer);
  }

  /** Has every layer of *chain* been packed? Those of a base image come packed. */
  isPacked(chain: LayerChain): boolean {
    return layersOf(chain).every((layer) => layer.kind === "base" || this.packed.has(layer));
  }

  /** `docker builder prune -a`, or another machine: everything is gone. */
  prune(): void {
    this.keys.clear();
    this.operations.clear();
    this.contents.clear();
    this.unlisted.clear();
    this.contexts.clear();
    this.cacheMounts.clear();
    this.blobs.clear();
    this.unpackedBytes.clear();
    this.chains.clear();
    this.merged.clear();
    this.packed = new WeakSet();
    this.runs.clear();
    this.traces = [];
  }
}

/** Files without contents are hashed by what stands for them. */
function withStandIns(platform: Platform, records: RecordCache): RecordCache {
  return {
    get(content, header) {
      const { standIn } = content as Content;
      const known = records.get(content, header);
      if (known !== undefined || standIn === undefined) return known;
      const digest = "sha256:" + platform.sha256Hex(`${header}\0unknown ${standIn}`);
      records.put(content, header, digest);
      return digest;
    },
    put: (content, header, digest) => records.put(content, header, digest),
  };
}
