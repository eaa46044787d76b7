/** `tar x` and `tar t`: an archive to files of the machine, or to a list. */

import type { FileStat } from "../../../platform/files";
import { readTar } from "../../../filesystem";
import { bytesToString, encodeText, stringToBytes } from "../../machine/bytes";
import type { Process, Task } from "../../machine/process";
import { matches } from "../../shell/pattern";
import { parseGroup, parsePasswd } from "../../users";
import { unpackedText } from "../decompress";
import { gunzipText } from "../gzip-text";
import { smallFile } from "../attributes";
import type { Options } from "../options";
import { asErrno, dirName, modeString } from "../paths";
import { formatTime } from "../time";
import { excluded } from "./exclude";

/** `tar x` and `tar t`: reads *file*, named from *start*, and unpacks or lists it. */
export function* extract(process: Process, options: Options, file: string, start: string): Task<number> {
  let text: string;
  const inner = process.cwd;
  process.cwd = start;
  try {
    text = file === "-" ? yield* process.readAll(0) : yield* process.readFile(file);
  } catch (error) {
    process.err(
      process.gnu
        ? `tar: ${file}: Cannot open: ${asErrno(error).message}\ntar: Error is not recoverable: exiting now\n`
        : `tar: can't open '${file}': ${asErrno(error).message}\n`,
    );
    return process.gnu ? 2 : 1;
  }
  process.cwd = inner;
  if (text.startsWith("\x1f\x8b")) text = gunzipText(text) ?? "";
  else if (options.has("z")) {
    process.err(
      process.gnu
        ? "\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n"
        : "tar: invalid magic\ntar: short read\n",
    );
    return process.gnu ? 2 : 1;
  } else if (/^(BZh|\xfd7zXZ)/.test(text)) {
    // busybox unpacks only what it is told to.
    const isKnown = process.gnu || options.has("a") || options.has(text.startsWith("BZh") ? "j" : "J");
    const plain = isKnown ? unpackedText(text) : undefined;
    if (plain === undefined) {
      if (isKnown && !process.gnu) process.err("tar: corrupted data\n");
      process.err(
        process.gnu
          ? "tar: Child returned status 1\ntar: Error is not recoverable: exiting now\n"
          : "tar: short read\n",
      );
      return process.gnu ? 2 : 1;
    }
    text = plain;
  }
  const strip = Number(options.value("#") ?? 0);
  const wanted = options.rest.map((name) => name.replace(/\/+$/, ""));
  const found = new Set<string>();
  const { vfs } = process;
  const late: (() => void)[] = [];
  let status = 0;
  const complain = (name: string, error: unknown): void => {
    process.err(
      process.gnu
        ? `tar: ${name}: Cannot open: ${asErrno(error).message}\n`
        : `tar: can't open '${name}': ${asErrno(error).message}\n`,
    );
    status = process.gnu ? 2 : 1;
  };
  try {
    for (const entry of readTar(stringToBytes(text))) {
      process.machine.meter.addCommands(1);
      const raw = encodeText(entry.name);
      const shown = entry.type === "dir" && !raw.endsWith("/") ? raw + "/" : raw;
      const plain = raw.replace(/\/+$/, "");
      if (excluded(options, plain)) continue;
      if (wanted.length > 0) {
        const hit = wanted.find(
          (name) =>
            plain === name || plain.startsWith(name + "/") || (options.has("^") && matches(name, plain)),
        );
        if (hit === undefined) continue;
        found.add(hit);
      }
      if (options.has("t")) {
        process.out(options.has("v") ? listing(process, entry, shown) : shown + "\n");
        continue;
      }
      if (options.has("v")) process.out(shown + "\n");
      const parts = plain.split("/").filter((part) => part !== "" && part !== ".");
      if (parts.includes("..")) continue;
      const path = parts.slice(strip).join("/");
      if (path === "") {
        if (entry.type === "dir" && strip === 0) {
          const bits = entry.mode;
          if (process.gnu) late.push(() => finish(process, ".", entry, bits, options));
          else finish(process, ".", entry, bits, options);
        }
        continue;
      }
      try {
        if (options.has("O")) {
          if (entry.type === "file") process.out(bytesToString(entry.content?.read() ?? new Uint8Array()));
          continue;
        }
        parents(process, path);
        const there = vfs.tryStat(process, path, false);
        if (entry.type === "dir") {
          if (there?.type !== "dir") {
            if (there !== undefined) vfs.unlink(process, path);
            vfs.mkdir(process, path, 0o700);
          }
          // busybox gives a directory its time at once, so what follows in it changes that again; GNU's waits.
          if (process.gnu) late.push(() => finish(process, path, entry, entry.mode, options));
          else finish(process, path, entry, entry.mode, options);
          continue;
        }
        if (there !== undefined) {
          if (options.has("k")) continue;
          if (there.type === "dir") vfs.rmdir(process, path);
          else vfs.unlink(process, path);
        }
        if (entry.type === "hardlink") {
          const target = encodeText(entry.linkname ?? "")
            .split("/")
            .filter((part) => part !== "" && part !== ".")
            .slice(strip)
            .join("/");
          vfs.link(process, target, path);
          continue;
        }
        if (entry.type === "symlink") {
          vfs.symlink(process, encodeText(entry.linkname ?? ""), path);
        } else if (entry.type === "file") {
          vfs.writeContent(process, path, entry.content ?? { size: 0, read: () => new Uint8Array() }, 0o600);
          process.machine.meter.addBytes(entry.content?.size ?? 0);
        } else if (entry.type === "char" || entry.type === "block" || entry.type === "fifo") {
          vfs.mknod(process, path, entry.type, entry.mode, entry.devmajor, entry.devminor);
        }
        finish(process, path, entry, entry.mode, options);
      } catch (error) {
        complain(raw, error);
      }
    }
  } catch (error) {
    if ((error as { name?: string }).name !== "TarError") throw error;
    process.err(
      process.gnu
        ? "tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n"
        : text.length < 512
          ? "tar: short read\n"
          : "tar: invalid tar magic\n",
    );
    return process.gnu ? 2 : 1;
  }
  for (const action of late.reverse()) action();
  for (const name of wanted) {
    if (found.has(name)) continue;
    process.err(
      process.gnu ? `tar: ${name}: Not found in archive\n` : `tar: ${name}: not found in archive\n`,
    );
    status = process.gnu ? 2 : 1;
  }
  if (status !== 0 && process.gnu) process.err("tar: Exiting with failure status due to previous errors\n");
  return status;
}

