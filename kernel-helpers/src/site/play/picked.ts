/** Files and folders that are picked or dropped; a drop is read by whichever interface the browser has for pages from a disk and from a server. */

import { LEFT_OUT, type Offered, SEEN } from "./upload";

/** A dropped thing, whichever interface it came by. */
interface Node {
  readonly name: string;
  /** The file; undefined for a folder and for what cannot be read. */
  file(): Promise<File | undefined>;
  /** What is in a folder; undefined for a file. */
  readonly children?: () => AsyncIterable<Node>;
}

/** Chromium's handles; its older entries cannot be read by a page that was opened from a disk. */
interface Handle {
  readonly kind: "file" | "directory";
  readonly name: string;
  getFile?(): Promise<File>;
  values?(): AsyncIterable<Handle>;
}
type WithHandle = DataTransferItem & { getAsFileSystemHandle?(): Promise<Handle | null> };

/** Files of a picker. A chosen folder's own name is no part of the paths. */
export function pickedFiles(files: FileList | null): Offered[] {
  return [...(files ?? [])].map((file) => ({
    file,
    path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath.replace(/^[^/]+\//, ""),
  }));
}

/** Files of a drop. A single folder's own name is no part of the paths. Must be called while the drop is handled. */
export async function droppedFiles(items: DataTransferItemList): Promise<Offered[]> {
  // The list is empty as soon as the event is over.
  const nodes = (await Promise.all([...items].map(nodeOf))).filter((node) => node !== undefined);
  const found: Offered[] = [];
  const walk = async (node: Node, path: string): Promise<void> => {
    if (found.length > SEEN || LEFT_OUT.test(path)) return;
    if (node.children === undefined) {
      const file = await node.file().catch(() => undefined);
      found.push({ path, file });
      return;
    }
    try {
      for await (const child of node.children()) {
        if (found.length > SEEN) return;
        await walk(child, path === "" ? child.name : `${path}/${child.name}`);
      }
    } catch {
      found.push({ path: `${path === "" ? node.name : path}/`, file: undefined });
    }
  };
  const [only] = nodes;
  if (nodes.length === 1 && only?.children !== undefined) await walk(only, "");
  else for (const node of nodes) await walk(node, node.name);
  return found;
}

async function nodeOf(item: DataTransferItem): Promise<Node | undefined> {
  if (item.kind !== "file") return undefined;
  const file = item.getAsFile();
  const entry = item.webkitGetAsEntry();
  const handle = await (item as WithHandle).getAsFileSystemHandle?.().catch(() => null);
  if (handle) return ofHandle(handle);
  if (entry?.isDirectory === true) return ofEntry(entry);
  // What comes from no disk, such as a picture of another page, is a file without an entry.
  return file === null ? undefined : { name: file.name, file: () => Promise.resolve(file) };
}

function ofHandle(handle: Handle): Node {
  const { name } = handle;
  const node = { name, file: async () => handle.getFile?.() };
  if (handle.kind === "file") return node;
  return {
    ...node,
    children: async function* () {
      for await (const child of handle.values?.() ?? []) yield ofHandle(child);
    },
  };
}

function ofEntry(entry: FileSystemEntry): Node {
  const { name } = entry;
  const file = (): Promise<File | undefined> =>
    new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  if (entry.isFile) return { name, file };
  return {
    name,
    file,
    children: async function* () {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      // A folder is read a hundred entries at a time.
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
          reader.readEntries(resolve, reject),
        );
        if (some.length === 0) return;
        yield* some.map(ofEntry);
      }
    },
  };
}
