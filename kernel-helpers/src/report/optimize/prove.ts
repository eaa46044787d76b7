/** Proves rewrites: both Dockerfiles are built, the images must be the same, and the work or the bytes must be less. */

import type { BuildRecord, Step } from "../../build/types";
import type { WhatIfRow } from "../../build/what-if";
import type { Snapshot } from "../../platform/files";
import { unifiedDiff } from "./line-diff";
import { propose } from "./rules";
import { imageDifference } from "./same-image";
import type { Source } from "./source";
import {
  type Bilingual,
  type Combined,
  type Cost,
  isRefusal,
  type Optimization,
  type Proof,
  type Proposal,
  type Refused,
  type Rewrite,
} from "./types";
import { workOf } from "./work";

/** What is built and predicted on copies of the context. */
export interface Attempt {
  readonly dockerfile: string;
  readonly ignore?: Rewrite["ignore"];
  /** Ids of secrets that the build needs. */
  readonly secrets: readonly string[];
}

/** What came of it. */
export interface Trial {
  readonly built: BuildRecord;
  /** The image's root; undefined when it was not built. */
  readonly root: Snapshot | undefined;
  /** Measured only when the image is right: it costs more than the build. */
  measure(): Promise<Measured>;
}

/** What rebuilding costs and what shows. */
export interface Measured {
  /** Milliseconds that a step takes when it is run a second time (caches of package managers are full then), by its name. */
  readonly again: ReadonlyMap<string, number>;
  readonly rows: readonly { readonly row: WhatIfRow; readonly weight: number }[];
  readonly leaks: number;
}

/** How the prover sees a project, and tries things on it. */
export interface Workshop {
  /** *attempt* as a source to propose rewrites of; undefined when it cannot be read. */
  read(attempt: Attempt): Source | undefined;
  build(attempt: Attempt): Promise<Trial>;
  readonly weights: Optimization["weights"];
}

/** A rule is applied this often at most. */
const MOST_STEPS = 16;
/** Smaller gains are no reason to change a file. */
const LEAST_GAIN: Readonly<Record<keyof Cost, { readonly part: number; readonly least: number }>> = {
  rebuild: { part: 0.01, least: 20 },
  bytes: { part: 0.001, least: 1024 },
  ownBytes: { part: 0.001, least: 1024 },
  contextBytes: { part: 0.01, least: 1024 },
  leaks: { part: 0, least: 1 },
};

/** Tries every rule on the Dockerfile of *shop*, then what holds together. */
export async function prove(attempt: Attempt, file: string, shop: Workshop): Promise<Optimization> {
  const none: Optimization = { file, proposals: [], refused: [], weights: shop.weights };
  const source = shop.read(attempt);
  if (!source) {
    const { built } = await shop.build(attempt);
    return { ...none, error: built.error?.message ?? "" };
  }
  const now = await shop.build(attempt);
  if (now.built.error) return { ...none, error: now.built.error.message };
  const found = propose(source);
  if (found.length === 0) return none;
  const proposals: Proposal[] = [];
  const refused: Refused[] = [];
  for (const one of found) {
    if (isRefusal(one)) {
      refused.push(one);
      continue;
    }
    const verdict = await judge(now, await shop.build(next(attempt, one)), one, file);
    const diff = diffOf(source, attempt, next(attempt, one));
    if ("because" in verdict)
      refused.push({ rule: one.rule, line: one.line, title: one.title, because: verdict.because, diff });
    else proposals.push({ ...one, diff, proof: verdict.proof });
  }
  const combined = await combine(attempt, file, source, now, proposals, shop);
  return { ...none, proposals, refused, ...(combined && { combined }) };
}

function next(attempt: Attempt, rewrite: Rewrite): Attempt {
  const ignore = rewrite.ignore ?? attempt.ignore;
  return {
    dockerfile: rewrite.dockerfile,
    ...(ignore && { ignore }),
    secrets: [...new Set([...attempt.secrets, ...(rewrite.secrets ?? [])])],
  };
}

function diffOf(source: Source, before: Attempt, after: Attempt): string {
  const { ignore } = after;
  return (
    unifiedDiff(source.file, before.dockerfile, after.dockerfile) +
    (ignore ? unifiedDiff(ignore.path, before.ignore?.text ?? source.ignore.written, ignore.text) : "")
  );
}

/** Applies proven rules one after the other, each proven again on what the ones before it left. */
async function combine(
  first: Attempt,
  file: string,
  source: Source,
  now: Trial,
  proposals: readonly Proposal[],
  shop: Workshop,
): Promise<Combined | undefined> {
  if (proposals.length === 0) return undefined;
  const applied: Rewrite[] = [];
  let attempt = first;
  let trial = now;
  for (const rule of new Set(proposals.map(({ rule }) => rule))) {
    const tried = new Set<string>();
    for (let step = 0; step < MOST_STEPS; step++) {
      const here = shop.read(attempt);
      const rewrite = (here ? propose(here) : []).find(
        (one): one is Rewrite =>
          !isRefusal(one) && one.rule === rule && !tried.has(one.dockerfile + (one.ignore?.text ?? "")),
      );
      if (!rewrite) break;
      tried.add(rewrite.dockerfile + (rewrite.ignore?.text ?? ""));
      const then = next(attempt, rewrite);
      const built = await shop.build(then);
      if ("because" in (await judge(trial, built, rewrite, file))) continue;
      applied.push(rewrite);
      attempt = then;
      trial = built;
    }
  }
  const [before, after] = [await costOf(now), await costOf(trial)];
  return {
    rules: [...new Set(applied.map(({ rule }) => rule))],
    dockerfile: attempt.dockerfile,
    ...(attempt.ignore && { ignore: attempt.ignore }),
    secrets: attempt.secrets,
    diff: diffOf(source, first, attempt),
    proof: { before, after, gains: gainsOf(before, after), assumed: assumedOf(now, trial) },
  };
}

