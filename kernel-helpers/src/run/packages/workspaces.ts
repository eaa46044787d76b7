/** npm's workspaces: which folders of package.json's patterns are there, and what of a lock file they reach. Rules as observed with npm 11. */

import type { Process } from "../machine/process";
import { decodeText, encodeText, exists, readText } from "./files";

/** One package of the repository itself. */
export interface Workspace {
  /** Relative to the repository's root: `apps/api`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly scripts: Readonly<Record<string, string>>;
  /** Everything it asks for; without devDependencies when they are left out. */
  readonly ranges: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What of a lock's entry matters for reaching others. */
export interface LockEntry extends Manifest {
  readonly link?: boolean;
  readonly resolved?: string;
}

/** The patterns of `workspaces`; undefined when the repository has none. */
export function workspacePatterns(manifest: unknown): readonly string[] | undefined {
  const { workspaces } = manifest as Manifest;
  if (workspaces === undefined) return undefined;
  return Array.isArray(workspaces)
    ? (workspaces as readonly string[])
    : ((workspaces as { packages?: readonly string[] }).packages ?? []);
}

/** The workspaces that are there: folders that a pattern names and that hold a package.json, by folder. */
export function findWorkspaces(
  process: Process,
  patterns: readonly string[],
  withoutDev = false,
): readonly Workspace[] {
  const folders = new Set<string>();
  for (const pattern of patterns) {
    const parts = pattern.replace(/^\.\//, "").replace(/\/+$/, "").split("/");
    let found = [""];
    for (const part of parts)
      found = found.flatMap((at) =>
        /[*?]/.test(part)
          ? childrenOf(process, at || ".")
              .filter((name) => name !== "node_modules" && globOf(part).test(name))
              .map((name) => join(at, name))
          : [join(at, part)],
      );
    for (const folder of found) if (exists(process, `${folder}/package.json`)) folders.add(folder);
  }
  return [...folders].sort().flatMap((folder) => {
    try {
      const manifest = JSON.parse(readText(process, `${folder}/package.json`) ?? "") as Manifest;
      return [
        {
          folder,
          name: manifest.name ?? folder.split("/").at(-1) ?? folder,
          version: manifest.version,
          scripts: manifest.scripts ?? {},
          ranges: {
            ...manifest.dependencies,
            ...(withoutDev ? {} : manifest.devDependencies),
            ...manifest.optionalDependencies,
          },
        },
      ];
    } catch {
      return [];
    }
  });
}

/** The workspaces that `-w NAME`, `--workspace=FOLDER` choose; all of them without one. Undefined names are answered too. */
export function chosenWorkspaces(
  workspaces: readonly Workspace[],
  args: readonly string[],
): { readonly chosen: readonly Workspace[]; readonly given: boolean; readonly unknown: readonly string[] } {
  const names = args.flatMap((word, i) => {
    if (word === "-w" || word === "--workspace") return args[i + 1] === undefined ? [] : [args[i + 1] ?? ""];
    return word.startsWith("--workspace=") ? [word.slice(12)] : [];
  });
  const all = args.includes("--workspaces") || args.includes("-ws");
  if (names.length === 0) return { chosen: workspaces, given: all, unknown: [] };
  const plain = (name: string): string => name.replace(/^\.\//, "").replace(/\/+$/, "");
  const match = (name: string): readonly Workspace[] =>
    workspaces.filter(
      (entry) =>
        entry.name === name || entry.folder === plain(name) || entry.folder.startsWith(`${plain(name)}/`),
    );
  return {
    chosen: workspaces.filter((entry) => names.some((name) => match(name).includes(entry))),
    given: true,
    unknown: names.filter((name) => match(name).length === 0),
  };
}

/**
 * Paths of *packages* (a lock's entries) that *roots* reach, `link` entries of workspaces included. A root is a folder ("" is the
 * repository itself) with what it asks for. Optional packages count; peers too, as npm 7 and newer install them.
 */
export function reachable(
  packages: Readonly<Record<string, LockEntry>>,
  roots: readonly { readonly folder: string; readonly ranges: Readonly<Record<string, string>> }[],
): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = roots.flatMap(({ folder, ranges }) =>
    Object.keys(ranges).map((name) => [folder, name] as const),
  );
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const path = resolveFrom(packages, ...next);
    if (path === undefined || reached.has(path)) continue;
    reached.add(path);
    const entry = packages[path];
    const inner = entry?.link === true ? (entry.resolved ?? "") : path;
    const asks = entry?.link === true ? packages[inner] : entry;
    for (const name of Object.keys({
      ...asks?.dependencies,
      ...asks?.optionalDependencies,
      ...asks?.peerDependencies,
    }))
      queue.push([inner, name]);
  }
  return reached;
}

/** Where *name* is found from the package at *from*, as Node looks: nearest node_modules first. */
function resolveFrom(
  packages: Readonly<Record<string, LockEntry>>,
  from: string,
  name: string,
): string | undefined {
  for (let at = from; ; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "") {
    if (!at.endsWith("node_modules")) {
      const path = join(at, `node_modules/${name}`);
      if (packages[path] !== undefined) return path;
    }
    if (at === "") return undefined;
  }
}

/** Makes `node_modules/@memo/ui -> ../../packages/ui`; answers whether it is new. */
export function linkWorkspace(process: Process, path: string, folder: string): boolean {
  if (exists(process, path)) return false;
  const parts = path.split("/").slice(0, -1);
  let at = decodeText(process.cwd).replace(/\/$/, "");
  for (const part of parts) {
    at += `/${part}`;
    if (process.vfs.tryStat(process, encodeText(at)) === undefined)
      process.vfs.mkdir(process, encodeText(at), 0o777);
  }
  const link = encodeText(`${at}/${path.split("/").at(-1) ?? ""}`);
  process.vfs.symlink(process, encodeText(`${"../".repeat(parts.length)}${folder}`), link);
  return true;
}

function childrenOf(process: Process, folder: string): readonly string[] {
  try {
    return process.vfs
      .readdir(process, encodeText(`${decodeText(process.cwd).replace(/\/$/, "")}/${folder}`))
      .map(decodeText);
  } catch {
    return [];
  }
}

function globOf(part: string): RegExp {
  const source = part.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, "[^/]*");
  return new RegExp(`^${source.replace(/\?/g, "[^/]")}$`);
}

function join(at: string, name: string): string {
  return at === "" || at === "." ? name : `${at}/${name}`;
}
