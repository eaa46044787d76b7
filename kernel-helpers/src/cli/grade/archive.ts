/** Reads archives and folders that others filled: nothing is unpacked to disk, every size is bounded, no path leads out. */

import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { unzipSync } from "fflate";

import { CliError } from "../cli-error";

/** What may be in one archive or folder; more is refused as a whole. Bytes are unpacked. */
export interface ArchiveLimits {
  readonly entries: number;
  readonly fileBytes: number;
  readonly totalBytes: number;
}

export const LIMITS: ArchiveLimits = {
  entries: 50_000,
  fileBytes: 32 * 1024 * 1024,
  totalBytes: 1024 * 1024 * 1024,
};

/** Files by path with `/`, in the order found. */
export type Files = Map<string, Uint8Array>;

/** Never part of a submission. */
const NOISE =
  /(^|\/)(__MACOSX|\.ipynb_checkpoints|\.layerbook|node_modules|\.git|kept)(\/|$)|(^|\/)(\.DS_Store|Thumbs\.db)$/;

/** Is *path* worth reading: a notebook, an archive, a file of some `app/`? */
const isWanted = (path: string): boolean => /\.(ipynb|zip)$/i.test(path) || /(^|\/)app\//.test(path);

/**
 * The wanted files of a ZIP archive. Throws CliError: `LB_ZIP_PATH` when any name would leave the folder it is unpacked in,
 * `LB_ZIP_SIZE` when it holds more than *limits*, `LB_ZIP` when it cannot be read. *label* names it in the sentences; *leftOut* is told
 * of files that are not wanted.
 */
export function readZip(
  bytes: Uint8Array,
  label: string,
  limits = LIMITS,
  leftOut: (path: string) => void = () => undefined,
): Files {
  let entries = 0;
  let total = 0;
  const names = new Map<string, string>();
  let unpacked: Record<string, Uint8Array>;
  try {
    unpacked = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const path = decodeName(name);
        if (++entries > limits.entries) throw tooLarge(label, `${limits.entries} files`);
        if (!isInside(path)) throw escapes(label, path);
        if (path.endsWith("/") || NOISE.test(path)) return false;
        if (!isWanted(path)) {
          leftOut(path);
          return false;
        }
        total += originalSize;
        if (originalSize > limits.fileBytes || total > limits.totalBytes)
          throw tooLarge(label, `${path}: ${originalSize} bytes, ${total} in all`);
        names.set(name, path);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      "LB_ZIP",
      {
        ko: `${label}은(는) 읽을 수 있는 ZIP 파일이 아닙니다(${(error as Error).message}).`,
        en: `${label} is no ZIP file that can be read (${(error as Error).message})`,
      },
      { cause: error },
    );
  }
  return new Map(Object.entries(unpacked).map(([name, data]) => [names.get(name) ?? name, data]));
}

/** The wanted files below *folder*, with the same limits; links are not followed. *leftOut* is told of other files. */
export function readFolder(
  folder: string,
  limits = LIMITS,
  leftOut: (path: string) => void = () => undefined,
): Files {
  const files: Files = new Map();
  let entries = 0;
  let total = 0;
  const visit = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (++entries > limits.entries) throw tooLarge(folder, `${limits.entries} files`);
      if (NOISE.test(path)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && !isWanted(path)) leftOut(path);
      else if (entry.isFile()) {
        const { size } = lstatSync(join(folder, path));
        total += size;
        if (size > limits.fileBytes || total > limits.totalBytes)
          throw tooLarge(folder, `${path}: ${size} bytes, ${total} in all`);
        files.set(path, readFileSync(join(folder, path)));
      }
    }
  };
  visit("");
  return files;
}

/** fflate reads names without the UTF-8 mark as Latin-1; Korean Windows wrote them in CP949, macOS in UTF-8 without saying so. */
function decodeName(name: string): string {
  if (!/[\u0080-\u00ff]/.test(name) || /[^\u0000-\u00ff]/.test(name)) return name;
  const bytes = Uint8Array.from(name, (char) => char.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("euc-kr").decode(bytes);
  }
}

/** Does *path* stay below the folder it is unpacked in, on every system? */
function isInside(path: string): boolean {
  return (
    path !== "" &&
    !/^([/\\]|[A-Za-z]:)/.test(path) &&
    !/[\0\\]/.test(path) &&
    !path.split("/").some((part) => part === "..")
  );
}

const escapes = (label: string, path: string): CliError =>
  new CliError(
    "LB_ZIP_PATH",
    {
      ko: `${label} 안의 \`${path}\`는 압축을 푸는 폴더를 벗어납니다. 이 파일은 아무것도 읽지 않았습니다.`,
      en: `${path} in ${label} leads out of the folder it is unpacked in; nothing of the file was read`,
    },
    { hint: { ko: "누가 만든 파일인지 확인하세요.", en: "find out who made the file" } },
  );

const tooLarge = (label: string, what: string): CliError =>
  new CliError("LB_ZIP_SIZE", {
    ko: `${label}이(가) 너무 큽니다: ${what}. 제출물의 한도는 파일 하나 32 MiB, 모두 1 GiB, 5만 개입니다.`,
    en: `${label} is too large: ${what}; the limits are 32 MiB for a file, 1 GiB and 50,000 files in all`,
  });
