/**
 * How the TypeScript process is started: from a start-up snapshot when one fits this machine, else from its sources. Snapshots
 * belong to one version of Node and of everything in them; they are made in the background after the first use, or ahead.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { LEAN_MALLOC } from "../kernel-spec";

/** `slim`: with the few globals of service/node-globals.ts. `full`: with all of Node's declarations. */
export type ServiceKind = "slim" | "full";

const KINDS: readonly ServiceKind[] = ["slim", "full"];

/** Arguments for node, and the environment. */
export interface ServiceCommand {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The snapshot it starts from; absent when it starts from its sources. */
  readonly snapshot?: string;
}

/** The compiler makes little garbage that lives long: a small nursery keeps the process small. Must be the same for snapshot and start. */
const V8_FLAGS = ["--max-semi-space-size=2"];
/** A lock that is older than this many ms was left by a process that was killed. */
const STALE_MS = 120_000;

/** The command of the service of *kind*. *packageDirectory* holds this package's package.json. */
export function serviceCommand(kind: ServiceKind, packageDirectory: string): ServiceCommand {
  const env: NodeJS.ProcessEnv = { ...process.env, ...LEAN_MALLOC };
  delete env.NODE_OPTIONS; // options of the learner's own programs are not the compiler's
  const snapshot = findSnapshot(kind, packageDirectory);
  if (snapshot !== undefined)
    return { args: [...V8_FLAGS, "--snapshot-blob", snapshot, packageDirectory], env, snapshot };
  return { args: [...V8_FLAGS, entry("main"), packageDirectory, kind], env };
}

/** Are all snapshots there? */
export function hasSnapshots(packageDirectory: string): boolean {
  return KINDS.every((kind) => findSnapshot(kind, packageDirectory) !== undefined);
}

/** Makes the snapshots that are missing, one after the other. Resolves when they are there, or cannot be made. */
export async function makeSnapshots(packageDirectory: string): Promise<void> {
  for (const kind of KINDS) await makeSnapshot(kind, packageDirectory);
}

/**
 * As `makeSnapshots`, at low priority in a process of its own that outlives this one: a kernel may be stopped at any moment. Nothing is done when
 * LAYERBOOK_SNAPSHOT is `off` (never used) or `use` (used when there, not made).
 */
export function makeSnapshotsApart(packageDirectory: string): void {
  if (process.env.LAYERBOOK_SNAPSHOT !== undefined) return;
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  const options = { stdio: "ignore", detached: true, env, windowsHide: true } as const;
  const child = spawn(process.execPath, [join(__dirname, "make-snapshots.js"), packageDirectory], options);
  child.on("error", () => undefined);
  if (child.pid !== undefined) lowerPriority(child.pid);
  child.unref();
}

/** Forgets a snapshot that did not start. */
export function dropSnapshot(snapshot: string): void {
  rmSync(snapshot, { force: true });
}

/** The compiler's text for snapshots: the small copy that the build makes, or TypeScript's own. */
function compilerFile(): string {
  const small = join(__dirname, "compiler.cjs");
  return existsSync(small) ? small : require.resolve("typescript");
}

function entry(name: string): string {
  return join(__dirname, "service", `${name}.js`);
}

