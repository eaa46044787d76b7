/** `bunzip2`, `bzcat`, `unxz`, `xzcat`, and `bzip2` and `xz` where they unpack; packing into these formats is not simulated. */

import { bunzip2, DecompressError, unxz } from "../../filesystem";
import { bytesToString, encodeText, stringToBytes } from "../machine/bytes";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { readInput } from "./text";

interface Format {
  readonly magic: string;
  readonly unpack: (bytes: Uint8Array, limit: number) => Uint8Array;
  /** Endings of names, and what is put in their place. */
  readonly suffixes: readonly (readonly [from: string, to: string])[];
}

const BZIP2: Format = {
  magic: "BZh",
  unpack: bunzip2,
  suffixes: [[".tbz2", ".tar"], [".tbz", ".tar"], [".bz2", ""]],
}; // prettier-ignore
const XZ: Format = {
  magic: "\xfd7zXZ\0",
  unpack: unxz,
  suffixes: [[".txz", ".tar"], [".xz", ""]],
}; // prettier-ignore

/** The most bytes that are unpacked. */
const LIMIT = 512 * 1024 * 1024;

/** The bytes of *text*, which is bzip2 or xz data; undefined for anything else, and for what is broken. */
export function unpackedText(text: string): string | undefined {
  const format = [BZIP2, XZ].find(({ magic }) => text.startsWith(magic));
  return format && unpack(format, text);
}

function unpack(format: Format, text: string): string | undefined {
  try {
    return bytesToString(format.unpack(stringToBytes(text), LIMIT));
  } catch (error) {
    if (error instanceof DecompressError) return undefined;
    throw error;
  }
}

/** The program, told by its name. */
export function* decompress(process: Process): Task<number> {
  const { name: program, gnu } = process;
  const format = program.includes("xz") ? XZ : BZIP2;
  const isCat = program.endsWith("cat");
  const options = parseOptions(
    process,
    "cfkdtqvze0123456789sT:",
    { stdout: "c", "to-stdout": "c", force: "f", keep: "k", decompress: "d", uncompress: "d", test: "t", quiet: "q", verbose: "v", compress: "z", extreme: "e", threads: "T" },
    "[-cfk] [FILE]...",
  ); // prettier-ignore
  if (
    !isCat &&
    !program.startsWith("un") &&
    program !== "bunzip2" &&
    !options.has("d") &&
    !options.has("t")
  ) {
    if (!gnu && format === XZ) throw usage(process, "-d [-cfk] [FILE]...");
    process.err(
      encodeText(`${program}: this compression is not simulated / 이 압축 형식은 흉내 내지 않습니다\n`),
    );
    return 1;
  }
  let status = 0;
  for (const name of options.rest.length === 0 ? ["-"] : options.rest) {
    try {
      if (!(yield* one(process, format, name, isCat || options.has("c"), options.has("t"), options)))
        status = 1;
    } catch (error) {
      process.err(`${program}: ${name}: ${asErrno(error).message}\n`);
      status = 1;
    }
  }
  return status;
}

function* one(
  process: Process,
  format: Format,
  name: string,
  toStdout: boolean,
  isTest: boolean,
  options: { has(letter: string): boolean },
): Task<boolean> {
  const { name: program, gnu, vfs } = process;
  const suffix = format.suffixes.find(([ending]) => name.endsWith(ending));
  const writes = name !== "-" && !toStdout && !isTest;
  const stat = name === "-" ? undefined : vfs.stat(process, name);
  if (writes && !suffix) {
    process.err(
      gnu && format === XZ
        ? `${program}: ${name}: Filename has an unknown suffix, skipping\n`
        : `${program}: ${name}: unknown suffix - ignored\n`,
    );
    return false;
  }
  const text = yield* readInput(process, name);
  const plain = text.startsWith(format.magic) ? unpack(format, text) : undefined;
  process.machine.work((plain?.length ?? 0) / 50_000);
  if (plain === undefined) {
    const isOther = !text.startsWith(format.magic);
    const shown = name === "-" ? "(stdin)" : name;
    if (!gnu) process.err(`${program}: ${isOther ? "invalid magic" : "corrupted data"}\n`);
    else if (format === XZ)
      process.err(
        `${program}: ${shown}: ${isOther ? "File format not recognized" : "Compressed data is corrupt"}\n`,
      );
    else process.err(`${program}: ${shown} ${isOther ? "is not a bzip2 file." : ": data integrity error"}\n`);
    return false;
  }
  if (isTest) return true;
  if (!writes) {
    process.out(plain);
    yield* process.room();
    return true;
  }
  const target = name.slice(0, name.length - suffix![0].length) + suffix![1];
  if (vfs.tryStat(process, target, false) !== undefined) {
    if (!options.has("f")) {
      process.err(
        gnu ? `${program}: ${target}: File exists\n` : `${program}: can't open '${target}': File exists\n`,
      );
      return false;
    }
    vfs.unlink(process, target);
  }
  vfs.writeContent(process, target, plain, 0o600);
  if (process.cred.uid === 0) vfs.chown(process, target, stat!.uid, stat!.gid);
  vfs.chmod(process, target, stat!.mode);
  vfs.utimes(process, target, stat!.mtime);
  if (!options.has("k")) vfs.unlink(process, name);
  return true;
}
