/** The parts in which two keys differ: fields of the operation, files of the content (test/vectors/reasons.md). */

import type { HashedFile } from "../context";
import { isSecretName } from "../graph";
import { baseName } from "../platform/paths";
import type { Json } from "./go-json";
import type { OpJson } from "./op-json";
import { changes } from "./similarity";

/** One part that differs. *old* or *new* null: there was, or is, no such part. Values that are no strings are given as JSON. */
export interface Difference {
  readonly kind: "exec-op" | "file-op" | "merge-op" | "content" | "source" | "dep";
  /** Field of the operation (`args[2]`, `Actions[0].dest`), `file src/a.js`, or "" for all of it. */
  readonly path: string;
  /** For content: which attribute. */
  readonly field?: string;
  readonly old?: string | null;
  readonly new?: string | null;
  /** Which input of the step, for content and dep. */
  readonly input?: number;
  /** For dep: is the input's key new, or one that was stored already but not the one before? */
  readonly dependencyKey?: "new" | "stored, another one";
  /** For a file that was added or removed: the paths that have the same record. */
  readonly sameRecordAs?: readonly string[];
}

/** Differences of two operations of one kind, in the order of the fields. */
export function operationDifferences(before: OpJson | undefined, after: OpJson): Difference[] {
  if (!before) return [{ kind: after.kind, path: "", old: null, new: show(hidden(after.json, "")) }];
  const found: Difference[] = [];
  compare(before.json, after.json, "", (path, old, now) => {
    const at = shortPath(path);
    found.push({ kind: after.kind, path: at, old: show(hidden(old, at)), new: show(hidden(now, at)) });
  });
  return found;
}

/** *value*, which stands at *path*, without the values of variables that look like secrets: that they changed is told, what to is not. */
function hidden(value: Json | undefined, path: string): Json | undefined {
  if (typeof value === "string") {
    const equals = value.indexOf("=");
    if (!/(^|\.)env(\[|$)/.test(path) || equals < 0 || !isSecretName(value.slice(0, equals))) return value;
    return `${value.slice(0, equals)}=****`;
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => hidden(one, path) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, hidden(inner, key)] as const);
  return Object.fromEntries(entries);
}

function shortPath(path: string): string {
  return path.replace(/^Exec\.meta\./, "").replace(/^Exec\./, "");
}

