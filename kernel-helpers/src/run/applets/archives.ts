/** `tar`, `gzip` and what belongs to them, `unzip`; other compressions say that they are not here. */

import { inflateSync } from "fflate";
import { bytesToString, stringToBytes, encodeText } from "../machine/bytes";
import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { decompress } from "./decompress";
import { parseOptions, usage } from "./options";
import { asErrno, join } from "./paths";
import { tar } from "./tar/tar";
import { readInput } from "./text";
import { gzipText, gunzipText } from "./gzip-text";

/** `gzip`, `gunzip` and `zcat`, told by the name. */
function* gzip(process: Process): Task<number> {
  const unpack = process.name !== "gzip";
  const options = parseOptions(
    process,
    "cfkdtqvn123456789lrS:",
    {
      stdout: "c",
      force: "f",
      keep: "k",
      decompress: "d",
      uncompress: "d",
      test: "t",
      fast: "1",
      best: "9",
      verbose: "v",
      quiet: "q",
      "no-name": "n",
      "to-stdout": "c",
    },
    "[-cfkdt123456789] [FILE]...",
  );
  const decompress = unpack || options.has("d") || options.has("t");
  const toStdout = options.has("c") || process.name === "zcat";
  const names = options.rest.length === 0 ? ["-"] : options.rest;
  let status = 0;
  for (const given of names) {
    let name = given;
    try {
      if (
        decompress &&
        name !== "-" &&
        process.vfs.tryStat(process, name) === undefined &&
        process.vfs.tryStat(process, name + ".gz") !== undefined &&
        (process.gnu || process.name === "zcat")
      )
        name += ".gz";
      if (
        decompress &&
        !process.gnu &&
        name !== "-" &&
        !toStdout &&
        !options.has("t") &&
        !/\.(gz|tgz|z|Z)$/.test(name) &&
        process.vfs.tryStat(process, name) !== undefined
      ) {
        process.err(`${process.name}: ${name}: unknown suffix - ignored\n`);
        status = 1;
        continue;
      }
      const text = yield* readInput(process, name);
      const stat = name === "-" ? undefined : process.vfs.stat(process, name);
      if (decompress) {
        const plain = gunzipText(text);
        if (plain === undefined) {
          process.err(
            process.gnu
              ? `\ngzip: ${name === "-" ? "stdin" : name}: not in gzip format\n`
              : `${process.name}: invalid magic\n`,
          );
          status = 1;
          continue;
        }
        if (options.has("t")) continue;
        if (toStdout || name === "-") {
          process.out(plain);
          yield* process.room();
          continue;
        }
        if (!/\.(gz|tgz|z|Z)$/.test(name)) {
          process.err(
            process.gnu
              ? `gzip: ${name}: unknown suffix -- ignored\n`
              : `${process.name}: ${name}: unknown suffix - ignored\n`,
          );
          status = process.gnu ? 2 : 1;
          continue;
        }
        const target = name.replace(/\.tgz$/, ".tar").replace(/\.(gz|z|Z)$/, "");
        if (blocked(process, target, options.has("f"))) {
          status = 1;
          continue;
        }
        yield* put(process, name, target, plain, stat, options.has("k"));
      } else {
        const packed = gzipText(
          text,
          name === "-" || options.has("n") ? "" : (name.split("/").at(-1) ?? ""),
          name === "-" || options.has("n") ? 0 : (stat?.mtime ?? 0),
        );
        process.machine.work(text.length / 50_000);
        if (toStdout || name === "-") {
          process.out(packed);
          yield* process.room();
          continue;
        }
        if (name.endsWith(".gz")) {
          process.err(
            process.gnu
              ? `gzip: ${name} already has .gz suffix -- unchanged\n`
              : `gzip: ${name} already has .gz suffix\n`,
          );
          status = 1;
          continue;
        }
        if (blocked(process, `${name}.gz`, options.has("f"))) {
          status = 1;
          continue;
        }
        yield* put(process, name, `${name}.gz`, packed, stat, options.has("k"));
      }
    } catch (error) {
      const { message } = asErrno(error);
      process.err(process.gnu ? `gzip: ${name}: ${message}\n` : `${process.name}: ${given}: ${message}\n`);
      status = 1;
    }
  }
  return status;
}

/** Whether a file stands in the way; GNU's would ask, and gets no answer. */
function blocked(process: Process, path: string, force: boolean): boolean {
  if (force || process.vfs.tryStat(process, path, false) === undefined) return false;
  process.err(
    process.gnu
      ? `gzip: ${path} already exists;\tnot overwritten\n`
      : `${process.name}: can't open '${path}': File exists\n`,
  );
  return true;
}

