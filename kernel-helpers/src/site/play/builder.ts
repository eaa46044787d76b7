/** The builder behind the page: one Lab in memory that follows the page's project, and the pictures of what it built. */

import { BuildFlagsError, readPlayFlags } from "./flags";
import { Lab, type LabMachine } from "../../lab";
import type { BuildResult } from "../../lab";
import type { SolveStatus } from "../../build/status";
import {
  type Locale,
  type MatrixBuild,
  progressText,
  renderBuildMatrix,
  renderKeyCard,
  SIGNS,
  summaryOf,
  verdictKind,
  words,
} from "../../report";
import { type PlayFile, type Project, projectProblem } from "./project";
import type { Answer, Pictures, Request } from "./protocol";

/** Builds that stand side by side in the matrix; older ones are let go. */
const MATRIX_BUILDS = 6;
/** A build that takes longer shows its progress, so often. */
const PROGRESS_MS = 200;
/** Columns of the log. */
const LOG_WIDTH = 80;

/** Files of one project in the context, told apart by the identity of their data. */
type Placed = Map<string, Pick<PlayFile, "data" | "executable">>;

/** Answers requests one after the other. */
export class PlayBuilder {
  private lab: Promise<Lab> | undefined;
  private placed: Placed = new Map();
  private matrix: { readonly build: MatrixBuild; readonly edit: string }[] = [];
  private last: BuildResult | undefined;

  constructor(
    private readonly machine: LabMachine,
    private readonly answer: (answer: Answer) => void,
    /** Milliseconds, for the time that a build took. */
    private readonly clock: () => number,
  ) {}

  /** Does what *request* asks and answers it. Never rejects. */
  async take(request: Request): Promise<void> {
    const { id, locale } = request;
    try {
      if (request.kind === "build") {
        const began = this.clock();
        const pictures = await this.build(request.project, locale, (text) =>
          this.answer({ kind: "progress", id, text }),
        );
        this.answer({ kind: "built", id, pictures, ms: this.clock() - began });
      } else if (request.kind === "restore") {
        for (const project of request.projects) await this.build(project, locale);
        this.answer({ kind: "drawn", id });
      } else if (request.kind === "what-if") {
        const lab = await this.open();
        this.answer({ kind: "drawn", id, whatIf: (await lab.whatIf()).table("html", { locale }) });
      } else {
        this.answer({ kind: "drawn", id, pictures: this.last && this.draw(this.last, locale) });
      }
    } catch (error) {
      const message = error instanceof BuildFlagsError ? error.sentence[locale] : String(error);
      this.answer({ kind: "failed", id, message });
    }
  }

  private open(): Promise<Lab> {
    return (this.lab ??= Lab.openOn(this.machine));
  }

  private async build(
    project: Project,
    locale: Locale,
    onProgress?: (text: string) => void,
  ): Promise<Pictures> {
    const problem = projectProblem(project);
    if (problem !== undefined) throw new Error(problem);
    const options = readPlayFlags(project);
    const lab = await this.open();
    const edited = this.place(lab, project);
    const events: SolveStatus[] = [];
    let shown = this.clock();
    const result = await lab.build({
      ...options,
      onStatus: (status) => {
        if (onProgress === undefined) return;
        events.push(status);
        if (this.clock() - shown < PROGRESS_MS) return;
        shown = this.clock();
        onProgress(progressText(events, "tty", { width: LOG_WIDTH }));
      },
    });
    this.last = result;
    if (!result.check) {
      this.matrix = [...this.matrix, { build: { steps: result.steps.map(shortened) }, edit: edited }].slice(
        -MATRIX_BUILDS,
      );
    }
    return this.draw(result, locale);
  }

  /** Makes the context hold *project* and says in a few words what changed. */
  private place(lab: Lab, project: Project): string {
    const changed: string[] = [];
    const wanted: Placed = new Map(project.files.map((file) => [file.path, file]));
    for (const path of this.placed.keys()) {
      if (wanted.has(path)) continue;
      lab.context.remove(path);
      // Folders are no files of the page: an empty one goes with its last file.
      for (let folder = parentOf(path); folder !== ""; folder = parentOf(folder)) {
        if (lab.context.list().some((other) => other.startsWith(`${folder}/`))) break;
        lab.context.remove(folder);
      }
      changed.push(`−${path}`);
    }
    for (const [path, { data, executable }] of wanted) {
      const before = this.placed.get(path);
      if (before !== undefined && before.executable === executable && sameData(before.data, data)) continue;
      lab.context.write(path, data, { mode: executable ? 0o755 : 0o644 });
      changed.push(before === undefined ? `+${path}` : path);
    }
    const isFirst = this.placed.size === 0;
    this.placed = wanted;
    if (isFirst || changed.length === 0) return "";
    return changed.length === 1 ? changed[0]! : `${changed[0]!} +${changed.length - 1}`;
  }

  private draw(result: BuildResult, locale: Locale): Pictures {
    const ownCause = result.steps.findIndex(({ miss }) => miss?.cause === "own" && !miss.first);
    return {
      table: result.table("html", { locale }),
      log: result.progress("tty", { width: LOG_WIDTH }),
      matrix: renderBuildMatrix(
        this.matrix.map(({ build }) => build),
        "html",
        { locale, edits: this.matrix.map(({ edit }) => edit) },
      ),
      steps: result.steps.map((step, index) => ({
        name: step.name,
        verdict: `${SIGNS[verdictKind(step)]} ${words(locale).verdict[verdictKind(step)]}`,
        card: renderKeyCard(step, "html", { locale }),
        cause: index === ownCause,
      })),
      summary: summaryOf(result, locale),
      failed: result.error !== undefined,
    };
  }
}

/** A whole digest makes a row of the matrix six lines high and says nothing to people. */
function shortened<T extends { readonly name: string }>(step: T): T {
  return { ...step, name: step.name.replace(/(@sha256:[0-9a-f]{8})[0-9a-f]{56}/, "$1…") };
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function sameData(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
