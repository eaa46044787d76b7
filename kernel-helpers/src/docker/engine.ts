/** The simulated Docker engine: images with their tags, and containers over them. It learns of images from the builds of a Lab. */

import { parseReference } from "../dockerfile";
import type { BuildOutcome, BuiltImage, HistoryEntry, ImageLayer } from "../build";
import { emptySnapshot } from "../filesystem";
import { packBuilt, type NamedImage } from "../build/store/image-shelf";
import { type BaseImage, catalogRefusal, type LayerChain, type PackedImage, pushLayer } from "../image";
import type { Lab } from "../lab";
import { ContainerStore } from "./container-store";
import type { Snapshot } from "../platform/files";
import { sha256Digest } from "../platform/platform";

/** An image of the engine. Immutable: a new build makes a new one. */
export interface EngineImage {
  /** `sha256:…` of the manifest. */
  readonly id: string;
  /** The OCI config without rootfs and history. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
  readonly layers: readonly ImageLayer[];
  /** The root file system. */
  root(): Promise<Snapshot>;
  /** Seconds since 1970. */
  readonly created: number;
  /** Pulled, not built here. */
  readonly pulled: boolean;
  /** Some layers hold files of which only the sizes are known. */
  readonly unknownContents?: boolean;
  /** The image as it can be written to an archive. Rejects with ImageTransferError. */
  pack(): Promise<PackedImage>;
  /** Its layers as something can be built on them. */
  chain(): Promise<LayerChain | undefined>;
}

/** Docker's answer to a command that cannot be done: printed on stderr as it is, *code* stable. */
export class DockerError extends Error {
  override readonly name = "DockerError";
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** What a container is. Its writable layer is the difference between *fs* and the image. */
export interface Container {
  readonly id: string;
  /** The how many-th container of the engine it is, from 0. */
  readonly number: number;
  name: string;
  readonly image: EngineImage;
  /** As typed: what `docker ps` shows. */
  readonly imageName: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string;
  readonly user: string;
  readonly ports: readonly string[];
  readonly created: number;
  /** The image's root file system, never changed. */
  readonly base: Snapshot;
  fs: Snapshot;
  status: "created" | "running" | "exited";
  exitCode: number;
  logs: readonly { readonly stream: 1 | 2; readonly data: string }[];
}

/** Names of a new container: made of these two lists, in an order fixed by how many containers there were. */
const ADJECTIVES = [
  "calm",
  "bright",
  "quiet",
  "swift",
  "gentle",
  "brave",
  "clever",
  "patient",
  "sunny",
  "tidy",
  "warm",
  "keen",
];
const NOUNS = [
  "heron",
  "maple",
  "river",
  "magpie",
  "cedar",
  "otter",
  "comet",
  "willow",
  "lotus",
  "crane",
  "pebble",
  "tiger",
];

export class DockerEngine {
  /** By id, in the order in which they came to be. */
  readonly images = new Map<string, EngineImage>();
  /** `docker.io/library/memo:latest` to image id. */
  readonly tags = new Map<string, string>();
  readonly containers: Container[] = [];
  /** Ids of the images that builds made, newest last. */
  readonly built: string[] = [];
  /** Keeps containers over a restart. */
  readonly containerStore = new ContainerStore(this);
  private made = 0;

  constructor(readonly lab: Lab) {
    for (const named of [...lab.shelf.all()].reverse()) this.shelved(named);
    lab.onBuild((outcome) => this.take(outcome));
  }

  /** Takes an image of the Lab's shelf, with its name. */
  shelved(named: NamedImage): void {
    const { name, image, builtAt } = named;
    const id = image.manifestDigest;
    const pack = async (): Promise<PackedImage> => {
      const packed = await this.lab.shelf.pack(name);
      if (!packed) throw new DockerError(`Error response from daemon: No such image: ${familiarName(name)}`);
      return packed;
    };
    const chain = async (): Promise<LayerChain | undefined> => {
      const result = this.lab.shelf.resultOf(id);
      if (result) return result.layers;
      await this.lab.shelf.prepare(name);
      const base = this.lab.shelf.find(name, { os: "linux", architecture: "amd64" });
      return "error" in base ? undefined : chainOf(base);
    };
    this.add(imageOf(id, image, () => named.root(), builtAt, { pack, chain }));
    // An image that was loaded without a name lies there under its digest.
    if (!name.startsWith("sha256:")) this.tags.set(name, id);
  }

