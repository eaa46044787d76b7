/** Names of steps: `[stage n/m] TEXT` (BuildKit dockerfile2llb/convert.go prefixCommand, uppercaseCmd, processCmdEnv). */

import { toUpper, trimSpace } from "../dockerfile/go-text";
import { expandWord, type Env, type LexMode } from "../dockerfile/expand/lexer";
import { formatPlatformAll, normalizePlatform, parsePlatform } from "./platform-spec";
import type { DispatchState } from "./stages";
import type { PlatformSpec } from "./types";

/** *text* with its first word in upper case. */
export function uppercaseCommand(text: string): string {
  const space = text.indexOf(" ");
  return space === -1 ? toUpper(text) : toUpper(text.slice(0, space)) + text.slice(space);
}

/** *text* with variables replaced; as it is when that fails. */
export function expandForDisplay(text: string, env: Env, escape: string, mode?: LexMode): string {
  const { result, error } = expandWord(text, env, mode === undefined ? { escape } : { escape, mode });
  return error === undefined ? result : text;
}

/** The platform that the environment's TARGET… variables name; the last one in order decides. */
function targetFromEnv(env: Env): PlatformSpec | undefined {
  const found = { os: "", architecture: "", variant: "" };
  let isSet = false;
  for (const key of env.keys()) {
    const value = env.get(key) ?? "";
    if (key === "TARGETPLATFORM") {
      try {
        return parsePlatform(value);
      } catch {
        continue;
      }
    }
    if (key === "TARGETOS") found.os = value;
    else if (key === "TARGETARCH") found.architecture = value;
    else if (key === "TARGETVARIANT") found.variant = value;
    else continue;
    isSet = true;
  }
  return isSet ? found : undefined;
}

/** `->arm64` when the environment says that the step works for another platform than it runs on. */
function formatTarget(base: PlatformSpec, target: PlatformSpec | undefined): string {
  if (target === undefined) return "";
  const full = normalizePlatform({
    ...target,
    os: target.os || base.os,
    architecture: target.architecture || base.architecture,
  });
  if (full.os !== base.os) return "->" + formatPlatformAll(full);
  if (full.architecture === base.architecture) return "";
  return "->" + full.architecture + (full.variant ? "/" + full.variant : "");
}

/** The name of the next step of *state*; counts it. *env*: the stage's variables, for the target platform shown. */
export function prefixCommand(
  state: DispatchState,
  text: string,
  platform: PlatformSpec | undefined,
  env: Env | undefined,
): string {
  const total = state.commandTotal;
  if (total === 0) return text;
  let out = "[";
  if (state.prefixPlatform && platform !== undefined) {
    out += formatPlatformAll(platform) + formatTarget(platform, env && targetFromEnv(env)) + " ";
  }
  if (state.stageName !== "") out += state.stageName + " ";
  state.commandIndex++;
  out += String(state.commandIndex).padStart(String(total).length) + `/${total}] `;
  return out + (state.commandIsOnBuild ? "ONBUILD " : "") + text;
}

/** The first line of a heredoc, with dots when there are more. */
export function summarizeHeredoc(body: string): string {
  const lines = trimSpace(body).replaceAll("\r\n", "\n").split("\n");
  return (lines[0] ?? "") + (lines.length > 1 ? "..." : "");
}
