/** `layerbook run`: executes notebooks and writes their outputs back. */

import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";

import { createTwoFilesPatch } from "diff";

import {
  isGood,
  jsonReport,
  junitReport,
  runAll,
  ServerError,
  type CellResult,
  type CellStatus,
  type NotebookOutcome,
} from "../../notebook";
import { displayWidth, truncate } from "../../report/text";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { checkedOptions, wholeNumber } from "../options";

export const help: CommandModule["help"] = {
  ko: `
노트북을 처음부터 끝까지 실행하고 출력을 파일에 씁니다. 모든 셀이 정말로 실행되었는지 확인합니다.
실행되지 않았거나 실패한 셀이 있으면 끝 코드가 1입니다.

  --jobs N          동시에 실행할 노트북 수 (기본값: 2)
  --timeout 초      셀 하나의 제한 시간 (기본값: 120, 0이면 없음)
  --kernel NAME     노트북에 적힌 커널 대신 쓸 커널
  --server URL      이미 떠 있는 Jupyter 서버 (토큰은 ?token= 또는 --token). 없으면 하나를 띄웁니다
  --keep-going      셀이 실패해도 다음 셀을 실행합니다
  --predictions none|solution  빈 예측 셀을 그대로 둘지(기본값), 풀이로 채울지
  --resume          중단된 실행을 잇습니다: 지금의 셀로 이미 끝까지 실행된 노트북은 건너뜁니다
  --check           쓰지 않고, 파일에 있는 출력과 비교합니다
  --out DIR         제자리에 쓰지 않고 DIR에 씁니다
  --junit FILE      JUnit 보고서 · --json FILE  JSON 보고서 (-는 표준 출력)
  --verbose, -V     셀마다 한 줄

태그: raises-exception(오류가 나야 하는 셀), skip-execution(실행하지 않는 셀), nondeterministic(--check에서 비교하지 않는 셀)
`,
  en: `
Executes notebooks from first to last cell and writes the outputs back; makes sure that every cell really ran.
The exit code is 1 when a cell failed or did not run.

  --jobs N          notebooks at once (default: 2)
  --timeout S       seconds for one cell (default: 120; 0: none)
  --kernel NAME     kernel to use instead of the notebook's own
  --server URL      a running Jupyter Server (token by ?token= or --token); otherwise one is started
  --keep-going      go on after a failing cell
  --predictions none|solution  leave empty predictions empty (default), or fill them in
  --resume          go on with an interrupted run: notebooks whose cells ran to the end as they are now are left out
  --check           write nothing, compare with the stored outputs
  --out DIR         write to DIR instead of back
  --junit FILE      JUnit report · --json FILE  JSON report (- is standard output)
  --verbose, -V     a line per cell

Tags: raises-exception (must fail), skip-execution (is not run), nondeterministic (not compared by --check)
`,
};

const OPTIONS = {
  jobs: { type: "string", short: "j" },
  timeout: { type: "string" },
  kernel: { type: "string" },
  server: { type: "string" },
  token: { type: "string" },
  "keep-going": { type: "boolean" },
  check: { type: "boolean" },
  resume: { type: "boolean" },
  predictions: { type: "string" },
  out: { type: "string" },
  junit: { type: "string" },
  json: { type: "string" },
  verbose: { type: "boolean", short: "V" },
} as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  if (positionals.length === 0) {
    throw usageError(
      "LB_ARGUMENTS",
      { ko: "실행할 노트북을 적으세요.", en: "name the notebooks to run" },
      { ko: "보기: layerbook run 01.ipynb", en: "example: layerbook run 01.ipynb" },
    );
  }
  if (values.resume && values.check) {
    throw usageError("LB_ARGUMENTS", {
      ko: "`--resume`과 `--check`는 함께 쓸 수 없습니다: 비교하려면 모두 실행해야 합니다.",
      en: "--resume and --check cannot be used together: to compare, everything must run",
    });
  }
  const jobs = wholeNumber(values.jobs, "--jobs") ?? Math.min(2, availableParallelism());
  const timeout = (wholeNumber(values.timeout, "--timeout") ?? 120) * 1000;
  const progress = new Progress(io, positionals.length, values.verbose ?? false);
  let outcomes: NotebookOutcome[];
  try {
    outcomes = await runAll({
      files: positionals.map((file) => resolve(io.cwd, file)),
      env: io.env,
      server: values.server,
      token: values.token,
      kernel: values.kernel,
      timeout,
      keepGoing: values["keep-going"] ?? false,
      jobs,
      predictions: predictionsOf(values.predictions),
      check: values.check ?? false,
      resume: values.resume ?? false,
      outDir: values.out === undefined ? undefined : resolve(io.cwd, values.out),
      signal: io.signal,
      onCell: (file, result, done, total) => progress.cell(file, result, done, total),
      onNotebook: (outcome) => progress.notebook(outcome),
    });
  } catch (error) {
    if (error instanceof ServerError) throw new CliError(error.code, error.sentence, { hint: error.hint });
    throw error;
  } finally {
    progress.end();
  }
  for (const [target, text] of [
    [values.junit, () => junitReport(outcomes)],
    [values.json, () => jsonReport(outcomes)],
  ] as const) {
    if (target === "-") io.out(text());
    else if (target !== undefined) writeFileSync(resolve(io.cwd, target), text());
  }
  io.signal.throwIfAborted();
  return outcomes.every((outcome) => outcome.passed) ? 0 : 1;
};

