/** `tar c`: files of the machine to an archive. */

import type { FileStat } from "../../../platform/files";
import { bytesToString, encodeText } from "../../machine/bytes";
import type { Process, Task } from "../../machine/process";
import { parseGroup, parsePasswd } from "../../users";
import { gzipText } from "../gzip-text";
import { smallFile } from "../attributes";
import type { Options } from "../options";
import { asErrno, join } from "../paths";
import { excluded } from "./exclude";

/** `tar c`: *options.rest* and what is below it, written to *file*; *start* is the directory that *file* is named from. */
export function* create(process: Process, options: Options, file: string, start: string): Task<number> {
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

/** *body* filled up to a whole number of blocks of 512 bytes. */
function padded(body: string): string {
  return body + "\0".repeat((512 - (body.length % 512)) % 512);
}

/** One header block in the format of old GNU tar (`ustar  `). */
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
