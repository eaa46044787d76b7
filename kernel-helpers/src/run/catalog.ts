/** The facts about real packages that the simulated package managers work from: the parsed files of content/catalog. */

/** npm-packages.json, apt-packages.json, alpine-apk.json, pip-packages.json as they are parsed. */
export interface RunCatalog {
  readonly npm?: unknown;
  readonly apt?: unknown;
  readonly apk?: unknown;
  readonly pip?: unknown;
}
