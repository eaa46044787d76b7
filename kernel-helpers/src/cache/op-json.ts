/** An operation as the JSON whose digest is in the cache key (BuildKit solver/llbsolver/ops/{exec,file,merge}.go `CacheMap`). */

import type { ExecOp, FileAction, FileOp, ImageOp, Mount, Owner } from "../graph/types";
import { baseName } from "../platform/paths";
import { goJson, type Json, omitEmpty } from "./go-json";

/** A record of the operation: *json* is what a difference is explained with, *text* what is hashed. */
export interface OpJson {
  readonly kind: "exec-op" | "file-op" | "merge-op" | "source";
  readonly json: { readonly [key: string]: Json | undefined };
  readonly text: string;
}

/** The JSON of a RUN: what is not in the key (IPs, proxies, selectors, ids of caches) is cleared first. */
export function execJson(op: ExecOp): OpJson {
  const mounts = isOnlyRoot(op) ? undefined : op.mounts.map(mountJson);
  const json = {
    Type: "buildkit.exec.v0",
    Exec: {
      meta: {
        args: omitEmpty(op.args),
        env: omitEmpty(op.env),
        cwd: omitEmpty(op.cwd),
        user: omitEmpty(op.user),
        extraHosts: omitEmpty(op.extraHosts.map(({ host }) => ({ Host: omitEmpty(host) }))),
        hostname: omitEmpty(op.hostname),
        ulimit: omitEmpty(op.ulimit.map(ulimitJson)),
        cgroupParent: omitEmpty(op.cgroupParent),
        removeMountStubsRecursive: true,
      },
      mounts,
      network: omitEmpty(NETWORK[op.network]),
      security: op.security === "insecure" ? 1 : undefined,
      secretenv: omitEmpty(
        op.secretEnv.map(({ id, name, optional }) => ({
          ID: omitEmpty(id),
          name: omitEmpty(name),
          optional: omitEmpty(optional),
        })),
      ),
      cdiDevices: omitEmpty(
        op.devices.map(({ name, optional }) => ({ name, optional: omitEmpty(optional) })),
      ),
    },
    OS: op.platform.os,
    Arch: op.platform.architecture,
    Variant: omitEmpty(op.platform.variant),
  };
  return { kind: "exec-op", json, text: goJson(json) };
}

const NETWORK = { default: 0, host: 1, none: 2 } as const;
const MOUNT_TYPE = { bind: 0, secret: 1, ssh: 2, cache: 3, tmpfs: 4 } as const;
const SHARING = { shared: 0, private: 1, locked: 2 } as const;

/** For compatibility with old caches BuildKit leaves a lone root mount out. */
function isOnlyRoot(op: ExecOp): boolean {
  const [root] = op.mounts;
  return op.mounts.length === 1 && root!.dest === "/" && root!.type === "bind" && !root!.readonly;
}

function mountJson(mount: Mount): Json {
  const isPlain = mount.type === "secret" || mount.type === "ssh";
  const access = mount.secret ?? mount.ssh;
  const accessJson = access && {
    ID: omitEmpty(access.id),
    uid: omitEmpty(access.uid),
    gid: omitEmpty(access.gid),
    mode: omitEmpty(access.mode),
    optional: omitEmpty(access.optional),
  };
  return {
    input: omitEmpty(mount.input),
    dest: omitEmpty(mount.dest),
    output: isPlain ? undefined : omitEmpty(mount.output),
    readonly: isPlain ? undefined : omitEmpty(mount.readonly),
    mountType: omitEmpty(MOUNT_TYPE[mount.type]),
    TmpfsOpt: mount.type === "tmpfs" ? { size: omitEmpty(mount.tmpfsSize) } : undefined,
    cacheOpt: mount.cache && cacheJson(mount.cache, mount.dest),
    secretOpt: mount.secret && accessJson,
    SSHOpt: mount.ssh && accessJson,
  };
}

/** Id and sharing count only as "the default" or "another one" (`checkShouldClearCacheOpts`). */
function cacheJson(cache: NonNullable<Mount["cache"]>, dest: string): Json {
  const slash = cache.id.indexOf("/");
  const isDefault = cache.id === dest || (slash >= 0 && cache.id.slice(slash + 1) === dest);
  return isDefault && cache.sharing === "shared"
    ? { ID: cache.id, sharing: omitEmpty(SHARING[cache.sharing]) }
    : {};
}

function ulimitJson(text: string): Json {
  const [name, limits = ""] = text.split("=");
  const [soft, hard = soft] = limits.split(":");
  return { Name: omitEmpty(name), Soft: omitEmpty(Number(soft)), Hard: omitEmpty(Number(hard)) };
}

