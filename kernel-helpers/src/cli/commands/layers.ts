/** `layerbook layers`: the layers of an image as a table or as a stack. */

import { renderImageTable, renderStack } from "../../report";
import type { CommandModule } from "../commands";
import { readImageArgument, sayUnknown } from "../image-argument";

export const help: CommandModule["help"] = {
  ko: `
이미지의 층을 바닥부터 보여 줍니다. IMAGE는 layerbook build -t로 붙인 이름이거나 docker save가 쓴 파일(OCI 레이아웃도 됩니다)입니다. docker history, docker image inspect, dive --json의 출력을 담은 파일이나 -(표준 입력)도
됩니다. 그 출력으로 알 수 없는 것은 표준 오류에 말합니다.

  --stack                             층마다 더하고, 바꾸고, 가린 파일을 그림으로 보입니다
  --table text|markdown|html|json     형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
`,
  en: `
Shows the layers of an image from the bottom. IMAGE is a name given with layerbook build -t, or a file of docker save (or an OCI layout). A file with the output of docker history,
docker image inspect or dive --json, or - for standard input, will do too; what it does not tell is said on standard error.

  --stack                             a picture of the files each layer adds, changes and hides
  --table text|markdown|html|json     form (default: text)
  --cache-dir DIR                     where the cache is
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { image, form, given, foreign } = await readImageArgument(args, io, { stack: "boolean" });
  const { locale } = io;
  io.out(
    given.has("stack") ? renderStack(image, form, { locale }) : renderImageTable(image, form, { locale }),
  );
  sayUnknown(foreign, io);
  return 0;
};
