/** The gzip format on byte strings. */

import { deflateSync, gunzipSync } from "fflate";
import { bytesToString, stringToBytes } from "../machine/bytes";
import { crc32 } from "./sums";

/** The most bytes that are unpacked. */
const LIMIT = 512 * 1024 * 1024;

/** gzip's container around deflated bytes. The packing is fflate's: same contents as busybox's, not the same bytes. */
export function gzipText(text: string, name: string, mtime: number): string {
  const bytes = stringToBytes(text);
  const body = bytesToString(deflateSync(bytes, { level: 6 }));
  const le = (value: number): string =>
    String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
  const flags = name === "" ? 0 : 8;
  return `\x1f\x8b\x08${String.fromCharCode(flags)}${le(mtime)}\x00\x03${name === "" ? "" : name + "\0"}${body}${le(crc32(bytes))}${le(bytes.length)}`;
}

/** Undoes gzip (several members too); undefined when it is none. */
export function gunzipText(text: string): string | undefined {
  if (!text.startsWith("\x1f\x8b")) return undefined;
  const size =
    text.length >= 4
      ? (text.charCodeAt(text.length - 4) |
          (text.charCodeAt(text.length - 3) << 8) |
          (text.charCodeAt(text.length - 2) << 16)) +
        text.charCodeAt(text.length - 1) * 2 ** 24
      : 0;
  if (size > LIMIT) return undefined;
  try {
    return bytesToString(gunzipSync(stringToBytes(text)));
  } catch {
    return undefined;
  }
}
