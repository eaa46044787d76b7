/** The builder behind the page: one Lab that follows the page's project, the pictures of what it built, and the checks' remarks. */

import type { SolveStatus } from "../../build/status";
import { type BuildResult, Lab, type LabMachine } from "../../lab";
import {
  explainBuildError,
  explainBuildWarning,
  type Locale,
  type MatrixBuild,
  progressText,
  renderBuildMatrix,
  renderKeyCard,
  renderTable,
  SIGNS,
  summaryOf,
  verdictKind,
  words,
} from "../../report";
import { BuildFlagsError, readPlayFlags } from "./flags";
import { editBetween, PlacedLab } from "./placed-lab";
import { type Project, projectProblem } from "./project";
import { type Answer, type Hint, MATRIX_BUILDS, type Pictures, type Request } from "./protocol";

/** A build that takes longer shows its progress, so often. */
const PROGRESS_MS = 200;
/** Columns of the log. */
const LOG_WIDTH = 80;

/** Lines of a failed command's output that are shown beside the error. */
const OUTPUT_LINES = 12;

/** One column of the matrix. */
interface Column {
  readonly build: MatrixBuild;
  readonly edit: string;
}

/** Answers requests one after the other. */
export class PlayBuilder {
  private builds: Promise<PlacedLab> | undefined;
  /** Checks are asked for while a project is typed; they leave no trace among the builds. */
  private checks: Promise<PlacedLab> | undefined;
  private matrix: Column[] = [];
  private count = 0;
  private locale: Locale = "ko";
  private last: { readonly result: BuildResult; readonly project: Project } | undefined;

  constructor(
    private readonly machine: LabMachine,
    private readonly answer: (answer: Answer) => void,
    /** Milliseconds, for the time that a build took. */
    private readonly clock: () => number,
  ) {}

  /** Does what *request* asks and answers it. Never rejects. */
  async take(request: Request): Promise<void> {
    try {
      this.answer(await this.do(request));
    } catch (error) {
      const message = error instanceof BuildFlagsError ? error.sentence[request.locale] : String(error);
      this.answer({ kind: "failed", id: request.id, message });
    }
  }

  private async do(request: Request): Promise<Answer> {
    const { id, locale } = request;
    this.locale = locale;
    switch (request.kind) {
      case "build": {
        const began = this.clock();
        const result = await this.build(request.project, (text) =>
          this.answer({ kind: "progress", id, text }),
        );
        const pictures = this.draw(result, locale);
        return { kind: "built", id, pictures, ms: this.clock() - began };
      }
      case "restore":
        for (const project of request.projects) await this.build(project);
        return { kind: "drawn", id, pictures: this.last && this.draw(this.last.result, locale) };
      case "draw":
        return { kind: "drawn", id, pictures: this.last && this.draw(this.last.result, locale) };
      case "what-if": {
        const { options, placed } = await this.placed("builds", request.project);
        const edits = await placed.lab.suggestedEdits(options);
        return {
          kind: "drawn",
          id,
          whatIf: (await placed.lab.whatIf(edits, options)).table("html", { locale }),
        };
      }
      case "check":
        return { kind: "checked", id, hints: await this.check(request.project, locale) };
    }
  }

  private async open(): Promise<PlacedLab> {
    const locale = (): Locale => this.locale;
    const options = {
      /** The page can change its language at any time; edits are named in it. */
      get locale() {
        return locale();
      },
    };
    return new PlacedLab(await Lab.openOn(this.machine, options));
  }

  /** The Lab with *project* in its context, and the options that its flags mean. */
  private async placed(which: "builds" | "checks", project: Project) {
    const problem = projectProblem(project);
    if (problem !== undefined) throw new Error(problem);
    const options = readPlayFlags(project);
    const placed = await (this[which] ??= this.open());
    placed.place(project);
    return { options, placed };
  }

  private async build(project: Project, onProgress?: (text: string) => void): Promise<BuildResult> {
    const { options, placed } = await this.placed("builds", project);
    const events: SolveStatus[] = [];
    let shown = this.clock();
    const result = await placed.lab.build({
      ...options,
      onStatus: (status) => {
        if (onProgress === undefined) return;
        events.push(status);
        if (this.clock() - shown < PROGRESS_MS) return;
        shown = this.clock();
        onProgress(progressText(events, "tty", { width: LOG_WIDTH }));
      },
    });
    if (!result.check) {
      this.count++;
      const column = {
        build: { steps: result.steps.map(shortened) },
        edit: editBetween(this.last?.project, project),
      };
      this.matrix = [...this.matrix, column].slice(-MATRIX_BUILDS);
    }
    this.last = { result, project };
    return result;
  }

  private async check(project: Project, locale: Locale): Promise<Hint[]> {
    const { options, placed } = await this.placed("checks", project);
    const result = await placed.lab.build({ ...options, check: true });
    const warnings = result.warnings.map((warning): Hint => {
      const { rule, url, line, detail } = warning;
      const explanation = explainBuildWarning(warning, locale);
      return { kind: "warning", file: result.file, line, rule, url, text: detail, explanation };
    });
    const error = errorOf(result, locale);
    return error === undefined ? warnings : [error, ...warnings];
  }

  private draw(result: BuildResult, locale: Locale): Pictures {
    const ownCause = result.steps.findIndex(({ miss }) => miss?.cause === "own" && !miss.first);
    const failed = result.steps.findIndex(({ status }) => status === "ERROR");
    const first = this.count - this.matrix.length + 1;
    return {
      // What failed stands above, in a place of its own.
      table: renderTable({ ...result, error: undefined }, "html", { locale }),
      log: result.progress("tty", { width: LOG_WIDTH }),
      plain: result.progress("plain"),
      matrix: renderBuildMatrix(
        this.matrix.map(({ build }) => build),
        "html",
        { locale, heads: this.matrix.map(({ edit }, i) => `${first + i} ${clipped(edit)}`.trim()) },
      ),
      steps: result.steps.map((step, index) => ({
        name: shortened(step).name,
        verdict: `${SIGNS[verdictKind(step)]} ${words(locale).verdict[verdictKind(step)]}`,
        card: renderKeyCard(step, "html", { locale }),
        cause: index === (ownCause >= 0 ? ownCause : failed),
      })),
      summary: summaryOf(result, locale),
      warnings: result.warnings.length,
      failed: result.error !== undefined,
      error: errorOf(result, locale),
      frames: result.error?.frames ?? [],
      output: (result.steps[failed]?.output ?? []).slice(-OUTPUT_LINES),
      builds: { first, count: this.matrix.length },
    };
  }
}

function errorOf(result: BuildResult, locale: Locale): Hint | undefined {
  const { error, file } = result;
  if (error === undefined) return undefined;
  const explanation = explainBuildError(error, locale);
  return { kind: "error", file, line: error.lines[0]?.[0]?.[0], text: error.message, explanation };
}

/** A whole reference makes a row of the matrix several lines high and says nothing more to people; the log has it. */
function shortened<T extends { readonly name: string }>(step: T): T {
  return { ...step, name: step.name.replace(/(?<=FROM )docker\.io\/library\/|@sha256:[0-9a-f]{64}/g, "") };
}

function clipped(edit: string): string {
  return [...edit].length > 24 ? `${[...edit].slice(0, 23).join("")}…` : edit;
}
