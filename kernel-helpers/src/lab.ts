/** A Lab: a context, a builder and base images in one hand; what notebooks and scripts work with. */

import {
  type BuildOptions,
  type BuildOutcome,
  type BuildRecord,
  Builder,
  type BuildWorld,
  type BuiltImage,
  baseReferences,
  checkedOptions,
  defaultEdits,
  type GitFixture,
  type HttpFixture,
  runBuild,
  whatIf,
  WhatIfCourse,
  type WhatIfEdit,
  type WhatIfRequest,
} from "./build";
import { type CacheRecord, cacheRecordsOf } from "./build/cache-records";
import { lastingOptions } from "./build/check-options";
import { DirectoryContext } from "./build/directory-context";
import type { ExternalCaches } from "./build/external-cache";
import { type LabContext, MemoryContext } from "./build/lab-context";
import { NamedContexts } from "./build/named-contexts";
import { openBuilder, PREFIX } from "./build/store/builder-store";
import { canonicalName, ImageShelf } from "./build/store/image-shelf";
import type { StepResult } from "./build/step-result";
import { ResultStore } from "./build/store/stored-result";
import { copyTree } from "./build/tree-copy";
import { assumedImages, firstOf, type ImageSource, layersOf } from "./image";
import type { Content, HostDirectory, KeyValueStore, Platform, WritableDirectory } from "./platform";
import {
  type Comparable,
  compare,
  findSecret,
  type LayerContents,
  type Leak,
  leaksOf,
  type Locale,
  optimizationOf,
  type OptimizeWeights,
  PICTURE_KINDS,
  type PictureKind,
  type PictureOptions,
  renderPicture,
  type SecretPlace,
  type Shown,
  shown,
  type Waste,
  wasteOf,
} from "./report";
import {
  buildResult,
  type BuildResult,
  comparisonResult,
  type ComparisonResult,
  optimizationResult,
  type OptimizationResult,
  whatIfResult,
  type WhatIfResult,
} from "./report/results";
import { runCommand, type RunCatalog } from "./run";

export type { BuildResult, ComparisonResult, OptimizationResult, WhatIfResult };

/** What a Lab needs of the machine it runs on. `lab-node.ts` has Node's. */
export interface LabMachine {
  readonly platform: Platform;
  /** Seconds since 1970, for `touch` in a real directory. */
  now?(): number;
  /** Images to look FROM up in, before the catalog: a directory of OCI layouts or tars. */
  openBases?(directory: string): readonly ImageSource[];
  /** The catalog's base images. */
  catalog?(): ImageSource;
  /** Facts about real packages, for the simulated package managers. */
  packages?(): RunCatalog;
  openDirectory?(directory: string): HostDirectory;
  openWritableDirectory?(directory: string): WritableDirectory;
  openStore?(directory: string): KeyValueStore;
}

/** How a Lab is opened. All optional. */
export interface LabOptions {
  /** A directory of OCI layouts or tars to resolve FROM with, before the catalog. */
  readonly bases?: string;
  /** Keeps cache and images there; default: in memory. */
  readonly cacheDir?: string;
  /** A real directory as the context; default: an empty one in memory. */
  readonly contextDir?: string;
  /** Language of tables and explanations. Default: Korean. */
  readonly locale?: Locale;
  /** Seconds since 1970, asked at each build. Default: the same for everybody, a minute later at each build. */
  readonly clock?: () => number;
  /** Default for builds that do not say: 2024-01-01, so that digests are the same for everybody; null for none. */
  readonly sourceDateEpoch?: number | null;
  /** Whose words the progress uses. Default: `buildx`, what `docker build` prints. */
  readonly client?: BuildWorld["client"];
}

/** 2024-01-01T00:00:00Z: when a Lab's files are written, and its source date epoch. */
const LAB_TIME = 1704067200;
/** 2024-06-01T00:00:00Z: what `touch` sets. */
const TOUCH_TIME = 1717200000;
/** So many builds are remembered for pictures. */
const PICTURED = 12;
/** How much later each build's files and its clock are. */
const MINUTE = 60;