/** Makes the directories that *path* lies in. */
function parents(process: Process, path: string): void {
  const dir = dirName(path);
  if (dir === "." || dir === "/" || process.vfs.tryStat(process, dir) !== undefined) return;
  parents(process, dir);
  process.vfs.mkdir(process, dir, 0o777);
}

/** Owner, mode and time of what was unpacked. */
function finish(
  process: Process,
  path: string,
  entry: { type: string; uid: number; gid: number; mtime: number; mode: number },
  mode: number,
  options: Options,
): void {
  const { vfs } = process;
  // busybox leaves links as they are made.
  if (entry.type === "symlink" && !process.gnu) return;
  try {
    if (process.cred.uid === 0 && !options.has("o")) vfs.chown(process, path, entry.uid, entry.gid, false);
    if (entry.type !== "symlink")
      vfs.chmod(process, path, process.cred.uid === 0 || options.has("p") ? mode : mode & ~process.umask);
    if (!options.has("m")) vfs.utimes(process, path, entry.mtime, false);
  } catch (error) {
    asErrno(error);
  }
}

/** One line of `tar tv`. */
function listing(
  process: Process,
  entry: {
    type: string;
    mode: number;
    uid: number;
    gid: number;
    mtime: number;
    linkname?: string;
    content?: { size: number };
    uname?: string;
    gname?: string;
  },
  shown: string,
): string {
  const users = parsePasswd(smallFile(process, "/etc/passwd"));
  const groups = parseGroup(smallFile(process, "/etc/group"));
  const user = entry.uname || users.find((one) => one.uid === entry.uid)?.name || String(entry.uid);
  const group = entry.gname || groups.find((one) => one.gid === entry.gid)?.name || String(entry.gid);
  const type = entry.type === "hardlink" ? "file" : entry.type;
  const link =
    entry.type === "symlink"
      ? ` -> ${encodeText(entry.linkname ?? "")}`
      : entry.type === "hardlink"
        ? ` ${process.gnu ? "link to" : "->"} ${encodeText(entry.linkname ?? "")}`
        : "";
  const mode = modeString({ type: type as FileStat["type"], mode: entry.mode });
  const size = String(entry.content?.size ?? 0);
  if (process.gnu)
    return `${mode} ${user}/${group} ${size.padStart(Math.max(1, 19 - `${user}/${group}`.length - 1))} ${formatTime("%Y-%m-%d %H:%M", entry.mtime)} ${shown}${link}\n`;
  return `${mode} ${user}/${group} ${size.padStart(9)} ${formatTime("%Y-%m-%d %H:%M:%S", entry.mtime)} ${shown}${link}\n`;
}
