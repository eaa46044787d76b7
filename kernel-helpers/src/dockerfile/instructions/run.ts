/** RUN, CMD, ENTRYPOINT and SHELL (BuildKit instructions/parse.go, commands_run*.go). */

import type {
  CmdCommand,
  EntrypointCommand,
  RunCommand,
  ShellCommandLine,
  ShellInstruction,
} from "../command-types";
import { flagSpecs, readFlags } from "../flags";
import { goQuote } from "../go-text";
import { Refusal } from "../refusal";
import type { Node } from "../types";
import { parseDevice } from "./device";
import { checkMount } from "./mount";
import { commandBase } from "./request";

export function parseRun(node: Node): RunCommand {
  const flags = readFlags(node.flags, flagSpecs.run);
  const devices = flags.strings("device").map(parseDevice);
  const mounts = flags.strings("mount");
  mounts.forEach(checkMount);
  const network = flags.string("network", "default");
  if (network !== "default" && network !== "none" && network !== "host") {
    throw new Refusal("LB_RUN_NETWORK", `invalid network mode ${goQuote(network)}`);
  }
  const security = flags.string("security", "sandbox");
  if (security !== "sandbox" && security !== "insecure") {
    throw new Refusal("LB_RUN_SECURITY", `security ${goQuote(security)} is not valid`);
  }
  return {
    kind: "run",
    ...commandBase(node),
    ...shellCommandLine(node),
    flagsUsed: flags.names(),
    mounts,
    network,
    security,
    devices,
  };
}

export function parseCmd(node: Node): CmdCommand {
  readFlags(node.flags);
  return { kind: "cmd", ...commandBase(node), ...shellCommandLine(node) };
}

export function parseEntrypoint(node: Node): EntrypointCommand {
  readFlags(node.flags);
  return { kind: "entrypoint", ...commandBase(node), ...shellCommandLine(node) };
}

export function parseShell(node: Node): ShellInstruction {
  readFlags(node.flags);
  if (node.args.length === 0) throw new Refusal("LB_ARGUMENTS_NONE", "SHELL requires at least one argument");
  if (!node.json) throw new Refusal("LB_SHELL_NOT_JSON", "SHELL requires the arguments to be in JSON form");
  return { kind: "shell", ...commandBase(node), shell: node.args };
}

function shellCommandLine(node: Node): ShellCommandLine {
  return {
    cmdLine: node.args,
    files: node.heredocs.map(({ name, content, chomp }) => ({ name, data: content, chomp })),
    prependShell: !node.json,
  };
}
