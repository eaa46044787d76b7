/** `base64`: bytes to letters that every channel carries, and back. */

import type { Program } from "../machine/exec";
import { parseOptions } from "./options";
import { readInputs } from "./text";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** base64 of a byte string. */
function encodeBase64(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i);
    const b = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    const c = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
    const n = (a << 16) | (b << 8) | c;
    out +=
      ALPHABET[n >>> 18]! +
      ALPHABET[(n >>> 12) & 63]! +
      (i + 1 < text.length ? ALPHABET[(n >>> 6) & 63]! : "=") +
      (i + 2 < text.length ? ALPHABET[n & 63]! : "=");
  }
  return out;
}

/** Undoes base64; undefined when it is none. */
function decodeBase64(text: string): string | undefined {
  let out = "";
  let bits = 0;
  let count = 0;
  for (const char of text.replace(/\s/g, "")) {
    if (char === "=") break;
    const value = ALPHABET.indexOf(char);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >>> count) & 0xff);
    }
  }
  return out;
}

export const base64: Program = function* (process) {
  const options = parseOptions(
    process,
    "dw:i",
    { decode: "d", wrap: "w", "ignore-garbage": "i" },
    "[-d] [-w COL] [FILE]",
  );
  const text = yield* readInputs(process, options.rest.slice(0, 1));
  if (text === undefined) return 1;
  if (options.has("d")) {
    const decoded = decodeBase64(
      process.gnu && !options.has("i") ? text : text.replace(/[^A-Za-z0-9+/=]/g, ""),
    );
    if (decoded === undefined) {
      process.err(process.gnu ? "base64: invalid input\n" : "base64: truncated input\n");
      return 1;
    }
    process.out(decoded);
    return 0;
  }
  const encoded = encodeBase64(text);
  const width = Number(options.value("w") ?? 76);
  if (width === 0) process.out(encoded);
  else for (let i = 0; i < encoded.length; i += width) process.out(encoded.slice(i, i + width) + "\n");
  return 0;
};
