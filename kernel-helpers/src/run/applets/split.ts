/** `split`. */

import type { Program } from "../machine/exec";
import { parseSize } from "./length";
import { parseOptions } from "./options";
import { asErrno } from "./paths";
import { readInput } from "./text";

/** Cuts a file into pieces of so many lines or bytes. */
export const split: Program = function* (process) {
  const options = parseOptions(
    process,
    "a:b:l:dn:",
    { lines: "l", bytes: "b", "suffix-length": "a", "numeric-suffixes": "d" },
    "[OPTIONS] [INPUT [PREFIX]]",
  );
  const [name = "-", prefix = "x"] = options.rest;
  let text: string;
  try {
    text = yield* readInput(process, name);
  } catch (error) {
    process.err(
      process.gnu
        ? `split: cannot open '${name}' for reading: ${asErrno(error).message}\n`
        : `split: can't open '${name}': ${asErrno(error).message}\n`,
    );
    return 1;
  }
  const pieces: string[] = [];
  if (options.has("b")) {
    const size = parseSize(options.value("b") ?? "") ?? 1;
    for (let i = 0; i < text.length; i += size) pieces.push(text.slice(i, i + size));
  } else {
    const size = Number(options.value("l") ?? 1000) || 1000;
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    for (let i = 0; i < lines.length; i += size) pieces.push(lines.slice(i, i + size).join(""));
  }
  const width = Number(options.value("a") ?? 2);
  for (const [i, piece] of pieces.entries()) {
    let suffix = "";
    for (let n = i, k = 0; k < width; k++) {
      suffix = (options.has("d") ? String(n % 10) : String.fromCharCode(97 + (n % 26))) + suffix;
      n = Math.floor(n / (options.has("d") ? 10 : 26));
    }
    process.vfs.writeContent(process, prefix + suffix, piece);
  }
  return 0;
};
