/** The record of a finished build. */

import type { StepTrace } from "../cache/explain";
import { codeFrame, explainWarning } from "../dockerfile";
import type { ConvertedRow } from "../graph";
import { repositoryOf } from "../graph/references";
import type { Vertex } from "../graph/types";
import type { LineRange, SourceRange } from "../dockerfile/types";
import { DEPENDS } from "./depends";
import { explainHits } from "./explain-hits";
import { contentOf, explainSteps } from "./explain-steps";
import { StepLayer } from "../image/layer";
import { checkOf } from "./check-text";
import type { BuildOutcome, BuildState } from "./build";
import { compareNames, judge, type JudgedRow, rankOf, type Row, rowsOf } from "./rows";
import type { BuildRecord, BuildWarning, Hit, InstructionRow, Miss, Step } from "./types";

/** Puts the record together. */
export function makeRecord(state: BuildState): BuildOutcome {
  const { conversion, exported, file, request, timeline } = state;
  const course = timeline.finish(state.failedAt);
  const rows = rowsOf(course);
  const judged = judge(rows);
  const shown = judged.filter((step) => !step.pending);
  const earlier = request.builder.earlierTraces()[0];
  const name = request.options.tags?.[0];
  const image = name === undefined ? undefined : repositoryOf(name);
  const misses = state.solver
    ? explainSteps(request.builder, state.solver, state.failedAt ?? Infinity, false, image)
    : new Map<string, Miss>();
  const index = indexOf(shown);
  const pending = new Map(
    judged.flatMap((step) =>
      step.pending ? step.row.vertices.map(({ digest }) => [digest, step.row.name] as const) : [],
    ),
  );
  const hits = hitsOf(state, earlier);
  const steps = makeSteps(state, shown, index, misses, hits);
  const internal = rows.filter((row) => row.internal && row.started);
  const names = internal.map(({ name }) => name).sort((a, b) => rankOf(a) - rankOf(b) || compareNames(a, b));
  const transfers: Record<string, number> = {};
  for (const row of internal) {
    for (const status of row.statuses)
      if (status.current !== undefined && status.id.startsWith("transferring"))
        transfers[row.name] = status.current;
  }
  const isCheck = request.options.check === true;
  const warnings = makeWarnings(state);
  const error = state.error && {
    ...state.error,
    ...rangeOf(state.text ?? "", state.error.lines[0]),
    frames: state.error.lines.flatMap((lines) => frameLines(file, state.text ?? "", lines)),
  };
  const hasFailed = state.error !== undefined || (isCheck && warnings.length > 0);
  const record: BuildRecord = {
    exitCode: hasFailed ? 1 : 0,
    ...(error && { error }),
    steps,
    pending: judged.filter((step) => step.pending).map(({ row }) => row.name),
    internal: names,
    transfers,
    warnings,
    rows: (conversion?.rows ?? []).map((row) => instructionRow(row, index, pending)),
    ...(exported && exported.images.length === 1 && { image: exported.images[0] }),
    ...(exported &&
      exported.images.length > 1 && { images: exported.images, indexDigest: exported.indexDigest }),
    ...(isCheck && { check: checkOf(state) }),
    events: course.events,
    options: request.options,
    file,
    dockerfile: state.text ?? "",
  };
  return { record, course };
}

function frameLines(file: string, text: string, lines: readonly (readonly [number, number])[]): string[] {
  const frame = codeFrame(baseOf(file), text, lines);
  return frame === "" ? [] : frame.replace(/\n$/, "").split("\n");
}

