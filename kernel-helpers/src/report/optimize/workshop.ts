/** Where rewrites are tried: a fresh Lab over a copy of the context for each of them. */

import type { MemoryContext } from "../../build/lab-context";
import type { BuildOptions, BuildRecord } from "../../build/types";
import type { WhatIf, WhatIfEdit } from "../../build/what-if";
import { PatternError, PatternMatcher, readIgnoreFile } from "../../context";
import { isSecretName } from "../../graph";
import type { Snapshot } from "../../platform/files";
import type { SecretPlace } from "../waste";
import type { Attempt, Measured, Trial, Workshop } from "./prove";
import { isSecretFile } from "./rules/secret-mount";
import { isKeyword, readBlocks, type Source } from "./source";
import { type OptimizeWeights, printed, weigh } from "./weights";

/** A Lab as far as a trial needs it. */
export interface TrialLab {
  build(options: BuildOptions): Promise<BuildRecord & { root(): Promise<Snapshot | undefined> }>;
  whatIf(edits: readonly WhatIfEdit[], options: BuildOptions): Promise<WhatIf>;
  suggestedEdits(options: BuildOptions): Promise<WhatIfEdit[]>;
  findSecret(built: BuildRecord, value: string): Promise<SecretPlace[]>;
}

export interface Project {
  /** A copy that nobody else changes. */
  readonly context: MemoryContext;
  readonly file: string;
  readonly options: BuildOptions;
  readonly weights?: OptimizeWeights;
  /** Other Dockerfiles share the context: what this one ignores stands in an ignore file of its own. */
  readonly ownIgnore: boolean;
  /** A Lab with an empty cache over *context*. */
  open(context: MemoryContext): TrialLab;
  hasImage(name: string): boolean;
}

/** The workshop of *project*. Equal attempts are built once. */
export async function openWorkshop(project: Project): Promise<Workshop> {
  const { context, file, options } = project;
  const text = context.exists(file) ? context.readText(file) : "";
  const lab = project.open(context.fork());
  const weighed = weigh([...(await lab.suggestedEdits(options)), ...unseenEdits(context)], project.weights);
  const trials = new Map<string, Promise<Trial>>();
  const secrets = secretValues(project, text);
  return {
    weights: {
      source: project.weights?.commits ? "history" : project.weights ? "file" : "kinds",
      edits: printed(weighed),
      ...(project.weights?.commits && { commits: project.weights.commits.length }),
    },
    read: (attempt) => readSource(project, attempt),
    build(attempt) {
      const key = JSON.stringify([attempt.dockerfile, attempt.ignore, attempt.secrets]);
      let trial = trials.get(key);
      if (!trial) trials.set(key, (trial = tryOut(project, attempt, secrets)));
      return trial;
    },
  };
}

/** The project as a rule sees it under *attempt*. */
export function readSource(project: Project, attempt: Attempt): Source | undefined {
  const { context, file } = project;
  const read = readBlocks(attempt.dockerfile);
  if (!read) return undefined;
  const own = `${file}.dockerignore`;
  const inForce = context.exists(own) ? own : ".dockerignore";
  const path = attempt.ignore?.path ?? (project.ownIgnore ? own : inForce);
  const textAt = (at: string): string => (context.exists(at) ? context.readText(at) : "");
  const ignore = { path, text: attempt.ignore?.text ?? textAt(inForce), written: textAt(path) };
  const files = context.list();
  return {
    ...read,
    text: attempt.dockerfile,
    file,
    files,
    visible: visibleOf(files, ignore.text),
    ignore,
    read: (name) => (context.exists(name) && files.includes(name) ? textOf(context, name) : undefined),
    hasImage: (name) => project.hasImage(name),
  };
}

function textOf(context: MemoryContext, name: string): string | undefined {
  try {
    return context.readText(name);
  } catch {
    // A link to nowhere.
    return undefined;
  }
}

function visibleOf(files: readonly string[], ignore: string): readonly string[] {
  try {
    const patterns = readIgnoreFile(ignore);
    if (patterns.length === 0) return files;
    const matcher = new PatternMatcher(patterns);
    return files.filter((path) => !matcher.matchesOrParentMatches(path));
  } catch (error) {
    // The build refuses such a file in its own words.
    if (error instanceof PatternError) return files;
    throw error;
  }
}