  /** Takes the image of a build and moves the tags to it. */
  private take({ record, results }: BuildOutcome): void {
    const { image } = record;
    if (image === undefined || results === undefined) return;
    const result = results[0];
    const id = image.manifestDigest;
    const root = async (): Promise<Snapshot> => {
      await result?.ready?.();
      return result?.snapshot ?? emptySnapshot();
    };
    const name = record.options.tags?.[0] ?? id;
    const pack = (): Promise<PackedImage> =>
      packBuilt(this.lab.platform, name, image, result, (ref) => this.lab.shelf.prepare(ref));
    const chain = (): Promise<LayerChain | undefined> => Promise.resolve(result?.layers);
    this.add(imageOf(id, image, root, this.lab.now(), { pack, chain }));
    this.built.push(id);
    for (const tag of record.options.tags ?? []) this.tags.set(canonicalName(tag), id);
  }

  add(image: EngineImage): void {
    if (!this.images.has(image.id)) this.images.set(image.id, image);
  }

  /** The image a name, a digest or the beginning of an id (4 letters or more) means; undefined when there is none. */
  find(name: string): EngineImage | undefined {
    const canonical = tryCanonical(name);
    const id = canonical === undefined ? undefined : this.tags.get(canonical);
    if (id !== undefined) return this.images.get(id);
    const hex = name.replace(/^sha256:/, "");
    if (!/^[0-9a-f]{4,64}$/.test(hex)) return undefined;
    return [...this.images.values()].find((image) => image.id.slice(7).startsWith(hex));
  }

  /** As `find`; throws docker's refusal. */
  need(name: string): EngineImage {
    const image = this.find(name);
    if (image === undefined)
      throw new DockerError(`Error response from daemon: No such image: ${withTag(name)}`);
    return image;
  }

  /** Pulls a base image (of the Lab's sources) under its name. Undefined when there is none. */
  pull(name: string): EngineImage | undefined {
    const canonical = tryCanonical(name);
    if (canonical === undefined) return undefined;
    const base = this.lab.images.find(canonical, { os: "linux", architecture: "amd64" });
    if ("error" in base) return undefined;
    const image = imageOfBase(base, canonical);
    this.add(image);
    this.tags.set(canonical, image.id);
    return image;
  }

  /** Canonical names of images that were pulled. Sorted. */
  pulledNames(): string[] {
    return [...this.tags].flatMap(([name, id]) => (this.images.get(id)?.pulled ? [name] : [])).sort();
  }

  /** Gives an image one more name; the image that had the name before loses it. */
  async tag(image: EngineImage, name: string): Promise<void> {
    const canonical = canonicalName(name);
    const known = [...this.tags].find(([, id]) => id === image.id)?.[0];
    if (known !== undefined) await this.lab.shelf.alias(known, canonical);
    this.tags.set(canonical, image.id);
  }

  /** Takes a name (canonical) away. */
  async untag(canonical: string): Promise<void> {
    this.tags.delete(canonical);
    await this.lab.shelf.remove(canonical);
  }

  /** Lets go of an image that has no name any more. */
  async forget(image: EngineImage): Promise<void> {
    this.images.delete(image.id);
    // Without a name it lies on the shelf under its digest.
    await this.lab.shelf.remove(image.id);
  }

  /** Familiar names of *id*: `memo:latest`. Sorted. */
  namesOf(id: string): readonly string[] {
    return [...this.tags]
      .filter(([, target]) => target === id)
      .map(([name]) => familiarName(name))
      .sort();
  }

  /** The container a name or the beginning of an id means. Throws docker's refusal. */
  container(name: string): Container {
    const found =
      this.containers.find((entry) => entry.name === name) ??
      this.containers.find((entry) => entry.id.startsWith(name) && name.length >= 2);
    if (found === undefined) throw new DockerError(`Error response from daemon: No such container: ${name}`);
    return found;
  }

