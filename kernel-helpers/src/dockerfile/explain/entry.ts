/** One explanation of a refusal. */

/** What a kind of refusal is about and how to mend it, in two languages. */
export interface ErrorEntry {
  /** The stable code. */
  readonly code: string;
  /** Finds the values that `{1}`, `{2}` … of the sentences stand for; also finds the entry for a refusal without a code of its own. */
  readonly match?: RegExp;
  /** [what the rule is for, how to mend it] */
  readonly ko: readonly [why: string, how: string];
  readonly en: readonly [why: string, how: string];
}
