/** A file as a ByteSource. */

import { closeSync, openSync, readSync, statSync } from "node:fs";

import type { ByteSource } from "../bytes";
import { HostReadError } from "../directory";

/** Reads smaller than this are served out of a window of the file, so that a walk over many small files is one of few reads. */
const SMALL = 1 << 18;
const WINDOW = 1 << 20;

/** The file *path*, opened for each read: it may be removed meanwhile (then a read throws HostReadError). Throws HostReadError when there is none. */
export function fileSource(path: string): ByteSource {
  const { size } = guarded(path, () => statSync(path));
  let window: Uint8Array = new Uint8Array(0);
  let windowAt = 0;
  return {
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (wanted === 0) return new Uint8Array(0);
      if (wanted >= SMALL) return readAt(path, offset, wanted);
      if (offset < windowAt || offset + wanted > windowAt + window.length) {
        window = readAt(path, offset, Math.min(WINDOW, size - offset));
        windowAt = offset;
      }
      return window.slice(offset - windowAt, offset - windowAt + wanted);
    },
  };
}

function readAt(path: string, offset: number, length: number): Uint8Array {
  return guarded(path, () => {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      let at = 0;
      while (at < length) {
        const count = readSync(file, bytes, at, length - at, offset + at);
        if (count === 0) throw Object.assign(new Error("the file has become shorter"), { code: "EOF" });
        at += count;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  });
}

function guarded<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new HostReadError(path, String((error as { code?: unknown }).code ?? error));
  }
}
