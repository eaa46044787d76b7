/** What would be reused after an edit: the solver's rules on forks of the builder and of the context. Nothing is built, stored or written. */

import type { Conversion } from "../graph";
import type { ImageSource } from "../image/base-image";
import type { ReadableFileSystem } from "../platform/files";
import { type BuildState, convertDefinition, loadDeclared, loadDefinition, newSession } from "./build";
import type { Builder } from "./builder";
import { DEPENDS } from "./depends";
import { DrySolver, forkBuilder, UnknownResults } from "./dry-solver";
import { explainSteps } from "./explain-steps";
import { type ExternalCaches, importCaches } from "./external-cache";
import { MemoryContext } from "./lab-context";
import { readText } from "./local-files";
import type { BuildWorld } from "./machine";
import { judge, type JudgedRow, rowsOf } from "./rows";
import { Timeline } from "./timeline";
import type { BuildOptions, ContextChanges, GitFixture, HttpFixture, Miss } from "./types";
import { inputsFirst } from "./vertex-walks";

/** An edit that has not been made. Everything but its name is optional; nothing at all is "build again". */
export interface WhatIfEdit {
  readonly name: string;
  readonly kind?:
    | "none"
    | "source"
    | "manifest"
    | "lockfile"
    | "document"
    | "dockerfile"
    | "arg"
    | "env"
    | "base"
    | "other";
  /** The folder that the edited file stands for, with a slash at its end. */
  readonly folder?: string;
  /** Changes of the context. */
  readonly changes?: ContextChanges;
  /** Another text of the Dockerfile. */
  readonly dockerfile?: string;
  /** Flags of the build that are other than before. */
  readonly options?: BuildOptions;
  /** References (canonical: `docker.io/library/node:22-slim`) that the registry answers with a newer image. */
  readonly newBases?: readonly string[];
}

/**
 * What becomes of a step: reused (`hit`); run because its own ingredients differ (`own`), only because a step before it does
 * (`knock-on`), because the store knows no such step (`first`), because the cache is not looked at (`not-looked-up`); reused or run by what a RUN
 * before it leaves behind (`depends`); failing on a missing file or the like (`fails`); not reached.
 */
export type WhatIfOutcome =
  "hit" | "own" | "knock-on" | "first" | "not-looked-up" | "depends" | "fails" | "not-reached";

export interface WhatIfCell {
  /** As shown: `[3/4] COPY . /app`. */
  readonly step: string;
  readonly outcome: WhatIfOutcome;
  readonly instruction: string;
  /** Why it would run. */
  readonly sentence?: { readonly ko: string; readonly en: string };
}

export interface WhatIfRow {
  readonly edit: string;
  readonly kind: NonNullable<WhatIfEdit["kind"]>;
  /** One for each step that the edited Dockerfile has, in the order of the record's steps. */
  readonly cells: readonly WhatIfCell[];
  /** The Dockerfile would be refused, in BuildKit's words. */
  readonly error?: string;
}

/** The edit matrix as a plain record. */
export interface WhatIf {
  /** Names of the steps of the Dockerfile as it is. */
  readonly steps: readonly string[];
  readonly rows: readonly WhatIfRow[];
}

/** What a prediction starts from. */
export interface WhatIfRequest {
  readonly builder: Builder;
  readonly world: BuildWorld;
  /** Flags that hold unless an edit says otherwise. */
  readonly options: BuildOptions;
  readonly context: MemoryContext;
  /** The named contexts of the edited options, on forks of their own. */
  contexts(options: BuildOptions): ReadonlyMap<string, ReadableFileSystem>;
  readonly fixtures: ReadonlyMap<string, HttpFixture>;
  readonly repositories: ReadonlyMap<string, GitFixture>;
  readonly caches: ExternalCaches;
}

/** Predicts every edit by itself, each from the same state. Never rejects for what an edit does wrong: see `error`. */
export async function whatIf(request: WhatIfRequest, edits: readonly WhatIfEdit[]): Promise<WhatIf> {
  const predictor = new Predictor(request);
  const now = await predictor.predict({ name: "", kind: "none" });
  const rows: WhatIfRow[] = [];
  for (const edit of edits) rows.push(await predictor.predict(edit));
  return { steps: now.cells.map(({ step }) => step), rows };
}

