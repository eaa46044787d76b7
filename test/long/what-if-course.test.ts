/** A course of states is always right: the builds of every recorded scenario, predicted one after the other without running anything. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { BuildOptions, ContextChanges, CourseRow, Step } from "../../kernel-helpers/src/build";
import { MemoryContext } from "../../kernel-helpers/src/build/lab-context";
import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine, openBaseDirectory } from "../../kernel-helpers/src/lab-node";

const directory = join(__dirname, "../fidelity/scenarios");
const EPOCH = 1735689600;
/** Whose options decide nothing about the context, the Dockerfile or the cache. */
const PLAIN = new Set(["dockerfile", "tags", "progress", "sourceDateEpoch", "labels", "target", "platform"]);

interface Scenario {
  readonly id: string;
  readonly builds: readonly {
    readonly changes?: ContextChanges;
    readonly options?: BuildOptions & { readonly prune?: boolean };
  }[];
}

/** What the course has wrong. A failing RUN is no business of a prediction that runs nothing. */
function complaints({ cells, error }: CourseRow, steps: readonly Step[]): string[] {
  if (error !== undefined) return steps.some(({ status }) => status === "DONE") ? [`refused ${error}`] : [];
  return steps.flatMap((step) => {
    const own = cells.filter((cell) => cell.step === step.name);
    if (own.length === 0) return [`${step.name} not predicted`];
    const isFine = own.some(({ outcome }) => {
      if (outcome === "depends" || outcome === "fails" || outcome === "not-reached") return true;
      if (step.status !== "DONE" && step.status !== "CACHED") return true;
      return (outcome === "hit") === (step.miss === undefined);
    });
    return isFine ? [] : [`${step.name}: ${own.map(({ outcome }) => outcome).join("/")}, was ${step.status}`];
  });
}

describe("courses of recorded builds", function () {
  this.timeout(60_000);
  const machine = nodeMachine();
  const images = openBaseDirectory(join(__dirname, "../fidelity/bases"));
  let judged = 0;
  after(() => assert.ok(judged > 300, String(judged)));

  for (const group of readdirSync(directory).sort()) {
    it(group, async () => {
      const wrong: string[] = [];
      for (const file of readdirSync(join(directory, group)).sort()) {
        const { id, builds } = JSON.parse(readFileSync(join(directory, group, file), "utf8")) as Scenario;
        const flags = builds.map(({ options = {} }) => options);
        const isPlain = flags.every((options) => Object.keys(options).every((name) => PLAIN.has(name)));
        const same = new Set(
          flags.map(({ dockerfile: _dockerfile, tags: _tags, ...rest }) => JSON.stringify(rest)),
        );
        if (builds.length < 2 || !isPlain || same.size > 1) continue;
        let build = 0;
        const lab = Lab.openWith(machine, images, {
          clock: () => EPOCH + 86400 + 60 * build,
          sourceDateEpoch: EPOCH,
          client: "buildctl",
        });
        const { dockerfile: _dockerfile, tags: _tags, ...rest } = flags[0]!;
        const options: BuildOptions = { ...rest, file: "Dockerfile" };
        const course = lab.course(options);
        for (const { changes = {}, options: own = {} } of builds) {
          lab.context.apply(changes);
          if (own.dockerfile !== undefined) lab.context.write("Dockerfile", own.dockerfile);
          assert.ok(lab.context instanceof MemoryContext);
          const row = await course.next({ name: String(build), files: lab.context.fork() });
          const { record } = await lab.buildNow(options);
          wrong.push(...complaints(row, record.steps).map((text) => `${id}#${build} ${text}`));
          judged += record.steps.length;
          build++;
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
});
