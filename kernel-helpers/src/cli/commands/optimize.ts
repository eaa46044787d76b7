/** `layerbook optimize`: proposes a better Dockerfile with its proof, and writes it only when asked. */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { renderOptimization, type Optimization, type OptimizeWeights } from "../../report";
import { readBuildRequest } from "../build-request";
import { CliError, usageError } from "../cli-error";
import { keepOriginal, originalOf, replaceFile } from "../replace-file";
import type { CommandModule } from "../commands";
import { changedPaths } from "../git/history";
import { say, type CommandIo } from "../io";
import { openLab } from "../open-lab";
import { takeValues } from "../options";

export const help: CommandModule["help"] = {
  ko: `
더 나은 Dockerfile을 제안합니다. 제안마다 바뀌는 줄과 증명(다시 빌드하는 시간, 이미지 크기)을 보입니다. 두 Dockerfile을 실제로
시뮬레이션해 견주고, 이미지의 파일이나 설정이 말한 것보다 더 달라지는 것은 제안하지 않고 이유를 말합니다. 시간은 시뮬레이션한 것입니다.

규칙: 패키지 목록을 소스보다 먼저, 의존성 미리 받기, 시스템 패키지를 앞으로, RUN 합치기·나누기, 바뀌는 ARG를 뒤로, 같은 층에서 지우기,
패키지 관리자의 캐시, 캐시 마운트, .dockerignore, COPY --chown, --link, 멀티 스테이지, 비밀 마운트.

  --write                             함께 성립하는 제안을 모두 씁니다. 원본은 Dockerfile.orig에 남깁니다
  --rule ID                           이 규칙의 첫 제안만 봅니다 (--write와 함께: 그것만 씁니다)
  --weights FILE                      수정마다 몇 번으로 셀지 적은 JSON: {"kinds": {"source": 10}, "paths": {"docs/": 0}}
  --commits N                         git 저장소라면 최근 커밋 N개의 수정으로 셉니다 (기본값: 200, 0이면 종류마다 정한 값)
  --json                              결과를 JSON으로
  --table text|markdown|html|json     형식 (기본값: text)

나머지 옵션은 layerbook build와 같습니다.
`,
  en: `
Proposes a better Dockerfile: each proposal with its changed lines and its proof (rebuilding after edits, size of the image). Both
Dockerfiles are simulated and compared; what would change files or config of the image beyond what is said is not proposed, and the reason
is told. Times are simulated.

Rules: manifests before sources, prefetch of dependencies, system packages first, merged and split RUNs, changing ARGs late, removal in the
same layer, caches of package managers, cache mounts, .dockerignore, COPY --chown, --link, multi-stage, secret mounts.

  --write                             write all proposals that hold together; the original stays as Dockerfile.orig
  --rule ID                           only the first proposal of this rule (with --write: write only it)
  --weights FILE                      JSON of how often edits are counted: {"kinds": {"source": 10}, "paths": {"docs/": 0}}
  --commits N                         in a git repository count the edits of the last N commits (default: 200; 0: by kind)
  --json                              the result as JSON
  --table text|markdown|html|json     form (default: text)

The other options are those of layerbook build.
`,
};

/** Commits that are looked at when nobody says how many. */
const COMMITS = 200;

export const run: CommandModule["run"] = async (args, io) => {
  const { own, rest } = takeValues(args, ["rule", "weights", "commits"], ["write", "json"]);
  const request = readBuildRequest(rest, io, ".");
  const weights = await weightsFor(own, request.directory, io);
  const lab = await openLab({ ...request, inMemory: true }, io);
  const all = await lab.optimize(
    { ...request.options, assume: !request.strict },
    { ...(weights && { weights }) },
  );
  io.signal.throwIfAborted();
  const optimization = onlyRule(all, own.get("rule"));
  const form = own.has("json") ? "json" : (request.table ?? "text");
  if (all.error !== undefined && form !== "json") {
    throw new CliError("LB_BUILD_REFUSED", {
      ko: `빌드할 수 없습니다: ${all.error}`,
      en: `it cannot be built: ${all.error}`,
    });
  }
  io.out(renderOptimization(optimization, form, { locale: io.locale }));
  if (all.error !== undefined) return 1;
  const best = own.has("rule") ? optimization.proposals[0] : optimization.combined;
  if (!own.has("write") || !best) return 0;
  const dockerfile = join(request.directory, all.file);
  write(dockerfile, best.dockerfile, io);
  if (best.ignore) write(join(request.directory, best.ignore.path), best.ignore.text, io);
  for (const id of best.secrets ?? []) {
    io.err(
      say(io, `이제 빌드할 때 --secret id=${id} 옵션이 필요합니다.\n`, `builds now need --secret id=${id}\n`),
    );
  }
  return 0;
};

/** Keeps what is there beside it. A file that says so already is left alone. */
function write(place: string, text: string, io: CommandIo): void {
  if (existsSync(place)) {
    if (readFileSync(place, "utf8") === text) return;
    keepOriginal(place);
    replaceFile(place, text);
    io.err(
      say(
        io,
        `${place}에 썼습니다. 원본: ${originalOf(place)}\n`,
        `written to ${place}; the original is ${originalOf(place)}\n`,
      ),
    );
    return;
  }
  replaceFile(place, text);
  io.err(say(io, `${place} 파일을 만들었습니다.\n`, `${place} is new\n`));
}

function onlyRule(all: Optimization, rule: string | undefined): Optimization {
  if (rule === undefined) return all;
  const proposals = all.proposals.filter((one) => one.rule === rule).slice(0, 1);
  const { combined: _combined, ...others } = all;
  return { ...others, proposals, refused: all.refused.filter((one) => one.rule === rule) };
}

async function weightsFor(
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
