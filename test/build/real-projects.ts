/** The set of projects like real ones with edits and what each step must answer: reading it, building it, comparing. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

import type {
  BuildOptions,
  BuildRecord,
  ContextChanges,
  WhatIfEdit,
  WhatIfOutcome,
  WrittenFile,
} from "../../kernel-helpers/src/build";
import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";

export interface Edit {
  /** One more line at the end of this file. */
  readonly edit?: string;
  readonly touch?: string;
  /** A file written anew, with its text. */
  readonly write?: string;
  readonly text?: string;
  /** In the Dockerfile: this text, once, becomes that. */
  readonly dockerfile?: readonly [string, string];
  readonly args?: Readonly<Record<string, string>>;
  /** Parts of the names of steps that run again for sure; each names exactly one step. */
  readonly miss?: readonly string[];
  /** Steps of which only the outcome of an unknown command tells. All others are reused. */
  readonly depends?: readonly string[];
  /** The same for `whatif`, which knows no outcome of any RUN, where it is less sure than a build. */
  readonly whatif?: { readonly miss?: readonly string[]; readonly depends?: readonly string[] };
}

export interface Project {
  readonly project: string;
  /** Names of files (with a text of their own), or name and text. */
  readonly files: readonly (string | Readonly<Record<string, string>>)[];
  readonly modes?: Readonly<Record<string, string>>;
  readonly dockerfile: string;
  readonly target?: string;
  readonly edits: readonly Edit[];
}

const directory = join(__dirname, "real-projects");

export const projects: readonly Project[] = readdirSync(directory)
  .filter((name) => name.endsWith(".yaml"))
  .sort()
  .flatMap((name) => parse(readFileSync(join(directory, name), "utf8")) as Project[]);

/** A text for a file of which only the name is given. */
function usualText(path: string): string {
  if (path.endsWith("package-lock.json"))
    return '{ "name": "app", "lockfileVersion": 3, "packages": { "": {}, "node_modules/unheard-of": { "version": "1.2.3" } } }\n';
  if (path.endsWith("package.json"))
    return '{ "name": "app", "version": "1.0.0", "scripts": { "build": "bundle-it src", "start": "node ." }, "dependencies": { "unheard-of": "^1.0.0" } }\n';
  if (path.endsWith("yarn.lock")) return '# yarn lockfile v1\n\n\nunheard-of@^1.0.0:\n  version "1.2.3"\n';
  if (path.endsWith("main.go")) return "package main\n\nfunc main() {}\n";
  if (path.endsWith(".go")) return "package part\n";
  return `contents of ${path}\n`;
}

export function filesOf({ files, modes }: Project): Record<string, WrittenFile> {
  const entries = files.flatMap((file): [string, string][] =>
    typeof file === "string" ? [[file, usualText(file)]] : Object.entries(file),
  );
  // As most projects have it: an edit of the Dockerfile is no edit of the sources.
  const usual = { ".dockerignore": { text: "Dockerfile\n.dockerignore\n" } };
  return {
    ...usual,
    ...Object.fromEntries(
      entries.map(([path, text]) => [
        path,
        { text, ...(modes?.[path] !== undefined && { mode: modes[path] }) },
      ]),
    ),
  };
}

function optionsOf(project: Project, edit?: Edit): BuildOptions {
  const [from, to] = edit?.dockerfile ?? ["", ""];
  if (!project.dockerfile.includes(from)) throw new Error(`${project.project}: no ${JSON.stringify(from)}`);
  return {
    assume: true,
    dockerfile: project.dockerfile.replace(from, () => to),
    ...(project.target !== undefined && { target: project.target }),
    ...(edit?.args && { buildArgs: edit.args }),
  };
}

export function changesOf(project: Project, edit: Edit): ContextChanges {
  const files = filesOf(project);
  if (edit.touch !== undefined) return { touch: [edit.touch] };
  if (edit.write !== undefined) return { write: { [edit.write]: edit.text ?? "" } };
  if (edit.edit === undefined) return {};
  const file = files[edit.edit];
  if (!file) throw new Error(`${project.project}: no file ${edit.edit}`);
  return { write: { [edit.edit]: { ...file, text: `${file.text ?? ""}\n` } } };
}

export type Verdict = "hit" | "miss" | "depends";
export type Verdicts = readonly (readonly [step: string, verdict: Verdict])[];

/** A Lab in which the project has just been built. */
export async function built(project: Project): Promise<{ lab: Lab; record: BuildRecord }> {
  const lab = await Lab.openOn(nodeMachine());
  lab.context.apply({ write: filesOf(project) });
  return { lab, record: await lab.build(optionsOf(project)) };
}

/** What a build after *edit* did. */
export async function rebuild(lab: Lab, project: Project, edit: Edit): Promise<BuildRecord> {
  lab.context.apply(changesOf(project, edit));
  return lab.build(optionsOf(project, edit));
}

export function verdictsOf(record: BuildRecord): Verdicts {
  return record.steps.map((step) => [step.name, step.depends ? "depends" : step.miss ? "miss" : "hit"]);
}

const OUTCOMES: Readonly<Record<WhatIfOutcome, Verdict>> = {
  hit: "hit",
  depends: "depends",
  own: "miss",
  "knock-on": "miss",
  first: "miss",
  "not-looked-up": "miss",
  fails: "miss",
  "not-reached": "miss",
};

/** What the prediction says of every edit. */
export async function predict(lab: Lab, project: Project): Promise<Verdicts[]> {
  const edits = project.edits.map((edit, i): WhatIfEdit => ({
    name: String(i),
    changes: changesOf(project, edit),
    options: optionsOf(project, edit),
  }));
  const result = await lab.whatIf(edits, optionsOf(project));
  return result.rows.map((row) => {
    if (row.error !== undefined) throw new Error(`${project.project}: ${row.error}`);
    return row.cells.map(({ step, outcome }) => [step, OUTCOMES[outcome]] as const);
  });
}

/** Where *found* is not what *edit* demands, one line each. */
export function complaints(found: Verdicts, edit: Edit, isPrediction: boolean): string[] {
  const { miss = [], depends = [] } = (isPrediction ? edit.whatif : undefined) ?? edit;
  const out: string[] = [];
  const wanted = new Map<string, Verdict>();
  for (const [list, verdict] of [
    [miss, "miss"],
    [depends, "depends"],
  ] as const) {
    for (const part of list) {
      const steps = found.filter(([name]) => name.includes(part));
      if (steps.length !== 1) out.push(`${JSON.stringify(part)} names ${steps.length} steps`);
      for (const [name] of steps) wanted.set(name, verdict);
    }
  }
  for (const [name, verdict] of found) {
    const right = wanted.get(name) ?? "hit";
    if (verdict !== right) out.push(`${name}: ${verdict}, should be ${right}`);
  }
  return out;
}

export const nameOfEdit = (edit: Edit): string =>
  JSON.stringify(edit.edit ?? edit.touch ?? edit.write ?? edit.dockerfile ?? edit.args);
