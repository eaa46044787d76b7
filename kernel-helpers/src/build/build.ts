/** One build from beginning to end, as a list of named stages. */

import type { Conversion, ConvertOptions, ImageResolver, InternalRequest, LocalOp } from "../graph";
import type { ReadableFileSystem } from "../platform/files";
import { transferBytes } from "../context";
import { readDeclared } from "../run";
import { dependingVertices } from "./depends";
import { NOT_FOUND_TIME, registryTime, transferTime } from "./durations";
import { exportImages, type Export } from "./export-image";
import { expectedOutputs } from "./expected-outputs";
import { exportCache, importCaches, keyChain } from "./external-cache";
import { baseName } from "../platform/paths";
import { fileBeside, isPresent, readText, Subdirectory } from "./local-files";
import { buildOperations } from "./operations";
import { maskedTrace, masker, secretValues, withoutSecrets } from "./mask-secrets";
import { type Hint, missingSourceHint } from "./missing-source";
import { makeRecord } from "./record";
import type { BuildRequest } from "./request";
import { fetchLayers } from "./run-image";
import type { Session } from "./session";
import { Solver } from "./solver";
import type { StepResult } from "./step-result";
import { LostValueError } from "./store/stored-result";
import { CANCELED, type Course, Timeline } from "./timeline";
import type { BuildError, BuildOptions, BuildRecord } from "./types";
import type { VertexFailure } from "./vertex-failure";
import type { VertexState } from "./vertex-state";

/** What the stages hand on to one another. */
export interface BuildState {
  readonly request: BuildRequest;
  readonly session: Session;
  readonly timeline: Timeline;
  /** The moment the stage begins, ms. */
  at: number;
  file: string;
  text: string | undefined;
  conversion?: Conversion;
  solver?: Solver;
  results?: readonly (VertexState | undefined)[];
  exported?: Export;
  error?: BuildError;
  /** The moment of the failure: nothing after it happened. */
  failedAt?: number;
}

interface Stage {
  readonly name: string;
  run(state: BuildState): Promise<void> | void;
}

/** The stages in order. A stage that sets `error` is the last one. */
const STAGES: readonly Stage[] = [
  { name: "load definition", run: loadDefinition },
  { name: "convert", run: convertDefinition },
  { name: "internal requests", run: showRequests },
  { name: "declared commands", run: loadDeclared },
  { name: "solve", run: solve },
  { name: "export image", run: exportResult },
  { name: "export cache", run: exportResultCache },
];

/** A record and the course it was made from. */
export interface BuildOutcome {
  readonly record: BuildRecord;
  readonly course: Course;
  /** The file systems of the images, in the order of the platforms; undefined for an empty one. Absent when the build failed. */
  readonly results?: readonly (StepResult | undefined)[];
}

/** A store may lose so many values in one build before it is given up. */
const MAX_LOST = 100;

/** Runs a build. Never rejects for what a Dockerfile, a context or a command does: that is in the record. */
export async function runBuild(request: BuildRequest): Promise<BuildOutcome> {
  for (let lost = 0; ; lost++) {
    try {
      return await runStages(request);
    } catch (error) {
      if (!(error instanceof LostValueError) || lost === MAX_LOST) throw error;
      // What the store has lost is built again: the result is forgotten, the build begins anew.
      request.builder.forgetLayer(error.layer);
    }
  }
}

async function runStages(request: BuildRequest): Promise<BuildOutcome> {
  const timeline = new Timeline();
  const state: BuildState = {
    request,
    session: newSession(request, timeline),
    timeline,
    at: 0,
    file: request.options.file ?? "Dockerfile",
    text: undefined,
  };
  for (const stage of STAGES) {
    await stage.run(state);
    if (state.error) break;
  }
  await request.builder.prepareExplanations?.(state.solver);
  const outcome = hideSecrets(makeRecord(state), state);
  await request.builder.save?.();
  request.builder.unlisted.clear();
  if (request.options.onStatus) for (const status of outcome.course.events) request.options.onStatus(status);
  return state.exported ? { ...outcome, results: state.results?.map((vertex) => vertex?.result) } : outcome;
}

/** The recorder's words have secrets as BuildKit printed them; everybody else sees them masked. */
function hideSecrets(outcome: BuildOutcome, { request }: BuildState): BuildOutcome {
  const { builder, world, options } = request;
  if (world.client === "buildctl") return outcome;
  const { rows, image, images } = outcome.record;
  const values = secretValues({ options, rows, images: images ?? (image ? [image] : []) });
  // The next build names the steps of this one when it says why, and the store keeps them.
  const mask = masker(values);
  const [latest, ...others] = builder.traces;
  if (mask && latest) builder.traces = [latest.map((step) => maskedTrace(step, mask)), ...others];
  return { ...outcome, ...withoutSecrets(outcome, values) };
}

/** The worker's id in the names of results: 25 characters, as BuildKit's. */
const WORKER = "layerbook0000000000worker";

