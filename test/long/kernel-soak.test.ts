/**
 * 5,000 mixed cells with failures, interrupts, cells sent together and restarts: every cell brings exactly its messages, and memory stays flat.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSpec } from "../../kernel-helpers/src/kernel";
import { type Answer, TestKernel } from "../kernel/client";
import { packageUnderTest } from "../kernel/package-under-test";

const CELLS = Number(process.env["LAYERBOOK_SOAK_CELLS"] ?? 5000);
const LIVES = Number(process.env["LAYERBOOK_SOAK_LIVES"] ?? 4);
/** The median of a life's last quarter may be above that of its second by so much: new builds and images are kept, as Docker keeps them. */
const GROWTH_MB = 40;
/** Memory is looked at after every so many cells. */
const SAMPLE_CELLS = 25;
/** A cell that takes longer is lost. Long: the first of a life loads the compiler, which on a busy machine without a snapshot is a minute. */
const CELL_MS = 300_000;

const DOCKERFILE = "FROM node\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY . .\n";

/** A cell and what it must bring. *number* is its place in the whole run. */
interface Kind {
  readonly code: (number: number) => string;
  readonly check: (answer: Answer, number: number) => void;
  /** Interrupt it after so many ms. */
  readonly interruptAfter?: number;
}

const ok = ({ reply }: Answer): void =>
  assert.equal(reply.content.status, "ok", JSON.stringify(reply.content));
const shows = (text: (number: number) => string) => (answer: Answer, number: number) => {
  ok(answer);
  assert.equal(answer.of("execute_result")[0]?.data["text/plain"], text(number));
};
const fails = (name: string) => (answer: Answer) => {
  assert.equal(answer.reply.content.ename, name, JSON.stringify(answer.reply.content));
  assert.equal(answer.of("error").length, 1);
};
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `${index}\n`).join("");
const BUILD = "application/vnd.layerbook.build+json";
const rerun = (answer: Answer): void => {
  ok(answer);
  // A slow build shows its progress first, and then replaces it.
  const shown = [...answer.of("display_data"), ...answer.of("update_display_data")] as {
    data: Record<string, { steps: unknown[] } | undefined>;
  }[];
  assert.ok(shown.some(({ data }) => (data[BUILD]?.steps.length ?? 0) > 0));
};

const KINDS: readonly Kind[] = [
  { code: (n) => `let v${n % 60} = ${n}; v${n % 60} + 1`, check: shows((n) => String(n + 1)) },
  {
    code: (n) => `const f${n % 60} = (x: number): number => x * 2; f${n % 60}(${n})`,
    check: shows((n) => String(n * 2)),
  },
  {
    code: () => "for (let i = 0; i < 300; i++) console.log(i)",
    check: (a) => (ok(a), assert.equal(a.stream("stdout"), lines(300))),
  },
  { code: () => `%%dockerfile -t memo\n${DOCKERFILE}`, check: rerun },
  { code: (n) => `%%writefile note.txt\n${n}`, check: ok },
  { code: (n) => `%%dockerfile -t memo\n${DOCKERFILE}LABEL n=${n % 7}\n`, check: rerun },
  { code: () => "!cat note.txt", check: (a) => (ok(a), assert.match(a.stream("stdout"), /^\d+\n$/)) },
  { code: (n) => `throw new Error("${n}")`, check: fails("Error") },
  { code: () => "const wrong: string = 1;", check: fails("TypeScriptError") },
  {
    code: (n) => `await new Promise((r) => setTimeout(r, 2)); console.error("e${n}")`,
    check: (a, n) => (ok(a), assert.equal(a.stream("stderr"), `e${n}\n`)),
  },
  {
    code: (n) => `display({ "text/html": "<p>${n}" + "x".repeat(20000) }, { raw: true })`,
    check: (a) => (ok(a), assert.equal(a.of("display_data").length, 1)),
  },
  {
    code: () =>
      "import { createHash } from 'node:crypto'; createHash('sha256').update('a').digest('hex').length",
    check: shows(() => "64"),
  },
  { code: () => "Promise.reject(new TypeError('놓침')); 0", check: fails("TypeError") },
  { code: () => "(await lab.build({ file: 'Dockerfile' })).exitCode", check: shows(() => "0") },
];
/** Takes seconds when nobody stops it. */
const SLOW_BUILD = `%%dockerfile -t slow -f slow.Dockerfile --no-cache\n${DOCKERFILE}${"RUN i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done\n".repeat(40)}`;
const STOPPED: readonly Kind[] = [
  { code: () => SLOW_BUILD, check: fails("Interrupted"), interruptAfter: 150 },
  { code: () => "%%sh\nwhile true; do :; done", check: fails("Interrupted"), interruptAfter: 60 },
  { code: () => "while (true);", check: fails("Interrupted"), interruptAfter: 60 },
  { code: () => "await 0; for (;;) {}", check: fails("Interrupted"), interruptAfter: 60 },
  { code: () => "await new Promise(() => {})", check: fails("Interrupted"), interruptAfter: 60 },
  {
    code: () => "while (true) { await new Promise((r) => setTimeout(r, 1)); console.log('.'); }",
    check: fails("Interrupted"),
    interruptAfter: 60,
  },
];

