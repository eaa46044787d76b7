/** How often edits are counted: a file of weights, the commits of a repository, or by their kinds. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { OptimizeWeights } from "../../report";
import { CliError, usageError } from "../cli-error";
import { changedPaths } from "../git/history";
import type { CommandIo } from "../io";

/** Commits that are looked at when nobody says how many. */
const COMMITS = 200;

/** The weights that `--weights` or `--commits` in *own* ask for, for the context *directory*; undefined: by kinds. Rejects with CliError. */
export async function weightsFor(
  own: ReadonlyMap<string, string>,
  directory: string,
  io: CommandIo,
): Promise<OptimizeWeights | undefined> {
  const file = own.get("weights");
  if (file !== undefined) return readWeights(resolve(io.cwd, file));
  const count = Number(own.get("commits") ?? COMMITS);
  if (!Number.isInteger(count) || count < 0)
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--commits\`의 값은 0 이상의 정수입니다: ${own.get("commits") ?? ""}`,
      en: `--commits is a whole number: ${own.get("commits") ?? ""}`,
    });
  if (count === 0) return undefined;
  const commits = await changedPaths(directory, count, io.signal);
  return commits && commits.length > 0 ? { commits } : undefined;
}

/** Throws CliError for a file that is not there or is no such JSON. */
function readWeights(path: string): OptimizeWeights {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new CliError(
      "LB_WEIGHTS",
      { ko: `가중치 파일을 읽을 수 없습니다: ${path}`, en: `cannot read the file of weights: ${path}` },
      { cause: error },
    );
  }
  const isNumbers = (value: unknown): boolean =>
    value === undefined ||
    (typeof value === "object" &&
      value !== null &&
      Object.values(value).every((one) => typeof one === "number" && one >= 0));
  const weights = json as OptimizeWeights;
  if (typeof json !== "object" || json === null || !isNumbers(weights.kinds) || !isNumbers(weights.paths)) {
    throw new CliError("LB_WEIGHTS", {
      ko: `가중치 파일의 모양이 다릅니다: ${path} (보기: {"kinds": {"source": 10}, "paths": {"docs/": 0}})`,
      en: `not a file of weights: ${path} (example: {"kinds": {"source": 10}, "paths": {"docs/": 0}})`,
    });
  }
  return {
    ...(weights.kinds && { kinds: weights.kinds }),
    ...(weights.paths && { paths: weights.paths }),
  };
}
