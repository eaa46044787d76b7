/** Carries out the instructions of all stages that are needed (BuildKit convert.go dispatchStages). */

import { ignoreMatcher, loadIgnorePatterns } from "./build-context";
import type { ConvertContext } from "./context";
import { dispatch } from "./dispatch";
import { setUser } from "./dispatch-metadata";
import { setWorkdir } from "./dispatch-workdir";
import { splitVariable } from "./env-list";
import { defaultPath } from "./image-config";
import { located } from "./refusal";
import type { DispatchState } from "./stages";
import { addEnv } from "./state";

/** Takes over what the base image's config says for the steps. */
function begin(context: ConvertContext, state: DispatchState): void {
  state.inherit();
  state.dispatched = true;
  state.platform ??= context.targetPlatform;
  const { image } = state;
  if (
    !image.env.some((variable) => splitVariable(variable)[0] === "PATH") &&
    state.platform.os !== "windows"
  ) {
    image.env.push("PATH=" + defaultPath(state.platform.os));
  }
  for (const variable of image.env) state.state = addEnv(state.state, ...splitVariable(variable));
  const { hostname, network } = context.options;
  if (hostname !== "") state.state = { ...state.state, hostname };
  if (image.workingDir !== "") located(state.stage.lines, () => setWorkdir(state, image.workingDir));
  if (image.user !== "") setUser(state, image.user);
  state.state = { ...state.state, network };
}

/** Dispatches what is *reachable* in file order; the paths used of the build context are added to *contextPaths*. Throws Refusal. */
export function dispatchStages(
  context: ConvertContext,
  reachable: ReadonlySet<DispatchState>,
  target: DispatchState,
  contextPaths: Set<string>,
): void {
  context.ignorePatterns = loadIgnorePatterns(context.input, context.requests);
  context.ignoreMatcher = ignoreMatcher(context.ignorePatterns);
  for (const state of [...context.states.states]) {
    if (!context.allStages && (!reachable.has(state) || state.dispatched)) continue;
    begin(context, state);
    for (const command of state.commands)
      located(command.command.lines, () => dispatch(context, state, command));
    for (const path of state.contextPaths) contextPaths.add(path);
  }
  target.paths.add("/");
}
