/** `tar`: packing and unpacking inside the machine. */

import type { FileStat } from "../../platform/files";
import { readTar } from "../../filesystem";
import { bytesToString, encodeText, stringToBytes } from "../machine/bytes";
import type { Process, Task } from "../machine/process";
import { matches } from "../shell/pattern";
import { parseGroup, parsePasswd } from "../users";
import { gunzipText, gzipText } from "./archives";
import { smallFile } from "./attributes";
import { parseOptions, usage, type Options } from "./options";
import { asErrno, dirName, join, modeString } from "./paths";
import { formatTime } from "./time";

const TEXT = "c|x|t [-hvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [LONGOPT]... [FILE]...";
const LONG = {
  list: "t", extract: "x", get: "x", create: "c", file: "f", directory: "C", verbose: "v", gzip: "z", gunzip: "z", bzip2: "j", xz: "J", exclude: "@", "strip-components": "#",
  "no-same-owner": "o", "same-owner": "$", "no-same-permissions": "!", "same-permissions": "p", "preserve-permissions": "p", "to-stdout": "O", dereference: "h", "files-from": "T",
  "exclude-from": "X", "keep-old": "k", overwrite: "^", "numeric-owner": "&", touch: "m", "auto-compress": "a", owner: "~:", group: "~:", sort: "~:", mtime: "~:", "no-recursion": "%", transform: "~:", wildcards: "^", warning: "~:", "one-file-system": "^", append: "r",
}; // prettier-ignore

export function* tar(process: Process): Task<number> {
  // The old style without a dash: tar xzf file.
  const args = [...process.args];
  if (args[1] !== undefined && /^[ctxr][a-zA-Z]*$/.test(args[1])) {
    const letters = args[1];
    const rest = args.slice(2);
    const rebuilt: string[] = [];
    for (const letter of letters) {
      rebuilt.push("-" + letter);
      if ("fCTX".includes(letter)) rebuilt.push(rest.shift() ?? "");
    }
    process.args = [args[0] as string, ...rebuilt, ...rest];
  }
  const long = Object.fromEntries(Object.entries(LONG).map(([name, letter]) => [name, letter[0] as string]));
  const options = parseOptions(process, "txcrC:f:vzjJaohkOmpT:X:@:#:$!^&~:%S", long, TEXT);
  const kinds = [..."ctx"].filter((letter) => options.has(letter));
  if (kinds.length !== 1) {
    if (process.gnu)
      process.err("tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n");
    throw usage(process, TEXT);
  }
  const start = process.cwd;
  const file = options.value("f") ?? (process.gnu ? "-" : "-");
  try {
    for (const dir of options.values("C").slice(0, 1)) process.cwd = process.vfs.need(process, dir).path;
  } catch (error) {
    process.err(
      process.gnu
        ? `tar: ${options.value("C") ?? ""}: Cannot open: ${asErrno(error).message}\ntar: Error is not recoverable: exiting now\n`
        : `tar: can't change directory to '${options.value("C") ?? ""}': ${asErrno(error).message}\n`,
    );
    return process.gnu ? 2 : 1;
  }
  return options.has("c")
    ? yield* create(process, options, file, start)
    : yield* extract(process, options, file, start);
}

function excluded(options: Options, name: string): boolean {
  return options.values("@").some((pattern) => {
    const clean = pattern.replace(/\/+$/, "");
    return (
      matches(clean, name) ||
      matches(`*/${clean}`, name) ||
      matches(`${clean}/*`, name) ||
      matches(`*/${clean}/*`, name)
    );
  });
}

