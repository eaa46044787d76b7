/** What the commits of a project run again: how often each step, and because of which files. */

import type { CourseCell, CourseRow, KeyDifference } from "../../build";

/** Something that a cause consists of: a folder or file of the context, a variable, the command. */
export interface CauseDetail {
  /** `src/`, `package.json`, `NODE_ENV`; "" for the step's own text. */
  readonly what: string;
  readonly kind: "file" | "variable" | "command" | "base" | "other";
  readonly commits: number;
}

/** A step that made others run. */
export interface CourseCause {
  /** The instruction, as in the Dockerfile's log: `COPY . .`. */
  readonly step: string;
  readonly commits: number;
  /** Most frequent first. */
  readonly details: readonly CauseDetail[];
}

export interface CourseStep {
  /** As shown at the last commit: `[3/4] RUN npm ci`. */
  readonly step: string;
  readonly instruction: string;
  /** How many commits run it again for sure. */
  readonly runs: number;
  /** How many run it again only if a RUN before it makes other files. */
  readonly depends: number;
  /** Most frequent first. */
  readonly causes: readonly CourseCause[];
}

export interface CourseCommit {
  readonly id: string;
  readonly subject: string;
  /** Steps that it runs again. */
  readonly runs: readonly string[];
  /** Its Dockerfile is refused, or there is none. */
  readonly error?: string;
}

/** The commits of a project as a plain record. */
export interface CourseSummary {
  /** How many commits were judged. */
  readonly commits: number;
  /** Steps of the Dockerfile at the last commit, in their order. */
  readonly steps: readonly CourseStep[];
  /** Oldest first. */
  readonly rows: readonly CourseCommit[];
}

/** A commit and what it does, oldest first. */
export interface CourseEntry {
  readonly id: string;
  readonly subject: string;
  readonly row: CourseRow;
}

/** *entries*: the judged commits, oldest first, without the state that they begin with. */
export function summarizeCourse(entries: readonly CourseEntry[]): CourseSummary {
  const last = entries.findLast(({ row }) => row.error === undefined && row.cells.length > 0);
  const steps = (last?.row.cells ?? [])
    .filter(({ instruction }) => instruction !== "FROM")
    .map(({ step, instruction }) => stepOf(step, instruction, entries));
  return {
    commits: entries.length,
    steps,
    rows: entries.map(({ id, subject, row }) => ({
      id,
      subject,
      runs: row.cells.filter(isRun).map(({ step }) => step),
      ...(row.error !== undefined && { error: row.error }),
    })),
  };
}

interface Counted {
  commits: number;
  readonly details: Map<string, CauseDetail>;
}

function stepOf(step: string, instruction: string, entries: readonly CourseEntry[]): CourseStep {
  const key = keyOf(step);
  let runs = 0;
  let depends = 0;
  const causes = new Map<string, Counted>();
  for (const { row } of entries) {
    const cell = row.cells.find((one) => keyOf(one.step) === key);
    if (!cell) continue;
    if (cell.outcome === "depends") depends++;
    if (!isRun(cell)) continue;
    runs++;
    const root = cell.roots.length > 0 ? row.cells[cell.roots[0]!]! : cell;
    const name = textOf(root.step);
    const cause: Counted = causes.get(name) ?? { commits: 0, details: new Map() };
    causes.set(name, cause);
    cause.commits++;
    const seen = new Set<string>();
    for (const part of root.parts.filter(({ kind }) => kind !== "dep")) {
      const detail = detailOf(part);
      const id = `${detail.kind} ${detail.what}`;
      if (seen.has(id)) continue;
      seen.add(id);
      cause.details.set(id, { ...detail, commits: (cause.details.get(id)?.commits ?? 0) + 1 });
    }
  }
  return {
    step,
    instruction,
    runs,
    depends,
    causes: [...causes]
      .map(([name, { commits, details }]): CourseCause => ({
        step: name,
        commits,
        details: [...details.values()].sort((a, b) => b.commits - a.commits || (a.what < b.what ? -1 : 1)),
      }))
      .sort((a, b) => b.commits - a.commits),
  };
}

/** Does the step run again for sure? */
export function isRun({ outcome }: CourseCell): boolean {
  return outcome === "own" || outcome === "knock-on" || outcome === "first" || outcome === "not-looked-up";
}

/** Steps of two Dockerfiles are the same when stage and text are, whatever their numbers. */
function keyOf(step: string): string {
  const found = /^\[(?:(\S+) )?\s*\d+\/\d+\] (.*)$/s.exec(step);
  return found ? `${found[1] ?? "stage-0"} ${textOf(step)}` : step;
}

/** `[3/4] COPY . /app` as `COPY . /app`. */
export function textOf(step: string): string {
  return step.replace(/^\[[^\]]*\] /, "").replace(/docker\.io\/(library\/)?|@sha256:[0-9a-f]{64}/g, "");
}

function detailOf(part: KeyDifference): Omit<CauseDetail, "commits"> {
  if (part.kind === "content") {
    const path = part.path.replace(/^file /, "");
    const slash = path.indexOf("/");
    return { kind: "file", what: slash < 0 ? path : path.slice(0, slash + 1) };
  }
  if (part.kind === "source")
    return /^(?:$|Digest|OS|Arch|Variant)/.test(part.path)
      ? { kind: "base", what: "" }
      : { kind: "other", what: part.path };
  if (part.path.startsWith("env"))
    return { kind: "variable", what: (part.new ?? part.old ?? "").split("=")[0] ?? "" };
  if (part.path.startsWith("args") || part.path === "") return { kind: "command", what: "" };
  return { kind: "other", what: part.path };
}