/** Canonical references, without digests, of the base images that the Dockerfile as it is now leads to. */
export async function baseReferences(request: WhatIfRequest): Promise<string[]> {
  const conversion = await new Predictor(request).conversionNow();
  const refs = conversion.targets.flatMap(({ root }) =>
    root
      ? inputsFirst([root.vertex]).flatMap(({ op }) =>
          op.kind === "image" ? [op.ref.replace(/@.*$/, "")] : [],
        )
      : [],
  );
  return [...new Set(refs)];
}

/** Asks the solver what would be reused, on forks of the builder. */
export class Predictor {
  /** Conversions by all that they are made from: most edits do not touch the Dockerfile. */
  private readonly conversions = new Map<string, Promise<Conversion>>();
  /** The rows of a graph when nothing fails: which of them ran, the misses say. */
  private readonly rows = new WeakMap<Conversion, readonly JudgedRow[]>();

  constructor(private readonly request: WhatIfRequest) {}

  conversionNow(): Promise<Conversion> {
    const { options } = this.request;
    return this.convert(
      this.stateFor(
        options,
        this.request.context,
        forkBuilder(this.request.builder, this.request.world),
        this.request.world,
      ),
      new Set(),
    );
  }

  private stateFor(
    options: BuildOptions,
    files: MemoryContext,
    builder: Builder,
    world: BuildWorld,
  ): BuildState {
    const { request } = this;
    const fixtures = options.http ? new Map(Object.entries(options.http)) : request.fixtures;
    const repositories = options.git ? new Map(Object.entries(options.git)) : request.repositories;
    const build = {
      builder,
      world,
      options,
      context: files.files(),
      contexts: request.contexts(options),
      fixtures,
      repositories,
      caches: request.caches,
    };
    const timeline = new Timeline();
    return {
      request: build,
      session: newSession(build, timeline),
      timeline,
      at: 0,
      file: options.file ?? "Dockerfile",
      text: undefined,
    };
  }

  async predict(edit: WhatIfEdit): Promise<WhatIfRow> {
    const row = { edit: edit.name, kind: edit.kind ?? "other" };
    const files = this.request.context.fork();
    const options = { ...this.request.options, ...edit.options };
    if (edit.changes) files.apply(edit.changes);
    const text = edit.dockerfile ?? edit.options?.dockerfile;
    if (text !== undefined) files.write(options.file ?? "Dockerfile", text);
    const sure = await this.solve(edit, options, files, false);
    if (!sure.rows) return { ...row, cells: [], error: sure.error };
    const hopeful = sure.sawUnknown ? await this.solve(edit, options, files, true) : sure;
    const cells = sure.rows.map((judged, i): WhatIfCell => {
      const cell = cellOf(judged, sure.misses);
      const other = hopeful.rows?.[i];
      if (!other || cell.outcome === "fails" || cell.outcome === "not-reached") return cell;
      const isOpen = (cell.outcome === "hit") !== (cellOf(other, hopeful.misses).outcome === "hit");
      return isOpen ? { ...cell, outcome: "depends", sentence: DEPENDS } : cell;
    });
    return { ...row, cells };
  }

  private async solve(
    edit: WhatIfEdit,
    options: BuildOptions,
    files: MemoryContext,
    optimistic: boolean,
    loud = false,
    course?: CourseStore,
  ): Promise<Solved> {
    const { request } = this;
    const builder = course?.builder ?? forkBuilder(request.builder, request.world);
    const newBases = new Set(edit.newBases);
    const images =
      newBases.size > 0 ? withNewBases(request.world.images, newBases, request.world) : request.world.images;
    const world: BuildWorld = { ...request.world, images };
    const state = this.stateFor(options, files, builder, world);
    const conversion = await this.convert(state, newBases);
    if (conversion.error) return { sawUnknown: false, error: conversion.error.message };
    loadDeclared(state);
    if (state.error) return { sawUnknown: false, error: state.error.message };
    const unknown = course?.unknown ?? new UnknownResults();
    const known = loud ? undefined : this.rows.get(conversion);
    const timeline = known ? new SilentTimeline() : state.timeline;
    const session = { ...state.session, timeline };
    const solver = new DrySolver(
      builder,
      world,
      timeline,
      session,
      unknown,
      optimistic,
      newBases,
      course !== undefined,
    );
    const roots = conversion.targets.flatMap(({ root }) => (root ? [root.vertex] : []));
    const imported = importCaches(session, request.caches, roots, 0);
    await solver.solve(roots, imported.at);
    // A store fetches the file lists that are compared.
    await request.builder.prepareExplanations?.(solver);
    const failedAt = solver.failure?.at;
    if (known && failedAt !== undefined) return this.solve(edit, options, files, optimistic, true, course);
    const rows = known ?? judge(rowsOf(state.timeline.finish(failedAt)));
    if (failedAt === undefined) this.rows.set(conversion, rows);
    return {
      rows,
      misses: explainSteps(builder, solver, failedAt ?? Infinity, course === undefined),
      sawUnknown: solver.sawUnknown,
      guessed: (digest) => solver.isGuessed(digest),
    };
  }

