/** `npm`: install, ci, run and the few other words Dockerfiles use. Sizes and trees are the catalog's; times are simulated. */

import type { Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { decodeText, encodeText, exists, knownSize, writeFile } from "./files";
import { NpmFacts } from "./npm-facts";
import { findWorkspaces, linkWorkspace, workspacePatterns } from "./workspaces";
import { readLock, inSync, lockPlaces, reachedBy, lockText } from "./npm-lock";
import { NpmFailure, home, npmCache, readPackage, omitsDev, requireToken, splitSpec } from "./npm-project";
import { runScript } from "./npm-scripts";
import { resolveAll, lay, seconds, removeFolder, emptyFolder } from "./npm-tree";

/** Bytes of the package managers that `npm install -g` can bring. Simulated. */
const MANAGERS: ReadonlyMap<string, number> = new Map([
  ["pnpm", 18_500_000],
  ["yarn", 5_400_000],
]);

/** `npm`; a failure ends it with its `npm error` lines. */
export const npm: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const words = args.filter(
    (word, i) => !word.startsWith("-") && !["-w", "--workspace", "--cache"].includes(args[i - 1] ?? ""),
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
      if (words[1] === "clean" && exists(process, `${npmCache(process)}/_cacache`))
        removeFolder(process, `${npmCache(process)}/_cacache`);
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
