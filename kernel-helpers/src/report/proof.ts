/** Proves a rewritten Dockerfile: the same files in the image, less work after the edits that a project gets. */

import type { BuildRecord } from "../build/types";
import type { WhatIf, WhatIfRow } from "../build/what-if";
import type { Snapshot } from "../platform/files";
import { lineDiff, type Rewrite, rewrites } from "./optimize";

/** A Dockerfile built on a copy of the context, and what edits would then do. */
export interface Trial {
  readonly built: BuildRecord;
  readonly prediction: WhatIf;
  /** The image's root; undefined when it was not built. */
  readonly root: Snapshot | undefined;
}

/** Simulated work and size. */
export interface Cost {
  /** Milliseconds of rebuilding over all edits, weighted; of a step that may run or not, none. */
  readonly rebuild: number;
  /** Bytes of the image's own layers. */
  readonly bytes: number;
}

export interface Proposal extends Rewrite {
  readonly diff: string;
  readonly before: Cost;
  readonly after: Cost;
}

export interface Refused extends Rewrite {
  readonly because: { readonly ko: string; readonly en: string };
}

/** What can be made better, and what was tried and refused. Both empty: the order is good as far as the rules know. */
export interface Optimization {
  readonly file: string;
  readonly proposals: readonly Proposal[];
  readonly refused: readonly Refused[];
  /** How often each kind of edit is counted. */
  readonly weights: Readonly<Record<WhatIfRow["kind"], number>>;
}

/** Sources change often, dependencies seldom. */
export const WEIGHTS: Optimization["weights"] = {
  none: 0,
  source: 10,
  document: 2,
  manifest: 1,
  lockfile: 1,
  dockerfile: 0,
  arg: 0,
  env: 0,
  base: 0,
  other: 1,
};

/** Tries every rewrite of *text* with *build*. */
export async function prove(
  text: string,
  file: string,
  files: readonly string[],
  build: (dockerfile: string) => Promise<Trial>,
): Promise<Optimization> {
  const proposals: Proposal[] = [];
  const refused: Refused[] = [];
  const candidates = rewrites(text, files);
  const now = candidates.length > 0 ? await build(text) : undefined;
  for (const rewrite of candidates) {
    const trial = await build(rewrite.dockerfile);
    const before = costOf(now!);
    const after = costOf(trial);
    const because = objection(now!, trial, before, after, file);
    if (because) refused.push({ ...rewrite, because });
    else proposals.push({ ...rewrite, diff: lineDiff(text, rewrite.dockerfile), before, after });
  }
  return { file, proposals, refused, weights: WEIGHTS };
}

function objection(
  now: Trial,
  then: Trial,
  before: Cost,
  after: Cost,
  file: string,
): Refused["because"] | undefined {
  if (now.built.error)
    return {
      ko: `지금의 Dockerfile이 빌드되지 않습니다: ${now.built.error.message}`,
      en: `the Dockerfile as it is does not build: ${now.built.error.message}`,
    };
  if (then.built.error)
    return {
      ko: `고친 Dockerfile이 빌드되지 않습니다: ${then.built.error.message}`,
      en: `the rewritten Dockerfile does not build: ${then.built.error.message}`,
    };
  const different = now.root && then.root && firstDifference(now.root, then.root, file);
  if (different !== undefined)
    return {
      ko: `이미지의 파일이 달라집니다: ${different}`,
      en: `the image would hold another file: ${different}`,
    };
  if (configOf(now) !== configOf(then))
    return { ko: "이미지의 설정이 달라집니다.", en: "the config of the image would change" };
  if (after.rebuild >= before.rebuild)
    return { ko: "다시 빌드하는 일이 줄지 않습니다.", en: "rebuilding would not be less work" };
  return undefined;
}

/** All but the time at which the image was made. */
function configOf({ built }: Trial): string {
  const { created: _created, ...config } = built.image?.config ?? {};
  return JSON.stringify(config);
}

function costOf({ built, prediction }: Trial): Cost {
  const durations = new Map(built.steps.map(({ name, duration }) => [name, duration]));
  let rebuild = 0;
  for (const { kind, cells } of prediction.rows) {
    for (const { step, outcome } of cells) {
      if (outcome !== "hit" && outcome !== "depends" && outcome !== "not-reached")
        rebuild += WEIGHTS[kind] * (durations.get(step) ?? 0);
    }
  }
  const own = built.image?.layers.filter(({ fromBase }) => !fromBase) ?? [];
  return { rebuild, bytes: own.reduce((sum, { uncompressed }) => sum + uncompressed, 0) };
}

/** The first path at which two trees differ in anything but times; undefined when in none. The Dockerfile itself, when copied, may. */
function firstDifference(a: Snapshot, b: Snapshot, dockerfile: string): string | undefined {
  const visit = (folder: string): string | undefined => {
    const same = a.identity(folder === "" ? "/" : folder);
    if (same !== undefined && same === b.identity(folder === "" ? "/" : folder)) return undefined;
    const names = new Set([
      ...a.readdir(folder === "" ? "/" : folder),
      ...b.readdir(folder === "" ? "/" : folder),
    ]);
    for (const name of names) {
      const path = `${folder}/${name}`;
      const x = a.lstat(path);
      const y = b.lstat(path);
      if (path.endsWith("/" + dockerfile) && x && y) continue;
      const isEqual =
        x &&
        y &&
        x.type === y.type &&
        x.mode === y.mode &&
        x.uid === y.uid &&
        x.gid === y.gid &&
        x.linkname === y.linkname;
      if (!isEqual) return path;
      if (x.type === "dir") {
        const inner = visit(path);
        if (inner !== undefined) return inner;
      } else if (x.type === "file" && !isSameContent(a, b, path)) return path;
    }
    return undefined;
  };
  return visit("");
}

function isSameContent(a: Snapshot, b: Snapshot, path: string): boolean {
  const [x, y] = [a.readFile(path), b.readFile(path)];
  if (x === y) return true;
  if (x.size !== y.size) return false;
  if (x.standIn !== undefined || y.standIn !== undefined) return x.standIn === y.standIn;
  const [left, right] = [x.read(), y.read()];
  return left.every((byte, i) => byte === right[i]);
}
