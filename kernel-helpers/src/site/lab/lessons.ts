/** Puts the lessons into the store: new ones, and newer versions of those that the learner has not touched. Nothing edited is overwritten. */

import { browserPlatform } from "../../platform/browser";
import type { FileChange, FileStore } from "../files/file-store";

/** `lessons.json` of the site. */
export interface LessonBundle {
  /** Changes with any of the files. */
  readonly version: string;
  readonly files: Readonly<
    Record<string, { readonly text?: string; readonly base64?: string; readonly mode?: number }>
  >;
}

/** What was put there: hash by path. */
interface Placed {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

const STATE = "lessons";

/** What of a file is the learner's to change: of a notebook its cells and outputs, not what JupyterLab rewrites on saving. */
function fingerprint(path: string, data: Uint8Array): string {
  if (path.endsWith(".ipynb")) {
    try {
      const { cells } = JSON.parse(new TextDecoder().decode(data)) as {
        cells: readonly { cell_type: string; source: string | string[]; outputs?: unknown }[];
      };
      const parts = cells.map(({ cell_type: type, source, outputs }) => [
        type,
        Array.isArray(source) ? source.join("") : source,
        outputs ?? [],
      ]);
      return browserPlatform.sha256Hex(JSON.stringify(parts));
    } catch {
      // a broken notebook is compared as it is
    }
  }
  return browserPlatform.sha256Hex(data);
}

/** Answers whether bytes are what was handed out under a path. */
export async function handedOut(store: FileStore): Promise<(path: string, data: Uint8Array) => boolean> {
  const placed = (await store.value(STATE)) as Placed | undefined;
  return (path, data) => placed?.files[path] === fingerprint(path, data);
}

/** Places *bundle*; answers the paths whose newer version was held back because the learner has edited them. */
export async function placeLessons(store: FileStore, bundle: LessonBundle): Promise<string[]> {
  const placed = (await store.value(STATE)) as Placed | undefined;
  if (placed?.version === bundle.version) return [];
  const hashes: Record<string, string> = { ...placed?.files };
  const changes: FileChange[] = [];
  const kept: string[] = [];
  const now = Date.now();
  for (const [path, { text, base64, mode }] of Object.entries(bundle.files)) {
    const data =
      base64 === undefined
        ? new TextEncoder().encode(text ?? "")
        : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const wanted = fingerprint(path, data);
    const there = await store.get(path);
    const have = there?.data && fingerprint(path, there.data);
    if (have === wanted) {
      hashes[path] = wanted;
      continue;
    }
    if (there !== undefined && have !== hashes[path]) {
      if (hashes[path] !== wanted) kept.push(path);
      continue;
    }
    changes.push({
      path,
      kind: "file",
      data,
      mode: mode ?? 0o644,
      modified: now,
      created: now,
      changed: now,
    });
    hashes[path] = wanted;
  }
  await store.apply(changes);
  await store.setValue(STATE, { version: bundle.version, files: hashes } satisfies Placed);
  return kept;
}
