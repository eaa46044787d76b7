/** Why a step missed, against what BuildKit's own key database says (test/vectors/reasons.md). */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { BuildOptions, ContextChanges, KeyDifference, Miss } from "../../kernel-helpers/src/build";
import { replayScenario } from "../../kernel-helpers/src/cli/replay-scenario";
import { nodeMachine, openBaseDirectory } from "../../kernel-helpers/src/lab-node";

interface Case {
  readonly id: string;
  readonly before: { readonly files: NonNullable<ContextChanges["write"]>; readonly options: BuildOptions };
  readonly after: { readonly changes: ContextChanges; readonly options: BuildOptions };
  readonly steps: readonly {
    readonly name: string;
    readonly status: string;
    readonly missed: boolean;
    readonly cause?: string;
    readonly pairedWith?: string | null;
    readonly diff?: readonly Record<string, unknown>[];
  }[];
}

const cases = JSON.parse(readFileSync(join(__dirname, "../vectors/reasons.json"), "utf8")) as Case[];

/** A difference in one form for both sides: values that are no strings as JSON. */
function plain(difference: Readonly<Record<string, unknown>> | KeyDifference): unknown {
  const {
    kind,
    path,
    field,
    old,
    new: now,
    input,
    dependencyKey,
    sameRecordAs,
  } = difference as Record<string, unknown>;
  const value = (v: unknown): unknown =>
    v === null || v === undefined || typeof v === "string" ? (v ?? null) : JSON.stringify(v);
  return {
    kind,
    path: path ?? "",
    field,
    old: value(old),
    new: value(now),
    input,
    dependencyKey,
    sameRecordAs,
  };
}

describe("reasons", function () {
  this.timeout(60_000);
  const machine = nodeMachine();
  const images = openBaseDirectory(join(__dirname, "../fidelity/bases"));
  for (const one of cases) {
    it(one.id, async () => {
      const builds = [
        { changes: { write: one.before.files }, options: one.before.options },
        { changes: one.after.changes, options: one.after.options },
      ];
      const answer = (await replayScenario({ id: one.id, builds }, machine, images)) as {
        builds: { steps: { name: string; status: string; miss?: Miss }[] }[];
      };
      const { steps } = answer.builds[1]!;
      assert.deepEqual(
        steps.map(({ name, status }) => [name, status]),
        one.steps.map(({ name, status }) => [name, status]),
      );
      for (const [i, expected] of one.steps.entries()) {
        const { name, miss } = steps[i]!;
        assert.equal(miss !== undefined, expected.missed, `${name}: missed`);
        if (!miss) continue;
        assert.equal(miss.cause, expected.cause, `${name}: cause`);
        assert.deepEqual(miss.parts.map(plain), expected.diff!.map(plain), `${name}: parts`);
        // A base image is compared with the one of the build before although BuildKit's data does not pair them.
        if (!name.includes("FROM "))
          assert.equal(miss.pairedWith ?? null, expected.pairedWith ?? null, `${name}: paired with`);
        assert.ok(miss.sentence.ko.length > 0 && miss.sentence.en.length > 0);
      }
    });
  }
});
