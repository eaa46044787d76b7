/** The records of an optimisation: what a rule proposes or refuses, what is proven of it. All plain and JSON-printable. */

export interface Bilingual {
  readonly ko: string;
  readonly en: string;
}

/** The rules, in the order in which they are tried. */
export const RULE_IDS = [
  "dockerignore",
  "secret-mount",
  "manifests-first",
  "prefetch",
  "system-first",
  "split-run",
  "metadata-late",
  "merge-apt",
  "remove-in-layer",
  "clean-caches",
  "copy-chown",
  "cache-mount",
  "copy-link",
  "multi-stage",
] as const;

/** The name of one. */
export type RuleId = (typeof RULE_IDS)[number];

/**
 * In what the image may differ after a rewrite, beyond what every rewrite may (times, history, the Dockerfile and .dockerignore
 * themselves). All are sources of regular expressions over absolute paths, but *config*: names of config fields.
 */
export interface Allowance {
  /** Paths that may be gone. */
  readonly gone?: readonly string[];
  /** Paths that may be other, gone or new. */
  readonly other?: readonly string[];
  /** Fields of the config (`Env`, `Cmd`). */
  readonly config?: readonly string[];
  /** Another base image below it: only what the Dockerfile itself adds to these paths is compared. */
  readonly onlyPaths?: readonly string[];
}

/** A rewritten Dockerfile (and perhaps .dockerignore), and what was done. */
export interface Rewrite {
  readonly rule: RuleId;
  /** 1-based line of the original that it is about. */
  readonly line: number;
  readonly title: Bilingual;
  /** Why it helps, and what to mind. */
  readonly why: Bilingual;
  readonly dockerfile: string;
  /** Another .dockerignore: its path and its whole new text. */
  readonly ignore?: { readonly path: string; readonly text: string };
  readonly allows: Allowance;
  /** What the build is now to be called with: ids of secrets. */
  readonly secrets?: readonly string[];
  /** How much worse (0.05 = 5 %) another figure may become for the one that becomes better. Default: 0.05. */
  readonly tolerance?: number;
}

/** A rewrite that a rule itself does not make, with its reason. */
export interface Refusal {
  readonly rule: RuleId;
  readonly line: number;
  readonly title: Bilingual;
  readonly because: Bilingual;
}

/** Simulated work and sizes. */
export interface Cost {
  /** Milliseconds of rebuilding over all edits, weighted; of a step that may run or not, none. */
  readonly rebuild: number;
  /** Bytes of the image's layers, base included. */
  readonly bytes: number;
  /** Bytes of the layers that the Dockerfile itself adds. */
  readonly ownBytes: number;
  /** Bytes that a client sends to the builder at the first build. */
  readonly contextBytes: number;
  /** Places in the image where a secret can be read. */
  readonly leaks: number;
}

export interface Proof {
  readonly before: Cost;
  readonly after: Cost;
  /** The figures that become better. */
  readonly gains: readonly (keyof Cost)[];
  /** Commands whose result or time was assumed (추정), not simulated. */
  readonly assumed: readonly string[];
}

export interface Proposal extends Rewrite {
  /** Unified, of the Dockerfile and, when it changes, of .dockerignore. */
  readonly diff: string;
  readonly proof: Proof;
}

export type Refused = Refusal & { readonly diff?: string };

/** All proposals that hold together, applied one after the other. */
export interface Combined {
  readonly rules: readonly RuleId[];
  readonly dockerfile: string;
  readonly ignore?: Rewrite["ignore"];
  readonly secrets: readonly string[];
  readonly diff: string;
  readonly proof: Proof;
}

/** An edit that was counted, and how often. */
export interface WeightedEdit {
  readonly edit: string;
  readonly weight: number;
}

/** What can be made better, and what was tried and refused. Both empty: good as far as the rules know. */
export interface Optimization {
  /** Path of the Dockerfile in the context. */
  readonly file: string;
  readonly proposals: readonly Proposal[];
  readonly refused: readonly Refused[];
  /** Absent when there is no proposal. */
  readonly combined?: Combined;
  /** What rebuilds were counted over: declared kinds, or the commits of a repository. */
  readonly weights: {
    readonly source: "kinds" | "file" | "history";
    readonly edits: readonly WeightedEdit[];
    /** How many commits, when they come from a history. */
    readonly commits?: number;
  };
  /** The Dockerfile as it is does not build: nothing can be proven. */
  readonly error?: string;
}

export function isRefusal(found: Rewrite | Refusal): found is Refusal {
  return "because" in found;
}
