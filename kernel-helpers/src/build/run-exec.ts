/** RUN: mounts in place, the command run, what it changed kept (BuildKit solver/llbsolver/ops/exec.go, mounts/mount.go). */

import { goQuote } from "../dockerfile";
import { emptySnapshot, MountedFileSystem, type MountPoint } from "../filesystem";
import type { ExecOp, Mount, Vertex } from "../graph/types";
import { pushLayer, StepLayer } from "../image/layer";
import type { RunResult } from "../run";
import { FileSystemError, type Snapshot, type WritableFileSystem } from "../platform/files";
import { dirName, joinPath } from "../platform/paths";
import { CONTAINER_TIME } from "./durations";
import { makeOutputs } from "./expected-outputs";
import type { ExecuteAnswer } from "./operations";
import { isVague, openAfterExec, standInFolder } from "./open-paths";
import { releaseContext } from "./run-local";
import type { RunQuestion } from "./run-memo";
import { clockAt, type Session } from "./session";
import type { StepResult } from "./step-result";

/** Exit code of a command that a limit or the user stopped: that is no failure of its own. */
const STOPPED = 137;

export async function runExecOp(
  session: Session,
  vertex: Vertex,
  op: ExecOp,
  inputs: readonly StepResult[],
  at: number,
): Promise<ExecuteAnswer> {
  if (op.mounts.some(({ cache }) => cache)) await session.builder.openMounts?.();
  const rootMount = op.mounts.find((mount) => mount.dest === "/")!;
  const base = rootMount.input >= 0 ? inputs[rootMount.input] : undefined;
  const lower = base?.snapshot ?? emptySnapshot();
  const now = clockAt(session, at);
  const fork = (): WritableFileSystem => {
    const fs = lower.fork(now);
    fs.utimes("/", now);
    return fs;
  };
  let root = fork();
  const kept: CacheMount[] = [];
  const refusal = missingAccess(session, op);
  if (refusal !== undefined) return { at: at + CONTAINER_TIME, error: refusal };
  for (const mount of op.mounts) {
    const isBase = mount.dest === "/" || (mount.type === "bind" && !mount.readonly) || mount.type === "cache";
    if (isBase && mount.input >= 0) releaseContext(session, vertex.inputs[mount.input]?.vertex);
  }
  let mounted: MountedFileSystem;
  try {
    mounted = new MountedFileSystem(root, mountPoints(session, op, inputs, now, kept));
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return refusedMount(session, vertex, op, error, at + CONTAINER_TIME);
  }
  const started = at + CONTAINER_TIME;
  const { runs } = session.builder;
  const question: RunQuestion = {
    args: op.args,
    env: environment(session, op),
    cwd: op.cwd,
    user: op.user,
    mounts: mounted.points,
    hostname: op.hostname,
    addHosts: Object.fromEntries(op.extraHosts.map(({ host, ip }) => [host, ip])),
    network: op.network,
    now: clockAt(session, started),
    assume: session.options.assume,
    open: isVague(base),
    ...(session.declared.length > 0 && { declared: session.declared }),
    signal: session.options.signal,
    onOutput: (stream, data, when) => session.timeline.log(vertex.digest, stream, data, started + when),
  };
  let result = runs.recall(question, root);
  if (!result) {
    // What was tried in vain is left behind. With mounts nothing is tried.
    if (mounted.points.length === 0) mounted = new MountedFileSystem((root = fork()), []);
    result = await runs.record({ ...question, fs: mounted.fs }, (request) => session.world.run(request));
  }
  mounted.unmount();
  const end = started + result.duration;
  const process = `process ${goQuote(op.args.join(" "))} did not complete successfully`;
  if (result.startError !== undefined && !result.startError.startsWith("runc run failed: ")) {
    return { at: end, error: `${process}: ${result.startError}` };
  }
  if (result.startError !== undefined) session.timeline.log(vertex.digest, 2, result.startError + "\n", end);
  for (const mount of kept) mount.keep(end);
  // What fails on files that nobody knows, or after something that was only assumed, need not fail in truth.
  const isExcused = session.options.assume === true && (isVague(base) || result.assumed.length > 0);
  if (result.exitCode !== 0 && !(isExcused && result.exitCode !== STOPPED))
    return { at: end, error: `${process}: exit code: ${result.exitCode}` };
  const assumed =
    result.exitCode === 0 ? result.assumed : [...result.assumed, `exit code ${result.exitCode}`];
  if (assumed.length > 0) session.assumed.set(vertex.digest, assumed);
  // Declared is not simulated either, but what comes of it is known as far as the file says.
  if (result.declared) session.assumed.set(vertex.digest, [...assumed, ...result.declared]);
  const isAssumed = assumed.length > 0 || inputs.some((input) => input.assumed);
  if (isAssumed)
    makeOutputs(root, session.expected.get(vertex.digest) ?? [], op.args.join(" "), session.newRef());
  const open = openAfterExec(op, inputs, assumed.length > 0);
  const upper = root.snapshot();
  const layer = new StepLayer({ lower, upper }, now, vertex.name, undefined, firstLayers.get(result));
  if (!firstLayers.has(result)) firstLayers.set(result, layer);
  return {
    at: end,
    result: {
      id: session.newRef(),
      snapshot: upper,
      layers: pushLayer(base?.layers, layer),
      createdAt: clockAt(session, end),
      duration: end - at,
      ...(isAssumed && { assumed: true }),
      ...(open && { open }),
      ...(base?.unknownBase !== undefined && { unknownBase: base.unknownBase }),
    },
  };
}

