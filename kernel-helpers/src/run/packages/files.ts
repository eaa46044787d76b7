/** What the package managers share: reading and writing files as a program does, contents of known size, work that takes time. */

import { decodeText, encodeText } from "../machine/bytes";
import type { Process } from "../machine/process";
import type { Content } from "../../platform/files";

/** A file of which only the size is known; *standIn* names its contents in digests: equal for equal contents. */
export function knownSize(size: number, standIn: string): Content {
  return {
    size,
    standIn,
    read: () => {
      throw Object.assign(
        new Error(`LB_NO_CONTENT: ${standIn}: only its size is known / 크기만 알려진 파일입니다`),
        { code: "LB_NO_CONTENT" },
      );
    },
  };
}

/** *path* as seen from the process's directory. */
export function absolute(process: Process, path: string): string {
  return path.startsWith("/") ? path : `${decodeText(process.cwd).replace(/\/$/, "")}/${path}`;
}

/** The text of a file, or undefined when it is not there or has no known contents. */
export function readText(process: Process, path: string): string | undefined {
  try {
    const found = process.vfs.locate(process, encodeText(absolute(process, path)));
    if (found.stat?.type !== "file") return undefined;
    return new TextDecoder().decode(found.fs.readFile(found.inner).read());
  } catch {
    return undefined;
  }
}

/** Is there anything at *path*? */
export function exists(process: Process, path: string): boolean {
  return process.vfs.tryStat(process, encodeText(absolute(process, path))) !== undefined;
}

/** Makes *path* and its parents. Permissions are those of the process's user. Throws Errno. */
export function makeFolder(process: Process, path: string): void {
  const parts = absolute(process, path)
    .split("/")
    .filter((name) => name !== "");
  const upTo = (count: number): string => encodeText(`/${parts.slice(0, count).join("/")}`);
  // From below: most of the time all of it is there already.
  let there = parts.length;
  while (there > 0 && process.vfs.tryStat(process, upTo(there)) === undefined) there--;
  while (there++ < parts.length) process.vfs.mkdir(process, upTo(there), 0o777);
}

/** Writes a file: text, or contents of known size. Parents are made. Throws Errno. */
export function writeFile(process: Process, path: string, content: string | Content, mode = 0o644): void {
  const full = absolute(process, path);
  makeFolder(process, full.slice(0, full.lastIndexOf("/")) || "/");
  const handle = process.open(encodeText(full), { write: true, create: true, truncate: true, mode });
  try {
    if (typeof content === "string") handle.write(encodeText(content));
  } finally {
    handle.drop();
  }
  process.vfs.flush();
  if (typeof content === "string") return;
  const found = process.vfs.locate(process, encodeText(full));
  process.machine.meter.addBytes(0);
  const uid = process.cred.uid;
  const gid = process.cred.gid;
  found.fs.writeFile(found.inner, content, {
    mode: mode & ~process.umask,
    uid,
    gid,
  });
}

export { decodeText, encodeText };
