/** What later steps copy out of a RUN: of a command that is not simulated these files are taken to be there (추정). */

import type { Vertex } from "../graph/types";
import { unknownContent } from "../image";
import { FileSystemError, type WritableFileSystem } from "../platform/files";
import { dirName } from "../platform/paths";

/** Absolute paths by digest of the RUN that comes last before they are copied from its stage. */
export function expectedOutputs(roots: readonly Vertex[]): Map<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const seen = new Set<Vertex>();
  const folders = new Set<string>();
  const expected: { readonly run: string; readonly path: string; readonly dest?: string }[] = [];
  const expect = (source: Vertex | undefined, path: string, dest?: string): void => {
    const run = source && lastRun(source, path);
    if (run && path !== "/") expected.push({ run: run.digest, path, ...(dest !== undefined && { dest }) });
  };
  const visit = (vertex: Vertex): void => {
    if (seen.has(vertex)) return;
    seen.add(vertex);
    const { op, inputs } = vertex;
    if (op.kind === "file") {
      for (const action of op.actions)
        if (action.action === "copy" && action.secondaryInput >= 0)
          expect(inputs[action.secondaryInput]?.vertex, action.src, action.dest);
        else if (action.action === "mkdir") folders.add(action.path);
    } else if (op.kind === "exec") {
      folders.add(op.cwd);
      for (const { type, dest, input, selector } of op.mounts)
        if (type === "bind" && dest !== "/" && input >= 0) expect(inputs[input]?.vertex, selector);
    }
    for (const input of inputs) visit(input.vertex);
  };
  for (const root of roots) visit(root);
  for (const { run, path, dest } of expected) {
    // What somebody works in later is a folder.
    const isFolder = dest !== undefined && [...folders].some((folder) => `${folder}/`.startsWith(`${dest}/`));
    const paths = found.get(run) ?? [];
    found.set(run, [...paths, isFolder && !path.endsWith("/") ? `${path}/` : path]);
  }
  return found;
}

/** The RUN that *source*'s files come from; undefined when a COPY after it brings *path* itself. */
function lastRun(source: Vertex, path: string): Vertex | undefined {
  let vertex: Vertex | undefined = source;
  while (vertex) {
    const { op }: Vertex = vertex;
    if (op.kind === "exec") return vertex;
    if (op.kind !== "file") return undefined;
    const brings = op.actions.some(
      (action) =>
        action.action === "copy" && action.dest !== "/" && path.startsWith(action.dest.replace(/\/$/, "")),
    );
    const first: number | "previous" | undefined = op.actions[0]?.input;
    // The sources' own folder is no sign: builds write into it.
    if (brings && op.actions.every((action) => action.action !== "copy" || action.src !== "/"))
      return undefined;
    vertex = typeof first === "number" && first >= 0 ? vertex.inputs[first]?.vertex : undefined;
  }
  return undefined;
}

/** Names that are folders when a build makes them. */
const FOLDERS =
  /^(dist|build|out|output|public|www|html|site|_site|static|node_modules|vendor|target|publish|bin|lib|venv|\.venv|\.next|standalone|site-packages|app|dependencies|classes|snapshot-dependencies|spring-boot-loader|application|release)$/;
/** Bytes of a file whose size nobody knows. */
const SIZE = 1_000_000;

/** Puts stand-ins of *paths* into *fs* where nothing is. *command*: what has made them, of which the last part names them; *run*: which of its runs. */
export function makeOutputs(
  fs: WritableFileSystem,
  paths: readonly string[],
  command: string,
  run: string,
): void {
  const maker = command
    .replace(/^\/bin\/sh -c /, "")
    .split(/&&|;/)
    .at(-1)!
    .trim();
  for (const written of paths) {
    const path = written.replace(/\/\.?$/, "").replace(/\*\*\//g, "");
    if (path === "" || existsLike(fs, path)) continue;
    const name = path.slice(path.lastIndexOf("/") + 1).replace(/[*?]|\[[^\]]*\]/g, "app");
    const folder = dirName(path);
    if (/[*?[]/.test(folder)) continue;
    const isFolder =
      written.endsWith("/") ||
      paths.some((other) => other.startsWith(`${path}/`)) ||
      (FOLDERS.test(name) && folder !== "/usr/local/bin");
    const file = isFolder ? `${folder}/${name}/index` : `${folder}/${name}`;
    try {
      fs.mkdir(dirName(file).replace(/\/+/g, "/"), { recursive: true });
      fs.writeFile(file.replace(/\/+/g, "/"), unknownContent(SIZE, `assumed ${maker} ${path} run ${run}`), {
        mode: 0o755,
      });
    } catch (error) {
      // Something else stands in the way: then the copy says so.
      if (!(error instanceof FileSystemError)) throw error;
    }
  }
}

/** Is something there that *path*, perhaps a pattern in its last part, can mean? */
function existsLike(fs: WritableFileSystem, path: string): boolean {
  if (!/[*?[]/.test(path)) return fs.stat(path) !== undefined;
  const folder = dirName(path);
  if (/[*?[]/.test(folder) || fs.stat(folder)?.type !== "dir") return false;
  const pattern = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", ".");
  return fs.readdir(folder).some((name) => new RegExp(`^${pattern}$`).test(name));
}
