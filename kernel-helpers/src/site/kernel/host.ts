/** A browser as the machine of a notebook's session: files in memory backed by the store, caches in the store, catalog and lessons in the bundle. */

import type { LabMachine } from "../../lab";
import type { SessionHost } from "../../kernel/session/session-host";
import { parseExercises, parseLesson, parseQuiz } from "../../lesson";
import { browserPlatform } from "../../platform/browser";
import type { KeyValueStore } from "../../platform";
import { catalogImages, catalogNames, catalogPackages } from "../catalog";
import type { FileStore } from "../files/file-store";
import { posixPaths } from "./posix";
import type { FileTree } from "./tree";

/** Files of content/lessons and content/exercises by name, as text, the quiz, and the file sets that they use. The bundler puts them in. */
declare const LAYERBOOK_LESSONS: Readonly<Record<string, string>>;
declare const LAYERBOOK_QUIZ: string;
declare const LAYERBOOK_EXERCISES: Readonly<Record<string, string>>;
declare const LAYERBOOK_APPS: Readonly<
  Record<string, Readonly<Record<string, { text?: string; base64?: string }>>>
>;

/** What the host is made of. */
export interface HostParts {
  readonly tree: FileTree;
  readonly store: FileStore;
  /** Folder of the notebook, absolute. */
  readonly folder: string;
  cellSignal(): AbortSignal | undefined;
}

/** Names of stored values of the cache at *directory* begin so. */
export const cachePrefix = (directory: string): string => `cache ${directory}\u0000`;

/** The session's machine. */
export function browserHost({ tree, store, folder, cellSignal }: HostParts): SessionHost {
  const machine: LabMachine = {
    platform: browserPlatform,
    catalog: catalogImages,
    packages: () => catalogPackages,
    openDirectory: (directory) => tree.directory(directory),
    openWritableDirectory: (directory) => tree.directory(directory),
    openStore: (directory) => storeAt(store, directory),
    now: () => Date.now() / 1000,
  };
  let lessons: ReturnType<SessionHost["lessons"]> | undefined;
  return {
    files: {
      ...tree.files,
      // A cache is no file: it is seen as the folder that it would be, and goes with it.
      list: (folder) => [
        ...tree.files.list(folder),
        ...(folder.endsWith("/.layerbook") ? [{ name: "cache", directory: true }] : []),
      ],
      remove: (path) => {
        tree.files.remove(path);
        if (path.endsWith("/.layerbook/cache")) clearing = store.clearValues(cachePrefix(path));
      },
    },
    paths: posixPaths,
    labMachine: () => machine,
    catalogNames,
    lessons: () => (lessons ??= readLessons()),
    environment: () => undefined,
    notebookName: () => onlyNotebook(tree, folder),
    cellSignal,
    newId: () => crypto.randomUUID(),
  };
}

/** The page does not say which notebook a kernel belongs to: it is known where a folder has only one, as all lessons do. */
function onlyNotebook(tree: FileTree, folder: string): string | undefined {
  const notebooks = tree.files.list(folder).filter(({ name }) => name.endsWith(".ipynb"));
  return notebooks.length === 1 ? notebooks[0]?.name : undefined;
}

/** A cache that is being emptied: the next one to be opened waits for that. */
let clearing: Promise<void> = Promise.resolve();

function storeAt(store: FileStore, directory: string): KeyValueStore {
  const prefix = cachePrefix(directory);
  return {
    get: async (key) => {
      await clearing;
      return (await store.value(prefix + key)) as Uint8Array | undefined;
    },
    put: async (key, value) => {
      await clearing;
      await store.setValue(prefix + key, value);
    },
    delete: (key) => store.setValue(prefix + key, undefined),
    keys: async (wanted = "") => {
      await clearing;
      return (await store.valueNames(prefix + wanted)).map((name) => name.slice(prefix.length));
    },
  };
}

/** As the course is read from files. */
function readLessons(): ReturnType<SessionHost["lessons"]> {
  const shared = Object.fromEntries(
    Object.entries(LAYERBOOK_APPS).map(([name, files]) => [name, { write: files }]),
  );
  const quiz = parseQuiz(LAYERBOOK_QUIZ);
  return Object.entries(LAYERBOOK_LESSONS).map(([file, text]) => {
    const lesson = parseLesson(file, text);
    const name = `${lesson.head.id}.yaml`;
    const exercises = LAYERBOOK_EXERCISES[name];
    const own =
      exercises === undefined ? { predictions: [], exercises: [] } : parseExercises(name, exercises, shared);
    return { lesson, exercises: { ...own, quiz } };
  });
}
