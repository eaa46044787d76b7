/** Who a copied file belongs to (BuildKit solver/llbsolver/ops/user_linux.go). */

import type { Owner } from "../graph/types";
import type { ReadableFileSystem } from "../platform/files";
import { rootPath } from "./root-path";
import { FileOpError, lookAt } from "./syscalls";

/** A user and group by number. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** /etc/passwd of this size or more is refused, in bytes. */
const MAX_USER_FILE = 10 << 20;

/**
 * The numbers that `--chown` means: a number is user and group; a name is looked up in /etc/passwd or /etc/group of the file system
 * that *fileSystemOf* gives for an input. An unknown name is 0. Throws FileOpError when there is nothing to look in.
 */
export function resolveOwner(
  owner: Owner | undefined,
  fileSystemOf: (input: number) => ReadableFileSystem | undefined,
): UserIds | undefined {
  if (owner === undefined) return undefined;
  let uid = 0;
  let gid = 0;
  if (owner.user) {
    if ("id" in owner.user) uid = gid = owner.user.id;
    else {
      const fields = find(fileSystemOf(owner.user.input), "/etc/passwd", owner.user.name, "user");
      uid = toNumber(fields?.[2]);
      gid = toNumber(fields?.[3]);
    }
  }
  if (owner.group) {
    if ("id" in owner.group) gid = owner.group.id;
    else {
      const fields = find(fileSystemOf(owner.group.input), "/etc/group", owner.group.name, "group");
      if (fields) gid = toNumber(fields[2]);
    }
  }
  return { uid, gid };
}

/** The fields of the line of *name*. */
function find(
  fs: ReadableFileSystem | undefined,
  file: string,
  name: string,
  what: string,
): string[] | undefined {
  if (fs === undefined) throw new FileOpError(`invalid missing ${what} mount`);
  const path = rootPath(fs, file);
  const stat = lookAt(fs, path, "lstat");
  if (stat?.type !== "file") return undefined;
  if (stat.size > MAX_USER_FILE) throw new FileOpError(`"${file}" exceeds ${MAX_USER_FILE} bytes`);
  const text = new TextDecoder().decode(fs.readFile(path).read());
  for (const line of text.split("\n")) {
    const fields = line.trim().split(":");
    if (line.trim() !== "" && fields[0] === name) return fields;
  }
  return undefined;
}

/** Go's Atoi with its errors ignored. */
function toNumber(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : 0;
}
