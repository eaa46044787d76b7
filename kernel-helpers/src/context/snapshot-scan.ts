/** Which part of a snapshot was scanned for hashing, and how scanning fails (BuildKit cache/contenthash checksum.go scanPath, path.go). */

import { dirName, joinPath } from "../platform/paths";
import { ChecksumError, followIn, keyPath, MAX_LINKS, type RecordTree, type TreeRecord } from "./record-tree";

/**
 * A snapshot is scanned when a path is first asked for, starting at the directory of what it leads to. On the way a path that goes
 * through a file is refused with the system's words; once the tree is known, the same path is just not found.
 */
export class SnapshotScan {
  /** Directories that were scanned with all that is in them; "" is the root. */
  private readonly scanned: string[] = [];
  /** Links that were met on the way. */
  private readonly links = new Set<string>();

  constructor(private readonly tree: RecordTree) {}

  /** Makes sure that *path* (clean, "" for the root) can be looked up. Throws ChecksumError. */
  ensure(path: string, trailing: boolean): void {
    if (!this.tree.isScanned || this.scanned[0] === "") return;
    if (this.needed(path, trailing)) this.scan(path, trailing);
  }

  /** What is known so far. */
  private get(path: string): TreeRecord | undefined {
    const known =
      this.links.has(path) || this.scanned.some((dir) => path === dir || path.startsWith(dir + "/"));
    return known ? this.tree.get(path) : undefined;
  }

  private needed(path: string, trailing: boolean): boolean {
    let inKnownDir = false;
    const good: string[] = [];
    const { record } = followIn(
      (at) => this.get(at),
      path,
      trailing,
      (at, found) => {
        if (found) {
          inKnownDir = found.stat.type !== "symlink";
          good.push(at);
        } else inKnownDir = good.some((dir) => at === dir || at.startsWith(dir + "/"));
      },
    );
    return record === undefined && !inKnownDir;
  }

  private scan(path: string, trailing: boolean): void {
    const resolved = this.resolve(path, trailing);
    const dir = keyPath(dirName(resolved));
    if (dir === "") this.scanned.unshift("");
    else this.scanned.push(dir);
  }

  /** The path with its links followed on disk. */
  private resolve(path: string, trailing: boolean): string {
    let rest = path === "" ? "" : joinPath("/", path);
    let current = "/";
    let links = 0;
    while (rest !== "") {
      rest = rest.replace(/\/$/, "");
      const slash = rest.indexOf("/");
      const part = slash < 0 ? rest : rest.slice(0, slash);
      rest = slash < 0 ? "" : rest.slice(slash + 1);
      const next = joinPath("/", current, part);
      if (next === "/") {
        current = next;
        continue;
      }
      const record = this.lookOnDisk(next);
      if (record?.stat.type !== "symlink" || (!trailing && rest === "")) {
        current = next;
        continue;
      }
      if (++links > MAX_LINKS) throw new ChecksumError("too many links");
      this.links.add(next);
      const target = record.stat.linkname ?? "";
      rest = `${target}/${rest}`;
      if (target.startsWith("/")) current = "/";
    }
    return current;
  }

  private lookOnDisk(path: string): TreeRecord | undefined {
    const record = this.tree.get(path);
    if (record) return record;
    for (let dir = dirName(path); ; dir = dirName(dir)) {
      const above = this.tree.get(keyPath(dir));
      // The recordings show the place where the snapshot is mounted, another one each time.
      if (above && above.stat.type !== "dir")
        throw new ChecksumError(`lstat <root>/${path}: not a directory`);
      if (above) return undefined;
    }
  }
}
