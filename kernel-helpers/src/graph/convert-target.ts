/** One platform's conversion: text → the target stage's state (BuildKit convert.go toDispatchState). */

import {
  defaultCheckConfig,
  isCheckConfigError,
  parseCheckConfig,
  type CheckConfig,
} from "../dockerfile/checks/config";
import { Linter } from "../dockerfile/checks/linter";
import { noEmptyContinuation } from "../dockerfile/checks/no-empty-continuation";
import type { Stage, ArgCommand } from "../dockerfile/command-types";
import { detectDirective } from "../dockerfile/directives";
import { parseInstructions } from "../dockerfile/instructions/parse";
import { parseDockerfile } from "../dockerfile/parse";
import { isDockerfileError } from "../dockerfile/refusal";
import type { LintWarning } from "../dockerfile/types";
import { defaultArgs, proxyEnv, readEpoch, withMetaArgs } from "./arguments";
import { buildContextNode } from "./build-context";
import { buildStates, findTarget } from "./build-stages";
import type { ConvertContext } from "./context";
import type { ConvertInput } from "./conversion";
import { linkStages } from "./dependencies";
import { dispatchStages } from "./dispatch-stages";
import type { FrontendOptions } from "./frontend-options";
import { Refusal } from "./refusal";
import type { RequestLog } from "./requests";
import { resolveStages } from "./resolve";
import { checkCommandCasing, checkDefaultBaseNames, checkStageNames } from "./stage-checks";
import { DispatchStates, type DispatchState } from "./stages";
import { stateOf } from "./state";
import type { PlatformSpec } from "./types";

/** What was made for one platform; not marshalled yet. */
export interface TargetConversion {
  readonly context: ConvertContext;
  readonly target: DispatchState;
  readonly reachable: ReadonlySet<DispatchState>;
  /** Of vertices that have no platform of their own, and of the result. */
  readonly platform: PlatformSpec;
}

/** The checks' configuration: the build argument, else the directive. Throws Refusal. */
function checkConfig(text: string, options: FrontendOptions): CheckConfig {
  const argument = options.buildArgs.get("BUILDKIT_DOCKERFILE_CHECK");
  const config = parseCheckConfig(argument ?? detectDirective("check", text)?.ref ?? "");
  if (!isCheckConfigError(config)) return config;
  const what = argument === undefined ? "check options" : "BUILDKIT_DOCKERFILE_CHECK";
  throw new Refusal(`failed to parse ${what}: ${config.error}`, "LB_CHECK_OPTIONS");
}

interface ReadFile {
  readonly escape: string;
  readonly stages: readonly Stage[];
  readonly metaArgs: readonly ArgCommand[];
}

/** Text → stages, with the checks that look at the file alone. Throws Refusal. */
function readFile(text: string, lint: Linter): ReadFile {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) throw Refusal.from(parsed);
  for (const { line } of parsed.warnings) lint.run(noEmptyContinuation, [[line, line]]);
  const instructions = parseInstructions(parsed, lint);
  if (isDockerfileError(instructions)) throw Refusal.from(instructions);
  const { stages, metaArgs } = instructions;
  if (stages.length === 0) throw new Refusal("dockerfile contains no stages to build", "LB_NO_STAGES");
  checkStageNames(stages, lint);
  checkCommandCasing(stages, lint);
  return { escape: parsed.escape, stages, metaArgs };
}

/**
 * Converts for *platform*; undefined: the builder's own, which a base image may change. *warnings* gets what the checks find; without it
 * they do not run (BuildKit checks the first platform only). Throws Refusal.
 */
export async function convertTarget(
  input: ConvertInput,
  options: FrontendOptions,
  text: string,
  platform: PlatformSpec | undefined,
  requests: RequestLog,
  warnings: LintWarning[] | undefined,
): Promise<TargetConversion> {
  if (text === "") throw new Refusal("the Dockerfile cannot be empty", "LB_DOCKERFILE_EMPTY");
  const config = checkConfig(text, options);
  const silent: CheckConfig = { ...defaultCheckConfig, skipAll: true };
  const lint = warnings === undefined ? new Linter(silent) : new Linter(config, warnings);
  const { escape, stages, metaArgs } = readFile(text, lint);

  const targetPlatform = platform ?? options.buildPlatform;
  const targetName = options.target || (stages[stages.length - 1] as Stage).stageName;
  const predefined = defaultArgs(options.buildPlatform, targetPlatform, options.buildArgs, targetName);
  checkDefaults(stages, metaArgs, escape, lint, () => withMetaArgs(predefined, metaArgs, new Map(), escape));
  const args = withMetaArgs(predefined, metaArgs, options.buildArgs, escape);
  const epoch = readEpoch(
    options.buildArgs,
    args,
    stages.map((stage) => stage.stageName),
  );

  const contextPaths = new Set<string>();
  const context: ConvertContext = {
    input,
    options,
    buildArgs: epoch.buildArgs,
    escape,
    targetPlatform,
    implicitTarget: platform === undefined,
    globalArgs: epoch.globalArgs,
    metaArgNames: new Set(metaArgs.flatMap((command) => command.args.map((arg) => arg.key))),
    epoch: epoch.seconds,
    lint,
    states: new DispatchStates(),
    requests,
    proxyEnv: proxyEnv(options.buildArgs),
    allStages: input.options.check === true && options.target === "",
    buildContext: stateOf(buildContextNode(contextPaths, () => context.ignorePatterns)),
    ignoreMatcher: undefined,
    ignorePatterns: [],
  };
  buildStates(context, stages);
  const target = findTarget(context);
  linkStages(context.states, escape);
  const reachable = await resolveStages(context, target);
  dispatchStages(context, reachable, target, contextPaths);
  applyLabels(target, options.labels);
  const violation = lint.error();
  if (violation !== undefined) throw new Refusal(violation, "LB_CHECK_VIOLATION");
  return { context, target, reachable, platform: targetPlatform };
}

/** A default that cannot be expanded is refused later, so that the check keeps silent about it. */
function checkDefaults(
  stages: readonly Stage[],
  metaArgs: readonly ArgCommand[],
  escape: string,
  lint: Linter,
  defaults: () => ReturnType<typeof withMetaArgs>,
): void {
  try {
    checkDefaultBaseNames(stages, defaults(), escape, lint);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function applyLabels(target: DispatchState, labels: ReadonlyMap<string, string>): void {
  if (labels.size === 0) return;
  const own = (target.image.labels ??= new Map());
  for (const [key, value] of labels) own.set(key, value);
}
