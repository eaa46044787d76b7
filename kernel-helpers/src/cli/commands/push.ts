/** `layerbook push`: sends an image to a registry. */

import { parseArgs } from "node:util";

import { type Descriptor, type ImageAddress, imageAddress, pushImage } from "../../image";
import type { Lab } from "../../lab";
import { humanSize } from "../../report";
import { usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import type { CommandIo } from "../io";
import { checkedOptions } from "../options";
import { openRegistry, REGISTRY_HELP, REGISTRY_OPTIONS } from "../open-registry";
import { shortDigest, TransferProgress } from "../transfer-progress";
import { findImage, openLab, transferError } from "./export";

export const help: CommandModule["help"] = {
  ko: `
IMAGE를 그 이름의 레지스트리로 보냅니다. AS를 적으면 그 이름으로 보냅니다: layerbook push memo localhost:5000/memo:v1
레지스트리에 이미 있는 레이어는 보내지 않고, 끊긴 전송은 끊긴 곳에서 잇습니다.

  --bases DIR          OCI 이미지가 있는 폴더${REGISTRY_HELP.ko}
카탈로그의 베이스(크기만 알고 내용은 모름) 위에 만든 이미지는 보낼 수 없습니다. 실제 베이스를 먼저 받으세요: layerbook pull
`,
  en: `
Sends IMAGE to the registry of its name, or as AS: layerbook push memo localhost:5000/memo:v1
Layers that the registry has are left out; a broken transfer is taken up where it broke.

  --bases DIR          folder of OCI images${REGISTRY_HELP.en}
An image on a catalog base (sizes known, contents not) cannot be sent. Fetch the real base first: layerbook pull
`,
};

const OPTIONS = { ...REGISTRY_OPTIONS, bases: { type: "string" } } as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const [name, as = name, ...more] = positionals;
  if (name === undefined || as === undefined || more.length > 0) {
    throw usageError("LB_ARGUMENTS", {
      ko: "보낼 이미지를 적으세요: layerbook push localhost:5000/memo, 또는 layerbook push memo localhost:5000/memo",
      en: "name an image: layerbook push localhost:5000/memo, or layerbook push memo localhost:5000/memo",
    });
  }
  try {
    const { address, registry } = await openRegistry(as, values, io);
    const lab = await openLab(values, io);
    const { image } = await findImage(lab, name);
    const digest = await pushImage(registry, address, image, {
      mountFrom: neighbours(lab, address),
      onBlob: shown(io),
    });
    io.out(`${address.canonical} ${digest}\n`);
  } catch (error) {
    throw transferError(error);
  }
  return 0;
};

/** Repositories of the same registry that images here came from or went to: they may have a blob already. */
function neighbours(
  lab: Lab,
  { registry, repository }: ImageAddress,
): (digest: string) => string | undefined {
  const owners = new Map<string, string>();
  for (const { name, image } of lab.shelf.all()) {
    if (!name.startsWith(`${registry}/`)) continue;
    const other = imageAddress(name).repository;
    if (other !== repository) for (const { digest } of image.layers) owners.set(digest, other);
  }
  return (digest) => owners.get(digest);
}

function shown(io: CommandIo): (blob: Descriptor, bytes: number | "here" | "mounted") => void {
  const progress = new TransferProgress(io);
  const ended = new Set<string>();
  return (blob, bytes) => {
    const label = shortDigest(blob.digest);
    if (bytes === "here") progress.done(label, { ko: "레지스트리에 이미 있음", en: "already there" });
    else if (bytes === "mounted")
      progress.done(label, { ko: "다른 저장소에서 가져다 놓음", en: "mounted from another repository" });
    else if (bytes < blob.size) progress.move(label, bytes, blob.size);
    else if (!ended.has(blob.digest)) {
      ended.add(blob.digest);
      progress.done(label, {
        ko: `${humanSize(blob.size, 3)} 보냄`,
        en: `${humanSize(blob.size, 3)} pushed`,
      });
    }
  };
}
