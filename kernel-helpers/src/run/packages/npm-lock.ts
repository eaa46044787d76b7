/** package-lock.json: read, held against package.json, and written. */

import type { Process } from "../machine/process";
import { readText } from "./files";
import { NpmFacts, satisfies, type NpmPlace } from "./npm-facts";
import { chosenWorkspaces, reachable, workspacePatterns, type LockEntry, type Workspace } from "./workspaces";
import { type PackageJson, NpmFailure, omitsDev } from "./npm-project";

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

/** The lock of the project, npm-shrinkwrap.json too; undefined without one. Throws NpmFailure when it is no JSON. */
export function readLock(process: Process): Lock | undefined {
  const text = readText(process, "package-lock.json") ?? readText(process, "npm-shrinkwrap.json");
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Lock;
  } catch {
    throw new NpmFailure(["code EJSONPARSE", "JSON.parse Invalid package-lock.json"]);
  }
}

/** What package.json asks for and the lock does not hold, in npm's words. */
export function inSync(ranges: Readonly<Record<string, string>>, lock: Lock, folder = ""): readonly string[] {
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

/** Where the lock puts each package; *withoutDev* leaves out what only development needs. */
export function lockPlaces(facts: NpmFacts, lock: Lock, withoutDev: boolean): readonly NpmPlace[] {
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

/** What the chosen workspaces (and the root, unless some were named) reach; `reached` undefined: the repository has none. */
export function reachedBy(
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

/** The lock that `npm install` writes, in version 3. */
export function lockText(manifest: PackageJson, places: readonly NpmPlace[]): string {
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
