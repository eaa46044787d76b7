/** `layerbook whatif`: a matrix of edits not yet made and the steps they would run again. */

import type { WhatIfEdit } from "../../build";
import type { WhatIfResult } from "../../lab";
import { readBuildRequest, type BuildRequest } from "../build-request";
import { type CourseSummary, isRun, renderChange, renderCourse } from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { replayChange, replayLast } from "../git/replay";
import { editOf, takeEdits } from "../edits";
import { openLab } from "../open-lab";
import { takeValues } from "../options";
import { mayBeProject, projectPart } from "../several";

export const help: CommandModule["help"] = {
  ko: `
빌드하지 않고, 무엇을 고치면 어느 단계가 다시 실행될지 표로 보여 줍니다. 편집은 Dockerfile과 컨텍스트에서 찾습니다:
소스 폴더, 패키지 목록, 잠금 파일, README, ARG, ENV, 베이스 이미지. 파일과 캐시는 그대로 둡니다.
--git을 주면 저장소의 커밋을 차례로 따라갑니다: 작업 디렉터리는 보지도 고치지도 않고 git 객체만 읽습니다.

  --edit FILE                         이 파일을 고쳤을 때만 봅니다 (여러 번 쓸 수 있습니다)
  --git N                             최근 커밋 N개가 저마다 어느 단계를 다시 실행하는지 셉니다
  --git BASE..HEAD                    그 변경 전체가 다시 실행하는 단계 (--table markdown: 풀 리퀘스트의 댓글)
  --max-rerun-rate N%                 어느 RUN이라도 커밋의 N%보다 많이 다시 실행하면 끝 코드 1
  --max-rerun-steps N                 BASE..HEAD가 RUN을 N개보다 많이 다시 실행하면 끝 코드 1
  --table text|markdown|html|json     형식 (기본값: text)

-f compose.yaml, -f docker-bake.hcl, 여러 -f, --all DIR을 주면 이미지마다 다시 실행하는 단계를 한 표로 보입니다 (layerbook build --help).
나머지 옵션은 layerbook build와 같습니다. 지금 상태를 빌드한 적이 없으면, 방금 빌드했다고 치고 예측합니다.
`,
  en: `
Shows, without building, which steps an edit would run again. The edits are found in the Dockerfile and the context: source folders,
manifests, lock files, README, ARG, ENV, base images. Files and cache stay as they are.
With --git the commits of the repository are followed: only git's objects are read, the working tree is neither looked at nor touched.

  --edit FILE                         only an edit of this file (may be repeated)
  --git N                             counts which steps each of the last N commits runs again
  --git BASE..HEAD                    the steps that this change as a whole runs again (--table markdown: a comment for a pull request)
  --max-rerun-rate N%                 exit code 1 when any RUN is run again by more than N% of the commits
  --max-rerun-steps N                 exit code 1 when BASE..HEAD runs more than N RUNs again
  --table text|markdown|html|json     form (default: text)

With -f compose.yaml, -f docker-bake.hcl, several -f, or --all DIR one table shows what each image runs again (layerbook build --help).
The other options are those of layerbook build. When the present state was never built, it is taken as just built.
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { own, rest: others } = takeValues(args, ["git", "max-rerun-rate", "max-rerun-steps"]);
  const { files, rest } = takeEdits(others);
  const project = mayBeProject(rest) ? projectPart().readProject(rest, io) : undefined;
  if (project) {
    if (own.has("git"))
      throw usageError("LB_ARGUMENTS", {
        ko: "`--git`은 Dockerfile 하나만 봅니다. -f로 하나를 고르세요.",
        en: "--git looks at one Dockerfile: choose it with -f",
      });
    return projectPart().whatIfProject(project, files, io);
  }
  const request = readBuildRequest(rest, io, ".");
  const wanted = own.get("git");
  if (wanted !== undefined) return fromHistory(wanted, own, request, io);
  const edits = files.length === 0 ? undefined : files.map((file) => editOf(file, request, io));
  const { result, assumed } = await predict(request, edits, io);
  io.signal.throwIfAborted();
  if (result.rows.length > 0 && result.rows.every(({ error }) => error !== undefined)) {
    throw new CliError("LB_BUILD_REFUSED", {
      ko: `빌드할 수 없습니다: ${result.rows[0]!.error}`,
      en: `it cannot be built: ${result.rows[0]!.error}`,
    });
  }
  if (assumed)
    io.err(
      say(
        io,
        "지금 상태를 빌드한 기록이 없어, 방금 빌드했다고 치고 예측합니다.\n",
        "the present state was never built here: it is taken as just built.\n",
      ),
    );
  io.out(result.table(request.table ?? "text", { locale: io.locale }));
  return 0;
};

/** `--git`: the commits of the repository. */
async function fromHistory(
  wanted: string,
  own: ReadonlyMap<string, string>,
  request: BuildRequest,
  io: CommandIo,
): Promise<number> {
  const form = request.table ?? "text";
  const rate = numberOf(own, "max-rerun-rate", /^(\d+(?:\.\d+)?)%$/, "50%");
  const steps = numberOf(own, "max-rerun-steps", /^(\d+)$/, "3");
  let summary: CourseSummary;
  let code = 0;
  if (/^\d+$/.test(wanted) && Number(wanted) > 0) {
    const replay = await replayLast(request, Number(wanted), io);
    ({ summary } = replay);
    io.out(renderCourse(summary, form, { locale: io.locale, notes: replay.notes }));
  } else if (wanted.includes("..")) {
    const replay = await replayChange(request, wanted, io);
    io.out(renderChange(replay.summary, form, { locale: io.locale, notes: replay.notes }));
    summary = replay.summary.commits;
    const runs = replay.summary.row.cells.filter((cell) => cell.instruction === "RUN" && isRun(cell)).length;
    if (replay.summary.row.error !== undefined || (steps !== undefined && runs > steps)) {
      code = 1;
      io.err(
        say(
          io,
          `이 변경은 RUN ${runs}개를 다시 실행합니다. 한도: ${steps ?? "-"} [LB_RERUN]\n`,
          `this change runs ${runs} RUNs again; limit: ${steps ?? "-"} [LB_RERUN]\n`,
        ),
      );
    }
  } else {
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--git\`의 값이 맞지 않습니다: ${wanted} (보기: 200, origin/main..HEAD)`,
      en: `wrong value of --git: ${wanted} (examples: 200, origin/main..HEAD)`,
    });
  }
  const worst = summary.steps
    .filter(({ instruction }) => instruction === "RUN")
    .reduce((most, { runs }) => Math.max(most, runs), 0);
  if (rate !== undefined && summary.commits > 0 && (100 * worst) / summary.commits > rate) {
    code = 1;
    io.err(
      say(
        io,
        `커밋 ${summary.commits}개 중 ${worst}개가 같은 RUN을 다시 실행합니다. 한도: ${rate}% [LB_RERUN]\n`,
        `${worst} of ${summary.commits} commits run the same RUN again; limit: ${rate}% [LB_RERUN]\n`,
      ),
    );
  }
  return code;
}

