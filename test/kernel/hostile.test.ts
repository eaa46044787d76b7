/** Cells that loop, leak, exit, crash or never end: the kernel says what happened and keeps the state. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { TestKernel } from "./client";

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("kernel: hostile cells", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await TestKernel.start();
    await kernel.execute(
      "let kept = 41; const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));",
    );
  });
  after(() => kernel.stop());
  afterEach(async () => {
    const { reply, published } = await kernel.execute("kept + 1");
    assert.equal(reply.content.status, "ok");
    assert.equal(
      published.find(({ header }) => header.msg_type === "execute_result")?.content.data["text/plain"],
      "42",
    );
  });

  /** Runs *code*, interrupts it after a while, and checks that it ended as interrupted, soon. */
  async function interrupted(code: string, ms = 300): Promise<void> {
    const running = kernel.execute(code);
    await later(ms);
    await kernel.interrupt();
    const answer = await running;
    const { reply } = answer;
    assert.equal(reply.content.ename, "Interrupted", JSON.stringify(reply.content));
    assert.equal(answer.of("error").length, 1);
  }

  it("stops an endless loop", () => interrupted("while (true);"));
  it("stops an endless loop after an await", () => interrupted("await sleep(1); for (;;) { kept; }"));
  it("stops a loop that catches everything", () =>
    interrupted("await 0; while (true) { try { while (true) {} } catch {} }"));
  it("stops a loop in a function of an earlier cell", async () => {
    await kernel.execute("function spin() { let n = 0; do { n++; } while (n > 0); }");
    await interrupted("await sleep(1); spin()");
  });
  it("stops endless recursion that is no stack overflow", () =>
    interrupted(
      "const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2)); await 0; fib(80)",
    ));
  it("stops an endless await", () => interrupted("await new Promise(() => {})"));
  it("stops an endless result", () => interrupted("new Promise(() => {})"));
  it("stops an asynchronous loop, and it stays stopped", async () => {
    await interrupted("while (true) { await sleep(20); console.log('아직'); }");
    const heard = kernel.heard.length;
    await later(200);
    assert.equal(kernel.heard.slice(heard).filter(({ header }) => header.msg_type === "stream").length, 0);
  });
  it("stops a regular expression that backtracks for ever", () =>
    interrupted("/^(?=a)(a+)+$/.test('a'.repeat(40) + 'b')"));
  it("ends such a regular expression after an await, where nothing can stop it", async () => {
    const { reply, of } = await kernel.execute("await 0; /^(a+)+$/.test('a'.repeat(40) + 'b')");
    assert.equal(reply.content.status, "ok");
    assert.equal(of("execute_result")[0].data["text/plain"], "false");
  });
  it("stops a wait on a child process", () =>
    interrupted("import { execSync } from 'node:child_process'; execSync('sleep 30')", 1500));
  it("stops commands of the simulated shell, and what waits behind them", async () => {
    await kernel.execute("!ls"); // the builder is loaded
    await interrupted("%%sh\nwhile true; do :; done", 100);
    await interrupted("!echo 먼저; while :; do :; done\n!echo 나중", 100);
    const [, waiting] = await Promise.all([
      interrupted("%%sh\nwhile true; do :; done", 200),
      kernel.execute("1 + 1"),
    ]);
    assert.equal(waiting.reply.content.status, "aborted");
  });
  it("stops a prompt", async () => {
    kernel.onInput = () => undefined;
    await interrupted("prompt('?')");
    await interrupted("await input('?')");
    kernel.onInput = undefined;
  });
  it("stops on SIGINT too", async () => {
    const running = kernel.execute("while (true);");
    await later(300);
    kernel.process.kill("SIGINT");
    assert.equal((await running).reply.content.ename, "Interrupted");
  });
  it("does not stop the next cell for an interrupt that came while nothing ran", async () => {
    await kernel.interrupt();
    assert.equal((await kernel.execute("for (let i = 0; i < 1000; i++); 'ok'")).reply.content.status, "ok");
  });

  it("explains a stack overflow", async () => {
    const { reply } = await kernel.execute("function down(): void { down(); } down();");
    assert.equal(reply.content.ename, "RangeError");
    assert.match(reply.content.traceback.join("\n"), /끝없이 불렀습니다/);
  });
  it("stops a loop that fills the memory", async () => {
    const small = await TestKernel.start({
      argv: [
        process.execPath,
        "--max-old-space-size=200",
        ...kernel.process.spawnargs.slice(1, -1),
        "{connection_file}",
      ],
    });
    await small.execute("let kept = 41");
    const { reply } = await small.execute(
      "const all: unknown[] = []; while (true) all.push(new Array(100).fill(all.length));",
    );
    assert.equal(reply.content.ename, "OutOfMemoryError", JSON.stringify(reply.content));
    assert.match(reply.content.evalue, /메모리/);
    assert.equal((await small.execute("kept")).of("execute_result")[0].data["text/plain"], "41");
    await small.stop();
  });
  it("goes on when the compiler's process is killed: while a cell runs, while one is compiled, and twice", async () => {
    const compiler = (): number[] =>
      execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map((row) => row.trim().split(/\s+/).map(Number))
        .filter(([, parent]) => parent === kernel.process.pid)
        .map(([pid]) => pid as number);
    for (const pid of compiler()) process.kill(pid, "SIGKILL");
    const running = kernel.execute("console.log('달린다'); await sleep(300); kept + 1");
    await kernel.until(({ header, content }) => header.msg_type === "stream" && content.text === "달린다\n");
    for (const pid of compiler()) process.kill(pid, "SIGKILL");
    assert.equal((await running).of("execute_result")[0]?.data["text/plain"], "42");
    for (let turn = 0; turn < 2; turn++) {
      const compiled = kernel.execute(`const again${turn} = kept + ${turn}; again${turn}`);
      await later(5);
      for (const pid of compiler()) process.kill(pid, "SIGKILL");
      const { reply } = await compiled;
      // Killed before it answered, the cell says so and can be run again; killed afterwards, nothing is seen.
      assert.ok(["ok", "error"].includes(String(reply.content.status)));
      if (reply.content.status === "error") assert.match(String(reply.content.evalue), /다시 실행/);
    }
  });
  it("refuses process.exit, abort and reallyExit", async () => {
    for (const code of ["process.exit(3)", "process.abort()", "(process as any).reallyExit(1)"]) {
      const { reply } = await kernel.execute(code);
      assert.equal(reply.content.ename, "ProcessExit", code);
    }
  });
  it("fails a cell whose promise nobody awaited", async () => {
    const { reply } = await kernel.execute("Promise.reject(new TypeError('놓친 것')); 1");
    assert.deepEqual([reply.content.ename, reply.content.evalue], ["TypeError", "놓친 것"]);
  });
  it("reports a late rejection and a late exception on the cell's stderr, once", async () => {
    const first = await kernel.execute(
      "setTimeout(() => { throw new Error('늦은 예외'); }, 30); setTimeout(() => Promise.reject(new Error('늦은 거절')), 60); 0",
    );
    await later(250);
    const texts = kernel.heard.filter(
      ({ header, parent_header }) =>
        header.msg_type === "stream" && parent_header.msg_id === first.reply.parent_header.msg_id,
    );
    const text = texts.map(({ content }) => String(content.text)).join("");
    assert.match(text, /늦은 예외/);
    assert.match(text, /늦은 거절/);
    assert.equal(text.match(/기다리지 않은 Promise/g)?.length, 1);
  });
  it("survives values that throw when they are looked at", async () => {
    const cells = [
      "new Proxy({}, { get() { throw new Error('보지 마'); }, ownKeys() { throw new Error('보지 마'); } })",
      "({ get [Symbol.toStringTag]() { throw 1; }, [Symbol.for('Jupyter.display')]() { throw new Error('안 보여'); } })",
      "throw { get message() { throw 1; }, get stack() { throw 2; } }",
      "throw null",
      "throw new Proxy(new Error('x'), { get() { throw new Error('y'); } })",
      "const e = new Error('순환'); e.cause = e; throw e",
    ];
    for (const code of cells)
      assert.ok(["ok", "error"].includes(String((await kernel.execute(code)).reply.content.status)), code);
  });
  it("survives what cells do to the process", async () => {
    const cells = [
      "process.stdout.write = (() => true) as never; console.log = () => {};",
      "globalThis.Promise = class {} as never;",
      "process.removeAllListeners(); process.chdir('/');",
    ];
    for (const code of cells) {
      const hostile = await TestKernel.start();
      await hostile.execute(code);
      const { reply } = await hostile.execute("6 * 7");
      assert.equal(reply.content.status, "ok", code);
      await hostile.stop();
    }
  });
});