/** By the answer of a command: the layer that it made when it ran. Done again elsewhere, it mostly makes the same. */
const firstLayers = new WeakMap<RunResult, StepLayer>();

/** A mount that cannot be made, in the words of BuildKit (a source that is missing) or runc (a file where a directory is needed). */
function refusedMount(
  session: Session,
  vertex: Vertex,
  op: ExecOp,
  error: FileSystemError,
  at: number,
): ExecuteAnswer {
  const process = `process ${goQuote(op.args.join(" "))} did not complete successfully`;
  const isMissing = op.mounts.some(({ selector }) => (selector || "/") === error.path);
  if (error.code === "ENOENT" && isMissing) {
    return { at, error: `${process}: open ${error.path}: no such file or directory` };
  }
  const mount = op.mounts.find(({ dest }) => dest === error.path);
  const inside = `/var/lib/buildkit/runc-overlayfs/executor/${vertex.digest.slice(7, 32)}/rootfs`;
  const reason =
    mount?.type === "tmpfs"
      ? `error mounting "tmpfs" to rootfs at "${error.path}": mkdir ${inside}${dirName(error.path)}: not a directory`
      : `error mounting "/var/lib/buildkit/runc-overlayfs/snapshots/snapshots/1/fs" to rootfs at "${error.path}": open o_path procfd: open ${inside}${error.path}: not a directory`;
  const line = `runc run failed: unable to start container process: error during container init: ${reason}`;
  session.timeline.log(vertex.digest, 2, line + "\n", at);
  return { at, error: `${process}: exit code: 1` };
}

/** A required secret or agent that the client does not have, in BuildKit's words. */
function missingAccess(session: Session, op: ExecOp): string | undefined {
  const { secrets = {}, ssh = [] } = session.options;
  for (const mount of op.mounts) {
    if (mount.secret && !mount.secret.optional && !(mount.secret.id in secrets))
      return `secret ${mount.secret.id}: not found`;
    if (mount.ssh && !mount.ssh.optional && !hasAgent(ssh, mount.ssh.id)) {
      return `no SSH key ${goQuote(mount.ssh.id)} forwarded from the client`;
    }
  }
  const absent = op.secretEnv.find(({ id, optional }) => !optional && !(id in secrets));
  return absent && `secret ${absent.id}: not found`;
}