/** Edits of files that nobody edits by hand and that change all the same. */
function unseenEdits(context: MemoryContext): WhatIfEdit[] {
  const list = context.list();
  const edit = (name: string, kind: WhatIfEdit["kind"], path: string | undefined): WhatIfEdit[] =>
    path === undefined ? [] : [{ name, kind, changes: { write: { [path]: { text: "edited\n" } } } }];
  return [
    ...edit(
      ".git",
      "source",
      list.find((path) => path === ".git/HEAD" || path.startsWith(".git/")),
    ),
    ...edit(
      "node_modules",
      "manifest",
      list.find((path) => /(^|\/)node_modules\//.test(path)),
    ),
    ...["__pycache__", ".pytest_cache", ".venv", "coverage", "target"].flatMap((name) =>
      edit(
        name,
        "other",
        list.find((path) => path.split("/").slice(0, -1).includes(name)),
      ),
    ),
  ];
}

async function tryOut(
  project: Project,
  attempt: Attempt,
  known: ReadonlyMap<string, string>,
): Promise<Trial> {
  const { context, options, file } = project;
  const copy = context.fork();
  copy.write(file, attempt.dockerfile);
  if (attempt.ignore) copy.write(attempt.ignore.path, attempt.ignore.text);
  const lab = project.open(copy);
  const flags = withSecrets(options, attempt, known);
  const built = await lab.build(flags);
  const root = built.error ? undefined : await built.root();
  let measured: Promise<Measured> | undefined;
  return { built, root, measure: () => (measured ??= measure(lab, built, flags, attempt, project, known)) };
}

async function measure(
  lab: TrialLab,
  built: BuildRecord,
  flags: BuildOptions,
  attempt: Attempt,
  { context, weights }: Project,
  known: ReadonlyMap<string, string>,
): Promise<Measured> {
  const weighed = weigh([...(await lab.suggestedEdits(flags)), ...unseenEdits(context)], weights);
  const { rows } = await lab.whatIf(
    weighed.map(({ edit }) => edit),
    flags,
  );
  const leaks = await leaksOf(lab, built, known, context);
  const { steps } = await lab.build({ ...flags, dockerfile: runAgain(attempt.dockerfile) });
  return {
    again: new Map(
      steps.flatMap(({ name, status, duration }) => (status === "DONE" ? [[name, duration] as const] : [])),
    ),
    rows: rows.map((row, i) => ({ row, weight: weighed[i]!.weight })),
    leaks,
  };
}

/** The same steps under other keys: `--no-cache` would empty the cache mounts too. */
function runAgain(text: string): string {
  return (readBlocks(text)?.blocks ?? [])
    .map(
      ({ lead, text: own, node }) => lead + own + (isKeyword(node, "FROM") ? "\nENV LAYERBOOK_AGAIN=1" : ""),
    )
    .join("");
}

/** Arguments that look like secrets get a value of their own, so that it can be seen where it ends up. */
function withSecrets(
  options: BuildOptions,
  attempt: Attempt,
  known: ReadonlyMap<string, string>,
): BuildOptions {
  const args = [...known].filter(([name]) => isSecretName(name));
  const ids = [...attempt.secrets, ...mountedSecrets(attempt.dockerfile)];
  return {
    ...options,
    buildArgs: { ...Object.fromEntries(args), ...options.buildArgs },
    secrets: {
      ...Object.fromEntries(ids.map((id) => [id, known.get(id) ?? `layerbook-${id}`])),
      ...options.secrets,
    },
    ssh: [...(options.ssh ?? []), "default"],
  };
}

/** Secrets that the Dockerfile mounts: a trial has some value for each, as whoever builds it has. */
function mountedSecrets(text: string): string[] {
  return [...text.matchAll(/--mount=(\S*type=secret\S*)/g)].flatMap(([, mount]) => {
    const field = (name: string): string | undefined =>
      new RegExp(`(?:^|,)${name}=([^,]+)`).exec(mount!)?.[1];
    const id = field("id") ?? field("target")?.split("/").at(-1) ?? field("env");
    return id === undefined || id.includes("$") ? [] : [id];
  });
}

/** By id of the secret: the values of arguments and variables, the texts of files. */
function secretValues({ context, options }: Project, text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const { nodes } of readBlocks(text)?.stages ?? []) {
    for (const node of nodes) {
      const pairs =
        node.keyword.toUpperCase() === "ARG"
          ? node.args.map((arg) => [arg.split("=")[0]!, arg.split("=").slice(1).join("=")] as const)
          : node.keyword.toUpperCase() === "ENV"
            ? node.args.flatMap((arg, i) => (i % 3 === 0 ? [[arg, node.args[i + 1] ?? ""] as const] : []))
            : [];
      for (const [name, value] of pairs) {
        if (!isSecretName(name) || values.has(name)) continue;
        const written = value.replace(/^["']|["']$/g, "");
        values.set(
          name,
          options.buildArgs?.[name] ??
            (written === "" || written.includes("$") ? `layerbook-secret-${name}` : written),
        );
      }
    }
  }
  for (const path of context.list()) {
    const content = /(^|\/)\.?[\w.-]+$/.test(path) ? textOf(context, path) : undefined;
    if (content === undefined || !isSecretFile(path, content)) continue;
    values.set(path.slice(path.lastIndexOf("/") + 1).replace(/^\./, ""), content);
  }
  return values;
}

async function leaksOf(
  lab: TrialLab,
  built: BuildRecord,
  known: ReadonlyMap<string, string>,
  context: MemoryContext,
): Promise<number> {
  if (!built.image) return 0;
  let count = 0;
  for (const [name, value] of known) {
    if (isSecretName(name)) {
      if (value.length >= 4) count += (await lab.findSecret(built, value)).length;
      continue;
    }
    const base = [`.${name}`, name].find((one) => context.list().some((path) => path.endsWith(one)));
    for (const { entries = [] } of built.image.layers)
      count += entries.filter(({ path }) => path.slice(path.lastIndexOf("/") + 1) === base).length;
  }
  return count;
}
