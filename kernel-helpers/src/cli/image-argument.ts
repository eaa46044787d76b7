/** `layerbook history|layers|waste IMAGE`: their options, and the image that IMAGE names. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { canonicalName } from "../build/store/image-shelf";
import type { BuiltImage } from "../build/types";
import { suggest } from "../dockerfile/suggest";
import { ImageTransferError } from "../image";
import type { Lab } from "../lab";
import { type ForeignImage, isArchive, type Leak, leaksOf, readForeignImage } from "../report";
import { CliError, usageError } from "./cli-error";
import { type OpenedImage, openImageFile, openPacked } from "./image-file";
import type { CommandIo } from "./io";
import { openLab } from "./open-lab";
import { checkedOptions } from "./options";
import { type TableForm, tableForm } from "./table-form";

export interface ImageArgument {
  readonly image: BuiltImage;
  readonly form: TableForm;
  /** The output of another tool that the image was read from: not all of it is known. */
  readonly foreign?: ForeignImage;
  /** What looks like a secret in it, as far as its files are known. */
  leaks(image: BuiltImage): Promise<Leak[]>;
  /** Values of the options named in *more*; `""` for a flag. */
  readonly given: ReadonlyMap<string, string>;
}

/** Reads *args* and finds the image: a file first, then a name in the store. *more*: further options of the command. Throws CliError. */
export async function readImageArgument(
  args: readonly string[],
  io: CommandIo,
  more: Readonly<Record<string, "string" | "boolean">> = {},
): Promise<ImageArgument> {
  const own = Object.entries(more).map(([name, type]) => [name, { type }] as const);
  const options = {
    table: { type: "string" },
    "cache-dir": { type: "string" },
    bases: { type: "string" },
    ...Object.fromEntries(own),
  } as const;
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options, allowPositionals: true, strict: true }),
    Object.keys(options),
  );
  const form = tableForm(values.table, "text");
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) {
    throw usageError("LB_ARGUMENTS", {
      ko: "이미지를 하나 적으세요: 빌드할 때 -t로 준 이름이나, docker save가 쓴 파일.",
      en: "name one image: the name given with -t, or a file of docker save",
    });
  }
  const { image, foreign, leaks } = await findImage(name, values["cache-dir"], io, values.bases);
  const given = new Map(
    Object.keys(more).flatMap((key) => {
      const value = (values as Record<string, string | boolean | undefined>)[key];
      return value === undefined ? [] : [[key, value === true ? "" : String(value)] as const];
    }),
  );
  return { image, form, given, leaks, ...(foreign && { foreign }) };
}

/** The image that *name* says: a file (docker save, OCI layout, or what docker history, docker image inspect or dive printed), `-`, or a name in the store. *bases*: where FROM was looked up. */
export async function findImage(
  name: string,
  cacheDir: string | undefined,
  io: CommandIo,
  bases?: string,
): Promise<Pick<ImageArgument, "image" | "foreign" | "leaks">> {
  const foreign = name === "-" ? readForeignImage(await io.stdin()) : foreignInFile(resolve(io.cwd, name));
  if (foreign) return { image: foreign.image, foreign, leaks: () => Promise.resolve([]) };
  if (name === "-")
    throw new CliError("LB_NOT_AN_IMAGE", {
      ko: "표준 입력이 docker history, docker image inspect, dive --json의 출력이 아닙니다.",
      en: "standard input is no output of docker history, docker image inspect or dive --json",
    });
  const file = openImageFile(resolve(io.cwd, name));
  if (!file) return storedImage(name, cacheDir, io, bases);
  return { image: file.image, leaks: (image) => Promise.resolve(leaksOf(image, file.contents)) };
}

/** Larger files are no output of these tools. */
const LARGEST_TEXT = 64 * 1024 * 1024;

function foreignInFile(path: string): ForeignImage | undefined {
  if (!existsSync(path)) return undefined;
  const stat = statSync(path);
  if (!stat.isFile() || stat.size > LARGEST_TEXT) return undefined;
  const bytes = readFileSync(path);
  if (isArchive(bytes)) return undefined;
  // PowerShell redirects as UTF-16.
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8").decode(bytes);
  return readForeignImage(text);
}

/** Says on standard error what *foreign* does not tell. */
export function sayUnknown(foreign: ForeignImage | undefined, io: CommandIo): void {
  for (const sentence of foreign?.unknown ?? []) io.err(`! ${sentence[io.locale]}\n`);
}

/** Of an image that came out of an archive the shelf keeps no file lists: they are read from its blobs. */
async function importedImage(lab: Lab, name: string, image: BuiltImage): Promise<OpenedImage | undefined> {
  if (image.unknownContents || image.layers.some(({ entries, fromBase }) => entries || !fromBase))
    return undefined;
  try {
    const packed = await lab.shelf.pack(canonicalName(name));
    return packed && (await openPacked(packed));
  } catch (error) {
    // A catalog image has no blobs.
    if (error instanceof ImageTransferError) return undefined;
    throw error;
  }
}

async function storedImage(
  name: string,
  cacheDir: string | undefined,
  io: CommandIo,
  bases: string | undefined,
): Promise<Pick<ImageArgument, "image" | "leaks">> {
  const lab = await openLab({ cacheDir, ...(bases !== undefined && { bases: resolve(io.cwd, bases) }) }, io);
  const { shelf } = lab;
  const image = await shelf.whole(canonicalName(name));
  if (image) {
    const opened = await importedImage(lab, name, image);
    if (opened)
      return { image: opened.image, leaks: (one) => Promise.resolve(leaksOf(one, opened.contents)) };
    return { image, leaks: (one) => lab.leaks(one) };
  }
  const names = shelf.all().map((one) => one.name.replace(/^docker\.io\/(library\/)?/, ""));
  const near = suggest(name, names);
  throw new CliError(
    "LB_NO_IMAGE",
    { ko: `그런 이름의 이미지도 파일도 없습니다: ${name}`, en: `no image and no file of this name: ${name}` },
    {
      hint:
        near === undefined
          ? {
              ko: "이름을 붙여 빌드하세요: layerbook build -t NAME .",
              en: "build one with a name: layerbook build -t NAME .",
            }
          : { ko: `혹시 이것입니까? ${near}`, en: `did you mean ${near}?` },
    },
  );
}
