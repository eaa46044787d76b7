/** What a vertex says about its key: the digest of its operation, and of each input a selector and a content selection (BuildKit solver `CacheMap`). */

import { containsWildcards, dedupeSelectors, type Selector } from "../context";
import type { ExecOp, FileOp, Vertex } from "../graph/types";
import { joinPath } from "../platform/paths";
import { type Platform, sha256Digest } from "../platform/platform";
import { execJson, fileJson, imageJson, mergeJson, type OpJson } from "./op-json";

/** How one input takes part in the key. */
export interface CacheDep {
  /** Goes into the definition link; "" for all of the input. */
  readonly selector: string;
  /** What of the input is hashed; absent when the input counts by its definition only. An empty list is all of it. */
  readonly content?: readonly Selector[];
}

export interface CacheMap {
  readonly digest: string;
  readonly op: OpJson;
  readonly deps: readonly CacheDep[];
}

/** A key that cannot be made, in BuildKit's words: `invalid user index -1`. */
export class CacheMapError extends Error {
  override readonly name = "CacheMapError";
}

/**
 * The cache map of an operation with inputs or of an image. Local, http and git sources have keys that only a look at the
 * source gives: *sourceKey* is that key, `{ kind: "source", json, text }`. Throws CacheMapError.
 */
export function cacheMap(platform: Platform, vertex: Vertex, sourceKey?: OpJson): CacheMap {
  const { op, inputs } = vertex;
  switch (op.kind) {
    case "exec":
      return make(platform, execJson(op), execDeps(op, inputs.length));
    case "file":
      return make(platform, fileJson(op, inputs.length), fileDeps(op, inputs.length));
    case "merge":
      return make(
        platform,
        mergeJson(inputs.length),
        Array.from({ length: inputs.length }, () => BY_DEFINITION),
      );
    case "image":
      return make(platform, imageJson(op), []);
    default:
      if (!sourceKey) throw new CacheMapError(`${op.kind} source without a key`);
      return make(platform, sourceKey, []);
  }
}

const BY_DEFINITION: CacheDep = { selector: "" };

function make(platform: Platform, op: OpJson, deps: readonly CacheDep[]): CacheMap {
  return { digest: sha256Digest(platform, op.text), op, deps };
}

/** Read-only mounts, those without output and those of a whole input go by content; the root file system never does (`getMountDeps`). */
function execDeps(op: ExecOp, inputCount: number): CacheDep[] {
  const paths: string[][] = Array.from({ length: inputCount }, () => []);
  const byContent: boolean[] = Array.from({ length: inputCount }, () => false);
  for (const mount of op.mounts) {
    if (mount.type === "secret" || mount.type === "ssh" || mount.type === "tmpfs") continue;
    if (mount.input < 0 || mount.input >= inputCount) continue;
    const path = joinPath("/", mount.selector);
    paths[mount.input]!.push(path);
    byContent[mount.input] = mount.dest !== "/" && (mount.output === -1 || mount.readonly || path === "/");
  }
  return paths.map((list, i) => {
    const selector = list.join("\0");
    if (!byContent[i]) return { selector };
    const whole = list.some((path) => path === "" || path === "/");
    return { selector, content: whole ? [] : dedupePaths(list).map((path) => ({ path, followLinks: true })) };
  });
}

/** A path below another one is covered by it (`dedupePaths`). */
function dedupePaths(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  const covers = (outer: string, inner: string): boolean =>
    outer !== inner && inner.startsWith(outer.endsWith("/") ? outer : outer + "/");
  return all.filter((path) => !all.some((other) => covers(other, path))).sort();
}

/** Sources go by content, except an input that the operation changes itself (ops/file.go `markInvalid`). */
function fileDeps(op: FileOp, inputCount: number): CacheDep[] {
  const changed = new Set<number>();
  const selectors = new Map<number, Selector[]>();
  const select = (input: number, selector: Selector): void => {
    const list = selectors.get(input);
    if (list) list.push(selector);
    else selectors.set(input, [selector]);
  };
  for (const action of op.actions) {
    if (action.input !== "previous" && action.input >= 0) changed.add(action.input);
    for (const [user, file] of [
      [action.owner?.user, "/etc/passwd"] as const,
      [action.owner?.group, "/etc/group"] as const,
    ]) {
      if (!user || !("name" in user)) continue;
      if (user.input < 0) throw new CacheMapError(`invalid user index ${user.input}`);
      select(user.input, { path: file, followLinks: true });
    }
    if (action.action === "copy" && action.secondaryInput >= 0 && action.secondaryInput < inputCount) {
      select(action.secondaryInput, {
        path: action.src,
        followLinks: action.followSymlink,
        wildcard: action.allowWildcard && containsWildcards(action.src),
        includePatterns: action.includePatterns,
        excludePatterns: action.excludePatterns,
        requiredPaths: action.requiredPaths,
      });
    }
  }
  return Array.from({ length: inputCount }, (_, i) => {
    const list = selectors.get(i);
    if (!list || changed.has(i)) return BY_DEFINITION;
    const paths = list
      .map(({ path }) => path)
      .sort()
      .reverse();
    return { selector: paths.join("\0"), content: dedupeSelectors(list) };
  });
}
