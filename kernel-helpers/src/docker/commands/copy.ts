/** `docker cp`: files and folders between a container and the caller, also as a tar (docker/cli cli/command/container/cp.go). */

import { layerTarBytes, type LayerEntry, readTar, TarError } from "../../filesystem";
import type { ReadableFileSystem, WritableFileSystem } from "../../platform/files";
import { baseName, cleanPath, dirName, joinPath } from "../../platform/paths";
import { humanSize } from "../../report";
import type { CallerFiles, CommandContext, DockerCommand } from "../command";
import { type Container, DockerError } from "../engine";

/** A file, a link, or a folder with what is in it. */
interface Item {
  readonly type: "file" | "dir" | "symlink";
  /** Below what is copied; "" for itself. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly linkname?: string;
  read(): Uint8Array;
}

type Files = Pick<CallerFiles, "lstat" | "stat" | "readdir" | "realpath" | "read">;

/** Everything at and below *path*, folders before what is in them. Sockets and devices are left out. */
function* itemsOf(files: Files, path: string, below = ""): Generator<Item> {
  const stat = files.lstat(path);
  if (!stat || (stat.type !== "file" && stat.type !== "dir" && stat.type !== "symlink")) return;
  const { type, mode, uid, gid, mtime, linkname } = stat;
  yield {
    type,
    path: below,
    mode,
    uid,
    gid,
    mtime,
    ...(linkname !== undefined && { linkname }),
    read: () => files.read(path),
  };
  if (type !== "dir") return;
  for (const name of [...files.readdir(path)].sort())
    yield* itemsOf(files, joinPath(path, name), below === "" ? name : `${below}/${name}`);
}

/** Where the items go. */
interface Place {
  lstat: Files["lstat"];
  stat: Files["stat"];
  mkdir(path: string, item: Item): void;
  symlink(path: string, item: Item): void;
  write(path: string, item: Item): void;
}

/** Puts *items* at *path*; folders that are there stay and are filled. */
function put(items: Iterable<Item>, place: Place, path: string): void {
  for (const item of items) {
    const to = item.path === "" ? path : joinPath(path, item.path);
    if (item.type === "dir") {
      const old = place.stat(to);
      if (old && old.type !== "dir") throw new DockerError("cannot copy directory");
      if (!old) place.mkdir(to, item);
    } else {
      if (place.lstat(to)?.type === "dir")
        throw new DockerError(
          `Error response from daemon: cannot overwrite directory "${to}" with non-directory`,
        );
      if (item.type === "symlink") place.symlink(to, item);
      else place.write(to, item);
    }
  }
}

/** What docker counts: the bytes of the tar that goes over the wire. */
function wireBytes(items: readonly Item[]): number {
  return items.reduce(
    (sum, item) => sum + 512 + (item.type === "file" ? 512 * Math.ceil(item.read().length / 512) : 0),
    1024,
  );
}

/** `NAME:PATH`, but not `./a:b` and not `/a:b`. */
function split(word: string): readonly [container: string, path: string] | undefined {
  if (/^[./]/.test(word)) return undefined;
  const at = word.indexOf(":");
  return at > 0 ? [word.slice(0, at), word.slice(at + 1)] : undefined;
}

/** Does the path mean what is in a folder, rather than the folder? */
const isContents = (path: string): boolean => path === "." || path.endsWith("/.");

/** *path* with its folders resolved; its last part as it is, unless *follow* says so or it ends as a folder does. */
function located(files: Files, path: string, follow: boolean): string {
  const clean = cleanPath(path.startsWith("/") ? path : `/${path}`);
  if (clean === "/") return "/";
  if (follow || path.endsWith("/") || isContents(path)) return files.realpath(clean) ?? clean;
  return joinPath(files.realpath(dirName(clean)) ?? dirName(clean), baseName(clean));
}

interface Target {
  /** Where the item itself goes. */
  readonly path: string;
}

/**
 * Where *source* goes when *to* is asked for (moby pkg/archive CopyInfoDestinationPath, PrepareArchiveCopy). *missing*: the refusal of a parent that is not there.
 */
function targetOf(
  place: Place,
  source: { readonly isFolder: boolean; readonly contents: boolean; readonly name: string },
  to: string,
  full: string,
  missing: (parent: string) => DockerError,
): Target {
  const there = place.stat(full);
  if (there?.type === "dir")
    return { path: source.isFolder && source.contents ? full : joinPath(full, source.name) };
  if (there) {
    if (source.isFolder) throw new DockerError("cannot copy directory");
    if (to.endsWith("/"))
      throw new DockerError("Error response from daemon: extraction point is not a directory");
    return { path: full };
  }
  const parent = place.stat(dirName(full));
  if (!parent) throw missing(dirName(full));
  if (parent.type !== "dir")
    throw new DockerError("Error response from daemon: extraction point is not a directory");
  if (!source.isFolder && to.endsWith("/")) throw new DockerError("no such directory");
  return { path: full };
}

function callerPlace(files: CallerFiles): Place {
  return {
    lstat: (path) => files.lstat(path),
    stat: (path) => files.stat(path),
    mkdir: (path, { mode }) => files.mkdir(path, mode),
    symlink: (path, { linkname = "" }) => files.symlink(linkname, path),
    write: (path, item) => files.write(path, item.read(), item.mode),
  };
}

/** In the container files belong to root, unless *archive* keeps who they belonged to. */
function containerPlace(fs: WritableFileSystem, archive: boolean): Place {
  const owner = ({ uid, gid }: Item): { uid: number; gid: number } =>
    archive ? { uid, gid } : { uid: 0, gid: 0 };
  const make = (path: string, item: Item, create: () => void): void => {
    if (fs.lstat(path)) fs.remove(path);
    create();
    if (item.type !== "symlink") fs.utimes(path, item.mtime);
  };
  return {
    lstat: (path) => fs.lstat(path),
    stat: (path) => fs.stat(path),
    mkdir: (path, item) => fs.mkdir(path, { mode: item.mode, ...owner(item) }),
    symlink: (path, item) => make(path, item, () => fs.symlink(item.linkname ?? "", path, owner(item))),
    write: (path, item) =>
      make(path, item, () => fs.writeFile(path, item.read(), { mode: item.mode, ...owner(item) })),
  };
}

const containerFiles = (fs: ReadableFileSystem): Files => ({
  lstat: (path) => fs.lstat(path),
  stat: (path) => fs.stat(path),
  readdir: (path) => fs.readdir(path),
  realpath: (path) => fs.realpath(path),
  read: (path) => fs.readFile(path).read(),
});

function notFound(path: string, container: Container): DockerError {
  return new DockerError(
    `Error response from daemon: Could not find the file ${path} in container ${container.name}`,
  );
}

/** Contents that nobody has (files of the catalog's images) are told by name. */
function readable(items: readonly Item[]): void {
  for (const item of items) {
    if (item.type !== "file") continue;
    try {
      item.read();
    } catch (error) {
      if ((error as { code?: string }).code !== "LB_NO_CONTENT") throw error;
      throw new DockerError(
        `docker cp: the contents of ${item.path} are not known here\n  카탈로그의 이미지에는 이 파일의 내용이 없습니다: ${item.path}`,
      );
    }
  }
}

function fromContainer(context: CommandContext, container: Container, path: string, to: string): number {
  const { flags, io } = context;
  const files = containerFiles(container.fs);
  const full = located(files, path, flags.booleans.get("follow-link") ?? false);
  const stat = files.lstat(full);
  if (!stat) throw notFound(path.startsWith("/") ? path : `/${path}`, container);
  if (path.endsWith("/") && stat.type !== "dir")
    throw new DockerError("Error response from daemon: not a directory");
  const items = [...itemsOf(files, full)];
  readable(items);
  const name = full === "/" ? "/" : baseName(full);
  if (to === "-") {
    if (!io.outBytes)
      throw new DockerError(
        "docker cp: a tar on standard output is not simulated here\n  폴더나 파일을 정하세요: docker cp NAME:/path ./path",
      );
    io.outBytes(layerTarBytes(tarEntries(items, name)));
    return 0;
  }
  const own = callerPlace(io.files);
  const absolute = io.files.absolute(to);
  const source = { isFolder: stat.type === "dir", contents: isContents(path) || full === "/", name };
  const target = targetOf(
    own,
    source,
    to,
    absolute,
    (parent) => new DockerError(`invalid output path: directory "${parent}" does not exist`),
  );
  put(items, own, target.path);
  if (!flags.booleans.get("quiet"))
    io.err(`Successfully copied ${humanSize(wireBytes(items), 3)} to ${absolute}\n`);
  return 0;
}

/** As the engine names them: everything below the name of what is copied. */
function tarEntries(items: readonly Item[], name: string): LayerEntry[] {
  const root = name === "/" ? "" : name;
  return items.flatMap((item): LayerEntry[] => {
    const path = [root, item.path].filter((part) => part !== "").join("/");
    if (path === "") return [];
    const bytes = item.type === "file" ? item.read() : undefined;
    const { type, mode, uid, gid, mtime, linkname } = item;
    return [
      {
        name: type === "dir" ? `${path}/` : path,
        type,
        mode,
        uid,
        gid,
        mtime,
        size: bytes?.length ?? 0,
        ...(linkname !== undefined && { linkname }),
        ...(bytes && { content: { size: bytes.length, read: () => bytes } }),
      },
    ];
  });
}

async function toContainer(
  context: CommandContext,
  from: string,
  container: Container,
  path: string,
): Promise<number> {
  const { engine, flags, io } = context;
  const fs = container.fs.fork(engine.lab.now());
  const archive = flags.booleans.get("archive") ?? false;
  const place = containerPlace(fs, archive);
  const asked = cleanPath(path.startsWith("/") ? path : `/${path}`);
  const full = fs.realpath(asked) ?? joinPath(fs.realpath(dirName(asked)) ?? dirName(asked), baseName(asked));
  if (from === "-") {
    const there = fs.stat(full);
    if (!there) throw notFound(asked, container);
    if (there.type !== "dir")
      throw new DockerError('destination "' + `${container.name}:${path}` + '" must be a directory');
    const items = await itemsOfTar(io);
    // Folders that the tar does not name are made.
    for (const { path: name } of items) fs.mkdir(dirName(joinPath(full, name)), { recursive: true });
    put(items, containerPlace(fs, true), full);
    container.fs = fs.snapshot();
    return 0;
  }
  const { files } = io;
  const absolute = io.files.absolute(from);
  const follows = (flags.booleans.get("follow-link") ?? false) || from.endsWith("/") || isContents(from);
  const real = follows ? files.realpath(absolute) : absolute;
  const stat = real === undefined ? undefined : files.lstat(real);
  if (real === undefined || !stat) throw new DockerError(`lstat ${absolute}: no such file or directory`);
  if (from.endsWith("/") && stat.type !== "dir") throw new DockerError("not a directory");
  const items = [...itemsOf(files, real)];
  const source = { isFolder: stat.type === "dir", contents: isContents(from), name: baseName(absolute) };
  const target = targetOf(place, source, path, full, (parent) => notFound(parent, container));
  put(items, place, target.path);
  container.fs = fs.snapshot();
  if (!flags.booleans.get("quiet"))
    io.err(`Successfully copied ${humanSize(wireBytes(items), 3)} to ${container.name}:${path}\n`);
  return 0;
}

async function itemsOfTar(io: CommandContext["io"]): Promise<Item[]> {
  if (!io.stdinBytes)
    throw new DockerError(
      "docker cp: a tar on standard input is not simulated here\n  파일이나 폴더를 정하세요: docker cp ./path NAME:/path",
    );
  try {
    return [...readTar(await io.stdinBytes())].flatMap(
      ({ name, type, mode, uid, gid, mtime, linkname, content }) => {
        if (name.split("/").includes(".."))
          throw new DockerError(`Error response from daemon: ${JSON.stringify(name)} is outside of "/"`);
        const path = cleanPath(`/${name}`).slice(1);
        if ((type !== "file" && type !== "dir" && type !== "symlink") || path === "") return [];
        const read = (): Uint8Array => content?.read() ?? new Uint8Array();
        return [{ type, path, mode, uid, gid, mtime, ...(linkname !== undefined && { linkname }), read }];
      },
    );
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    throw new DockerError(`Error response from daemon: ${error.message}`);
  }
}

/** The `docker cp` command. */
export const cp: DockerCommand = {
  name: "cp",
  usage: "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  flags: {
    archive: { type: "boolean", short: "a" },
    "follow-link": { type: "boolean", short: "L" },
    quiet: { type: "boolean", short: "q" },
  },
  arity: [2, 2],
  run(context) {
    const [from = "", to = ""] = context.words;
    const [source, target] = [split(from), split(to)];
    if (source && target) throw new DockerError("copying between containers is not supported");
    if (source) return fromContainer(context, context.engine.container(source[0]), source[1], to);
    if (target) return toContainer(context, from, context.engine.container(target[0]), target[1]);
    throw new DockerError(
      "must specify at least one container source\n  한쪽만 컨테이너여야 합니다 (이름:경로)",
    );
  },
};
