/** Global arguments: platform variables and the ARGs before the first FROM (BuildKit convert.go buildMetaArgs, platform.go, epoch.go). */

import type { ArgCommand } from "../dockerfile/command-types";
import { expandWord } from "../dockerfile/expand/lexer";
import { EnvList } from "./env-list";
import { formatPlatform, formatPlatformAll } from "./platform-spec";
import { Refusal } from "./refusal";
import type { PlatformSpec } from "./types";

/** BUILDPLATFORM, TARGETARCH, … TARGETSTAGE; *buildArgs* of the same names win. */
export function defaultArgs(
  build: PlatformSpec,
  target: PlatformSpec,
  buildArgs: ReadonlyMap<string, string>,
  targetName: string,
): EnvList {
  const values: readonly (readonly [string, string])[] = [
    ["BUILDPLATFORM", formatPlatform(build)],
    ["BUILDOS", build.os],
    ["BUILDOSVERSION", build.osVersion ?? ""],
    ["BUILDARCH", build.architecture],
    ["BUILDVARIANT", build.variant ?? ""],
    ["TARGETPLATFORM", formatPlatformAll(target)],
    ["TARGETOS", target.os],
    ["TARGETOSVERSION", target.osVersion ?? ""],
    ["TARGETARCH", target.architecture],
    ["TARGETVARIANT", target.variant ?? ""],
    ["TARGETSTAGE", targetName || "default"],
  ];
  return values.reduce((env, [key, value]) => env.set(key, buildArgs.get(key) ?? value), EnvList.empty);
}

/** Adds the ARGs in front of the first FROM: the build argument as it is, else the expanded default. Throws Refusal. */
export function withMetaArgs(
  args: EnvList,
  commands: readonly ArgCommand[],
  buildArgs: ReadonlyMap<string, string>,
  escape: string,
): EnvList {
  let env = args;
  for (const command of commands) {
    for (const { key, value } of command.args) {
      const given = buildArgs.get(key);
      if (given !== undefined) {
        env = env.set(key, given);
      } else if (value !== undefined) {
        const { result, error } = expandWord(value, env, { escape });
        if (error !== undefined) throw new Refusal(error, "LB_EXPANSION", [command.lines]);
        env = env.set(key, result);
      }
    }
  }
  return env;
}

const proxyNames = {
  http_proxy: "HTTP_PROXY",
  https_proxy: "HTTPS_PROXY",
  ftp_proxy: "FTP_PROXY",
  no_proxy: "NO_PROXY",
  all_proxy: "ALL_PROXY",
} as const;

/** The proxy variables among the build arguments, written in any case; keys in upper case. RUN sees them although no ARG declares them. */
export function proxyEnv(buildArgs: ReadonlyMap<string, string>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const key of [...buildArgs.keys()].sort()) {
    const name = key.toLowerCase();
    if (Object.hasOwn(proxyNames, name))
      out[proxyNames[name as keyof typeof proxyNames]] = buildArgs.get(key) ?? "";
  }
  return out;
}

/** SOURCE_DATE_EPOCH as it is used. */
export interface Epoch {
  /** Seconds since 1970; undefined when the variable is not set or empty. */
  readonly seconds: number | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly globalArgs: EnvList;
}

/**
 * Reads SOURCE_DATE_EPOCH from the build arguments or a global ARG and puts the number in its place. `context` and a stage's name stand for
 * the time of a git or http source; of a local context nothing is known, and the variable is then as if unset. Throws Refusal.
 */
export function readEpoch(
  buildArgs: ReadonlyMap<string, string>,
  globalArgs: EnvList,
  stageNames: readonly string[],
): Epoch {
  const key = "SOURCE_DATE_EPOCH";
  const value = buildArgs.get(key) ?? (globalArgs.get(key) || undefined);
  if (value === undefined) return { seconds: undefined, buildArgs, globalArgs };
  const isNumber = /^[+-]?\d+$/.test(value);
  if (!isNumber && value !== "" && value !== "context" && !stageNames.includes(value.toLowerCase())) {
    throw new Refusal(`invalid SOURCE_DATE_EPOCH: ${value}`, "LB_SOURCE_DATE_EPOCH");
  }
  const seconds = isNumber ? Number(value) : undefined;
  const args = new Map(buildArgs);
  if (args.has(key)) {
    if (seconds === undefined) args.delete(key);
    else args.set(key, String(seconds));
  }
  let env = globalArgs;
  if (env.has(key)) env = seconds === undefined ? env.delete(key) : env.set(key, String(seconds));
  return { seconds, buildArgs: args, globalArgs: env };
}
