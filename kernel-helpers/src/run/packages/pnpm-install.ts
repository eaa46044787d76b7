/** `pnpm install`, `fetch`, `deploy`: packages in node_modules/.pnpm with links to them, and a store. */

import type { Process, Task } from "../machine/process";
import {
  absolute,
  decodeText,
  encodeText,
  exists,
  knownSize,
  makeFolder,
  readText,
  writeFile,
} from "./files";
import { home, NpmFailure, readPackage, splitSpec } from "./npm-project";
import { noteGuess, removeFolder, resolveAll, seconds } from "./npm-tree";
import { NpmFacts, type NpmPlace } from "./npm-facts";
import { findWorkspaces, type Workspace } from "./workspaces";
import { saveManifest } from "./yarn";
import { readLock, type Found, locked, rangesOf, keyOf, lockText } from "./pnpm-lock";

/** The pnpm that corepack brings when package.json names none. */
export const VERSION = "9.15.9";

/** Simulated milliseconds for a package: from the registry, from the store. */
const DOWNLOAD = 30;

const REUSED = 3;

/** The version that `packageManager` in package.json names. */
export function versionOf(process: Process): string {
  return (
    /"packageManager"\s*:\s*"pnpm@([\d.]+)/.exec(readText(process, "package.json") ?? "")?.[1] ?? VERSION
  );
}

/** The directory of the store. */
export function storeOf(process: Process): string {
  const set = decodeText(process.env.get("PNPM_HOME") ?? "");
  return `${set || `${home(process)}/.local/share/pnpm`}/store/v3`;
}

/** The workspaces that pnpm-workspace.yaml names. */
export function workspacesOf(process: Process, withoutDev: boolean): readonly Workspace[] {
  const text = readText(process, "pnpm-workspace.yaml");
  if (text === undefined) return [];
  const patterns = [...text.matchAll(/^\s*-\s*["']?([^"'\s#]+)["']?/gm)].map(([, pattern]) => pattern ?? "");
  return findWorkspaces(
    process,
    patterns.filter((pattern) => !pattern.startsWith("!")),
    withoutDev,
  );
}

/** The workspaces that `--filter` names: `web`, `./apps/web`, `web...` (with what it needs), `@scope/*`. */
export function chosen(all: readonly Workspace[], filter: string): readonly Workspace[] {
  const bare = filter.replace(/^\.\.\.|\.\.\.$/g, "").replace(/^\^|\^$/g, "");
  const pattern = new RegExp(
    `^${bare
      .replace(/^\.\//, "")
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")}$`,
  );
  const found = all.filter(({ name, folder }) => pattern.test(name) || pattern.test(folder));
  if (!filter.endsWith("...")) return found;
  const with_ = new Set(found);
  for (const one of with_)
    for (const other of all) if (one.ranges[other.name] !== undefined) with_.add(other);
  return all.filter((one) => with_.has(one));
}