/** Where the lines that a frame marks begin and end; nothing when there are none. */
function rangeOf(text: string, lines: readonly LineRange[] = []): { readonly range?: SourceRange } {
  if (lines.length === 0) return {};
  const all = text.split("\n");
  const first = Math.max(1, Math.min(...lines.map(([from]) => from)));
  const last = Math.min(all.length, Math.max(...lines.map(([, to]) => to)));
  const lengthBefore = (line: number): number =>
    all.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const end = all[last - 1]?.replace(/\r$/, "").length ?? 0;
  return {
    range: {
      start: { offset: lengthBefore(first), line: first, column: 1 },
      end: { offset: lengthBefore(last) + end, line: last, column: end + 1 },
    },
  };
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** Place of each vertex among the steps shown. */
function indexOf(shown: readonly JudgedRow[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const [i, { row }] of shown.entries()) for (const { digest } of row.vertices) index.set(digest, i);
  return index;
}

function makeSteps(
  state: BuildState,
  shown: readonly JudgedRow[],
  index: ReadonlyMap<string, number>,
  misses: ReadonlyMap<string, Miss>,
  hits: ReadonlyMap<string, Hit>,
): Step[] {
  return shown.map(({ row, status, racy }): Step => {
    const last = row.vertices[row.vertices.length - 1]!;
    const vertexState = state.solver?.states.get(last.digest);
    const layer = vertexState?.result?.layers?.layer;
    const own = layer instanceof StepLayer ? layer : undefined;
    const source = vertexState?.vertex.source;
    const epoch = state.conversion?.targets[0]?.epoch;
    const depends = row.vertices.some(({ digest }) => state.session.depending.has(digest));
    const found = missOf(row, misses);
    const contents = contentsOf(state, row, index);
    const hit = status === "CACHED" && row.vertices.map(({ digest }) => hits.get(digest)).find(Boolean);
    const miss = found && depends ? { ...found, sentence: DEPENDS } : found;
    return {
      name: row.name,
      status: status ?? null,
      digest: last.digest,
      stage: source?.stage ?? "",
      instruction: source?.instruction ?? (isRemote(vertexState?.vertex) ? "ADD" : "FROM"),
      ...(source && { range: source.range }),
      cacheKey: vertexState?.resultKey ?? vertexState?.keys[0] ?? "",
      needs: [...new Set(row.needs.flatMap((digest) => index.get(digest) ?? []))].sort((a, b) => a - b),
      ...(contents.length > 0 && { contents }),
      output: row.output,
      bytes: own?.contentBytes() ?? 0,
      duration: (last.completed ?? 0) - (last.started ?? 0),
      ...(own?.isKnown(epoch) && { diffId: own.digest(state.request.world.platform, epoch).diffId }),
      ...(miss && { miss }),
      ...(hit && { hit }),
      ...(row.vertices.some(({ digest }) => state.session.assumed.has(digest)) && { assumed: true }),
      ...(depends && { depends }),
      ...(row.error !== undefined && { error: row.error }),
      ...(status === "CACHED" && wasSkipped(state, row) && { skipped: true }),
      ...(racy && { racy: true }),
    };
  });
}

/**
 * When a vertex fails while its key is worked out, its inputs that had not even started are printed as cached (see VertexStream): a
 * hit is only what has a result.
 */
function wasSkipped(state: BuildState, row: Row): boolean {
  if (state.error === undefined) return false;
  return row.vertices.every(({ digest }) => {
    const vertex = state.solver?.states.get(digest);
    // What would have run after the failure never did.
    if (vertex?.executed) return vertex.resultAt > (state.failedAt ?? Infinity);
    return vertex?.record === undefined && vertex?.result === undefined;
  });
}

/** Why steps could be reused, and what the next build will ask. */
function hitsOf(
  { conversion, request, session, solver }: BuildState,
  earlier: readonly StepTrace[] | undefined,
): ReadonlyMap<string, Hit> {
  const { builder } = request;
  const rowsNow = conversion?.rows ?? [];
  const rowsBefore = builder.lastRows;
  builder.lastRows = rowsNow;
  if (!solver) return new Map();
  return explainHits({ builder, solver, contexts: session.contextChanges, earlier, rowsBefore, rowsNow });
}

/** The files that the vertices of *row* take by content, from others than themselves. */
function contentsOf(
  state: BuildState,
  row: Row,
  index: ReadonlyMap<string, number>,
): NonNullable<Step["contents"]> {
  const own = new Set(row.vertices.map(({ digest }) => digest));
  return row.vertices.flatMap(({ digest }) => {
    const vertex = state.solver?.states.get(digest);
    return (vertex?.deps ?? []).flatMap(({ input }, i) => {
      const content = contentOf(state.request.builder, vertex!, i);
      if (content === undefined || own.has(input.vertex.digest)) return [];
      const from = index.get(input.vertex.digest);
      return [{ ...(from !== undefined && { from }), digest: content }];
    });
  });
}

/** A group missed when one of its vertices did; the first tells why. */
function missOf(row: Row, misses: ReadonlyMap<string, Miss>): Miss | undefined {
  for (const { digest } of row.vertices) {
    const miss = misses.get(digest);
    if (miss) return miss;
  }
  return undefined;
}

function makeWarnings(state: BuildState): BuildWarning[] {
  return (state.conversion?.warnings ?? [])
    .map((warning): BuildWarning => {
      const explanation = explainWarning(warning);
      const ko = explanation ? `${explanation.why.ko} ${explanation.how.ko}` : "";
      return { ...warning, line: warning.lines[0]?.[0] ?? 0, ko };
    })
    .sort((a, b) => a.line - b.line || compareNames(a.rule, b.rule) || compareNames(a.detail, b.detail));
}

/** Sources have no line of their own: those of ADD are URLs and repositories, all others images. */
function isRemote(vertex: Vertex | undefined): boolean {
  return vertex?.op.kind === "http" || vertex?.op.kind === "git";
}

function instructionRow(
  row: ConvertedRow,
  index: ReadonlyMap<string, number>,
  behind: ReadonlyMap<string, string>,
): InstructionRow {
  const step = row.vertex ? index.get(row.vertex.digest) : undefined;
  const pending = row.vertex ? behind.get(row.vertex.digest) : undefined;
  return {
    text: row.text,
    instruction: row.instruction,
    stage: row.stage,
    line: row.line,
    ...(step !== undefined && { step }),
    ...(pending !== undefined && { pending }),
    layer: row.layer,
    history: row.history,
  };
}
