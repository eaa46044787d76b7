/** What will be vertices: operations whose inputs are other nodes (BuildKit client/llb exec.go, fileop.go, merge.go, source.go). */

import { basePath, cleanPath, joinPath, withOriginalEnd } from "./paths";
import { parseOwner, type Chmod } from "./modes";
import type { Output, State } from "./state";
import type { ExecOp, FileAction, FileOp, MergeOp, Mount, Op, PlatformSpec, Vertex } from "./types";

/** Everything of a vertex that is not in its digest. */
export interface NodeMeta {
  readonly name: string;
  readonly internal?: boolean;
  readonly ignoreCache?: boolean;
  readonly progressGroup?: Vertex["progressGroup"];
  readonly source?: Vertex["source"];
}

/** Gives an output its index among the vertex's inputs; equal inputs share one. */
export type InputIndex = (output: Output) => number;

export interface Node {
  readonly meta: NodeMeta;
  /** Outputs in the order in which BuildKit walks them; decides which of several equal vertices gives its name. */
  readonly walk: () => readonly Output[];
  /** The operation; asks for its inputs in the order they are to have. *fallback*: the platform of a state that has none. */
  readonly op: (input: InputIndex, fallback: PlatformSpec) => Op;
}

/** A node without inputs. */
export function sourceNode(op: Op, meta: NodeMeta): Node {
  return { meta, walk: () => [], op: () => op };
}

function defined(outputs: readonly (Output | null)[]): Output[] {
  return outputs.filter((output) => output !== null);
}

export interface CopyRequest {
  readonly action: "copy";
  readonly from: State;
  readonly src: string;
  readonly dest: string;
  readonly chown?: string;
  readonly chmod?: Chmod;
  readonly followSymlink?: boolean;
  readonly dirCopyContents?: boolean;
  readonly attemptUnpack?: boolean;
  readonly allowWildcard?: boolean;
  readonly includePatterns?: readonly string[];
  readonly excludePatterns?: readonly string[];
  readonly requiredPaths?: readonly string[];
}

export interface MkdirRequest {
  readonly action: "mkdir";
  readonly path: string;
  readonly mode: number;
  readonly makeParents: boolean;
  readonly chown?: string;
  /** Seconds since 1970. */
  readonly createdTime?: number;
}

export interface MkfileRequest {
  readonly action: "mkfile";
  readonly path: string;
  readonly mode: number;
  readonly data: string;
}

export type FileRequest = CopyRequest | MkdirRequest | MkfileRequest;

/** Nanoseconds since 1970, exact up to 2^53; -1 for none. */
function timestamp(seconds: number | undefined): number {
  return seconds === undefined ? -1 : seconds * 1_000_000_000;
}

/** The path of an action inside the tree it changes, whose working directory is *dir*. */
function actionPath(dir: string, path: string, keepEnd: boolean): string {
  const clean = cleanPath(path);
  const absolute = clean.startsWith("/") ? clean : joinPath("/", dir, clean);
  return keepEnd ? withOriginalEnd(absolute, path) : absolute;
}

function copyAction(
  request: CopyRequest,
  base: State,
  baseIndex: number,
  input: InputIndex,
): Omit<FileAction & { action: "copy" }, "input"> {
  const { from, chmod } = request;
  const clean = cleanPath(request.src);
  return {
    action: "copy",
    secondaryInput: from.output === null ? -1 : input(from.output),
    src: clean.startsWith("/") ? clean : joinPath(from.dir, clean),
    dest: actionPath(base.dir, request.dest, true),
    ...(request.chown === undefined ? {} : { owner: parseOwner(request.chown, baseIndex) }),
    mode: chmod === undefined ? -1 : "mode" in chmod ? chmod.mode : 0,
    ...(chmod !== undefined && "symbolic" in chmod ? { modeStr: chmod.symbolic } : {}),
    followSymlink: request.followSymlink ?? false,
    dirCopyContents: request.dirCopyContents ?? false,
    attemptUnpack: request.attemptUnpack ?? false,
    createDestPath: true,
    allowWildcard: request.allowWildcard ?? false,
    allowEmptyWildcard: request.allowWildcard ?? false,
    includePatterns: request.includePatterns ?? [],
    excludePatterns: request.excludePatterns ?? [],
    requiredPaths: request.requiredPaths ?? [],
    alwaysReplaceExistingDestPaths: false,
    timestamp: -1,
  };
}

