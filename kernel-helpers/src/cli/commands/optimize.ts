/** `layerbook optimize`: proposes a better order of a Dockerfile with its proof, and writes it only when asked. */

import { join } from "node:path";

import { renderOptimization } from "../../report";
import { readBuildRequest } from "../build-request";
import { keepOriginal, originalOf, replaceFile } from "../replace-file";
import type { CommandModule } from "../commands";
import { say } from "../io";
import { openLab } from "../open-lab";

export const help: CommandModule["help"] = {
  ko: `
Dockerfile의 더 나은 순서를 제안합니다. 제안마다 바뀌는 줄과 증명(고친 뒤 다시 빌드하는 시간, 이미지 크기)을 보입니다.
이미지의 파일이나 설정이 달라지는 것은 제안하지 않고 이유를 말합니다. 시간은 시뮬레이션한 것입니다.

  --write                             첫 제안을 Dockerfile에 씁니다. 원본은 Dockerfile.orig에 남깁니다
  --table text|markdown|html|json     형식 (기본값: text)

나머지 옵션은 layerbook build와 같습니다.
`,
  en: `
Proposes a better order of a Dockerfile: each proposal with its changed lines and its proof (rebuilding after edits, size of the image).
What would change the files or the config of the image is not proposed; the reason is said. Times are simulated.

  --write                             write the first proposal; the original stays as Dockerfile.orig
  --table text|markdown|html|json     form (default: text)

The other options are those of layerbook build.
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const request = readBuildRequest(
    args.filter((word) => word !== "--write"),
    io,
    ".",
  );
  const lab = await openLab({ ...request, inMemory: true }, io);
  const optimization = await lab.optimize({ ...request.options, assume: !request.strict });
  io.signal.throwIfAborted();
  io.out(renderOptimization(optimization, request.table ?? "text", { locale: io.locale }));
  const [proposal] = optimization.proposals;
  if (!args.includes("--write") || !proposal) return 0;
  const place = join(request.directory, optimization.file);
  keepOriginal(place);
  replaceFile(place, proposal.dockerfile);
  io.err(
    say(
      io,
      `${optimization.file}에 썼습니다. 원본: ${originalOf(place)}\n`,
      `written to ${optimization.file}; the original is ${originalOf(place)}\n`,
    ),
  );
  return 0;
};
