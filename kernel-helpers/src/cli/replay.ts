/** `layerbook replay FILE… --bases DIR`: runs recorded scenarios and prints what happened, one line of JSON each (test/fidelity/README.md). */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";

import { nodeMachine } from "../lab-node";
import type { Locale } from "../report/locale";
import { CliError, usageError } from "./cli-error";
import { checkedOptions } from "./options";
import { readScenario, replayScenario } from "./replay-scenario";

/**
 * The answer goes to *write*, complaints to *complain*. Gives the exit code: 0, 1 when a scenario could not be run (its line says why
 * in `crash`), 2 for wrong usage.
 */
export async function replay(
  args: readonly string[],
  write: (text: string) => void = (text) => void process.stdout.write(text),
  complain: (text: string) => void = (text) => void process.stderr.write(text),
  locale: Locale = "en",
): Promise<number> {
  const machine = nodeMachine();
  let files: readonly string[];
  let images;
  try {
    const given = argumentsOf(args);
    files = given.files;
    images = openBases(machine, given.bases);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    complain(error.format(locale));
    return error.exitCode;
  }
  let exitCode = 0;
  for (const file of files) {
    let id = basename(file, ".json");
    try {
      const given = JSON.parse(readFileSync(file, "utf8").replace(/^\ufeff/, "")) as unknown;
      const named = (given as { id?: unknown } | null)?.id;
      if (typeof named === "string") id = named;
      write(JSON.stringify(await replayScenario(readScenario(given, id), machine, images)) + "\n");
    } catch (error) {
      exitCode = 1;
      write(JSON.stringify({ id, crash: error instanceof Error ? error.message : String(error) }) + "\n");
    }
  }
  return exitCode;
}

function argumentsOf(args: readonly string[]): { readonly files: readonly string[]; readonly bases: string } {
  const { positionals, values } = checkedOptions(
    () => parseArgs({ args: [...args], options: { bases: { type: "string" } }, allowPositionals: true }),
    ["bases"],
  );
  if (positionals.length === 0 || values.bases === undefined)
    throw usageError(
      "LB_ARGUMENTS",
      {
        ko: "시나리오 파일과 베이스 이미지의 폴더(--bases)를 적어 주세요.",
        en: "name the scenario files and the folder of base images (--bases)",
      },
      {
        ko: "보기: layerbook replay SCENARIO.json… --bases DIR",
        en: "usage: layerbook replay SCENARIO.json… --bases DIR",
      },
    );
  return { files: positionals, bases: values.bases };
}

function openBases(
  machine: ReturnType<typeof nodeMachine>,
  directory: string,
): ReturnType<NonNullable<ReturnType<typeof nodeMachine>["openBases"]>> {
  try {
    return machine.openBases!(directory);
  } catch (error) {
    const { message } = error as Error;
    throw usageError("LB_NO_DIRECTORY", {
      ko: `베이스 이미지의 폴더를 읽을 수 없습니다: ${directory} (${message})`,
      en: `cannot read the folder of base images: ${directory} (${message})`,
    });
  }
}