function hasAgent(agents: readonly string[], id: string): boolean {
  const wanted = id === "" ? "default" : id;
  return agents.some((agent) => agent.split("=")[0] === wanted);
}

/** A cache mount and how to remember what the command left in it. */
interface CacheMount {
  keep(at: number): void;
}

function mountPoints(
  session: Session,
  op: ExecOp,
  inputs: readonly StepResult[],
  now: number,
  kept: CacheMount[],
): MountPoint[] {
  const points: MountPoint[] = [];
  for (const mount of op.mounts) {
    if (mount.dest === "/") continue;
    const point = mountPoint(session, mount, inputs, now, kept);
    // Secrets and sockets may be named from the working directory.
    if (!point) continue;
    const { target } = point;
    points.push({ ...point, target: target.startsWith("/") ? target : joinPath(op.cwd || "/", target) });
  }
  return points.sort((a, b) => depth(a.target) - depth(b.target));
}

function depth(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}

function mountPoint(
  session: Session,
  mount: Mount,
  inputs: readonly StepResult[],
  now: number,
  kept: CacheMount[],
): MountPoint | undefined {
  const target = mount.dest;
  const from = mount.input >= 0 ? inputs[mount.input] : undefined;
  switch (mount.type) {
    case "ssh": {
      if (!hasAgent(session.options.ssh ?? [], mount.ssh!.id)) return undefined;
      const { mode, uid, gid } = mount.ssh!;
      return { target, socket: true, mode, uid, gid };
    }
    case "tmpfs":
      // BuildKit looks for the source of a tmpfs in a directory that has nothing in it.
      if (mount.selector !== "" && mount.selector !== "/")
        throw new FileSystemError("ENOENT", mount.selector);
      return { target, size: mount.tmpfsSize, mode: 0o1777, readonly: mount.readonly };
    case "secret": {
      const value = session.options.secrets?.[mount.secret!.id];
      if (value === undefined) return undefined;
      const bytes = new TextEncoder().encode(value);
      const { mode, uid, gid } = mount.secret!;
      return { target, source: { size: bytes.length, read: () => bytes }, mode, uid, gid, readonly: true };
    }
    case "cache": {
      const cache = openCache(session, mount, inputs[mount.input], now);
      kept.push(cache);
      return { target, source: cache.fs, sourcePath: mount.selector || "/", readonly: mount.readonly };
    }
    default:
      return {
        target,
        source: (from && session.options.assume
          ? standInFolder(from, mount.selector || "/")
          : (from?.snapshot ?? emptySnapshot())
        ).fork(now),
        sourcePath: mount.selector || "/",
        readonly: mount.readonly,
      };
  }
}

/** The directory behind a cache mount: by its id, and by what it begins with. */
function openCache(
  session: Session,
  mount: Mount,
  input: StepResult | undefined,
  now: number,
): CacheMount & { readonly fs: WritableFileSystem } {
  const { cacheMounts } = session.builder;
  const key = mount.cache!.id + (input ? ":" + input.id : "");
  const before: Snapshot | undefined = cacheMounts.get(key);
  const fs = (before ?? input?.snapshot ?? emptySnapshot(now)).fork(now);
  return {
    fs,
    keep(at) {
      cacheMounts.set(key, fs.snapshot());
      session.undos.push({
        at,
        undo: () => (before ? cacheMounts.set(key, before) : cacheMounts.delete(key)),
      });
    },
  };
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function environment(session: Session, op: ExecOp): string[] {
  const env = [...op.env];
  for (const [name, value] of Object.entries(op.proxyEnv)) {
    if (value === "") continue;
    env.push(`${name.toUpperCase()}=${value}`, `${name.toLowerCase()}=${value}`);
  }
  if (!env.some((entry) => entry.startsWith("PATH="))) env.push(`PATH=${DEFAULT_PATH}`);
  for (const { id, name } of op.secretEnv) env.push(`${name}=${session.options.secrets?.[id] ?? ""}`);
  return env;
}
