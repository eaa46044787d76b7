/** FROM lines → states: base names, platforms, step totals, the target (BuildKit convert.go buildDispatchStates, resolveTarget). */

import type { Stage } from "../dockerfile/command-types";
import { expandWord } from "../dockerfile/expand/lexer";
import { goQuote } from "../dockerfile/go-text";
import { suggest, withSuggestion } from "../dockerfile/suggest";
import type { ConvertContext } from "./context";
import { findNamedContext } from "./named-context";
import { parsePlatform } from "./platform-spec";
import { Refusal } from "./refusal";
import { checkFromArgs, checkPlatformFlag } from "./stage-checks";
import { DispatchState, scratchName } from "./stages";
import type { PlatformSpec } from "./types";

/** *message* with the first of the *names* that resembles an argument. */
function suggestAny(message: string, names: readonly string[], options: readonly string[]): string {
  for (const name of names) {
    const near = suggest(name, options);
    if (near !== undefined) return `${message} (did you mean ${near}?)`;
  }
  return message;
}

function stagePlatform(
  context: ConvertContext,
  stage: Stage,
  known: ReadonlySet<string>,
): PlatformSpec | undefined {
  if (stage.platform === "") return undefined;
  const lint = context.lint.withComments(stage.comments);
  const { globalArgs, escape } = context;
  const expansion = expandWord(stage.platform, globalArgs, { escape });
  const { result, error, unmatched } = expansion;
  checkFromArgs(known, unmatched, stage.lines, lint);
  checkPlatformFlag(stage, expansion, globalArgs, lint);
  const { lines } = stage;
  if (error !== undefined) {
    throw new Refusal(`failed to process arguments for platform ${result}: ${error}`, "LB_FROM_PLATFORM", [
      lines,
    ]);
  }
  if (result === "") {
    const message = `empty platform value from expression ${stage.platform}`;
    throw new Refusal(suggestAny(message, unmatched, globalArgs.keys()), "LB_PLATFORM_EMPTY", [lines]);
  }
  try {
    return parsePlatform(result, context.options.buildPlatform);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const message = suggestAny(thrown.message, unmatched, globalArgs.keys());
    // BuildKit marks the line twice.
    throw new Refusal(`failed to parse platform ${stage.platform}: ${message}`, "LB_FROM_PLATFORM", [
      lines,
      lines,
    ]);
  }
}

function baseName(context: ConvertContext, stage: Stage, known: ReadonlySet<string>): string {
  const { lines } = stage;
  const { result, error, unmatched } = expandWord(stage.baseName, context.globalArgs, {
    escape: context.escape,
  });
  checkFromArgs(known, unmatched, lines, context.lint.withComments(stage.comments));
  if (error !== undefined) throw new Refusal(error, "LB_EXPANSION", [lines]);
  if (result === "")
    throw new Refusal(`base name (${stage.baseName}) should not be blank`, "LB_FROM_BLANK", [lines]);
  return result;
}

/** Makes a state of every stage. Throws Refusal. */
export function buildStates(context: ConvertContext, stages: readonly Stage[]): void {
  const { options, states } = context;
  const known = new Set([...context.metaArgNames, ...context.globalArgs.keys()]);
  stages.forEach((stage, i) => {
    const base = baseName(context, stage, known);
    const { stageName, lines, range, original, commands } = stage;
    const state = new DispatchState(
      { stageName, baseName: base, lines, range, original, commands, from: stage },
      false,
      options.multiPlatform,
    );
    state.platform = stagePlatform(context, stage, known);
    if (stageName !== "") {
      const named = findNamedContext(context, stageName, state.platform);
      if (named !== undefined) {
        state.namedContext = named;
        states.add(state);
        state.base = undefined;
        return;
      }
    }
    if (stageName === "") state.stageName = `stage-${i}`;
    states.add(state);
    const fromImage = state.baseName !== scratchName && state.base === undefined;
    const steps = commands.filter(
      ({ kind }) => kind === "add" || kind === "copy" || kind === "run" || kind === "workdir",
    );
    state.commandTotal = steps.length + (fromImage ? 1 : 0);
    state.ignoreCache = options.isNoCache(stageName);
  });
}

/** The stage to build. Throws Refusal. */
export function findTarget({ options, states }: ConvertContext): DispatchState {
  const { target } = options;
  if (target === "") return states.last;
  const state = states.findByName(target);
  if (state !== undefined) return state;
  const message = `target stage ${goQuote(target)} could not be found`;
  throw new Refusal(withSuggestion(message, target, states.names()), "LB_TARGET_UNKNOWN");
}
