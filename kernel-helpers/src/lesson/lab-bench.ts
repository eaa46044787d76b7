/** A workbench over a Lab in memory: what exercises are judged on. Nothing done on it reaches the learner's own files, images or cache. */

import type { BuildOptions, BuildOutcome, BuildRecord, ContextChanges } from "../build";
import { PatternMatcher, readIgnoreFile } from "../context";
import { DockerEngine, runShell } from "../docker";
import { layersOf } from "../image";
import type { Lab } from "../lab";
import type { ReadableFileSystem, Snapshot } from "../platform/files";
import type { Bench, BenchMaker, ImageFile, SecretPlace, ShellEdit } from "./bench";

/** What a maker needs: the learner's files and images, and how a new Lab in memory is opened. */
export interface BenchSources {
  /** The learner's context as it is now. */
  project(): ReadableFileSystem;
  /** The learner's engine, for the images built so far. */
  readonly engine: DockerEngine;
  openLab(): Promise<Lab>;
}

/** Makes benches from the learner's project, or from the files of an exercise. */
export async function benchMaker(sources: BenchSources): Promise<BenchMaker> {
  const { engine } = sources;
  const latest = engine.built.at(-1) ?? [...engine.images.values()].at(-1)?.id;
  const root = latest === undefined ? undefined : await engine.images.get(latest)?.root();
  return {
    async open(project) {
      const lab = await sources.openLab();
      if (project === undefined) copyFiles(sources.project(), lab);
      else lab.context.apply(project);
      return new LabBench(lab);
    },
    imageCount: () => [...engine.images.values()].filter((image) => !image.pulled).length,
    readLatest: (path) => (root === undefined ? undefined : readFile(root, path)),
  };
}

class LabBench implements Bench {
  private readonly roots = new WeakMap<BuildRecord, Snapshot>();
  private readonly outcomes = new Map<string, BuildOutcome>();
  private readonly engine: DockerEngine;

  constructor(private readonly lab: Lab) {
    this.engine = new DockerEngine(lab);
    lab.onBuild((outcome) => {
      const id = outcome.record.image?.manifestDigest;
      if (id !== undefined) this.outcomes.set(id, outcome);
    });
  }

  async build(options: BuildOptions): Promise<BuildRecord> {
    const result = await this.lab.build(options);
    const root = await result.root();
    if (root !== undefined) this.roots.set(result, root);
    return result;
  }

  change(changes: ContextChanges): { undo(): void } {
    const before = this.lab.context.files();
    this.lab.context.apply(changes);
    return { undo: () => restore(this.lab, before) };
  }

  hasFile(path: string): boolean {
    return this.lab.context.files().lstat(`/${path}`) !== undefined;
  }

  ignores(path: string): boolean {
    const files = this.lab.context.files();
    if (files.lstat("/.dockerignore") === undefined) return false;
    const text = new TextDecoder().decode(files.readFile("/.dockerignore").read());
    return new PatternMatcher(readIgnoreFile(text)).matchesOrParentMatches(path);
  }

  async shell(command: string): Promise<ShellEdit> {
    const { lab, engine } = this;
    const before = lab.context.files();
    let output = "";
    const exitCode = await runShell({
      script: command,
      engine,
      context: lab.context,
      now: lab.now(),
      onOutput: (_stream, data) => (output += data),
    });
    const after = lab.context.files();
    const edit: Record<"content" | "metadata" | "touched", string[]> = {
      content: [],
      metadata: [],
      touched: [],
    };
    const paths = new Set([...listFiles(before), ...listFiles(after)]);
    for (const path of [...paths].sort()) {
      const was = before.lstat(path);
      const is = after.lstat(path);
      const name = path.slice(1);
      if (!was || !is || was.type !== is.type || was.size !== is.size) edit.content.push(name);
      else if (is.type === "file" && !sameBytes(before.readFile(path).read(), after.readFile(path).read()))
        edit.content.push(name);
      else if (was.mode !== is.mode || was.linkname !== is.linkname) edit.metadata.push(name);
      else if (was.mtime !== is.mtime) edit.touched.push(name);
    }
    return { exitCode, output, ...edit, undo: () => restore(lab, before) };
  }

  readFile(record: BuildRecord, path: string): ImageFile | undefined {
    const root = this.roots.get(record);
    return root === undefined ? undefined : readFile(root, path);
  }

