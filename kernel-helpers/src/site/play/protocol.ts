/** What the page and its builder (a worker) say to each other. */

import type { Locale } from "../../report/locale";
import type { Project } from "./project";

/** To the builder. Each is answered by exactly one `built`, `drawn` or `failed` of the same id. */
export type Request =
  | { readonly kind: "build"; readonly id: number; readonly project: Project; readonly locale: Locale }
  /** Builds again what an ended builder had built, oldest first, so that its cache is there again. */
  | {
      readonly kind: "restore";
      readonly id: number;
      readonly projects: readonly Project[];
      readonly locale: Locale;
    }
  /** The pictures of the last build again, in another language. */
  | { readonly kind: "draw"; readonly id: number; readonly locale: Locale }
  /** What edits would do, without building. */
  | { readonly kind: "what-if"; readonly id: number; readonly locale: Locale };

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
  readonly log: string;
  readonly matrix: string;
  readonly steps: readonly ShownStep[];
  /** What happened in one sentence. */
  readonly summary: string;
  readonly failed: boolean;
}

/** From the builder. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly id: number; readonly text: string }
  | { readonly kind: "built"; readonly id: number; readonly pictures: Pictures; readonly ms: number }
  | { readonly kind: "drawn"; readonly id: number; readonly pictures?: Pictures; readonly whatIf?: string }
  /** *message*: for people, in the asked language. */
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
