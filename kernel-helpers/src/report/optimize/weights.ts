/** Over which rebuilds a Dockerfile is judged: the edits that a project gets, and how often each is counted. */

import type { WhatIfEdit, WhatIfRow } from "../../build/what-if";
import type { WeightedEdit } from "./types";

type Kind = WhatIfRow["kind"];

/** Weights as a file or a caller declares them. All optional; what is not named has its kind's weight. */
export interface OptimizeWeights {
  /** By kind of edit. */
  readonly kinds?: Partial<Readonly<Record<Kind, number>>>;
  /** By path of the context, or by folder with a slash at its end. */
  readonly paths?: Readonly<Record<string, number>>;
  /** Instead of kinds: the paths that each commit of the project changed, relative to the context. */
  readonly commits?: readonly (readonly string[])[];
}

/** Sources change often, dependencies seldom, the base image now and then. */
export const KIND_WEIGHTS: Readonly<Record<Kind, number>> = {
  none: 0,
  source: 10,
  document: 2,
  manifest: 1,
  lockfile: 1,
  dockerfile: 0,
  arg: 0,
  env: 0,
  base: 1,
  other: 1,
};

/** Arguments and variables that are other at every build. */
const CHANGING =
  /(^|_)(SHA|SHA1|COMMIT|REV|REVISION|REF|BUILD|BUILD_?(ID|NUMBER|NUM|DATE|TIME)|DATE|TIMESTAMP|VERSION|TAG|RELEASE)$/i;

/** Is *name* likely another one at every build (`GIT_SHA`, `BUILD_DATE`, `APP_VERSION`)? Versions of tools are not. */
export function isChanging(name: string): boolean {
  if (
    /^(NODE|PYTHON|GO|GOLANG|JAVA|JDK|RUBY|PHP|RUST|ALPINE|DEBIAN|UBUNTU|NGINX|PNPM|YARN|NPM|POETRY|UV|BUN|GRADLE|MAVEN|COMPOSER|BASE|IMAGE)_/i.test(
      name,
    )
  )
    return false;
  return CHANGING.test(name);
}

/** An edit, with how often it is counted. */
export interface Weighed {
  readonly edit: WhatIfEdit;
  readonly weight: number;
}

/** *edits* with their weights; those of weight 0 are left out. Equal commits are one edit. */
export function weigh(edits: readonly WhatIfEdit[], weights: OptimizeWeights = {}): Weighed[] {
  if (weights.commits) return ofCommits(edits, weights.commits);
  const kinds = { ...KIND_WEIGHTS, ...weights.kinds };
  return edits
    .map((edit): Weighed => ({ edit, weight: weightOf(edit, kinds, weights.paths ?? {}) }))
    .filter(({ weight }) => weight > 0);
}

function weightOf(
  edit: WhatIfEdit,
  kinds: Readonly<Record<Kind, number>>,
  paths: Readonly<Record<string, number>>,
): number {
  const [path] = pathsOf(edit);
  if (path !== undefined) {
    const named = Object.entries(paths)
      .filter(([name]) => path === name || (name.endsWith("/") && path.startsWith(name)))
      .sort(([a], [b]) => b.length - a.length)[0];
    if (named) return named[1];
  }
  const name = path?.slice(path.lastIndexOf("/") + 1) ?? "";
  // Settings and logs are no sources, whatever folder they lie in.
  const kind = edit.kind === "source" && /^\.(?!git\/)|\.log$/.test(name) ? "other" : (edit.kind ?? "other");
  if ((kind === "arg" || kind === "env") && isChanging(edit.name.replace(/^(ARG|ENV) /, "")))
    return Math.max(kinds[kind], kinds.source);
  return kinds[kind];
}

function pathsOf(edit: WhatIfEdit): string[] {
  return Object.keys(edit.changes?.write ?? {});
}

function ofCommits(edits: readonly WhatIfEdit[], commits: readonly (readonly string[])[]): Weighed[] {
  const found = new Map<string, { readonly touched: readonly WhatIfEdit[]; count: number }>();
  for (const paths of commits) {
    const touched = edits.filter((edit) => isTouched(edit, paths));
    if (touched.length === 0) continue;
    const key = touched.map(({ name }) => name).join("\n");
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { touched, count: 1 });
  }
  const weighed = [...found.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ touched, count }): Weighed => ({
      edit: {
        name: touched.map(({ name }) => name).join(" + "),
        kind: touched[0]!.kind,
        changes: { write: Object.assign({}, ...touched.map(({ changes }) => changes?.write ?? {})) as {} },
      },
      weight: count,
    }));
  const everyBuild = edits.filter(
    ({ kind, name }) => (kind === "arg" || kind === "env") && isChanging(name.replace(/^(ARG|ENV) /, "")),
  );
  return [...weighed, ...everyBuild.map((edit): Weighed => ({ edit, weight: commits.length }))];
}

/** An edit of a folder stands for every file in it that has no edit of its own. */
function isTouched(edit: WhatIfEdit, commit: readonly string[]): boolean {
  const [path] = pathsOf(edit);
  if (path === undefined) return false;
  if (commit.includes(path)) return true;
  const { folder } = edit;
  return folder !== undefined && commit.some((changed) => changed.startsWith(folder));
}

export function printed(weighed: readonly Weighed[]): WeightedEdit[] {
  return weighed.map(({ edit, weight }) => ({ edit: edit.name, weight }));
}
