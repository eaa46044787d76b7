/** Compares two builds, two images, or one with the other. */

import type { BuildRecord, BuiltImage } from "../../build/types";
import { isSecretName } from "../../graph/dispatch-metadata";
import type { Locale } from "../locale";
import { unifiedDiff } from "../optimize";
import { common } from "../pictures/align";
import { buildMatrix } from "../pictures/build-matrix";
import { compareConfigs, compareFields, masked } from "./config";
import { compareFiles, viewOf } from "./files";
import type { BuildComparison, ComparedLayer, ComparedSide, Comparison, ImageComparison } from "./types";

/** One side: a build's record, an image, or both (an image whose sizes are not known has layers of -1 bytes). */
export type Comparable = BuildRecord | BuiltImage;

/** How the two are called. */
export interface CompareOptions {
  /** Language of the matrix of steps. Default: Korean. */
  readonly locale?: Locale;
  /** Names of the two. Default: `A` and `B`. */
  readonly names?: readonly [string, string];
}

/** Compares *a* with *b*. Steps are compared when both are builds, layers, files and config when both made an image. */
export function compare(
  a: Comparable,
  b: Comparable,
  { locale = "ko", names = ["A", "B"] }: CompareOptions = {},
): Comparison {
  const [imageA, imageB] = [imageOf(a), imageOf(b)];
  const unknown: Comparison["unknown"][number][] = [];
  const build = isBuild(a) && isBuild(b) ? compareBuilds(a, b, names, locale) : undefined;
  const image = imageA && imageB ? compareImages(imageA, imageB) : undefined;
  if (isBuild(a) !== isBuild(b))
    unknown.push({
      ko: "하나는 빌드가 아니라 이미지여서 단계는 비교하지 못합니다.",
      en: "one of them is an image and no build: steps cannot be compared",
    });
  if (!image)
    unknown.push({
      ko: "둘 가운데 하나가 이미지를 만들지 못해 층과 파일은 비교하지 못합니다.",
      en: "one of them made no image: layers and files cannot be compared",
    });
  else if (!image.filesKnown)
    unknown.push({
      ko: "서로 다른 층 가운데 파일 목록을 모르는 것이 있어, 파일 비교는 아는 층만 본 것입니다.",
      en: "of some layers that differ the files are not known: files are compared as far as they are",
    });
  return {
    a: sideOf(names[0], imageA),
    b: sideOf(names[1], imageB),
    ...(build && { build }),
    ...(image && { image }),
    unknown,
  };
}

function isBuild(one: Comparable): one is BuildRecord {
  return "steps" in one;
}

function imageOf(one: Comparable): BuiltImage | undefined {
  return isBuild(one) ? one.image : one;
}

function sideOf(name: string, image: BuiltImage | undefined): ComparedSide {
  const bytes = image && total(image.layers);
  return {
    name,
    id: image?.configDigest ?? "",
    platform: image?.platform ?? "",
    ...(bytes !== undefined && { bytes }),
    layers: image?.layers.length ?? 0,
  };
}

function total(layers: BuiltImage["layers"]): number | undefined {
  return layers.some(({ uncompressed }) => uncompressed < 0)
    ? undefined
    : layers.reduce((sum, { uncompressed }) => sum + uncompressed, 0);
}

/** Compares two images by their layers, files, config and history. */
export function compareImages(a: BuiltImage, b: BuiltImage): ImageComparison {
  const layers = compareLayers(a, b);
  const shared = layers.filter(({ kind }) => kind === "shared");
  const sizes = shared.map(({ bytesA }) => bytesA);
  const below = sharedBelow(a, b);
  const { files, same } = compareFiles(viewOf(a, below), viewOf(b, below));
  const known = [a, b].every(({ layers: own }) =>
    own.slice(below).every(({ entries }) => entries !== undefined),
  );
  const inA = new Set(a.layers.map(({ diffId }) => diffId));
  const [historyA, historyB] = [a, b].map(({ history }) =>
    history.map(({ created_by: by = "" }) => plain(by)),
  );
  return {
    layers,
    sharedLayers: shared.length,
    ...(sizes.every((size) => size !== undefined) && {
      sharedBytes: sizes.reduce((sum, size) => sum + size, 0),
    }),
    ...(total(b.layers) !== undefined &&
      a.layers.every(({ diffId }) => diffId !== "") && {
        newBytes: total(b.layers.filter(({ diffId }) => !inA.has(diffId))),
      }),
    files,
    sameFiles: same,
    filesKnown: known,
    config: compareConfigs(a.config, b.config),
    history: {
      onlyA: without(historyA!, historyB!).map(masked),
      onlyB: without(historyB!, historyA!).map(masked),
    },
  };
}

