/** Results of steps as they are kept: the base image they stand on, and their layers. */

import { applyLayer, emptySnapshot, type LayerEntry } from "../../filesystem";
import type { BaseImage, ImageSource } from "../../image/base-image";
import {
  type LayerChain,
  type LayerFacts,
  type LayerOrigin,
  layersOf,
  pushLayer,
  StepLayer,
} from "../../image/layer";
import type { Snapshot } from "../../platform/files";
import { type ByteSource, bytesSource } from "../../platform/bytes";
import { type KeyValueStore, openValue, type Platform, putPieces } from "../../platform/platform";
import type { StepResult } from "../step-result";
import { packEntries, unpackEntries } from "./stored-tree";

/** A result as JSON. */
export interface StoredResult {
  readonly id: string;
  readonly createdAt: number;
  readonly duration: number;
  readonly assumed?: boolean;
  /** See StepResult. */
  readonly open?: readonly string[];
  readonly unknownBase?: string;
  readonly base?: LayerOrigin;
  /** Names of layers, bottom one first. */
  readonly layers: readonly StoredLayer[];
}

interface StoredLayer {
  readonly id: string;
  readonly createdAt: number;
  readonly description: string;
  readonly facts: LayerFacts;
}

/** Reads and writes results. Everything it writes is named by its content, so two processes may write at once. */
export class ResultStore {
  private readonly trees = new Map<string, Snapshot>();
  private readonly loadedLayers = new Map<string, StepLayer>();

  constructor(
    private readonly store: KeyValueStore,
    private readonly prefix: string,
    private readonly platform: Platform,
    private readonly images: ImageSource,
  ) {}

  /** Writes the layers of *result* that are not kept yet; gives what stands for the result. */
  async put(result: StepResult): Promise<StoredResult> {
    const chain = layersOf(result.layers);
    const base = chain.find((layer) => layer.kind === "base");
    const layers: StoredLayer[] = [];
    for (const layer of chain) {
      if (layer.kind === "base") continue;
      layer.storedAs ??= await this.putLayer(layer);
      await layer.complete(this.platform);
      const { createdAt, description } = layer;
      layers.push({ id: layer.storedAs, createdAt, description, facts: layer.facts() });
    }
    const { id, createdAt, duration, assumed, open, unknownBase } = result;
    return {
      id,
      createdAt,
      duration,
      ...(assumed && { assumed }),
      ...(open && { open }),
      ...(unknownBase !== undefined && { unknownBase }),
      ...(base && { base: base.origin }),
      layers,
    };
  }

  private async putLayer(layer: StepLayer): Promise<string> {
    const { json, size, pieces } = packEntries(this.platform, layer.entries());
    const id = this.platform.sha256Hex(json);
    if (size > 0) await putPieces(this.store, `${this.prefix}bytes/${id}`, pieces());
    await this.store.put(`${this.prefix}layer/${id}`, new TextEncoder().encode(json));
    return id;
  }

  /** The result; undefined when its base image is not to be had any more. Nothing is fetched yet. */
  open(stored: StoredResult): StepResult | undefined {
    const base = stored.base && this.findBase(stored.base);
    if (stored.base && !base) return undefined;
    let layers: LayerChain | undefined;
    for (const layer of base?.layers ?? []) layers = pushLayer(layers, layer);
    const steps = stored.layers.map((layer) => this.openLayer(layer));
    for (const layer of steps) layers = pushLayer(layers, layer);
    const { id, createdAt, duration, assumed, open, unknownBase } = stored;
    let snapshot: Snapshot | undefined;
    const needed = (): Snapshot => {
      if (!snapshot) throw new Error(`result ${id} was not fetched from the store`);
      return snapshot;
    };
    return {
      id,
      createdAt,
      duration,
      layers,
      ...(assumed && { assumed }),
      ...(open && { open }),
      ...(unknownBase !== undefined && { unknownBase }),
      get snapshot() {
        return needed();
      },
      ready: async () => {
        snapshot ??= await this.unpack(base, steps);
      },
    };
  }

  private findBase(origin: LayerOrigin): BaseImage | undefined {
    for (const ref of [origin.ref, `${origin.ref.replace(/@.*$/, "")}@${origin.digest}`]) {
      const image = this.images.find(ref, origin.platform);
      if (!("error" in image) && image.digest === origin.digest) return image;
    }
    return undefined;
  }

  private openLayer({ id, createdAt, description, facts }: StoredLayer): StepLayer {
    const known = this.loadedLayers.get(id);
    if (known) return known;
    const { store, prefix } = this;
    let json: string | undefined;
    let bytes: ByteSource | undefined;
    let entries: LayerEntry[] | undefined;
    const read = async (kind: string): Promise<Uint8Array | undefined> => store.get(`${prefix}${kind}/${id}`);
    const source = {
      id,
      async load(withBytes: boolean): Promise<void> {
        if (json === undefined) {
          const value = await read("layer");
          if (!value) throw new LostValueError(id);
          json = new TextDecoder().decode(value);
        }
        if (!withBytes || bytes) return;
        bytes = await openBytes(store, `${prefix}bytes/${id}`);
        if (bytes.size === 0 && json.includes('"at":') && facts.contentBytes > 0)
          throw new LostValueError(id);
      },
      entries(): readonly LayerEntry[] {
        if (json === undefined) throw new Error(`layer ${id} was not fetched from the store`);
        return (entries ??= unpackEntries(json, () => {
          if (!bytes) throw new Error(`the contents of layer ${id} were not fetched from the store`);
          return bytes;
        }));
      },
    };
    const layer = new StepLayer(source, createdAt, description, facts);
    this.loadedLayers.set(id, layer);
    return layer;
  }

  private async unpack(base: BaseImage | undefined, steps: readonly StepLayer[]): Promise<Snapshot> {
    // A base that was built or imported here lies in the store too.
    const origin = base?.layers[0]?.origin;
    if (origin) await this.images.prepare?.(`${origin.ref.replace(/@.*$/, "")}@${origin.digest}`);
    let tree = base?.snapshot() ?? emptySnapshot();
    let name = base?.manifestDigest ?? "";
    for (const layer of steps) {
      name += " " + layer.storedAs!;
      const known = this.trees.get(name);
      if (known) tree = known;
      else {
        await layer.ready(true);
        tree = applyLayer(tree, layer.entries());
        this.trees.set(name, tree);
      }
    }
    return tree;
  }
}

/** Contents of a layer larger than this stay in the store and are read from there. Bytes. */
const LARGE = 8 << 20;

/** Small values whole, and checked by the store; large ones where they lie: what is packed of them is checked by its digest. */
async function openBytes(store: KeyValueStore, key: string): Promise<ByteSource> {
  const source = await openValue(store, key);
  if (source && source.size > LARGE) return source;
  return bytesSource((await store.get(key)) ?? new Uint8Array());
}

/** A value that the store has lost: the result that needs it is made again. */
export class LostValueError extends Error {
  override readonly name = "LostValueError";
  readonly code = "LB_STORE_LOST";
  constructor(readonly layer: string) {
    super(`the store has lost layer ${layer} / 저장소에서 레이어가 사라짐: ${layer}`);
  }
}
