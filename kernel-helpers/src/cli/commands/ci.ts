/** `layerbook ci`: where the minutes of a CI build went, read from its log or record. */

import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";

import type { BuildRecord } from "../../build/types";
import { Lab } from "../../lab";
import { nodeMachine } from "../../lab-node";
import { nodePlatform } from "../../platform/node";
import { ciReport, ciReportOfFile, type CiReport, renderCi, withSources } from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import type { CommandIo } from "../io";
import { checkedOptions } from "../options";
import { tableForm } from "../table-form";

export const help: CommandModule["help"] = {
  ko: `
CI의 로그를 있는 그대로 읽어, 빌드마다 시간이 어디로 갔고 무엇을 먼저 할지 말합니다. LOG는 파일이나 -(표준 입력)입니다.
읽는 것: docker buildx build의 로그(plain, 터미널 화면, rawjson), 옛 빌더의 로그(Step 1/4), 빌드 기록(docker buildx history export의
.dockerbuild). 시각, 색, 작업 이름, 여러 빌드가 섞여 있어도 됩니다 (GitHub Actions, GitLab, Jenkins, TeamCity, Azure, Cloud Build, gh run view --log).

  --before DIR --after DIR            이전과 지금의 소스: 이것을 줄 때만, 어떤 파일 때문에 실행되었는지 말합니다
  -f, --file PATH                     그 소스 안의 Dockerfile (기본값: Dockerfile)
  --target STAGE, --build-arg K=V     그 빌드에 준 값
  --table text|markdown|html|json     형식 (기본값: text)
  --max-time SECONDS                  빌드 하나가 이보다 오래 걸렸으면 끝 코드 1

문장마다 기록(로그에 있음), 계산(기록에서 셈), 추론(그럴듯함)이 붙습니다.
`,
  en: `
Reads a CI log as it is and says of each build where the time went and what to do first. LOG is a file, or - for standard input.
Read are: logs of docker buildx build (plain, terminal, rawjson), of the classic builder (Step 1/4), and build records (.dockerbuild of
docker buildx history export). Times, colours, job names and several builds may be mixed in (GitHub Actions, GitLab, Jenkins, TeamCity,
Azure, Cloud Build, gh run view --log).

  --before DIR --after DIR            the sources before and now: only then a file is named as the cause
  -f, --file PATH                     the Dockerfile in these sources (default: Dockerfile)
  --target STAGE, --build-arg K=V     what that build was given
  --table text|markdown|html|json     form (default: text)
  --max-time SECONDS                  exit code 1 when one build took longer

Every sentence is marked: recorded (stands in the log), computed (follows from it), inferred (likely).
`,
};

const OPTIONS = {
  before: { type: "string" },
  after: { type: "string" },
  file: { type: "string", short: "f" },
  target: { type: "string" },
  "build-arg": { type: "string", multiple: true },
  table: { type: "string" },
  "max-time": { type: "string" },
} as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const form = tableForm(values.table, "text");
  const limit = Number(values["max-time"] ?? Infinity);
  if (!(limit > 0)) {
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--max-time\`은 0보다 큰 초여야 합니다: ${values["max-time"]}`,
      en: `--max-time must be seconds above 0: ${values["max-time"]}`,
    });
  }
  const { before, after } = values;
  if ((before === undefined) !== (after === undefined)) {
    throw usageError("LB_ARGUMENTS", {
      ko: "`--before`와 `--after`는 함께 주세요. 하나만으로는 무엇이 바뀌었는지 알 수 없습니다.",
      en: "give --before and --after together: one alone does not say what changed",
    });
  }
  if (positionals.length !== 1) {
    throw usageError(
      "LB_ARGUMENTS",
      {
        ko: "로그 파일을 하나 적으세요. 표준 입력은 - 입니다.",
        en: "name one log file, or - for standard input",
      },
      {
        ko: "보기: gh run view --log 123 | layerbook ci -",
        en: "example: gh run view --log 123 | layerbook ci -",
      },
    );
  }
  let report = await readReport(positionals[0]!, io);
  if (before !== undefined && after !== undefined && report.builds.length > 0) {
    const options = {
      file: values.file,
      target: values.target,
      buildArgs: Object.fromEntries(
        (values["build-arg"] ?? []).map((pair) => {
          const at = pair.indexOf("=");
          return at === -1 ? [pair, io.env[pair] ?? ""] : [pair.slice(0, at), pair.slice(at + 1)];
        }),
      ),
    };
    report = withSources(report, await buildAfter(before, after, options, io));
  }
  io.out(renderCi(report, form, { locale: io.locale }));
  if (report.builds.length === 0) return 1;
  const slow = report.builds.some(({ wall, work }) => (wall?.ms ?? work.ms) > limit * 1000);
  return slow ? 1 : 0;
};

async function readReport(name: string, io: CommandIo): Promise<CiReport> {
  if (name === "-") return ciReport(await io.stdin());
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(io.cwd, name));
  } catch (error) {
    throw new CliError(
      "LB_NO_FILE",
      { ko: `로그를 읽을 수 없습니다: ${name}`, en: `cannot read the log: ${name}` },
      { cause: error },
    );
  }
  try {
    return ciReportOfFile(bytes, nodePlatform);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError(
      "LB_NO_RECORD",
      {
        ko: `빌드 기록이 들어 있지 않습니다: ${name}`,
        en: `there is no build record in it: ${name}`,
      },
      {
        cause: error,
        hint: {
          ko: "docker buildx history export -o build.dockerbuild 로 만든 파일이어야 합니다.",
          en: "it must be a file of docker buildx history export -o build.dockerbuild",
        },
      },
    );
  }
}

/** 2100-01-01: later than any checkout. Times are in no key. */
const LATER = 4_102_444_800;

/** The build of *after* by a builder that has built *before*, in memory. */
async function buildAfter(
  before: string,
  after: string,
  { file, target, buildArgs }: { file?: string; target?: string; buildArgs: Record<string, string> },
  io: CommandIo,
): Promise<BuildRecord> {
  const lab = await Lab.openOn(nodeMachine(), { locale: io.locale });
  const options = { assume: true, buildArgs, ...(target !== undefined && { target }), signal: io.signal };
  for (const [i, tree] of [before, after].entries()) {
    const directory = resolve(io.cwd, tree);
    if (!isDirectory(directory)) {
      throw new CliError("LB_NO_DIRECTORY", {
        ko: `디렉터리가 없습니다: ${directory}`,
        en: `no such directory: ${directory}`,
      });
    }
    for (const name of lab.context.files().readdir("/")) lab.context.remove(name);
    lab.context.importDirectory(directory);
    // Files of equal size and time would be taken for unchanged, as BuildKit's transfer does; two checkouts often have that.
    if (i === 1) for (const path of lab.context.list()) lab.context.touch(path, LATER);
    const path = file === undefined ? undefined : inside(directory, file);
    const record = await lab.build({ ...options, ...(path !== undefined && { file: path }) });
    io.signal.throwIfAborted();
    if (i === 1) return record;
  }
  throw new Error("unreachable");
}

function inside(directory: string, file: string): string {
  const path = relative(directory, resolve(directory, file));
  return path.startsWith("..") ? file : path.replaceAll("\\", "/");
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
