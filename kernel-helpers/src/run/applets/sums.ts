/** Checksums: `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`, `sha3sum`, `cksum`, `crc32`, `sum`. */

import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { sha3_224 } from "@noble/hashes/sha3.js";
import { stringToBytes } from "../machine/bytes";
import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions } from "./options";
import { asErrno } from "./paths";
import { readInput } from "./text";

const HASHES: Readonly<Record<string, (data: Uint8Array) => Uint8Array>> = {
  md5sum: md5, sha1sum: sha1, sha224sum: sha224, sha256sum: sha256, sha384sum: sha384, sha512sum: sha512, sha3sum: sha3_224,
}; // prettier-ignore

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}

function* checksum(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "cswbtz",
    { check: "c", status: "s", warn: "w", binary: "b", text: "t" },
    "[-c[sw]] [FILE]...",
  );
  const hash = HASHES[process.name] ?? md5;
  const sum = function* (name: string): Task<string> {
    const text = yield* readInput(process, name);
    process.machine.work(text.length / 400_000);
    return hex(hash(stringToBytes(text)));
  };
  const names = options.rest.length === 0 ? ["-"] : options.rest;
  let status = 0;
  if (!options.has("c")) {
    for (const name of names) {
      try {
        process.out(`${yield* sum(name)}  ${name}\n`);
      } catch (error) {
        const failure = asErrno(error);
        process.err(
          process.gnu
            ? `${process.name}: ${name}: ${failure.message}\n`
            : `${process.name}: can't ${failure.code === "EISDIR" ? "read" : "open"} '${name}': ${failure.message}\n`,
        );
        status = 1;
      }
    }
    return status;
  }
  for (const list of names) {
    let text: string;
    try {
      text = yield* readInput(process, list);
    } catch (error) {
      process.err(
        process.gnu
          ? `${process.name}: ${list}: ${asErrno(error).message}\n`
          : `${process.name}: ${list}: ${asErrno(error).message}\n`,
      );
      return 1;
    }
    let failed = 0;
    let unreadable = 0;
    let read = 0;
    for (const line of text.split("\n")) {
      const match = /^([0-9a-fA-F]+) [ *](.+)$/.exec(line);
      if (match === null) {
        // busybox counts a line that it cannot read as one that does not match.
        if (!process.gnu && line !== "") {
          read++;
          failed++;
          status = 1;
        }
        continue;
      }
      read++;
      const [, want = "", name = ""] = match;
      let good = false;
      try {
        good = (yield* sum(name)) === want.toLowerCase();
      } catch (error) {
        unreadable++;
        if (!options.has("s"))
          process.err(
            process.gnu
              ? `${process.name}: ${name}: ${asErrno(error).message}\n`
              : `${process.name}: can't open '${name}': ${asErrno(error).message}\n`,
          );
        if (process.gnu) {
          if (!options.has("s")) process.out(`${name}: FAILED open or read\n`);
          status = 1;
          continue;
        }
      }
      if (!good) {
        failed++;
        status = 1;
      }
      if (!options.has("s")) process.out(`${name}: ${good ? "OK" : "FAILED"}\n`);
    }
    if (read === 0) {
      process.err(
        process.gnu
          ? `${process.name}: ${list}: no properly formatted checksum lines found\n`
          : `${process.name}: no checksum lines found\n`.replace(
              "no checksum lines found",
              `WARNING: no checksums found`,
            ),
      );
      return 1;
    }
    if (failed > 0 && !options.has("s")) {
      process.err(
        process.gnu
          ? `${process.name}: WARNING: ${failed} computed checksum${failed === 1 ? "" : "s"} did NOT match\n`
          : `${process.name}: WARNING: ${failed} of ${read} computed checksums did NOT match\n`,
      );
    }
    if (unreadable > 0 && process.gnu && !options.has("s"))
      process.err(
        `${process.name}: WARNING: ${unreadable} listed file${unreadable === 1 ? "" : "s"} could not be read\n`,
      );
  }
  return status;
}

let table: Uint32Array | undefined;

/** CRC-32 of zip and gzip. */
export function crc32(data: string | Uint8Array): number {
  if (table === undefined) {
    table = new Uint32Array(256);
    for (let n = 0; n < 256; n++) {
      let c = n;
      for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
      table[n] = c >>> 0;
    }
  }
  const bytes = typeof data === "string" ? stringToBytes(data) : data;
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const crc: Program = function* (process) {
  for (const name of process.args.slice(1))
    process.out(
      `${crc32(yield* readInput(process, name))
        .toString(16)
        .padStart(8, "0")} ${name}\n`,
    );
  return 0;
};

/** POSIX cksum. */
const cksum: Program = function* (process) {
  const names = process.args.slice(1);
  for (const name of names.length === 0 ? ["-"] : names) {
    const text = yield* readInput(process, name);
    let value = 0;
    const step = (byte: number): void => {
      value ^= byte << 24;
      for (let i = 0; i < 8; i++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    };
    for (let i = 0; i < text.length; i++) step(text.charCodeAt(i));
    for (let length = text.length; length > 0; length = Math.floor(length / 256)) step(length & 0xff);
    process.out(`${~value >>> 0} ${text.length}${name === "-" && names.length === 0 ? "" : ` ${name}`}\n`);
  }
  return 0;
};

export const sums: Readonly<Record<string, Program>> = {
  ...Object.fromEntries(Object.keys(HASHES).map((name) => [name, checksum])),
  crc32: crc,
  cksum,
};
