/** Every .dockerignore of vectors/ignore.json: patterns, decisions, what a filtered walk sends. */

import assert from "node:assert/strict";

import { PatternMatcher, readIgnoreFile, walkFiltered } from "../../kernel-helpers/src/context";
import { treeOf, type VectorFile } from "../filesystem/trees";
import { readVectors } from "../filesystem/vectors";

interface Case {
  id: string;
  kind: "match" | "walk";
  file: string;
  patterns?: string[];
  readError?: string;
  newError?: string;
  paths?: string | string[];
  ignored?: string[];
  errors?: Record<string, string>;
  tree?: string | VectorFile[];
  follow?: string[];
  sent?: string[];
  walkError?: string;
}

const vectors = readVectors<{
  paths: Record<string, string[]>;
  trees: Record<string, VectorFile[]>;
  cases: Case[];
}>("ignore");

function message(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkMatch(c: Case, patterns: string[]): void {
  let matcher: PatternMatcher | undefined;
  assert.equal(
    message(() => (matcher = new PatternMatcher(patterns))),
    c.newError,
  );
  if (!matcher) return;
  const paths = typeof c.paths === "string" ? (vectors.paths[c.paths] ?? []) : (c.paths ?? []);
  const ignored: string[] = [];
  for (const path of paths) {
    const error = message(() => {
      if (matcher?.matchesOrParentMatches(path)) ignored.push(path);
    });
    assert.equal(error, c.errors?.[path] ?? c.errors?.["*"], path);
  }
  assert.deepEqual(ignored, c.ignored ?? []);
}

function checkWalk(c: Case, excludePatterns: string[]): void {
  const tree = treeOf(typeof c.tree === "string" ? (vectors.trees[c.tree] ?? []) : (c.tree ?? []));
  const sent: string[] = [];
  let walk: ReturnType<typeof walkFiltered> | undefined;
  const newError = message(() => {
    walk = walkFiltered(tree, { excludePatterns, ...(c.follow && { followPaths: c.follow }) });
  });
  assert.equal(newError, c.newError);
  if (!walk) return;
  const entries = walk;
  const walkError = message(() => {
    for (const { path, stat } of entries) sent.push(stat.type === "dir" ? path + "/" : path);
  });
  assert.equal(walkError, c.walkError);
  assert.deepEqual(sent, c.sent ?? []);
}

describe("ignore vectors", () => {
  for (const c of vectors.cases) {
    it(`${c.id}: ${JSON.stringify(c.file).slice(0, 60)}`, () => {
      const patterns = readIgnoreFile(c.file);
      assert.deepEqual(patterns, c.patterns ?? []);
      if (c.kind === "match") checkMatch(c, patterns);
      else checkWalk(c, patterns);
    });
  }
});
