/** One scenario, build by build, in the shape of its `expect`. */

import {
  type BuildOptions,
  type BuildOutcome,
  type BuiltImage,
  checkedOptions,
  type ContextChanges,
  type HttpFixture,
} from "../build";
import type { ImageSource } from "../image";
import { Lab, type LabMachine } from "../lab";
import { plainNormalised } from "../report";

/** A scenario file; `expect` is never looked at. Null is absent. */
export interface Scenario {
  readonly id: string;
  readonly builds: readonly {
    readonly changes?: ContextChanges | null;
    readonly options?: BuildOptions | null;
  }[];
}

/** What is no scenario: the message says what is missing. */
class ScenarioError extends Error {}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** *value* as a scenario; one without an id has *name*. Throws `ScenarioError`. */
export function readScenario(value: unknown, name: string): Scenario {
  if (!isRecord(value))
    throw new ScenarioError("a scenario is a JSON object / 시나리오는 JSON 객체 하나입니다");
  const { id, builds } = value;
  if (!Array.isArray(builds))
    throw new ScenarioError('"builds" is no list of builds / "builds"에 빌드의 목록이 없습니다');
  builds.forEach((build: unknown, i) => {
    const parts = isRecord(build) ? [build["changes"], build["options"]] : [build];
    if (!parts.every((part) => part === undefined || part === null || isRecord(part)) || !isRecord(build))
      throw new ScenarioError(
        `builds[${i}]: a build, its "changes" and its "options" are objects / 빌드와 그 "changes", "options"는 객체입니다`,
      );
  });
  return { id: typeof id === "string" ? id : name, builds: builds as Scenario["builds"] };
}

/** 2025-01-01: SOURCE_DATE_EPOCH of every recorded build. */
const EPOCH = 1735689600;
/** Where the recorder's fixtures were served. */
const SERVER = "http://127.0.0.1:5050";

/** Runs *scenario* from an empty context and an empty cache. */
export async function replayScenario(
  scenario: Scenario,
  machine: LabMachine,
  images: readonly ImageSource[],
): Promise<unknown> {
  let build = 0;
  const lab = Lab.openWith(machine, images, {
    clock: () => EPOCH + 86400 + 60 * build,
    sourceDateEpoch: EPOCH,
    client: "buildctl",
  });
  const builds: unknown[] = [];
  for (const { changes, options } of scenario.builds) {
    lab.context.apply(changes ?? {});
    const { http, ...rest } = checkedOptions(options, { lenient: true });
    const fixtures = http && servedFiles(scenario.id, http);
    const outcome = await lab.buildNow({
      cacheMode: "max",
      ...rest,
      file: rest.file ?? "Dockerfile",
      ...(fixtures && { http: fixtures }),
    });
    builds.push(scrub(expectOf(outcome)));
    build++;
  }
  return { id: scenario.id, builds };
}

function servedFiles(id: string, files: Readonly<Record<string, HttpFixture>>): Record<string, HttpFixture> {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [`${SERVER}/${id}/${name}`, file]));
}

/** Ids of results are new in every run: the recorder writes `<ref>`. */
function scrub(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replace(/\b[a-z0-9]{25}::[a-z0-9]{25}\b/g, "<ref>")
      .replace(/\blocal:\d+\b/g, "local:<id>")
      .replaceAll("/var/lib/buildkit/", "<root>/")
      .replace(/\bcachemounts\/buildkit\d+/g, "cachemounts/buildkit<n>"),
  ) as unknown;
}

/** The record in the recorder's words. */
function expectOf({ record }: BuildOutcome): unknown {
  const isCheck = record.check !== undefined;
  const error = record.error && {
    message: isCheck ? record.error.message : `error: failed to solve: ${record.error.message}`,
    output: isCheck ? [] : record.error.frames,
    ...(isCheck && { lines: record.error.lines.flat() }),
  };
  return {
    exitCode: record.exitCode,
    error: error ?? null,
    steps: record.steps.map((step) => ({
      name: step.name,
      status: step.racy ? null : (step.status ?? "PENDING"),
      output: step.racy ? [] : step.output,
      needs: step.needs,
      ...(step.racy && { racy: true }),
      ...(step.status === "ERROR" && step.error !== undefined && { error: step.error }),
      ...(step.miss && { miss: step.miss }),
    })),
    ...(record.pending.length > 0 && { pending: record.pending }),
    internal: record.internal,
    transfers: record.transfers,
    warnings: unique(
      record.warnings.map(({ rule, detail, description, url, line }) => ({
        rule,
        detail,
        description,
        url,
        line,
      })),
      isCheck,
    ),
    ...(isCheck && { check: { text: record.check.text } }),
    image: imageOf(record.image, record.images, record.indexDigest),
    plain: plainNormalised(record),
  };
}

/** The recorder writes a warning of a build down once, however often it was sent; a check has all of them. */
function unique<T>(warnings: readonly T[], isCheck: boolean): readonly T[] {
  if (isCheck) return warnings;
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

function imageOf(
  image: BuiltImage | undefined,
  images: readonly BuiltImage[] | undefined,
  indexDigest: string | undefined,
): unknown {
  if (images)
    return {
      indexDigest,
      images: images.map((each) => ({ ...oneImage(each), platform: platformOf(each.platform) })),
    };
  return image ? oneImage(image) : null;
}

function platformOf(text: string): Record<string, string> {
  const [os = "", architecture = "", variant] = text.split("/");
  return { architecture, os, ...(variant !== undefined && { variant }) };
}

/** diffID of a layer without entries: nobody's base. */
const EMPTY_LAYER = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

function oneImage(image: BuiltImage): Record<string, unknown> {
  return {
    config: image.config,
    configDigest: image.configDigest,
    manifestDigest: image.manifestDigest,
    history: image.history,
    diffIDs: image.layers.map(({ diffId }) => diffId),
    layers: image.layers.map((layer) => ({
      diffID: layer.diffId,
      digest: layer.digest,
      size: layer.size,
      ...(layer.fromBase && layer.diffId !== EMPTY_LAYER
        ? { base: true }
        : { uncompressed: layer.uncompressed, entries: layer.entries ?? [] }),
    })),
  };
}