async function judge(
  now: Trial,
  then: Trial,
  rewrite: Rewrite,
  file: string,
): Promise<{ readonly proof: Proof } | { readonly because: Bilingual }> {
  if (then.built.error) {
    return {
      because: {
        ko: `고친 Dockerfile이 빌드되지 않습니다: ${then.built.error.message}`,
        en: `the rewritten Dockerfile does not build: ${then.built.error.message}`,
      },
    };
  }
  const different = imageDifference(now, then, rewrite.allows, [
    file,
    ".dockerignore",
    `${file}.dockerignore`,
  ]);
  if (different) return { because: different };
  const [before, after] = [await costOf(now), await costOf(then)];
  const gains = gainsOf(before, after);
  const worse = worseOf(before, after, rewrite.tolerance ?? 0.05);
  if (worse) {
    return {
      because: {
        ko: `${FIGURES[worse].ko} 늘어납니다: ${after[worse]} > ${before[worse]}`,
        en: `${FIGURES[worse].en} would grow: ${after[worse]} > ${before[worse]}`,
      },
    };
  }
  if (gains.length === 0) {
    return {
      because: {
        ko: "다시 빌드하는 일도 이미지의 크기도 줄지 않습니다.",
        en: "neither the work of rebuilding nor the size of the image would be less",
      },
    };
  }
  return { proof: { before, after, gains, assumed: assumedOf(now, then) } };
}

const FIGURES: Readonly<Record<keyof Cost, Bilingual>> = {
  rebuild: { ko: "다시 빌드하는 시간(ms)이", en: "rebuilding (ms)" },
  bytes: { ko: "이미지의 크기가", en: "the image" },
  ownBytes: { ko: "직접 만든 층의 크기가", en: "the layers of its own" },
  contextBytes: { ko: "보내는 컨텍스트가", en: "the context that is sent" },
  leaks: { ko: "비밀이 보이는 곳이", en: "the places where a secret shows" },
};

function gainsOf(before: Cost, after: Cost): (keyof Cost)[] {
  return (Object.keys(LEAST_GAIN) as (keyof Cost)[]).filter((figure) => {
    const { part, least } = LEAST_GAIN[figure];
    return before[figure] - after[figure] >= Math.max(least, part * before[figure]);
  });
}

function worseOf(before: Cost, after: Cost, tolerance: number): keyof Cost | undefined {
  return (["rebuild", "bytes", "leaks"] as const).find((figure) => {
    const { least } = LEAST_GAIN[figure];
    return (
      after[figure] - before[figure] > Math.max(figure === "leaks" ? 0 : least, tolerance * before[figure])
    );
  });
}

function assumedOf(...trials: readonly Trial[]): string[] {
  const commands = trials.flatMap(({ built }) =>
    built.steps.filter(({ assumed }) => assumed).map(({ name }) => name.replace(/^\[[^\]]*\] /, "")),
  );
  return [...new Set(commands)];
}

/** The figures of one trial. */
export async function costOf({ built, measure }: Trial): Promise<Cost> {
  const { again, rows, leaks } = await measure();
  const work = new Map<string, number>();
  for (const [i, step] of built.steps.entries())
    work.set(
      placeOf(step.name),
      workOf(step, again.get(step.name) ?? step.duration, ancestors(built.steps, i)),
    );
  let rebuild = 0;
  for (const { row, weight } of rows) {
    for (const { step, outcome } of row.cells) {
      if (outcome !== "hit" && outcome !== "depends" && outcome !== "not-reached")
        rebuild += weight * (work.get(placeOf(step)) ?? 0);
    }
  }
  const layers = built.image?.layers ?? [];
  const sum = (bytes: readonly number[]): number => bytes.reduce((total, one) => total + one, 0);
  return {
    rebuild: Math.round(rebuild),
    bytes: sum(layers.map(({ uncompressed }) => uncompressed)),
    ownBytes: sum(layers.filter(({ fromBase }) => !fromBase).map(({ uncompressed }) => uncompressed)),
    contextBytes: sum(
      Object.entries(built.transfers).flatMap(([name, bytes]) =>
        /load (build definition|\.dockerignore|metadata)/.test(name) ? [] : [bytes],
      ),
    ),
    leaks,
  };
}

/** `[build 3/5]`: the rest of a name changes with the arguments in it. */
function placeOf(step: string): string {
  return /^\[[^\]]*\]/.exec(step)?.[0] ?? step;
}

/** Names of the steps that *at* stands on. */
function ancestors(steps: readonly Step[], at: number): string[] {
  const seen = new Set<number>();
  const todo = [...(steps[at]?.needs ?? [])];
  while (todo.length > 0) {
    const one = todo.pop()!;
    if (seen.has(one)) continue;
    seen.add(one);
    todo.push(...(steps[one]?.needs ?? []));
  }
  return [...seen].map((i) => steps[i]!.name);
}
