/** Instructions that change only the config (BuildKit convert.go dispatchEnv, dispatchLabel, dispatchCmd, …). */

import { exposeInvalidFormat } from "../dockerfile/checks/expose-invalid-format";
import { exposeProtoCasing } from "../dockerfile/checks/expose-proto-casing";
import { jsonArgsRecommended } from "../dockerfile/checks/json-args-recommended";
import { legacyKeyValueFormat } from "../dockerfile/checks/legacy-key-value-format";
import type { Linter } from "../dockerfile/checks/linter";
import { multipleInstructionsDisallowed } from "../dockerfile/checks/multiple-instructions-disallowed";
import { secretsUsedInArgOrEnv } from "../dockerfile/checks/secrets-used-in-arg-or-env";
import type {
  CmdCommand,
  EntrypointCommand,
  EnvCommand,
  ExposeCommand,
  HealthcheckCommand,
  LabelCommand,
  MaintainerCommand,
  ShellInstruction,
  StopsignalCommand,
  UserCommand,
  VolumeCommand,
} from "../dockerfile/command-types";
import { expandWord } from "../dockerfile/expand/lexer";
import type { LineRange } from "../dockerfile/types";
import type { ConvertContext } from "./context";
import { parsePort } from "./expose";
import { formatDuration, formatList, formatQuotedList } from "./go-text";
import { commit } from "./history";
import { Refusal } from "./refusal";
import { checkSignal } from "./signals";
import type { DispatchState } from "./stages";
import { addEnv } from "./state";

const secretName =
  /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const publicName = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** Does a variable of this name look like a secret (check SecretsUsedInArgOrEnv)? */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !publicName.test(name);
}

/** Warns when the name of a variable looks like a secret's. */
export function checkSecretName(
  instruction: "ARG" | "ENV",
  name: string,
  lines: readonly LineRange[],
  lint: Linter,
): void {
  if (isSecretName(name)) lint.run(secretsUsedInArgOrEnv, lines, instruction, name);
}

/** The words behind the shell of the image. */
export function withShell(state: DispatchState, args: readonly string[]): string[] {
  const { shell, platform } = state.image;
  const words =
    shell !== undefined && shell.length > 0
      ? shell
      : platform.os === "windows"
        ? ["cmd", "/S", "/C"]
        : ["/bin/sh", "-c"];
  return [...words, args.join(" ")];
}

function setImageEnv(env: string[], key: string, value: string): void {
  const prefix = key + "=";
  const index = env.findIndex((variable) => variable.startsWith(prefix) || variable === key);
  if (index === -1) env.push(`${key}=${value}`);
  else env[index] = `${key}=${value}`;
}

export function dispatchEnv(
  context: ConvertContext,
  state: DispatchState,
  command: EnvCommand,
  lint: Linter,
): void {
  let text = "ENV";
  for (const { key, value, noDelim } of command.env) {
    if (noDelim) lint.run(legacyKeyValueFormat, command.lines, command.name);
    checkSecretName("ENV", key, command.lines, lint);
    text += ` ${key}=${value}`;
    state.state = addEnv(state.state, key, value);
    setImageEnv(state.image.env, key, value);
  }
  commit(context, state, text);
}

export function dispatchLabel(
  context: ConvertContext,
  state: DispatchState,
  command: LabelCommand,
  lint: Linter,
): void {
  let text = "LABEL";
  const labels = (state.image.labels ??= new Map());
  for (const { key, value, noDelim } of command.labels) {
    if (noDelim) lint.run(legacyKeyValueFormat, command.lines, command.name);
    labels.set(key, value);
    text += ` ${key}=${value}`;
  }
  commit(context, state, text);
}

export function dispatchMaintainer(
  context: ConvertContext,
  state: DispatchState,
  command: MaintainerCommand,
): void {
  state.image.author = command.maintainer;
  commit(context, state, "MAINTAINER " + command.maintainer);
}

/** The second one of its kind makes the first useless; the warning is at the first. */
function checkOnce(
  state: DispatchState,
  command: CmdCommand | EntrypointCommand | HealthcheckCommand,
  lint: Linter,
): void {
  const seen = state.seen[command.kind];
  if (seen.lines !== undefined) lint.run(multipleInstructionsDisallowed, seen.lines, command.name);
  seen.lines = command.lines;
}

