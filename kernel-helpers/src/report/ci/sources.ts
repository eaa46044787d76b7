/** What the log cannot say, from both source trees: which file made a step run, and which steps would have been reused. */

import type { BuildRecord, Step } from "../../build/types";
import { labelOf } from "../table/model";
import { brief, computed, finding, recorded } from "./statement";
import type { CiBuild, CiFinding, CiReport, CiRow } from "./types";
import { duration } from "./words";

/**
 * *report* with what *after* adds: the build of the tree after the change, by a builder that had built the tree before it. Only here
 * a file is named as a cause.
 */
export function withSources(report: CiReport, after: Pick<BuildRecord, "steps">): CiReport {
  return {
    ...report,
    builds: report.builds.map((build) => ({
      ...build,
      findings: [...sourceFindings(build, after.steps), ...build.findings],
    })),
    unknown: report.unknown.filter(({ en }) => !en.includes("--before")),
  };
}

function sourceFindings(build: CiBuild, steps: readonly Step[]): CiFinding[] {
  const pairs = pairsOf(build.rows, steps);
  const out: CiFinding[] = [];
  const ran = pairs.filter(({ row }) => row.status === "DONE" || row.status === "ERROR");
  const causes = ran.filter(({ step }) => step.miss?.cause === "own");
  if (causes.length > 0) {
    const ids = new Set(causes.map(({ step }) => steps.indexOf(step)));
    const after = ran.filter(
      ({ step }) => step.miss !== undefined && reaches(steps, steps.indexOf(step), ids),
    );
    out.push(
      finding(
        "changed-files",
        after.reduce((sum, { row }) => sum + (row.time?.ms ?? 0), 0),
        causes.map(({ row, step }) =>
          computed(
            `${row.label ?? ""} ${brief(row.instruction ?? row.name, 60)}: ${step.miss!.sentence.ko}`.trim(),
            `${row.label ?? ""} ${brief(row.instruction ?? row.name, 60)}: ${step.miss!.sentence.en}`.trim(),
          ),
        ),
        {
          ko: "이 파일들이 꼭 이 단계의 입력이어야 하는지 보세요. layerbook whatif가 다른 편집도 예측합니다.",
          en: "see whether these files need be inputs of this step; layerbook whatif predicts other edits",
        },
        causes.map(({ row }) => row.line),
      ),
    );
  }
  const cold = ran.filter(({ step }) => step.status === "CACHED");
  if (cold.length > 0) {
    const ms = cold.reduce((sum, { row }) => sum + (row.time?.ms ?? 0), 0);
    out.push(
      finding(
        "would-be-reused",
        ms,
        [
          recorded(
            `실행됨: ${cold.map(({ row }) => row.label ?? row.name).join(", ")}`,
            `ran: ${cold.map(({ row }) => row.label ?? row.name).join(", ")}`,
          ),
          computed(
            `이전 소스를 빌드한 캐시가 있었다면 이 단계들은 재사용되어 ${duration(ms).ko}를 아꼈을 것입니다. 소스의 변경 때문이 아닙니다.`,
            `with the cache of the build before these steps would have been reused: ${duration(ms).en}. The change of the sources is not why they ran`,
          ),
        ],
        {
          ko: "캐시를 이어 주는 것이 먼저입니다(--cache-from, --cache-to).",
          en: "give the build its cache first (--cache-from, --cache-to)",
        },
        cold.map(({ row }) => row.line),
      ),
    );
  }
  return out;
}

interface Pair {
  readonly row: CiRow;
  readonly step: Step;
}

/** Rows and steps of the same instruction, in order; a row that the terminal cut is paired by what is left of it. */
function pairsOf(rows: readonly CiRow[], steps: readonly Step[]): Pair[] {
  const free = new Set(steps.filter(({ instruction }) => instruction !== "FROM"));
  return rows.flatMap((row): Pair[] => {
    if (row.phase !== "steps" || row.instruction === undefined) return [];
    const text = normal(row.instruction).replace(/\.{3}$|…$/, "");
    const isCut = text !== normal(row.instruction);
    const fits = [...free].filter(({ name }) => {
      const own = normal(name.slice(labelOf(name).length));
      return isCut ? own.startsWith(text) : own === text;
    });
    const step = fits.find(({ name }) => new RegExp(`\\b${row.step ?? -1}/`).test(labelOf(name))) ?? fits[0];
    return step ? [{ row, step }] : [];
  });
}

function normal(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Is *index* one of *causes*, or does it follow from one? */
function reaches(steps: readonly Step[], index: number, causes: ReadonlySet<number>): boolean {
  const seen = new Set<number>();
  const queue = [index];
  for (let i = 0; i < queue.length; i++) {
    const at = queue[i]!;
    if (causes.has(at)) return true;
    for (const need of steps[at]?.needs ?? [])
      if (!seen.has(need)) {
        seen.add(need);
        queue.push(need);
      }
  }
  return false;
}
