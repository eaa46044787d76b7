/** How fast files are walked, hashed, copied, compared and packed. */

import {
  ContentHasher,
  DigestCache,
  PatternMatcher,
  transferContext,
} from "../../kernel-helpers/src/context";
import {
  applyLayer,
  buildSnapshot,
  diffLayers,
  emptySnapshot,
  executeFileOp,
  hashLayer,
  layerTarBytes,
  readTar,
  type TreeEntry,
} from "../../kernel-helpers/src/filesystem";
import type { CopyAction } from "../../kernel-helpers/src/graph/types";
import type { Snapshot } from "../../kernel-helpers/src/platform/files";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

/** One thing to measure. */
export interface BenchCase {
  readonly name: string;
  readonly fn: () => unknown;
}

/** A tree of *count* files of *size* bytes, 100 folders. */
export function sampleTree(count: number, size: number): Snapshot {
  const entries: TreeEntry[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = new Uint8Array(size).fill(i);
    entries.push({ path: `src/folder-${i % 100}/file-${i}.js`, type: "file", content: bytes });
  }
  return buildSnapshot(entries, { mtime: 1_700_000_000 });
}

const copyAll: CopyAction = {
  action: "copy",
  input: 0,
  secondaryInput: 1,
  src: "/",
  dest: "/app/",
  mode: -1,
  followSymlink: true,
  dirCopyContents: true,
  attemptUnpack: false,
  createDestPath: true,
  allowWildcard: true,
  allowEmptyWildcard: true,
  includePatterns: [],
  excludePatterns: [],
  requiredPaths: [],
  alwaysReplaceExistingDestPaths: false,
  timestamp: -1,
};

/** Trees, copies and layers of *count* files, made when they are first asked for. */
function fixture(count: number) {
  const tree = sampleTree(count, 200);
  const { context } = transferContext({ source: tree, previous: emptySnapshot(), now: 1 });
  const warm = new DigestCache();
  new ContentHasher(nodePlatform, context, warm).digest({ path: "/" });
  const edited = tree.fork(2);
  edited.writeFile("/src/folder-1/file-1.js", "edited");
  const copied = copy(tree);
  const tar = layerTarBytes(diffLayers(emptySnapshot(), copied));
  return { tree, context, warm, after: edited.snapshot(), copied, tar };
}

function copy(tree: Snapshot): Snapshot {
  return executeFileOp({ kind: "file", actions: [copyAll] }, [emptySnapshot(), tree], {
    platform: nodePlatform,
    now: 1,
  });
}

const fixtures = new Map<number, ReturnType<typeof fixture>>();

function withFixture(
  count: number,
  name: string,
  run: (made: ReturnType<typeof fixture>) => unknown,
): BenchCase {
  return {
    name: name.replace("#", `${count.toLocaleString("en")} files`),
    fn: () => {
      let made = fixtures.get(count);
      if (!made) fixtures.set(count, (made = fixture(count)));
      return run(made);
    },
  };
}

const paths = Array.from({ length: 10_000 }, (_, i) => `app/module-${i % 50}/lib/file-${i}.test.ts`);
const patterns = ["node_modules", "**/*.log", "!keep.log", "dist/**", "**/test?/*.js", "[Dd]ocs"];

export const cases: readonly BenchCase[] = [
  ...[100, 1_000, 10_000].flatMap((count) => [
    withFixture(count, "hash #", ({ context }) =>
      new ContentHasher(nodePlatform, context).digest({ path: "/" }),
    ),
    withFixture(count, "hash # again", ({ context, warm }) =>
      new ContentHasher(nodePlatform, context, warm).digest({ path: "/" }),
    ),
    withFixture(count, "send #", ({ tree }) =>
      transferContext({ source: tree, previous: emptySnapshot(), now: 1 }),
    ),
    withFixture(count, "send # again", ({ tree, context }) =>
      transferContext({ source: tree, previous: context, now: 1 }),
    ),
    withFixture(count, "send # after an edit", ({ after, context }) =>
      transferContext({ source: after, previous: context, now: 1 }),
    ),
    withFixture(count, "copy #", ({ tree }) => copy(tree)),
    withFixture(count, "layer of #", ({ copied }) =>
      hashLayer(nodePlatform, diffLayers(emptySnapshot(), copied)),
    ),
    withFixture(count, "layer of an edit in #", ({ tree, after }) => diffLayers(tree, after)),
    withFixture(count, "unpack a tar of #", ({ tar }) => applyLayer(emptySnapshot(), readTar(tar))),
  ]),
  {
    name: "match 10,000 paths against 6 patterns",
    fn: () => {
      const matcher = new PatternMatcher(patterns);
      return paths.filter((path) => matcher.matchesOrParentMatches(path)).length;
    },
  },
];
