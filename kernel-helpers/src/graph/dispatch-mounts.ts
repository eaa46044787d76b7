/** RUN's mounts (BuildKit convert_runmount.go, convert_secrets.go, convert_ssh.go). */

import type { RunCommand, RunMount } from "../dockerfile/command-types";
import { goQuote } from "../dockerfile/go-text";
import type { Expander } from "../dockerfile/expand/expander";
import { parseMounts } from "../dockerfile/instructions/mount";
import { isDockerfileError } from "../dockerfile/refusal";
import type { ConvertContext } from "./context";
import { fileNode, type MountRequest } from "./nodes";
import { basePath, cleanPath, joinPath, toSlash } from "./paths";
import { isAbsolute } from "./paths";
import { Refusal } from "./refusal";
import { scratchName, type DispatchState } from "./stages";
import { scratch, withNode, type State } from "./state";
import type { ExecOp, Mount } from "./types";

/** What the mounts of one RUN come to. */
export interface DispatchedMounts {
  readonly mounts: readonly MountRequest[];
  readonly secretMounts: readonly Mount[];
  readonly secretEnv: ExecOp["secretEnv"];
  /** Variables that hold secrets, shown as `****`. */
  readonly secretNames: ReadonlySet<string>;
  /** Where the first agent socket is; undefined without ssh. */
  readonly sshSocket: string | undefined;
}

/** A folder with the owner and mode that an empty cache is to have. */
function permissions(mount: RunMount, base: State): State {
  const owner = `${mount.uid ?? 0}:${mount.gid ?? 0}`;
  const node = fileNode(
    base,
    [{ action: "mkdir", path: "/cache", mode: mount.mode ?? 0o755, makeParents: false, chown: owner }],
    { name: "[internal] setting cache mount permissions", internal: true },
  );
  return withNode(base, node);
}

/** The state that *mount* shows. Throws Refusal. */
function sourceOf(context: ConvertContext, mount: RunMount, source: DispatchState | undefined): State {
  const from = mount.from === "" && mount.type === "cache" ? scratchName : mount.from;
  if (from === "" || source === undefined) return context.buildContext;
  if (!source.dispatched) {
    throw new Refusal(
      `cannot mount from stage ${goQuote(from)} to ${goQuote(mount.target)}, stage needs to be defined before current command`,
      "LB_MOUNT_FROM_LATER_STAGE",
    );
  }
  return source.state;
}

function ownership(mount: RunMount, defaultMode: number): { uid: number; gid: number; mode: number } {
  return { uid: mount.uid ?? 0, gid: mount.gid ?? 0, mode: mount.mode ?? defaultMode };
}

/** Output 0 is what BuildKit leaves there; it means nothing for these. */
const noInput = { input: -1, selector: "", output: 0, readonly: false, contentCache: false } as const;

function secretOf(
  state: DispatchState,
  mount: RunMount,
): { readonly mount?: Mount; readonly env?: ExecOp["secretEnv"][number] } {
  const isWindows = state.platform?.os === "windows";
  const target = isWindows ? toSlash(mount.target, "windows") : mount.target;
  let id = mount.source !== "" ? mount.source : mount.cacheId;
  if (id === "") {
    if (target === "") throw new Refusal("one of source, target required", "LB_RUN_MOUNT");
    id = basePath(target);
  }
  if (isWindows && target !== "" && !isAbsolute(target, "windows")) {
    throw new Refusal(
      `secret target ${goQuote(target)} must be an absolute path with forward slashes on Windows, e.g. --mount=type=secret,id=${id},target=C:/path/to/secret`,
      "LB_RUN_MOUNT",
    );
  }
  const optional = !mount.required;
  let dest = target;
  if (mount.env === undefined && dest === "") {
    if (isWindows) {
      throw new Refusal(
        `secret target is required on Windows, e.g. --mount=type=secret,id=${id},target=C:/path/to/secret`,
        "LB_RUN_MOUNT",
      );
    }
    dest = "/run/secrets/" + basePath(id);
  }
  return {
    ...(mount.env === undefined ? {} : { env: { id, name: mount.env, optional } }),
    ...(dest === ""
      ? {}
      : {
          mount: { type: "secret", dest, ...noInput, secret: { id, ...ownership(mount, 0o400), optional } },
        }),
  };
}

