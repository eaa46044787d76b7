/** What will be vertices: operations whose inputs are other nodes (BuildKit client/llb exec.go, fileop.go, merge.go, source.go). */

import { compareBytes } from "../dockerfile/go-text";
import { basePath, cleanPath, joinPath, withOriginalEnd } from "./paths";
import { parseOwner, type Chmod } from "./modes";
import type { InputIndex, Node, NodeMeta, Output, State } from "./state";
import type { CopyAction, ExecOp, FileAction, FileOp, MergeOp, Mount, Op } from "./types";

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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function copyAction(
  request: CopyRequest,
  before: number | "previous",
  base: State,
  baseIndex: number,
  input: InputIndex,
): CopyAction {
  const { from, chmod, chown } = request;
  const clean = cleanPath(request.src);
  const action: Mutable<CopyAction> = {
    input: before,
    action: "copy",
    secondaryInput: from.output === null ? -1 : input(from.output),
    src: clean.startsWith("/") ? clean : joinPath(from.dir, clean),
    dest: actionPath(base.dir, request.dest, true),
    mode: chmod === undefined ? -1 : "mode" in chmod ? chmod.mode : 0,
    followSymlink: request.followSymlink ?? false,
    dirCopyContents: request.dirCopyContents ?? false,
    attemptUnpack: request.attemptUnpack ?? false,
    createDestPath: true,
    allowWildcard: request.allowWildcard ?? false,
    allowEmptyWildcard: request.allowWildcard ?? false,
    includePatterns: request.includePatterns ?? none,
    excludePatterns: request.excludePatterns ?? none,
    requiredPaths: request.requiredPaths ?? none,
    alwaysReplaceExistingDestPaths: false,
    timestamp: -1,
  };
  if (chown !== undefined) action.owner = parseOwner(chown, baseIndex);
  if (chmod !== undefined && "symbolic" in chmod) action.modeStr = chmod.symbolic;
  return action;
}

const none: readonly string[] = [];

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
        if (request.action === "copy") return copyAction(request, before, base, baseIndex, input);
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

function mountOf(request: MountRequest, root: MountRequest, input: InputIndex): Mount {
  const { type, dest, from } = request;
  const index = type === "tmpfs" || from.output === null ? -1 : input(from.output);
  const mount: Mutable<Mount> = {
    type,
    dest,
    input: index,
    selector: request.selector ?? "",
    output: request === root ? 0 : -1,
    readonly: request.readonly ?? false,
    contentCache: request !== root && index !== -1,
  };
  if (request.tmpfsSize !== undefined) mount.tmpfsSize = request.tmpfsSize;
  if (request.cache !== undefined) mount.cache = request.cache;
  return mount;
}

/** RUN. */
export function execNode(base: State, request: ExecRequest, meta: NodeMeta): Node {
  const root: MountRequest = { type: "bind", dest: "/", from: base };
  const sorted =
    request.mounts.length === 0
      ? [root]
      : [root, ...request.mounts].sort((a, b) => compareBytes(a.dest, b.dest));
  return {
    meta,
    walk: () => defined(sorted.map((mount) => mount.from.output)),
    op: (input, fallback): ExecOp => {
      const op: Mutable<ExecOp> = {
        kind: "exec",
        args: request.args,
        env: request.env,
        cwd: request.cwd,
        user: request.user,
        extraHosts: request.extraHosts,
        ulimit: request.ulimit,
        network: request.network,
        security: request.security,
        proxyEnv: request.proxyEnv,
        secretEnv: request.secretEnv,
        devices: request.devices,
        platform: base.platform ?? fallback,
        mounts: [...sorted.map((mount) => mountOf(mount, root, input)), ...request.secretMounts],
      };
      if (request.hostname !== undefined) op.hostname = request.hostname;
      if (request.cgroupParent !== undefined) op.cgroupParent = request.cgroupParent;
      return op;
    },
  };
}

/** Name of the file that a URL is saved under. */
export function downloadName(path: string): string {
  const base = basePath(path);
  return base === "." || base === "/" ? "__unnamed__" : base;
}
