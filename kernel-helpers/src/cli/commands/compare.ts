/** `layerbook compare`: two builds or two images beside one another. */

import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import type { BuildRecord } from "../../build/types";
import { compare, type Comparable, type Comparison, renderComparison } from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { findImage } from "../image-argument";
import type { CommandIo } from "../io";
import { lastBuilds } from "../last-builds";
import { userCache } from "../open-lab";
import { checkedOptions } from "../options";
import { tableForm } from "../table-form";

export const help: CommandModule["help"] = {
  ko: `
두 빌드나 두 이미지를 나란히 놓고, 단계·함께 쓰는 층·파일·설정이 어떻게 다른지 보여 줍니다.

  layerbook compare [DIR]             DIR(기본값: 지금 디렉터리)의 지난 두 빌드
  layerbook compare A B               이미지 둘: 이름, docker save가 쓴 파일, OCI 레이아웃, docker image inspect·docker history·dive의 출력
  layerbook compare DIR DIR           두 디렉터리의 지난 빌드

  --builds M,N                        지난 두 빌드 대신 이것들 (1이 가장 새것, 6까지)
  --files N                           파일 표의 줄 수 (기본값: 30)
  --exit-code                         다르면 끝 코드 1
  --table text|markdown|html|json     형식 (기본값: text)
  --cache-dir DIR                     캐시가 있는 곳
`,
  en: `
Puts two builds or two images beside one another: steps, layers they share, files, config.

  layerbook compare [DIR]             the last two builds of DIR (default: the working directory)
  layerbook compare A B               two images: names, files of docker save, OCI layouts, output of docker image inspect, docker history, dive
  layerbook compare DIR DIR           the last builds of two directories

  --builds M,N                        these builds instead of the last two (1 is the newest, up to 6)
  --files N                           rows of the table of files (default: 30)
  --exit-code                         exit code 1 when they differ
  --table text|markdown|html|json     form (default: text)
  --cache-dir DIR                     where the cache is
`,
};

const OPTIONS = {
  builds: { type: "string" },
  files: { type: "string" },
  "exit-code": { type: "boolean" },
  table: { type: "string" },
  "cache-dir": { type: "string" },
} as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const form = tableForm(values.table, "text");
  const files = Number(values.files ?? 30);
  if (!Number.isInteger(files) || files < 0) throw badValue("--files", values.files ?? "", "30");
  if (positionals.length > 2)
    throw usageError("LB_ARGUMENTS", {
      ko: "비교할 것은 둘까지 적으세요.",
      en: "name at most two things to compare",
    });
  const cacheDir = values["cache-dir"];
  const [first = ".", second] = positionals;
  const comparison =
    second === undefined
      ? compareLast(first, values.builds ?? "2,1", cacheDir, io)
      : compare(await sideOf(first, cacheDir, io), await sideOf(second, cacheDir, io), {
          locale: io.locale,
          names: [first, second],
        });
  io.out(renderComparison(comparison, form, { locale: io.locale, files }));
  return values["exit-code"] && differs(comparison) ? 1 : 0;
};

function badValue(flag: string, value: string, example: string): Error {
  return usageError("LB_FLAG_VALUE", {
    ko: `\`${flag}\`의 값이 맞지 않습니다: ${value} (보기: ${example})`,
    en: `wrong value of ${flag}: ${value} (example: ${example})`,
  });
}

function compareLast(
  directory: string,
  wanted: string,
  cacheDir: string | undefined,
  io: CommandIo,
): Comparison {
  const match = /^([1-9]),([1-9])$/.exec(wanted);
  if (!match) throw badValue("--builds", wanted, "2,1");
  const builds = lastBuilds(userCache(cacheDir, io), real(resolve(io.cwd, directory))).reverse();
  const [older, newer] = [builds[Number(match[1]) - 1], builds[Number(match[2]) - 1]];
  if (!older || !newer) {
    throw new CliError(
      "LB_NO_BUILD",
      {
        ko: `이 디렉터리의 빌드 기록은 ${builds.length}개뿐입니다: ${directory}`,
        en: `only ${builds.length} builds of this directory are known: ${directory}`,
      },
      { hint: { ko: "두 번 빌드하세요: layerbook build .", en: "build it twice: layerbook build ." } },
    );
  }
  const name = (at: string): string =>
    io.locale === "ko"
      ? at === "1"
        ? "지난 빌드"
        : at === "2"
          ? "그 전 빌드"
          : `뒤에서 ${at}번째 빌드`
      : at === "1"
        ? "the last build"
        : `build ${at} (1 is the newest)`;
  return compare(older as BuildRecord, newer as BuildRecord, {
    locale: io.locale,
    names: [name(match[1]!), name(match[2]!)],
  });
}

/** The last build of a directory that was built, else an image. */
async function sideOf(name: string, cacheDir: string | undefined, io: CommandIo): Promise<Comparable> {
  const path = resolve(io.cwd, name);
  if (isDirectory(path)) {
    const last = lastBuilds(userCache(cacheDir, io), real(path)).at(-1);
    if (last) return last as BuildRecord;
  }
  return (await findImage(name, cacheDir, io)).image;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function differs({ image, build }: Comparison): boolean {
  return (
    (image !== undefined &&
      (image.files.length > 0 ||
        image.config.length > 0 ||
        image.layers.some(({ kind }) => kind !== "shared"))) ||
    (build !== undefined && build.dockerfile !== "")
  );
}
