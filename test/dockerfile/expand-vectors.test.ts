/** Word expansion against the recorded answers of BuildKit's shell lexer. */

import { expandWord, lexModes } from "../../kernel-helpers/src/dockerfile";
import { compareAll, readVectors } from "./vectors";

interface ExpandCase {
  id: string;
  word: string;
  env: number;
  escape: string;
  mode: keyof typeof lexModes;
  result: string;
  words: string[];
  matched?: string[];
  unmatched?: string[];
  error?: string;
}

describe("vectors: expand", () => {
  const { cases, envs } = readVectors<{ cases: ExpandCase[]; envs: Record<string, string>[] }>("expand");

  it(`agrees in all ${cases.length} cases`, () => {
    const maps = envs.map((env) => new Map(Object.entries(env)));
    compareAll(
      cases,
      ({ result, words, matched, unmatched, error }) => ({ result, words, matched, unmatched, error }),
      ({ word, env, escape, mode }) => {
        const answer = expandWord(word, maps[env]!, { escape, mode: lexModes[mode] });
        return { ...answer, matched: [...answer.matched].sort(), unmatched: [...answer.unmatched].sort() };
      },
    );
  });
});
