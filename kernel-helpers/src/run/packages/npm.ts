/** `npm`: install, ci, run and the few other words Dockerfiles use. Sizes and trees are the catalog's; times are simulated. */

import type { Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { absolute, decodeText, encodeText, exists, knownSize, readText, writeFile } from "./files";
import { NpmFacts, satisfies, type NpmPlace } from "./npm-facts";
import {
  chosenWorkspaces,
  findWorkspaces,
  linkWorkspace,
  reachable,
  workspacePatterns,
  type LockEntry,
  type Workspace,
} from "./workspaces";

export interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockPackage extends LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

interface Lock {
  readonly lockfileVersion?: number;
  readonly packages?: Readonly<Record<string, LockPackage>>;
}

/** Bytes of the package managers that `npm install -g` can bring. Simulated. */
const MANAGERS: ReadonlyMap<string, number> = new Map([
  ["pnpm", 18_500_000],
  ["yarn", 5_400_000],
]);

/** Simulated milliseconds: reading the registry once, one package from it, one from the cache. */
const START = 400;
const DOWNLOAD = 35;
const CACHED = 6;

/** Ends npm with its error lines. */
export class NpmFailure extends Error {
  constructor(
    readonly lines: readonly string[],
    readonly status = 1,
  ) {
    super(lines[0] ?? "");
  }
}

export const npm: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const words = args.filter(
    (word, i) => !word.startsWith("-") && !["-w", "--workspace"].includes(args[i - 1] ?? ""),
  );
  try {
    return yield* command(process, args, words);
  } catch (error) {
    if (error instanceof NpmFailure) {
      for (const line of error.lines)
        process.err(encodeText(line === "" ? "npm error\n" : `npm error ${line}\n`));
      process.err(
        encodeText(
          `npm error A complete log of this run can be found in: ${home(process)}/.npm/_logs/debug-0.log\n`,
        ),
      );
      return error.status;
    }
    if (error instanceof Errno) {
      process.err(
        encodeText(
          `npm error code ${error.code}\nnpm error syscall open\nnpm error path ${decodeText(error.path)}\nnpm error The operation was rejected by your operating system.\n`,
        ),
      );
      return 243;
    }
    throw error;
  }
};

function* command(process: Process, args: readonly string[], words: readonly string[]): Task<number> {
  const flag = (...names: string[]): boolean => names.some((name) => args.includes(name));
  switch (words[0]) {
    case undefined:
      if (flag("-v", "--version")) {
        process.out("11.19.1\n");
        return 0;
      }
      process.out(
        "npm <command>\n\nUsage:\n\nnpm install        install all the dependencies in your project\nnpm ci             clean install a project\nnpm run <foo>      run the script named <foo>\n",
      );
      return 1;
    case "install":
    case "i":
    case "add":
      if (flag("-g", "--global")) return yield* installGlobal(process, words.slice(1));
      return yield* install(process, words.slice(1), args);
    case "ci":
    case "clean-install":
      return yield* cleanInstall(process, args, true);
    case "run":
    case "run-script":
      return yield* runScript(process, words[1], args);
    case "test":
    case "t":
    case "start":
    case "build":
      return yield* runScript(process, words[0] === "t" ? "test" : words[0], args);
    case "cache":
      if (words[1] === "clean" && exists(process, `${home(process)}/.npm/_cacache`))
        removeFolder(process, `${home(process)}/.npm/_cacache`);
      return 0;
    case "config":
    case "set":
    case "audit":
    case "fund":
      return 0;
    case "prune":
    case "uninstall":
    case "rm":
      return 0;
    default:
      process.err(
        encodeText(
          `Unknown command: "${words[0] ?? ""}"\n\nTo see a list of supported npm commands, run:\n  npm help\n`,
        ),
      );
      return 1;
  }
}

export function home(process: Process): string {
  return decodeText(process.env.get("HOME") ?? "/root");
}

