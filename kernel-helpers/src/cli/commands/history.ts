/** `layerbook history`: the history of an image, newest first, as `docker history` orders it. */

import { renderHistory } from "../../report";
import type { CommandModule } from "../commands";
import { readImageArgument } from "../image-argument";

export const help: CommandModule["help"] = {
  ko: `
이미지의 이력을 새것부터 보여 줍니다. IMAGE는 layerbook build -t로 붙인 이름이거나 docker save가 쓴 파일입니다.

  --table text|markdown|html|json     형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
`,
  en: `
Shows the history of an image, newest entry first. IMAGE is a name given with layerbook build -t, or a file of docker save.

  --table text|markdown|html|json     form (default: text)
  --cache-dir DIR                     where the cache is
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { image, form } = await readImageArgument(args, io);
  io.out(renderHistory(image, form, { locale: io.locale }));
  return 0;
};