/** `pnpm install`, and `pnpm add` of *added*; *filter* chooses workspaces. Answers the exit code. */
export function* install(
  process: Process,
  added: readonly string[],
  args: readonly string[],
  filter: string | undefined,
): Task<number> {
  const facts = new NpmFacts(process.machine.request.catalog);
  const manifest = added.length > 0 && !exists(process, "package.json") ? {} : readPackage(process);
  const withoutDev =
    args.some((word) => word === "--prod" || word === "-P" || word === "--production") ||
    (process.env.get("NODE_ENV") === "production" && !args.includes("--prod=false"));
  const frozen =
    args.includes("--frozen-lockfile") || (process.env.has("CI") && !args.includes("--no-frozen-lockfile"));
  const all = workspacesOf(process, withoutDev);
  const members = filter === undefined ? all : chosen(all, filter);
  const fresh = Object.fromEntries(added.map((word) => splitSpec(word)));
  const importers: (readonly [string, Record<string, string>])[] = [
    [".", { ...rangesOf(manifest, withoutDev), ...fresh }],
    ...members.map(({ folder, ranges }) => [folder, ranges] as const),
  ];
  const lock = readLock(
    process,
    frozen && added.length === 0 && importers.some(([, ranges]) => Object.keys(ranges).length > 0),
  );
  let found = lock && locked(facts, lock, importers);
  if (frozen && found?.missing === true) {
    throw new NpmFailure([
      ` ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with <ROOT>/package.json`,
      "",
      'Note that in CI environments this setting is true by default. If you still need to run install in such cases, use "pnpm install --no-frozen-lockfile"',
    ]);
  }
  const isFresh = found === undefined || found.missing;
  if (found === undefined || found.missing) {
    const names = new Set(all.map(({ name }) => name));
    const ranges = Object.fromEntries(
      importers
        .flatMap(([, one]) => Object.entries(one))
        .filter(([name, range]) => !names.has(name) && !range.startsWith("workspace:")),
    );
    found = { places: resolveAll(process, facts, ranges), needs: new Map(), missing: false };
  } else process.out("Lockfile is up to date, resolution step is skipped\n");
  const count = yield* lay(process, found, importers, args.includes("--offline"));
  linkMembers(process, all, importers);
  if (added.length > 0)
    saveManifest(
      process,
      manifest,
      Object.keys(fresh),
      found.places,
      args.includes("-D") || args.includes("--save-dev"),
    );
  if (isFresh) writeFile(process, "pnpm-lock.yaml", lockText(importers, found.places));
  const direct = Object.keys(importers[0]![1]);
  if (direct.length > 0) {
    process.out("\ndependencies:\n");
    for (const name of direct) {
      const version = found.places.find((place) => place.name === name)?.version;
      if (version !== undefined) process.out(encodeText(`+ ${name} ${version}\n`));
    }
  }
  process.out(
    encodeText(
      `\n${count === 0 ? "Already up to date\n" : ""}Done in ${seconds(process)}s using pnpm v${versionOf(process)}\n`,
    ),
  );
  return 0;
}

/** Lays packages as pnpm does. Answers how many were new. */
function* lay(
  process: Process,
  { places, needs }: Found,
  importers: readonly (readonly [string, Readonly<Record<string, string>>])[],
  isOffline: boolean,
  root = ".",
): Task<number> {
  process.machine.work(250);
  const counts = yield* fill(process, places, isOffline);
  let added = 0;
  const virtual = `${root}/node_modules/.pnpm`;
  for (const place of places) {
    const folder = `${virtual}/${keyOf(place)}/node_modules`;
    if (exists(process, `${folder}/${place.name}/package.json`)) continue;
    const text = `{\n  "name": ${JSON.stringify(place.name)},\n  "version": ${JSON.stringify(place.version)}\n}\n`;
    writeFile(process, `${folder}/${place.name}/package.json`, text);
    const rest = Math.max(0, place.size - text.length);
    if (rest > 0)
      writeFile(
        process,
        `${folder}/${place.name}/index.js`,
        knownSize(rest, `npm:${place.name}@${place.version}`),
      );
    added++;
    for (const need of needs.get(`${place.name}@${place.version}`) ?? []) {
      const [name, version] = splitSpec(need);
      const key = keyOf({ name, version });
      link(
        process,
        `${folder}/${name}`,
        `${"../".repeat(name.split("/").length + 1)}${key}/node_modules/${name}`,
      );
    }
    yield* process.room();
  }
  for (const [folder, ranges] of importers) {
    for (const name of Object.keys(ranges)) {
      const place = places.find((one) => one.name === name);
      if (!place) continue;
      const at = `${folder === "." ? root : `${root}/${folder}`}/node_modules/${name}`;
      const up = "../".repeat(
        (folder === "." ? 0 : folder.split("/").length + 1) + name.split("/").length - 1,
      );
      link(
        process,
        at,
        folder === "."
          ? `${up}.pnpm/${keyOf(place)}/node_modules/${name}`
          : `${up}node_modules/.pnpm/${keyOf(place)}/node_modules/${name}`,
      );
    }
  }
  writeFile(
    process,
    `${root}/node_modules/.modules.yaml`,
    `layoutVersion: 5\nnodeLinker: isolated\npackageManager: pnpm@${versionOf(process)}\n`,
  );
  if (added > 0) {
    process.out(encodeText(`Packages: +${added}\n${"+".repeat(Math.min(added, 80))}\n`));
    process.out(
      encodeText(
        `Progress: resolved ${places.length}, reused ${places.length - counts}, downloaded ${counts}, added ${added}, done\n`,
      ),
    );
  }
  return added;
}