function sshOf(mount: RunMount, index: number): Mount {
  if (mount.source !== "") throw new Refusal("ssh does not support source", "LB_RUN_MOUNT");
  const dest = mount.target !== "" ? mount.target : `/run/buildkit/ssh_agent.${index}`;
  return {
    type: "ssh",
    dest,
    ...noInput,
    ssh: { id: mount.cacheId, ...ownership(mount, 0o600), optional: !mount.required },
  };
}

function cacheOf(context: ConvertContext, mount: RunMount, dest: string): NonNullable<Mount["cache"]> {
  const id = `${context.options.cacheNamespace}/${mount.cacheId !== "" ? mount.cacheId : cleanPath(mount.target)}`;
  const behindNamespace = id.slice(id.indexOf("/") + 1);
  return {
    id,
    sharing: mount.cacheSharing || "shared",
    isDefaultId: id === dest || behindNamespace === dest,
  };
}

/** Where the mount goes: relative to the working directory, and never the root. Throws Refusal. */
function targetOf(state: DispatchState, mount: RunMount): string {
  const target = cleanPath(mount.target).startsWith("/")
    ? mount.target
    : joinPath("/", state.state.dir, mount.target);
  if (target === "/") throw new Refusal(`invalid mount target ${goQuote(target)}`, "LB_MOUNT_TARGET");
  return target;
}

function mountOf(context: ConvertContext, state: DispatchState, mount: RunMount, from: State): MountRequest {
  const dest = targetOf(state, mount);
  const type = mount.type as MountRequest["type"];
  const selector = joinPath("/", mount.source);
  const whole = selector === "/";
  const withOwner = whole && (mount.uid ?? mount.gid ?? mount.mode) !== undefined;
  return {
    type,
    dest,
    from: type === "tmpfs" ? scratch : withOwner ? permissions(mount, from) : from,
    ...(withOwner ? { selector: "/cache" } : whole ? {} : { selector }),
    readonly: mount.readOnly,
    ...(type === "tmpfs" && mount.sizeLimit > 0 ? { tmpfsSize: mount.sizeLimit } : {}),
    ...(type === "cache" ? { cache: cacheOf(context, mount, dest) } : {}),
  };
}

/** Reads and places the mounts of *command*; notes what they use of the context or of other stages. Throws Refusal. */
export function dispatchMounts(
  context: ConvertContext,
  state: DispatchState,
  command: RunCommand,
  sources: readonly DispatchState[],
  expand: Expander,
): DispatchedMounts {
  const parsed = parseMounts(command, expand);
  if (isDockerfileError(parsed)) throw Refusal.from(parsed);
  const mounts: MountRequest[] = [];
  const secretMounts: Mount[] = [];
  const sshMounts: Mount[] = [];
  const secretEnv: ExecOp["secretEnv"][number][] = [];
  parsed.forEach((mount, i) => {
    const source = sources[i];
    const from = sourceOf(context, mount, source);
    if (mount.type === "secret") {
      const secret = secretOf(state, mount);
      if (secret.env !== undefined) secretEnv.push(secret.env);
      if (secret.mount !== undefined) secretMounts.push(secret.mount);
      return;
    }
    if (mount.type === "ssh") {
      sshMounts.push(sshOf(mount, sshMounts.length));
      return;
    }
    mounts.push(mountOf(context, state, mount, from));
    const used = mount.from === "" && mount.type !== "cache" ? state.contextPaths : source?.paths;
    used?.add(joinPath("/", mount.source));
  });
  return {
    mounts,
    secretMounts: [...secretMounts, ...sshMounts],
    secretEnv,
    secretNames: new Set(secretEnv.map((secret) => secret.name)),
    sshSocket: sshMounts[0]?.dest,
  };
}
