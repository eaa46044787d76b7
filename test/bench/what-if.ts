/** Bench cases of predictions: many edits of many steps. */

import { Lab, type WhatIfResult } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import type { BenchCase } from "./build";

let lab: Lab;

const edits = Array.from({ length: 1000 }, (_, i) => ({
  name: `edit ${i}`,
  changes: { write: { "src/a.js": `edit ${i}\n` } },
}));

async function open(): Promise<void> {
  lab = await Lab.openOn(nodeMachine());
  lab.context.write("src/a.js", "1\n");
  const lines = Array.from({ length: 49 }, (_, i) => (i === 20 ? "COPY . /app" : `RUN echo ${i}`));
  const built = await lab.build({ dockerfile: `FROM node:22-slim\n${lines.join("\n")}\n` });
  if (built.exitCode !== 0) throw new Error(built.error?.message);
}

export const cases: readonly BenchCase[] = [
  {
    name: "1,000 edits of 50 steps (1 s at most)",
    setup: open,
    fn: async () => {
      const { rows }: WhatIfResult = await lab.whatIf(edits);
      if (rows.length !== edits.length) throw new Error("edits are missing");
    },
  },
];
