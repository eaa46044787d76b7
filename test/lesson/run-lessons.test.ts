/** Every student notebook, cell by cell as a learner runs it: nothing fails but what is meant to, the steps go as the text says and as they went in BuildKit. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { BuildRecord } from "../../kernel-helpers/src/build/types";
import { readCourse } from "../../kernel-helpers/src/lesson/course";
import { EXPECTED_STEPS } from "./expected-steps";
import { comparable, recordedLesson, stepsOf } from "./recorded";
import { runLesson } from "./run-lesson";

/** `FROM ●`, `COPY ▲` … : `=` reused, `!` ran, `x` failed, `-` not reached. */
function statuses(record: BuildRecord): string {
  const marks: Readonly<Record<string, string>> = { CACHED: "=", DONE: "!", ERROR: "x", CANCELED: "-" };
  return record.steps
    .filter((step) => step.instruction !== "FROM")
    .map((step) => `${step.instruction}${marks[step.status ?? ""] ?? "-"}`)
    .join(" ");
}

describe("lesson notebooks run", function () {
  this.timeout(60_000);
  const course = readCourse(join(__dirname, "../../content"));
  for (const entry of course.lessons) {
    const { head, cells } = entry.lesson;
    it(`${head.id} ${head.title}`, async () => {
      const failing = new Set(
        cells
          .filter((cell) => cell.tags.includes("raises-exception"))
          .map((cell) => `${head.id}-${cell.id}`.toLowerCase()),
      );
      const runs = await runLesson(course, entry);
      const seen: Record<string, string> = {};
      for (const { id, builds, output } of runs) {
        if (builds.length > 0) seen[id] = builds.map(statuses).join(" / ");
        if (process.env["SHOW_STEPS"])
          process.stdout.write(
            `${id}${seen[id] ? `: ${seen[id]}` : ""}\n${output.replace(/^/gm, "      | ")}\n`,
          );
      }
      const wrong = runs
        .filter(({ id, failure }) => failing.has(id) !== (failure !== undefined))
        .map(({ id, failure }) => `${id}: ${failure ?? "did not fail"}`);
      assert.deepEqual(wrong, []);
      assert.deepEqual(seen, EXPECTED_STEPS[head.id] ?? {});
      const recorded = recordedLesson(head.id);
      const built = runs.flatMap(({ id: cell, builds }) =>
        builds.map((record) => ({ cell, steps: stepsOf(record.steps) })),
      );
      assert.deepEqual(
        built.map(({ cell, steps }, i) => ({ cell, steps: comparable(recorded[i]?.steps ?? {}, steps) })),
        recorded,
        "BuildKit did otherwise, or the lesson's builds changed: record it anew (test/fidelity/README.md)",
      );
    });
  }
});
