/** `yarn`, classic (1.22) and, where package.json's `packageManager` says so, berry: install, add, run and the words Dockerfiles use. */

import { assume, type Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { decodeText, encodeText, exists, knownSize, readText, writeFile } from "./files";
import { home, NpmFailure, readPackage, splitSpec, type PackageJson } from "./npm-project";
import { shell } from "./npm-scripts";
import { lay, removeFolder, resolveAll, seconds } from "./npm-tree";
import { NpmFacts, type NpmPlace } from "./npm-facts";
import { parseLock, mapAt, textAt, type LockMap } from "./lock-text";
import { findWorkspaces, linkWorkspace, workspacePatterns, type Workspace } from "./workspaces";

const CLASSIC = "1.22.22";

type Manifest = PackageJson & { readonly packageManager?: string };

export const yarn: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  try {
    return yield* command(process, args);
  } catch (error) {
    if (error instanceof NpmFailure) {
      process.err(
        encodeText(
          `error ${error.lines[0] ?? ""}\n${error.lines
            .slice(1)
            .map((line) => `${line}\n`)
            .join("")}`,
        ),
      );
      process.out("info Visit the documentation of yarn for this command.\n");
      return 1;
    }
    if (error instanceof Errno) {
      process.err(
        encodeText(`error ${error.code}: ${error.message.toLowerCase()}, open '${decodeText(error.path)}'\n`),
      );
      return 1;
    }
    throw error;
  }
};

/** Where yarn 1 keeps what it fetched. */
function classicCache(process: Process): string {
  return decodeText(process.env.get("YARN_CACHE_FOLDER") ?? "") || "/usr/local/share/.cache/yarn/v6";
}

function versionOf(process: Process): string {
  const manifest = readText(process, "package.json");
  const found = /"packageManager"\s*:\s*"yarn@([\d.]+)/.exec(manifest ?? "");
  return found?.[1] ?? CLASSIC;
}

function* command(process: Process, args: readonly string[]): Task<number> {
  const words = args.filter((word) => !word.startsWith("-"));
  const version = versionOf(process);
  if (args.includes("--version") || args.includes("-v")) {
    process.out(encodeText(`${version}\n`));
    return 0;
  }
  switch (words[0]) {
    case undefined:
    case "install":
      return yield* install(process, [], args, version);
    case "add":
      return yield* install(process, words.slice(1), args, version);
    case "global":
      return yield* globally(process, words.slice(2));
    case "cache":
      if (words[1] === "clean")
        for (const folder of [classicCache(process), `${home(process)}/.yarn/berry/cache`])
          if (exists(process, folder)) removeFolder(process, folder);
      return 0;
    case "config":
    case "set":
    case "policies":
    case "plugin":
    case "remove":
    case "autoclean":
    case "check":
    case "audit":
    case "info":
      return 0;
    case "run":
      return yield* run(process, words[1], args, version);
    case "workspace": {
      const place = workspaces(process, false).find(({ name }) => name === words[1]);
      if (!place) throw new NpmFailure([`Unknown workspace "${words[1] ?? ""}".`]);
      process.cwd = encodeText(`${decodeText(process.cwd).replace(/\/$/, "")}/${place.folder}`);
      const rest = words.slice(2);
      return yield* run(process, rest[0] === "run" ? rest[1] : rest[0], args, version);
    }
    case "workspaces": {
      const name = words.includes("run") ? words[words.indexOf("run") + 1] : words[words.length - 1];
      for (const { folder, scripts } of workspaces(process, false)) {
        if (name === undefined || scripts[name] === undefined) continue;
        const root = process.cwd;
        process.cwd = encodeText(`${decodeText(root).replace(/\/$/, "")}/${folder}`);
        const status = yield* run(process, name, args, version);
        process.cwd = root;
        if (status !== 0) return status;
      }
      return 0;
    }
    case "dlx":
    case "exec":
      return yield* assume(process, `yarn ${words.slice(0, 2).join(" ")}`);
    default:
      return yield* run(process, words[0], args, version);
  }
}

function workspaces(process: Process, withoutDev: boolean): readonly Workspace[] {
  const patterns = workspacePatterns(readPackage(process));
  return patterns === undefined ? [] : findWorkspaces(process, patterns, withoutDev);
}

