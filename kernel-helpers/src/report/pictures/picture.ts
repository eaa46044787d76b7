/** Any of the course's pictures by its name, for cells and commands: one door to all of them. */

import type { BuildRecord, BuiltImage } from "../../build/types";
import type { Locale } from "../locale";
import { type MatrixBuild, renderBuildMatrix } from "./build-matrix";
import { type ClassicBuild, renderClassic } from "./classic";
import type { PictureMedium } from "./grid";
import { renderKeyCard } from "./key-card";
import { renderImageTable } from "./layer-table";
import { renderStack } from "./stack";
import { renderStageGraph } from "./stage-graph";
import { renderTruthTable } from "./truth-table";

/** V1 `builds`, V2 `layers`, V3 `key`, V4 `instructions`, V5 `stack`, V7 `stages`, and the classic builder's log. (V6 is made of a prediction: `lab.whatIf`.) */
export type PictureKind = "builds" | "layers" | "key" | "instructions" | "stack" | "stages" | "classic";

/** The kinds, in the order V1 … V7. */
export const PICTURE_KINDS: readonly PictureKind[] = [
  "builds",
  "layers",
  "key",
  "instructions",
  "stack",
  "stages",
  "classic",
];

/** What a picture is made of: builds, oldest first. The last is the one shown; V1 and the classic log need those before it. */
export type PicturedBuild = MatrixBuild &
  ClassicBuild &
  Pick<BuildRecord, "rows" | "steps"> & { readonly image?: BuiltImage };

/** What a picture shows and in which language; each option says which pictures know it. */
export interface PictureOptions {
  readonly locale?: Locale;
  readonly title?: string;
  /** V3: number of the step, or a part of its name. Default: the first that ran for its own reason, else the last. */
  readonly step?: number | string;
  /** V1: what was edited before each build. */
  readonly edits?: readonly string[];
  /** V1: the learner's marks for the last build, by step name. */
  readonly guesses?: Readonly<Record<string, "reused" | "ran">>;
  /** V1: instructions that are no step too. */
  readonly metadata?: boolean;
}

/** The picture *kind* of *builds* in *medium*. Throws RangeError: `LB_NO_BUILD`, `LB_NO_IMAGE`, `LB_NO_STEP`. */
export function renderPicture(
  kind: PictureKind,
  builds: readonly PicturedBuild[],
  medium: PictureMedium,
  options: PictureOptions = {},
): string {
  const last = builds.at(-1);
  if (!last) throw new RangeError("LB_NO_BUILD: nothing was built yet / 아직 빌드한 것이 없습니다");
  switch (kind) {
    case "builds":
      return renderBuildMatrix(builds, medium, options);
    case "key":
      return renderKeyCard(stepOf(last, options.step), medium, options);
    case "instructions":
      return renderTruthTable(last, medium, options);
    case "stages":
      return renderStageGraph(last, medium, options);
    case "classic":
      return renderClassic(builds, medium, options);
    case "layers":
      return renderImageTable(imageOf(last), medium, { ...options, rows: last.rows });
    case "stack":
      return renderStack(imageOf(last), medium, options);
  }
}

function imageOf({ image }: PicturedBuild): BuiltImage {
  if (image) return image;
  throw new RangeError("LB_NO_IMAGE: the build made no image / 빌드가 이미지를 만들지 못했습니다");
}

function stepOf({ steps }: PicturedBuild, wanted: number | string | undefined): BuildRecord["steps"][number] {
  const step =
    wanted === undefined
      ? (steps.find(({ miss }) => miss?.cause === "own" && !miss.first) ?? steps.at(-1))
      : typeof wanted === "number" || /^\d+$/.test(wanted)
        ? steps.find(({ name }) => new RegExp(`^\\[(?:.* )?\\s*${wanted}/`).test(name))
        : steps.find(({ name }) => name.includes(wanted));
  if (step) return step;
  throw new RangeError(
    `LB_NO_STEP: no step is called ${wanted ?? ""} / 그런 단계가 없습니다. ${steps.map(({ name }) => name).join(" · ")}`,
  );
}

/** Something that is shown in every medium; a notebook shows it by itself. */
export interface Shown {
  /** In *medium*. Default: text. */
  render(medium?: PictureMedium): string;
  toString(): string;
}

/** What `render` makes, as a value that notebooks display (data by MIME type) and that prints as text. */
export function shown(render: (medium: PictureMedium) => string): Shown {
  const bundle = (): Readonly<Record<string, string>> => ({
    "text/html": render("html"),
    "text/markdown": render("markdown"),
    "text/plain": render("text"),
  });
  return {
    render: (medium = "text") => render(medium),
    toString: () => render("text"),
    [Symbol.for("Jupyter.display")]: bundle,
  };
}

/** Gives the plain record *value* the methods of a picture without making them a part of it. */
export function withPicture<T extends object>(value: T, render: (medium: PictureMedium) => string): T {
  const picture = shown(render) as unknown as Record<PropertyKey, unknown>;
  return Object.defineProperty({ ...value }, Symbol.for("Jupyter.display"), {
    value: picture[Symbol.for("Jupyter.display")],
    enumerable: false,
  });
}