function commandWords(
  state: DispatchState,
  command: CmdCommand | EntrypointCommand,
  lint: Linter,
): readonly string[] {
  if (!command.prependShell) return command.cmdLine;
  if ((state.image.shell ?? []).length === 0) lint.run(jsonArgsRecommended, command.lines, command.name);
  return withShell(state, command.cmdLine);
}

export function dispatchCmd(
  context: ConvertContext,
  state: DispatchState,
  command: CmdCommand,
  lint: Linter,
): void {
  checkOnce(state, command, lint);
  const args = commandWords(state, command, lint);
  state.image.cmd = args;
  state.image.argsEscaped = true;
  commit(context, state, "CMD " + formatQuotedList(args));
}

export function dispatchEntrypoint(
  context: ConvertContext,
  state: DispatchState,
  command: EntrypointCommand,
  lint: Linter,
): void {
  checkOnce(state, command, lint);
  const args = commandWords(state, command, lint);
  state.image.entrypoint = args;
  // A CMD of the base does not fit to the new ENTRYPOINT; one of this stage stays.
  if (state.seen.cmd.lines === undefined) state.image.cmd = undefined;
  commit(context, state, "ENTRYPOINT " + formatQuotedList(args));
}

export function dispatchHealthcheck(
  context: ConvertContext,
  state: DispatchState,
  command: HealthcheckCommand,
  lint: Linter,
): void {
  checkOnce(state, command, lint);
  const { health } = command;
  state.image.healthcheck = health;
  const durations = (["Interval", "Timeout", "StartPeriod", "StartInterval"] as const)
    .map((name) => {
      const key = (name[0] as string).toLowerCase() + name.slice(1);
      return ` ${name}:${formatDuration(health[key as "interval" | "timeout" | "startPeriod" | "startInterval"])}`;
    })
    .join("");
  commit(
    context,
    state,
    `HEALTHCHECK {Test:${formatList(health.test)}${durations} Retries:${health.retries}}`,
  );
}

export function dispatchUser(context: ConvertContext, state: DispatchState, command: UserCommand): void {
  setUser(state, command.user);
  commit(context, state, "USER " + command.user);
}

/** The user of the next steps and of the image. */
export function setUser(state: DispatchState, user: string): void {
  state.state = { ...state.state, user };
  state.image.user = user;
}

export function dispatchVolume(context: ConvertContext, state: DispatchState, command: VolumeCommand): void {
  const volumes = (state.image.volumes ??= new Set());
  for (const volume of command.volumes) {
    if (volume === "") throw new Refusal("VOLUME specified can not be an empty string", "LB_VOLUME_EMPTY");
    volumes.add(volume);
  }
  commit(context, state, "VOLUME " + formatList(command.volumes));
}

export function dispatchStopsignal(
  context: ConvertContext,
  state: DispatchState,
  command: StopsignalCommand,
): void {
  checkSignal(command.signal);
  state.image.stopSignal = command.signal;
  commit(context, state, "STOPSIGNAL " + command.signal);
}

export function dispatchShell(
  context: ConvertContext,
  state: DispatchState,
  command: ShellInstruction,
): void {
  state.image.shell = command.shell;
  commit(context, state, "SHELL " + formatList(command.shell));
}

export function dispatchExpose(
  context: ConvertContext,
  state: DispatchState,
  command: ExposeCommand,
  lint: Linter,
): void {
  const words = command.ports.flatMap((port) => {
    const answer = expandWord(port, state.state.env, { escape: context.escape });
    if (answer.error !== undefined) throw new Refusal(answer.error, "LB_EXPANSION");
    return answer.words;
  });
  const ports = words.flatMap((word) =>
    parsePort(word, ({ rule, port }) => {
      lint.run(rule === "ExposeProtoCasing" ? exposeProtoCasing : exposeInvalidFormat, command.lines, port);
    }),
  );
  const exposed = (state.image.exposedPorts ??= new Set());
  for (const port of ports) exposed.add(port);
  commit(context, state, "EXPOSE " + formatList(ports));
}
