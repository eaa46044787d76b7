/** The learner's working folder: lessons are copied into it, updated while untouched, and never overwritten once edited. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** What became of one lesson file, its path relative to the working folder with `/`. */
export interface PlacedFile {
  readonly path: string;
  /**
   * One of: `new` (was not there), `updated` (untouched by the learner, brought up to date), `unchanged`, `kept` (edited by the
   * learner, and its lesson is newer now: left alone).
   */
  readonly what: "new" | "updated" | "unchanged" | "kept";
}

/** What a reset did: the lesson's folder, and where the learner's version of it is now (relative; absent if there was none). */
export interface ResetResult {
  readonly lesson: string;
  readonly copy?: string;
}

/** A lesson that is not there, with the names that are. `code` is `LB_NO_LESSON`. */
export class NoSuchLesson extends Error {
  readonly code = "LB_NO_LESSON";
  readonly ko: string;

  constructor(
    readonly asked: string,
    readonly lessons: readonly string[],
  ) {
    const names = lessons.join(", ");
    super(`There is no lesson ${asked}. Lessons: ${names}`);
    this.name = "NoSuchLesson";
    this.ko = `${asked} 수업이 없습니다. 있는 수업: ${names}`;
  }
}

/** Where lessons come from and go to (absolute paths). */
export interface Workspace {
  /** The student editions: one folder per lesson (`notebooks/`). */
  readonly source: string;
  /** The learner's folder (`learn/`). */
  readonly target: string;
}

/** Hashes of the files as they were put there, so that the learner's edits can be told from ours. */
const STATE_FILE = ".layerbook-lessons.json";
/** Where the learner's versions go when a lesson is reset. */
const COPIES = "kept";
/** Lessons that were given another number: a learner's folder moves along, its cells keep their ids. */
const RENAMED: Readonly<Record<string, string>> = { "16-project": "17-project" };
/** Written by building and by JupyterLab beside a lesson; never part of one. */
const NOT_LESSON = new Set([".layerbook", ".ipynb_checkpoints", "node_modules", ".DS_Store"]);

interface State {
  readonly schema: 1;
  files: Record<string, string>;
}

function readState(target: string): State {
  try {
    const state = JSON.parse(fs.readFileSync(path.join(target, STATE_FILE), "utf8")) as State;
    if (state.schema === 1 && typeof state.files === "object") return state;
  } catch {
    // none yet, or not ours: every file that differs then counts as the learner's
  }
  return { schema: 1, files: {} };
}

