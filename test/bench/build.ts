/** Bench cases of the builder: cached rebuilds, many steps, many edits. */

import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import { bases, SEED, SEED_FILES } from "../build/labs";

/** A case: *fn* does the work once; *setup* is not measured. */
export interface BenchCase {
  readonly name: string;
  readonly setup?: () => Promise<void>;
  readonly fn: () => Promise<void>;
}

let lab: Lab;
let edit = 0;

async function open(files: Readonly<Record<string, string>>, dockerfile: string): Promise<void> {
  lab = await Lab.openOn(nodeMachine(), { bases });
  lab.context.writeAll(files);
  const built = await lab.build({ dockerfile });
  if (built.exitCode !== 0) throw new Error(built.error?.message);
}

/** *count* steps that all run in no time. */
export function manySteps(count: number): string {
  const lines = ["FROM busybox"];
  for (let i = 0; i < count; i++)
    lines.push(i % 10 === 0 ? `COPY f${i % 50} /d/f${i}` : `RUN echo ${i} > /s${i}`);
  return lines.join("\n") + "\n";
}

function files(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, `file ${i}\n`]));
}

const build = async (): Promise<void> => {
  const result = await lab.build();
  if (result.exitCode !== 0) throw new Error(result.error?.message);
};

export const cases: readonly BenchCase[] = [
  { name: "cached rebuild of the seed", setup: () => open(SEED_FILES, SEED), fn: build },
  ...[100, 300, 1000].map((count): BenchCase => ({
    name: `cached rebuild of ${count} steps`,
    setup: () => open(files(50), manySteps(count)),
    fn: build,
  })),
  {
    name: "one edit of a 50-step build (x500 = 1 s at most)",
    setup: () => open(files(50), manySteps(50)),
    fn: async () => {
      lab.context.write(`f${(edit % 5) * 10}`, `edit ${edit++}\n`);
      await build();
    },
  },
  { name: "first build of the seed", fn: () => open(SEED_FILES, SEED) },
];
