/** WORKDIR (BuildKit convert.go dispatchWorkdir). */

import type { Linter } from "../dockerfile/checks/linter";
import { workdirRelativePath } from "../dockerfile/checks/workdir-relative-path";
import type { WorkdirCommand } from "../dockerfile/command-types";
import type { ConvertContext } from "./context";
import { commit } from "./history";
import { expandForDisplay, prefixCommand, uppercaseCommand } from "./names";
import { fileNode } from "./nodes";
import { isAbsolute, normalizePath, toSlash } from "./paths";
import type { DispatchState } from "./stages";
import { withNode, type Node } from "./state";

/** Sets the working directory of the next steps and of the image; *path* may be relative to the present one. Throws Refusal. */
export function setWorkdir(state: DispatchState, path: string): string {
  const os = state.platform?.os ?? "linux";
  const slashed = normalizePath(state.image.workingDir, path, os, false);
  state.image.workingDir = os === "windows" ? slashed.replaceAll("/", "\\") : slashed;
  const dir = toSlash(state.image.workingDir, os);
  state.state = { ...state.state, dir };
  return dir;
}

/** The directory is made by a step of its own, unless it is the root. */
export function dispatchWorkdir(
  context: ConvertContext,
  state: DispatchState,
  command: WorkdirCommand,
  lint: Linter,
): Node | undefined {
  const platform = state.platform ?? context.targetPlatform;
  if (!state.workdirSet && !isAbsolute(command.path, platform.os)) {
    lint.run(workdirRelativePath, command.lines, command.path);
  }
  state.workdirSet = true;
  const dir = setWorkdir(state, command.path);
  if (dir === "/") {
    commit(context, state, "WORKDIR " + dir);
    return undefined;
  }
  const { env } = state.state;
  const name = prefixCommand(
    state,
    uppercaseCommand(expandForDisplay(command.original, env, context.escape)),
    platform,
    env,
  );
  const node = fileNode(
    state.state,
    [
      {
        action: "mkdir",
        path: dir,
        mode: 0o755,
        makeParents: true,
        ...(state.image.user === "" ? {} : { chown: state.image.user }),
        ...(context.epoch === undefined ? {} : { createdTime: context.epoch }),
      },
    ],
    { name, source: { stage: state.stageName, instruction: "WORKDIR", range: command.range } },
  );
  state.state = withNode(state.state, node);
  commit(context, state, "WORKDIR " + dir, node);
  return node;
}