export function newSession(request: BuildRequest, timeline: Timeline): Session {
  const { builder } = request;
  return {
    builder,
    world: request.world,
    timeline,
    imported: new Set(),
    options: request.options,
    locals: new Map([...request.contexts, ["context", request.context]]),
    fixtures: request.fixtures,
    repositories: request.repositories,
    now: request.world.now(),
    newRef: () => `${WORKER}::${(builder.nextRef++).toString(36).padStart(25, "0")}`,
    assumed: new Map(),
    depending: new Set(),
    declared: [],
    expected: new Map(),
    contextChanges: new Map(),
    transferred: new Map(),
    undos: [],
  };
}

/** `Dockerfile` may also be called `dockerfile` (frontend/dockerui/config.go). */
export function loadDefinition(state: BuildState): void {
  const files = definitionFolder(state);
  const name = baseName(state.file);
  state.text = readText(files, name);
  if (state.text === undefined && name === "Dockerfile") state.text = readText(files, "dockerfile");
}

export async function convertDefinition(state: BuildState): Promise<void> {
  const { request, file, text } = state;
  const { builder, context, contexts, options, world } = request;
  const ignores = [...contexts].map(([name, files]) => [name, readText(files, ".dockerignore")] as const);
  const input = {
    file,
    text,
    ...(text === undefined && isPresent(definitionFolder(state), baseName(file)) && { isNoFile: true }),
    options: convertOptions(options),
    dockerignore: readText(context, ".dockerignore"),
    fileDockerignore: readText(context, fileBeside(file, ".dockerignore")),
    contextDockerignores: Object.fromEntries(ignores),
  };
  const resolve: ImageResolver = async (ref, platform) => {
    await world.images.prepare?.(ref);
    const image = world.images.find(ref, platform);
    return "error" in image ? image : { digest: image.digest, config: image.config };
  };
  state.conversion = await builder.conversions.convert(input, resolve, world.platform);
  if (options.assume) {
    const roots = state.conversion.targets.flatMap(({ root }) => (root ? [root.vertex] : []));
    for (const [digest, paths] of expectedOutputs(roots)) state.session.expected.set(digest, paths);
  }
}

/** The options that the graph depends on, without callbacks. */
function convertOptions({
  onStatus: _,
  signal: __,
  progress: ___,
  prune: ____,
  ...options
}: BuildOptions): ConvertOptions {
  return options;
}

/** Shows what the frontend asked for on its way, phase by phase, up to the error it ended with. */
function showRequests(state: BuildState): void {
  const { timeline, session, conversion } = state;
  const missing = new Set(
    conversion!.internal.flatMap(({ resolve, error, phase }) =>
      resolve && error !== undefined ? [phase] : [],
    ),
  );
  let phase = -1;
  let start = state.at;
  let end = state.at;
  for (const request of conversion!.internal) {
    if (request.phase !== phase) {
      phase = request.phase;
      start = end;
    }
    timeline.add({ digest: request.digest, name: request.name, inputs: [] }, start);
    timeline.start(request.digest, start);
    let done = start;
    if (request.local) {
      const bytes = transferBytes(localOf(state, request.local), {
        followPaths: request.local.followPaths,
        includePatterns: request.local.includePatterns,
        excludePatterns: request.local.excludePatterns,
      });
      done = start + transferTime(bytes);
      session.transferred.set(request.digest, bytes);
      timeline.statusSpan(request.digest, `transferring ${request.local.name}:`, start, done, {
        current: bytes,
      });
    } else if (request.resolve) {
      const image = session.world.images.find(request.resolve.ref, request.resolve.platform);
      const isKnown =
        !("error" in image) && image.layers.every(({ digest }) => session.builder.blobs.has(digest));
      done = start + ("error" in image ? NOT_FOUND_TIME : registryTime(isKnown));
    }
    // An image that does not exist is known before the others are, and ends them.
    const isEnded = request.error === undefined && request.resolve !== undefined && missing.has(phase);
    if (isEnded) done = start + NOT_FOUND_TIME;
    if (request.name.startsWith("[internal] load build definition") && !session.options.check)
      showWarnings(state, request.digest, done);
    const problem = isEnded ? CANCELED : request.error === undefined ? undefined : ownError(request);
    timeline.complete(request.digest, done, problem === undefined ? {} : { error: problem });
    end = Math.max(end, done);
  }
  state.at = end;
  state.error = conversion!.error;
}

/** The row itself says only what the registry said. */
function ownError({ error = "", resolve }: InternalRequest): string {
  const prefix = `failed to resolve source metadata for ${resolve?.ref ?? ""}: `;
  return error.startsWith(prefix) ? error.slice(prefix.length) : error;
}