  /**
   * The steps of one state of the project after another: each is taken as built before the next is asked about, without running
   * anything. *files* are the state's own.
   */
  async follow(files: MemoryContext, course: CourseStore): Promise<Solved> {
    return this.solve({ name: "" }, this.request.options, files, false, false, course);
  }

  private convert(state: BuildState, newBases: ReadonlySet<string>): Promise<Conversion> {
    loadDefinition(state);
    const { request, file } = state;
    const { context } = request;
    const { signal: _signal, onStatus: _onStatus, ...options } = request.options;
    const ignores = [...request.contexts].map(([name, files]) => [name, readText(files, ".dockerignore")]);
    const key = JSON.stringify([
      file,
      state.text,
      options,
      readText(context, ".dockerignore"),
      readText(context, file + ".dockerignore"),
      ignores,
      [...newBases],
    ]);
    let conversion = this.conversions.get(key);
    if (!conversion) {
      conversion = convertDefinition(state).then(() => state.conversion!);
      this.conversions.set(key, conversion);
    }
    return conversion;
  }
}

/** A timeline that nobody looks at. */
class SilentTimeline extends Timeline {
  override add(): void {}
  override start(): void {}
  override complete(): void {}
  override status(): void {}
  override log(): void {}
  override warning(): void {}
}

/** What one state of a project leaves behind for the next. */
export interface CourseStore {
  readonly builder: ReturnType<typeof forkBuilder>;
  readonly unknown: UnknownResults;
}

/** What a solve has found; without rows the Dockerfile was refused. */
export interface Solved {
  readonly rows?: readonly JudgedRow[];
  readonly misses?: ReadonlyMap<string, Miss>;
  readonly sawUnknown: boolean;
  /** Does the step (by vertex digest) hang on contents that only a build can tell? */
  readonly guessed?: (digest: string) => boolean;
  readonly error?: string;
}

const rowCells = new WeakMap<JudgedRow["row"], Map<string, WhatIfCell>>();

/** The cell of *row*: one object for all edits with the same answer, of which there are many thousands. */
function sharedCell(
  row: JudgedRow["row"],
  outcome: WhatIfOutcome,
  sentence?: WhatIfCell["sentence"],
): WhatIfCell {
  let cells = rowCells.get(row);
  if (!cells) rowCells.set(row, (cells = new Map<string, WhatIfCell>()));
  const key = sentence ? `${outcome} ${sentence.ko}` : outcome;
  let cell = cells.get(key);
  if (!cell) {
    const instruction = /^\[[^\]]*\] (\S+)/.exec(row.name)?.[1] ?? "";
    cell = { step: row.name, outcome, instruction, ...(sentence && { sentence }) };
    cells.set(key, cell);
  }
  return cell;
}

function cellOf(
  { row, status, pending }: JudgedRow,
  misses: ReadonlyMap<string, Miss> | undefined,
): WhatIfCell {
  if (status === "ERROR")
    return sharedCell(row, "fails", row.error === undefined ? undefined : { ko: row.error, en: row.error });
  if (pending || status === undefined || status === "CANCELED") return sharedCell(row, "not-reached");
  let miss: Miss | undefined;
  for (const { digest } of row.vertices) miss ??= misses?.get(digest);
  return miss ? sharedCell(row, miss.first ? "first" : miss.cause, miss.sentence) : sharedCell(row, "hit");
}

/** The same images, but those of *refs* under another digest. */
function withNewBases(images: ImageSource, refs: ReadonlySet<string>, world: BuildWorld): ImageSource {
  const bare = (ref: string): string => ref.replace(/@.*$/, "");
  return {
    prepare: async (ref) => images.prepare?.(ref),
    find(ref, platform) {
      const image = images.find(refs.has(bare(ref)) ? bare(ref) : ref, platform);
      if ("error" in image || !refs.has(bare(ref))) return image;
      return {
        ...image,
        snapshot: () => image.snapshot(),
        digest: "sha256:" + world.platform.sha256Hex("newer " + image.digest),
      };
    },
  };
}
