/** What a build is asked and what it answers: plain records, JSON-printable, the same in every medium. */

import type { Difference } from "../cache/differences";
import type { DockerfileError, LineRange, LintWarning, SourceRange } from "../dockerfile/types";
import type { FileType } from "../platform/files";
import type { SolveStatus } from "./status";

/** The flags of `docker build` in camelCase, as `options` in test/fidelity/FORMAT.md. All optional. */
export interface BuildOptions {
  /** Text of the Dockerfile: written to *file* in the context first. */
  readonly dockerfile?: string;
  /** Path of the Dockerfile in the context. Default: `Dockerfile`. */
  readonly file?: string;
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly noCache?: boolean;
  readonly noCacheFilter?: readonly string[];
  /** `linux/amd64` by default; several separated by commas. */
  readonly platform?: string;
  readonly pull?: boolean;
  readonly addHosts?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly ssh?: readonly string[];
  /** By name: files of a local context, or an image. */
  readonly buildContexts?: Readonly<Record<string, NamedContext>>;
  /** Name of an external cache to write; *cacheMode* says how much (default `min`). */
  readonly cacheTo?: string;
  readonly cacheFrom?: readonly string[];
  readonly cacheMode?: "min" | "max";
  /** `--check`: only the build checks, no build. */
  readonly check?: boolean;
  readonly tags?: readonly string[];
  readonly network?: string;
  readonly ulimit?: readonly string[];
  readonly shmSize?: string | number;
  readonly hostname?: string;
  readonly cgroupParent?: string;
  readonly allow?: readonly string[];
  /**
   * Files that ADD finds without any network: by URL, or by a name, which is found at `http://127.0.0.1:5050/NAME` and below one folder
   * there. All of them stay for the following builds, until others are given: then only those are there.
   */
  readonly http?: Readonly<Record<string, HttpFixture>>;
  /**
   * Git repositories that ADD finds without any network, by address; `https://h/a/b.git` stands for `git@h:a/b.git` too. They stay as
   * those of *http* do.
   */
  readonly git?: Readonly<Record<string, GitFixture>>;
  /** Seconds since 1970. Implies rewriting layer time stamps that are later. Default: none. */
  readonly sourceDateEpoch?: number;
  /** Empties the builder's cache before this build, as on a fresh machine. Default: false. */
  readonly prune?: boolean;
  /** The form that the result's `progress()` has when none is asked for: `plain` unless `tty` or `rawjson`. */
  readonly progress?: "auto" | "plain" | "tty" | "rawjson" | "quiet";
  /** Unknown bases, commands and packages are assumed to succeed (추정) instead of failing. Default: false. */
  readonly assume?: boolean;
  /** Stops the build. */
  readonly signal?: AbortSignal;
  /** Called with every delivery while the build goes on. */
  readonly onStatus?: (status: SolveStatus) => void;
}

/** An image, a directory of the machine, or files given as changes. */
export type NamedContext = { readonly image: string } | { readonly directory: string } | ContextChanges;

/** Changes to a context in the order remove, rename, write, chmod, touch (test/fidelity/FORMAT.md). */
export interface ContextChanges {
  readonly write?: Readonly<Record<string, string | WrittenFile>>;
  readonly remove?: readonly string[];
  readonly rename?: Readonly<Record<string, string>>;
  readonly chmod?: Readonly<Record<string, string>>;
  readonly touch?: readonly string[];
}

/** An entry written into a context: a file by `text` or `base64` (empty when neither is given), a `symlink` by its target, or a `directory`. */
export interface WrittenFile {
  readonly text?: string;
  readonly base64?: string;
  /** The file is filled up with zero bytes to this length: for large files in lessons. */
  readonly size?: number;
  readonly symlink?: string;
  readonly directory?: boolean;
  /** Octal. Default 644 (directories 755). */
  readonly mode?: string;
  /** Seconds since 1970. */
  readonly mtime?: number;
}

/** What an address answers to ADD, instead of a network: a body by `text` or `base64`, and the headers that BuildKit keys it by. */
export interface HttpFixture {
  readonly text?: string;
  readonly base64?: string;
  /** Seconds since 1970. */
  readonly lastModified?: number;
  readonly etag?: string;
}

