/** `layerbook replay FILE… --bases DIR`: runs recorded scenarios and prints what happened, one line of JSON each (test/fidelity/README.md). */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { nodeMachine } from "../lab-node";
import { replayScenario, type Scenario } from "./replay-scenario";

/** The answer goes to *write*, complaints to *complain*. Gives the exit code: 0, 1 when a scenario could not be run, 2 for wrong usage. */
export async function replay(
  args: readonly string[],
  write: (text: string) => void = (text) => void process.stdout.write(text),
  complain: (text: string) => void = (text) => void process.stderr.write(text),
): Promise<number> {
  let files: string[];
  let bases: string | undefined;
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { bases: { type: "string" } },
      allowPositionals: true,
    });
    files = parsed.positionals;
    bases = parsed.values.bases;
  } catch (error) {
    complain(`layerbook replay: ${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (files.length === 0 || bases === undefined) {
    complain(USAGE);
    return 2;
  }
  const machine = nodeMachine();
  let images;
  try {
    images = machine.openBases!(bases);
  } catch (error) {
    complain(`layerbook replay: --bases ${bases}: ${(error as Error).message}\n`);
    return 2;
  }
  let exitCode = 0;
  for (const file of files) {
    let id: unknown = file;
    try {
      const scenario = JSON.parse(readFileSync(file, "utf8")) as Scenario;
      id = scenario.id;
      write(JSON.stringify(await replayScenario(scenario, machine, images)) + "\n");
    } catch (error) {
      exitCode = 1;
      write(
        JSON.stringify({
          id,
          crash: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }) + "\n",
      );
    }
  }
  return exitCode;
}

const USAGE = "usage: layerbook replay SCENARIO.json… --bases DIR\n";
