/** RUN (BuildKit convert.go dispatchRun). */

import type { RunCommand } from "../dockerfile/command-types";
import type { Expander } from "../dockerfile/expand/expander";
import { lexModes, type Env } from "../dockerfile/expand/lexer";
import { formatList } from "./go-text";
import { chompHeredoc, parseHeredoc } from "../dockerfile/heredoc";
import type { ConvertContext } from "./context";
import { withShell } from "./dispatch-metadata";
import { dispatchMounts, type DispatchedMounts } from "./dispatch-mounts";
import { commit, runCommandText } from "./history";
import { expandForDisplay, prefixCommand, summarizeHeredoc, uppercaseCommand } from "./names";
import { execNode, fileNode, type MountRequest } from "./nodes";
import { joinPath } from "./paths";
import { Refusal } from "./refusal";
import type { DispatchState } from "./stages";
import { scratch, stateOf, withNode, type Node } from "./state";

interface Script {
  /** Words before the shell's are put in front. */
  readonly args: readonly string[];
  /** Text of the step's name. */
  readonly shown: string;
  /** A script with `#!` is a file. */
  readonly mount?: MountRequest;
}

/** Heredocs become the script: its text, a file to run, or text that the shell itself reads heredocs from. */
function readScript(state: DispatchState, command: RunCommand): Script {
  const shown = command.original;
  const [file] = command.files;
  if (file === undefined) return { args: command.cmdLine, shown };
  const [line] = command.cmdLine;
  if (command.cmdLine.length !== 1 || line === undefined || !command.prependShell) {
    throw new Refusal(
      `parsing produced an invalid run command: ${formatList(command.cmdLine)}`,
      "LB_RUN_EMPTY",
    );
  }
  if (parseHeredoc(line) === undefined) {
    const bodies = command.files.map(({ data, name }) => `\n${data}${name}`).join("");
    return { args: [line + bodies], shown };
  }
  const data = file.chomp ? chompHeredoc(file.data) : file.data;
  const summary = `${shown} (${summarizeHeredoc(file.data)})`;
  if (state.image.platform.os === "windows" || !data.startsWith("#!"))
    return { args: [data], shown: summary };
  const node = fileNode(scratch, [{ action: "mkfile", path: file.name, mode: 0o755, data }], {
    name: "[internal] preparing inline document",
    internal: true,
  });
  const dest = "/dev/pipes/";
  return {
    args: [joinPath(dest, file.name)],
    shown: summary,
    mount: { type: "bind", dest, from: stateOf(node), selector: "/", readonly: true },
  };
}

/** The environment with the values of secrets hidden. */
function masked(env: Env, secrets: ReadonlySet<string>): Env {
  if (secrets.size === 0) return env;
  return {
    get: (name) => (secrets.has(name) ? "****" : env.get(name)),
    keys: () => [...[...env.keys()].filter((key) => !secrets.has(key)), ...secrets],
  };
}

export function dispatchRun(
  context: ConvertContext,
  state: DispatchState,
  command: RunCommand,
  sources: readonly DispatchState[],
  expand: Expander,
): Node {
  // A RUN may read any file, so that all of this stage counts as used.
  state.paths.add("/");
  const script = readScript(state, command);
  const args = command.prependShell ? withShell(state, script.args) : [...script.args];
  const mounts = dispatchMounts(context, state, command, sources, expand);
  const { env } = state.state;
  const shown = expandForDisplay(
    script.shown,
    masked(env, mounts.secretNames),
    context.escape,
    lexModes.display,
  );
  const name = prefixCommand(state, uppercaseCommand(shown), state.state.platform, env);
  const node = runNode(context, state, command, args, script, mounts, name);
  state.state = withNode(state.state, node);
  commit(context, state, "RUN " + runCommandText(args, state.buildArgs, env), node, true);
  return node;
}

function runNode(
  context: ConvertContext,
  state: DispatchState,
  command: RunCommand,
  args: readonly string[],
  script: Script,
  mounts: DispatchedMounts,
  name: string,
): Node {
  const { options } = context;
  const { env, dir, user, hostname, network } = state.state;
  const socket = mounts.sshSocket;
  const withSocket =
    socket === undefined || env.has("SSH_AUTH_SOCK") ? env : env.set("SSH_AUTH_SOCK", socket);
  const sharedMemory: MountRequest[] =
    options.shmSize > 0
      ? [{ type: "tmpfs", dest: "/dev/shm", from: scratch, tmpfsSize: options.shmSize }]
      : [];
  return execNode(
    state.state,
    {
      args,
      env: withSocket.toArray(),
      cwd: dir,
      user,
      ...(hostname === undefined ? {} : { hostname }),
      extraHosts: options.extraHosts,
      ulimit: options.ulimit,
      ...(options.cgroupParent === "" ? {} : { cgroupParent: options.cgroupParent }),
      network: command.network === "default" ? network : command.network,
      security: command.security,
      proxyEnv: context.proxyEnv,
      secretEnv: mounts.secretEnv,
      devices: command.devices.map(({ name, required }) => ({ name, optional: !required })),
      mounts: [...(script.mount === undefined ? [] : [script.mount]), ...mounts.mounts, ...sharedMemory],
      secretMounts: mounts.secretMounts,
    },
    {
      name,
      ignoreCache: state.ignoreCache,
      source: { stage: state.stageName, instruction: "RUN", range: command.range },
    },
  );
}