/** What a git repository has, instead of a network. Its submodules are left out, as if it had none. */
export interface GitFixture {
  /** By name: `main` or `refs/heads/main` for a branch, `refs/tags/v1` for a tag. */
  readonly refs: Readonly<Record<string, GitCommit>>;
  /** The branch that is taken when none is named. Default: `main`, else `master`, else the first one. */
  readonly default?: string;
  /** Commits that no name points to any more. */
  readonly commits?: readonly GitCommit[];
}

/** A commit: its number and its files. */
export interface GitCommit {
  /** 40 or 64 hexadecimal digits in lower case. Default: made of the files (not the number that git would give). */
  readonly commit?: string;
  /** Of an annotated tag: the number of the tag itself. */
  readonly tag?: string;
  /** By path. Git keeps neither times, owners nor empty directories, and of a mode only whether the owner may execute the file. */
  readonly files: Readonly<Record<string, string | WrittenFile>>;
}

/** How a step ended, in the words of BuildKit's progress; CANCELED when another step's failure stopped it. */
export type StepStatus = "DONE" | "CACHED" | "ERROR" | "CANCELED";

/** Why a step was not cached. */
export interface Miss {
  /** `own`: its operation, source or content differs; `knock-on`: only a parent does; `not-looked-up`: --no-cache. */
  readonly cause: "own" | "knock-on" | "not-looked-up";
  /** The parts of the key that differ from the nearest stored record; empty when the store knows no such step. */
  readonly parts: readonly KeyDifference[];
  /** Name of the step of an earlier build it was compared with; absent when there is none (the step is new). */
  readonly pairedWith?: string;
  /** True when no earlier record of such a step exists. */
  readonly first: boolean;
  readonly sentence: { readonly ko: string; readonly en: string };
}

/** Why a step could be reused although something had changed. */
export interface Hit {
  /**
   * `same-content`: what it takes of a step that ran again is the same; `stored-before`: an older build had the same ingredients;
   * `not-selected`: changed files are not among those it copies; `time-only`: only times of files changed; `not-in-key`: a changed
   * instruction is not part of its key.
   */
  readonly because: "same-content" | "stored-before" | "not-selected" | "time-only" | "not-in-key";
  readonly sentence: { readonly ko: string; readonly en: string };
}

/** One part of a key that differs, in the words of test/vectors/reasons.md. */
export type KeyDifference = Difference;

/** One step of the Dockerfile (a vertex that is not internal). */
export interface Step {
  /** As shown: `[3/4] COPY . /app`. */
  readonly name: string;
  readonly status: StepStatus | null;
  /** Digest of the vertex; unique in the build. */
  readonly digest: string;
  /** Stage name, or `stage-N`. */
  readonly stage: string;
  /** Upper-case keyword: FROM, RUN, COPY, ADD, WORKDIR. */
  readonly instruction: string;
  readonly range?: SourceRange;
  readonly cacheKey: string;
  /** Indexes in `steps` of the steps this one takes its inputs from. */
  readonly needs: readonly number[];
  /** Digests of the files that it takes, as they are in its key: from a context (*from* absent) or from step *from* (index in `steps`). */
  readonly contents?: readonly { readonly from?: number; readonly digest: string }[];
  /** Printed lines, stdout and stderr. */
  readonly output: readonly string[];
  /** Uncompressed bytes that its layer adds; 0 for none. */
  readonly bytes: number;
  /** Simulated duration in milliseconds. */
  readonly duration: number;
  readonly diffId?: string;
  readonly miss?: Miss;
  /** Why a hit was possible although something changed. */
  readonly hit?: Hit;
  /** Rests on something not simulated (추정). */
  readonly assumed?: boolean;
  /**
   * It ran here, but whether BuildKit would run it again hangs on what an assumed command makes (달림): the same files, and it is
   * reused. Absent for steps of which that is known.
   */
  readonly depends?: boolean;
  readonly error?: string;
  /** Printed as CACHED only because the build failed: nothing was found for it, and it never ran. */
  readonly skipped?: boolean;
  /** The failure met it in a state that in BuildKit is a matter of timing. */
  readonly racy?: boolean;
}

