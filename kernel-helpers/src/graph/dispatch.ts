/** One instruction → the stage's new state (BuildKit convert.go dispatch). */

import type { Linter } from "../dockerfile/checks/linter";
import type { Command } from "../dockerfile/command-types";
import { expandCommand, expandContents, type Expander } from "../dockerfile/expand/expander";
import { expandWord, lexModes, type LexMode } from "../dockerfile/expand/lexer";
import type { ConvertContext } from "./context";
import { dispatchCopy } from "./dispatch-copy";
import {
  dispatchCmd,
  dispatchEntrypoint,
  dispatchEnv,
  dispatchExpose,
  dispatchHealthcheck,
  dispatchLabel,
  dispatchMaintainer,
  dispatchShell,
  dispatchStopsignal,
  dispatchUser,
  dispatchVolume,
} from "./dispatch-metadata";
import { dispatchArg } from "./dispatch-arg";
import { dispatchRun } from "./dispatch-run";
import { dispatchWorkdir } from "./dispatch-workdir";
import type { Node } from "./state";
import { Refusal } from "./refusal";
import type { DispatchState, StageCommand } from "./stages";
import { reportUnmatched } from "./variables";

function expander(
  context: ConvertContext,
  state: DispatchState,
  command: Command,
  lint: Linter,
  escape: string,
  mode?: LexMode,
): Expander {
  return (word) => {
    const answer = expandWord(word, state.state.env, mode === undefined ? { escape } : { escape, mode });
    reportUnmatched(state, command, answer.unmatched, lint);
    return answer;
  };
}

function unwrap<C extends Command>(
  answer: { readonly command: C; readonly error?: undefined } | { readonly error: string },
): C {
  if (answer.error !== undefined) throw new Refusal(answer.error, "LB_EXPANSION");
  return answer.command;
}

/** Carries *stageCommand* out on *state*. Throws Refusal without a place. */
export function dispatch(context: ConvertContext, state: DispatchState, stageCommand: StageCommand): void {
  const lint = context.lint.withComments(stageCommand.command.comments);
  state.commandIsOnBuild = stageCommand.isOnBuild;
  const words = expander(context, state, stageCommand.command, lint, context.escape);
  let command = stageCommand.command;
  // ARG's default may not be needed, so that its errors must not count yet.
  if (command.kind !== "arg") command = unwrap(expandCommand(command, words));
  command = unwrap(expandContents(command, expander(context, state, command, lint, "\\", lexModes.heredoc)));

  let node: Node | undefined;
  switch (command.kind) {
    case "maintainer":
      dispatchMaintainer(context, state, command);
      break;
    case "env":
      dispatchEnv(context, state, command, lint);
      break;
    case "label":
      dispatchLabel(context, state, command, lint);
      break;
    case "run":
      node = dispatchRun(context, state, command, stageCommand.sources, words);
      break;
    case "workdir":
      node = dispatchWorkdir(context, state, command, lint);
      break;
    case "add":
    case "copy":
      node = dispatchCopy(context, state, command, stageCommand.sources, lint);
      break;
    case "onbuild":
      state.image.onBuild.push(command.expression);
      break;
    case "cmd":
      dispatchCmd(context, state, command, lint);
      break;
    case "entrypoint":
      dispatchEntrypoint(context, state, command, lint);
      break;
    case "healthcheck":
      dispatchHealthcheck(context, state, command, lint);
      break;
    case "expose":
      dispatchExpose(context, state, command, lint);
      break;
    case "user":
      dispatchUser(context, state, command);
      break;
    case "volume":
      dispatchVolume(context, state, command);
      break;
    case "stopsignal":
      dispatchStopsignal(context, state, command);
      break;
    case "shell":
      dispatchShell(context, state, command);
      break;
    case "arg":
      dispatchArg(context, state, command, lint);
      break;
  }
  state.rows.push({ command: stageCommand.command, ...(node === undefined ? {} : { node }) });
}