/** Undefined for a file of which only the size is known. */
function bytesOf(content: Content | undefined): Uint8Array | undefined {
  if (!content || content.standIn !== undefined) return undefined;
  return content.read();
}

interface LabParts {
  readonly machine: LabMachine;
  readonly options: LabOptions;
  readonly images: ImageSource;
  readonly shelf: ImageShelf;
  readonly builder: Builder;
  readonly context: MemoryContext | DirectoryContext | undefined;
}

/** A Lab. Open one with `Lab.open`; builds of one Lab share its cache and run one after the other. */
export class Lab {
  /** The files of the build context. */
  readonly context: LabContext & { importDirectory(directory: string): void };
  /** Where FROM is looked up: images built here first, then the bases, then the catalog. */
  readonly images: ImageSource;
  /** Images that were built and named; kept with the cache. */
  readonly shelf: ImageShelf;
  readonly platform: Platform;
  private readonly watchers: ((outcome: BuildOutcome) => void)[] = [];
  private readonly machine: LabMachine;
  private readonly options: LabOptions;
  private readonly builder: Builder;
  private readonly world: BuildWorld;
  private readonly named: NamedContexts;
  private fixtures: ReadonlyMap<string, HttpFixture> = new Map();
  private repositories: ReadonlyMap<string, GitFixture> = new Map();
  private readonly caches: ExternalCaches = new Map();
  private queue: Promise<unknown> = Promise.resolve();
  private builds = 0;
  private lastFile: string | undefined;
  private lastOptions: BuildOptions = {};
  /** The last builds, oldest first, without the course of their events: what pictures are made of. */
  private readonly lastBuilds: BuildRecord[] = [];
  /** By config digest: what the images of this Lab are made of. */
  private readonly results = new Map<string, StepResult>();

  protected constructor(parts: LabParts) {
    const { machine, options } = parts;
    this.machine = machine;
    this.options = options;
    this.images = parts.images;
    this.shelf = parts.shelf;
    this.platform = machine.platform;
    this.builder = parts.builder;
    this.world = {
      platform: machine.platform,
      images: parts.images,
      now: options.clock ?? (() => LAB_TIME + MINUTE * (this.builds + 1)),
      run: (request) => runCommand({ catalog: machine.packages?.(), ...request }),
      client: options.client ?? "buildx",
    };
    const openDirectory = machine.openDirectory && ((path: string) => machine.openDirectory!(path));
    this.named = new NamedContexts({ openDirectory, now: () => machine.now?.() ?? this.now() }, () =>
      this.newContext(),
    );
    const context = parts.context ?? this.newContext();
    const importDirectory = (directory: string): void => {
      if (!machine.openDirectory) throw new Error("LB_NO_DIRECTORIES: this machine has no directories");
      context.importDirectoryFrom(machine.openDirectory(directory));
    };
    this.context = Object.assign(context, { importDirectory });
  }

  /** Opens a Lab on *machine*: an empty context, an empty cache, the catalog's base images. Rejects when a directory cannot be opened. */
  static async openOn(machine: LabMachine, options: LabOptions = {}): Promise<Lab> {
    const sources: ImageSource[] = [];
    if (options.bases !== undefined) sources.push(...(machine.openBases?.(options.bases) ?? []));
    if (machine.catalog) sources.push(machine.catalog());
    const { cacheDir, contextDir } = options;
    const now = machine.now ?? options.clock ?? ((): number => LAB_TIME);
    const context =
      contextDir === undefined || !machine.openWritableDirectory
        ? undefined
        : new DirectoryContext(machine.openWritableDirectory(contextDir), now);
    if (cacheDir === undefined || !machine.openStore) return Lab.openWith(machine, sources, options, context);
    const values = machine.openStore(cacheDir);
    // The shelf is asked first, but its images stand on the bases: the store opens results by looking in both.
    const bases = firstOf(sources);
    const results = new ResultStore(values, PREFIX, machine.platform, {
      find: (ref, platform) => {
        const base = bases.find(ref, platform);
        return "error" in base ? shelf.find(ref, platform) : base;
      },
      prepare: async (ref) => {
        await bases.prepare?.(ref);
        await shelf.prepare(ref);
      },
    });
    const shelf: ImageShelf = new ImageShelf(machine.platform, { values, results });
    await shelf.open();
    const builder = await openBuilder(values, machine.platform, results, {
      origin: contextDir,
      ...(context instanceof DirectoryContext && { places: context.contents }),
    });
    return new Lab({ machine, options, images: firstOf([shelf, bases]), shelf, builder, context });
  }

