/** node_modules: which packages a project needs, and their folders written. */

import type { Process, Task } from "../machine/process";
import { absolute, encodeText, exists, knownSize, readText, writeFile } from "./files";
import { NpmFacts, type NpmPlace } from "./npm-facts";
import { NpmFailure, isPrivate, npmCache } from "./npm-project";

/** Simulated milliseconds: reading the registry once, one package from it, one from the cache. */
const START = 400;

const DOWNLOAD = 35;

const CACHED = 6;

/** Every package that *ranges* lead to, and where it lies. Throws NpmFailure for one that is not found. */
export function resolveAll(
  process: Process,
  facts: NpmFacts,
  ranges: Readonly<Record<string, string>>,
): readonly NpmPlace[] {
  const open = Object.fromEntries(
    Object.entries(ranges).filter(([name]) => !isPrivate(process, facts, name)),
  );
  const { places, missing, unmet } = facts.resolve(open);
  const own = Object.entries(ranges)
    .filter(([name]) => isPrivate(process, facts, name))
    .map(([name, range]) =>
      facts.place(`node_modules/${name}`, name, range.replace(/^[\^~>=v\s]*/, "") || "1.0.0"),
    );
  if (missing.length > 0 && process.machine.request.assume !== true) {
    const name = missing[0] ?? "";
    throw new NpmFailure([
      "code E404",
      `404 Not Found - GET ${name} - Not found`,
      "404",
      `404  '${name}@${ranges[name] ?? "*"}' is not in this registry.`,
      "404",
      "404 Note that you can also install from a",
      "404 tarball, folder, http url, or git folder.",
      "",
      `(흉내) 카탈로그에 있는 패키지만 설치할 수 있습니다.`,
    ]);
  }
  const bad = unmet[0];
  if (bad !== undefined)
    throw new NpmFailure([
      "code ETARGET",
      `notarget No matching version found for ${bad.name}@${bad.range}.`,
      "notarget In most cases you or one of your dependencies are requesting",
      "notarget a package version that doesn't exist.",
    ]);
  if (missing.length > 0) process.machine.assumed.push(...missing.map((name) => `npm:${name}`));
  return [
    ...places,
    ...own,
    ...missing.map((name) => facts.place(`node_modules/${name}`, name, "1.0.0")),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Lays packages below *root*: a manifest whose text is known and contents of which the size is. Answers how many were new.
 * *archiveOf*: where the manager keeps what it fetched; npm's own cache by default.
 */
export function* lay(
  process: Process,
  places: readonly NpmPlace[],
  root = ".",
  archiveOf = (place: NpmPlace): string =>
    `${npmCache(process)}/_cacache/content-v2/${place.name.replace("/", "+")}-${place.version}.tgz`,
): Task<number> {
  process.machine.work(START);
  let added = 0;
  let fetched = 0;
  for (const place of places) {
    const folder = root === "." ? place.path : `${root}/${place.path}`;
    const manifest = `{\n  "name": ${JSON.stringify(place.name)},\n  "version": ${JSON.stringify(place.version)}\n}\n`;
    noteGuess(process, place);
    if (readText(process, `${folder}/package.json`) === manifest) continue;
    const archive = archiveOf(place);
    if (exists(process, archive)) process.machine.work(CACHED);
    else {
      process.machine.work(DOWNLOAD + place.download / 50_000);
      writeFile(process, archive, knownSize(place.download, `npm-archive:${place.name}@${place.version}`));
      fetched++;
    }
    writeFile(process, `${folder}/package.json`, manifest);
    const rest = Math.max(0, place.size - manifest.length);
    if (rest > 0)
      writeFile(process, `${folder}/index.js`, knownSize(rest, `npm:${place.name}@${place.version}`));
    added++;
    yield* process.room();
  }
  process.machine.downloads += fetched;
  return added;
}

/** A package without facts is assumed where that is allowed: its files are not known. */
export function noteGuess(process: Process, { guessed, name, version }: NpmPlace): void {
  if (guessed && process.machine.request.assume === true)
    process.machine.assumed.push(`npm:${name}@${version}`);
}

/** Simulated seconds since the program began, at least 1. */
export function seconds(process: Process): number {
  return Math.max(1, Math.round((process.machine.clock - process.startedAt) / 1000));
}

/** Removes *path* and what is in it. */
export function removeFolder(process: Process, path: string): void {
  const found = process.vfs.locate(process, encodeText(absolute(process, path)));
  if (found.stat !== undefined) found.fs.remove(found.inner, { recursive: true });
}

/** Removes what is in a folder, as `npm ci` does: the folder itself may be a mount. */
export function emptyFolder(process: Process, path: string): void {
  const found = process.vfs.locate(process, encodeText(absolute(process, path)));
  if (found.stat?.type !== "dir") return;
  const fs = found.fs;
  for (const name of fs.readdir(found.inner))
    fs.remove(`${found.inner === "/" ? "" : found.inner}/${name}`, { recursive: true });
}