/** The JSON of COPY, ADD, WORKDIR, heredoc files. Of a source path only the base name counts; timestamps in nanoseconds. */
export function fileJson(op: FileOp, inputCount: number): OpJson {
  const actions = op.actions.map((action) => actionJson(action, inputCount));
  const indexes = op.actions.map((action, i) => [
    action.input === "previous" ? inputCount + i - 1 : action.input,
    action.action === "copy" ? action.secondaryInput : -1,
    i === op.actions.length - 1 ? 0 : -1,
  ]);
  const hashed: { [key: string]: Json } = {
    Type: "buildkit.file.v0",
    Actions: actions.map((json) => base64(goJson(json))),
  };
  if (!isDefaultIndexes(indexes)) hashed["indexes"] = indexes;
  return { kind: "file-op", json: { Type: "buildkit.file.v0", Actions: actions }, text: goJson(hashed) };
}

function actionJson(action: FileAction, inputCount: number): { [key: string]: Json | undefined } {
  switch (action.action) {
    case "mkdir":
      return {
        path: omitEmpty(action.path),
        mode: omitEmpty(action.mode),
        makeParents: omitEmpty(action.makeParents),
        owner: ownerJson(action.owner),
        timestamp: omitEmpty(action.timestamp),
      };
    case "mkfile":
      return {
        path: omitEmpty(action.path),
        mode: omitEmpty(action.mode),
        data: omitEmpty(base64(action.data)),
        owner: ownerJson(action.owner),
        timestamp: omitEmpty(action.timestamp),
      };
    case "copy": {
      const isFromInput = action.secondaryInput >= 0 && action.secondaryInput < inputCount;
      return {
        src: omitEmpty(isFromInput ? baseName(action.src) : action.src),
        dest: omitEmpty(action.dest),
        owner: ownerJson(action.owner),
        mode: omitEmpty(action.mode),
        followSymlink: omitEmpty(action.followSymlink),
        dirCopyContents: omitEmpty(action.dirCopyContents),
        attemptUnpackDockerCompatibility: omitEmpty(action.attemptUnpack),
        createDestPath: omitEmpty(action.createDestPath),
        allowWildcard: omitEmpty(action.allowWildcard),
        allowEmptyWildcard: omitEmpty(action.allowEmptyWildcard),
        timestamp: omitEmpty(action.timestamp),
        include_patterns: omitEmpty(action.includePatterns),
        exclude_patterns: omitEmpty(action.excludePatterns),
        alwaysReplaceExistingDestPaths: omitEmpty(action.alwaysReplaceExistingDestPaths),
        modeStr: omitEmpty(action.modeStr),
        required_paths: omitEmpty(action.requiredPaths),
      };
    }
  }
}

function ownerJson(owner: Owner | undefined): Json | undefined {
  return owner && { user: userJson(owner.user), group: userJson(owner.group) };
}

function userJson(user: Owner["user"]): Json | undefined {
  if (!user) return undefined;
  if ("id" in user) return { User: { byId: omitEmpty(user.id) } };
  return { User: { byName: { name: omitEmpty(user.name), input: omitEmpty(user.input) } } };
}

/** Two inputs with one action each are hashed without their indexes, as old versions did (`isDefaultIndexes`). */
function isDefaultIndexes(indexes: readonly (readonly number[])[]): boolean {
  if (indexes.length === 0) return false;
  return indexes.every(([input, secondary, output], i) => {
    if (i === 0 && input !== 0) return false;
    if (i !== 0 && input !== indexes.length + i - 1) return false;
    if (secondary !== -1 && secondary !== 1) return false;
    return output === (i === indexes.length - 1 ? 0 : -1);
  });
}

/** COPY --link: only that it is one, and of how many. */
export function mergeJson(inputCount: number): OpJson {
  const inputs = Array.from({ length: inputCount }, (_, input) => ({ input: omitEmpty(input) }));
  const json = { Type: "buildkit.merge.v0", Merge: { inputs } };
  return { kind: "merge-op", json, text: goJson(json) };
}

/** Is it the variant that the architecture has when none is written (containerd platforms `Normalize`)? */
function isOnlyVariant({ architecture, variant }: ImageOp["platform"]): boolean {
  return (architecture === "arm64" && variant === "v8") || (architecture === "amd64" && variant === "v1");
}

/** A base image: the digest of its manifest or index, and the platform (BuildKit source/containerimage/pull.go `mainManifestKey`). */
export function imageJson(op: ImageOp): OpJson {
  const json = {
    Digest: op.digest,
    OS: op.platform.os,
    Arch: op.platform.architecture,
    Variant: omitEmpty(isOnlyVariant(op.platform) ? undefined : op.platform.variant),
  };
  return { kind: "source", json, text: goJson(json) };
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
