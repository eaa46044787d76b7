/** ARG inside a stage (BuildKit convert.go dispatchArg). */

import type { Linter } from "../dockerfile/checks/linter";
import type { ArgCommand } from "../dockerfile/command-types";
import { expandWord } from "../dockerfile/expand/lexer";
import type { ConvertContext } from "./context";
import { checkSecretName } from "./dispatch-metadata";
import { commit } from "./history";
import { Refusal } from "./refusal";
import type { DispatchState } from "./stages";
import { addEnv } from "./state";
import { nonEnvArgs, reportUnmatched } from "./variables";

/** The value: `--build-arg`, else the default, else the one of the global scope, else none. */
function valueOf(
  context: ConvertContext,
  state: DispatchState,
  command: ArgCommand,
  { key, value }: ArgCommand["args"][number],
  lint: Linter,
): string | undefined {
  const given = context.buildArgs.get(key);
  if (given !== undefined) return given;
  if (value === undefined) return context.globalArgs.get(key);
  const answer = expandWord(value, state.state.env, { escape: context.escape });
  reportUnmatched(state, command, answer.unmatched, lint);
  if (answer.error !== undefined) throw new Refusal(answer.error, "LB_EXPANSION");
  return answer.result;
}

export function dispatchArg(
  context: ConvertContext,
  state: DispatchState,
  command: ArgCommand,
  lint: Linter,
): void {
  const texts = command.args.map((arg) => {
    const { key } = arg;
    checkSecretName("ARG", key, command.lines, lint);
    const value = valueOf(context, state, command, arg, lint);
    if (value !== undefined && !nonEnvArgs.has(key)) state.state = addEnv(state.state, key, value);
    state.buildArgs.push(value === undefined ? { key } : { key, value });
    return value === undefined ? key : `${key}=${value}`;
  });
  commit(context, state, "ARG " + texts.join(" "));
}
