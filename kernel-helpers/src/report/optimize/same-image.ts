/** Do two builds give the same image, as far as a rewrite has declared what may differ? */

import type { BuildRecord } from "../../build/types";
import type { Snapshot } from "../../platform/files";
import type { Allowance, Bilingual } from "./types";

/** The image of one build. */
export interface Made {
  readonly built: BuildRecord;
  readonly root: Snapshot | undefined;
}

/** What differs beyond *allows* between two images; undefined for nothing. *ownFiles*: names that may differ wherever they were copied to. */
export function imageDifference(
  before: Made,
  after: Made,
  allows: Allowance,
  ownFiles: readonly string[],
): Bilingual | undefined {
  if (!before.root || !after.root)
    return { ko: "빌드가 이미지를 만들지 않습니다.", en: "the build makes no image" };
  const rules = {
    gone: patterns(allows.gone),
    other: patterns(allows.other),
    only: patterns(allows.onlyPaths),
  };
  const path = firstDifference(before.root, after.root, rules, ownFiles);
  if (path !== undefined)
    return { ko: `이미지의 파일이 달라집니다: ${path}`, en: `the image would hold another file: ${path}` };
  const [a, b] = [configOf(before), configOf(after)];
  for (const field of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (allows.config?.includes(field) || JSON.stringify(a[field]) === JSON.stringify(b[field])) continue;
    return {
      ko: `이미지의 설정이 달라집니다: ${field} ${shown(a[field])} → ${shown(b[field])}`,
      en: `the config of the image would change: ${field} ${shown(a[field])} → ${shown(b[field])}`,
    };
  }
  return undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "∅";
  return text.length > 60 ? text.slice(0, 59) + "…" : text;
}

/** The fields of the config without the time of the build; the order of Env does not matter. */
function configOf({ built }: Made): Record<string, unknown> {
  const { created: _created, config = {}, ...rest } = (built.image?.config ?? {}) as Record<string, unknown>;
  const { Env, ...fields } = config as { readonly Env?: readonly string[] };
  return { ...rest, ...fields, Env: [...(Env ?? [])].sort() };
}

interface Patterns {
  readonly gone: readonly RegExp[];
  readonly other: readonly RegExp[];
  readonly only: readonly RegExp[];
}

function patterns(sources: readonly string[] = []): RegExp[] {
  return sources.map((source) => new RegExp(source));
}

function firstDifference(
  a: Snapshot,
  b: Snapshot,
  { gone, other, only }: Patterns,
  ownFiles: readonly string[],
): string | undefined {
  const fits = (list: readonly RegExp[], path: string): boolean => list.some((one) => one.test(path));
  /** Only folders that lead to a compared path, and what is below one. */
  const isCompared = (path: string): boolean => only.length === 0 || fits(only, path);
  const visit = (folder: string): string | undefined => {
    const at = folder === "" ? "/" : folder;
    const same = a.identity(at);
    if (same !== undefined && same === b.identity(at)) return undefined;
    const names = new Set([...listed(a, at), ...listed(b, at)]);
    for (const name of names) {
      const path = `${folder}/${name}`;
      const [x, y] = [a.lstat(path), b.lstat(path)];
      if (ownFiles.some((own) => path.endsWith("/" + own))) continue;
      if (fits(other, path)) continue;
      if (x && !y && fits(gone, path)) continue;
      const isFolder = x?.type === "dir" && y?.type === "dir";
      const isEqual =
        x &&
        y &&
        x.type === y.type &&
        x.mode === y.mode &&
        x.uid === y.uid &&
        x.gid === y.gid &&
        x.linkname === y.linkname;
      // What an unknown command is taken to have made is in a later stage only because a COPY asked for it.
      if (!x && y && only.length > 0 && (y.type === "dir" || isAssumed(b, path))) continue;
      // A folder that is there only for what may be gone may be gone with it.
      if (x?.type === "dir" && !y && gone.length > 0 && isAllGone(a, path, gone)) continue;
      if (!isEqual && isCompared(path)) return path;
      if (isFolder) {
        const inner = visit(path);
        if (inner !== undefined) return inner;
      } else if (isEqual && x.type === "file" && isCompared(path) && !isSameContent(a, b, path)) return path;
    }
    return undefined;
  };
  return visit("");
}

function listed(tree: Snapshot, path: string): readonly string[] {
  return tree.lstat(path)?.type === "dir" || path === "/" ? tree.readdir(path) : [];
}

function isAllGone(tree: Snapshot, folder: string, gone: readonly RegExp[]): boolean {
  const names = tree.readdir(folder);
  return (
    names.length > 0 &&
    names.every((name) => {
      const path = `${folder}/${name}`;
      if (gone.some((one) => one.test(path))) return true;
      return tree.lstat(path)?.type === "dir" && isAllGone(tree, path, gone);
    })
  );
}

function isAssumed(tree: Snapshot, path: string): boolean {
  return (
    tree.lstat(path)?.type === "file" && standIn(tree.readFile(path).standIn)?.startsWith("assumed ") === true
  );
}

function isSameContent(a: Snapshot, b: Snapshot, path: string): boolean {
  const [x, y] = [a.readFile(path), b.readFile(path)];
  if (x === y) return true;
  const [left, right] = [standIn(x.standIn), standIn(y.standIn)];
  // What an unknown command writes is taken to be the same when the command is the same.
  if (left !== undefined || right !== undefined) return left === right;
  if (x.size !== y.size) return false;
  const [p, q] = [x.read(), y.read()];
  return p.every((byte, i) => byte === q[i]);
}

/** Stand-ins of assumed outputs end in the id of the run. */
function standIn(text: string | undefined): string | undefined {
  return text?.startsWith("assumed ") ? text.replace(/ run \S+$/, "") : text;
}
