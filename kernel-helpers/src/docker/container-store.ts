/** Containers that outlive the process: each as its writable layer over an image, in the store that keeps the images. */

import { packEntries, unpackEntries } from "../build/store/stored-tree";
import { applyLayer, diffLayers } from "../filesystem";
import { isNoContent } from "../image";
import { openValue, putPieces } from "../platform/platform";
import type { Container, DockerEngine } from "./engine";

const PREFIX = "v1/container/";
const BYTES = "v1/container-bytes/";
/** Names (canonical) of the images that were pulled: they are found again where they came from. */
const PULLED = "v1/container/pulled";

/** What is kept of a container beside its files. */
type StoredContainer = Omit<Container, "image" | "base" | "fs"> & {
  readonly imageId: string;
  readonly entries: string;
};

/** Keeps the containers of one engine. Does nothing for a Lab without a store. */
export class ContainerStore {
  /** What was written last, by container. */
  private readonly written = new Map<string, { readonly fs: unknown; readonly state: string }>();
  private opened: Promise<void> | undefined;
  private pulled = "[]";

  constructor(private readonly engine: DockerEngine) {}

  /** Brings the containers of earlier processes back, once. Those whose image is gone are left out. */
  open(): Promise<void> {
    return (this.opened ??= this.load());
  }

  private async load(): Promise<void> {
    const { values } = this.engine.lab.shelf;
    if (!values) return;
    const pulled = await values.get(PULLED);
    this.pulled = pulled ? new TextDecoder().decode(pulled) : "[]";
    for (const name of JSON.parse(this.pulled) as string[])
      if (!this.engine.tags.has(name)) this.engine.pull(name);
    const stored: StoredContainer[] = [];
    for (const key of await values.keys(PREFIX)) {
      if (key === PULLED) continue;
      const value = await values.get(key);
      if (value) stored.push(JSON.parse(new TextDecoder().decode(value)) as StoredContainer);
    }
    stored.sort((a, b) => a.number - b.number);
    for (const { imageId, entries, number, ...rest } of stored) {
      const image = this.engine.images.get(imageId);
      const bytes = image && (await openValue(values, BYTES + rest.id));
      if (!image || !bytes) continue;
      const base = await image.root();
      const fs = applyLayer(
        base,
        unpackEntries(entries, () => bytes),
      );
      const container: Container = { ...rest, number, image, base, fs };
      this.engine.containers.push(container);
      this.engine.numbered(number);
      this.written.set(rest.id, { fs, state: stateOf(container) });
    }
  }

  /** Writes what changed since the last time. */
  async save(): Promise<void> {
    const { values } = this.engine.lab.shelf;
    if (!values) return;
    const pulled = JSON.stringify(this.engine.pulledNames());
    if (pulled !== this.pulled) await values.put(PULLED, new TextEncoder().encode((this.pulled = pulled)));
    for (const container of this.engine.containers) {
      const state = stateOf(container);
      const before = this.written.get(container.id);
      if (before && before.fs === container.fs && before.state === state) continue;
      await this.write(container);
      this.written.set(container.id, { fs: container.fs, state });
    }
    for (const id of [...this.written.keys()]) {
      if (this.engine.containers.some((container) => container.id === id)) continue;
      this.written.delete(id);
      await values.delete(PREFIX + id);
      await values.delete(BYTES + id);
    }
  }

  private async write({ image, base, fs, ...rest }: Container): Promise<void> {
    const values = this.engine.lab.shelf.values!;
    const { json, pieces } = packEntries(this.engine.lab.platform, diffLayers(base, fs));
    const stored: StoredContainer = { ...rest, imageId: image.id, entries: json };
    try {
      await putPieces(values, BYTES + rest.id, pieces());
    } catch (error) {
      // A file whose contents nobody has: the container lives as long as the process.
      if (isNoContent(error)) return;
      throw error;
    }
    await values.put(PREFIX + rest.id, new TextEncoder().encode(JSON.stringify(stored)));
  }
}

function stateOf({ status, exitCode, logs, name }: Container): string {
  return `${name} ${status} ${exitCode} ${logs.length}`;
}
