/** Predicts edits for all images of a project: which of them an edit builds again, and from which step on. */

import { relative, resolve, sep } from "node:path";

import type { WhatIfEdit } from "../../build";
import type { WhatIfResult } from "../../lab";
import { type GridCell, labelOf, renderGrid } from "../../report";
import { CliError } from "../cli-error";
import { editOf } from "../edits";
import { say, type CommandIo } from "../io";
import { labOf, needs, optionsOf, sayNotes } from "./build-project";
import type { ProjectRequest, TargetRequest } from "./read-project";
import { Scratch } from "./scratch";

interface Prediction {
  readonly target: TargetRequest;
  readonly result: WhatIfResult;
  readonly assumed: boolean;
}

/** Prints the table of edits and images. *files*: only these edits. Answers the exit code. */
export async function whatIfProject(
  project: ProjectRequest,
  files: readonly string[],
  io: CommandIo,
): Promise<number> {
  sayNotes(project, io);
  const predictions: Prediction[] = [];
  const scratch = new Scratch(project.targets, io);
  try {
    for (const target of project.targets) {
      io.signal.throwIfAborted();
      predictions.push(await predictTarget(target, editsFor(target, files, io), scratch, io));
    }
  } finally {
    scratch.remove();
  }
  if (files.length > 0 && predictions.every(({ result }) => result.rows.length === 0)) {
    throw new CliError("LB_NO_PATH", {
      ko: `어느 컨텍스트에도 그런 파일이 없습니다: ${files.join(", ")}`,
      en: `no context has such a file: ${files.join(", ")}`,
    });
  }
  if (predictions.some(({ assumed }) => assumed))
    io.err(
      say(
        io,
        "지금 상태를 빌드한 기록이 없는 이미지는, 방금 빌드했다고 치고 예측합니다.\n",
        "images whose present state was never built here are taken as just built.\n",
      ),
    );
  const medium = project.targets[0]?.request.table ?? "text";
  io.out(
    medium === "json"
      ? JSON.stringify(
          predictions.map(({ target, result }) => ({ name: target.name, ...result })),
          null,
          2,
        ) + "\n"
      : renderMatrix(project, predictions, medium, io),
  );
  return predictions.every(
    ({ result }) => result.rows.length === 0 || result.rows.some(({ error }) => error === undefined),
  )
    ? 0
    : 1;
}

/** Edits of files in this target's context; undefined for those that its Dockerfile suggests. */
function editsFor(target: TargetRequest, files: readonly string[], io: CommandIo): WhatIfEdit[] | undefined {
  if (files.length === 0) return undefined;
  return files.flatMap((file) => {
    const path = resolve(io.cwd, file);
    if (relative(target.request.directory, path).startsWith("..")) return [];
    try {
      return [editOf(file, target.request, io)];
    } catch (error) {
      if (error instanceof CliError && error.code === "LB_NO_PATH") return [];
      throw error;
    }
  });
}

async function predictTarget(
  target: TargetRequest,
  edits: readonly WhatIfEdit[] | undefined,
  scratch: Scratch,
  io: CommandIo,
): Promise<Prediction> {
  const lab = await labOf(target, io);
  const [unchanged] = (await lab.whatIf([{ name: "" }], optionsOf(target))).rows;
  const isBuilt =
    unchanged?.error === undefined && (unchanged?.cells ?? []).every(({ outcome }) => outcome === "hit");
  return isBuilt
    ? { target, result: await lab.whatIf(edits, optionsOf(target)), assumed: false }
    : { target, result: await (await scratch.built(target)).whatIf(edits, optionsOf(target)), assumed: true };
}

/** Edits of files that several contexts share are one row. */
function renderMatrix(
  { root }: ProjectRequest,
  predictions: readonly Prediction[],
  medium: "text" | "markdown" | "html",
  io: CommandIo,
): string {
  const text = (ko: string, en: string): string => say(io, ko, en);
  const rows = new Map<string, GridCell[]>();
  predictions.forEach(({ target, result }, column) => {
    const folder = relative(root, target.request.directory).split(sep).join("/");
    for (const row of result.rows) {
      if (row.kind === "none") continue;
      const isOwn =
        row.kind === "arg" || row.kind === "env" || row.kind === "base" || row.kind === "dockerfile";
      const name = isOwn ? `${target.name}: ${row.edit}` : folder === "" ? row.edit : `${folder}/${row.edit}`;
      const cells =
        rows.get(name) ?? predictions.map((): GridCell => ({ text: text("상관없음", "not touched") }));
      rows.set(name, cells);
      cells[column] = cellOf(row, io);
    }
  });
  for (const cells of rows.values()) passOn(cells, predictions, io);
  const counts = predictions.map(({ target }, column) => {
    const again = [...rows.values()].filter((cells) => runsAgain(cells[column]!)).length;
    return `${target.name} ${again}`;
  });
  return renderGrid(
    {
      locale: io.locale,
      title: text(
        "편집 행렬 · 이미지마다 다시 실행하는 단계",
        "Edit matrix: the steps of each image that run again",
      ),
      heads: [text("고친 것", "Edit"), ...predictions.map(({ target }) => target.name)],
      rows: [...rows].map(([name, cells]): GridCell[] => [{ text: name }, ...cells]),
      notes: [
        text(
          `편집 ${rows.size}가지에서 다시 빌드하는 횟수: ${counts.join(", ")}`,
          `Built again in ${rows.size} edits: ${counts.join(", ")}`,
        ),
      ],
      words: { cause: text("다시 실행", "runs again") },
    },
    medium,
  );
}

function runsAgain({ verdict }: GridCell): boolean {
  return verdict === "cause" || verdict === "knock-on";
}

/** An image that takes files of another one is built again when that one is. Targets stand after those that they need. */
function passOn(cells: GridCell[], predictions: readonly Prediction[], io: CommandIo): void {
  predictions.forEach(({ target }, column) => {
    if (runsAgain(cells[column]!)) return;
    const cause = predictions.find(({ target: other }, i) => runsAgain(cells[i]!) && needs(target, other));
    if (cause)
      cells[column] = {
        verdict: "knock-on",
        text: say(io, `${cause.target.name} 때문`, `after ${cause.target.name}`),
      };
  });
}

function cellOf({ cells, error }: WhatIfResult["rows"][number], io: CommandIo): GridCell {
  if (error !== undefined) return { verdict: "failed", text: say(io, "거절됨", "refused") };
  const again = cells.filter(
    ({ outcome }) => outcome !== "hit" && outcome !== "not-reached" && outcome !== "depends",
  );
  if (again.length === 0)
    return cells.some(({ outcome }) => outcome === "depends")
      ? { text: say(io, "결과에 달림", "depends") }
      : { verdict: "reused" };
  return { verdict: "cause", text: again.map(({ step }) => labelOf(step)).join(" ") };
}