function* install(
  process: Process,
  added: readonly string[],
  args: readonly string[],
  version: string,
): Task<number> {
  const facts = new NpmFacts(process.machine.request.catalog);
  const manifest: Manifest = added.length > 0 && !exists(process, "package.json") ? {} : readPackage(process);
  const isBerry = !version.startsWith("1.");
  const frozen = args.some((word) => /^--(frozen-lockfile|immutable|pure-lockfile)$/.test(word));
  const withoutDev =
    args.some((word) => /^--(production|prod)(=true)?$/.test(word)) ||
    (!isBerry && process.env.get("NODE_ENV") === "production" && !args.includes("--production=false"));
  const places = workspaces(process, withoutDev);
  const fresh = Object.fromEntries(added.map((word) => splitSpec(word)));
  const ranges: Record<string, string> = {};
  const members = new Set(places.map(({ name }) => name));
  for (const { ranges: own } of places) Object.assign(ranges, own);
  Object.assign(
    ranges,
    withoutDev ? {} : manifest.devDependencies,
    manifest.dependencies,
    manifest.optionalDependencies,
    fresh,
  );
  for (const name of members) delete ranges[name];
  say(
    process,
    args,
    isBerry
      ? `➤ YN0000: · Yarn ${version}\n➤ YN0000: ┌ Resolution step\n`
      : `yarn ${added.length > 0 ? "add" : "install"} v${version}\n`,
  );
  const text = readText(process, "yarn.lock");
  if (text === undefined && !isBerry) say(process, args, "info No lockfile found.\n");
  const lock = text === undefined ? undefined : parseLock(text);
  const found = lock && locked(facts, lock, ranges);
  if (frozen && (found === undefined ? Object.keys(ranges).length > 0 : found.missing.length > 0)) {
    if (isBerry) {
      process.out(
        "➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.\n➤ YN0000: · Failed with errors\n",
      );
      return 1;
    }
    throw new NpmFailure(["Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`."]);
  }
  const packages = found && found.missing.length === 0 ? found.places : resolveAll(process, facts, ranges);
  if (!isBerry)
    say(
      process,
      args,
      "[1/4] Resolving packages...\n[2/4] Fetching packages...\n[3/4] Linking dependencies...\n",
    );
  const cache = isBerry ? `${home(process)}/.yarn/berry/cache` : classicCache(process);
  const count = yield* lay(
    process,
    packages,
    ".",
    (place) => `${cache}/npm-${place.name.replace("/", "-")}-${place.version}.tgz`,
  );
  for (const { folder, name } of places) linkWorkspace(process, `node_modules/${name}`, folder);
  writeFile(
    process,
    isBerry ? "node_modules/.yarn-state.yml" : "node_modules/.yarn-integrity",
    integrity(packages),
  );
  if (added.length > 0)
    saveManifest(
      process,
      manifest,
      added.map((word) => splitSpec(word)[0]),
      packages,
      args.some((word) => word === "-D" || word === "--dev"),
    );
  if (found?.missing.length !== 0 && !args.includes("--no-lockfile") && !frozen) {
    writeFile(process, "yarn.lock", lockText(ranges, packages));
    if (!isBerry) say(process, args, "success Saved lockfile.\n");
  }
  if (isBerry)
    say(
      process,
      args,
      `➤ YN0000: └ Completed\n➤ YN0000: ┌ Fetch step\n➤ YN0013: │ ${count} packages were added to the project.\n➤ YN0000: └ Completed\n➤ YN0000: ┌ Link step\n➤ YN0000: └ Completed\n➤ YN0000: · Done in ${seconds(process)}s\n`,
    );
  else say(process, args, `[4/4] Building fresh packages...\nDone in ${seconds(process)}.00s.\n`);
  return 0;
}

function say(process: Process, args: readonly string[], text: string): void {
  if (!args.includes("--silent") && !args.includes("-s")) process.out(encodeText(text));
}

function integrity(packages: readonly NpmPlace[]): string {
  return packages.map(({ name, version }) => `${name}@${version}\n`).join("");
}

