/** `layerbook check`: the build checks without a build, with an explanation of each finding. */

import { checkText, explainBuildError, explainBuildWarning } from "../../report";
import { readBuildRequest } from "../build-request";
import type { CommandModule } from "../commands";
import { buildDirectory } from "./build";

export const help: CommandModule["help"] = {
  ko: `
Dockerfile을 빌드하지 않고 점검합니다(docker build --check). 발견한 것이 있으면 끝 코드가 1입니다.
--target을 주지 않으면 모든 스테이지를 봅니다. 옵션은 layerbook build와 같습니다.
`,
  en: `
Checks the Dockerfile without building it (docker build --check). The exit code is 1 when something was found.
Without --target all stages are looked at. The options are those of layerbook build.
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const request = readBuildRequest(args, io, ".");
  const record = await buildDirectory({ ...request, options: { ...request.options, check: true } }, io);
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
