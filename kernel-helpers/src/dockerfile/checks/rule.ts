/** A build check as a record (BuildKit frontend/dockerfile/linter/ruleset.go). */

/** A sentence in both languages. */
export interface Bilingual {
  readonly ko: string;
  readonly en: string;
}

/** One build check. *A* are the values its message is made of. */
export interface Rule<A extends readonly string[] = readonly string[]> {
  /** BuildKit's name: what `check=skip=…` takes. */
  readonly name: string;
  /** BuildKit's description, verbatim. */
  readonly description: string;
  /** Docker's page of the rule; empty when there is none. */
  readonly url: string;
  /** Off unless `experimental=` names it. */
  readonly experimental: boolean;
  /** BuildKit's message, verbatim. */
  format(...values: A): string;
  /** What the rule is for. */
  readonly why: Bilingual;
  /** How to mend what it found. */
  readonly how: Bilingual;
}