/** Writes whole or not at all: a killed start must not make edits look like ours. */
function replaceFile(file: string, data: string | Uint8Array, mode?: number): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.layerbook-part`;
  fs.writeFileSync(part, data, mode === undefined ? {} : { mode });
  fs.renameSync(part, file);
}

function writeState(target: string, state: State): void {
  const files = Object.fromEntries(Object.entries(state.files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = `${JSON.stringify({ schema: 1, files }, null, 1)}\n`;
  const file = path.join(target, STATE_FILE);
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) return;
  replaceFile(file, text);
}

/** Files of a folder, relative with `/`, sorted; links are not followed (lessons have none). */
function listFiles(folder: string, below = ""): string[] {
  const found: string[] = [];
  if (below === "" && !fs.existsSync(folder)) return found;
  for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
    if (NOT_LESSON.has(entry.name)) continue;
    const name = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) found.push(...listFiles(folder, name));
    else if (entry.isFile()) found.push(name);
  }
  return found.sort();
}

interface CellShape {
  cell_type?: unknown;
  source?: string | string[];
  outputs?: unknown[];
  attachments?: unknown;
}

/**
 * What of a file is the learner's to change. JupyterLab rewrites a notebook's spacing, kernel and view metadata merely on opening
 * it; only cells, attachments and outputs count. Other files count byte for byte.
 */
export function fingerprint(name: string, data: Uint8Array): string {
  const hash = createHash("sha256");
  if (name.endsWith(".ipynb")) {
    try {
      const notebook = JSON.parse(Buffer.from(data).toString("utf8")) as { cells: CellShape[] };
      const cells = notebook.cells.map((cell) => [
        cell.cell_type,
        Array.isArray(cell.source) ? cell.source.join("") : cell.source,
        cell.outputs ?? [],
        cell.attachments ?? {},
      ]);
      return hash.update(JSON.stringify(cells)).digest("hex");
    } catch {
      // a broken notebook is compared as it is
    }
  }
  return hash.update(data).digest("hex");
}

/** Is *data* the file *name* as it was put into the working folder *target*? */
export function isUntouched(target: string, name: string, data: Uint8Array): boolean {
  return readState(target).files[name] === fingerprint(name, data);
}

function lessonsOf(source: string): string[] {
  return fs
    .readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_LESSON.has(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Puts every lesson file into the working folder. A file that the learner edited (or ran) is never written to; one that is as we
 * put it is brought up to date; one that is missing is put back. Answers what became of each, in order of path.
 */
export function placeLessons({ source, target }: Workspace): PlacedFile[] {
  fs.mkdirSync(target, { recursive: true });
  const state = readState(target);
  const placed: PlacedFile[] = [];
  try {
    moveRenamed({ source, target }, state);
    for (const name of listFiles(source)) placed.push(placeFile(name, { source, target }, state));
  } finally {
    writeState(target, state);
  }
  return placed;
}

/** Gives folders of renamed lessons their new name, notebook and builds included, unless both names are in use. */
function moveRenamed({ source, target }: Workspace, state: State): void {
  for (const [before, after] of Object.entries(RENAMED)) {
    const from = path.join(target, before);
    const to = path.join(target, after);
    if (fs.existsSync(path.join(source, before)) || !fs.existsSync(path.join(source, after))) continue;
    if (!fs.existsSync(from) || fs.existsSync(to)) continue;
    fs.renameSync(from, to);
    const notebook = path.join(to, `${before}.ipynb`);
    if (fs.existsSync(notebook)) fs.renameSync(notebook, path.join(to, `${after}.ipynb`));
    for (const [name, hash] of Object.entries(state.files)) {
      if (!name.startsWith(`${before}/`)) continue;
      delete state.files[name];
      state.files[name.replaceAll(before, after)] = hash;
    }
  }
}

function placeFile(name: string, { source, target }: Workspace, state: State): PlacedFile {
  const from = path.join(source, name);
  const to = path.join(target, name);
  const data = fs.readFileSync(from);
  const wanted = fingerprint(name, data);
  if (!fs.existsSync(to)) {
    replaceFile(to, data, fs.statSync(from).mode & 0o777);
    state.files[name] = wanted;
    return { path: name, what: "new" };
  }
  const have = fingerprint(name, fs.readFileSync(to));
  const ours = state.files[name];
  if (have === wanted) {
    state.files[name] = wanted;
    return { path: name, what: "unchanged" };
  }
  if (have === ours) {
    replaceFile(to, data, fs.statSync(from).mode & 0o777);
    state.files[name] = wanted;
    return { path: name, what: "updated" };
  }
  // Edited by the learner. That the lesson itself changed since is worth saying; an edit alone is not.
  return { path: name, what: ours === wanted ? "unchanged" : "kept" };
}

/** The folder name that *asked* means: the whole name, its number (`1`, `01`), or the lesson's id (`L01`, `PRJ`). */
export function findLesson(source: string, asked: string): string {
  const lessons = lessonsOf(source);
  const number = /^L?(\d+)$/i.exec(asked)?.[1];
  const found = lessons.find(
    (name) =>
      name === asked ||
      (number !== undefined && Number(/^\d+/.exec(name)?.[0]) === Number(number)) ||
      (/^[A-Z]{3}$/i.test(asked) && idOf(source, name) === asked.toUpperCase()),
  );
  if (found === undefined) throw new NoSuchLesson(asked, lessons);
  return found;
}

/** The id that compiling left in a lesson's notebook; undefined where there is none. */
function idOf(source: string, name: string): unknown {
  try {
    const text = fs.readFileSync(path.join(source, name, `${name}.ipynb`), "utf8");
    const { metadata } = JSON.parse(text) as { metadata?: { layerbook?: { lesson?: unknown } } };
    return metadata?.layerbook?.lesson;
  } catch {
    return undefined;
  }
}

/**
 * Brings one lesson back as it was handed out. The learner's folder (notebook, files, builds) is moved to `kept/NAME-N` first, N
 * counting up; nothing is deleted. Throws `NoSuchLesson`.
 */
export function resetLesson({ source, target }: Workspace, asked: string): ResetResult {
  const lesson = findLesson(source, asked);
  const state = readState(target);
  const folder = path.join(target, lesson);
  let copy: string | undefined;
  if (fs.existsSync(folder)) {
    let number = 1;
    while (fs.existsSync(path.join(target, COPIES, `${lesson}-${number}`))) number++;
    copy = `${COPIES}/${lesson}-${number}`;
    fs.mkdirSync(path.join(target, COPIES), { recursive: true });
    fs.renameSync(folder, path.join(target, copy));
  }
  for (const name of Object.keys(state.files)) if (name.startsWith(`${lesson}/`)) delete state.files[name];
  for (const name of listFiles(source, lesson)) placeFile(name, { source, target }, state);
  writeState(target, state);
  return copy === undefined ? { lesson } : { lesson, copy };
}

/** The first lesson's notebook, relative to the working folder, or undefined when there is none. */
export function firstNotebook(source: string): string | undefined {
  return listFiles(source).find((name) => name.endsWith(".ipynb"));
}
