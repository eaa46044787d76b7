/** What goes into `convert` and what comes out of it (BuildKit frontend/dockerui and frontend/dockerfile/dockerfile2llb). */

import type { DockerfileError, LintWarning, SourceRange } from "../dockerfile/types";
import type { Platform } from "../platform/platform";
import type { Edge, ImageOp, LocalOp, PlatformSpec, Vertex } from "./types";

/**
 * The flags of a build that the graph depends on; names and shapes are those of `BuildOptions` (build/types.ts),
 * which can be passed as it is. All optional.
 */
export interface ConvertOptions {
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly noCache?: boolean;
  readonly noCacheFilter?: readonly string[];
  /** `linux/amd64`; several separated by commas. Absent: the builder's own platform. */
  readonly platform?: string;
  /** Name to IP address. */
  readonly addHosts?: Readonly<Record<string, string>>;
  /** By name: `{ image }` is `docker-image://…`; anything else is a local directory. */
  readonly buildContexts?: Readonly<Record<string, object>>;
  /** Lint only: every stage when there is no target. */
  readonly check?: boolean;
  /** `default`, `none` or `host` for every RUN. */
  readonly network?: string;
  /** `name=soft[:hard]`. */
  readonly ulimit?: readonly string[];
  /** Bytes, or a number with a unit (`64m`). */
  readonly shmSize?: string | number;
  readonly hostname?: string;
  readonly cgroupParent?: string;
  /** Entitlements: `security.insecure`, `network.host`, `device`. */
  readonly allow?: readonly string[];
  /** Seconds since 1970: what docker sends as the build argument SOURCE_DATE_EPOCH. A build argument of that name wins. */
  readonly sourceDateEpoch?: number;
}

/** What the registry (or the catalog) knows of an image. */
export interface ResolvedImage {
  /** Digest of what the reference names: a manifest, or the index of a multi-platform image. */
  readonly digest: string;
  /** The OCI image config of the platform asked for, parsed JSON with `config`, `history`, `rootfs`. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A reference that cannot be resolved; *error* is the registry's text, such as `docker.io/library/x:latest: not found`. */
export interface UnresolvedImage {
  readonly error: string;
}

/** Looks an image up. *ref* is canonical: `docker.io/library/node:22`. May be asked for the same image again. */
export type ImageResolver = (ref: string, platform: PlatformSpec) => Promise<ResolvedImage | UnresolvedImage>;

export interface ConvertInput {
  /** Path of the Dockerfile, as given to `-f`: `Dockerfile`, `docker/prod.Dockerfile`. */
  readonly file: string;
  /** Its text, or that of `dockerfile` beside it when there is no `Dockerfile`; undefined when there is neither. */
  readonly text: string | undefined;
  /** There is no *text*, because *file* is a directory or something else that cannot be read. Default false. */
  readonly isNoFile?: boolean;
  readonly options: ConvertOptions;
  readonly resolveImage: ImageResolver;
  /** Hashing. */
  readonly machine: Platform;
  /** Text of `.dockerignore` in the context root; undefined when there is none. */
  readonly dockerignore?: string;
  /** Text of `<file>.dockerignore`; when defined (even empty) it replaces `.dockerignore`. */
  readonly fileDockerignore?: string;
  /** By name of a local named context: the text of its own `.dockerignore`. */
  readonly contextDockerignores?: Readonly<Record<string, string | undefined>>;
  /** The platform builds run on. Default linux/amd64. */
  readonly buildPlatform?: PlatformSpec;
}

/** A history entry as it goes into the image config; keys are the config's. */
export interface HistoryRecord {
  /** RFC 3339. Absent: the exporter gives it the time of its layer. */
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export interface ConvertedHistory {
  readonly entry: HistoryRecord;
  /** The vertex whose result is the layer; absent for empty layers and for the base image's entries. */
  readonly vertex?: Vertex;
  /** Is it an entry of the base image? */
  readonly fromBase: boolean;
}

/** The result for one platform. */
export interface ConvertedTarget {
  readonly platform: PlatformSpec;
  /** `linux/amd64`, `linux/arm64/v8`: key of the result in a multi-platform build. */
  readonly platformId: string;
  /** What is to be built; null for an empty root file system (scratch without a step). */
  readonly root: Edge | null;
  /**
   * The image config as the frontend writes it, without `rootfs`, `history` and `created`: `architecture`, `os`, `variant`,
   * `author` and `config`, whose keys are in the order BuildKit marshals them (maps sorted by key, empty fields left out).
   */
  readonly image: Readonly<Record<string, unknown>>;
  /** All entries, the base image's first. */
  readonly history: readonly ConvertedHistory[];
  /** The base image of the target's stages, or null for scratch. */
  readonly baseImage: {
    readonly ref: string;
    readonly digest: string;
    readonly config: Readonly<Record<string, unknown>>;
  } | null;
  /** Seconds since 1970 of SOURCE_DATE_EPOCH, when given. */
  readonly epoch?: number;
}

/** Something the frontend asks for before (or beside) the steps; shown as a row of the progress. */
export interface InternalRequest {
  /** Unique in the conversion. */
  readonly digest: string;
  readonly name: string;
  /** Requests of one phase run in parallel; phases follow one another, from 0. */
  readonly phase: number;
  /** A transfer from the client. The local directory `dockerfile` is the folder of the Dockerfile, paths are relative to it. */
  readonly local?: LocalOp;
  /** Lookup of an image's manifest and config. */
  readonly resolve?: { readonly ref: string; readonly platform: PlatformSpec };
  /** Download of an image that is no step: the frontend of `# syntax=`. */
  readonly image?: ImageOp;
  /** It failed with this text (a registry that does not know the image). */
  readonly error?: string;
}

/** One instruction of the target's stages, metadata instructions too. */
export interface ConvertedRow {
  /** The instruction as written, continuation lines joined. */
  readonly text: string;
  /** Upper-case keyword. */
  readonly instruction: string;
  /** Stage name, or `stage-N`. */
  readonly stage: string;
  /** First line, 1-based. */
  readonly line: number;
  readonly range: SourceRange;
  /** The step it is, if it is one. */
  readonly vertex?: Vertex;
  /** Does it write a layer? */
  readonly layer: boolean;
  /** Does it leave an entry in the history? */
  readonly history: boolean;
  /** Index in `targets`. */
  readonly target: number;
}

export interface Conversion {
  /** One for each platform asked for, in that order. Empty when there is an error, and for `check`. */
  readonly targets: readonly ConvertedTarget[];
  /** In the order in which they are shown. Those that were not reached because of an error are left out. */
  readonly internal: readonly InternalRequest[];
  readonly rows: readonly ConvertedRow[];
  /** In the order found, those of the first platform only (as BuildKit does). */
  readonly warnings: readonly LintWarning[];
  readonly error?: DockerfileError;
}
