/** Writes pieces to a file that appears only when it is whole. */

import { renameSync, rmSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

import type { Pieces } from "../platform";
import { makeFolder } from "../platform/node/make-folder";

/** Small pieces are written together. Bytes. */
const CHUNK = 1 << 20;

/** Writes beside *target* first and renames: a broken-off command leaves no half file. Rejects with the signal's reason, and what *pieces* reject with. */
export async function writePieces(target: string, pieces: Pieces, signal: AbortSignal): Promise<void> {
  const partial = `${target}.partial-${process.pid}`;
  makeFolder(dirname(target));
  const file = await open(partial, "w");
  try {
    try {
      await writeAll(file, pieces, signal);
    } finally {
      await file.close();
    }
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

async function writeAll(file: FileHandle, pieces: Pieces, signal: AbortSignal): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  const write = async (bytes: Uint8Array): Promise<void> => {
    signal.throwIfAborted();
    await writing;
    writing = writeWhole(file, bytes);
    // Awaited before the next one; until then it must not count as unhandled.
    writing.catch(() => undefined);
  };
  let buffer = new Uint8Array(CHUNK);
  let filled = 0;
  const flush = async (): Promise<void> => {
    if (filled === 0) return;
    const full = buffer.subarray(0, filled);
    buffer = new Uint8Array(CHUNK);
    filled = 0;
    await write(full);
  };
  for await (const piece of pieces) {
    if (piece.length >= CHUNK / 2) {
      await flush();
      await write(piece);
      continue;
    }
    if (filled + piece.length > CHUNK) await flush();
    buffer.set(piece, filled);
    filled += piece.length;
  }
  await flush();
  await writing;
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