function* create(process: Process, options: Options, file: string, start: string): Task<number> {
  const names = [...options.rest];
  const from = options.value("T");
  if (from !== undefined)
    names.push(
      ...(from === "-" ? yield* process.readAll(0) : yield* process.readFile(from))
        .split("\n")
        .filter((line) => line !== ""),
    );
  if (names.length === 0) {
    process.err(
      process.gnu
        ? "tar: Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.\n"
        : "tar: empty archive\n",
    );
    return process.gnu ? 2 : 1;
  }
  const users = new Map(parsePasswd(smallFile(process, "/etc/passwd")).map((user) => [user.uid, user.name]));
  const groups = new Map(
    parseGroup(smallFile(process, "/etc/group")).map((group) => [group.gid, group.name]),
  );
  const blocks: string[] = [];
  const links = new Map<number, string>();
  let status = 0;
  let stripped = false;
  const add = (path: string): void => {
    if (excluded(options, path)) return;
    process.machine.meter.addCommands(1);
    let stat: FileStat;
    try {
      stat = process.vfs.stat(process, path, options.has("h"));
    } catch (error) {
      process.err(
        process.gnu
          ? `tar: ${path}: Cannot stat: ${asErrno(error).message}\n`
          : `tar: ${path}: ${asErrno(error).message}\n`,
      );
      status = process.gnu ? 2 : 1;
      return;
    }
    let name = path.replace(/^\/+/, "");
    const above = process.gnu ? null : /^(?:.*\/)?\.\.(?:\/|$)/.exec(name);
    if (above !== null) {
      name = name.slice(above[0].length);
      if (!stripped) process.err(`tar: removing leading '${above[0]}' from member names\n`);
      stripped = true;
    } else if (name !== path && !stripped) {
      stripped = true;
      process.err(
        process.gnu
          ? "tar: Removing leading `/' from member names\n"
          : "tar: removing leading '/' from member names\n",
      );
    }
    if (name === "") name = "./";
    if (stat.type === "dir" && !name.endsWith("/")) name += "/";
    if (options.has("v")) {
      const line = `${path}${stat.type === "dir" && !path.endsWith("/") ? "/" : ""}\n`;
      if (file === "-") process.err(line);
      else process.out(line);
    }
    if (stat.type === "socket") {
      process.err(`tar: ${path}: socket ignored\n`);
      return;
    }
    let link = stat.type === "symlink" ? encodeText(stat.linkname ?? "") : "";
    let type = { file: "0", symlink: "2", char: "3", block: "4", dir: "5", fifo: "6" }[stat.type];
    if (stat.type === "file" && stat.nlink > 1) {
      const first = links.get(stat.ino);
      if (first !== undefined) {
        type = "1";
        link = first;
      } else links.set(stat.ino, name);
    }
    let body = "";
    if (type === "0") {
      try {
        body = bytesToString(process.vfs.content(process, path).read());
        process.machine.meter.addBytes(body.length);
      } catch (error) {
        process.err(
          `tar: ${process.gnu ? `${path}: Cannot open` : `can't open '${path}'`}: ${asErrno(error).message}\n`,
        );
        status = process.gnu ? 2 : 1;
        return;
      }
    }
    for (const [text, kind] of [
      [name, "L"],
      [link, "K"],
    ] as const) {
      if (text.length > (kind === "L" ? 100 : 100) - (process.gnu ? 0 : 0))
        blocks.push(
          header(
            "././@LongLink",
            0o644,
            0,
            0,
            text.length + 1,
            0,
            kind,
            "",
            process.gnu ? "root" : "",
            process.gnu ? "root" : "",
          ),
          padded(text + "\0"),
        );
    }
    blocks.push(
      header(
        name,
        stat.mode,
        stat.uid,
        stat.gid,
        body.length,
        stat.mtime,
        type,
        link,
        users.get(stat.uid) ?? "",
        groups.get(stat.gid) ?? "",
        stat.devmajor,
        stat.devminor,
      ),
      padded(body),
    );
    if (stat.type === "dir" && !options.has("%"))
      for (const child of process.vfs.readdir(process, path)) add(join(path, child));
  };
  for (const name of names) add(name);
  let archive = blocks.join("");
  archive += "\0".repeat(1024);
  if (process.gnu) archive += "\0".repeat((10240 - (archive.length % 10240)) % 10240);
  if (options.has("z") || (options.has("a") && /\.t?gz$/.test(file))) archive = gzipText(archive, "", 0);
  if (file === "-") process.out(archive);
  else {
    const inner = process.cwd;
    process.cwd = start;
    try {
      process.vfs.writeContent(process, file, archive);
    } catch (error) {
      process.err(
        process.gnu
          ? `tar: ${file}: Cannot open: ${asErrno(error).message}\n`
          : `tar: can't open '${file}': ${asErrno(error).message}\n`,
      );
      return process.gnu ? 2 : 1;
    } finally {
      process.cwd = inner;
    }
  }
  if (status !== 0)
    process.err(
      process.gnu
        ? "tar: Exiting with failure status due to previous errors\n"
        : "tar: error exit delayed from previous errors\n",
    );
  return status;
}

function padded(body: string): string {
  return body + "\0".repeat((512 - (body.length % 512)) % 512);
}

function header(
  name: string,
  mode: number,
  uid: number,
  gid: number,
  size: number,
  mtime: number,
  type: string,
  link: string,
  user: string,
  group: string,
  major?: number,
  minor?: number,
): string {
  const octal = (value: number, width: number): string =>
    Math.floor(value)
      .toString(8)
      .padStart(width - 1, "0") + "\0";
  const field = (text: string, width: number): string => text.slice(0, width).padEnd(width, "\0");
  const device = type === "3" || type === "4" ? octal(major ?? 0, 8) + octal(minor ?? 0, 8) : "\0".repeat(16);
  const head =
    field(name, 100) +
    octal(mode & 0o7777, 8) +
    octal(uid, 8) +
    octal(gid, 8) +
    octal(size, 12) +
    octal(mtime, 12);
  const tail =
    type + field(link, 100) + "ustar  \0" + field(user, 32) + field(group, 32) + device + "\0".repeat(167);
  let sum = 32 * 8;
  for (const text of [head, tail]) for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i);
  return head + sum.toString(8).padStart(6, "0") + "\0 " + tail;
}

function* extract(process: Process, options: Options, file: string, start: string): Task<number> {
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
    process.err(encodeText("tar: this compression is not simulated / 이 압축 형식은 흉내 내지 않습니다\n"));
    return 1;
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
          late.push(() => finish(process, ".", entry, bits, options));
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
          late.push(() => finish(process, path, entry, entry.mode, options));
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

function parents(process: Process, path: string): void {
  const dir = dirName(path);
  if (dir === "." || dir === "/" || process.vfs.tryStat(process, dir) !== undefined) return;
  parents(process, dir);
  process.vfs.mkdir(process, dir, 0o777);
}

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
