/** Our vertices in the spelling of the recorded LLB (`test/vectors/frontend.json`): protobuf's JSON names, empty fields left out. */

import {
  walkVertices,
  type Edge,
  type FileAction,
  type Mount,
  type Owner,
  type Vertex,
} from "../../kernel-helpers/src/graph";

type Json = Record<string, unknown>;

/** Leaves out what protobuf leaves out: zeros, empty texts, false, empty lists. */
export function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, withoutEmpty(member)] as const)
      .filter(([key, member]) => {
        if (key === "proxy_env" && Object.keys(member as object).length === 0) return false;
        return (
          member !== undefined &&
          member !== false &&
          member !== 0 &&
          member !== "" &&
          !(Array.isArray(member) && member.length === 0)
        );
      }),
  );
}

function sideOf(side: Owner["user"]): Json | undefined {
  if (side === undefined) return undefined;
  return { User: "id" in side ? { byId: side.id } : { byName: { name: side.name, input: side.input } } };
}

function ownerOf(owner: Owner | undefined): Json | undefined {
  return owner && { user: sideOf(owner.user), group: sideOf(owner.group) };
}

function actionBody(action: FileAction): Json {
  switch (action.action) {
    case "copy":
      return {
        copy: {
          src: action.src,
          dest: action.dest,
          owner: ownerOf(action.owner),
          mode: action.mode,
          modeStr: action.modeStr,
          followSymlink: action.followSymlink,
          dirCopyContents: action.dirCopyContents,
          attemptUnpackDockerCompatibility: action.attemptUnpack,
          createDestPath: action.createDestPath,
          allowWildcard: action.allowWildcard,
          allowEmptyWildcard: action.allowEmptyWildcard,
          include_patterns: action.includePatterns,
          exclude_patterns: action.excludePatterns,
          required_paths: action.requiredPaths,
          timestamp: action.timestamp,
        },
      };
    case "mkdir": {
      const { path, mode, makeParents, timestamp } = action;
      return { mkdir: { path, mode, makeParents, owner: ownerOf(action.owner), timestamp } };
    }
    case "mkfile": {
      const data = Buffer.from(action.data).toString("base64");
      return { mkfile: { path: action.path, mode: action.mode, data, timestamp: action.timestamp } };
    }
  }
}

const mountTypes = { bind: 0, secret: 1, ssh: 2, cache: 3, tmpfs: 4 } as const;
const sharings = { shared: 0, private: 1, locked: 2 } as const;

function mountOf(mount: Mount): Json {
  const { input, dest, output, readonly, selector, cache, secret, ssh } = mount;
  return {
    input,
    dest,
    output,
    readonly,
    selector,
    mountType: mountTypes[mount.type],
    TmpfsOpt: mount.type === "tmpfs" ? { size: mount.tmpfsSize } : undefined,
    cacheOpt: cache && { ID: cache.id, sharing: sharings[cache.sharing] },
    secretOpt: secret && {
      ID: secret.id,
      uid: secret.uid,
      gid: secret.gid,
      mode: secret.mode,
      optional: secret.optional,
    },
    SSHOpt: ssh && { ID: ssh.id, uid: ssh.uid, gid: ssh.gid, mode: ssh.mode, optional: ssh.optional },
  };
}

function platformOf(
  platform: { os: string; architecture: string; variant?: string; osVersion?: string } | undefined,
): Json | undefined {
  return (
    platform && {
      Architecture: platform.architecture,
      OS: platform.os,
      Variant: platform.variant,
      OSVersion: platform.osVersion,
    }
  );
}

function patterns(list: readonly string[]): string {
  // Go's JSON escapes these three.
  return list.length === 0
    ? ""
    : JSON.stringify(list).replace(/[<>&]/g, (c) => "\\u00" + c.charCodeAt(0).toString(16));
}

function limitOf(text: string): Json {
  const [, name, soft, hard] = /^(.*)=(.*):(.*)$/.exec(text) ?? [];
  return { Name: name, Soft: Number(soft), Hard: Number(hard) };
}

function opOf({ op, inputs }: Vertex): Json {
  switch (op.kind) {
    case "image":
      return {
        Op: { source: { identifier: "docker-image://" + op.ref } },
        platform: platformOf(op.platform),
      };
    case "local":
      return {
        Op: {
          source: {
            identifier: "local://" + op.name,
            attrs: {
              "local.followpaths": patterns(op.followPaths),
              "local.excludepatterns": patterns(op.excludePatterns),
              "local.session": "s",
              "local.sharedkeyhint": op.sharedKeyHint,
            },
          },
        },
      };
    case "http":
      return {
        Op: {
          source: {
            identifier: op.url,
            attrs: { "http.filename": op.filename, "http.checksum": op.checksum },
          },
        },
      };
    case "git":
      return {
        Op: {
          source: {
            git: op.remote,
            ref: op.ref,
            sub: op.subdir,
            keep: op.keepGitDir,
            sum: op.checksum,
            skip: op.skipSubmodules,
          },
        },
      };
    case "merge":
      return { Op: { merge: { inputs: inputs.map((_, i) => ({ input: i })) } } };
    case "file":
      return {
        Op: {
          file: {
            actions: op.actions.map((action, i) => ({
              input: action.input === "previous" ? inputs.length + i - 1 : action.input,
              secondaryInput: action.action === "copy" ? action.secondaryInput : -1,
              output: i + 1 === op.actions.length ? 0 : -1,
              Action: actionBody(action),
            })),
          },
        },
      };
    case "exec": {
      const { args, env, cwd, user, hostname, cgroupParent, proxyEnv } = op;
      return {
        Op: {
          exec: {
            meta: {
              args,
              env,
              cwd,
              user,
              hostname,
              cgroupParent,
              proxy_env: {
                http_proxy: proxyEnv["HTTP_PROXY"],
                https_proxy: proxyEnv["HTTPS_PROXY"],
                ftp_proxy: proxyEnv["FTP_PROXY"],
                no_proxy: proxyEnv["NO_PROXY"],
                all_proxy: proxyEnv["ALL_PROXY"],
              },
              extraHosts: op.extraHosts.map(({ host, ip }) => ({ Host: host, IP: ip })),
              ulimit: op.ulimit.map(limitOf),
              removeMountStubsRecursive: true,
            },
            mounts: op.mounts.map(mountOf),
            network: { default: 0, host: 1, none: 2 }[op.network],
            security: op.security === "insecure" ? 1 : 0,
            secretenv: op.secretEnv.map(({ id, name, optional }) => ({ ID: id, name, optional })),
            cdiDevices: op.devices,
          },
        },
        platform: platformOf(op.platform),
      };
    }
  }
}

/** What *root* needs, inputs first, each vertex as the recording shows it. */
export function shownVertices(root: Edge | null): unknown[] {
  const vertices = walkVertices([root]);
  const index = new Map(vertices.map((vertex, i) => [vertex, i]));
  return vertices.map((vertex) => ({
    name: vertex.name,
    ...(vertex.ignoreCache ? { ignoreCache: true } : {}),
    ...(vertex.progressGroup === undefined
      ? {}
      : { group: { name: vertex.progressGroup.name, weak: vertex.progressGroup.weak } }),
    inputs: vertex.inputs.map((edge) => index.get(edge.vertex)),
    op: withoutEmpty(opOf(vertex)),
  }));
}
