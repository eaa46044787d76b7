/** pnpm-lock.yaml: read, held against package.json, and written. */

import type { Process } from "../machine/process";
import { readText } from "./files";
import { NpmFailure, splitSpec, type PackageJson } from "./npm-project";
import { NpmFacts, type NpmPlace } from "./npm-facts";
import { mapAt, parseLock, textAt, type LockMap } from "./lock-text";

/** The lock; undefined without one, NpmFailure when it is *required*. */
export function readLock(process: Process, required: boolean): LockMap | undefined {
  const text = readText(process, "pnpm-lock.yaml");
  if (text !== undefined) return parseLock(text);
  if (required)
    throw new NpmFailure([
      ` ERR_PNPM_NO_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is absent`,
    ]);
  return undefined;
}

/** `express@4.21.2(peer@1)` or `/express@4.21.2` → name and version. */
function splitKey(key: string): [string, string] {
  return splitSpec(key.replace(/^\//, "").replace(/\(.*$/, ""));
}

/** Packages and where each lies. */
export interface Found {
  readonly places: readonly NpmPlace[];
  /** `name@version` of what a package needs, by its own. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly missing: boolean;
}

/** What of a lock the importers reach; everything of it for `fetch`. */
export function locked(
  facts: NpmFacts,
  lock: LockMap,
  importers: readonly (readonly [string, Readonly<Record<string, string>>])[] | "all",
): Found {
  const packages = mapAt(lock, "packages") ?? {};
  const snapshots = mapAt(lock, "snapshots") ?? packages;
  const needs = new Map<string, string[]>();
  for (const [key, value] of Object.entries(snapshots)) {
    const list: string[] = [];
    for (const kind of ["dependencies", "optionalDependencies"])
      for (const [name, version] of Object.entries(mapAt(value, kind) ?? {}))
        if (typeof version === "string" && !version.startsWith("link:"))
          list.push(`${name}@${version.replace(/\(.*$/, "")}`);
    needs.set(splitKey(key).join("@"), list);
  }
  let missing = false;
  const reached = new Set<string>();
  if (importers === "all") for (const key of Object.keys(packages)) reached.add(splitKey(key).join("@"));
  else {
    for (const [folder, ranges] of importers) {
      const importer = mapAt(lock, "importers", folder) ?? (folder === "." ? lock : undefined);
      for (const [name, range] of Object.entries(ranges)) {
        if (range.startsWith("workspace:") || range.startsWith("link:")) continue;
        const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
        const entry = kinds.map((kind) => mapAt(importer, kind, name)).find((one) => one !== undefined);
        const version = textAt(entry, "version");
        if (version === undefined || textAt(entry, "specifier") !== range) missing = true;
        else if (!version.startsWith("link:")) reached.add(`${name}@${version.replace(/\(.*$/, "")}`);
      }
    }
    for (const key of reached) for (const inner of needs.get(key) ?? []) reached.add(inner);
  }
  const places = [...reached].sort().map((key) => {
    const [name, version] = splitSpec(key);
    return facts.place(`node_modules/${name}`, name, version);
  });
  return { places, needs, missing };
}

/** What package.json asks for, without devDependencies when *withoutDev*. */
export function rangesOf(manifest: PackageJson, withoutDev: boolean): Record<string, string> {
  return {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...(withoutDev ? {} : manifest.devDependencies),
  };
}

/** `name@version`, the key of the lock and of node_modules/.pnpm. */
export function keyOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name.replace("/", "+")}@${version}`;
}

/** The lock that `pnpm install` writes. */
export function lockText(
  importers: readonly (readonly [string, Readonly<Record<string, string>>])[],
  places: readonly NpmPlace[],
): string {
  let text = "lockfileVersion: '9.0'\n\nimporters:\n";
  for (const [folder, ranges] of importers) {
    text += `\n  ${folder}:\n    dependencies:\n`;
    for (const [name, range] of Object.entries(ranges))
      text += `      ${quote(name)}:\n        specifier: ${range}\n        version: ${places.find((place) => place.name === name)?.version ?? "link:" + name}\n`;
  }
  text += "\npackages:\n";
  for (const { name, version } of places)
    text += `\n  ${quote(`${name}@${version}`)}:\n    resolution: {integrity: simulated}\n`;
  return text;
}

function quote(key: string): string {
  return key.startsWith("@") ? `'${key}'` : key;
}
