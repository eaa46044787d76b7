/** JupyterLab's files over the store: the same entries that kernels read and write, so nothing has to be kept in step. */

import { textOrBytes } from "../play/project";
import { type FileStore, type StoredEntry } from "../files/file-store";
import type { FetchOptions, FileChanged, Model, Signal } from "./jupyter";

/** Not shown: it is the kernels' own. */
const HIDDEN = /(^|\/)\.(layerbook|ipynb_checkpoints)(\/|$)/;

const MIMES: Readonly<Record<string, string>> = {
  ipynb: "application/x-ipynb+json",
  json: "application/json",
  js: "text/javascript",
  ts: "text/typescript",
  md: "text/markdown",
  html: "text/html",
  css: "text/css",
  py: "text/x-python",
  yaml: "text/yaml",
  yml: "text/yaml",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
};

const EMPTY_NOTEBOOK = {
  cells: [],
  metadata: {
    kernelspec: { display_name: "Layerbook (TypeScript)", language: "typescript", name: "layerbook" },
  },
  nbformat: 4,
  nbformat_minor: 5,
};

const clean = (path: string): string => path.replace(/^\/+|\/+$/g, "");
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const join = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);
const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

/** Implements `Contents.IDrive`. */
export class StoreDrive {
  /** The name that JupyterLite's session service expects of the default drive. */
  readonly name = "BrowserStorage";
  readonly isDisposed = false;
  readonly disposed: object;
  readonly fileChanged: Signal<FileChanged>;
  private readonly checkpoints = new Map<string, { readonly entry: StoredEntry; readonly at: string }>();

  /** *signal* makes signals: JupyterLab takes changes for those of the drive that is the sender. */
  constructor(
    private readonly store: FileStore,
    readonly serverSettings: object,
    signal: new (sender: object) => Signal<FileChanged>,
    readonly contentProviderRegistry: object,
  ) {
    this.fileChanged = new signal(this);
    this.disposed = new signal(this);
  }

  dispose(): void {
    // Lives as long as the page.
  }

  async get(given: string, options: FetchOptions = {}): Promise<Model> {
    const path = clean(given);
    if (path === "") return this.folder("", options.content !== false);
    const entry = await this.followed(path);
    if (entry === undefined) throw notFound(path);
    if (entry.kind === "folder") return this.folder(path, options.content !== false, entry);
    return fileModel(entry, path, options.content !== false, options);
  }

  async newUntitled(
    options: { readonly path?: string; readonly type?: string; readonly ext?: string } = {},
  ): Promise<Model> {
    const folder = clean(options.path ?? "");
    const type = options.type ?? "notebook";
    const [stem, ending] =
      type === "directory"
        ? ["새 폴더", ""]
        : type === "notebook"
          ? ["새 노트북", ".ipynb"]
          : ["새 파일", options.ext ?? ".txt"];
    const name = await this.freeName(
      folder,
      stem,
      ending.startsWith(".") || ending === "" ? ending : `.${ending}`,
    );
    const path = join(folder, name);
    if (type === "directory") await this.write(path, undefined);
    else
      await this.write(
        path,
        encode(type === "notebook" ? JSON.stringify(EMPTY_NOTEBOOK, null, 1) + "\n" : ""),
      );
    return this.tell("new", null, await this.get(path));
  }

  async save(given: string, options: Partial<Model> = {}): Promise<Model> {
    const path = clean(given);
    const { type, format, content } = options;
    if (type === "directory") await this.write(path, undefined);
    else if (format === "base64") await this.write(path, decodeBase64(String(content ?? "")));
    else if (format === "json" || type === "notebook")
      await this.write(path, encode(JSON.stringify(content, null, 1) + "\n"));
    else await this.write(path, encode(String(content ?? "")));
    return this.tell("save", null, await this.get(path, { content: false }));
  }

  async delete(given: string): Promise<void> {
    const path = clean(given);
    await this.store.apply([{ path, gone: true }]);
    this.fileChanged.emit({ type: "delete", oldValue: { path }, newValue: null });
  }

  async rename(from: string, to: string): Promise<Model> {
    const [old, next] = [clean(from), clean(to)];
    if ((await this.store.get(next)) !== undefined)
      throw new Error(`"${next}"라는 파일이나 폴더가 이미 있습니다. (It is already there.)`);
    const entry = await this.store.get(old);
    if (entry === undefined) throw notFound(old);
    const moved = [entry, ...(await this.store.below(old))];
    await this.store.apply([
      { path: old, gone: true },
      ...moved.map((one) => ({ ...one, path: next + one.path.slice(old.length) })),
    ]);
    return this.tell("rename", { path: old }, await this.get(next, { content: false }));
  }

  async copy(from: string, folder: string): Promise<Model> {
    const path = clean(from);
    const entry = await this.followed(path);
    if (entry === undefined) throw notFound(path);
    const [, stem = "", ending = ""] = /^(.+?)(\.[^.]*)?$/.exec(nameOf(path)) ?? [];
    const target = join(clean(folder), await this.freeName(clean(folder), `${stem} 사본`, ending));
    await this.write(target, entry.data ?? new Uint8Array(), entry.mode);
    return this.tell("new", null, await this.get(target, { content: false }));
  }

  async getDownloadUrl(given: string): Promise<string> {
    const entry = await this.followed(clean(given));
    if (entry === undefined) throw notFound(given);
    return URL.createObjectURL(new Blob([(entry.data ?? new Uint8Array()) as Uint8Array<ArrayBuffer>]));
  }