function numberOf(
  own: ReadonlyMap<string, string>,
  flag: string,
  form: RegExp,
  example: string,
): number | undefined {
  const value = own.get(flag);
  if (value === undefined) return undefined;
  const found = form.exec(value)?.[1];
  if (found !== undefined) return Number(found);
  throw usageError("LB_FLAG_VALUE", {
    ko: `\`--${flag}\`의 값이 맞지 않습니다: ${value} (보기: ${example})`,
    en: `wrong value of --${flag}: ${value} (example: ${example})`,
  });
}

/** From the user's cache; when a rebuild would run anything there, from a cache in memory that has just seen a build. */
export async function predict(
  request: BuildRequest,
  edits: readonly WhatIfEdit[] | undefined,
  io: CommandIo,
): Promise<{ result: WhatIfResult; assumed: boolean }> {
  const options = { ...request.options, assume: !request.strict };
  const lab = await openLab(request, io);
  const unchanged = await lab.whatIf([{ name: "" }], options);
  const isBuilt =
    unchanged.rows[0]?.error !== undefined ||
    unchanged.rows[0]?.cells.every(({ outcome }) => outcome === "hit");
  if (isBuilt) return { result: await lab.whatIf(edits, options), assumed: false };
  const fresh = await openLab({ ...request, inMemory: true }, io);
  await fresh.build({ ...options, signal: io.signal });
  return { result: await fresh.whatIf(edits, options), assumed: true };
}
