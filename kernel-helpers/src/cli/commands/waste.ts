/** `layerbook waste`: where the bytes of an image went, with limits for CI. */

import { type ForeignImage, parseSize, renderWaste, type Waste, wasteOf, wasteOfDive } from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { readImageArgument, sayUnknown } from "../image-argument";
import { say } from "../io";

export const help: CommandModule["help"] = {
  ko: `
층에 남아 있지만 컨테이너에서는 보이지 않는 바이트를, 줄이는 법과 함께 보여 줍니다. 점수는 dive와 같은 값입니다.
IMAGE는 layerbook build -t로 붙인 이름이거나 docker save가 쓴 파일입니다. docker history, docker image inspect, dive --json의 출력을 담은 파일이나 -(표준 입력)도
됩니다. 그 출력으로 알 수 없는 것은 표준 오류에 말합니다.

  --max-wasted SIZE                   되찾을 수 있는 크기가 이보다 크면 끝 코드 1 (보기: 20MB)
  --min-score N                       dive 점수(0부터 1)가 이보다 낮으면 끝 코드 1
  --table text|markdown|html|json     형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
`,
  en: `
Shows the bytes that lie in layers and that no container sees, with the way to save them. The score is dive's.
IMAGE is a name given with layerbook build -t, or a file of docker save. A file with the output of docker history,
docker image inspect or dive --json, or - for standard input, will do too; what it does not tell is said on standard error.

  --max-wasted SIZE                   exit code 1 when more could be saved (example: 20MB)
  --min-score N                       exit code 1 when dive's score (0 to 1) is lower
  --table text|markdown|html|json     form (default: text)
  --cache-dir DIR                     where the cache is
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { image, form, given, foreign } = await readImageArgument(args, io, {
    "max-wasted": "string",
    "min-score": "string",
  });
  const limit = given.get("max-wasted");
  const largest = limit === undefined ? Infinity : sizeOf(limit);
  const least = Number(given.get("min-score") ?? 0);
  if (!(least >= 0 && least <= 1)) throw badValue("--min-score", given.get("min-score") ?? "", "0.9");
  const waste = foreign && !foreign.files ? wasteOfForeign(foreign) : wasteOf(image);
  io.out(renderWaste(waste, form, { locale: io.locale }));
  sayUnknown(foreign, io);
  let code = 0;
  if (waste.reclaimableBytes > largest) {
    io.err(
      say(
        io,
        `되찾을 수 있는 크기가 한도 ${limit ?? ""}보다 큽니다 [LB_WASTE]\n`,
        `more than ${limit ?? ""} could be saved [LB_WASTE]\n`,
      ),
    );
    code = 1;
  }
  if (waste.score < least) {
    io.err(
      say(
        io,
        `효율 점수가 ${least}보다 낮습니다 [LB_WASTE]\n`,
        `the efficiency score is lower than ${least} [LB_WASTE]\n`,
      ),
    );
    code = 1;
  }
  return code;
};

/** Of dive's output the figures that it has; without files of the layers nothing can be said. */
function wasteOfForeign(foreign: ForeignImage): Waste {
  if (foreign.wasted) return wasteOfDive(foreign);
  throw new CliError(
    "LB_FILES_UNKNOWN",
    {
      ko: `${foreign.source}의 출력에는 층의 파일이 없어, 무엇이 낭비인지 알 수 없습니다.`,
      en: `the output of ${foreign.source} has no files of the layers: what is wasted cannot be known`,
    },
    {
      hint: {
        ko: "docker save IMAGE -o image.tar 뒤에 layerbook waste image.tar",
        en: "docker save IMAGE -o image.tar, then layerbook waste image.tar",
      },
    },
  );
}

/** Bytes of `20MB`. */
function sizeOf(text: string): number {
  try {
    return Number(parseSize(text, "decimal"));
  } catch {
    throw badValue("--max-wasted", text, "20MB");
  }
}

function badValue(flag: string, value: string, example: string): Error {
  return usageError("LB_FLAG_VALUE", {
    ko: `\`${flag}\`의 값이 맞지 않습니다: ${value} (보기: ${example})`,
    en: `wrong value of ${flag}: ${value} (example: ${example})`,
  });
}