/** COPY, ADD, WORKDIR, inline files: actions one after the other on *base*. */
export function fileNode(base: State, requests: readonly FileRequest[], meta: NodeMeta): Node {
  return {
    meta,
    walk: () =>
      defined([
        base.output,
        ...requests.map((request) => (request.action === "copy" ? request.from.output : null)).reverse(),
      ]),
    op: (input): FileOp => {
      const baseIndex = base.output === null ? -1 : input(base.output);
      const actions = requests.map((request, i): FileAction => {
        const before = i === 0 ? baseIndex : "previous";
        if (request.action === "copy")
          return { input: before, ...copyAction(request, base, baseIndex, input) };
        const path = actionPath(base.dir, request.path, false);
        const mode = request.mode & 0o777;
        if (request.action === "mkfile") {
          return { action: "mkfile", input: before, path, mode, data: request.data, timestamp: -1 };
        }
        return {
          action: "mkdir",
          input: before,
          path,
          mode,
          makeParents: request.makeParents,
          ...(request.chown === undefined ? {} : { owner: parseOwner(request.chown, baseIndex) }),
          timestamp: timestamp(request.createdTime),
        };
      });
      return { kind: "file", actions };
    },
  };
}

/** The layers of *inputs* on one another; scratch inputs have no effect. null when nothing is left. */
export function mergeNode(inputs: readonly State[], meta: NodeMeta): Node | null {
  const outputs = defined(inputs.map((state) => state.output));
  if (outputs.length === 0) return null;
  if (outputs.length === 1) return (outputs[0] as Output).node();
  return {
    meta,
    walk: () => outputs,
    op: (input): MergeOp => {
      outputs.forEach(input);
      return { kind: "merge" };
    },
  };
}

/** A mount as the instruction asks for it. */
export interface MountRequest {
  readonly type: "bind" | "cache" | "tmpfs";
  readonly dest: string;
  readonly from: State;
  readonly selector?: string;
  readonly readonly?: boolean;
  readonly tmpfsSize?: number;
  readonly cache?: NonNullable<Mount["cache"]>;
}

export type ExecRequest = Omit<ExecOp, "kind" | "mounts" | "platform"> & {
  readonly mounts: readonly MountRequest[];
  /** Secrets and sockets, in the order written. */
  readonly secretMounts: readonly Mount[];
};

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RUN. */
export function execNode(base: State, request: ExecRequest, meta: NodeMeta): Node {
  const root: MountRequest = { type: "bind", dest: "/", from: base };
  const sorted = [root, ...request.mounts].sort((a, b) => compareBytes(a.dest, b.dest));
  const { mounts: _mounts, secretMounts, ...fields } = request;
  return {
    meta,
    walk: () => defined(sorted.map((mount) => mount.from.output)),
    op: (input, fallback): ExecOp => ({
      kind: "exec",
      ...fields,
      platform: base.platform ?? fallback,
      mounts: [
        ...sorted.map((mount): Mount => ({
          type: mount.type,
          dest: mount.dest,
          input: mount.type === "tmpfs" || mount.from.output === null ? -1 : input(mount.from.output),
          selector: mount.selector ?? "",
          output: mount === root ? 0 : -1,
          readonly: mount.readonly ?? false,
          ...(mount.tmpfsSize === undefined ? {} : { tmpfsSize: mount.tmpfsSize }),
          ...(mount.cache === undefined ? {} : { cache: mount.cache }),
          // Set by the cache rules from what the mount is; the frontend leaves it at its default.
          contentCache: false,
        })),
        ...secretMounts,
      ],
    }),
  };
}

/** Name of the file that a URL is saved under. */
export function downloadName(path: string): string {
  const base = basePath(path);
  return base === "." || base === "/" ? "__unnamed__" : base;
}