/** One instruction of the target's stages, metadata too: a row of the layer table. */
export interface InstructionRow {
  readonly text: string;
  readonly instruction: string;
  readonly stage: string;
  readonly line: number;
  /** Index in `steps`, or absent for an instruction that is no build step, or one that a failure kept from being reached. */
  readonly step?: number;
  /** Name of the step that a failure kept from being reached. */
  readonly pending?: string;
  /** Does it write a filesystem layer? */
  readonly layer: boolean;
  /** Does it leave an entry in the image's history? */
  readonly history: boolean;
}

/** One entry of a layer's tar. Sizes in bytes, `mtime` in seconds since 1970. */
export interface LayerEntry {
  readonly path: string;
  readonly type: FileType | "hardlink";
  /** Octal. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly linkname?: string;
  /** Hex, of a regular file's bytes. */
  readonly sha256?: string;
  /** Major and minor number of a device. */
  readonly dev?: readonly number[];
  /** What the header of the tar has no room for: ids above 2097151, in decimal digits. */
  readonly pax?: Readonly<Record<string, string>>;
}

/** One filesystem layer of an image. */
export interface ImageLayer {
  readonly diffId: string;
  /** Digest of the gzip'd tar. */
  readonly digest: string;
  /** Bytes of the gzip'd tar. */
  readonly size: number;
  /** Bytes of the tar. */
  readonly uncompressed: number;
  /** In tar order. Undefined for a layer of the base. */
  readonly entries?: readonly LayerEntry[];
  readonly fromBase: boolean;
}

/** One line of an image's history, named and spelled as in the OCI image config. */
export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly author?: string;
  readonly empty_layer?: boolean;
}

/** The image that a build exported. */
export interface BuiltImage {
  /** The image config JSON without rootfs and history. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly configDigest: string;
  readonly manifestDigest: string;
  readonly history: readonly HistoryEntry[];
  /** Bottom layer first. */
  readonly layers: readonly ImageLayer[];
  readonly platform: string;
  /** Some layers hold files of which only the sizes are known (a catalog base): digests are stand-ins, the image cannot be exported. */
  readonly unknownContents?: boolean;
}

/** A finding of the build checks. */
export interface BuildWarning extends LintWarning {
  /** 1-based, of the first line. */
  readonly line: number;
  /** What the rule is for and how to mend it, in Korean. */
  readonly ko: string;
}

/** What ended a build. */
export interface BuildError extends DockerfileError {
  /** What this context says about it: a file with nearly the name that was not found, the pattern that hides it. */
  readonly hint?: { readonly ko: string; readonly en: string };
}

/** All that one build answers. */
export interface BuildRecord {
  readonly exitCode: 0 | 1;
  readonly error?: BuildError & {
    /** From the first to the last line that the first code frame marks; absent for an error that has no place. */
    readonly range?: SourceRange;
    readonly ko?: string;
    readonly frames: readonly string[];
  };
  /** Depth first from the last vertex, inputs first, in input order. */
  readonly steps: readonly Step[];
  readonly pending: readonly string[];
  readonly internal: readonly string[];
  /** Bytes of `transferring …` by internal vertex. */
  readonly transfers: Readonly<Record<string, number>>;
  /** Sorted by line, then rule. */
  readonly warnings: readonly BuildWarning[];
  readonly rows: readonly InstructionRow[];
  readonly image?: BuiltImage;
  /** Several platforms: one image each. */
  readonly images?: readonly BuiltImage[];
  readonly indexDigest?: string;
  readonly check?: { readonly text: readonly string[]; readonly lines: readonly LineRange[] };
  /** The whole course of the build, from which every progress form is printed. */
  readonly events: readonly SolveStatus[];
  readonly options: BuildOptions;
  /** Path and text of the Dockerfile built. */
  readonly file: string;
  readonly dockerfile: string;
}
