/** `layerbook export`: writes images as an OCI layout or a docker archive that real tools read. */

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { parseReference } from "../../dockerfile";
import {
  archiveTar,
  type ArchiveFile,
  catalogRefusal,
  exportDockerArchive,
  exportOci,
  ImageTransferError,
  type LayerForm,
  type NamedExport,
  type PackedImage,
} from "../../image";
import type { Lab } from "../../lab";
import { humanSize } from "../../report";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import type { CommandIo } from "../io";
import { checkedOptions } from "../options";
import { openLab as openUserLab } from "../open-lab";
import { shortDigest, TransferProgress } from "../transfer-progress";
import { writePieces } from "../write-pieces";

export const help: CommandModule["help"] = {
  ko: `
빌드했거나 가져온 IMAGE를 실제 이미지 파일로 씁니다. docker load, skopeo, umoci가 읽습니다. 다이제스트는 그대로입니다.

  -o, --output PATH    쓸 곳: .tar로 끝나면 tar 하나, 아니면 새 폴더 (꼭 필요)
  --format oci|docker  OCI 레이아웃(기본값) 또는 docker save의 형식
  --layers keep|tar|gzip
                       레이어를 그대로(기본값), 모두 압축 없이, 모두 gzip으로. 바꾸면 매니페스트의 다이제스트가 달라질 수 있습니다
  --cache-dir DIR      이미지가 있는 곳 (기본값: layerbook build와 같음)
  --bases DIR          OCI 이미지가 있는 폴더

카탈로그의 베이스(크기만 알고 내용은 모름) 위에 만든 이미지는 내보낼 수 없습니다. 실제 베이스를 먼저 가져오세요: layerbook import
`,
  en: `
Writes IMAGE (built or imported here) as a real image that docker load, skopeo and umoci read. Digests stay.

  -o, --output PATH    where to: one tar when it ends in .tar, else a new folder (required)
  --format oci|docker  OCI layout (default), or the form of docker save
  --layers keep|tar|gzip
                       layers as they are (default), all plain, all gzip'd; the manifest's digest may change
  --cache-dir DIR      where the images are (default: as layerbook build)
  --bases DIR          folder of OCI images

An image on a catalog base (sizes known, contents not) cannot be exported. Import the real base first: layerbook import
`,
};

const OPTIONS = {
  output: { type: "string", short: "o" },
  format: { type: "string", default: "oci" },
  layers: { type: "string", default: "keep" },
  "cache-dir": { type: "string" },
  bases: { type: "string" },
} as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const { output, format, layers } = values;
  if (positionals.length === 0 || output === undefined) {
    throw usageError("LB_ARGUMENTS", {
      ko: "내보낼 이미지와 쓸 곳을 적으세요: layerbook export IMAGE -o image.tar",
      en: "say which image and where to: layerbook export IMAGE -o image.tar",
    });
  }
  oneOf("--format", format, ["oci", "docker"]);
  oneOf("--layers", layers, ["keep", "tar", "gzip"]);
  const lab = await openLab(values, io);
  const machine = lab.platform;
  try {
    const images: NamedExport[] = [];
    for (const name of positionals) images.push(await findImage(lab, name));
    const write = format === "docker" ? exportDockerArchive : exportOci;
    const target = resolve(io.cwd, output);
    const isTar = target.endsWith(".tar");
    if (!isTar) mustBeEmpty(target);
    const files = watched(await write(machine, images, { layers: layers as LayerForm }), io);
    if (isTar) await writePieces(target, archiveTar(files), io.signal);
    else for (const { path, pieces } of files) await writePieces(join(target, path), pieces(), io.signal);
  } catch (error) {
    throw transferError(error);
  }
  return 0;
};

/** The Lab with the user's images. */
export function openLab(
  values: { readonly "cache-dir"?: string | undefined; readonly bases?: string | undefined },
  io: CommandIo,
): Promise<Lab> {
  const { "cache-dir": cacheDir, bases } = values;
  return openUserLab(
    {
      ...(cacheDir !== undefined && { cacheDir }),
      ...(bases !== undefined && { bases: resolve(io.cwd, bases) }),
    },
    io,
  );
}

/** A refusal of an archive as the command's own. */
export function transferError(error: unknown): unknown {
  if (!(error instanceof ImageTransferError)) return error;
  return new CliError(error.code, error.sentence, { cause: error });
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw usageError("LB_FLAG_VALUE", {
    ko: `\`${option} ${value}\`: ${allowed.join(", ")} 가운데 하나여야 합니다.`,
    en: `${option} ${value}: must be one of ${allowed.join(", ")}`,
  });
}

export async function findImage(lab: Lab, name: string): Promise<NamedExport> {
  const reference = parseReference(name);
  const canonical = "message" in reference ? undefined : reference.canonical;
  if (canonical !== undefined) {
    const shelved = await lab.shelf.pack(canonical);
    if (shelved) return { names: [canonical], image: shelved };
    const base = lab.images.find(canonical, { os: "linux", architecture: "amd64" });
    if (!("error" in base)) {
      if (!base.pack) throw catalogRefusal(name, canonical);
      const image: PackedImage = base.pack();
      return { names: [canonical], image };
    }
  }
  const known = lab.shelf.all().map((image) => image.name.replace(/^docker\.io\/(library\/)?/, ""));
  throw new CliError(
    "LB_NO_IMAGE",
    { ko: `\`${name}\`라는 이미지가 없습니다.`, en: `there is no image ${name}` },
    {
      hint:
        known.length > 0
          ? { ko: `있는 것: ${known.join(", ")}`, en: `there are: ${known.join(", ")}` }
          : {
              ko: "먼저 만드세요: layerbook build -t NAME PATH",
              en: "make one first: layerbook build -t NAME PATH",
            },
    },
  );
}

function mustBeEmpty(target: string): void {
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new CliError(
      "LB_OUTPUT_EXISTS",
      { ko: `${target} 폴더가 비어 있지 않습니다.`, en: `${target} is not empty` },
      { hint: { ko: "다른 폴더를 고르거나 비우세요.", en: "choose another folder or empty it" } },
    );
  }
}

/** *files* with a line on standard error for each blob that is written, and a stop at Ctrl-C. */
function watched(files: readonly ArchiveFile[], io: CommandIo): ArchiveFile[] {
  const progress = new TransferProgress(io);
  return files.map((file) => ({
    ...file,
    async *pieces() {
      const label = file.path.startsWith("blobs/") ? shortDigest(file.path.split("/").at(-1)!) : file.path;
      let written = 0;
      for await (const piece of file.pieces()) {
        io.signal.throwIfAborted();
        written += piece.length;
        progress.move(label, written, file.size);
        yield piece;
      }
      const size = humanSize(file.size, 3);
      progress.done(label, { ko: `${size} 썼습니다`, en: `${size} written` });
    },
  }));
}
