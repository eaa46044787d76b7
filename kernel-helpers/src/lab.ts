/** A Lab: a context, a builder and base images in one hand; what notebooks and scripts work with. */

import {
  type BuildOptions,
  type BuildOutcome,
  type BuildRecord,
  Builder,
  type BuildWorld,
  type ContextChanges,
  type HttpFixture,
  runBuild,
} from "./build";
import type { ExternalCaches } from "./build/external-cache";
import { type LabContext, MemoryContext } from "./build/lab-context";
import { firstOf, type ImageSource } from "./image";
import type { HostDirectory } from "./platform/directory";
import type { Platform } from "./platform/platform";
import type { ReadableFileSystem } from "./platform/files";
import { renderTable, type Locale, type Medium } from "./report";
import { progressText, type ProgressKind, type ProgressOptions } from "./report/progress";
import { runCommand } from "./run";

/** What a Lab needs of the machine it runs on. `src/index.ts` has Node's. */
export interface LabMachine {
  readonly platform: Platform;
  /** Images to look FROM up in, before the catalog: a directory of OCI layouts or tars. */
  openBases?(directory: string): readonly ImageSource[];
  /** The catalog's base images. */
  catalog?(): ImageSource;
  openDirectory?(directory: string): HostDirectory;
}

/** How a Lab is opened. All optional. */
export interface LabOptions {
  /** A directory of OCI layouts or tars to resolve FROM with, before the catalog. */
  readonly bases?: string;
  /** Keeps the cache there; default: in memory. */
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
/** How much later each build's files and its clock are. */
const MINUTE = 60;

/** The record of a build with the texts that can be made of it. */
export interface BuildResult extends BuildRecord {
  /** What `docker build --progress=…` prints. */
  progress(kind: ProgressKind, options?: ProgressOptions): string;
  /** The table of layers. */
  table(medium: Medium, options?: { readonly locale?: Locale }): string;
}

/** One `--ulimit` may be given as text, and several with commas between. */
function normalised(options: BuildOptions): BuildOptions {
  const { ulimit } = options as { readonly ulimit?: string | readonly string[] };
  return typeof ulimit === "string" ? { ...options, ulimit: ulimit.split(",") } : options;
}

/** A Lab. Open one with `Lab.open`; builds of one Lab share its cache and run one after the other. */
export class Lab {
  private readonly builder: Builder;
  private readonly world: BuildWorld;
  private readonly named = new Map<string, MemoryContext>();
  private readonly fixtures = new Map<string, HttpFixture>();
  private readonly caches: ExternalCaches = new Map();
  private queue: Promise<unknown> = Promise.resolve();
  private builds = 0;
  private lastDockerfile: Pick<BuildOptions, "file"> = {};
  /** The files of the build context. */
  readonly context: LabContext & { importDirectory(directory: string): void };

  constructor(
    private readonly machine: LabMachine,
    private readonly options: LabOptions,
    images: ImageSource,
  ) {
    this.builder = new Builder(machine.platform);
    this.world = {
      platform: machine.platform,
      images,
      now: options.clock ?? (() => LAB_TIME + MINUTE * (this.builds + 1)),
      run: runCommand,
      client: options.client ?? "buildx",
    };
    this.context = this.makeContext();
  }

  /** Opens a Lab on *machine*: an empty context, an empty cache, the catalog's base images. */
  static openOn(machine: LabMachine, options: LabOptions = {}): Promise<Lab> {
    const sources: ImageSource[] = [];
    if (options.bases !== undefined) sources.push(...(machine.openBases?.(options.bases) ?? []));
    if (machine.catalog) sources.push(machine.catalog());
    return Promise.resolve(Lab.openWith(machine, sources, options));
  }

  /** As `openOn`, with images that are open already. */
  static openWith(machine: LabMachine, images: readonly ImageSource[], options: LabOptions = {}): Lab {
    return new Lab(machine, options, firstOf(images));
  }

  private makeContext(): Lab["context"] {
    const { machine } = this;
    const context = this.newContext();
    const importDirectory = (directory: string): void => {
      if (!machine.openDirectory) throw new Error("LB_NO_DIRECTORIES: this machine has no directories");
      context.importDirectoryFrom(machine.openDirectory(directory));
    };
    return Object.assign(context, { importDirectory });
  }

  private newContext(): MemoryContext {
    return new MemoryContext(() => LAB_TIME + MINUTE * this.builds, LAB_TIME, TOUCH_TIME);
  }

  /**
   * Builds the context. `dockerfile` is written to `file` first; without it the Dockerfile that is there is built again.
   * Never rejects for what a Dockerfile or a command does wrong: see `exitCode` and `error`.
   */
  build(options: BuildOptions = {}): Promise<BuildResult> {
    const run = this.queue.then(() => this.buildNow(options));
    this.queue = run.catch(() => undefined);
    return run.then(({ record }) => this.resultOf(record));
  }

  /** As `build`, with the course that the record was made of. For replays. */
  async buildNow(options: BuildOptions): Promise<BuildOutcome> {
    const file = options.file ?? this.lastDockerfile.file;
    this.lastDockerfile = { file };
    if (options.dockerfile !== undefined) this.context.write(file ?? "Dockerfile", options.dockerfile);
    for (const [name, fixture] of Object.entries(options.http ?? {})) this.fixtures.set(name, fixture);
    const outcome = await runBuild({
      builder: this.builder,
      world: this.world,
      options: { ...this.defaults(), ...normalised(options), ...(file !== undefined && { file }) },
      context: this.context.files(),
      contexts: this.namedContexts(options),
      fixtures: this.fixtures,
      caches: this.caches,
    });
    this.builds++;
    return outcome;
  }

  private defaults(): BuildOptions {
    const { sourceDateEpoch } = this.options;
    return sourceDateEpoch === null ? {} : { sourceDateEpoch: sourceDateEpoch ?? LAB_TIME };
  }

  /** Named local contexts keep their files between builds and take changes. */
  private namedContexts(options: BuildOptions): Map<string, ReadableFileSystem> {
    const contexts = new Map<string, ReadableFileSystem>();
    for (const [name, given] of Object.entries(options.buildContexts ?? {})) {
      if ("image" in given) continue;
      const context = this.named.get(name) ?? this.newContext();
      this.named.set(name, context);
      context.apply(given as ContextChanges);
      contexts.set(name, context.files());
    }
    return contexts;
  }

  private resultOf(record: BuildRecord): BuildResult {
    const { locale } = this.options;
    const methods = {
      progress: (kind: ProgressKind, options?: ProgressOptions) => progressText(record.events, kind, options),
      table: (medium: Medium, options?: { readonly locale?: Locale }) =>
        renderTable(record, medium, options?.locale ?? locale),
    };
    // Not enumerable: the result prints and compares as the plain record it is.
    return Object.defineProperties({ ...record }, {
      progress: { value: methods.progress },
      table: { value: methods.table },
    }) as BuildResult;
  }

  /** Empties the builder's cache, as `docker builder prune -a` does. */
  prune(): void {
    this.builder.prune();
  }
}
