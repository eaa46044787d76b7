/** The learner's files in the browser's own storage: bytes, permissions and times by path, shared by the page and its kernels. */

/** What stands at a path. Parents of everything that is there are folders that are there. */
export interface StoredEntry {
  /** Relative to the root of all files, with `/`; no leading slash. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  /** Bytes of a file. */
  readonly data?: Uint8Array;
  /** Target of a link, as written. */
  readonly target?: string;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly created: number;
  /** When content or permissions last changed. */
  readonly changed: number;
}

/** A change: an entry, or the path of one that is gone. */
export type FileChange = StoredEntry | { readonly path: string; readonly gone: true };

/** The browser refuses to store anything, or to store more. *reason* is its own name for that. */
export class StorageRefused extends Error {
  override readonly name = "StorageRefused";
  readonly code = "LB_STORAGE_REFUSED";
  constructor(readonly reason: string) {
    super(
      reason === "QuotaExceededError"
        ? "이 브라우저의 저장 공간이 차서 저장하지 못했습니다. 파일 메뉴의 ‘내 작업 내려받기’로 받아 두고, 빌드 캐시를 비우거나(%reset_lab) " +
            "디스크를 비운 다음 다시 해 보세요. (LB_STORAGE_REFUSED: the browser has no room left.)"
        : `이 브라우저가 저장을 허락하지 않습니다 (${reason}). 쿠키와 사이트 데이터를 막아 두었거나 비공개 창일 수 있습니다. ` +
            "이 주소에 사이트 데이터를 허락하거나 보통 창에서 여세요. (LB_STORAGE_REFUSED: the browser stores nothing for this site.)",
    );
  }
}

const FILES = "files";
const VALUES = "values";
const VERSION = 1;

/** One data base: files by path, and named values (caches, what was handed out). */
export class FileStore {
  private opened: Promise<IDBDatabase> | undefined;

  private constructor(
    private readonly name: string,
    private readonly lost: () => void,
  ) {}

  /**
   * Opens (or makes) the store *name*. Rejects with StorageRefused. *lost* is called when the browser takes the store away while it
   * is open (the reader cleared it, the disk is full); what is asked afterwards begins an empty one.
   */
  static async open(name: string, lost: () => void = () => undefined): Promise<FileStore> {
    const store = new FileStore(name, lost);
    await store.database();
    return store;
  }

  private database(): Promise<IDBDatabase> {
    return (this.opened ??= this.connect());
  }

  private async connect(): Promise<IDBDatabase> {
    try {
      const opening = indexedDB.open(this.name, VERSION);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(FILES, { keyPath: "path" });
        opening.result.createObjectStore(VALUES);
      };
      const database = await answer(opening);
      // A page of a newer version may need to change the data base: let it.
      database.onversionchange = () => {
        database.close();
        this.opened = undefined;
      };
      database.onclose = () => {
        this.opened = undefined;
        this.lost();
      };
      return database;
    } catch (error) {
      this.opened = undefined;
      throw refused(error);
    }
  }

  /** The entry at *path*. */
  async get(path: string): Promise<StoredEntry | undefined> {
    return (await this.read(FILES, (store) => store.get(path))) as StoredEntry | undefined;
  }

  /** Everything below *folder* (all files for ""), not itself, sorted by path. */
  async below(folder: string): Promise<StoredEntry[]> {
    const range = folder === "" ? undefined : IDBKeyRange.bound(`${folder}/`, `${folder}0`, false, true);
    return (await this.read(FILES, (store) => store.getAll(range))) as StoredEntry[];
  }

  /** Makes all *changes* or none, missing folders above what is written included. What is below a path that is gone goes with it. */
  async apply(changes: readonly FileChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.transact(FILES, (store) => {
      for (const change of changes) {
        if ("gone" in change) {
          store.delete(change.path);
          store.delete(IDBKeyRange.bound(`${change.path}/`, `${change.path}0`, false, true));
        } else {
          for (const folder of foldersAbove(change.path)) addFolder(store, folder, change.modified);
          store.put(change);
        }
      }
    });
  }

  /** A named value. */
  async value(key: string): Promise<unknown> {
    return this.read(VALUES, (store) => store.get(key));
  }

  /** Names of values that begin with *prefix*, sorted. */
  async valueNames(prefix: string): Promise<string[]> {
    const keys = await this.read(VALUES, (store) => store.getAllKeys(rangeOf(prefix)));
    return keys.map(String).sort();
  }

  /** Keeps a value; undefined removes it. */
  async setValue(key: string, value: unknown): Promise<void> {
    await this.transact(
      VALUES,
      (store) => void (value === undefined ? store.delete(key) : store.put(value, key)),
    );
  }

  /** Removes all values whose names begin with *prefix*. */
  async clearValues(prefix: string): Promise<void> {
    await this.transact(VALUES, (store) => void store.delete(rangeOf(prefix)));
  }

  private async read<T>(name: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return answer(ask((await this.begin(name, "readonly")).objectStore(name)));
  }

  /** A transaction; over a new connection when the one there is was just closed. */
  private async begin(name: string, mode: IDBTransactionMode): Promise<IDBTransaction> {
    try {
      return (await this.database()).transaction(name, mode);
    } catch (error) {
      if ((error as Partial<DOMException>).name !== "InvalidStateError") throw error;
      this.opened = undefined;
      return (await this.database()).transaction(name, mode);
    }
  }

  private async transact(name: string, work: (store: IDBObjectStore) => void): Promise<void> {
    try {
      const transaction = await this.begin(name, "readwrite");
      work(transaction.objectStore(name));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onerror = transaction.onabort = () =>
          reject(transaction.error ?? new DOMException("", "AbortError"));
      });
    } catch (error) {
      throw refused(error);
    }
  }
}

function rangeOf(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`, false, true);
}

function addFolder(store: IDBObjectStore, path: string, now: number): void {
  const asked = store.getKey(path);
  asked.onsuccess = () => {
    if (asked.result === undefined)
      store.put({
        path,
        kind: "folder",
        mode: 0o755,
        modified: now,
        created: now,
        changed: now,
      } satisfies StoredEntry);
  };
}

/** `a/b/c` → `a`, `a/b`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

function refused(error: unknown): StorageRefused {
  if (error instanceof StorageRefused) return error;
  return new StorageRefused(error instanceof Error ? error.name : String(error));
}
