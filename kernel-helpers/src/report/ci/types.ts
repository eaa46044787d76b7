/** What is read from the log of a CI run: its builds, where their minutes went, and what to do first. Plain data. */

import type { Sentences } from "./words";

/** `recorded`: stands in the log; `computed`: follows from what stands there; `inferred`: a likely reading that the log does not prove. */
export type Basis = "recorded" | "computed" | "inferred";

/** A time in milliseconds and where it is from. */
export interface Figure {
  readonly ms: number;
  readonly basis: Basis;
}

/** In which form the log told of a build. */
export type CiFormat = "buildx-plain" | "buildx-tty" | "rawjson" | "classic" | "record";

/** What a row of the log was doing. In the order in which a build goes through them. */
export type CiPhase =
  | "setup"
  | "context"
  | "metadata"
  | "cache-import"
  | "pull"
  | "steps"
  | "attest"
  | "export"
  | "load"
  | "push"
  | "cache-export"
  | "other";

export type CiStatus = "DONE" | "CACHED" | "ERROR" | "CANCELED" | "unfinished";

/** A line below a row with an amount or a time: `transferring context: 12MB 0.3s done`. */
export interface CiPart {
  readonly id: string;
  /** Bytes so far and in all. */
  readonly current?: number;
  readonly total?: number;
  readonly ms?: number;
  readonly done: boolean;
}

/** Something that the output of a row said and that tells what went on there. */
export interface CiHint {
  readonly kind: HintKind;
  /** 1-based line of the log; 0 when the log has no lines. */
  readonly line: number;
  readonly text: string;
}

export type HintKind = "download" | "emulation" | "rate-limit" | "no-space" | "not-found" | "exec-format";

/** One row of a build: a step of the Dockerfile, or something around it. */
export interface CiRow {
  /** As the log numbers it: 5 of `#5`. */
  readonly index: number;
  readonly name: string;
  readonly phase: CiPhase;
  /** `[build 2/4]`. */
  readonly label?: string;
  /** Stage of a step; `""` when the Dockerfile has only one. */
  readonly stage?: string;
  /** `linux/arm64`, when the log says it. */
  readonly platform?: string;
  /** Position of a step in its stage. */
  readonly step?: number;
  /** The instruction after the label. */
  readonly instruction?: string;
  readonly status: CiStatus;
  readonly error?: string;
  readonly time?: Figure;
  /** ms since the build began. */
  readonly start?: number;
  readonly end?: number;
  /** 1-based line of the log where it began; 0 when the log has no lines. */
  readonly line: number;
  readonly parts: readonly CiPart[];
  readonly hints: readonly CiHint[];
}

/** Time of one phase. */
export interface CiPhaseTime extends Figure {
  readonly phase: CiPhase;
  readonly rows: number;
}

/** A sentence and how sure it is. */
export interface CiStatement {
  readonly basis: Basis;
  readonly text: Sentences;
}

export type FindingCode =
  | "failed"
  | "cold-cache"
  | "no-cache-import"
  | "cache-import-failed"
  | "cache-import-unused"
  | "cache-mount-empty"
  | "dependencies-after-copy"
  | "emulation"
  | "huge-context"
  | "slow-pull"
  | "slow-export"
  | "slow-load"
  | "slow-push"
  | "slow-cache-export"
  | "slow-setup"
  | "slow-metadata"
  | "waiting"
  | "slowest-step"
  | "repeated-steps"
  | "rate-limit"
  | "no-space"
  | "legacy-builder"
  | "changed-files"
  | "would-be-reused";

/** What was found in a build, and what to do about it. */
export interface CiFinding {
  readonly code: FindingCode;
  /** Time that it is about, in ms: findings are ordered by it. */
  readonly ms: number;
  readonly statements: readonly CiStatement[];
  readonly advice: Sentences;
  /** 1-based lines of the log that show it. */
  readonly lines: readonly number[];
}

/** One build of a log. */
export interface CiBuild {
  readonly format: CiFormat;
  /** What the build was for: its image's name, else the job's, else empty. */
  readonly name: string;
  /** Of the job or step of the CI that ran it, when the log's lines say so. */
  readonly job?: string;
  /** 1-based, first and last line. */
  readonly lines: readonly [number, number];
  readonly result: "succeeded" | "failed" | "unfinished";
  /** When it began, if the log says: ISO 8601, UTC. */
  readonly began?: string;
  /** How long it took. Absent when the log has no times of day. */
  readonly wall?: Figure;
  /** Sum of the times of all rows: more than *wall* when rows ran beside one another. */
  readonly work: Figure;
  /** Time in which no row ran. */
  readonly waiting?: Figure;
  /** What running side by side saved. */
  readonly parallel?: Figure;
  readonly rows: readonly CiRow[];
  /** Largest first. */
  readonly phases: readonly CiPhaseTime[];
  /** Of the steps: how many were reused, how many ran. FROM is not counted. */
  readonly reused: number;
  readonly ran: number;
  /** What to do first stands first. */
  readonly findings: readonly CiFinding[];
}

/** All that a log told. */
export interface CiReport {
  readonly builds: readonly CiBuild[];
  /** About all builds together. */
  readonly findings: readonly CiFinding[];
  readonly lines: number;
  /** Do the log's lines carry times? */
  readonly timed: boolean;
  /** What the log cannot tell. */
  readonly unknown: readonly Sentences[];
}