  /** A Lab in memory with images that are open already. */
  static openWith(
    machine: LabMachine,
    images: readonly ImageSource[],
    options: LabOptions = {},
    context?: MemoryContext | DirectoryContext,
  ): Lab {
    const shelf = new ImageShelf(machine.platform);
    const builder = new Builder(machine.platform);
    return new Lab({ machine, options, images: firstOf([shelf, ...images]), shelf, builder, context });
  }

  private newContext(): MemoryContext {
    return new MemoryContext(() => LAB_TIME + MINUTE * this.builds, LAB_TIME, TOUCH_TIME);
  }

  /**
   * Builds the context. `dockerfile` is written to `file` first; without it the Dockerfile that is there is built again.
   * Never rejects for what a Dockerfile or a command does wrong: see `exitCode` and `error`. Rejects for an option that there is not
   * or of the wrong kind (`BuildOptionError`) and for a *file* outside the context (`ContextPathError`).
   */
  build(options: BuildOptions = {}): Promise<BuildResult> {
    const run = this.queue.then(() => this.buildNow(checkedOptions(options)));
    this.queue = run.catch(() => undefined);
    return run.then((outcome) => buildResult(outcome, this.options.locale));
  }

  /** As `build`, with the course that the record was made of and the result itself. For replays. */
  async buildNow(given: BuildOptions): Promise<BuildOutcome> {
    const options = checkedOptions(given, { lenient: true });
    if (options.prune) await this.prune();
    const file = options.file ?? this.lastFile;
    this.lastFile = file;
    this.lastOptions = lastingOptions(options);
    if (options.dockerfile !== undefined) this.context.write(file ?? "Dockerfile", options.dockerfile);
    if (options.http) this.fixtures = new Map(Object.entries(options.http));
    if (options.git) this.repositories = new Map(Object.entries(options.git));
    const outcome = await runBuild({
      builder: this.builder,
      world: this.worldFor(options),
      options: { ...this.defaults(), ...options, ...(file !== undefined && { file }) },
      context: this.context.files(),
      contexts: this.named.open(options),
      fixtures: this.fixtures,
      repositories: this.repositories,
      caches: this.caches,
    });
    this.builds++;
    this.lastBuilds.push({ ...outcome.record, events: [] });
    if (this.lastBuilds.length > PICTURED) this.lastBuilds.shift();
    const { image } = outcome.record;
    if (image) {
      const result = outcome.results?.[0];
      if (result) this.results.set(image.configDigest, result);
      for (const tag of options.tags ?? []) {
        await this.shelf.put(canonicalName(tag), image, outcome.results?.[0], this.world.now());
      }
    }
    for (const watch of this.watchers) watch(outcome);
    return outcome;
  }

  /**
   * What each of *edits* would make of every step, without building, storing or writing anything. Default: the edits that the
   * Dockerfile and the context suggest. *options*: flags of the build; default: those of the last one.
   */
  whatIf(edits?: readonly WhatIfEdit[], options: BuildOptions = this.lastOptions): Promise<WhatIfResult> {
    const run = this.queue.then(async () => {
      const request = this.whatIfRequest(options);
      const wanted = edits ?? (await this.editsFor(request));
      return whatIfResult(await whatIf(request, wanted), this.options.locale);
    });
    this.queue = run.catch(() => undefined);
    return run;
  }

  /** Where the bytes of an image went: of a build's record, of an image, or of the name of one. Throws `LB_NO_IMAGE`. */
  waste(built: BuildRecord | BuiltImage | string): Waste {
    return wasteOf(this.imageOf(built));
  }