/** Build checks are rows of the definition's vertex, in the order in which they were found: those of the parser come first. */
function showWarnings(state: BuildState, vertex: string, at: number): void {
  const { conversion, timeline } = state;
  for (const warning of conversion!.warnings) {
    const line = warning.lines[0]?.[0];
    const short = `${warning.rule}: ${warning.detail}${line === undefined ? "" : ` (line ${line})`}`;
    timeline.warning({ vertex, level: 1, short, detail: [warning.description], url: warning.url }, at);
  }
}

/** The directory that a request of the frontend reads: the Dockerfile's own, a named context, or the context. */
function localOf(state: BuildState, op: LocalOp): ReadableFileSystem {
  const { locals } = state.session;
  if (op.name !== "dockerfile") return locals.get(op.name) ?? state.request.context;
  return definitionFolder(state);
}

/** The Dockerfile's own directory, which is sent by itself: links lead nowhere out of it. */
function definitionFolder(state: BuildState): ReadableFileSystem {
  const slash = state.file.lastIndexOf("/");
  return slash < 0
    ? state.request.context
    : new Subdirectory(state.request.context, "/" + state.file.slice(0, slash));
}

/** Reads the context's layerbook.json: commands that are not simulated, with their outputs. */
export function loadDeclared(state: BuildState): void {
  const text = readText(state.request.context, "layerbook.json");
  if (text === undefined || state.request.options.check) return;
  const declared = readDeclared(text);
  if (!("code" in declared)) {
    state.session.declared = declared;
    return;
  }
  const { code, ko, en } = declared;
  state.error = { code, message: en, lines: [], hint: { ko, en } };
}

async function solve(state: BuildState): Promise<void> {
  const { request, session, timeline, conversion } = state;
  if (request.options.check) return;
  await emptyIgnoredCaches(state);
  const roots = conversion!.targets.flatMap(({ root }) => (root ? [root.vertex] : []));
  const solver = new Solver(request.builder, request.world, timeline, buildOperations(session));
  state.solver = solver;
  const before = request.builder.keys.lastSequence;
  const imported = importCaches(session, request.caches, roots, state.at);
  await solver.solve(roots, imported.at);
  imported.settle([...keyChain([...solver.states.values()].filter(({ loaded }) => loaded))]);
  if (request.options.assume) {
    for (const digest of await dependingVertices(request, session, solver, roots, before))
      session.depending.add(digest);
  }
  const { failure } = solver;
  if (failure) {
    state.failedAt = failure.at;
    solver.takeBack(failure.at);
    for (const { at, undo } of session.undos.reverse()) if (at > failure.at) undo();
    const range = failure.vertex.source?.range;
    const lines = range ? [[[range.start.line, range.end.line] as const]] : [];
    const hint = hintOf(state, failure);
    state.error = { code: "LB_STEP_FAILED", message: failure.message, lines, ...(hint && { hint }) };
    return;
  }
  state.results = conversion!.targets.map(({ root }) => (root ? solver.state(root.vertex) : undefined));
  state.at = Math.max(state.at, ...state.results.map((result) => result?.resultAt ?? 0));
}

/** What the context says of a source that was not found. */
function hintOf(state: BuildState, { vertex, message }: VertexFailure): Hint | undefined {
  const local = vertex.inputs.find((input) => input.vertex.op.kind === "local")?.vertex.op as
    LocalOp | undefined;
  return local && missingSourceHint(message, local, localOf(state, local));
}

/** `--no-cache` empties the cache mounts of the RUNs that it makes run again (solver/llbsolver/vertex.go `detectPrunedCacheID`). */
async function emptyIgnoredCaches(state: BuildState): Promise<void> {
  const { builder } = state.request;
  const { cacheMounts } = builder;
  for (const { vertex } of state.conversion!.rows) {
    if (!vertex?.ignoreCache || vertex.op.kind !== "exec") continue;
    for (const mount of vertex.op.mounts) {
      if (!mount.cache) continue;
      await builder.openMounts?.();
      for (const key of [...cacheMounts.keys()]) {
        if (key === mount.cache.id || key.startsWith(mount.cache.id + ":")) cacheMounts.delete(key);
      }
    }
  }
}

async function exportResult(state: BuildState): Promise<void> {
  if (state.request.options.check) return;
  fetchForExport(state);
  const results = state.results!.map((result): StepResult | undefined => result?.result);
  state.exported = await exportImages(state.session, state.conversion!.targets, results, state.at);
  state.at = state.exported.at;
}

function exportResultCache(state: BuildState): void {
  const { request, session, results } = state;
  if (request.options.check || request.options.cacheTo === undefined) return;
  state.at = exportCache(
    session,
    request.caches,
    results!.flatMap((result) => (result ? [result] : [])),
    state.at,
  );
}

/** Base layers that no step needed are fetched for the export. */
function fetchForExport(state: BuildState): void {
  for (const { vertex, result } of state.solver?.states.values() ?? []) {
    if (vertex.op.kind === "image" && result)
      state.at = Math.max(state.at, fetchLayers(state.session, vertex, vertex.op, state.at));
  }
}
