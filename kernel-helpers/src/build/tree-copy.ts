/** Copies a directory as it is now into a tree of its own, contents unread. */

import { emptySnapshot } from "../filesystem";
import type { ReadableFileSystem, WritableFileSystem } from "../platform/files";

/** *files* with modes, times and links; what is neither file, folder nor link is left out. Contents are read when asked for. */
export function copyTree(files: ReadableFileSystem): WritableFileSystem {
  const tree = emptySnapshot().fork(0);
  const visit = (folder: string): void => {
    for (const name of files.readdir(folder === "" ? "/" : folder)) {
      const path = `${folder}/${name}`;
      const stat = files.lstat(path);
      if (!stat) continue;
      const { mode, uid, gid, mtime } = stat;
      if (stat.type === "dir") {
        tree.mkdir(path, { mode, uid, gid, mtime });
        visit(path);
        tree.utimes(path, mtime);
      } else if (stat.type === "file") tree.writeFile(path, files.readFile(path), { mode, uid, gid, mtime });
      else if (stat.type === "symlink") tree.symlink(files.readlink(path), path, { uid, gid, mtime });
    }
  };
  visit("");
  return tree;
}
