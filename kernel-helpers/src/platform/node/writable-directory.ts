/** A real directory that may be changed, with node:fs. */

import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";

import { HostReadError } from "../directory";
import type { WritableDirectory } from "../writable-directory";
import { openHostDirectory } from "./host-directory";

/** Opens *directory*. Throws HostReadError when it is no directory. */
export function openWritableDirectory(directory: string): WritableDirectory {
  const readable = openHostDirectory(directory);
  const { root } = readable;
  /** The full name, after its parents were made and found to lie inside. */
  const place = (path: string): string => {
    const full = join(root, path);
    let existing = dirname(full);
    while (!lstatSync(existing, { throwIfNoEntry: false })) existing = dirname(existing);
    const real = realpathSync(existing);
    if (real !== root && !real.startsWith(root + sep)) throw new HostReadError(full, "EACCES");
    mkdirSync(dirname(full), { recursive: true, mode: 0o755 });
    return full;
  };
  return {
    ...readable,
    write(path, data, mode) {
      const full = place(path);
      rmSync(full, { recursive: true, force: true });
      writeFileSync(full, data, { flag: "wx" });
      chmodSync(full, mode);
    },
    mkdir(path, mode) {
      const full = path === "" ? root : place(path);
      const there = lstatSync(full, { throwIfNoEntry: false });
      if (there && !there.isDirectory()) rmSync(full);
      if (!there?.isDirectory()) mkdirSync(full);
      chmodSync(full, mode);
    },
    symlink(target, path) {
      const full = place(path);
      rmSync(full, { recursive: true, force: true });
      symlinkSync(target, full);
    },
    remove: (path) => rmSync(place(path), { recursive: true, force: true }),
    rename(from, to) {
      const target = place(to);
      rmSync(target, { recursive: true, force: true });
      renameSync(place(from), target);
    },
    chmod: (path, mode) => chmodSync(path === "" ? root : place(path), mode),
    utimes: (path, mtime) => lutimesSync(path === "" ? root : place(path), mtime, mtime),
  };
}
