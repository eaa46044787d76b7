/** `layerbook optimize`: proposes a better Dockerfile with its proof, and writes it only when asked. */

import { join } from "node:path";

import { renderOptimization } from "../../report";
import { readBuildRequest } from "../build-request";
import { CliError } from "../cli-error";
import type { CommandModule } from "../commands";
import { openLab } from "../open-lab";
import { checkRule, onlyRule } from "../optimize/one-rule";
import { weightsFor } from "../optimize/weights";
import { writeProposal } from "../optimize/write";
import { takeValues } from "../options";
import { mayBeProject, projectPart } from "../several";

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

-f compose.yaml, -f docker-bake.hcl, 여러 -f, --all DIR을 주면 이미지마다 제안하고 한 표로 모읍니다 (layerbook build --help).
컨텍스트를 여럿이 함께 쓰면 .dockerignore 대신 <Dockerfile>.dockerignore에 씁니다. 나머지 옵션은 layerbook build와 같습니다.
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

With -f compose.yaml, -f docker-bake.hcl, several -f, or --all DIR each image has its proposals, and one table sums up (layerbook build --help).
Where several share a context, entries go to <Dockerfile>.dockerignore. The other options are those of layerbook build.
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { own, rest } = takeValues(args, ["rule", "weights", "commits"], ["write", "json"]);
  checkRule(own.get("rule"));
  const project = mayBeProject(rest) ? projectPart().readProject(rest, io) : undefined;
  if (project) return projectPart().optimizeProject(project, own, io);
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
  const { ignore, secrets, dockerfile } = best;
  writeProposal(
    {
      dockerfile: { path: join(request.directory, all.file), text: dockerfile },
      ...(ignore && { ignore: { path: join(request.directory, ignore.path), text: ignore.text } }),
      ...(secrets && { secrets }),
    },
    io,
  );
  return 0;
};