  findFiles(record: BuildRecord, pattern: string): readonly string[] {
    const root = this.roots.get(record);
    if (root === undefined) return [];
    const source = pattern
      .replace(/[.+^${}()|[\]\\?]/g, "\\$&")
      .replace(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"));
    const wanted = new RegExp(`^${source}$`, "u");
    return listFiles(root).filter((path) => wanted.test(path));
  }

  findSecret(record: BuildRecord, value: string): readonly SecretPlace[] {
    const places: SecretPlace[] = [];
    const mask = (text: string): string => text.replaceAll(value, `${value.slice(0, 4)}…`);
    const outcome = this.outcomes.get(record.image?.manifestDigest ?? "");
    for (const layer of layersOf(outcome?.results?.[0]?.layers)) {
      if (layer.kind !== "step") continue;
      for (const entry of layer.entries()) {
        if (entry.content === undefined || entry.content.standIn !== undefined) continue;
        if (new TextDecoder().decode(entry.content.read()).includes(value))
          places.push({ where: "layer", detail: entry.name });
      }
    }
    for (const entry of record.image?.history ?? [])
      if (entry.created_by?.includes(value))
        places.push({ where: "history", detail: mask(entry.created_by) });
    const config = JSON.stringify(record.image?.config["config"] ?? {});
    if (config.includes(value))
      places.push({
        where: "config",
        detail: mask(
          config.slice(Math.max(0, config.indexOf(value) - 30), config.indexOf(value) + value.length),
        ),
      });
    return places;
  }

  downloads(record: BuildRecord): number {
    return record.steps
      .filter((step) => step.status === "DONE")
      .reduce((sum, step) => sum + downloadsOf(step.output), 0);
  }

  imageSize(record: BuildRecord): number {
    return (record.image?.layers ?? []).reduce((sum, layer) => sum + layer.uncompressed, 0);
  }
}

/** What the package managers say: `added 68 packages`, and how many of them did not come from the cache. */
function downloadsOf(output: readonly string[]): number {
  const fetched = output
    .map((line) => /^\(흉내\) (\d+) packages? 내려받음/.exec(line)?.[1])
    .find((count) => count !== undefined);
  if (fetched !== undefined) return Number(fetched);
  return Number(
    output.map((line) => /^added (\d+) packages?/.exec(line)?.[1]).find((count) => count !== undefined) ?? 0,
  );
}

function readFile(root: ReadableFileSystem, path: string): ImageFile | undefined {
  const real = root.realpath(path);
  const stat = real === undefined ? undefined : root.lstat(real);
  if (real === undefined || stat === undefined) return undefined;
  const mode = stat.mode.toString(8);
  if (stat.type !== "file") return { size: 0, mode };
  const content = root.readFile(real);
  return {
    size: stat.size,
    mode,
    ...(content.standIn === undefined ? { text: new TextDecoder().decode(content.read()) } : {}),
  };
}

/** All paths but folders, absolute. */
function listFiles(fs: ReadableFileSystem, folder = "/"): string[] {
  return fs.readdir(folder).flatMap((name) => {
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    return fs.lstat(path)?.type === "dir" ? listFiles(fs, path) : [path];
  });
}

function copyFiles(from: ReadableFileSystem, lab: Lab): void {
  const visit = (folder: string): void => {
    for (const name of from.readdir(folder)) {
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      const stat = from.lstat(path);
      const inner = path.slice(1);
      if (stat?.type === "dir") {
        lab.context.mkdir(inner, { mode: stat.mode });
        visit(path);
      } else if (stat?.type === "symlink") lab.context.symlink(stat.linkname ?? "", inner);
      else if (stat?.type === "file")
        lab.context.write(inner, from.readFile(path).read(), { mode: stat.mode, mtime: stat.mtime });
    }
  };
  visit("/");
}

/** Brings a context back to *before*: contents, modes and times of files. */
function restore(lab: Lab, before: ReadableFileSystem): void {
  const now = lab.context.files();
  for (const path of listFiles(now)) if (before.lstat(path) === undefined) lab.context.remove(path.slice(1));
  for (const path of listFiles(before)) {
    const was = before.lstat(path);
    const is = now.lstat(path);
    const inner = path.slice(1);
    if (
      was === undefined ||
      (is && is.mtime === was.mtime && is.size === was.size && is.mode === was.mode && is.type === was.type)
    )
      continue;
    if (was.type === "symlink") lab.context.symlink(was.linkname ?? "", inner);
    else if (was.type === "file")
      lab.context.write(inner, before.readFile(path).read(), { mode: was.mode, mtime: was.mtime });
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