function predictionsOf(text: string | undefined): "none" | "solution" {
  if (text === undefined || text === "none" || text === "solution") return text ?? "none";
  throw usageError("LB_FLAG_VALUE", {
    ko: `\`--predictions\`에는 none이나 solution을 씁니다: ${text}`,
    en: `--predictions takes none or solution, not ${text}`,
  });
}

const STATUS: Readonly<Record<CellStatus, readonly [ko: string, en: string]>> = {
  ok: ["됨", "ok"],
  "expected-error": ["됨(오류가 나야 하는 셀)", "ok (an expected error)"],
  skipped: ["건너뜀", "skipped"],
  empty: ["빈 셀", "empty"],
  error: ["오류", "error"],
  "no-error": ["오류가 나야 하는데 나지 않음", "expected an error, none came"],
  aborted: ["커널이 실행을 거절함", "aborted by the kernel"],
  timeout: ["제한 시간을 넘김", "timed out"],
  interrupted: ["중단됨", "interrupted"],
  dead: ["커널이 죽음", "the kernel died"],
  "no-reply": ["커널이 대답하지 않음", "the kernel did not reply"],
  "no-idle": [
    "커널이 끝을 알리지 않음: 출력이 빠졌을 수 있음",
    "the kernel never became idle: outputs may be lost",
  ],
  "not-counted": ["성공이라고 했으나 실행된 적이 없음", "reported ok, but did not run"],
  "not-run": ["실행하지 않음", "not run"],
};

/** Progress on standard error: one changing line in a terminal, a line per notebook otherwise. */
class Progress {
  private readonly running = new Map<string, string>();
  private finished = 0;
  private shown = false;

  constructor(
    private readonly io: CommandIo,
    private readonly total: number,
    private readonly verbose: boolean,
  ) {}

  cell(file: string, result: CellResult, done: number, total: number): void {
    const name = relative(this.io.cwd, file) || file;
    if (this.verbose || (!isGood(result.status) && result.status !== "not-run"))
      this.line(this.cellLine(name, result));
    this.running.set(name, `${name} ${done}/${total}`);
    this.draw();
  }

  notebook(outcome: NotebookOutcome): void {
    const { io } = this;
    const name = relative(io.cwd, outcome.file) || outcome.file;
    this.running.delete(name);
    this.finished++;
    if (outcome.failure) {
      this.line(
        `✕ ${name}: ${io.locale === "ko" ? outcome.failure.ko : outcome.failure.en} [${outcome.failure.code}]\n`,
      );
      return;
    }
    if (outcome.resumed) {
      this.line(`● ${name} ${say(io, "앞선 실행에서 끝남", "finished by an earlier run")}\n`);
      return;
    }
    const cells = outcome.result?.cells ?? [];
    const notRun = cells.filter((cell) => cell.status === "not-run").length;
    const good = cells.filter((cell) => isGood(cell.status)).length;
    const seconds = ((outcome.result?.milliseconds ?? 0) / 1000).toFixed(1);
    const rest = notRun === 0 ? "" : say(io, `, 실행하지 않은 셀 ${notRun}개`, `, ${notRun} not run`);
    this.line(
      `${outcome.passed ? "●" : "✕"} ${name} ${say(io, `셀 ${good}/${cells.length}${rest}`, `cells ${good}/${cells.length}${rest}`)} ${seconds}s\n`,
    );
    for (const difference of outcome.differences) {
      const title = say(
        io,
        `${name} ${difference.index + 1}번째 셀(${difference.id})의 출력이 다릅니다`,
        `${name} cell ${difference.index + 1} (${difference.id}): outputs differ`,
      );
      const patch = createTwoFilesPatch(
        say(io, "파일", "stored"),
        say(io, "지금", "now"),
        difference.stored + "\n",
        difference.fresh + "\n",
      );
      this.line(`✕ ${title}\n${patch.split("\n").slice(1).join("\n")}`);
    }
  }

  end(): void {
    if (this.shown) this.io.err("\r\u001b[K");
  }

  private cellLine(name: string, result: CellResult): string {
    const [ko, en] = STATUS[result.status];
    const place = say(
      this.io,
      `${result.index + 1}번째 셀(${result.id})`,
      `cell ${result.index + 1} (${result.id})`,
    );
    const line =
      result.error?.line === undefined
        ? ""
        : say(this.io, ` ${result.error.line}행`, ` line ${result.error.line}`);
    const error =
      result.error && !isGood(result.status)
        ? `\n    ${result.error.name}: ${result.error.message.split("\n").join("\n    ")}`
        : "";
    return `${isGood(result.status) ? "  " : "✕ "}${name} ${place}${line}: ${say(this.io, ko, en)}${error}\n`;
  }

  private line(text: string): void {
    this.io.err((this.shown ? "\r\u001b[K" : "") + text);
    this.shown = false;
    this.draw();
  }

  private draw(): void {
    const { terminal } = this.io;
    if (!terminal || this.running.size === 0) return;
    const text = truncate(
      `[${this.finished}/${this.total}] ${[...this.running.values()].join(" · ")}`,
      terminal.columns - 1,
    );
    this.io.err(`\r${text}\u001b[K`);
    this.shown = displayWidth(text) > 0;
  }
}
