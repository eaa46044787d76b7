/** The keys of a store as empty files in folders: to list those of one kind is to read one folder, however large the store is. */

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Dirent,
} from "node:fs";
import { dirname, join } from "node:path";

/** The names below *folder*, `<store>/keys`. A name is added after its value and taken away before it. */
export class KeyNames {
  constructor(private readonly folder: string) {}

  /** Is there a list at all? A store that an older version has written has none. */
  get exists(): boolean {
    return existsSync(this.folder);
  }

  /** Makes the list: of nothing, or of *keys* at once. */
  create(keys: readonly string[]): void {
    if (keys.length === 0) {
      mkdirSync(this.folder, { recursive: true });
      return;
    }
    const fresh = `${this.folder}.${process.pid}`;
    const names = new KeyNames(fresh);
    for (const key of keys) names.add(key);
    try {
      renameSync(fresh, this.folder);
    } catch {
      // Another process was quicker.
      rmSync(fresh, { recursive: true, force: true });
    }
  }

  add(key: string): void {
    const path = this.pathOf(key);
    try {
      closeSync(openSync(path, "a"));
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ENOENT") throw error;
      mkdirSync(dirname(path), { recursive: true });
      closeSync(openSync(path, "a"));
    }
  }

  remove(key: string): void {
    rmSync(this.pathOf(key), { force: true });
  }

  /** The keys that begin with *prefix*, sorted by code unit. */
  list(prefix: string): string[] {
    const found: string[] = [];
    const slash = prefix.lastIndexOf("/") + 1;
    const visit = (folder: string, before: string): void => {
      for (const entry of entriesOf(folder)) {
        if (entry.isDirectory())
          visit(join(folder, entry.name), `${before}${decoded(entry.name.slice(0, -1))}/`);
        else if ((before + decoded(entry.name)).startsWith(prefix)) found.push(before + decoded(entry.name));
      }
    };
    visit(join(this.folder, ...folders(prefix.slice(0, slash))), prefix.slice(0, slash));
    return found.sort();
  }

  private pathOf(key: string): string {
    const slash = key.lastIndexOf("/") + 1;
    return join(this.folder, ...folders(key.slice(0, slash)), encoded(key.slice(slash)));
  }
}

/** The folders of `a/b/`: their names end in a comma, which no file's does. */
function folders(path: string): string[] {
  return path
    .split("/")
    .slice(0, -1)
    .map((part) => `${encoded(part)},`);
}

/** A name that every file system takes: other characters as `%XX`; the empty name as `%`. */
function encoded(part: string): string {
  if (part === "") return "%";
  return encodeURIComponent(part).replace(/[*'()!~.]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

function decoded(name: string): string {
  return name === "%" ? "" : decodeURIComponent(name);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}
