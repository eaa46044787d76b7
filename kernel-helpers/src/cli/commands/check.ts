/** `layerbook check`: the build checks without a build, with an explanation of each finding. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import type { BuildRecord } from "../../build/types";
import { applyFixes, checkResult, type Fix, fixError, fixWarning } from "../../dockerfile";
import { writeWhole } from "../../platform/node/write-whole";
import { checkText, explainBuildError, explainBuildWarning } from "../../report";
import { type BuildRequest, readBuildRequest } from "../build-request";
import type { CommandModule } from "../commands";
import { type CommandIo, say } from "../io";
import { keepOriginal } from "../keep-original";
import { buildDirectory } from "./build";

/** A repair may bring out the next finding; more rounds than this would be a repair that undoes another. */
const MAX_ROUNDS = 10;

export const help: CommandModule["help"] = {
  ko: `
Dockerfile을 빌드하지 않고 점검합니다(docker build --check). 발견한 것이 있으면 끝 코드가 1입니다.
--target을 주지 않으면 모든 스테이지를 봅니다. 옵션은 layerbook build와 같습니다.

  --fix    판단이 필요 없는 것을 고칩니다. 고치기 전의 파일은 이름 뒤에 .orig를 붙여 남깁니다
  --json   결과를 JSON으로 찍습니다
`,
  en: `
Checks the Dockerfile without building it (docker build --check). The exit code is 1 when something was found.
Without --target all stages are looked at. The options are those of layerbook build.

  --fix    mends what needs no decision; the file as it was is kept with .orig after its name
  --json   prints the result as JSON
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const own = new Set(["--fix", "--json"]);
  const request = readBuildRequest(
    args.filter((word) => !own.has(word)),
    io,
    ".",
  );
  let record = await check(request, io);
  if (args.includes("--fix")) record = await mend(request, record, io);
  if (args.includes("--json")) {
    const { file, dockerfile: text, warnings, error } = record;
    io.out(JSON.stringify(checkResult({ file, text, warnings, ...(error && { error }) }), null, 2) + "\n");
    return record.exitCode;
  }
  io.out(checkText(record));
  const rules = new Map(
    record.warnings.map((warning) => [warning.rule, explainBuildWarning(warning, io.locale)]),
  );
  const explained = [...rules].filter(([, text]) => text !== undefined);
  if (explained.length > 0) io.out("\n" + explained.map(([rule, text]) => `${rule}: ${text}\n`).join(""));
  const error = record.error && explainBuildError(record.error, io.locale);
  if (error) io.out(`\n${error}\n`);
  return record.exitCode;
};

function check(request: BuildRequest, io: CommandIo): Promise<BuildRecord> {
  return buildDirectory({ ...request, options: { ...request.options, check: true } }, io);
}

/** Mends round after round until nothing is left that needs no decision; answers the last findings. */
async function mend(request: BuildRequest, first: BuildRecord, io: CommandIo): Promise<BuildRecord> {
  const place = join(request.directory, first.file);
  let record = first;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const text = record.dockerfile;
    const fixes = record.warnings.map((warning) => fixWarning(text, warning));
    if (record.error) fixes.push(fixError(text, record.error));
    const mended = applyFixes(
      text,
      fixes.filter((fix): fix is Fix => fix !== undefined),
    );
    if (mended.text === text || !existsSync(place)) break;
    if (round === 0) keepOriginal(place);
    writeWhole(place, mended.text);
    for (const fix of mended.applied)
      io.err(say(io, `✓ 고침: ${fix.title.ko}\n`, `✓ mended: ${fix.title.en}\n`));
    record = await check(request, io);
  }
  return record;
}