/** What yarn.lock says for *ranges* and what those need; ranges that it does not hold are `missing`. */
function locked(
  facts: NpmFacts,
  lock: LockMap,
  ranges: Readonly<Record<string, string>>,
): { readonly places: readonly NpmPlace[]; readonly missing: readonly string[] } {
  const entries = new Map<string, LockMap>();
  for (const [key, value] of Object.entries(lock)) {
    if (typeof value !== "object") continue;
    for (const pattern of key.split(/,\s*/))
      entries.set(pattern.replace(/^"|"$/g, "").replace("@npm:", "@"), value);
  }
  const places = new Map<string, NpmPlace>();
  const missing: string[] = [];
  const queue = Object.entries(ranges).map(([name, range]) => ({ name, range, above: "" }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name, range, above } = next;
    const entry = entries.get(`${name}@${range.replace(/^npm:/, "")}`);
    const version = textAt(entry, "version");
    if (version === undefined) {
      if (above === "") missing.push(`${name}@${range}`);
      continue;
    }
    // One version lies on top; another one below the package that needs it.
    let path = `node_modules/${name}`;
    if (places.get(path) !== undefined && places.get(path)!.version !== version)
      path = `${above}/node_modules/${name}`;
    if (places.has(path)) continue;
    places.set(path, facts.place(path, name, version));
    for (const kind of ["dependencies", "optionalDependencies"])
      for (const [inner, wanted] of Object.entries(mapAt(entry, kind) ?? {}))
        if (typeof wanted === "string")
          queue.push({ name: inner, range: wanted.replace(/^npm:/, ""), above: path });
  }
  return { places: [...places.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), missing };
}

function lockText(ranges: Readonly<Record<string, string>>, packages: readonly NpmPlace[]): string {
  const blocks = packages.map(
    ({ name, version }) => `${name}@${ranges[name] ?? `^${version}`}:\n  version "${version}"\n`,
  );
  return `# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n\n\n${blocks.join("\n")}`;
}

/** Writes the packages that `add` brought into package.json. */
export function saveManifest(
  process: Process,
  manifest: Manifest,
  names: readonly string[],
  packages: readonly NpmPlace[],
  isDev: boolean,
): void {
  const kind = isDev ? "devDependencies" : "dependencies";
  const list: Record<string, string> = { ...manifest[kind] };
  for (const name of names)
    list[name] = `^${packages.find((place) => place.path === `node_modules/${name}`)?.version ?? "1.0.0"}`;
  const sorted = Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFile(process, "package.json", JSON.stringify({ ...manifest, [kind]: sorted }, null, 2) + "\n");
}

function* globally(process: Process, names: readonly string[]): Task<number> {
  const facts = new NpmFacts(process.machine.request.catalog);
  const wanted = Object.fromEntries(names.map((word) => splitSpec(word)));
  yield* lay(process, resolveAll(process, facts, wanted), "/usr/local/share/.config/yarn/global");
  for (const name of Object.keys(wanted))
    writeFile(
      process,
      `/usr/local/bin/${name.replace(/^@[^/]*\//, "")}`,
      knownSize(120, `bin:${name}`),
      0o755,
    );
  return 0;
}

/** A script of package.json, or a program of node_modules/.bin. */
function* run(
  process: Process,
  name: string | undefined,
  args: readonly string[],
  version: string,
): Task<number> {
  const manifest = readPackage(process);
  const text = name === undefined ? undefined : manifest.scripts?.[name];
  if (text === undefined) {
    if (name !== undefined && exists(process, `node_modules/.bin/${name}`))
      return yield* shellOf(process, name);
    if (process.machine.request.assume === true && name !== undefined)
      return yield* assume(process, `yarn ${name}`);
    throw new NpmFailure([`Command "${name ?? ""}" not found.`]);
  }
  const isBerry = !version.startsWith("1.");
  if (!isBerry) say(process, args, `yarn run v${version}\n$ ${text}\n`);
  const status = yield* shellOf(process, text);
  if (status !== 0) {
    if (!isBerry) process.err(encodeText(`error Command failed with exit code ${status}.\n`));
    return status;
  }
  if (!isBerry) say(process, args, `Done in ${seconds(process)}.00s.\n`);
  return 0;
}

export function* shellOf(process: Process, text: string): Task<number> {
  const child = process.machine.spawn(process, (inner) => shell(inner, text));
  return yield* process.waitFor(child);
}
