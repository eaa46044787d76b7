/** Executing a file operation: COPY, ADD, WORKDIR, heredoc files (BuildKit solver/llbsolver/ops/file.go, file/backend.go). */

import type { FileOp, MkdirAction, MkfileAction } from "../graph/types";
import type { Snapshot, WritableFileSystem } from "../platform/files";
import { dirName } from "../platform/paths";
import type { Platform } from "../platform/platform";
import { emptySnapshot } from "./build-tree";
import { contentOf } from "./content";
import { copyAction, timeOfStamp } from "./copy-action";
import { makeDirectories } from "./make-directories";
import { resolveOwner, type UserIds } from "./owner";
import { rootPath } from "./root-path";
import { calling, FileOpError, lookAt, PathError } from "./syscalls";

/** What executing needs of outside. */
export interface FileOpOptions {
  readonly platform: Platform;
  /** Seconds since 1970: the time of everything that is made anew. */
  readonly now: number;
}

/**
 * The file system after *op*. *inputs*: those of the vertex, in order; undefined is an empty one. Throws FileOpError with BuildKit's
 * text, PatternError.
 */
export function executeFileOp(
  op: FileOp,
  inputs: readonly (Snapshot | undefined)[],
  options: FileOpOptions,
): Snapshot {
  const empty = emptySnapshot(options.now);
  const inputAt = (index: number): Snapshot => (index < 0 ? empty : (inputs[index] ?? empty));
  let fs: WritableFileSystem | undefined;
  for (const action of op.actions) {
    if (action.input !== "previous" || fs === undefined) {
      fs = inputAt(action.input === "previous" ? -1 : action.input).fork(options.now);
      // The root directory of a new snapshot is new.
      fs.utimes("/", options.now);
    }
    // An input beyond those of the vertex is the result of an action before: the present state.
    const present = fs;
    const owner = resolveOwner(action.owner, (index) =>
      index < 0 ? undefined : index < inputs.length ? inputAt(index) : present,
    );
    try {
      if (action.action === "copy") {
        copyAction(action, inputAt(action.secondaryInput), fs, owner, options.platform);
      } else if (action.action === "mkdir") mkdir(action, fs, owner);
      else mkfile(action, fs, owner);
    } catch (error) {
      if (error instanceof FileOpError) error.state = fs.snapshot();
      throw error;
    }
  }
  return (fs ?? empty.fork(options.now)).snapshot();
}

function mkdir(action: MkdirAction, fs: WritableFileSystem, owner: UserIds | undefined): void {
  const path = rootPath(fs, action.path);
  const mtime = timeOfStamp(action.timestamp);
  const mode = action.mode & 0o777;
  if (action.makeParents) {
    makeDirectories(fs, path, { mode, owner, mtime });
    return;
  }
  if (lookAt(fs, path, "lstat")) return;
  calling("mkdir", path, () => fs.mkdir(path, { mode }));
  if (owner) fs.chown(path, owner.uid, owner.gid);
  if (mtime !== undefined) fs.utimes(path, mtime);
}

/** A new file takes the place of what was there, so that nothing is written through a link or device. */
function mkfile(action: MkfileAction, fs: WritableFileSystem, owner: UserIds | undefined): void {
  const path = rootPath(fs, action.path);
  if (path === "/") throw new PathError("mkfile", path, "EISDIR");
  const old = lookAt(fs, path, "lstat");
  if (old?.type === "dir") throw new PathError("rename", path, "EEXIST");
  if (old) fs.remove(path);
  const parent = fs.stat(dirName(path));
  if (parent?.type !== "dir") throw new PathError("open", path, parent ? "ENOTDIR" : "ENOENT");
  const mtime = timeOfStamp(action.timestamp);
  calling("open", path, () =>
    fs.writeFile(path, contentOf(action.data), {
      mode: action.mode & 0o777,
      ...owner,
      ...(mtime !== undefined && { mtime }),
    }),
  );
}
