/** Base images: which are needed, what they are, the FROM step (BuildKit convert.go resolveStages, resolveBaseImage). */

import { invalidBaseImagePlatform } from "../dockerfile/checks/invalid-base-image-platform";
import { goQuote } from "../dockerfile/go-text";
import { withSuggestion } from "../dockerfile/suggest";
import type { ConvertContext } from "./context";
import { cloneImage, emptyImage, readImageConfig } from "./image-config";
import { findNamedContext, loadNamedContext } from "./named-context";
import { prefixCommand } from "./names";
import { sourceNode } from "./nodes";
import { applyOnbuild } from "./onbuild";
import { formatPlatformAll, normalizePlatform } from "./platform-spec";
import { canonicalReference, withDigest } from "./references";
import { located, locatedAsync, Refusal } from "./refusal";
import { scratchName, type DispatchState } from "./stages";
import { scratch, stateOf } from "./state";
import type { PlatformSpec } from "./types";

/** Names that a misspelt reference may have meant, besides the stages. `docker.io/library` lacks its slash in BuildKit too. */
const commonImages = ["alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora"].flatMap(
  (name) => [name, "docker.io/library" + name, name + ":latest", "docker.io/library" + name + ":latest"],
);

/** Looks up all bases that *target* needs; ONBUILD triggers may add more. Throws Refusal. */
export async function resolveStages(
  context: ConvertContext,
  target: DispatchState,
): Promise<ReadonlySet<DispatchState>> {
  for (;;) {
    const reachable = await resolveReachable(context, target);
    let again = false;
    for (const state of context.states.states) {
      if (!reachable.has(state)) continue;
      state.inherit();
      if (applyOnbuild(state, context.states, context.escape)) again = true;
    }
    if (!again) return reachable;
    context.requests.nextPhase();
  }
}

async function resolveReachable(
  context: ConvertContext,
  target: DispatchState,
): Promise<ReadonlySet<DispatchState>> {
  const reachable = target.reachable();
  const needed: { readonly state: DispatchState; readonly written: string; readonly reachable: boolean }[] =
    [];
  const badNames = new Map<number, Refusal>();
  let count = 0;
  for (const state of context.states.states) {
    if (state.base !== undefined || state.dispatched || state.resolved) continue;
    const isReachable = context.allStages || reachable.has(state);
    state.resolved = isReachable;
    if (state.baseName === scratchName && state.namedContext === undefined) {
      state.state = scratch;
      state.image = emptyImage(context.targetPlatform);
      state.platform = context.targetPlatform;
      if (state.unregistered) state.dispatched = true;
      continue;
    }
    const written = state.baseName;
    const index = count++;
    try {
      state.baseName = located(state.stage.lines, () =>
        canonicalReference(written, `failed to parse stage name ${goQuote(written)}`),
      );
      needed.push({ state, written, reachable: isReachable });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      badNames.set(index, error);
    }
  }
  // All are looked up side by side. A bad name ends that before any row appears. Of several failures that is told which comes first:
  // Go runs the goroutine started last before the others.
  const badName = badNames.get(count - 1) ?? [...badNames.values()][0];
  const own = badName === undefined ? context : { ...context, requests: context.requests.muted() };
  const results = await Promise.allSettled(
    needed.map((item) => resolveOne(own, item.state, item.written, item.reachable)),
  );
  if (badName !== undefined) throw badName;
  for (const result of [...results.slice(-1), ...results])
    if (result.status === "rejected") throw result.reason;
  return reachable;
}

function resolveOne(
  context: ConvertContext,
  state: DispatchState,
  written: string,
  reachable: boolean,
): Promise<void> {
  return locatedAsync(state.stage.lines, async () => {
    try {
      await resolveBase(context, state, written, reachable);
    } finally {
      if (state.unregistered) state.dispatched = true;
    }
  });
}

async function resolveBase(
  context: ConvertContext,
  state: DispatchState,
  written: string,
  reachable: boolean,
): Promise<void> {
  let platform = state.platform ?? context.targetPlatform;
  let isScratch = false;
  let digest = "";
  if (reachable) {
    if (await useNamedContext(context, state, platform)) return;
    const prefix = context.options.multiPlatform ? `[${formatPlatformAll(platform)} internal]` : "[internal]";
    const image = await lookUpBase(
      context,
      state,
      written,
      `${prefix} load metadata for ${state.baseName}`,
      platform,
    );
    digest = image.digest;
    state.baseImage = { ref: state.baseName, ...image };
    state.image = readImageConfig(image.config);
    if (state.platform === undefined && context.implicitTarget) {
      platform = detectPlatform(state.image.platform, platform, context.options.buildPlatform);
    }
    state.baseName = withDigest(state.baseName, digest);
    isScratch =
      state.image.diffIds.length === 0 &&
      state.image.history.every((line) => line.entry.empty_layer === true);
  }
  if (isScratch) {
    state.state = scratch;
  } else {
    const name = prefixCommand(state, "FROM " + state.baseName, platform, undefined);
    const source = { stage: state.stageName, instruction: "FROM", range: state.stage.range };
    const node = sourceNode({ kind: "image", ref: state.baseName, digest, platform }, { name, source });
    state.state = stateOf(node, normalizePlatform(platform));
    state.fromNode = node;
    if (reachable) checkPlatform(context, state, written, platform);
  }
  state.platform = platform;
}

async function lookUpBase(
  context: ConvertContext,
  state: DispatchState,
  written: string,
  name: string,
  platform: PlatformSpec,
) {
  try {
    return await context.requests.lookUp(name, state.baseName, platform);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const options = [...context.states.names(), ...commonImages];
    throw new Refusal(
      withSuggestion(`${written}: ${error.message}`, written, options),
      error.code,
      error.frames,
    );
  }
}

/** A stage, or the image it begins with, that was replaced by a named context. */
async function useNamedContext(
  context: ConvertContext,
  state: DispatchState,
  platform: PlatformSpec,
): Promise<boolean> {
  const ofStage = state.namedContext;
  const named = ofStage ?? findNamedContext(context, state.baseName, platform);
  if (named === undefined) return false;
  const { state: files, image } = await loadNamedContext(context, named, () => state.paths);
  if (ofStage !== undefined) {
    state.dispatched = true;
    state.state = files;
    if (image !== undefined) {
      state.image = image;
      if (image.platform.os !== "" && image.platform.architecture !== "") state.platform = image.platform;
    }
    return true;
  }
  state.image = image === undefined ? emptyImage(platform) : cloneImage(image);
  state.state = { ...files, platform: normalizePlatform(platform) };
  state.platform = platform;
  return true;
}

/** The image's platform when the builder can run it, else the one asked for. */
function detectPlatform(image: PlatformSpec, target: PlatformSpec, supported: PlatformSpec): PlatformSpec {
  const isOf = (platform: PlatformSpec): boolean =>
    platform.os === image.os && platform.architecture === image.architecture;
  return !isOf(target) && isOf(supported) ? supported : target;
}

function checkPlatform(
  context: ConvertContext,
  state: DispatchState,
  written: string,
  expected: PlatformSpec,
): void {
  const actual = state.image.platform;
  if (expected.os === actual.os && expected.architecture === actual.architecture) return;
  const show = (platform: PlatformSpec): string => formatPlatformAll(normalizePlatform(platform));
  context.lint.run(invalidBaseImagePlatform, state.stage.lines, written, show(expected), show(actual));
}