function* put(
  process: Process,
  from: string,
  to: string,
  text: string,
  stat: { mode: number; uid: number; gid: number; mtime: number } | undefined,
  keep: boolean,
): Task {
  if (process.vfs.tryStat(process, to, false) !== undefined) process.vfs.unlink(process, to);
  process.vfs.writeContent(process, to, text, 0o600);
  if (stat !== undefined) {
    if (process.cred.uid === 0) process.vfs.chown(process, to, stat.uid, stat.gid);
    process.vfs.chmod(process, to, stat.mode);
    process.vfs.utimes(process, to, stat.mtime);
  }
  if (!keep) process.vfs.unlink(process, from);
}

/** Formats that cannot be read here, in words that say so. */
function unsupported(process: Process): number {
  process.err(
    encodeText(`${process.name}: this compression is not simulated / 이 압축 형식은 흉내 내지 않습니다\n`),
  );
  return 1;
}

const notHere: Program = function* (process) {
  yield* process.sleep(0);
  return unsupported(process);
};

/** `unzip`: a zip file unpacked or listed. */
const unzip: Program = function* (process) {
  const options = parseOptions(
    process,
    "lnojpqtd:x:",
    {},
    "[-lnojpq] FILE[.zip] [FILE]... [-x FILE]... [-d DIR]",
  );
  const [name, ...wanted] = options.rest;
  if (name === undefined) throw usage(process, "[-lnojpq] FILE[.zip] [FILE]... [-x FILE]... [-d DIR]");
  let text: string;
  try {
    text = yield* readInput(
      process,
      process.vfs.tryStat(process, name) === undefined && name !== "-" ? `${name}.zip` : name,
    );
  } catch (error) {
    process.err(
      process.gnu
        ? `unzip:  cannot find or open ${name}, ${name}.zip or ${name}.ZIP.\n`
        : `unzip: can't open ${name}[.zip]\n`,
    );
    asErrno(error);
    return process.gnu ? 9 : 1;
  }
  const u16 = (at: number): number => text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);
  const u32 = (at: number): number => u16(at) + u16(at + 2) * 65536;
  const end = text.lastIndexOf("PK\x05\x06");
  if (end < 0) {
    process.err("unzip: no local filename\n".replace("no local filename", "invalid zip magic"));
    return 1;
  }
  const dir = options.value("d") ?? "";
  process.out(options.has("q") || options.has("p") ? "" : `Archive:  ${name}\n`);
  let at = u32(end + 16);
  for (let i = 0; i < u16(end + 10) && text.startsWith("PK\x01\x02", at); i++) {
    const method = u16(at + 10);
    const size = u32(at + 20);
    const file = text.slice(at + 46, at + 46 + u16(at + 28));
    const attributes = u32(at + 38) >>> 16;
    const local = u32(at + 42);
    at += 46 + u16(at + 28) + u16(at + 30) + u16(at + 32);
    if (wanted.length > 0 && !wanted.includes(file)) continue;
    const clean = file.replace(/^\/+/, "");
    if (clean.split("/").includes("..")) continue;
    if (options.has("l")) {
      process.out(`${file}\n`);
      continue;
    }
    const path = join(dir, options.has("j") ? (clean.split("/").at(-1) ?? clean) : clean);
    if (file.endsWith("/")) {
      makeParents(process, path + "x");
      continue;
    }
    const start = local + 30 + u16(local + 26) + u16(local + 28);
    const raw = text.slice(start, start + size);
    const body = method === 0 ? raw : bytesToString(inflateSync(stringToBytes(raw)));
    if (options.has("p")) {
      process.out(body);
      continue;
    }
    makeParents(process, path);
    if (!options.has("q")) process.out(`  inflating: ${path}\n`);
    process.vfs.writeContent(process, path, body, attributes & 0o777 || 0o644);
  }
  return 0;
};

function makeParents(process: Process, path: string): void {
  const parts = path.split("/");
  for (let i = 1; i < parts.length; i++) {
    const dir = parts.slice(0, i).join("/");
    if (dir !== "" && process.vfs.tryStat(process, dir) === undefined) process.vfs.mkdir(process, dir);
  }
}

export const archives: Readonly<Record<string, Program>> = {
  tar, gzip, gunzip: gzip, zcat: gzip, unzip, bzip2: decompress, bunzip2: decompress, bzcat: decompress, xz: decompress, unxz: decompress, xzcat: decompress, lzma: notHere, unlzma: notHere, lzop: notHere, cpio: notHere, zip: notHere,
}; // prettier-ignore