/** Brings packages into the store. Answers how many were downloaded. */
function* fill(process: Process, places: readonly NpmPlace[], isOffline: boolean): Task<number> {
  const store = `${storeOf(process)}/files`;
  let fetched = 0;
  for (const place of places) {
    noteGuess(process, place);
    const file = `${store}/${place.name.replace("/", "+")}@${place.version}`;
    if (exists(process, file)) process.machine.work(REUSED);
    else {
      if (isOffline && process.machine.request.assume !== true)
        throw new NpmFailure([
          ` ERR_PNPM_NO_OFFLINE_TARBALL  A package is missing from the store but cannot download it in offline mode. The missing package is ${place.name}@${place.version}.`,
        ]);
      process.machine.work(DOWNLOAD + place.download / 50_000);
      writeFile(process, file, knownSize(place.size, `npm-store:${place.name}@${place.version}`));
      fetched++;
    }
    yield* process.room();
  }
  process.machine.downloads += fetched;
  return fetched;
}

/** `pnpm fetch`: fills the store from the lock alone. */
export function* fetchAll(process: Process, args: readonly string[]): Task<number> {
  const lock = readLock(process, true)!;
  const facts = new NpmFacts(process.machine.request.catalog);
  const found = locked(facts, lock, "all");
  yield* lay(process, found, [], args.includes("--offline"));
  return 0;
}

/** `pnpm deploy`: one workspace with all it needs, in a directory of its own. */
export function* deploy(
  process: Process,
  target: string | undefined,
  filter: string | undefined,
  args: readonly string[],
): Task<number> {
  if (target === undefined)
    throw new NpmFailure([" ERR_PNPM_INVALID_DEPLOY_TARGET  This command requires one parameter"]);
  const all = workspacesOf(process, args.includes("--prod") || args.includes("-P"));
  const place = filter === undefined ? undefined : chosen(all, filter)[0];
  if (!place) throw new NpmFailure([" ERR_PNPM_NOTHING_TO_DEPLOY  No project was selected for deployment"]);
  copyFolder(process, place.folder, target);
  const lock = readLock(process, false);
  const facts = new NpmFacts(process.machine.request.catalog);
  const found = lock && locked(facts, lock, [[place.folder, place.ranges]]);
  const ranges = Object.fromEntries(
    Object.entries(place.ranges).filter(([, range]) => !range.startsWith("workspace:")),
  );
  const packages: Found =
    found && !found.missing
      ? found
      : { places: resolveAll(process, facts, ranges), needs: new Map(), missing: false };
  yield* lay(process, packages, [[".", place.ranges]], false, target.replace(/\/$/, ""));
  for (const other of all)
    if (place.ranges[other.name] !== undefined)
      copyFolder(process, other.folder, `${target.replace(/\/$/, "")}/node_modules/${other.name}`);
  return 0;
}

function copyFolder(process: Process, from: string, to: string): void {
  makeFolder(process, to);
  for (const name of process.vfs.readdir(process, encodeText(absolute(process, from)))) {
    const text = decodeText(name);
    if (text === "node_modules") continue;
    const source = process.vfs.locate(process, encodeText(absolute(process, `${from}/${text}`)));
    if (source.stat?.type === "dir") copyFolder(process, `${from}/${text}`, `${to}/${text}`);
    else if (source.stat?.type === "file")
      writeFile(process, `${to}/${text}`, source.fs.readFile(source.inner), source.stat.mode & 0o7777);
  }
}

/** A workspace that another one asks for is a link to its folder. */
function linkMembers(
  process: Process,
  all: readonly Workspace[],
  importers: readonly (readonly [string, Readonly<Record<string, string>>])[],
): void {
  for (const [folder, ranges] of importers) {
    for (const { name, folder: target } of all) {
      if (ranges[name] === undefined) continue;
      const up = "../".repeat((folder === "." ? 0 : folder.split("/").length) + name.split("/").length);
      link(process, `${folder}/node_modules/${name}`, `${up}${target}`);
    }
  }
}

function link(process: Process, path: string, target: string): void {
  const full = absolute(process, path);
  if (exists(process, path)) return;
  makeFolder(process, full.slice(0, full.lastIndexOf("/")));
  if (process.vfs.tryStat(process, encodeText(full), false) !== undefined) removeFolder(process, path);
  process.vfs.symlink(process, encodeText(target), encodeText(full));
}
