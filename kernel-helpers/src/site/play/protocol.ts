/** What the page and its builder (a worker) say to each other. */

import type { Locale } from "../../report/locale";
import type { Project } from "./project";

/** Builds that stand side by side in the matrix; older ones are let go. */
export const MATRIX_BUILDS = 6;

interface Asked {
  readonly id: number;
  readonly locale: Locale;
}

/** To the builder. Each is answered by exactly one `built`, `drawn`, `checked` or `failed` of the same id. */
export type Request = Asked &
  (
    | { readonly kind: "build"; readonly project: Project }
    /** Builds again what an ended builder had built, oldest first, so that its cache is there again; `drawn` has its pictures. */
    | { readonly kind: "restore"; readonly projects: readonly Project[] }
    /** The pictures of the last build again, in another language. */
    | { readonly kind: "draw" }
    /** What edits of *project* would do, without building. */
    | { readonly kind: "what-if"; readonly project: Project }
    /** What the build checks say about *project*, without building. */
    | { readonly kind: "check"; readonly project: Project }
  );

/** To the worker: first of all the catalog, then requests. */
export type Message =
  { readonly kind: "catalog"; readonly texts: Readonly<Record<string, string>> } | Request;

/** One step, to be chosen for its key card. */
export interface ShownStep {
  /** `[2/4] WORKDIR /app`. */
  readonly name: string;
  /** `▲ 바뀜`. */
  readonly verdict: string;
  /** HTML of its key card. */
  readonly card: string;
  /** Did it run because of its own ingredients, first of all? */
  readonly cause: boolean;
}

/** The pictures of a build. All HTML is made by `report`, which escapes what it shows. */
export interface Pictures {
  readonly table: string;
  /** As `docker build` leaves it on the screen, and as `--progress=plain` prints it, with what the commands print. */
  readonly log: string;
  readonly plain: string;
  readonly matrix: string;
  readonly steps: readonly ShownStep[];
  /** What happened in one sentence. */
  readonly summary: string;
  readonly warnings: number;
  readonly failed: boolean;
  /** Why it failed, and BuildKit's excerpt of the Dockerfile. */
  readonly error?: Hint;
  readonly frames: readonly string[];
  /** The last lines that the failed command printed. */
  readonly output: readonly string[];
  /** How many builds the matrix shows, and the number of the first of them. */
  readonly builds: { readonly first: number; readonly count: number };
}

/** A remark about a line of the Dockerfile. */
export interface Hint {
  readonly kind: "warning" | "error";
  /** Path of the Dockerfile. */
  readonly file: string;
  /** 1-based; absent when it is about no line. */
  readonly line?: number;
  /** Name and address of the check. */
  readonly rule?: string;
  readonly url?: string;
  /** In BuildKit's words. */
  readonly text: string;
  /** What it means and how to mend it, in the asked language; `…` marks code. */
  readonly explanation?: string;
}

/** From the builder. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly id: number; readonly text: string }
  | { readonly kind: "built"; readonly id: number; readonly pictures: Pictures; readonly ms: number }
  | { readonly kind: "drawn"; readonly id: number; readonly pictures?: Pictures; readonly whatIf?: string }
  | { readonly kind: "checked"; readonly id: number; readonly hints: readonly Hint[] }
  /** *message*: for people, in the asked language. */
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly message: string;
      /** The builder was ended before it could answer. */
      readonly ended?: true;
    };
