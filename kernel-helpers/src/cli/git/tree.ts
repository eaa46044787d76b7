/** The files of a repository at one commit and then the next, as a build context: names, modes, sizes and blob ids; contents only where they matter. */

import { MemoryContext } from "../../build/lab-context";
import { emptySnapshot } from "../../filesystem";
import { FileSystemError, type WritableFileSystem } from "../../platform/files";
import { CliError } from "../cli-error";
import { git } from "./git";
import type { Change, Commit } from "./history";

const MODE = { link: "120000", module: "160000", script: "100755", gone: "000000" } as const;
/** Files that the graph is made from are read; of all others the blob's id says whether they are the same. */
const READ = /(^|\/)([^/]*dockerfile[^/]*|[^/]*\.dockerignore)$/i;

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

/** The tree of one directory, brought from commit to commit. */
export class GitTree {
  private readonly tree: WritableFileSystem = emptySnapshot(0).fork(0);
  private readonly sizes = new Map<string, number>();
  private readonly texts = new Map<string, Uint8Array>();
  /** Later states have later times: a client sends what has another time. */
  private time = 1;
  readonly modules = new Set<string>();

  private constructor(
    private readonly directory: string,
    private readonly signal: AbortSignal | undefined,
    private readonly dockerfile: string,
  ) {}

  /** The tree of *commit* ("" for the empty tree before the first one) below *prefix*. *later*: the commits that will be applied, whose blobs are looked at in one go. */
  static async open(
    directory: string,
    {
      commit,
      prefix,
      dockerfile,
    }: { readonly commit: string; readonly prefix: string; readonly dockerfile: string },
    later: readonly Commit[],
    signal?: AbortSignal,
  ): Promise<GitTree> {
    const self = new GitTree(directory, signal, dockerfile);
    const entries = commit === "" ? [] : await self.list(commit, prefix);
    const changes = later.flatMap(({ changes }) => changes);
    await self.look([...entries, ...changes]);
    for (const entry of entries) self.put(entry);
    return self;
  }

  /** Applies what *commit* changed. Removals first: a file may become a folder. */
  apply({ changes }: Commit): void {
    this.time++;
    for (const change of changes) if (change.mode === MODE.gone) this.remove(change.path);
    for (const change of changes) if (change.mode !== MODE.gone) this.put(change);
  }

  /** Something that is another one at every commit and is in no commit: `.git`. */
  stamp(path: string, id: string): void {
    this.write(path, 0o644, 41, `git ${id}`);
  }

  has(path: string): boolean {
    return this.tree.lstat(`/${path}`) !== undefined;
  }

  /** The files as they are now. */
  context(): MemoryContext {
    return new MemoryContext(() => this.time, 0, this.time, this.tree.snapshot().fork(0));
  }

  private async list(commit: string, prefix: string): Promise<Entry[]> {
    const out = await git(
      this.directory,
      ["ls-tree", "-r", "-z", "--full-tree", `${commit}:${prefix.replace(/\/$/, "")}`],
      { ...(this.signal && { signal: this.signal }) },
    );
    return out
      .toString("utf8")
      .split("\0")
      .flatMap((line): Entry[] => {
        const tab = line.indexOf("\t");
        if (tab < 0) return [];
        const [mode = "", , blob = ""] = line.slice(0, tab).split(" ");
        return [{ path: line.slice(tab + 1), mode, blob }];
      });
  }

  /** Sizes of all blobs; contents of links and of what the graph is made from. */
  private async look(entries: readonly Entry[]): Promise<void> {
    const blobs = entries.filter(({ mode }) => mode !== MODE.module && mode !== MODE.gone);
    const ids = [...new Set(blobs.map(({ blob }) => blob))];
    const sizes = await this.ask("--batch-check=%(objectname) %(objectsize)", ids);
    for (const line of sizes.toString("utf8").split("\n")) {
      const [id = "", size = ""] = line.split(" ");
      if (/^\d+$/.test(size)) this.sizes.set(id, Number(size));
    }
    const missing = ids.find((id) => !this.sizes.has(id));
    if (missing !== undefined) {
      throw new CliError(
        "LB_GIT_MISSING",
        {
          ko: `저장소에 없는 객체가 있습니다: ${missing}`,
          en: `an object is missing in the repository: ${missing}`,
        },
        {
          hint: {
            ko: "git fetch로 가져온 다음 다시 실행하세요.",
            en: "fetch it (git fetch) and run this again",
          },
        },
      );
    }
    const wanted = [
      ...new Set(
        blobs
          .filter(({ path, mode }) => mode === MODE.link || READ.test(path) || path === this.dockerfile)
          .map(({ blob }) => blob),
      ),
    ];
    const bytes = await this.ask("--batch", wanted);
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) break;
      const [id = "", , size = "0"] = bytes.toString("latin1", at, end).split(" ");
      this.texts.set(id, bytes.subarray(end + 1, end + 1 + Number(size)));
      at = end + 2 + Number(size);
    }
  }

  private async ask(form: string, ids: readonly string[]): Promise<Buffer> {
    if (ids.length === 0) return Buffer.alloc(0);
    return git(this.directory, ["cat-file", form], {
      input: ids.map((id) => id + "\n").join(""),
      ...(this.signal && { signal: this.signal }),
    });
  }

  private put({ path, mode, blob }: Entry | Change): void {
    const text = this.texts.get(blob);
    if (mode === MODE.module) {
      this.modules.add(path);
      // A checkout has the files of that commit there; which they are is not in this repository.
      this.write(`${path}/.git`, 0o644, 41, `git ${blob}`);
    } else if (mode === MODE.link) {
      const target = new TextDecoder().decode(text ?? new Uint8Array());
      this.clear(path);
      this.tree.symlink(target, `/${path}`, { mtime: this.time });
    } else {
      this.write(path, mode === MODE.script ? 0o755 : 0o644, this.sizes.get(blob) ?? 0, `git ${blob}`, text);
    }
  }

  private write(path: string, mode: number, size: number, standIn: string, text?: Uint8Array): void {
    this.clear(path);
    const read = (): Uint8Array => {
      throw new Error(`LB_NO_CONTENT: ${path}`);
    };
    const content = text ?? { size, standIn, read };
    this.tree.writeFile(`/${path}`, content, { mode, uid: 0, gid: 0, mtime: this.time });
  }

  /** Makes place for *path*, and its folders. */
  private clear(path: string): void {
    if (this.tree.lstat(`/${path}`)) this.tree.remove(`/${path}`, { recursive: true });
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!path.includes("/")) return;
    let at = "";
    for (const part of folder.split("/")) {
      at += `/${part}`;
      const there = this.tree.lstat(at);
      if (there?.type === "dir") continue;
      if (there) this.tree.remove(at, { recursive: true });
      this.tree.mkdir(at, { mode: 0o755, uid: 0, gid: 0, mtime: 0 });
    }
  }

  /** git knows no empty folders. */
  private remove(path: string): void {
    try {
      this.tree.remove(`/${path}`, { recursive: true });
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
    }
    this.modules.delete(path);
    const parts = path.split("/").slice(0, -1);
    while (parts.length > 0) {
      const folder = `/${parts.join("/")}`;
      if (this.tree.lstat(folder)?.type !== "dir" || this.tree.readdir(folder).length > 0) return;
      this.tree.remove(folder, { recursive: true });
      parts.pop();
    }
  }
}
