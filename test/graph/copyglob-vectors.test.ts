/** Step names, follow paths, exclude patterns and copy actions of COPY and ADD against the real frontend's LLB. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  convert,
  walkVertices,
  type CopyAction,
  type LocalOp,
  type Owner,
} from "../../kernel-helpers/src/graph";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

interface CopyCase {
  readonly id: string;
  readonly instruction: string;
  readonly workdir?: string;
  readonly dockerignore?: string;
  readonly buildError?: string;
  readonly stepName?: string;
  readonly followPaths?: readonly string[];
  readonly excludePatterns?: readonly string[];
  readonly actions?: readonly Record<string, unknown>[];
}

const vectors = JSON.parse(readFileSync(join(__dirname, "..", "vectors", "copyglob.json"), "utf8")) as {
  readonly cases: readonly CopyCase[];
};

function ownerText({ user, group }: Owner): string {
  return [user, group]
    .map((side) => (side === undefined ? "" : "id" in side ? String(side.id) : side.name))
    .join(":")
    .replace(/:$/, "");
}

/** The action in the vectors' spelling: empty fields left out. */
function shown(action: CopyAction): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    src: action.src,
    dest: action.dest,
    mode: action.mode,
    modeStr: action.modeStr,
    owner: action.owner && ownerText(action.owner),
    followSymlink: action.followSymlink,
    dirCopyContents: action.dirCopyContents,
    unpack: action.attemptUnpack,
    createDestPath: action.createDestPath,
    allowWildcard: action.allowWildcard,
    allowEmptyWildcard: action.allowEmptyWildcard,
    include: action.includePatterns,
    exclude: action.excludePatterns,
    required: action.requiredPaths,
    timestamp: action.timestamp,
  };
  const always = [
    "mode",
    "followSymlink",
    "dirCopyContents",
    "createDestPath",
    "allowWildcard",
    "allowEmptyWildcard",
  ];
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) =>
        always.includes(key) ||
        !(value === undefined || value === false || (Array.isArray(value) && value.length === 0)),
    ),
  );
}

describe("copyglob vectors", () => {
  for (const item of vectors.cases) {
    it(`${item.id} ${item.instruction}`, async () => {
      const workdir = item.workdir === undefined ? "" : `WORKDIR ${item.workdir}\n`;
      const conversion = await convert({
        file: "Dockerfile",
        text: `FROM scratch\n${workdir}${item.instruction}\n`,
        options: {},
        resolveImage: () => Promise.resolve({ error: "not found" }),
        machine: nodePlatform,
        ...(item.dockerignore ? { dockerignore: item.dockerignore } : {}),
      });
      assert.equal(conversion.error?.message, item.buildError);
      if (item.buildError !== undefined) return;
      const vertices = walkVertices(conversion.targets.map((target) => target.root));
      const context = vertices.map((vertex) => vertex.op).find((op): op is LocalOp => op.kind === "local");
      assert.deepEqual(context?.followPaths ?? [], item.followPaths ?? []);
      assert.deepEqual(context?.excludePatterns ?? [], item.excludePatterns ?? []);
      const copies = vertices
        .flatMap(({ op }) => (op.kind === "file" ? op.actions : []))
        .filter((a) => a.action === "copy");
      assert.deepEqual(copies.map(shown), item.actions ?? []);
      const named = vertices.map((vertex) => vertex.name).filter((name) => /\] (COPY|ADD)/.test(name));
      assert.equal(named.at(-1), item.stepName);
    });
  }
});
