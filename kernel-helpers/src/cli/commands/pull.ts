/** `layerbook pull`: fetches a real image from a registry, so that FROM, history and export find it. */

import { parseArgs } from "node:util";

import type { PlatformSpec } from "../../graph";
import { type Descriptor, importImages, pullImage } from "../../image";
import { nodePlatform } from "../../platform/node";
import { humanSize } from "../../report";
import { usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { COMMAND_LIMITS, openSpool } from "../import-files";
import type { CommandIo } from "../io";
import { checkedOptions } from "../options";
import { openRegistry, REGISTRY_HELP, REGISTRY_OPTIONS } from "../open-registry";
import { shortDigest, TransferProgress } from "../transfer-progress";
import { openLab, transferError } from "./export";

export const help: CommandModule["help"] = {
  ko: `
레지스트리에서 IMAGE(node:22, localhost:5000/memo, …@sha256:…)를 받습니다. 받은 바이트마다 다이제스트를 확인하고, 다르면 받지 않습니다.
끊긴 전송은 끊긴 곳에서 잇고, 다시 실행하면 다 받은 레이어는 건너뜁니다. 받은 이미지는 FROM이 찾습니다.

  --platform OS/ARCH   여러 플랫폼 이미지에서 고를 것 (기본값 linux/amd64), 또는 all${REGISTRY_HELP.ko}`,
  en: `
Fetches IMAGE (node:22, localhost:5000/memo, …@sha256:…) from its registry. Every byte is checked against its digest, and refused when it differs.
A broken transfer is taken up where it broke; run again, it leaves out the layers that are through. FROM finds the image.

  --platform OS/ARCH   which one of a multi-platform image (default linux/amd64), or all${REGISTRY_HELP.en}`,
};

const OPTIONS = { ...REGISTRY_OPTIONS, platform: { type: "string" } } as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw usageError("LB_ARGUMENTS", {
      ko: "받을 이미지를 하나 적으세요: layerbook pull node:22",
      en: "name one image: layerbook pull node:22",
    });
  }
  const platform = values.platform === undefined ? undefined : readPlatform(values.platform);
  try {
    const { address, registry } = await openRegistry(name, values, io);
    const lab = await openLab(values, io);
    const { spool, close } = openSpool(lab, io.signal);
    try {
      const limits = COMMAND_LIMITS;
      const { files } = await pullImage(nodePlatform, registry, address, lab.shelf.blobs, {
        ...(platform && { platform }),
        limits,
        onBlob: shown(io),
      });
      const images = await importImages(nodePlatform, files, { limits, spool, signal: io.signal });
      for (const image of images) {
        const named = await lab.shelf.putImported(address.canonical, image, lab.now());
        io.out(`${address.canonical} ${named.image.manifestDigest}\n`);
      }
    } finally {
      await close();
    }
  } catch (error) {
    throw transferError(error);
  }
  return 0;
};

function readPlatform(text: string): PlatformSpec | "all" {
  if (text === "all") return text;
  const [os, architecture, variant, ...rest] = text.split("/");
  if (os && architecture && rest.length === 0)
    return { os, architecture, ...(variant !== undefined && { variant }) };
  throw usageError("LB_FLAG_VALUE", {
    ko: `\`--platform ${text}\`: linux/amd64처럼 적거나 all이라고 적으세요.`,
    en: `--platform ${text}: write it like linux/amd64, or all`,
  });
}

function shown(io: CommandIo): (blob: Descriptor, bytes: number | "here") => void {
  const progress = new TransferProgress(io);
  return (blob, bytes) => {
    const label = shortDigest(blob.digest);
    if (bytes === "here") progress.done(label, { ko: "이미 있음", en: "already here" });
    else if (bytes < blob.size) progress.move(label, bytes, blob.size);
    else
      progress.done(label, {
        ko: `${humanSize(blob.size, 3)} 받음`,
        en: `${humanSize(blob.size, 3)} pulled`,
      });
  };
}