function show(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

type Report = (path: string, old: Json | undefined, now: Json | undefined) => void;
type JsonObject = { readonly [key: string]: Json | undefined };

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compare(old: Json | undefined, now: Json | undefined, path: string, report: Report): void {
  if (isObject(old) && isObject(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    for (const key of keys) compare(old[key], now[key], path === "" ? key : `${path}.${key}`, report);
    return;
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    compareLists(old as readonly Json[], now as readonly Json[], path, report);
    return;
  }
  if (JSON.stringify(old) !== JSON.stringify(now)) report(path, old, now);
}

function compareLists(old: readonly Json[], now: readonly Json[], path: string, report: Report): void {
  const texts = (list: readonly Json[]): string[] => list.map((element) => JSON.stringify(element));
  for (const change of changes(texts(old), texts(now))) {
    if (change.type === "equal") continue;
    const pairs = Math.min(change.oldTo - change.oldFrom, change.newTo - change.newFrom);
    for (let i = 0; i < pairs; i++) {
      compare(old[change.oldFrom + i], now[change.newFrom + i], `${path}[${change.newFrom + i}]`, report);
    }
    for (let i = change.oldFrom + pairs; i < change.oldTo; i++) report(`${path}[${i}]`, old[i], undefined);
    for (let i = change.newFrom + pairs; i < change.newTo; i++) report(`${path}[${i}]`, undefined, now[i]);
  }
}

/** What the files of a selection stand below: their folder, or the one file that there is; undefined when they have nothing in common. */
function rootOf(files: readonly HashedFile[]): string | undefined {
  const [first, ...rest] = files;
  return first && rest.every(({ path }) => path.startsWith(`${first.path}/`)) ? first.path : undefined;
}

/** Last parts of the paths that *operation* copies from: that is what its key says of them. */
function sourcesOf(operation: unknown): string[] {
  if (typeof operation !== "object" || operation === null) return [];
  return Object.entries(operation).flatMap(([key, value]) =>
    key === "src" && typeof value === "string" ? [baseName(value)] : sourcesOf(value),
  );
}

/**
 * Two selections of one *operation*, under one name: a digest says nothing of the folder that its files were found in, so that the files
 * known for it may be those of another instruction.
 */
export function asSelected(
  before: readonly HashedFile[] | undefined,
  after: readonly HashedFile[],
  operation: unknown,
): readonly [readonly HashedFile[] | undefined, readonly HashedFile[]] {
  if (!before || operation === undefined) return [before, after];
  const [old, now] = [rootOf(before), rootOf(after)];
  if (old === undefined || now === undefined || old === now) return [before, after];
  const sources = sourcesOf(operation);
  const root = [now, old].find((path) => sources.includes(baseName(path)));
  if (root === undefined) return [before, after];
  const moved = (files: readonly HashedFile[], from: string): readonly HashedFile[] =>
    from === root ? files : files.map((file) => ({ ...file, path: root + file.path.slice(from.length) }));
  return [moved(before, old), moved(after, now)];
}

/** Differences of what was selected of input number *input*. */
export function contentDifferences(
  before: readonly HashedFile[] | undefined,
  after: readonly HashedFile[],
  input: number,
  digests: { readonly old?: string; readonly new: string },
): Difference[] {
  const content = (path: string, field: string, old: string | null, now: string | null): Difference => ({
    kind: "content",
    path,
    field,
    old,
    new: now,
    input,
  });
  if (!before) return [content("", "content key", digests.old ?? null, digests.new)];
  // By name, with the slash of a folder: a file that becomes a folder is one removed and one added.
  const olds = new Map(before.map((file) => [nameOf(file), file]));
  const news = new Map(after.map((file) => [nameOf(file), file]));
  const removed = before.filter((file) => !news.has(nameOf(file)));
  const added = after.filter((file) => !olds.has(nameOf(file)));
  const found: Difference[] = [];
  const twins = (digest: string, among: readonly HashedFile[]): { sameRecordAs?: string[] } => {
    const same = among.filter((file) => file.digest === digest).map(({ path }) => path.replace(/^\//, ""));
    return same.length > 0 ? { sameRecordAs: same } : {};
  };
  for (const name of [...new Set([...olds.keys(), ...news.keys()])].sort()) {
    const old = olds.get(name);
    const now = news.get(name);
    if (!now) found.push({ ...content(name, "removed", old!.digest, null), ...twins(old!.digest, added) });
    else if (!old) found.push({ ...content(name, "added", null, now.digest), ...twins(now.digest, removed) });
    else found.push(...fileDifferences(old, now, name, content));
  }
  return found.length > 0 ? found : [content("", "content key", digests.old ?? null, digests.new)];
}

function nameOf(file: HashedFile): string {
  const path = file.path.replace(/^\//, "");
  return "file " + path + (file.header.type === "dir" && path !== "" ? "/" : "");
}

function fileDifferences(
  old: HashedFile,
  now: HashedFile,
  name: string,
  content: (path: string, field: string, old: string | null, now: string | null) => Difference,
): Difference[] {
  if (old.digest === now.digest) return [];
  const before = headerOf(old);
  const after = headerOf(now);
  const found = Object.keys(after)
    .filter((field) => before[field] !== after[field])
    .map((field) => content(name, field, before[field] || null, after[field] || null));
  if (found.every(({ field }) => field === "size"))
    found.push(content(name, "content digest", old.digest, now.digest));
  return found;
}

const TYPE_FLAG = {
  file: "0",
  dir: "5",
  symlink: "2",
  char: "3",
  block: "4",
  fifo: "6",
  socket: "0",
} as const;

function headerOf({ header }: HashedFile): Record<string, string> {
  return {
    mode: header.mode.toString(8),
    uid: String(header.uid),
    gid: String(header.gid),
    size: String(header.size),
    typeflag: TYPE_FLAG[header.type],
    linkname: header.linkname,
  };
}
