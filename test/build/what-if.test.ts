/** Predictions are always right: that of every recorded build (in npm test: of every third scenario) against what the build then did. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type {
  BuildOptions,
  ContextChanges,
  Step,
  WhatIfCell,
  WhatIfRow,
} from "../../kernel-helpers/src/build";
import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine, openBaseDirectory } from "../../kernel-helpers/src/lab-node";
import { some } from "../sweep";

const directory = join(__dirname, "../fidelity/scenarios");
const EPOCH = 1735689600;
const counts: Record<string, number> = {};

interface Scenario {
  readonly id: string;
  readonly builds: readonly {
    readonly changes?: ContextChanges;
    readonly options?: BuildOptions & { readonly prune?: boolean };
  }[];
}

/** Does what was predicted fit what happened? A failing RUN stops others: they are neither reused nor run. */
function fits(cell: WhatIfCell, step: Step): boolean {
  const stopped = step.racy || step.status === null || step.status === "CANCELED";
  switch (cell.outcome) {
    case "hit":
      return (step.status === "CACHED" && !step.miss) || (step.status === "DONE" && !step.miss) || stopped;
    case "depends":
      return true;
    case "fails":
      return step.status === "ERROR" || stopped;
    case "not-reached":
      return stopped;
    default:
      if (stopped || step.status === "ERROR") return true;
      return (
        step.status === "DONE" &&
        step.miss !== undefined &&
        (step.miss.first ? "first" : step.miss.cause) === cell.outcome
      );
  }
}

function complaints(row: WhatIfRow, steps: readonly Step[], pending: readonly string[]): string[] {
  const found: string[] = [];
  for (const step of steps) {
    // Equal names may stand for steps of several platforms or stages: one of them fits.
    const cells = row.cells.filter((cell) => cell.step === step.name);
    if (cells.length === 0) found.push(`${step.name} not predicted`);
    else if (!cells.some((cell) => fits(cell, step))) {
      found.push(
        `${step.name}: predicted ${cells.map(({ outcome }) => outcome).join("/")}, was ${step.status} ${JSON.stringify(step.miss)?.slice(0, 300)}`,
      );
    }
    counts[cells[0]?.outcome ?? "none"] = (counts[cells[0]?.outcome ?? "none"] ?? 0) + 1;
  }
  for (const name of pending) {
    if (row.cells.some((cell) => cell.step === name && cell.outcome === "hit"))
      found.push(`${name}: predicted hit, never reached`);
  }
  return found;
}

describe("predictions of recorded builds", function () {
  this.timeout(60_000);
  const machine = nodeMachine();
  const images = openBaseDirectory(join(__dirname, "../fidelity/bases"));
  for (const group of readdirSync(directory).sort()) {
    it(group, async () => {
      const wrong: string[] = [];
      for (const file of some(readdirSync(join(directory, group)).sort(), 3)) {
        const scenario = JSON.parse(readFileSync(join(directory, group, file), "utf8")) as Scenario;
        let build = 0;
        const lab = Lab.openWith(machine, images, {
          clock: () => EPOCH + 86400 + 60 * build,
          sourceDateEpoch: EPOCH,
          client: "buildctl",
        });
        for (const { changes = {}, options = {} } of scenario.builds) {
          const { prune, http, ...rest } = options;
          if (prune) await lab.prune();
          const served =
            http &&
            Object.fromEntries(
              Object.entries(http).map(([name, value]) => [
                `http://127.0.0.1:5050/${scenario.id}/${name}`,
                typeof value === "string" ? { text: value } : value,
              ]),
            );
          const flags: BuildOptions = {
            cacheMode: "max",
            ...rest,
            file: rest.file ?? "Dockerfile",
            ...(served && { http: served }),
          };
          const before = lab.cacheRecords().length;
          const { rows } = await lab.whatIf([{ name: "edit", changes }], flags);
          assert.equal(lab.cacheRecords().length, before, "the store was touched");
          lab.context.apply(changes);
          const { record } = await lab.buildNow(flags);
          if (flags.check) continue;
          const row = rows[0]!;
          if (row.error !== undefined) {
            if (record.steps.some(({ status }) => status === "DONE" || status === "CACHED"))
              wrong.push(`${scenario.id}#${build}: refused ${row.error}`);
          } else
            wrong.push(
              ...complaints(row, record.steps, record.pending).map(
                (text) => `${scenario.id}#${build} ${text}`,
              ),
            );
          build++;
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  after(() => console.log("\npredicted steps by outcome: " + JSON.stringify(counts)));
});
