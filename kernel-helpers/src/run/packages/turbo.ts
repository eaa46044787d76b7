/** `turbo prune`: the part of a monorepo that one package needs, with the lock file cut to it. Layout as turbo 2 writes it. */

import type { Program } from "../machine/exec";
import type { Process } from "../machine/process";
import { absolute, decodeText, encodeText, exists, readText, writeFile } from "./files";
import { findWorkspaces, reachable, workspacePatterns, type LockEntry, type Workspace } from "./workspaces";

export const turbo: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const words = args.filter((word) => !word.startsWith("-"));
  if (args.includes("--version")) {
    process.out("2.11.11\n");
    return 0;
  }
  if (words[0] === "prune") {
    try {
      return prune(process, words.slice(1), args);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      process.err(encodeText(`  x Failed to parse lockfile or package.json: ${error.message}\n`));
      return 1;
    }
  }
  process.err(
    encodeText(
      `turbo ${words[0] ?? ""}: only \`turbo prune\` is simulated / \`turbo prune\`만 흉내 냅니다. 빌드는 \`npm run build -w 이름\`으로 하세요.\n`,
    ),
  );
  yield* process.room();
  return 1;
};

function prune(process: Process, words: readonly string[], args: readonly string[]): number {
  const fail = (text: string): number => {
    process.err(encodeText(`  x ${text}\n`));
    return 1;
  };
  const at = args.findIndex((word) => word === "--out-dir");
  const out =
    args.find((word) => word.startsWith("--out-dir="))?.slice(10) ?? (at < 0 ? "out" : args[at + 1]) ?? "out";
  const targets = words.filter((word) => word !== out || !args.includes("--out-dir"));
  const text = readText(process, "package.json");
  if (text === undefined) return fail("Could not find turbo.json or turbo.jsonc.");
  const manifest = JSON.parse(text) as Record<string, unknown>;
  if (manifest["packageManager"] === undefined) return fail("Missing `packageManager` field in package.json");
  if (!exists(process, "turbo.json")) return fail("Could not find turbo.json or turbo.jsonc.");
  const workspaces = findWorkspaces(process, workspacePatterns(manifest) ?? []);
  const wanted = targets.map((name) => workspaces.find((entry) => entry.name === name));
  const missing = targets[wanted.indexOf(undefined)];
  if (targets.length === 0) return fail("At least one target must be specified");
  if (missing !== undefined)
    return fail(`Invalid scope. Package with name "${missing}" in \`package.json\` not found.`);
  const needed = closure(
    workspaces,
    wanted.filter((entry) => entry !== undefined),
  );
  process.out(
    encodeText(`Generating pruned monorepo for ${targets.join(", ")} in ${absolute(process, out)}\n`),
  );
  for (const { name } of needed) process.out(encodeText(` - Added ${name}\n`));
  const docker = args.includes("--docker");
  const full = docker ? `${out}/full` : out;
  const root =
    JSON.stringify({ ...manifest, workspaces: needed.map(({ folder }) => folder) }, null, 2) + "\n";
  const lock = prunedLock(process, needed);
  writeFile(process, `${full}/package.json`, root);
  for (const name of ["turbo.json", ".gitignore", ".npmrc"]) copyFile(process, name, `${full}/${name}`);
  if (lock !== undefined) writeFile(process, `${out}/package-lock.json`, lock);
  for (const { folder } of needed) copyTree(process, folder, `${full}/${folder}`);
  if (!docker) return 0;
  writeFile(process, `${out}/json/package.json`, root);
  copyFile(process, ".npmrc", `${out}/json/.npmrc`);
  if (lock !== undefined) writeFile(process, `${out}/json/package-lock.json`, lock);
  for (const { folder } of needed)
    copyFile(process, `${folder}/package.json`, `${out}/json/${folder}/package.json`);
  return 0;
}

/** The wanted packages and those of the repository that they ask for, by name. */
function closure(all: readonly Workspace[], wanted: readonly Workspace[]): readonly Workspace[] {
  const found = new Set(wanted);
  for (const entry of found)
    for (const name of Object.keys(entry.ranges)) {
      const other = all.find((workspace) => workspace.name === name);
      if (other !== undefined) found.add(other);
    }
  return [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function prunedLock(process: Process, needed: readonly Workspace[]): string | undefined {
  const text = readText(process, "package-lock.json");
  if (text === undefined) return undefined;
  const lock = JSON.parse(text) as { packages?: Record<string, LockEntry>; lockfileVersion?: number };
  const packages = lock.packages ?? {};
  const kept = reachable(packages, needed);
  const folders = new Set(needed.map(({ folder }) => folder));
  const entries = Object.entries(packages).filter(
    ([path, entry]) =>
      path === "" ||
      folders.has(path) ||
      kept.has(path) ||
      (entry.link === true && folders.has(entry.resolved ?? "")),
  );
  return (
    JSON.stringify(
      { lockfileVersion: lock.lockfileVersion, packages: Object.fromEntries(entries) },
      null,
      2,
    ) + "\n"
  );
}

function copyFile(process: Process, from: string, to: string): void {
  const found = process.vfs.locate(process, encodeText(absolute(process, from)));
  if (found.stat?.type !== "file") return;
  const content = found.fs.readFile(found.inner);
  writeFile(
    process,
    to,
    content.standIn === undefined ? new TextDecoder().decode(content.read()) : content,
    found.stat.mode,
  );
}

function copyTree(process: Process, from: string, to: string): void {
  const full = absolute(process, from);
  for (const name of process.vfs.readdir(process, encodeText(full)).map(decodeText).sort()) {
    if (name === "node_modules") continue;
    const stat = process.vfs.tryStat(process, encodeText(`${full}/${name}`));
    if (stat?.type === "dir") copyTree(process, `${from}/${name}`, `${to}/${name}`);
    else copyFile(process, `${from}/${name}`, `${to}/${name}`);
  }
}
