/** `layerbook waste`: where the bytes of an image went, with limits for CI. */

import type { BuiltImage } from "../../build/types";
import { type ForeignImage, parseSize, renderWaste, type Waste, wasteOf, wasteOfDive } from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { findImage, readImageArgument, sayUnknown } from "../image-argument";
import { type CommandIo, say } from "../io";

export const help: CommandModule["help"] = {
  ko: `
층에 남아 있지만 컨테이너에서는 보이지 않는 바이트를, 줄이는 법과 함께 보여 줍니다. 효율은 dive와 같은 값이고, 되찾을 수 있는 크기는
남는 사본을 빼고 셉니다. 아래층에 남은 키와 토큰도 찾습니다(값은 보이지 않습니다).
IMAGE는 layerbook build -t로 붙인 이름이거나 docker save가 쓴 파일입니다.

  --max-wasted SIZE|N%                되찾을 수 있는 크기가 이보다 크면 끝 코드 1 (보기: 20MB, 5% — 직접 만든 층에 대한 비율)
  --min-efficiency N                  dive의 효율(0부터 1, 또는 N%)이 이보다 낮으면 끝 코드 1. --min-score도 같습니다
  --max-secrets N                     비밀로 보이는 것이 N개보다 많으면 끝 코드 1 (보기: 0)
  --base IMAGE                        이 이미지의 층은 베이스로 보고 따로 셉니다 (파일로 준 이미지)
  --json                              결과를 JSON으로
  --table text|markdown|html|json     형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
  --bases DIR                         빌드할 때 베이스 이미지를 찾은 곳
`,
  en: `
Shows the bytes that lie in layers and that no container sees, with the way to save them. The efficiency is dive's; what could be saved is
counted without the copy that stays. Keys and tokens that stayed in lower layers are found too (their values are not shown).
IMAGE is a name given with layerbook build -t, or a file of docker save.

  --max-wasted SIZE|N%                exit code 1 when more could be saved (examples: 20MB, 5% — of the layers of its own)
  --min-efficiency N                  exit code 1 when dive's efficiency (0 to 1, or N%) is lower; --min-score is the same
  --max-secrets N                     exit code 1 when more than N things look like secrets (example: 0)
  --base IMAGE                        the layers of this image are the base and counted apart (for an image in a file)
  --json                              the result as JSON
  --table text|markdown|html|json     form (default: text)
  --cache-dir DIR                     where the cache is
  --bases DIR                         where the build has found its base images
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { image, form, given, foreign, leaks } = await readImageArgument(args, io, {
    "max-wasted": "string",
    "min-score": "string",
    "min-efficiency": "string",
    "max-secrets": "string",
    base: "string",
    json: "boolean",
  });
  const limits = limitsOf(given);
  const based = await onBase(image, given.get("base"), io);
  const waste = foreign && !foreign.files ? wasteOfForeign(foreign) : wasteOf(based);
  const found = await leaks(based);
  io.out(
    renderWaste(waste, given.has("json") ? "json" : form, {
      locale: io.locale,
      ...(foreign ? {} : { leaks: found }),
    }),
  );
  sayUnknown(foreign, io);
  const complaints = [
    waste.reclaimableBytes > limits.bytes ||
    waste.reclaimableBytes > limits.share * (waste.ownBytes > 0 ? waste.ownBytes : waste.totalBytes)
      ? say(
          io,
          `되찾을 수 있는 크기가 한도 ${given.get("max-wasted") ?? ""}보다 큽니다 [LB_WASTE]`,
          `more than ${given.get("max-wasted") ?? ""} could be saved [LB_WASTE]`,
        )
      : "",
    waste.score < limits.score
      ? say(
          io,
          `효율이 ${limits.score}보다 낮습니다: ${waste.score.toFixed(4)} [LB_WASTE]`,
          `the efficiency is lower than ${limits.score}: ${waste.score.toFixed(4)} [LB_WASTE]`,
        )
      : "",
    found.length > limits.secrets
      ? say(
          io,
          `비밀로 보이는 것이 ${found.length}개 있습니다. 한도: ${limits.secrets} [LB_LEAKS]`,
          `${found.length} things look like secrets; limit: ${limits.secrets} [LB_LEAKS]`,
        )
      : "",
  ].filter((one) => one !== "");
  for (const complaint of complaints) io.err(complaint + "\n");
  return complaints.length > 0 ? 1 : 0;
};

interface Limits {
  readonly bytes: number;
  /** Of the layers of its own. */
  readonly share: number;
  readonly score: number;
  readonly secrets: number;
}

function limitsOf(given: ReadonlyMap<string, string>): Limits {
  const wasted = given.get("max-wasted");
  const percent = wasted === undefined ? undefined : /^(\d+(?:\.\d+)?)%$/.exec(wasted)?.[1];
  const flag = given.has("min-efficiency") ? "min-efficiency" : "min-score";
  const least = given.get(flag);
  const part = least === undefined ? undefined : /^(\d+(?:\.\d+)?)%$/.exec(least)?.[1];
  const score = part === undefined ? Number(least === "" ? "?" : (least ?? 0)) : Number(part) / 100;
  if (!(score >= 0 && score <= 1)) throw badValue(`--${flag}`, least ?? "", "0.95");
  const secrets = given.get("max-secrets");
  if (secrets !== undefined && !/^\d+$/.test(secrets)) throw badValue("--max-secrets", secrets, "0");
  return {
    bytes: wasted === undefined || percent !== undefined ? Infinity : sizeOf(wasted),
    share: percent === undefined ? Infinity : Number(percent) / 100,
    score,
    secrets: secrets === undefined ? Infinity : Number(secrets),
  };
}

/** *image* with the layers that it shares with *name* marked as its base. */
async function onBase(image: BuiltImage, name: string | undefined, io: CommandIo): Promise<BuiltImage> {
  if (name === undefined) return image;
  const { image: base } = await findImage(name, undefined, io);
  const shared = image.layers.findIndex((layer, i) => layer.diffId !== base.layers[i]?.diffId);
  const count = shared < 0 ? image.layers.length : shared;
  if (count === 0 || count < base.layers.length) {
    throw new CliError("LB_NOT_THE_BASE", {
      ko: `이 이미지는 ${name} 위에 만든 것이 아닙니다.`,
      en: `the image is not made on ${name}`,
    });
  }
  return {
    ...image,
    layers: image.layers.map((layer, i) => (i < count ? { ...layer, fromBase: true } : layer)),
  };
}

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