/** Beside the program when that can be written, else in the user's cache: the first of them that has the snapshot, or could have it. */
function folders(packageDirectory: string): string[] {
  const { LAYERBOOK_CACHE_DIR, LAYERBOOK_SNAPSHOT_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (LAYERBOOK_SNAPSHOT_DIR !== undefined) return [LAYERBOOK_SNAPSHOT_DIR];
  const user =
    process.platform === "win32"
      ? (LOCALAPPDATA ?? join(homedir(), "AppData", "Local"))
      : process.platform === "darwin"
        ? join(homedir(), "Library", "Caches")
        : (XDG_CACHE_HOME ?? join(homedir(), ".cache"));
  return [
    join(packageDirectory, "dist", ".snapshots"),
    join(LAYERBOOK_CACHE_DIR ?? join(user, "layerbook"), "snapshots"),
  ];
}

function findSnapshot(kind: ServiceKind, packageDirectory: string): string | undefined {
  if (process.env.LAYERBOOK_SNAPSHOT === "off") return undefined;
  const name = snapshotName(kind, packageDirectory);
  return folders(packageDirectory)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** Changes whenever anything changes that a snapshot holds. */
function snapshotName(kind: ServiceKind, packageDirectory: string): string {
  const hash = createHash("sha256");
  hash.update(
    [process.version, process.arch, process.platform, process.execPath, ...V8_FLAGS, packageDirectory].join(
      "\n",
    ),
  );
  const service = join(__dirname, "service");
  const files = readdirSync(service)
    .filter((name) => name.endsWith(".js"))
    .map((name) => join(service, name));
  // Declarations of this package change only with a build, which leaves its stamp.
  files.push(
    compilerFile(),
    require.resolve("typescript/package.json"),
    require.resolve("@types/node/package.json"),
  );
  files.push(join(packageDirectory, "dist", ".build-stamp"), join(packageDirectory, "dist", "index.d.ts"));
  for (const file of files) {
    const stats = statSync(file, { throwIfNoEntry: false });
    hash.update(`${file}:${stats?.size ?? 0}:${stats?.mtimeMs ?? 0}\n`);
  }
  return `typescript-${kind}-${hash.digest("hex").slice(0, 16)}.blob`;
}

async function makeSnapshot(kind: ServiceKind, packageDirectory: string): Promise<void> {
  if (process.env.LAYERBOOK_SNAPSHOT === "off" || findSnapshot(kind, packageDirectory) !== undefined) return;
  const name = snapshotName(kind, packageDirectory);
  for (const folder of folders(packageDirectory)) {
    const lock = takeLock(folder, name);
    if (lock === "busy") return;
    if (lock === undefined) continue;
    const draft = `${lock}.draft`;
    try {
      if (await build(kind, packageDirectory, draft)) {
        renameSync(draft, join(folder, name));
        removeOld(folder, kind, name);
      }
    } catch {
      // Without a snapshot the compiler starts slower, nothing else.
    } finally {
      rmSync(draft, { force: true });
      rmSync(`${draft}.cjs`, { force: true });
      rmSync(lock, { force: true });
    }
    return;
  }
}

/** The path of the lock, `busy` when another process has it, undefined when the folder cannot be written. */
function takeLock(folder: string, name: string): string | undefined {
  const path = join(folder, `${name}.lock`);
  try {
    mkdirSync(folder, { recursive: true });
    removeStale(folder);
    closeSync(openSync(path, "wx"));
    return path;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EEXIST" ? "busy" : undefined;
  }
}

function build(kind: ServiceKind, packageDirectory: string, blob: string): Promise<boolean> {
  const script = `${blob}.cjs`;
  const libraries = dirname(require.resolve("typescript"));
  const types = dirname(dirname(require.resolve("@types/node/package.json")));
  const args = [
    ...V8_FLAGS,
    "--snapshot-blob",
    blob,
    "--build-snapshot",
    script,
    join(__dirname, "service"),
    packageDirectory,
    kind,
    libraries,
    types,
    compilerFile(),
  ];
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  // A compiled module names `exports`, which a snapshot script does not have.
  writeFileSync(script, `const exports = {};\n${readFileSync(entry("snapshot-entry"), "utf8")}`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: "ignore", env, windowsHide: true });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 15);
  } catch {
    // it has ended already, or the system has no priorities
  }
}

/** Locks and halves that a killed process has left. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/\.lock($|\.)/.test(name)) continue;
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS)
      rmSync(join(folder, name), { force: true });
  }
}

function removeOld(folder: string, kind: ServiceKind, name: string): void {
  for (const other of readdirSync(folder)) {
    if (other.startsWith(`typescript-${kind}-`) && other.endsWith(".blob") && other !== name)
      rmSync(join(folder, other), { force: true });
  }
}
