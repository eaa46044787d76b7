/** One scenario, build by build, in the shape of its `expect`. */

import type { BuildOptions, BuildOutcome, BuiltImage, ContextChanges, HttpFixture } from "../build";
import type { ImageSource } from "../image";
import { Lab, type LabMachine } from "../lab";
import { plainNormalised } from "../report";

/** A scenario file; `expect` is never looked at. */
export interface Scenario {
  readonly id: string;
  readonly builds: readonly {
    readonly changes?: ContextChanges;
    readonly options?: Omit<BuildOptions, "http"> & {
      readonly http?: Readonly<Record<string, string | HttpFixture>>;
      readonly prune?: boolean;
    };
  }[];
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
  for (const { changes, options = {} } of scenario.builds) {
    lab.context.apply(changes ?? {});
    const { http, ...rest } = options;
    const fixtures = http && servedFiles(scenario.id, http);
    if (rest.prune) await lab.prune();
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

function servedFiles(
  id: string,
  files: Readonly<Record<string, string | HttpFixture>>,
): Record<string, HttpFixture> {
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [
      `${SERVER}/${id}/${name}`,
      typeof file === "string" ? { text: file } : file,
    ]),
  );
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
export function expectOf({ record }: BuildOutcome): unknown {
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
    warnings: record.warnings.map(({ rule, detail, description, url, line }) => ({
      rule,
      detail,
      description,
      url,
      line,
    })),
    ...(isCheck && { check: { text: record.check.text } }),
    image: imageOf(record.image, record.images, record.indexDigest),
    plain: plainNormalised(record),
  };
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