export function readPackage(process: Process): PackageJson {
  const text = readText(process, "package.json");
  const cwd = decodeText(process.cwd);
  if (text === undefined) {
    throw new NpmFailure(
      [
        "code ENOENT",
        "syscall open",
        `path ${cwd.replace(/\/$/, "")}/package.json`,
        "errno -2",
        `enoent Could not read package.json: Error: ENOENT: no such file or directory, open '${cwd.replace(/\/$/, "")}/package.json'`,
        "enoent This is related to npm not being able to find a file.",
        "enoent",
      ],
      254,
    );
  }
  try {
    return JSON.parse(text) as PackageJson;
  } catch (error) {
    throw new NpmFailure([
      "code EJSONPARSE",
      `path ${cwd.replace(/\/$/, "")}/package.json`,
      `JSON.parse ${error instanceof Error ? error.message : ""} while parsing package.json`,
      "JSON.parse Failed to parse JSON data.",
      "JSON.parse Note: package.json must be actual JSON, not just JavaScript.",
    ]);
  }
}

function readLock(process: Process): Lock | undefined {
  const text = readText(process, "package-lock.json") ?? readText(process, "npm-shrinkwrap.json");
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Lock;
  } catch {
    throw new NpmFailure(["code EJSONPARSE", "JSON.parse Invalid package-lock.json"]);
  }
}

export function omitsDev(process: Process, args: readonly string[]): boolean {
  const omit =
    args.some((word) => word === "--omit=dev" || word === "--production" || word === "--only=production") ||
    args.some((word, i) => word === "--omit" && args[i + 1] === "dev");
  return omit || (process.env.get("NODE_ENV") === "production" && !args.includes("--include=dev"));
}

function* install(process: Process, wanted: readonly string[], args: readonly string[]): Task<number> {
  const facts = new NpmFacts(process.machine.request.catalog);
  const manifest = wanted.length > 0 && !exists(process, "package.json") ? {} : readPackage(process);
  if (workspacePatterns(manifest) !== undefined && wanted.length === 0 && readLock(process) !== undefined)
    return yield* cleanInstall(process, args, false);
  const added = Object.fromEntries(wanted.map((word) => splitSpec(word)));
  const dev = omitsDev(process, args) ? {} : manifest.devDependencies;
  const ranges = { ...manifest.dependencies, ...manifest.optionalDependencies, ...dev, ...added };
  const lock = readLock(process);
  const places =
    lock?.packages !== undefined && wanted.length === 0 && inSync(ranges, lock).length === 0
      ? lockPlaces(facts, lock, omitsDev(process, args))
      : resolveAll(process, facts, ranges);
  requireToken(process, places);
  const count = yield* lay(process, places);
  if (wanted.length > 0) {
    const dependencies = { ...manifest.dependencies };
    for (const [name] of Object.entries(added))
      dependencies[name] =
        `^${places.find((place) => place.path === `node_modules/${name}`)?.version ?? "1.0.0"}`;
    writeFile(
      process,
      "package.json",
      JSON.stringify(
        {
          ...manifest,
          dependencies: Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1))),
        },
        null,
        2,
      ) + "\n",
    );
  }
  if (!args.includes("--no-package-lock") && places.length > 0)
    writeFile(process, "package-lock.json", lockText(manifest, places));
  report(process, count, args);
  return 0;
}

function* installGlobal(process: Process, wanted: readonly string[]): Task<number> {
  const facts = new NpmFacts(process.machine.request.catalog);
  const names = wanted
    .map((word) => splitSpec(word))
    .filter(([name]) => name !== "npm" && name !== "corepack");
  // Other package managers are programs of ours: their size is about that of their newest release.
  const managers = names.filter(([name]) => MANAGERS.has(name));
  for (const [name] of managers) {
    const content = knownSize(MANAGERS.get(name) ?? 0, `manager:${name}`);
    writeFile(process, `/usr/local/lib/node_modules/${name}/dist.cjs`, content);
    for (const program of name === "pnpm" ? ["pnpm", "pnpx"] : ["yarn", "yarnpkg"])
      writeFile(process, `/usr/local/bin/${program}`, knownSize(120, `bin:${program}`), 0o755);
    process.machine.work(900);
  }
  const others = names.filter(([name]) => !MANAGERS.has(name));
  const places = resolveAll(process, facts, Object.fromEntries(others));
  const count = (yield* lay(process, places, "/usr/local/lib")) + managers.length;
  for (const [name] of others)
    writeFile(
      process,
      `/usr/local/bin/${name.replace(/^@[^/]*\//, "")}`,
      knownSize(120, `bin:${name}`),
      0o755,
    );
  process.out(
    encodeText(
      `\n${count === 0 ? "changed 1 package" : `added ${count} package${count === 1 ? "" : "s"}`} in ${seconds(process)}s\n`,
    ),
  );
  return 0;
}

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