  async createCheckpoint(given: string): Promise<{ id: string; last_modified: string }> {
    const path = clean(given);
    const entry = await this.store.get(path);
    if (entry === undefined) throw notFound(path);
    const at = new Date().toISOString();
    this.checkpoints.set(path, { entry, at });
    return { id: "0", last_modified: at };
  }

  listCheckpoints(given: string): Promise<{ id: string; last_modified: string }[]> {
    const known = this.checkpoints.get(clean(given));
    return Promise.resolve(known === undefined ? [] : [{ id: "0", last_modified: known.at }]);
  }

  async restoreCheckpoint(given: string): Promise<void> {
    const known = this.checkpoints.get(clean(given));
    if (known !== undefined) await this.store.apply([known.entry]);
  }

  deleteCheckpoint(given: string): Promise<void> {
    this.checkpoints.delete(clean(given));
    return Promise.resolve();
  }

  /** Says that a kernel has changed files, so that the file list shows them. */
  async notify(written: readonly string[], gone: readonly string[]): Promise<void> {
    for (const path of gone)
      if (!HIDDEN.test(path)) this.fileChanged.emit({ type: "delete", oldValue: { path }, newValue: null });
    for (const path of written) {
      if (HIDDEN.test(path)) continue;
      const model = await this.get(path, { content: false }).catch(() => undefined);
      if (model !== undefined) this.tell("save", null, model);
    }
  }

  private tell(type: FileChanged["type"], oldValue: Partial<Model> | null, newValue: Model): Model {
    this.fileChanged.emit({ type, oldValue, newValue });
    return newValue;
  }

  private async write(path: string, data: Uint8Array | undefined, mode?: number): Promise<void> {
    const before = await this.store.get(path);
    const now = Date.now();
    await this.store.apply([
      {
        path,
        kind: data === undefined ? "folder" : "file",
        data,
        mode: mode ?? (before?.kind === "file" ? before.mode : data === undefined ? 0o755 : 0o644),
        modified: now,
        created: before?.created ?? now,
        changed: now,
      },
    ]);
  }

  /** The entry, one link followed that stays inside its folder. */
  private async followed(path: string): Promise<StoredEntry | undefined> {
    const entry = await this.store.get(path);
    if (entry?.kind !== "link") return entry;
    const target = entry.target ?? "";
    return target.startsWith("/") || target.includes("..")
      ? undefined
      : this.store.get(join(folderOf(path), target));
  }

  private async folder(path: string, content: boolean, entry?: StoredEntry): Promise<Model> {
    const below = content ? await this.store.below(path) : [];
    const depth = path === "" ? 0 : path.length + 1;
    const own = below.filter((one) => !one.path.slice(depth).includes("/") && !HIDDEN.test(one.path));
    return {
      name: nameOf(path),
      path,
      type: "directory",
      writable: true,
      created: time(entry?.created ?? 0),
      last_modified: time(entry?.modified ?? 0),
      mimetype: "",
      content: content ? own.map((one) => entryModel(one)) : null,
      format: content ? "json" : null,
    };
  }

  private async freeName(folder: string, stem: string, ending: string): Promise<string> {
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? "" : ` ${number}`}${ending}`;
      if ((await this.store.get(join(folder, name))) === undefined) return name;
    }
  }
}

function entryModel(entry: StoredEntry): Model {
  return {
    name: nameOf(entry.path),
    path: entry.path,
    type: entry.kind === "folder" ? "directory" : extensionOf(entry.path) === "ipynb" ? "notebook" : "file",
    writable: true,
    created: time(entry.created),
    last_modified: time(entry.modified),
    mimetype: MIMES[extensionOf(entry.path)] ?? "text/plain",
    content: null,
    format: null,
    size: entry.data?.length ?? 0,
  };
}

/** Text stays text, byte for byte, also JSON: what a build sees is what was written. */
function fileModel(entry: StoredEntry, path: string, content: boolean, options: FetchOptions): Model {
  const model = { ...entryModel(entry), path, name: nameOf(path) };
  if (!content) return model;
  const data = entry.data ?? new Uint8Array();
  if (options.format === "base64") return { ...model, content: encodeBase64(data), format: "base64" };
  const text = textOrBytes(data);
  if (model.type === "notebook" && options.type !== "file" && typeof text === "string") {
    try {
      return { ...model, content: JSON.parse(text), format: "json" };
    } catch {
      throw new Error(`${path}: 온전한 노트북이 아닙니다. 글로 열어 보세요. (Not a readable notebook.)`);
    }
  }
  if (typeof text !== "string" && options.format === "text")
    throw new Error(`${path}: 글이 아닌 파일입니다. (Not a text file.)`);
  return typeof text === "string"
    ? { ...model, type: "file", content: text, format: "text" }
    : {
        ...model,
        type: "file",
        mimetype: MIMES[extensionOf(path)] ?? "application/octet-stream",
        content: encodeBase64(data),
        format: "base64",
      };
}

const time = (ms: number): string => new Date(ms).toISOString();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** As a server answers: JupyterLab looks at `response.status`. */
function notFound(path: string): Error {
  return Object.assign(new Error(`${path}: 그런 파일이 없습니다. (No such file.)`), {
    response: { status: 404 },
  });
}
