/** A project's states one after the other (its commits): what each of them would run again after the one before it, without running anything. */

import { forkBuilder, UnknownResults } from "./dry-solver";
import type { MemoryContext } from "./lab-context";
import type { JudgedRow } from "./rows";
import type { KeyDifference } from "./types";
import { DEPENDS } from "./depends";
import { Predictor, type Solved, type WhatIfOutcome, type WhatIfRequest } from "./what-if";

/** One state of the project. */
export interface CourseState {
  readonly name: string;
  readonly files: MemoryContext;
}

/** What becomes of one step in one state. */
export interface CourseCell {
  /** As shown: `[3/4] COPY . /app`. */
  readonly step: string;
  readonly instruction: string;
  readonly outcome: WhatIfOutcome;
  /** Why it would run. */
  readonly sentence?: { readonly ko: string; readonly en: string };
  /** What differs of its own. */
  readonly parts: readonly KeyDifference[];
  /** Of a step that runs only because of others: the steps that began it, by their place in this list. */
  readonly roots: readonly number[];
}

export interface CourseRow {
  readonly name: string;
  readonly cells: readonly CourseCell[];
  /** The Dockerfile of this state is refused, or there is none. */
  readonly error?: string;
}

/** A course that begins with an empty cache: `next` asks about one state, which then counts as built. */
export class WhatIfCourse {
  private readonly predictor: Predictor;
  private readonly course;

  constructor(request: WhatIfRequest) {
    this.predictor = new Predictor(request);
    this.course = { builder: forkBuilder(request.builder, request.world), unknown: new UnknownResults() };
  }

  async next({ name, files }: CourseState): Promise<CourseRow> {
    const solved = await this.predictor.follow(files, this.course);
    if (!solved.rows) return { name, cells: [], error: solved.error ?? "" };
    return { name, cells: cellsOf(solved.rows, solved) };
  }
}

function cellsOf(rows: readonly JudgedRow[], { misses, guessed }: Solved): CourseCell[] {
  const index = new Map(rows.flatMap(({ row }, i) => row.vertices.map(({ digest }) => [digest, i] as const)));
  const cells = rows.map(({ row, status, pending }): Omit<CourseCell, "roots"> => {
    let outcome: WhatIfOutcome = "hit";
    let parts: readonly KeyDifference[] = [];
    let sentence: CourseCell["sentence"];
    const miss = row.vertices.map(({ digest }) => misses?.get(digest)).find((one) => one !== undefined);
    if (status === "ERROR") outcome = "fails";
    else if (pending || status === undefined || status === "CANCELED") outcome = "not-reached";
    else if (miss) {
      outcome = row.vertices.some(({ digest }) => guessed?.(digest) === true)
        ? "depends"
        : miss.first
          ? "first"
          : miss.cause;
      ({ parts, sentence } = miss);
      if (outcome === "depends") sentence = DEPENDS;
    }
    return {
      step: row.name,
      instruction: /^\[[^\]]*\] (\S+)/.exec(row.name)?.[1] ?? "",
      outcome,
      ...(sentence && { sentence }),
      parts,
    };
  });
  return cells.map((cell, i) => ({
    ...cell,
    roots: cell.outcome === "knock-on" || cell.outcome === "depends" ? rootsOf(i, cells, rows, index) : [],
  }));
}

/** Up from a step to those that run of themselves. */
function rootsOf(
  from: number,
  cells: readonly Omit<CourseCell, "roots">[],
  rows: readonly JudgedRow[],
  index: ReadonlyMap<string, number>,
): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const todo = [from];
  while (todo.length > 0) {
    const at = todo.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    const { outcome } = cells[at]!;
    if (at !== from && outcome === "hit") continue;
    if (at !== from && outcome !== "knock-on" && outcome !== "depends") {
      found.add(at);
      continue;
    }
    for (const need of rows[at]!.row.needs) {
      const next = index.get(need);
      if (next !== undefined) todo.push(next);
    }
  }
  return [...found].sort((a, b) => a - b);
}
