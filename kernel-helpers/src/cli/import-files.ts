/** Files of an import: an archive or a folder, read where it lies, and a place for what is unpacked of it. */

import { lstatSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";

import { type ImportLimits, IMPORT_LIMITS, type LayoutFiles, openArchive, type Spool } from "../image";
import type { Lab } from "../lab";
import { fileSource, nodePlatform } from "../platform/node";
import { CliError } from "./cli-error";
import { writePieces } from "./write-pieces";

/** What the command reads: unpacked bytes lie on the disk, so more is allowed than in memory. */
export const COMMAND_LIMITS: ImportLimits = { ...IMPORT_LIMITS, unpacked: 16 * 2 ** 30 };

/** A place for unpacked bytes: layers in the Lab's store, the rest in a folder that `close` removes. */
export function openSpool(lab: Lab, signal: AbortSignal): { readonly spool: Spool; close(): Promise<void> } {
  let folder: string | undefined;
  let files = 0;
  return {
    async spool(name, pieces) {
      if (name.startsWith("sha256:")) return lab.shelf.blobs.putTar(name, pieces);
      folder ??= mkdtempSync(join(tmpdir(), "layerbook-import-"));
      const path = join(folder, String(files++));
      await writePieces(path, pieces, signal);
      return fileSource(path);
    },
    async close() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      await lab.shelf.sweep(true);
    },
  };
}

/** The files of *path*. Throws CliError `LB_NO_FILE`; rejects with ImageTransferError. */
export async function openImportPath(path: string, spool: Spool, limits: ImportLimits): Promise<LayoutFiles> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new CliError("LB_NO_FILE", { ko: `${path}이(가) 없습니다.`, en: `${path} does not exist` });
  if (!stat.isDirectory()) return openArchive(nodePlatform, fileSource(path), { spool, limits });
  const root = realpathSync(path);
  return (inner) => {
    const full = join(root, inner);
    if (!lstatSync(full, { throwIfNoEntry: false })) return undefined;
    // A link must not show files from outside the folder.
    const real = realpathSync(full);
    return real.startsWith(root + sep) && statSync(real).isFile() ? fileSource(real) : undefined;
  };
}
