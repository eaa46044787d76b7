/**
 * The build graph: vertices, their operations and the edges between them, in BuildKit's words (solver/types.go, solver/pb).
 * What `convert` makes of a Dockerfile and what `build` solves.
 */

import type { SourceRange } from "../dockerfile/types";

/** An input of a vertex: the result of another one. `output` is the index of its output, 0 for most. */
export interface Edge {
  readonly vertex: Vertex;
  readonly output: number;
}

/** One node of the graph. Equal operations with equal inputs are one vertex, whatever stage they stand in. */
export interface Vertex {
  /** sha256 over the operation and the inputs' digests: the identity within one build. Not a cache key. */
  readonly digest: string;
  /** As shown in the progress: `[2/4] WORKDIR /app`, `[internal] load build context`. */
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly Edge[];
  /** Is it shown as a step of the Dockerfile? Internal vertices are not. */
  readonly internal: boolean;
  /** `--no-cache`: results are saved but not looked up. */
  readonly ignoreCache: boolean;
  /** COPY --link: its two vertices are one row. A weak member alone does not make the row start. */
  readonly progressGroup?: { readonly id: string; readonly name: string; readonly weak: boolean };
  /** Where it comes from in the Dockerfile. */
  readonly source?: {
    readonly stage: string;
    readonly instruction: string;
    readonly range: SourceRange;
  };
}

export type Op = ImageOp | LocalOp | HttpOp | GitOp | ExecOp | FileOp | MergeOp;

/** Operating system and processor, as in an OCI config. */
export interface PlatformSpec {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /** Windows only. */
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

/** A base image (`docker-image://…`). Key: its manifest digest and the platform; the reference's text is not in it. */
export interface ImageOp {
  readonly kind: "image";
  /** Canonical reference with digest. */
  readonly ref: string;
  readonly digest: string;
  readonly platform: PlatformSpec;
}

/** Files sent by the client: the context or a named local context. Key: only by content. */
export interface LocalOp {
  readonly kind: "local";
  /** `context`, `dockerfile`, or the name of a named context. */
  readonly name: string;
  /** Only these paths (and what they link to) are asked for; empty = everything. */
  readonly followPaths: readonly string[];
  readonly excludePatterns: readonly string[];
  readonly includePatterns: readonly string[];
  readonly sharedKeyHint: string;
}

export interface HttpOp {
  readonly kind: "http";
  readonly url: string;
  readonly checksum?: string;
  readonly filename?: string;
  readonly perm?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface GitOp {
  readonly kind: "git";
  readonly remote: string;
  readonly ref?: string;
  readonly subdir?: string;
  readonly keepGitDir: boolean;
  readonly checksum?: string;
  readonly skipSubmodules?: boolean;
  /** The commit of *checksum* is taken without asking what *ref* names. */
  readonly fetchByCommit?: boolean;
}

/** A RUN (pb.ExecOp). Everything here is in the key unless its comment says otherwise. */
export interface ExecOp {
  readonly kind: "exec";
  readonly args: readonly string[];
  /** In order of last assignment. */
  readonly env: readonly string[];
  readonly cwd: string;
  /** As written, expanded; empty is root. */
  readonly user: string;
  readonly hostname?: string;
  /** The names are in the key, the IPs are not. */
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
  readonly ulimit: readonly string[];
  readonly cgroupParent?: string;
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  /** Not in the key. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  readonly secretEnv: readonly { readonly id: string; readonly name: string; readonly optional: boolean }[];
  readonly devices: readonly { readonly name: string; readonly optional: boolean }[];
  readonly platform: PlatformSpec;
  /** The root mount first, then by target; secrets and ssh keep the order written. */
  readonly mounts: readonly Mount[];
}

export interface Mount {
  readonly type: "bind" | "cache" | "tmpfs" | "secret" | "ssh";
  /** Absolute. `/` is the root file system. */
  readonly dest: string;
  /** Index in the vertex's inputs; -1 for a mount that starts empty. */
  readonly input: number;
  /** Path inside the input (bind) or inside the cache; `/` is all of it. Hashed by content, not by name. */
  readonly selector: string;
  /** Index of the vertex's output that this mount becomes; -1 for none. Only the root has one; secrets and sockets have a 0 without meaning. */
  readonly output: number;
  readonly readonly: boolean;
  readonly tmpfsSize?: number;
  readonly cache?: {
    readonly id: string;
    readonly sharing: "shared" | "private" | "locked";
    readonly isDefaultId: boolean;
  };
  readonly secret?: SecretMount;
  readonly ssh?: SecretMount;
  /** Input by content (solver's content cache)? */
  readonly contentCache: boolean;
}

export interface SecretMount {
  readonly id: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly optional: boolean;
}

/** COPY, ADD, WORKDIR, heredoc files (pb.FileOp). */
export interface FileOp {
  readonly kind: "file";
  readonly actions: readonly FileAction[];
  /** In the operation's identity only. */
  readonly platform?: PlatformSpec;
}

export type FileAction = CopyAction | MkdirAction | MkfileAction;

/** Inputs: index in the vertex's inputs, or -1 for an empty root (`scratch`). */
interface ActionBase {
  /** What the action changes: an input of the vertex, or -1 (scratch), or the result of the action before it. */
  readonly input: number | "previous";
}

export interface CopyAction extends ActionBase {
  readonly action: "copy";
  /** The input files are copied from. */
  readonly secondaryInput: number;
  /** Absolute path inside the source; only its base name is in the key. */
  readonly src: string;
  /** Absolute; a trailing slash is meaningful. */
  readonly dest: string;
  /** As written in --chown, expanded. */
  readonly owner?: Owner;
  /** Octal; -1 for none. */
  readonly mode: number;
  /** Symbolic form of --chmod. */
  readonly modeStr?: string;
  readonly followSymlink: boolean;
  readonly dirCopyContents: boolean;
  readonly attemptUnpack: boolean;
  readonly createDestPath: boolean;
  readonly allowWildcard: boolean;
  readonly allowEmptyWildcard: boolean;
  readonly includePatterns: readonly string[];
  readonly excludePatterns: readonly string[];
  /** Must exist (--parents without wildcard). */
  readonly requiredPaths: readonly string[];
  readonly alwaysReplaceExistingDestPaths: boolean;
  /** Nanoseconds since 1970, or -1. */
  readonly timestamp: number;
}

export interface MkdirAction extends ActionBase {
  readonly action: "mkdir";
  readonly path: string;
  readonly mode: number;
  readonly makeParents: boolean;
  readonly owner?: Owner;
  readonly timestamp: number;
}

export interface MkfileAction extends ActionBase {
  readonly action: "mkfile";
  readonly path: string;
  readonly mode: number;
  readonly data: string;
  readonly owner?: Owner;
  readonly timestamp: number;
}

/** A user and a group, by number or by name (looked up in the file system of *input*). */
export interface Owner {
  readonly user?: { readonly id: number } | { readonly name: string; readonly input: number };
  readonly group?: { readonly id: number } | { readonly name: string; readonly input: number };
}

/** COPY --link: the layers of the inputs, one on the other. */
export interface MergeOp {
  readonly kind: "merge";
}
