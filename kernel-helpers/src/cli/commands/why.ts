/** `layerbook why`: explains the last build of a directory, and shows it beside the builds before. */

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import type { BuildRecord, Step } from "../../build/types";
import {
  errorText,
  renderBuildMatrix,
  renderKeyCard,
  renderPicture,
  renderReasons,
  summaryOf,
} from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say } from "../io";
import { lastBuilds } from "../last-builds";
import { userCache } from "../open-lab";
import { checkedOptions } from "../options";
import { tableForm } from "../table-form";

export const help: CommandModule["help"] = {
  ko: `
PATH(기본값: 지금 디렉터리)의 지난 빌드를 설명합니다. 다시 실행한 단계마다 첫 원인과, 예전 값과 지금 값을 말합니다.

  --card STEP                         단계 하나의 키 카드 (번호 3 또는 이름의 일부)
  --instructions                      네 칸 표: 명령마다 단계인지, 이력에 남는지, 레이어를 만드는지, 어느 단계의 키에 들어가는지
  --stages                            스테이지 그림: 스테이지마다 단계, 오가는 파일
  --classic                           옛 빌더라면 어떻게 기록하고 재사용했을지 (문서로 만든 로그)
  --metadata                          빌드표에 단계가 아닌 명령도 보입니다
  --table text|markdown|html|json     지난 빌드들을 나란히 놓은 빌드표의 형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
`,
  en: `
Explains the last build of PATH (default: the working directory): for every step that ran again the first cause, old and new.

  --card STEP                         the key card of one step (its number, or a part of its name)
  --instructions                      of every instruction: is it a step, in the history, a layer, and in whose key
  --stages                            the stages, their steps, and the files they take from one another
  --classic                           how the builder before BuildKit would log and cache it (from documentation)
  --metadata                          the matrix shows instructions that are no step too
  --table text|markdown|html|json     form of the matrix of the last builds (default: text)
  --cache-dir DIR                     where the cache is
`,
};

const OPTIONS = {
  table: { type: "string" },
  card: { type: "string" },
  instructions: { type: "boolean" },
  stages: { type: "boolean" },
  classic: { type: "boolean" },
  metadata: { type: "boolean" },
  "cache-dir": { type: "string" },
} as const;

export const run: CommandModule["run"] = (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const form = tableForm(values.table, "text");
  if (positionals.length > 1)
    throw usageError("LB_ARGUMENTS", { ko: "디렉터리는 하나만 적으세요.", en: "name one directory only" });
  const directory = real(resolve(io.cwd, positionals[0] ?? "."));
  const builds = lastBuilds(userCache(values["cache-dir"], io), directory);
  const last = builds.at(-1) as BuildRecord | undefined;
  if (!last) {
    throw new CliError(
      "LB_NO_BUILD",
      {
        ko: `이 디렉터리를 빌드한 기록이 없습니다: ${directory}`,
        en: `no build of this directory is known: ${directory}`,
      },
      { hint: { ko: "먼저 빌드하세요: layerbook build .", en: "build it first: layerbook build ." } },
    );
  }
  if (values.card !== undefined) {
    io.out(renderKeyCard(stepOf(last.steps, values.card), form, { locale: io.locale }));
    return Promise.resolve(0);
  }
  const kind = (["instructions", "stages", "classic"] as const).find((one) => values[one]);
  if (kind) {
    io.out(renderPicture(kind, builds, form, { locale: io.locale }));
    return Promise.resolve(0);
  }
  if (form === "text") {
    io.out(`${summaryOf(last, io.locale)}\n\n`);
    const reasons = renderReasons(last, io.locale);
    if (last.steps.length === 0) io.out(`${errorText(last)}\n`);
    else io.out(reasons === "" ? say(io, "다시 실행한 단계가 없습니다.\n", "no step ran again.\n") : reasons);
    // Of builds that all ended before their first step there is nothing to set side by side.
    if (builds.every(({ steps }) => steps.length === 0)) return Promise.resolve(0);
    io.out("\n");
  }
  io.out(renderBuildMatrix(builds, form, { locale: io.locale, metadata: values.metadata }));
  return Promise.resolve(0);
};

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function stepOf(steps: readonly Step[], wanted: string): Step {
  const step = /^\d+$/.test(wanted)
    ? steps.find(({ name }) => new RegExp(`^\\[(?:.* )?\\s*${wanted}/`).test(name))
    : steps.find(({ name }) => name.includes(wanted));
  if (step) return step;
  throw usageError(
    "LB_NO_STEP",
    { ko: `지난 빌드에 그런 단계가 없습니다: ${wanted}`, en: `the last build has no such step: ${wanted}` },
    {
      ko: `있는 단계: ${steps.map(({ name }) => name).join(" · ")}`,
      en: `its steps: ${steps.map(({ name }) => name).join(" · ")}`,
    },
  );
}
