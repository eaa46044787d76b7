/** The files of an archive that nobody vouches for: a tar, also packed with gzip or zstd, whose every path is checked. */

import { readTar, TarError } from "../filesystem";
import {
  type ByteSource,
  bytesSource,
  contentSource,
  gather,
  type Pieces,
  piecesOf,
  toSource,
} from "../platform/bytes";
import type { Platform } from "../platform/platform";
import { quoted, refusal, tooLarge } from "./import-refusal";
import { packingOf, unpackedPieces } from "./packing";

/** Bounds of an import. More is refused with `LB_ARCHIVE_LIMIT` before memory is taken for it. */
export interface ImportLimits {
  /** Bytes of one JSON document. */
  readonly document: number;
  /** Manifests of an archive, and of an index. */
  readonly manifests: number;
  /** Layers of an image. */
  readonly layers: number;
  /** Bytes of all layers unpacked, and of an archive that is itself compressed. */
  readonly unpacked: number;
  /** Entries of one tar. */
  readonly entries: number;
}

export const IMPORT_LIMITS: ImportLimits = {
  document: 4 * 2 ** 20,
  manifests: 64,
  layers: 512,
  unpacked: 2 ** 31 - 1,
  entries: 1_000_000,
};

/** Takes bytes as they are unpacked and gives them back to be read. *name*: the diffID of a layer, or `archive`. Nothing is kept when *pieces* reject. */
export type Spool = (name: string, pieces: Pieces) => Promise<ByteSource>;

/** Options of an import. *spool* default: memory. */
export interface ImportOptions {
  readonly limits?: ImportLimits;
  readonly spool?: Spool;
  readonly signal?: AbortSignal;
}

export const memorySpool: Spool = async (_name, pieces) => bytesSource(await gather(pieces));

/** The files of an archive by path; undefined when there is none. */
export type ArchiveFiles = (path: string) => ByteSource | undefined;

/**
 * The files of a tar (also packed with gzip or zstd), as `importImages` reads them. Throws ImageTransferError: `LB_ARCHIVE_TAR` (broken, truncated),
 * `LB_ARCHIVE_PATH` (a name that is absolute or has `..`), `LB_ARCHIVE_LIMIT`.
 */
export async function openArchive(
  platform: Platform,
  bytes: Uint8Array | ByteSource,
  { limits = IMPORT_LIMITS, spool = memorySpool }: ImportOptions = {},
): Promise<ArchiveFiles> {
  let tar = toSource(bytes);
  if (packingOf(tar) !== "none") {
    const unpacked = unpack(platform, tar, limits.unpacked, "the archive", "LB_ARCHIVE_TAR");
    tar = await spool("archive", unpacked);
  }
  const files = new Map<string, ByteSource>();
  const links = new Map<string, string>();
  try {
    for (const entry of readTar(tar, { entries: limits.entries })) {
      const path = safePath(entry.name);
      if (entry.type === "file") files.set(path, contentSource(entry.content!));
      else if (entry.type === "symlink") {
        // Old docker archives name a layer that occurs twice by a link: `../ID/layer.tar`.
        const folder = path.slice(0, path.lastIndexOf("/") + 1);
        links.set(path, linkTarget(folder, entry.linkname ?? ""));
      } else if (entry.type === "hardlink") links.set(path, safePath(entry.linkname ?? ""));
    }
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    const code = error.code === "LB_TAR_LIMIT" ? "LB_ARCHIVE_LIMIT" : "LB_ARCHIVE_TAR";
    throw refusal(
      code,
      `the archive is no usable tar: ${error.message}`,
      `쓸 수 없는 tar입니다: ${error.message}`,
      error,
    );
  }
  return (path) => {
    for (let hops = 0; hops < 8; hops++) {
      const file = files.get(path);
      const target = links.get(path);
      if (file || target === undefined) return file;
      path = target;
    }
    throw refusal("LB_ARCHIVE_PATH", `${path}: links without end`, `${path}: 링크가 끝없이 이어집니다`);
  };
}

export function safePath(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (name.startsWith("/") || parts.includes("..") || name.includes("\\")) {
    throw refusal(
      "LB_ARCHIVE_PATH",
      `${quoted(name)}: a path that leads out of the archive`,
      `${quoted(name)}: 아카이브 밖으로 나가는 경로입니다`,
    );
  }
  return parts.join("/");
}

function linkTarget(folder: string, target: string): string {
  if (target.startsWith("/")) return safePath(target);
  const parts: string[] = [];
  for (const part of (folder + target).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return safePath(target);
  }
  return parts.join("/");
}

/** Up to so many bytes unpacked the ratio is nobody's business. */
const FREE = 2 ** 30;
/** Real layers shrink to a fifth, logs to a twentieth; what gzip makes a thousandth of was made to fill a disk. */
const MOST_RATIO = 200;

/** *source* unpacked. Rejects with `LB_ARCHIVE_LIMIT` (more than *limit*, or a bomb) or *code*. */
export async function* unpack(
  platform: Platform,
  source: ByteSource,
  most: number,
  what: string,
  code: "LB_ARCHIVE_TAR" | "LB_ARCHIVE_LAYER",
): AsyncGenerator<Uint8Array> {
  const limit = Math.min(most, Math.max(FREE, MOST_RATIO * source.size));
  const packing = packingOf(source);
  try {
    yield* unpackedPieces(platform, piecesOf(source), packing, limit);
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(what, limit);
    throw refusal(
      code,
      `${what}: broken or truncated ${packing}`,
      `${what}: ${packing}이(가) 깨졌거나 잘렸습니다`,
      error,
    );
  }
}