  /** Two builds or two images (a record, an image, or its name) beside one another. Throws `LB_NO_IMAGE` for a name that nothing has. */
  compare(
    a: BuildRecord | BuiltImage | string,
    b: BuildRecord | BuiltImage | string,
    { names }: { readonly names?: readonly [string, string] } = {},
  ): ComparisonResult {
    const { locale } = this.options;
    const side = (one: BuildRecord | BuiltImage | string): Comparable =>
      typeof one === "string" ? this.imageOf(one) : one;
    const named = (one: BuildRecord | BuiltImage | string, other: string): string =>
      typeof one === "string" ? one : other;
    const comparison = compare(side(a), side(b), { locale, names: names ?? [named(a, "A"), named(b, "B")] });
    return comparisonResult(comparison, locale);
  }

  /**
   * A picture of the last build of this Lab (V1 and the classic log: of all its builds), which a notebook shows: V1 `builds`, V2 `layers`,
   * V3 `key`, V4 `instructions`, V5 `stack`, V7 `stages`, `classic`. V6 is what `whatIf` answers. Throws RangeError: `LB_NO_BUILD`,
   * `LB_NO_IMAGE`, `LB_NO_STEP`, `LB_NO_PICTURE`.
   */
  picture(kind: PictureKind, options: PictureOptions = {}): Shown {
    if (!PICTURE_KINDS.includes(kind))
      throw new RangeError(
        `LB_NO_PICTURE: ${String(kind)} is not one of ${PICTURE_KINDS.join(", ")} / 그런 그림은 없습니다. ${PICTURE_KINDS.join(", ")} 가운데 고르세요`,
      );
    const builds = [...this.lastBuilds];
    const settings = { locale: this.options.locale, ...options };
    // Made at once, so that a wrong step is told where it is asked for.
    renderPicture(kind, builds, "text", settings);
    return shown((medium) => renderPicture(kind, builds, medium, settings));
  }

  private imageOf(built: BuildRecord | BuiltImage | string): BuiltImage {
    if (typeof built === "string") {
      const named = this.shelf.get(canonicalName(built))?.image;
      if (!named)
        throw new Error(`LB_NO_IMAGE: no image is named ${built} / "${built}"라는 이미지가 없습니다`);
      return named;
    }
    const image = "steps" in built ? built.image : built;
    if (!image) throw new Error("LB_NO_IMAGE: the build made no image / 빌드가 이미지를 만들지 못했습니다");
    return image;
  }

  /**
   * Every place in an image (a record, an image, or its name) where *value* stands: its own layers (also files that a later one hides), history, config. The
   * answers show it masked. Rejects for a value of less than 4 characters (`LB_SHORT_SECRET`) and for no image (`LB_NO_IMAGE`).
   */
  async findSecret(built: BuildRecord | BuiltImage | string, value: string): Promise<SecretPlace[]> {
    const image = this.imageOf(built);
    return findSecret(image, value, await this.contentsOf(image));
  }

  /** What looks like a secret in an image (a record, an image, or its name), by names and shapes. Rejects for no image (`LB_NO_IMAGE`). */
  async leaks(built: BuildRecord | BuiltImage | string): Promise<Leak[]> {
    const image = this.imageOf(built);
    return leaksOf(image, await this.contentsOf(image));
  }

  /** The bytes of the files in the layers that an image of this Lab has of its own. */
  private async contentsOf(image: BuiltImage): Promise<LayerContents[]> {
    const result = this.results.get(image.configDigest) ?? this.shelf.resultOf(image.manifestDigest);
    const layers = layersOf(result?.layers);
    const below = image.layers.length - layers.length;
    const contents: LayerContents[] = [];
    for (const [i, layer] of layers.entries()) {
      if (layer.kind !== "step") continue;
      await layer.ready(true);
      const entries = layer.entries().map(({ name, content }) => ({
        path: name,
        ...(content && { size: content.size }),
        read: () => bytesOf(content),
      }));
      contents.push({ layer: below + i + 1, entries });
    }
    return contents;
  }

