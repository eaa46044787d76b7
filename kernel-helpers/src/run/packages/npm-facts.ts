/** Which packages an install brings and how large they are: from the catalog's measured packages and trees. */

import type { RunCatalog } from "../catalog";

/** A package to be laid into node_modules. */
export interface NpmPlace {
  /** `node_modules/express`, or nested below another. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Bytes installed. */
  readonly size: number;
  readonly files: number;
  /** Bytes of the archive that is downloaded. */
  readonly download: number;
  readonly integrity?: string;
  /** Its size is not in the catalog: a usual one stands for it. */
  readonly guessed: boolean;
}

interface Measured {
  readonly name: string;
  readonly version: string;
  readonly unpackedSize: number;
  readonly fileCount: number;
  readonly tarballSize?: number;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Tree {
  readonly packageJson: { readonly dependencies?: Readonly<Record<string, string>> };
  readonly packages: readonly (Measured & { readonly path: string })[];
}

interface NpmCatalog {
  readonly packages: readonly Measured[];
  readonly trees: readonly Tree[];
}

/** What stands for a package that was never measured: about the median of those that were. */
const USUAL = { unpackedSize: 18_000, fileCount: 7, tarballSize: 6_000 };

/** The npm part of the catalog, indexed once. */
export class NpmFacts {
  private readonly byName = new Map<string, Measured[]>();
  private readonly trees = new Map<string, Tree[]>();

  constructor(catalog: RunCatalog | undefined) {
    const npm = catalog?.npm as NpmCatalog | undefined;
    const add = (entry: Measured): void => {
      const list = this.byName.get(entry.name) ?? [];
      if (!list.some((other) => other.version === entry.version && other.dependencies)) list.push(entry);
      this.byName.set(entry.name, list);
    };
    for (const entry of npm?.packages ?? []) add(entry);
    for (const tree of npm?.trees ?? []) {
      const names = Object.keys(tree.packageJson.dependencies ?? {});
      if (names.length === 1 && names[0] !== undefined)
        this.trees.set(names[0], [...(this.trees.get(names[0]) ?? []), tree]);
      for (const entry of tree.packages) add(entry);
    }
  }

  /** Is the package known at all? */
  knows(name: string): boolean {
    return this.byName.has(name) || this.trees.has(name);
  }

  /** Newest known version of *name* that *range* allows; undefined when there is none. */
  version(name: string, range: string): string | undefined {
    const versions = (this.byName.get(name) ?? [])
      .map((entry) => entry.version)
      .filter((version) => satisfies(version, range));
    return versions.sort(compareVersions).at(-1);
  }

  /** A package by exact version, or with what stands for an unmeasured one. */
  place(path: string, name: string, version: string): NpmPlace {
    const list = this.byName.get(name) ?? [];
    const exact = list.find((entry) => entry.version === version);
    const measured = exact ?? list[0];
    return {
      path,
      name,
      version,
      size: measured?.unpackedSize ?? USUAL.unpackedSize,
      files: measured?.fileCount ?? USUAL.fileCount,
      download: measured?.tarballSize ?? Math.ceil((measured?.unpackedSize ?? 0) / 3) ?? USUAL.tarballSize,
      ...(exact?.integrity === undefined ? {} : { integrity: exact.integrity }),
      guessed: exact === undefined,
    };
  }

  /**
   * Everything that installing *wanted* (name to range) brings, sorted by path. `missing`: names that nobody knows.
   * `unmet`: a known name without a version in the range.
   */
  resolve(wanted: Readonly<Record<string, string>>): {
    readonly places: readonly NpmPlace[];
    readonly missing: readonly string[];
    readonly unmet: readonly { readonly name: string; readonly range: string }[];
  } {
    const places = new Map<string, NpmPlace>();
    const missing: string[] = [];
    const unmet: { name: string; range: string }[] = [];
    const queue = Object.entries(wanted);
    const direct = new Set(queue.map(([name]) => name));
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, range] = next;
      const path = `node_modules/${name}`;
      if (places.has(path)) continue;
      const tree = (this.trees.get(name) ?? []).find((entry) =>
        entry.packages.some((inner) => inner.name === name && satisfies(inner.version, range)),
      );
      if (tree !== undefined) {
        for (const entry of tree.packages)
          if (!places.has(entry.path))
            places.set(entry.path, this.place(entry.path, entry.name, entry.version));
        continue;
      }
      const version = this.version(name, range);
      if (version === undefined) {
        if (!this.knows(name) && direct.has(name)) missing.push(name);
        else if (direct.has(name)) unmet.push({ name, range });
        else places.set(path, this.place(path, name, range.replace(/^[\^~>=v\s]*/, "") || "1.0.0"));
        continue;
      }
      places.set(path, this.place(path, name, version));
      const measured = (this.byName.get(name) ?? []).find(
        (entry) => entry.version === version && entry.dependencies,
      );
      queue.push(...Object.entries(measured?.dependencies ?? {}));
    }
    return { places: [...places.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), missing, unmet };
  }
}

