/** The target's state → vertices, image config, history and rows (BuildKit convert.go finalizeResultImage, dockerui/build.go). */

import type { Command, Stage } from "../dockerfile/command-types";
import { toUpper } from "../dockerfile/go-text";
import type { ConvertedHistory, ConvertedRow, ConvertedTarget } from "./conversion";
import type { TargetConversion } from "./convert-target";
import { writeImageConfig, type ImageDraft } from "./image-config";
import type { Marshaller } from "./marshal";
import type { Node } from "./state";
import { formatPlatformAll, normalizePlatform } from "./platform-spec";
import type { DispatchState } from "./stages";
import type { PlatformSpec } from "./types";

/** The platform that the image says it is for. */
function imagePlatform(image: ImageDraft, target: PlatformSpec, implicit: boolean): PlatformSpec {
  if (implicit) return normalizePlatform(image.platform);
  const same = target.os === image.platform.os && target.architecture === image.platform.architecture;
  const pick = <K extends "variant" | "osVersion">(key: K): string | undefined =>
    target[key] || !same ? target[key] : image.platform[key];
  const variant = pick("variant");
  const osVersion = pick("osVersion");
  const osFeatures = target.osFeatures ?? image.platform.osFeatures;
  return normalizePlatform({
    os: target.os,
    architecture: target.architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(osFeatures === undefined ? {} : { osFeatures }),
  });
}

/** *target* and its bases: the stages whose instructions are in the history. */
function chain(target: DispatchState): ReadonlySet<DispatchState> {
  const out = new Set<DispatchState>();
  for (
    let state: DispatchState | undefined = target;
    state !== undefined && !out.has(state);
    state = state.base
  )
    out.add(state);
  return out;
}

function rowsOf(
  { context, target, reachable }: TargetConversion,
  marshaller: Marshaller,
  index: number,
): ConvertedRow[] {
  const inHistory = chain(target);
  const rows: ConvertedRow[] = [];
  const add = (state: DispatchState, command: Command | Stage, node: Node | undefined): void => {
    const vertex = node && marshaller.vertexOf(node);
    rows.push({
      text: command.original,
      instruction: toUpper(command.name),
      stage: state.stageName,
      line: command.range.start.line,
      range: command.range,
      ...(vertex === undefined ? {} : { vertex }),
      layer: node !== undefined && command.kind !== "from",
      history: inHistory.has(state) && command.kind !== "from" && command.kind !== "onbuild",
      target: index,
    });
  };
  for (const state of context.states.states) {
    if (!reachable.has(state) || state.stage.from === undefined) continue;
    add(state, state.stage.from, state.fromNode);
    for (const row of state.rows) add(state, row.command, row.node);
  }
  return rows;
}

/** Makes the vertices of *conversion* and what belongs to them. *index*: of the target among those of the build. */
export function finishTarget(
  conversion: TargetConversion,
  marshaller: Marshaller,
  index: number,
): { readonly target: ConvertedTarget; readonly rows: readonly ConvertedRow[] } {
  const { context, target, platform } = conversion;
  const { output } = target.state;
  const root = output === null ? null : marshaller.marshal(output);
  const image = { ...target.image, platform: imagePlatform(target.image, platform, context.implicitTarget) };
  const history = target.image.history.map(({ entry, node, fromBase }): ConvertedHistory => {
    const vertex = node && marshaller.vertexOf(node);
    return { entry, ...(vertex === undefined ? {} : { vertex }), fromBase };
  });
  const converted: ConvertedTarget = {
    platform,
    platformId: formatPlatformAll(normalizePlatform(platform)),
    root,
    image: writeImageConfig(image),
    history,
    baseImage: target.baseImage,
    ...(context.epoch === undefined ? {} : { epoch: context.epoch }),
  };
  return { target: converted, rows: rowsOf(conversion, marshaller, index) };
}