/** How many layers from the bottom are the same in both. */
function sharedBelow(a: BuiltImage, b: BuiltImage): number {
  let below = 0;
  while (
    below < a.layers.length &&
    below < b.layers.length &&
    a.layers[below]!.diffId !== "" &&
    a.layers[below]!.diffId === b.layers[below]!.diffId
  )
    below++;
  return below;
}

function plain(instruction: string): string {
  return instruction.replace(/ # buildkit$/, "").replace(/^\/bin\/sh -c #\(nop\)\s+/, "");
}

/** Items of *list* that *other* has not, each as often as it has them more. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(item, (left.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

function compareLayers(a: BuiltImage, b: BuiltImage): ComparedLayer[] {
  const [makersA, makersB] = [makers(a), makers(b)];
  const ids = ({ layers }: BuiltImage): string[] => layers.map(({ diffId }, i) => diffId || `unknown ${i}`);
  const out: ComparedLayer[] = [];
  const bytes = ({ layers }: BuiltImage, i: number): number | undefined =>
    layers[i]!.uncompressed < 0 ? undefined : layers[i]!.uncompressed;
  let [i, j] = [0, 0];
  for (const [nextA, nextB] of [...common(ids(a), ids(b)), [a.layers.length, b.layers.length] as const]) {
    const free = new Set(Array.from({ length: nextB - j }, (_, k) => j + k));
    for (; i < nextA; i++) {
      const twin = [...free].find((k) => makersA[i] !== "" && makersA[i] === makersB[k]);
      if (twin !== undefined) free.delete(twin);
      out.push({
        kind: twin === undefined ? "only-a" : "differs",
        instruction: masked(makersA[i]!),
        a: i + 1,
        ...(twin !== undefined && { b: twin + 1, bytesB: bytes(b, twin) }),
        bytesA: bytes(a, i),
      });
    }
    for (const k of free)
      out.push({ kind: "only-b", instruction: masked(makersB[k]!), b: k + 1, bytesB: bytes(b, k) });
    if (nextA < a.layers.length)
      out.push({
        kind: "shared",
        instruction: masked(makersA[nextA] || makersB[nextB]!),
        a: nextA + 1,
        b: nextB + 1,
        bytesA: bytes(a, nextA),
        bytesB: bytes(b, nextB),
      });
    i = nextA + 1;
    j = nextB + 1;
  }
  return out;
}

/** By layer: the instruction of the history that made it; empty when that is not known. */
function makers({ history, layers }: BuiltImage): string[] {
  const made = history.filter(({ empty_layer: empty }) => !empty).map(({ created_by: by = "" }) => plain(by));
  return layers.map((_, i) => (made.length === layers.length ? made[i]! : ""));
}

function compareBuilds(
  a: BuildRecord,
  b: BuildRecord,
  names: readonly [string, string],
  locale: Locale,
): BuildComparison {
  const counts = ({ steps }: BuildRecord): readonly [number, number] => {
    const own = steps.filter(({ instruction }) => instruction !== "FROM");
    const reused = own.filter(({ status }) => status === "CACHED").length;
    return [reused, own.filter(({ status }) => status === "DONE" || status === "ERROR").length];
  };
  const [first, second] = [counts(a), counts(b)];
  return {
    matrix: buildMatrix([a, b], { locale, title: locale === "ko" ? "단계" : "Steps", heads: names }),
    reused: [first[0], second[0]],
    ran: [first[1], second[1]],
    dockerfile: masked(unifiedDiff(b.file, a.dockerfile, b.dockerfile)),
    options: compareFields(optionsOf(a), optionsOf(b)),
  };
}

const COMPARED = ["file", "target", "platform", "network", "noCache", "pull"] as const;

function optionsOf({ options }: BuildRecord): Map<string, string> {
  const out = new Map<string, string>();
  for (const name of COMPARED) {
    const value = options[name];
    if (value !== undefined && value !== false) out.set(name, String(value));
  }
  for (const kind of ["buildArgs", "labels"] as const)
    for (const [name, value] of Object.entries(options[kind] ?? {}))
      out.set(`${kind}.${name}`, isSecretName(name) ? "****" : value);
  return out;
}
