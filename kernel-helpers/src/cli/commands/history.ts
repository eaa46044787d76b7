/** `layerbook history`: the history of an image, newest first, as `docker history` orders it. */

import { renderHistory } from "../../report";
import { CliError } from "../cli-error";
import type { CommandModule } from "../commands";
import { readImageArgument, sayUnknown } from "../image-argument";

export const help: CommandModule["help"] = {
  ko: `
이미지의 이력을 새것부터 보여 줍니다. IMAGE는 layerbook build -t로 붙인 이름이거나 docker save가 쓴 파일입니다. docker history, docker image inspect, dive --json의 출력을 담은 파일이나 -(표준 입력)도
됩니다. 그 출력으로 알 수 없는 것은 표준 오류에 말합니다.

  --table text|markdown|html|json     형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
`,
  en: `
Shows the history of an image, newest entry first. IMAGE is a name given with layerbook build -t, or a file of docker save. A file with the output of docker history,
docker image inspect or dive --json, or - for standard input, will do too; what it does not tell is said on standard error.

  --table text|markdown|html|json     form (default: text)
  --cache-dir DIR                     where the cache is
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { image, form, foreign } = await readImageArgument(args, io);
  if (foreign?.source === "docker image inspect") {
    throw new CliError(
      "LB_NO_HISTORY",
      {
        ko: "docker image inspect의 출력에는 이력이 없습니다.",
        en: "the output of docker image inspect has no history",
      },
      {
        hint: {
          ko: "docker history --no-trunc --format json IMAGE > history.json",
          en: "docker history --no-trunc --format json IMAGE > history.json",
        },
      },
    );
  }
  io.out(renderHistory(image, form, { locale: io.locale }));
  sayUnknown(foreign, io);
  return 0;
};