  /** A course of states (commits) over an empty cache: what each runs again after the one before it, without running anything. */
  course(options: BuildOptions = this.lastOptions): WhatIfCourse {
    return new WhatIfCourse({ ...this.whatIfRequest(options), builder: new Builder(this.platform) });
  }

  /** The edits that `whatIf` asks about by itself: found in the Dockerfile and the context. */
  suggestedEdits(options: BuildOptions = this.lastOptions): Promise<WhatIfEdit[]> {
    const run = this.queue.then(() => this.editsFor(this.whatIfRequest(options)));
    this.queue = run.catch(() => undefined);
    return run;
  }

  private async editsFor(request: WhatIfRequest): Promise<WhatIfEdit[]> {
    return defaultEdits({ ...request, bases: await baseReferences(request), locale: this.options.locale });
  }

  /**
   * Proposes better Dockerfiles, each proven: both are built on copies of the context in caches of their own, the images must hold the
   * same files and config but for what a rule declares, and rebuilding or the image must become less. *weights*: how often each edit is
   * counted; default: by its kind. *ownIgnore*: other Dockerfiles share the context, so that entries for .dockerignore go to an ignore
   * file of this Dockerfile's own. Changes nothing here.
   */
  optimize(
    options: BuildOptions = this.lastOptions,
    { weights, ownIgnore = false }: { readonly weights?: OptimizeWeights; readonly ownIgnore?: boolean } = {},
  ): Promise<OptimizationResult> {
    const run = this.queue.then(async (): Promise<OptimizationResult> => {
      const request = this.whatIfRequest(options);
      const { context } = request;
      const file = request.options.file ?? "Dockerfile";
      const found = await optimizationOf({
        context,
        file,
        options: request.options,
        ownIgnore,
        ...(weights && { weights }),
        open: (copy) => Lab.openWith(this.machine, [this.images], this.options, copy),
        hasImage: (name) =>
          !("error" in this.images.find(canonicalName(name), { os: "linux", architecture: "amd64" })),
      });
      return optimizationResult(found, this.options.locale);
    });
    this.queue = run.catch(() => undefined);
    return run;
  }

  /** With the right to assume, a base image that nobody knows is taken to be like one that is known. */
  private worldFor({ assume }: BuildOptions): BuildWorld {
    if (!assume) return this.world;
    const { platform } = this.machine;
    const assumed = assumedImages(this.images, (text) => platform.sha256Hex(text));
    return { ...this.world, images: firstOf([this.images, assumed]) };
  }

  private whatIfRequest(options: BuildOptions): WhatIfRequest {
    const { builder, fixtures, repositories, caches } = this;
    const world = this.worldFor(options);
    const { context } = this;
    const now = (): number => this.world.now();
    const memory: MemoryContext =
      context instanceof MemoryContext
        ? context.fork()
        : new MemoryContext(now, now(), now(), copyTree(context.files()));
    const file = options.file ?? this.lastFile;
    if (options.dockerfile !== undefined) memory.write(file ?? "Dockerfile", options.dockerfile);
    const { dockerfile: _dockerfile, ...flags } = checkedOptions(options);
    return {
      builder,
      world,
      options: { ...this.defaults(), ...flags, ...(file !== undefined && { file }) },
      context: memory,
      contexts: (given) => this.named.open(given, true),
      fixtures,
      repositories,
      caches,
    };
  }

  /** Calls *watch* after every build of this Lab, also of a failed one. */
  onBuild(watch: (outcome: BuildOutcome) => void): void {
    this.watchers.push(watch);
  }

  /** The Lab's time, seconds since 1970. */
  now(): number {
    return this.world.now();
  }

  private defaults(): BuildOptions {
    const { sourceDateEpoch } = this.options;
    return sourceDateEpoch === null ? {} : { sourceDateEpoch: sourceDateEpoch ?? LAB_TIME };
  }

  /** What the cache holds, newest first. */
  cacheRecords(): readonly CacheRecord[] {
    return cacheRecordsOf(this.builder);
  }

  /** Empties the builder's cache, as `docker builder prune -a` does. Named images stay. */
  async prune(): Promise<void> {
    this.builder.prune();
    await this.builder.clearStore?.();
  }
}
