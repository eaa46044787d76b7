/**
 * The prediction gate: before a cell that the lesson tags with `predict` is run for the first time, a person who has left no
 * prediction is asked for one, once. Clients that allow no input (runners, handouts) are never asked.
 */

import type { Node } from "../../dockerfile";
import type { Guess, Prediction } from "../../lesson";
import { learningOf, loadLesson } from "../session/learning";
import { codeCells, type NotebookCell, placeOf, tagsOf } from "../session/notebook-file";
import type { NotebookSession } from "../session/notebook-session";
import { leavePrediction } from "./lesson";
import { message, questionView } from "./lesson-view";
import { splitCell } from "./split";
import type { CellOutput } from "./types";

/** The tag of cells that the gate stands before. */
const TAG = "predict";
/** What a learner may type instead of a guess. */
const SKIP = /^(?:|건너뛰기|skip|s)$/i;

/** A cell that is about to run. */
export interface GateCall {
  readonly code: string;
  readonly allowStdin: boolean;
  /** Metadata of the execute request: JupyterLab and Notebook put the cell's own here, with `cellId`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly session: NotebookSession;
  readonly output: CellOutput;
  readonly signal: AbortSignal;
  input(prompt: string): Promise<string>;
}

/** Asks where the lesson wants it. Resolves when the cell may run. */
export async function passGate(call: GateCall): Promise<void> {
  const place = placeIn(call);
  if (place === undefined) return;
  const learning = learningOf(call.session);
  const { key, prediction: id } = place;
  const known = learning.gate();
  const left = learning.hasPrediction || (id !== undefined && known.left.includes(id));
  if (known.run.includes(key)) return;
  learning.passed(key);
  if (left || !call.allowStdin) return;

  const prediction = id === undefined ? undefined : learning.prediction(id);
  const steps = prediction?.options === undefined ? stepsOf(call) : [];
  if (prediction?.options === undefined && steps.length === 0) return;
  call.output.display(question(prediction, steps));
  const typed = (await call.input(PROMPT)).trim();
  if (call.signal.aborted) return;
  if (SKIP.test(typed)) {
    call.output.display(message("예측을 건너뛰었습니다.", "다시 묻지 않습니다."));
    return;
  }
  const guess = readGuess(typed, prediction, steps);
  if (typeof guess === "string") call.output.display(message("예측을 읽지 못했습니다.", guess));
  else leavePrediction(guess, prediction, call.session, call.output);
}

const PROMPT = "예측 (건너뛰기: 그냥 Enter) ";

/**
 * Does the gate stand before this cell? *key* names the cell from run to run; *prediction* is the id of the last `%%predict` cell
 * above it. Front ends that say nothing of a cell's tags are helped out by the notebook's file.
 */
function placeIn(call: GateCall): { readonly key: string; readonly prediction?: string } | undefined {
  const { metadata, code, session } = call;
  const told = tagsOf(metadata);
  // A front end that sends a cell's metadata sends all of it: JupyterLab and Notebook are known by a field of their own.
  if (told !== undefined ? !told.includes(TAG) : "deletedCells" in metadata) return undefined;
  if (told === undefined && !call.allowStdin) return undefined;
  const cells = codeCells(session.notebookText());
  const at = placeOf(cells, metadata.cellId, code);
  const cell = cells[at];
  if (told === undefined && cell?.tags.includes(TAG) !== true) return undefined;
  const id = cell?.id ?? (typeof metadata.cellId === "string" ? metadata.cellId : undefined);
  return { key: id ?? firstLines(code), prediction: at < 0 ? undefined : predictionAbove(cells, at) };
}

/** The id in the nearest `%%predict ID` cell above, unless another gate stands between. */
function predictionAbove(cells: readonly NotebookCell[], at: number): string | undefined {
  for (let index = at - 1; index >= 0; index--) {
    const cell = cells[index] as NotebookCell;
    const id = /^\s*%%predict[^\S\n]+(\S+)/.exec(cell.source)?.[1];
    if (id !== undefined) return id;
    if (cell.tags.includes(TAG)) return undefined;
  }
  return undefined;
}

/** A cell without an id is known by its beginning: what is edited in it is mostly further down. */
function firstLines(code: string): string {
  return code.split("\n", 2).join("\n").slice(0, 200);
}

/** One step that is asked about. */
interface AskedStep {
  /** Its instruction on one line. */
  readonly text: string;
}

/**
 * The instructions that become steps, FROM left out: it is always only looked up. Of the cell's Dockerfile, or of the context's when
 * the cell builds that (`!docker build .`).
 */
function stepsOf({ code, session }: GateCall): readonly AskedStep[] {
  const source = splitCell(code);
  const text = source.kind === "cell" && source.name === "dockerfile" ? source.body : readText(session);
  const { isDockerfileError, parseDockerfile } = language();
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return [];
  return parsed.nodes
    .filter((node: Node) => /^(WORKDIR|COPY|ADD|RUN)$/i.test(node.keyword))
    .map((node: Node) => ({ text: node.original.replace(/\s+/g, " ").trim() }));
}

function language(): typeof import("../../dockerfile") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only when a gate asks
  return require("../../dockerfile") as typeof import("../../dockerfile");
}

function readText({ contextDirectory, host }: NotebookSession): string {
  try {
    return host.files.readText(host.paths.join(contextDirectory, "Dockerfile"));
  } catch {
    return "";
  }
}

function question(
  prediction: Prediction | undefined,
  steps: readonly AskedStep[],
): ReturnType<typeof message> {
  return questionView(
    "먼저 예측을 남겨 주세요. 틀려도 괜찮습니다.",
    prediction?.question ?? "이 빌드에서 단계마다 재사용될까요, 다시 실행될까요?",
    prediction?.options?.map(({ text }) => text) ?? steps.map(({ text }) => `\`${text}\``),
    (prediction?.options !== undefined
      ? "번호 하나를 아래 칸에 적으세요."
      : "재사용될 단계의 번호를 아래 칸에 모두 적으세요. 예: `1 2`. 하나도 없으면 `없음`이라고 적습니다.") +
      " 그냥 Enter를 누르면 건너뜁니다.",
  );
}

/** A guess, or a sentence that says how to write one. */
function readGuess(
  typed: string,
  prediction: Prediction | undefined,
  steps: readonly AskedStep[],
): Guess | string {
  if (prediction?.options === undefined) {
    const reused = /^(?:없음|none|0)$/i.test(typed)
      ? []
      : /^(?:모두|전부|all)$/i.test(typed)
        ? steps.map((_, index) => index + 1)
        : /^\d+(?:[\s,]+\d+)*[\s,]*$/.test(typed)
          ? typed
              .split(/[\s,]+/)
              .filter((word) => word !== "")
              .map(Number)
          : undefined;
    if (reused?.every((number) => number >= 1 && number <= steps.length) === true) {
      return {
        ...(prediction === undefined ? {} : { prediction: prediction.id }),
        steps: steps.map(({ text }, index) => ({
          step: text,
          verdict: reused.includes(index + 1) ? "hit" : "miss",
        })),
      };
    }
  }
  // Written out as in a %%predict cell, commas for line ends.
  const { isGuessError, parseGuess } = loadLesson();
  const guess = parseGuess(prediction, typed.replace(/\s*,\s*/g, "\n"));
  return isGuessError(guess) ? `${guess.ko} \`%%predict\` 셀에 다시 적을 수 있습니다.` : guess;
}