/** Texts of the `.npmrc` files that npm reads, those that are there. */
function settings(process: Process): string[] {
  const own = decodeText(process.env.get("NPM_CONFIG_USERCONFIG") ?? "/nonexistent");
  return [".npmrc", `${home(process)}/.npmrc`, own].flatMap((path) => readText(process, path) ?? []);
}

/**
 * A scoped package that nobody measured lives in somebody's own registry. Of a real project's, whose scoped packages are mostly public,
 * that is said only when its scope is given a registry.
 */
function isPrivate(process: Process, facts: NpmFacts, name: string): boolean {
  if (!name.startsWith("@") || facts.knows(name)) return false;
  if (process.machine.request.assume !== true) return true;
  const scope = name.slice(0, name.indexOf("/"));
  return settings(process).some((text) => text.includes(`${scope}:registry`));
}

/** A private package needs a token, as its registry would say. */
function requireToken(process: Process, places: readonly NpmPlace[]): void {
  const facts = new NpmFacts(process.machine.request.catalog);
  const place = places.find((entry) => isPrivate(process, facts, entry.name));
  if (place === undefined || settings(process).some((text) => /_authToken\s*=\s*\S+/.test(text))) return;
  throw new NpmFailure([
    "code E401",
    `401 Unauthorized - GET ${place.name} - authentication token not provided`,
  ]);
}

/** What package.json asks for and the lock does not hold, in npm's words. */
function inSync(ranges: Readonly<Record<string, string>>, lock: Lock, folder = ""): readonly string[] {
  return Object.entries(ranges).flatMap(([name, range]) => {
    const found =
      lock.packages?.[`${folder}/node_modules/${name}`] ?? lock.packages?.[`node_modules/${name}`];
    if (found?.link === true) return [];
    const version = found?.version;
    if (version === undefined) return [`Missing: ${name}@${range.replace(/^[\^~]/, "")} from lock file`];
    return satisfies(version, range)
      ? []
      : [`Invalid: lock file's ${name}@${version} does not satisfy ${name}@${range}`];
  });
}

function lockPlaces(facts: NpmFacts, lock: Lock, withoutDev: boolean): readonly NpmPlace[] {
  return Object.entries(lock.packages ?? {})
    .filter(
      ([path, entry]) =>
        path.includes("node_modules/") &&
        entry.link !== true &&
        !(withoutDev && entry.dev === true) &&
        !foreign(entry),
    )
    .map(([path, entry]) =>
      facts.place(path, path.slice(path.lastIndexOf("node_modules/") + 13), entry.version ?? "0.0.0"),
    );
}

/** An optional package for another system is not installed. */
function foreign(entry: LockPackage): boolean {
  return (
    (entry.os !== undefined && !entry.os.includes("linux")) ||
    (entry.cpu !== undefined && !entry.cpu.includes("x64"))
  );
}

/** `npm ci`; with *clean* false, `npm install` of a repository whose lock file is up to date. */
function* cleanInstall(process: Process, args: readonly string[], clean = true): Task<number> {
  const manifest = readPackage(process);
  const lock = readLock(process);
  if (lock === undefined) {
    throw new NpmFailure([
      "code EUSAGE",
      "",
      "The `npm ci` command can only install with an existing package-lock.json or",
      "npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or",
      "later to generate a package-lock.json file, then try again.",
      "",
      "Clean install a project",
      "",
      "Usage:",
      "npm ci",
      "",
      "aliases: clean-install, ic, install-clean, isntall-clean",
      "",
      'Run "npm help ci" for more info',
    ]);
  }
  const ranges = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  const workspaces = findWorkspaces(process, workspacePatterns(manifest) ?? []);
  const wrong = [{ folder: "", ranges }, ...workspaces].flatMap((root) =>
    inSync(root.ranges, lock, root.folder),
  );
  if (wrong.length > 0) {
    throw new NpmFailure([
      "code EUSAGE",
      "",
      "`npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.",
      "",
      ...wrong,
      "",
      "Clean install a project",
      "",
      "Usage:",
      "npm ci",
    ]);
  }
  const facts = new NpmFacts(process.machine.request.catalog);
  const { chosen, links, reached } = reachedBy(process, manifest, lock, workspaces, args);
  const places = lockPlaces(facts, lock, omitsDev(process, args)).filter(
    ({ path }) => reached === undefined || reached.has(path),
  );
  requireToken(process, places);
  if (clean && exists(process, "node_modules")) emptyFolder(process, "node_modules");
  const laid = yield* lay(process, places);
  const linked = links.filter(({ path, folder }) => linkWorkspace(process, path, folder)).length;
  report(process, laid + linked, args, laid, chosen.length);
  return 0;
}

