/** `layerbook import`: takes images out of archives and layouts, so that FROM, export and docker find them. */

import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { parseReference } from "../../dockerfile";
import { IMPORT_LIMITS, importImages, type LayoutFiles, openArchive } from "../../image";
import { nodePlatform } from "../../platform/node";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { checkedOptions } from "../options";
import { openLab, transferError } from "./export";

export const help: CommandModule["help"] = {
  ko: `
PATH(docker save나 skopeo가 만든 tar, tar.gz, 또는 OCI 레이아웃 폴더)의 이미지를 가져옵니다. 다이제스트는 그대로이고, FROM이 찾습니다.
모든 다이제스트와 경로를 확인하며, 풀었을 때 2 GiB를 넘는 것은 받지 않습니다.

  --name NAME        이름 (이름 없는 이미지에는 꼭 필요)
  --cache-dir DIR    이미지를 둘 곳 (기본값: layerbook build와 같음)
`,
  en: `
Takes the images of PATH: a tar or tar.gz of docker save or skopeo, or the folder of an OCI layout. Digests stay, and FROM finds them.
Every digest and path is checked; what unpacks to more than 2 GiB is refused.

  --name NAME        name (required for an image without one)
  --cache-dir DIR    where images are kept (default: as layerbook build)
`,
};

const OPTIONS = { name: { type: "string" }, "cache-dir": { type: "string" } } as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) {
    throw usageError("LB_ARGUMENTS", {
      ko: "가져올 파일이나 폴더를 하나 적으세요: layerbook import image.tar",
      en: "name one file or folder: layerbook import image.tar",
    });
  }
  const reference = values.name === undefined ? undefined : parseReference(values.name);
  if (reference && "message" in reference) {
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--name ${values.name}\`: 이미지 이름이 아닙니다.`,
      en: `--name ${values.name}: no image name`,
    });
  }
  try {
    const images = importImages(nodePlatform, openPath(resolve(io.cwd, path)));
    if (reference && images.length > 1) {
      throw usageError("LB_ARGUMENTS", {
        ko: `이미지가 ${images.length}개라서 --name을 쓸 수 없습니다.`,
        en: `--name cannot name ${images.length} images`,
      });
    }
    const unnamed = images.find(({ names }) => names.length === 0);
    if (unnamed && !reference) {
      throw new CliError(
        "LB_NO_NAME",
        {
          ko: `이름 없는 이미지가 있습니다: ${unnamed.root.digest}`,
          en: `an image has no name: ${unnamed.root.digest}`,
        },
        { hint: { ko: "이름을 주세요: --name NAME", en: "give it one: --name NAME" } },
      );
    }
    const lab = await openLab(values, io);
    for (const image of images) {
      for (const name of reference ? [reference.canonical] : image.names) {
        const named = await lab.shelf.putImported(name, image, lab.now());
        io.out(`${name} ${named.image.manifestDigest}\n`);
      }
    }
  } catch (error) {
    throw transferError(error);
  }
  return 0;
};

function openPath(path: string): LayoutFiles {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new CliError("LB_NO_FILE", { ko: `${path}이(가) 없습니다.`, en: `${path} does not exist` });
  if (stat.isDirectory()) return (inner) => readIfThere(join(path, inner));
  if (stat.size > IMPORT_LIMITS.unpacked) throw tooLarge(path, stat.size);
  return openArchive(nodePlatform, readFileSync(path));
}

function readIfThere(path: string): Uint8Array | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  if (stat.size > IMPORT_LIMITS.unpacked) throw tooLarge(path, stat.size);
  return readFileSync(path);
}

function tooLarge(path: string, size: number): CliError {
  return new CliError("LB_ARCHIVE_LIMIT", {
    ko: `${path}: ${size}바이트입니다. ${IMPORT_LIMITS.unpacked}바이트까지 읽습니다.`,
    en: `${path}: ${size} bytes, at most ${IMPORT_LIMITS.unpacked} are read`,
  });
}
