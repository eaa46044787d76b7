/** ONBUILD triggers of a base, put in front of the child's instructions (BuildKit convert.go initOnBuildTriggers). */

import type { Command } from "../dockerfile/command-types";
import { parseOnbuild } from "../dockerfile/instructions/parse";
import { isDockerfileError } from "../dockerfile/refusal";
import { addDependencies, toStageCommand } from "./dependencies";
import { Refusal } from "./refusal";
import type { DispatchState, DispatchStates, StageCommand } from "./stages";

function readTrigger(text: string, state: DispatchState): Command {
  const command = parseOnbuild(text);
  if (isDockerfileError(command)) throw Refusal.from(command);
  const { lines, range } = state.stage;
  return { ...command, lines, range };
}

/**
 * Adds the *triggers* to *state*. True when they take files from elsewhere, so that more may have to be looked up.
 * Throws Refusal with a frame at the FROM.
 */
function addTriggers(
  state: DispatchState,
  triggers: readonly string[],
  states: DispatchStates,
  escape: string,
): boolean {
  let needsMore = false;
  const commands: StageCommand[] = [];
  for (const trigger of triggers) {
    const stageCommand = toStageCommand(readTrigger(trigger, state), states, escape, true);
    if (stageCommand.sources.length > 0) needsMore = true;
    commands.push(stageCommand);
    addDependencies(state, stageCommand, states);
  }
  state.commands = [...commands, ...state.commands];
  state.commandTotal += commands.length;
  return needsMore;
}

/** Triggers of the base image's config and of the base stage's own ONBUILD instructions. As `addTriggers`. */
export function applyOnbuild(state: DispatchState, states: DispatchStates, escape: string): boolean {
  const triggers = [...state.image.onBuild];
  if (state.base !== undefined && !state.onBuildInit) {
    for (const { command } of state.base.commands) {
      if (command.kind === "onbuild") triggers.push(command.expression);
    }
    state.onBuildInit = true;
  }
  if (triggers.length === 0) return false;
  try {
    const needsMore = addTriggers(state, triggers, states, escape);
    state.image.onBuild = [];
    return needsMore;
  } catch (error) {
    if (error instanceof Refusal) error.frames = [state.stage.lines];
    throw error;
  }
}
