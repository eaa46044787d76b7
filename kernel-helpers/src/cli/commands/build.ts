/** `layerbook build`: builds a real directory as docker would, with its progress output, and says why steps were not reused. */

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { buildOutput, explainBuildError, renderReasons, renderTable } from "../../report";
import type { BuildRecord } from "../../build/types";
import { readBuildRequest, readsStandardInput, type BuildRequest } from "../build-request";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { keepBuild } from "../last-builds";
import { openLab, userCache } from "../open-lab";
import { takeValues } from "../options";
import { mayBeProject, projectPart } from "../several";

export const help: CommandModule["help"] = {
  ko: `
PATH를 컨텍스트로 빌드합니다. Docker는 쓰지 않으며, 디렉터리의 파일은 고치지 않습니다. docker build의 옵션을 그대로 씁니다:

  -t, --tag  -f, --file  --target  --build-arg  --label  --no-cache  --no-cache-filter  --platform  --pull  --add-host
  --secret  --ssh  --build-context  --cache-to  --cache-from  --network  --ulimit  --shm-size  --check  --progress
  -q, --quiet  --iidfile  --metadata-file

더 있는 옵션:

  --table[=text|markdown|html|json]   레이어 표를 표준 출력에 씁니다
  --cache-dir DIR                     캐시를 둘 곳 (기본값: LAYERBOOK_CACHE_DIR, 없으면 사용자의 캐시 폴더)
  --bases DIR                         FROM이 찾는 OCI 이미지가 있는 폴더
  --strict                            모르는 명령이나 베이스를 추정하지 않고 실패로 봅니다
  --watch                             빌드한 다음 파일을 지켜보다가, 고칠 때마다 다시 빌드하고 무엇이 다시 실행되었는지 말합니다 (Ctrl-C로 끝)

-f의 Dockerfile은 PATH 밖에 있어도 됩니다. -f -는 표준 입력에서 읽고, PATH 자리의 -는 컨텍스트 없이 그 Dockerfile만 빌드합니다.

여러 이미지를 한꺼번에:

  layerbook build -f compose.yaml [SERVICE…]            compose 파일의 build: (여러 -f를 차례로 합칩니다)
  layerbook build -f docker-bake.hcl [TARGET|GROUP…]    bake 파일(HCL, JSON). 변수는 환경에서 읽습니다
  layerbook build -f a/Dockerfile -f b/Dockerfile PATH  Dockerfile 여럿, 컨텍스트는 PATH 하나
  layerbook build --all [DIR]                           DIR 아래의 모든 Dockerfile. COPY하는 것이 자기 폴더에 없으면 DIR이 컨텍스트입니다

흉내 내지 않는 명령의 결과는 컨텍스트의 layerbook.json에 적어 둘 수 있습니다 (whatif, optimize, 노트북의 빌드도 읽습니다):

  { "commands": [ { "run": "./gradlew build", "seconds": 40, "prints": "", "exit": 0, "outputs": {
      "build/libs/app.jar": { "size": "38MB", "from": ["src", "build.gradle"] },
      "dist/": { "files": 12, "size": "300kB", "from": ["src"] }, "version.txt": { "text": "1.0" } } } ] }

run은 명령의 첫 낱말들이고, 경로는 명령이 도는 폴더에서 봅니다. from에 적은 파일이 그대로면 결과도 그대로라고 봅니다.
from이 없으면 그 결과를 가져가는 단계는 '달림'입니다.

진행 상황과 이유는 표준 오류에, 이미지 ID(-q)와 표는 표준 출력에 씁니다.
`,
  en: `
Builds PATH as the context, without Docker and without changing its files. Takes the options of docker build:

  -t, --tag  -f, --file  --target  --build-arg  --label  --no-cache  --no-cache-filter  --platform  --pull  --add-host
  --secret  --ssh  --build-context  --cache-to  --cache-from  --network  --ulimit  --shm-size  --check  --progress
  -q, --quiet  --iidfile  --metadata-file

and more:

  --table[=text|markdown|html|json]   print the layer table on standard output
  --cache-dir DIR                     where the cache is (default: LAYERBOOK_CACHE_DIR, else the user's cache folder)
  --bases DIR                         folder of OCI images that FROM finds
  --strict                            unknown commands and bases fail instead of being assumed
  --watch                             after the build watches the files, builds again after every edit and tells what ran again (Ctrl-C ends)

The Dockerfile of -f may lie outside of PATH. -f - reads it from standard input; - in place of PATH builds that one alone, without a context.

Several images at once:

  layerbook build -f compose.yaml [SERVICE…]            the build parts of a compose file (several -f are merged in order)
  layerbook build -f docker-bake.hcl [TARGET|GROUP…]    a bake file (HCL, JSON); variables come from the environment
  layerbook build -f a/Dockerfile -f b/Dockerfile PATH  several Dockerfiles with PATH as the context of all
  layerbook build --all [DIR]                           every Dockerfile below DIR; DIR is the context of those whose own folder lacks what they copy

What a command that is not simulated leaves can be declared in the context's layerbook.json (whatif, optimize and notebooks read it too):

  { "commands": [ { "run": "./gradlew build", "seconds": 40, "prints": "", "exit": 0, "outputs": {
      "build/libs/app.jar": { "size": "38MB", "from": ["src", "build.gradle"] },
      "dist/": { "files": 12, "size": "300kB", "from": ["src"] }, "version.txt": { "text": "1.0" } } } ] }

run: the words that the command begins with; paths are seen from where it runs. The output is the same while the files in from are.
Without from, steps that take the output "depend".

Progress and reasons go to standard error; image id (-q) and table to standard output.
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { own, rest } = takeValues(args, [], ["watch"]);
  const project = mayBeProject(rest) ? projectPart().readProject(rest, io) : undefined;
  if (project) {
    const code = await projectPart().buildProject(project, io);
    return own.has("watch") ? projectPart().watchTargets(project.targets, io) : code;
  }
  const stdin = readsStandardInput(rest) ? await io.stdin() : undefined;
  const request = readBuildRequest(rest, io, undefined, { outside: true, stdin });
  const record = await buildDirectory(request, io);
  printBuild(record, request, io);
  if (!own.has("watch") || record.check) return record.exitCode;
  return projectPart().watchTargets([projectPart().targetOf(request)], io);
};

/** Builds what *request* says with the user's cache. */
export async function buildDirectory(request: BuildRequest, io: CommandIo): Promise<BuildRecord> {
  const target = request.outside && projectPart().targetOf(request);
  const lab = target ? await projectPart().labOf(target, io) : await openLab(request, io);
  const options = target ? projectPart().optionsOf(target) : { ...request.options, assume: !request.strict };
  const record = await lab.build({ ...options, signal: io.signal });
  io.signal.throwIfAborted();
  if (!record.check) keepBuild(userCache(request.cacheDir, io), request.directory, record);
  return record;
}

function printBuild(record: BuildRecord, request: BuildRequest, io: CommandIo): void {
  const { flags } = request;
  const { terminal } = io;
  if (record.check) {
    io.out(buildOutput(record, "plain"));
    return;
  }
  const kind = flags.progress === "auto" ? (terminal ? "tty" : "plain") : flags.progress;
  const quiet = flags.quiet || kind === "quiet";
  if (kind !== "quiet" && !flags.quiet) {
    io.err(
      buildOutput(record, kind, { width: terminal?.columns, height: terminal?.rows, color: terminal?.color }),
    );
  } else if (record.exitCode !== 0) io.err(buildOutput(record, "plain"));
  for (const flag of flags.ignored) {
    if (!quiet)
      io.err(
        say(
          io,
          `! \`${flag}\`은 결과를 바꾸지 않으므로 지나쳤습니다.\n`,
          `! ${flag} changes nothing here and was passed over.\n`,
        ),
      );
  }
  if (!quiet && kind !== "rawjson") {
    const reasons = renderReasons(record, io.locale);
    if (reasons !== "") io.err(`\n${reasons}`);
    const explanation = record.error && explainBuildError(record.error, io.locale);
    if (explanation) io.err(`\n${explanation}\n`);
  }
  if (request.table) io.out(renderTable(record, request.table, io.locale));
  const id = record.image?.configDigest ?? record.indexDigest;
  if (id === undefined) return;
  if (flags.quiet && !request.table) io.out(`${id}\n`);
  if (flags.iidFile !== undefined) writeFileSync(resolve(io.cwd, flags.iidFile), id);
  if (flags.metadataFile !== undefined) {
    const metadata = {
      ...(record.image
        ? {
            "containerimage.config.digest": record.image.configDigest,
            "containerimage.digest": record.image.manifestDigest,
          }
        : { "containerimage.digest": id }),
      ...(request.options.tags ? { "image.name": request.options.tags.join(",") } : {}),
    };
    writeFileSync(resolve(io.cwd, flags.metadataFile), JSON.stringify(metadata, null, 2));
  }
}