/** What every cell brings, whatever it does: busy first, its own input once with the next number, idle last, each once. */
function whole({ reply, published }: Answer, number: number): void {
  const kinds = published.map(
    ({ header, content }) =>
      header.msg_type + String((content as { execution_state?: string }).execution_state ?? ""),
  );
  const once = (kind: string): void => assert.equal(kinds.filter((each) => each === kind).length, 1, kind);
  for (const kind of ["statusbusy", "statusidle", "execute_input"]) once(kind);
  assert.deepEqual([kinds[0], kinds.at(-1)], ["statusbusy", "statusidle"]);
  assert.equal(reply.content.execution_count, number);
}

/** A cell and those sent with it: all are answered in order, or aborted behind the one that is stopped. */
async function burst(kernel: TestKernel, number: number, count: number, stop: boolean): Promise<number> {
  const cells = Array.from({ length: 6 }, (_, index) =>
    kernel.execute(
      stop && index === 2 ? "for (;;) {}" : index % 2 ? `!echo ${number + index}` : `${number + index}`,
    ),
  );
  if (stop) {
    await cells[1];
    await new Promise((resolve) => setTimeout(resolve, 100));
    await kernel.interrupt();
  }
  const answers = await Promise.all(cells);
  answers.forEach((answer, index) => {
    const { status } = answer.reply.content as { status: string };
    if (stop && index > 2) {
      assert.equal(status, "aborted");
      assert.equal(answer.published.length, 2); // busy and idle
      return;
    }
    whole(answer, ++count);
    if (stop && index === 2) return fails("Interrupted")(answer);
    const text =
      index % 2 ? answer.stream("stdout").trim() : answer.of("execute_result")[0]?.data["text/plain"];
    assert.equal(text, String(number + index));
  });
  return count;
}

/** Asks for a restart while a cell loops and others wait: the process ends by itself. */
async function restartBusy(kernel: TestKernel): Promise<void> {
  for (const code of ["await 0; for (;;) {}", "1 + 1", "!ls"]) void kernel.execute(code);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ended = new Promise<boolean>((resolve) => {
    kernel.process.once("exit", () => resolve(true));
    setTimeout(() => resolve(false), 20_000).unref();
  });
  await kernel.tell("control", "shutdown_request", { restart: true });
  assert.ok(await ended, "the kernel ends when a restart is asked for");
}

/** Resident MB of the kernel and the processes below it. */
function resident(pid: number): number {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number]);
  const below = (root: number): number =>
    rows
      .filter(([, parent]) => parent === root)
      .reduce((sum, [child]) => sum + below(child), rows.find(([id]) => id === root)?.[2] ?? 0);
  return below(pid) / 1024;
}

describe(`kernel: a soak of ${CELLS} cells`, function () {
  this.timeout(3_600_000);
  it("loses nothing and stays flat", async () => {
    const directory = mkdtempSync(join(tmpdir(), "layerbook-soak-"));
    const began = Date.now();
    const growths: number[] = [];
    let number = 0;
    let kernel: TestKernel | undefined;
    try {
      for (let life = 0; life < LIVES; life++) {
        // As Jupyter starts it for a learner.
        const { argv, env } = kernelSpec(process.execPath, join(packageUnderTest(), "dist/kernel/main.js"));
        kernel = await TestKernel.start({ directory, argv, env });
        await kernel.execute('%%writefile package.json\n{ "name": "memo", "version": "1.0.0" }');
        await kernel.execute("%%writefile note.txt\n0");
        let count = 2;
        const samples: number[][] = [[], [], [], []];
        for (let cell = 0; cell < CELLS / LIVES; cell++, number++) {
          const kind = ((cell % 50 === 49 ? STOPPED[Math.floor(cell / 50) % STOPPED.length] : undefined) ??
            KINDS[number % KINDS.length]) as Kind;
          const running = kernel.execute(kind.code(number));
          if (kind.interruptAfter !== undefined) {
            await new Promise((resolve) => setTimeout(resolve, kind.interruptAfter));
            await kernel.interrupt();
          }
          let timer: NodeJS.Timeout | undefined;
          const lost = new Promise<never>((_, reject) => {
            timer = setTimeout(
              () => reject(new Error(`cell ${number} never ended: ${kind.code(number)}`)),
              CELL_MS,
            );
          });
          const answer = await Promise.race([running, lost]);
          kind.check(answer, number);
          whole(answer, ++count);
          if (cell % 40 === 39)
            count = await Promise.race([burst(kernel, number, count, cell % 80 === 79), lost]);
          clearTimeout(timer);
          kernel.heard.length = 0;
          if (cell % SAMPLE_CELLS === 0) {
            const quarter = Math.floor((cell * 4 * LIVES) / CELLS);
            samples[quarter]?.push(resident(kernel.process.pid as number));
          }
        }
        const quarters = samples.map((all) => all.sort((a, b) => a - b)[all.length >> 1] ?? 0);
        growths.push((quarters[3] ?? 0) - (quarters[1] ?? 0));
        process.stdout.write(
          `  life ${life + 1}: median MB by quarter ${quarters.map((mb) => mb.toFixed(0)).join(", ")}\n`,
        );
        // Half of the restarts are shutdowns as Jupyter asks for them, of a kernel that is busy; half are kills.
        if (life % 2 === 0) await restartBusy(kernel);
        await kernel.stop();
      }
      process.stdout.write(
        `  ${number} cells in ${((Date.now() - began) / 1000).toFixed(0)} s; load ${readFileSync("/proc/loadavg", "utf8").split(" ")[0] ?? ""}\n`,
      );
      for (const growth of growths) assert.ok(growth < GROWTH_MB, `memory grew by ${growth.toFixed(0)} MB`);
    } finally {
      await kernel?.stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});