/** Semver order of two versions; a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string): [number[], string] => {
    const [core = "", pre = ""] = text.replace(/^v/, "").split("+")[0]?.split(/-(.*)/) ?? [];
    return [core.split(".").map(Number), pre];
  };
  const [left, leftPre] = parts(a);
  const [right, rightPre] = parts(b);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (leftPre === rightPre) return 0;
  return leftPre === "" ? 1 : rightPre === "" ? -1 : leftPre < rightPre ? -1 : 1;
}

/** Does *version* lie in *range* (npm's semver: `^ ~ >= > <= < =`, `x`, `*`, hyphens, `||`)? Tags such as `latest` allow all. */
export function satisfies(version: string, range: string): boolean {
  if (/^[a-z]/i.test(range.trim()) && !/^[xv]/i.test(range.trim())) return true;
  return range.split("||").some((part) => {
    const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(part);
    const comparators = hyphen
      ? [`>=${hyphen[1] ?? ""}`, `<=${hyphen[2] ?? ""}`]
      : part
          .trim()
          .replace(/([<>=~^])\s+/g, "$1")
          .split(/\s+/)
          .filter((word) => word !== "");
    return comparators.every((comparator) => satisfiesOne(version, comparator));
  });
}

function satisfiesOne(version: string, comparator: string): boolean {
  const match = /^(\^|~|>=|<=|>|<|=)?v?(\d+|[x*])?(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(-[\w.-]+)?/i.exec(
    comparator,
  );
  const [, operator = "", major, minor, patch, pre = ""] = match ?? [];
  const isAny = (text: string | undefined): boolean => text === undefined || /^[x*]$/i.test(text);
  if (isAny(major)) return true;
  const low = `${major ?? 0}.${isAny(minor) ? 0 : (minor ?? 0)}.${isAny(patch) ? 0 : (patch ?? 0)}${pre}`;
  const bump = (level: 0 | 1 | 2): string => {
    const numbers = [Number(major), isAny(minor) ? 0 : Number(minor), isAny(patch) ? 0 : Number(patch)];
    numbers[level] = (numbers[level] ?? 0) + 1;
    for (let i = level + 1; i < 3; i++) numbers[i] = 0;
    return `${numbers.join(".")}-0`;
  };
  const within = (high: string): boolean =>
    compareVersions(version, low) >= 0 && compareVersions(version, high) < 0;
  switch (operator) {
    case "^":
      return within(bump(Number(major) > 0 || isAny(minor) ? 0 : Number(minor) > 0 || isAny(patch) ? 1 : 2));
    case "~":
      return within(bump(isAny(minor) ? 0 : 1));
    case ">=":
      return compareVersions(version, low) >= 0;
    case ">":
      return (
        compareVersions(version, isAny(minor) ? bump(0) : isAny(patch) ? bump(1) : low) >=
        (isAny(minor) || isAny(patch) ? 0 : 1)
      );
    case "<=":
      return isAny(minor)
        ? compareVersions(version, bump(0)) < 0
        : isAny(patch)
          ? compareVersions(version, bump(1)) < 0
          : compareVersions(version, low) <= 0;
    case "<":
      return compareVersions(version, low) < 0;
    default:
      return isAny(minor)
        ? within(bump(0))
        : isAny(patch)
          ? within(bump(1))
          : compareVersions(version, low) === 0;
  }
}