/** What the chosen workspaces (and the root, unless some were named) reach; `reached` undefined: the repository has none. */
function reachedBy(
  process: Process,
  manifest: PackageJson,
  lock: Lock,
  workspaces: readonly Workspace[],
  args: readonly string[],
): {
  readonly chosen: readonly Workspace[];
  readonly links: readonly { readonly path: string; readonly folder: string }[];
  readonly reached: ReadonlySet<string> | undefined;
} {
  // A lock file of a monorepo counts as one even where its package.json is missing: `COPY apps/*/package.json ./` makes that.
  const folders = Object.keys(lock.packages ?? {}).some(
    (path) => path !== "" && !path.includes("node_modules/"),
  );
  if (workspacePatterns(manifest) === undefined && !folders)
    return { chosen: [], links: [], reached: undefined };
  const { chosen, given, unknown } = chosenWorkspaces(workspaces, args);
  if (unknown.length > 0)
    throw new NpmFailure([`No workspaces found:`, `  --workspace=${unknown.join(" --workspace=")}`]);
  const dev = omitsDev(process, args) ? {} : manifest.devDependencies;
  const root = {
    folder: "",
    ranges: { ...manifest.dependencies, ...manifest.optionalDependencies, ...dev },
  };
  const packages = lock.packages ?? {};
  const withRoot = !given || args.includes("--include-workspace-root");
  const reached = new Set(reachable(packages, withRoot ? [root, ...chosen] : chosen));
  const links = Object.entries(packages).flatMap(([path, entry]) => {
    const folder = entry.link === true ? entry.resolved : undefined;
    const wanted = reached.has(path) || chosen.some((workspace) => workspace.folder === folder);
    return folder !== undefined && wanted ? [{ path, folder }] : [];
  });
  return { chosen, links, reached };
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
    `${home(process)}/.npm/_cacache/content-v2/${place.name.replace("/", "+")}-${place.version}.tgz`,
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

export function seconds(process: Process): number {
  return Math.max(1, Math.round((process.machine.clock - process.startedAt) / 1000));
}

/** *fetchable*: how many of *count* come from a registry; the rest are links to *workspaces* of the repository. */
function report(
  process: Process,
  count: number,
  args: readonly string[],
  fetchable = count,
  workspaces = 0,
): void {
  if (args.includes("--silent") || args.includes("-s")) return;
  const packages = (n: number): string => `${n} package${n === 1 ? "" : "s"}`;
  const time = seconds(process);
  const audited = args.includes("--no-audit") ? "" : `, and audited ${packages(count + 1 + workspaces)}`;
  if (count === 0)
    process.out(
      encodeText(`\nup to date${args.includes("--no-audit") ? "" : ", audited 1 package"} in ${time}s\n`),
    );
  else process.out(encodeText(`\nadded ${packages(count)}${audited} in ${time}s\n`));
  if (process.machine.downloads < fetchable)
    process.out(encodeText(`(흉내) ${packages(process.machine.downloads)} 내려받음, 나머지는 캐시에서\n`));
  if (!args.includes("--no-audit")) process.out("\nfound 0 vulnerabilities\n");
}

function lockText(manifest: PackageJson, places: readonly NpmPlace[]): string {
  const root = {
    name: manifest.name ?? "app",
    ...(manifest.version === undefined ? {} : { version: manifest.version }),
    ...(manifest.dependencies === undefined ? {} : { dependencies: manifest.dependencies }),
  };
  const packages: Readonly<Record<string, unknown>> = Object.fromEntries<unknown>([
    ["", root],
    ...places.map(
      (place) =>
        [
          place.path,
          {
            version: place.version,
            ...(place.integrity === undefined ? {} : { integrity: place.integrity }),
          },
        ] as const,
    ),
  ]);
  return (
    JSON.stringify(
      { name: root.name, version: manifest.version, lockfileVersion: 3, requires: true, packages },
      null,
      2,
    ) + "\n"
  );
}

/** `express@^5` → [express, ^5]; `express` → [express, *]. */
export function splitSpec(word: string): [string, string] {
  const at = word.indexOf("@", 1);
  return at < 0 ? [word, "*"] : [word.slice(0, at), word.slice(at + 1)];
}

function* runScript(process: Process, name: string | undefined, args: readonly string[]): Task<number> {
  const manifest = readPackage(process);
  const words = chosenWorkspaces([], args);
  if (name !== undefined && (words.given || words.unknown.length > 0))
    return yield* runInWorkspaces(process, manifest, name, args);
  if (name === undefined) {
    for (const [script, text] of Object.entries(manifest.scripts ?? {}))
      process.out(encodeText(`  ${script}\n    ${text}\n`));
    return 0;
  }
  const script =
    manifest.scripts?.[name] ??
    (name === "start" && exists(process, "server.js") ? "node server.js" : undefined);
  if (script === undefined) {
    if (args.includes("--if-present")) return 0;
    throw new NpmFailure([`Missing script: "${name}"`, "", "To see a list of scripts, run:", "  npm run"]);
  }
  for (const stage of [`pre${name}`, name, `post${name}`]) {
    const text = stage === name ? script : manifest.scripts?.[stage];
    if (text === undefined) continue;
    if (!args.includes("--silent") && !args.includes("-s"))
      process.out(
        encodeText(
          `\n> ${manifest.name ?? ""}${manifest.version === undefined ? "" : `@${manifest.version}`} ${stage}\n> ${text}\n\n`,
        ),
      );
    const child = process.machine.spawn(process, (inner) => shell(inner, text));
    const status = yield* process.waitFor(child);
    if (status !== 0) return status;
  }
  return 0;
}

/** `npm run NAME -w WORKSPACE`, `--workspaces`: the script in each chosen folder, in the order of the patterns. */
function* runInWorkspaces(
  process: Process,
  manifest: PackageJson,
  name: string,
  args: readonly string[],
): Task<number> {
  const all = findWorkspaces(process, workspacePatterns(manifest) ?? []);
  const { chosen, unknown } = chosenWorkspaces(all, args);
  if (unknown.length > 0 || chosen.length === 0)
    throw new NpmFailure([`No workspaces found:`, `  --workspace=${unknown.join(" --workspace=")}`]);
  const root = decodeText(process.cwd).replace(/\/$/, "");
  for (const workspace of chosen) {
    if (workspace.scripts[name] === undefined) {
      if (args.includes("--if-present")) continue;
      throw new NpmFailure([
        "Lifecycle script `" + name + "` failed with error:",
        `workspace ${workspace.name}@${workspace.version ?? ""}`,
        `location ${root}/${workspace.folder}`,
        `Missing script: "${name}"`,
      ]);
    }
    const child = process.machine.spawn(process, (inner) => {
      inner.cwd = encodeText(`${root}/${workspace.folder}`);
      return runScript(
        inner,
        name,
        args.filter((word) => word === "-s" || word === "--silent"),
      );
    });
    const status = yield* process.waitFor(child);
    if (status !== 0) return status;
  }
  return 0;
}

export function* shell(process: Process, text: string): Task<number> {
  process.env.set(
    "PATH",
    encodeText(`${absolute(process, "node_modules/.bin")}:${decodeText(process.env.get("PATH") ?? "")}`),
  );
  process.args = ["sh", "-c", encodeText(text)];
  return yield* process.machine.loader.execute(process, "/bin/sh");
}

export function removeFolder(process: Process, path: string): void {
  const found = process.vfs.locate(process, encodeText(absolute(process, path)));
  if (found.stat !== undefined) found.fs.remove(found.inner, { recursive: true });
}

/** Removes what is in a folder, as `npm ci` does: the folder itself may be a mount. */
function emptyFolder(process: Process, path: string): void {
  const found = process.vfs.locate(process, encodeText(absolute(process, path)));
  if (found.stat?.type !== "dir") return;
  const fs = found.fs;
  for (const name of fs.readdir(found.inner))
    fs.remove(`${found.inner === "/" ? "" : found.inner}/${name}`, { recursive: true });
}
