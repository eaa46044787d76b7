/** Why a step was reused although something had changed: what its key is made of, and what it is not. */

import type { StepTrace } from "../cache/explain";
import type { ConvertedRow } from "../graph";
import type { Snapshot } from "../platform/files";
import { contentOf } from "./explain-steps";
import type { Builder } from "./builder";
import type { Solver } from "./solver";
import type { Hit } from "./types";
import type { VertexState } from "./vertex-state";

/** A context as it was at the build before, and as it is now. */
export interface ContextChange {
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** What the explanation of hits looks at. */
export interface HitSources {
  readonly builder: Builder;
  readonly solver: Solver;
  /** By vertex of the context, of those that were synced before. */
  readonly contexts: ReadonlyMap<string, ContextChange>;
  /** The steps of the build before; undefined for a first build. */
  readonly earlier: readonly StepTrace[] | undefined;
  /** The instructions of the Dockerfile before and now. */
  readonly rowsBefore: readonly ConvertedRow[] | undefined;
  readonly rowsNow: readonly ConvertedRow[];
}

/** By vertex digest: why it could be reused. Only of steps around which something had changed. */
export function explainHits(sources: HitSources): Map<string, Hit> {
  const found = new Map<string, Hit>();
  if (!sources.earlier) return found;
  const changes = new Map<string, FileChange[]>();
  for (const [digest, change] of sources.contexts) changes.set(digest, filesChanged(change));
  // Looked up once: a build of 1,000 steps asks 1,000 times.
  const earlier = stepsByName(sources.earlier);
  const rows = changedRows(sources);
  for (const state of sources.solver.states.values()) {
    const { vertex } = state;
    if (
      state.executed ||
      !(state.loaded || state.record) ||
      vertex.internal ||
      vertex.op.kind === "image" ||
      vertex.op.kind === "local"
    )
      continue;
    const hit =
      contentAddressed(state) ??
      older(state, sources.builder, earlier) ??
      notSelected(state, sources, changes) ??
      notInKey(state, rows);
    if (hit) found.set(vertex.digest, hit);
  }
  return found;
}

function nameOf({ vertex }: VertexState): string {
  return vertex.progressGroup?.name ?? vertex.name;
}

/** A step before it ran again and made the same files. */
function contentAddressed(state: VertexState): Hit | undefined {
  const ran = state.deps.find(({ input }) => input.executed && input.vertex.op.kind !== "local");
  if (!ran) return undefined;
  const name = nameOf(ran.input);
  return {
    because: "same-content",
    sentence: {
      ko: `앞 단계가 다시 실행되었지만 쓰는 파일의 내용이 같음: ${name}`,
      en: `a step before it ran again, but the files it takes are the same: ${name}`,
    },
  };
}

/** The steps of the build before: the first of each name, and all their keys. */
interface EarlierSteps {
  readonly byName: ReadonlyMap<string, StepTrace>;
  readonly keys: ReadonlySet<string>;
}

function stepsByName(steps: readonly StepTrace[]): EarlierSteps {
  const byName = new Map<string, StepTrace>();
  for (const step of steps) if (!byName.has(step.name)) byName.set(step.name, step);
  return { byName, keys: new Set(steps.map(({ key }) => key)) };
}

/** Another key than at the build before, under which something older is stored. */
function older(state: VertexState, builder: Builder, { byName, keys }: EarlierSteps): Hit | undefined {
  const key = state.resultKey ?? state.record?.key;
  const last = byName.get(nameOf(state));
  if (key === undefined || !last || keys.has(key)) return undefined;
  const own = last.inputs.some(
    ({ content }, i) => content !== undefined && content !== contentOf(builder, state, i),
  );
  return {
    because: "stored-before",
    sentence: own
      ? {
          ko: "바로 앞 빌드와는 다르지만, 더 전에 같은 내용으로 만든 결과가 있음",
          en: "other than at the build before, but a result for the same contents is stored from an earlier one",
        }
      : {
          ko: "바로 앞 빌드와는 다르지만, 더 전에 같은 재료로 만든 결과가 있음",
          en: "other than at the build before, but a result of the same ingredients is stored from an earlier one",
        },
  };
}

interface FileChange {
  readonly path: string;
  readonly kind: "time" | "other";
}

/** Files of the context have changed, and none of them is in this step's key: its contents are the same, so what it takes has at most another time. */
function notSelected(
  state: VertexState,
  { builder }: HitSources,
  changes: ReadonlyMap<string, readonly FileChange[]>,
): Hit | undefined {
  const times: FileChange[] = [];
  const real: FileChange[] = [];
  for (const [i, { input }] of state.deps.entries()) {
    const content = contentOf(builder, state, i);
    const taken = new Set(
      ((content !== undefined && builder.filesOf(content)) || []).map(({ path }) => path.replace(/^\//, "")),
    );
    for (const change of changes.get(input.vertex.digest) ?? []) {
      if (taken.has(change.path)) times.push(change);
      else if (change.kind === "other") real.push(change);
    }
  }
  const named = (list: readonly FileChange[]): { ko: string; en: string } => {
    const rest = list.length - 1;
    const first = list[0]!.path;
    return {
      ko: rest > 0 ? `${first} (외 ${rest}개)` : first,
      en: rest > 0 ? `${first} (and ${rest} more)` : first,
    };
  };
  if (real.length > 0) {
    const names = named(real);
    return {
      because: "not-selected",
      sentence: {
        ko: `바뀐 파일은 이 단계가 복사하는 것이 아님: ${names.ko}`,
        en: `what has changed is not what it copies: ${names.en}`,
      },
    };
  }
  if (times.length === 0) return undefined;
  const names = named(times);
  return {
    because: "time-only",
    sentence: {
      ko: `수정 시각만 바뀜. 시각은 키에 들지 않음: ${names.ko}`,
      en: `only times have changed, which are in no key: ${names.en}`,
    },
  };
}

/** Instructions that no step's key has. */
const NO_KEY = /^(LABEL|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL|VOLUME|MAINTAINER|ONBUILD)$/;
/** Instructions that only the key of a RUN has. */
const ONLY_RUN = /^(ENV|USER|SHELL)$/;

/** The instructions that some step's key does not have and that were not in their stage at the build before, in their order. */
function changedRows({ rowsBefore, rowsNow }: HitSources): readonly ConvertedRow[] {
  if (!rowsBefore) return [];
  const isIn = ({ instruction }: ConvertedRow): boolean =>
    NO_KEY.test(instruction) || ONLY_RUN.test(instruction);
  const placed = ({ stage, text }: ConvertedRow): string => `${stage}\n${text}`;
  const before = new Set(rowsBefore.filter(isIn).map(placed));
  return rowsNow.filter((row) => isIn(row) && !before.has(placed(row)));
}

/** Instructions before it have changed that its key does not have. */
function notInKey(state: VertexState, rows: readonly ConvertedRow[]): Hit | undefined {
  const { source, op } = state.vertex;
  const changed =
    source &&
    rows.find(
      ({ stage, line, instruction }) =>
        stage === source.stage &&
        line < source.range.start.line &&
        (op.kind !== "exec" || NO_KEY.test(instruction)),
    );
  if (!changed) return undefined;
  return {
    because: "not-in-key",
    sentence: {
      ko: `앞의 줄이 바뀌었지만 이 단계의 키에 들지 않음: ${changed.instruction}`,
      en: `an instruction before it has changed that its key does not have: ${changed.instruction}`,
    },
  };
}

/** More changes are not looked for: only the first is named, and roughly how many there are. */
const ENOUGH = 1000;

function filesChanged({ before, after }: ContextChange): FileChange[] {
  const found: FileChange[] = [];
  const visit = (folder: string): void => {
    const at = folder === "" ? "/" : folder;
    const same = before.identity(at);
    if (found.length >= ENOUGH || (same !== undefined && same === after.identity(at))) return;
    for (const name of new Set([...listed(before, at), ...listed(after, at)])) {
      const path = `${folder}/${name}`;
      const [x, y] = [before.lstat(path), after.lstat(path)];
      if (x?.type === "dir" && y?.type === "dir") {
        if (x.mode !== y.mode) found.push({ path: path.slice(1), kind: "other" });
        visit(path);
      } else if (!x || !y) found.push({ path: path.slice(1), kind: "other" });
      else if (x.type !== y.type || x.mode !== y.mode || x.size !== y.size || x.linkname !== y.linkname)
        found.push({ path: path.slice(1), kind: "other" });
      else if (x.type === "file" && !isSame(before, after, path))
        found.push({ path: path.slice(1), kind: "other" });
      else if (x.mtime !== y.mtime) found.push({ path: path.slice(1), kind: "time" });
    }
  };
  visit("");
  return found;
}

function listed(tree: Snapshot, path: string): readonly string[] {
  return tree.stat(path)?.type === "dir" ? tree.readdir(path) : [];
}

/** Larger files of one size and another time are taken to be changed. */
const COMPARED_BYTES = 4 * 1024 * 1024;

function isSame(before: Snapshot, after: Snapshot, path: string): boolean {
  const [x, y] = [before.readFile(path), after.readFile(path)];
  if (x === y) return true;
  if (x.standIn !== undefined || y.standIn !== undefined) return x.standIn === y.standIn;
  if (x.size > COMPARED_BYTES) return false;
  try {
    const [a, b] = [x.read(), y.read()];
    return a.every((byte, i) => byte === b[i]);
  } catch {
    // The file as it was is gone: it was replaced.
    return false;
  }
}
