/** Which stages an instruction takes files from, and that there is no circle (BuildKit convert.go toCommand, validations.go). */

import type { Command, RunCommand } from "../dockerfile/command-types";
import { expandWord } from "../dockerfile/expand/lexer";
import { csvFields } from "../dockerfile/go-values";
import { toLower } from "../dockerfile/go-text";
import { EnvList } from "./env-list";
import { Refusal } from "./refusal";
import { DispatchState, scratchName, type DispatchStates, type StageCommand } from "./stages";

/** `from=` of each mount of *run*, as written; the empty string for none. The parser has refused broken records. */
function mountSources(run: RunCommand): string[] {
  return run.mounts.map((mount) => {
    const fields = csvFields(mount);
    let from = "";
    if ("error" in fields) return from;
    for (const field of fields) {
      const equals = field.indexOf("=");
      if (equals !== -1 && toLower(field.slice(0, equals)) === "from") from = field.slice(equals + 1);
    }
    return from;
  });
}

function copySource(from: string, command: Command, states: DispatchStates, escape: string): DispatchState {
  const { result, error } = expandWord(from, EnvList.empty, { escape });
  if (error !== undefined) throw new Refusal(error, "LB_EXPANSION");
  if (result !== from) {
    throw new Refusal(
      "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
      "LB_COPY_FROM_VARIABLE",
    );
  }
  if (/^[+-]?\d+$/.test(from)) return states.findByIndex(Number(from));
  return states.findByName(from) ?? DispatchState.unregistered(from, command.lines);
}

/** *command* with its sources. Throws Refusal. */
export function toStageCommand(
  command: Command,
  states: DispatchStates,
  escape: string,
  isOnBuild = false,
): StageCommand {
  if (command.kind === "copy" && command.from !== "") {
    return { command, sources: [copySource(command.from, command, states, escape)], isOnBuild };
  }
  if (command.kind === "run") {
    // A mount without a source counts as one of scratch, whatever its type: hence the stage name in the steps of a one-stage file.
    const sources = mountSources(command).map(
      (from) => states.findByName(from || scratchName) ?? DispatchState.unregistered(from || scratchName, []),
    );
    return { command, sources, isOnBuild };
  }
  return { command, sources: [], isOnBuild };
}

/** Notes what *stageCommand* needs; sources that are no stages become states. */
export function addDependencies(
  state: DispatchState,
  stageCommand: StageCommand,
  states: DispatchStates,
): void {
  for (const source of stageCommand.sources) {
    state.deps.set(source, stageCommand.command);
    if (source.unregistered) states.add(source);
  }
}

/** Links all stages and refuses circles. With one state only, its name is not shown. Throws Refusal. */
export function linkStages(states: DispatchStates, escape: string): void {
  for (const state of [...states.states]) {
    state.commands = state.stage.commands.map((command) => {
      const stageCommand = toStageCommand(command, states, escape);
      addDependencies(state, stageCommand, states);
      return stageCommand;
    });
  }
  refuseCircles(states.states);
  const [only] = states.states;
  if (states.states.length === 1 && only !== undefined) only.stageName = "";
}

/** A stage that needs itself by way of its sources (bases are left out, as in BuildKit: they always come earlier). */
function refuseCircles(states: readonly DispatchState[]): void {
  const visited = new Set<DispatchState>();
  for (const first of states) {
    if (visited.has(first)) continue;
    const path: {
      readonly state: DispatchState;
      readonly command: Command | undefined;
      readonly rest: [DispatchState, Command][];
    }[] = [];
    const open = new Set<DispatchState>();
    const enter = (state: DispatchState, command: Command | undefined): void => {
      visited.add(state);
      open.add(state);
      path.push({ state, command, rest: [...state.deps].reverse() });
    };
    enter(first, undefined);
    for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
      const next = top.rest.pop();
      if (next === undefined) {
        open.delete(top.state);
        path.pop();
        continue;
      }
      const [dependency, command] = next;
      if (open.has(dependency)) {
        const commands = [...path.map((step) => step.command), command].filter((step) => step !== undefined);
        throw new Refusal(
          `circular dependency detected on stage: ${first.stageName}`,
          "LB_STAGE_CIRCLE",
          commands.map((step) => step.lines),
        );
      }
      if (!visited.has(dependency)) enter(dependency, command);
    }
  }
}
