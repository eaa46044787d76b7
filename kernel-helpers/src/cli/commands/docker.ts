/** `layerbook docker …`: the docker commands of the cells, in a real shell, over the user's store. */

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import type { DockerIo } from "../../docker";
import { docker, DockerEngine } from "../../docker";
import { CliError } from "../cli-error";
import type { CommandModule } from "../commands";
import { hostFiles } from "../host-files";
import type { CommandIo } from "../io";
import { openLab } from "../open-lab";

export const help: CommandModule["help"] = {
  ko: `
셀에서 쓰는 docker 명령을 실제 셸에서 씁니다: layerbook docker images, layerbook docker run memo ls, layerbook docker diff …
Docker는 쓰지 않습니다. 이미지와 컨테이너는 layerbook build와 같은 저장소에 남습니다. docker build는 layerbook build로 빌드합니다.
흉내 내는 명령을 모두 보려면: layerbook docker --help. 레지스트리는 layerbook pull과 layerbook push로.

  LAYERBOOK_CACHE_DIR  저장소 (기본값: 사용자의 캐시 폴더)
`,
  en: `
The docker commands of the cells in a real shell: layerbook docker images, layerbook docker run memo ls, layerbook docker diff …
Without Docker. Images and containers stay in the store of layerbook build, which also carries out docker build.
All commands that are simulated: layerbook docker --help. For registries: layerbook pull and layerbook push.

  LAYERBOOK_CACHE_DIR  the store (default: the user's cache folder)
`,
};

/** Its own `--help` is docker's. */
export const ownHelp = true;

export const run: CommandModule["run"] = async (args, io) => {
  const build = buildArguments(args);
  if (build) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when it is used, as all commands are
    return (require("./build") as CommandModule).run(build, io);
  }
  const lab = await openLab({}, io);
  return docker(new DockerEngine(lab), args, await dockerIo(args, io));
};

/** What follows `build`, `buildx build`, `image build`, `builder build`; undefined for other commands. */
function buildArguments(args: readonly string[]): readonly string[] | undefined {
  if (args[0] === "build") return args.slice(1);
  const isGrouped = ["buildx", "image", "builder"].includes(args[0] ?? "") && args[1] === "build";
  return isGrouped ? args.slice(2) : undefined;
}

async function dockerIo(args: readonly string[], io: CommandIo): Promise<DockerIo> {
  const needsInput =
    ["run", "exec"].some((name) => args.includes(name)) &&
    args.some((word) => /^-\w*i|^--interactive/.test(word));
  return {
    out: io.out,
    err: io.err,
    stdin: needsInput ? await io.stdin() : "",
    env: (name) => io.env[name],
    locale: io.locale,
    signal: io.signal,
    ...(io.terminal && { columns: io.terminal.columns }),
    ...(io.stdinBytes && { stdinBytes: io.stdinBytes }),
    ...(io.outBytes && { outBytes: io.outBytes }),
    files: hostFiles(io.cwd),
    checkContext: () => undefined,
    readFile(path) {
      const full = resolve(io.cwd, path);
      return statSync(full, { throwIfNoEntry: false })?.isFile() ? readFileSync(full) : undefined;
    },
    writeFile(path, data) {
      try {
        writeFileSync(resolve(io.cwd, path), data);
      } catch (cause) {
        throw new CliError(
          "LB_OUTPUT",
          { ko: `쓰지 못했습니다: ${path}`, en: `cannot write ${path}: ${(cause as Error).message}` },
          { cause },
        );
      }
    },
  };
}
