/** `layerbook import`: takes images out of archives and layouts, so that FROM, export and docker find them. */

import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { parseReference } from "../../dockerfile";
import { importImages } from "../../image";
import { nodePlatform } from "../../platform/node";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { COMMAND_LIMITS, openImportPath, openSpool } from "../import-files";
import { checkedOptions } from "../options";
import { openLab, transferError } from "./export";

export const help: CommandModule["help"] = {
  ko: `
PATH(docker save나 skopeo가 만든 tar, tar.gz, 또는 OCI 레이아웃 폴더)의 이미지를 가져옵니다. 다이제스트는 그대로이고, FROM이 찾습니다.
모든 다이제스트와 경로를 확인하며, 풀었을 때 16 GiB를 넘는 것은 받지 않습니다. 큰 레이어도 메모리에 통째로 올리지 않습니다.

  --name NAME        이름 (이름 없는 이미지에는 꼭 필요)
  --cache-dir DIR    이미지를 둘 곳 (기본값: layerbook build와 같음)
`,
  en: `
Takes the images of PATH: a tar or tar.gz of docker save or skopeo, or the folder of an OCI layout. Digests stay, and FROM finds them.
Every digest and path is checked; what unpacks to more than 16 GiB is refused. Large layers are never held in memory.

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
  const lab = await openLab(values, io);
  const { spool, close } = openSpool(lab, io.signal);
  const limits = COMMAND_LIMITS;
  try {
    const files = await openImportPath(resolve(io.cwd, path), spool, limits);
    const images = await importImages(nodePlatform, files, { limits, spool, signal: io.signal });
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
    for (const image of images) {
      for (const name of reference ? [reference.canonical] : image.names) {
        const named = await lab.shelf.putImported(name, image, lab.now());
        io.out(`${name} ${named.image.manifestDigest}\n`);
      }
    }
  } catch (error) {
    throw transferError(error);
  } finally {
    await close();
  }
  return 0;
};
