/** The project that the page edits: a few files and the flags of `docker build`. Plain data; every change gives a new one. */

/** One file. */
export interface PlayFile {
  /** Relative, with `/`. */
  readonly path: string;
  /** Text, or the bytes of what is none. */
  readonly data: string | Uint8Array;
  /** Mode 755 instead of 644. */
  readonly executable?: boolean;
}

/** What is built. */
export interface Project {
  /** In the order in which they are shown: sorted, the Dockerfile first. */
  readonly files: readonly PlayFile[];
  /** What is written between `docker build` and `.`. */
  readonly flags: string;
}

/** What a project may hold: enough for lessons, too little to stop a browser. */
export const PROJECT_LIMITS = { files: 300, bytes: 2_000_000, path: 255, flags: 2_000 } as const;

/** Why a change or a link is refused. */
export type PlayProblem = "bad-path" | "path-taken" | "many-files" | "large" | "no-file" | "unreadable";

/** A change that cannot be made. */
export class PlayError extends Error {
  override readonly name = "PlayError";
  constructor(
    readonly problem: PlayProblem,
    /** The path it is about. */
    readonly path: string,
  ) {
    super(`${problem}: ${path}`);
  }
}

/** The file that is built when no flag says otherwise. */
export const DOCKERFILE = "Dockerfile";

/** Is *path* one that a build context can have? */
export function isGoodPath(path: string): boolean {
  return (
    path !== "" &&
    path.length <= PROJECT_LIMITS.path &&
    !/[\u0000-\u001f\u007f\\]/.test(path) &&
    !/\p{Surrogate}/u.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

const sizes = new WeakMap<PlayFile, number>();

/** Bytes of *file*. Every key press asks for the sum, so that each is counted once. */
export function sizeOf(file: PlayFile): number {
  const known = sizes.get(file);
  if (known !== undefined) return known;
  const { data } = file;
  const size = typeof data === "string" ? new TextEncoder().encode(data).length : data.length;
  sizes.set(file, size);
  return size;
}

/** What is wrong with *project* as a whole; undefined for nothing. */
export function projectProblem({ files, flags }: Project): PlayProblem | undefined {
  if (files.length > PROJECT_LIMITS.files) return "many-files";
  const paths = new Set(files.map(({ path }) => path));
  if (files.some(({ path }) => !isGoodPath(path))) return "bad-path";
  if (
    paths.size < files.length ||
    files.some(({ path }) => parentsOf(path).some((folder) => paths.has(folder)))
  )
    return "path-taken";
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  return bytes > PROJECT_LIMITS.bytes || flags.length > PROJECT_LIMITS.flags ? "large" : undefined;
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** *project* with *file* written. Throws PlayError. */
export function withFile(project: Project, file: PlayFile): Project {
  const others = project.files.filter(({ path }) => path !== file.path);
  return checked({ ...project, files: sorted([...others, file]) }, file.path);
}

/** *project* without the file at *path*; a path that ends in `/` is a folder with all that is in it. */
export function withoutFile(project: Project, path: string): Project {
  return { ...project, files: project.files.filter((file) => !isAtOrBelow(file.path, path)) };
}

/**
 * *project* with the file at *from* named *to*. A *from* that ends in `/` is a folder: all that is in it moves, also into another folder.
 * Throws PlayError.
 */
export function renamed(project: Project, from: string, to: string): Project {
  const isFolder = from.endsWith("/");
  const target = isFolder ? `${to.replace(/\/$/, "")}/` : to;
  const moving = project.files.filter(({ path }) => isAtOrBelow(path, from));
  if (moving.length === 0) throw new PlayError("no-file", from);
  if (from === target) return project;
  const others = project.files.filter((file) => !moving.includes(file));
  const moved = moving.map((file) => ({ ...file, path: target + file.path.slice(from.length) }));
  const taken = new Set(others.map(({ path }) => path));
  if (moved.some(({ path }) => taken.has(path))) throw new PlayError("path-taken", to);
  return checked({ ...project, files: sorted([...others, ...moved]) }, to);
}

function isAtOrBelow(path: string, place: string): boolean {
  return place.endsWith("/") ? path.startsWith(place) : path === place;
}

/** Are the files and flags the same? */
export function isSameProject(a: Project, b: Project): boolean {
  return (
    a.flags === b.flags &&
    a.files.length === b.files.length &&
    a.files.every((file, i) => isSameFile(file, b.files[i]))
  );
}

/** Same place, same bytes, same permissions? */
export function isSameFile(a: PlayFile, b: PlayFile | undefined): boolean {
  return (
    b !== undefined &&
    a.path === b.path &&
    (a.executable ?? false) === (b.executable ?? false) &&
    isSameData(a.data, b.data)
  );
}

function isSameData(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
}

function checked(project: Project, path: string): Project {
  const problem = projectProblem(project);
  if (problem !== undefined) throw new PlayError(problem, path);
  return project;
}

/** The order of the list: the Dockerfile, .dockerignore, then by name. */
export function sorted(files: readonly PlayFile[]): PlayFile[] {
  const rank = (path: string): number => (path === DOCKERFILE ? 0 : path === ".dockerignore" ? 1 : 2);
  return [...files].sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
}

/** Text when *bytes* are UTF-8 without NUL, the bytes otherwise. */
export function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? bytes : text;
  } catch {
    return bytes;
  }
}
