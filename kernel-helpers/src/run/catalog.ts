/** The facts about real packages that the simulated package managers work from: the parsed files of content/catalog. */

/** One version of an npm package, measured by packing it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly unpackedSize: number;
  readonly fileCount: number;
  readonly tarballSize?: number;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** npm-packages.json, apt-packages.json, alpine-apk.json, pip-packages.json as they are parsed. */
export interface RunCatalog {
  readonly npm?: unknown;
  readonly apt?: unknown;
  readonly apk?: unknown;
  readonly pip?: unknown;
}