  /** An id and a name nobody has. Throws when *wanted* is taken. */
  identify(wanted: string | undefined): Pick<Container, "id" | "name" | "number"> {
    const number = this.made++;
    const id = sha256Digest(this.lab.platform, `container ${number}`).slice(7);
    if (wanted !== undefined) {
      const holder = this.containers.find((entry) => entry.name === wanted);
      if (holder) {
        throw new DockerError(
          `docker: Error response from daemon: Conflict. The container name "/${wanted}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.\n\nRun 'docker run --help' for more information`,
          125,
        );
      }
      return { id, name: wanted, number };
    }
    return {
      id,
      number,
      name: `${ADJECTIVES[number % ADJECTIVES.length]}_${NOUNS[Math.floor(number / ADJECTIVES.length + number * 5) % NOUNS.length]}`,
    };
  }

  /** Numbers up to *number* are taken. */
  numbered(number: number): void {
    this.made = Math.max(this.made, number + 1);
  }

  /** Forgets everything: images, tags, containers. */
  clear(): void {
    this.images.clear();
    this.tags.clear();
    this.containers.length = 0;
    this.built.length = 0;
  }
}

/** `memo` → `docker.io/library/memo:latest`. Throws docker's refusal. */
export function canonicalName(name: string): string {
  const reference = parseReference(name);
  if ("message" in reference) throw new DockerError(refusalOf(name));
  return reference.canonical;
}

/** The client's words (distribution/reference). */
function refusalOf(name: string): string {
  const isUpper = /[A-Z]/.test(name.replace(/[:@][^/]*$/, ""));
  return `invalid reference format${isUpper ? ": repository name must be lowercase" : ""}`;
}

function tryCanonical(name: string): string | undefined {
  const reference = parseReference(name);
  return "message" in reference ? undefined : reference.canonical;
}

/** `docker.io/library/memo:latest` → `memo:latest`. */
export function familiarName(canonical: string): string {
  return canonical.replace(/^docker\.io\/(library\/)?/, "");
}

function withTag(name: string): string {
  return /[:@][^/]*$/.test(name) || /^[0-9a-f]{12,}$/.test(name) ? name : `${name}:latest`;
}

function imageOf(
  id: string,
  image: BuiltImage,
  root: () => Promise<Snapshot>,
  now: number,
  more: Pick<EngineImage, "pack" | "chain">,
): EngineImage {
  const created = Date.parse(String(image.config["created"] ?? ""));
  return {
    id,
    config: image.config,
    history: image.history,
    layers: image.layers,
    root,
    created: Number.isNaN(created) ? now : created / 1000,
    pulled: false,
    ...(image.unknownContents && { unknownContents: true }),
    ...more,
  };
}

function chainOf(base: BaseImage): LayerChain | undefined {
  let chain: LayerChain | undefined;
  for (const layer of base.layers) chain = pushLayer(chain, layer);
  return chain;
}

function imageOfBase(base: BaseImage, name: string): EngineImage {
  const {
    rootfs: _rootfs,
    history,
    ...config
  } = base.config as { rootfs?: unknown; history?: readonly HistoryEntry[] };
  const layers = base.layers.map((layer): ImageLayer => ({
    diffId: layer.diffId,
    digest: layer.digest,
    size: layer.size,
    uncompressed: layer.contentBytes ?? layer.size,
    fromBase: true,
  }));
  return {
    id: base.digest,
    config: config,
    history: history ?? [],
    layers,
    root: () => Promise.resolve(base.snapshot()),
    created: Date.parse(String(base.config["created"] ?? "1970-01-01T00:00:00Z")) / 1000,
    pulled: true,
    ...(base.catalog && { unknownContents: true }),
    chain: () => Promise.resolve(chainOf(base)),
    pack: () =>
      base.pack ? Promise.resolve(base.pack()) : Promise.reject(catalogRefusal(familiarName(name), name)),
  };
}
