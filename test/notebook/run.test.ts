import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  findJupyter,
  parseNotebook,
  runAll,
  startServer,
  type CodeCell,
  type JupyterServer,
  type NotebookOutcome,
  type RunAllOptions,
} from "../../kernel-helpers/src/notebook";
import { pythonNotebook } from "./notebook-builder";

/** A real Jupyter Server and Python's kernel: nothing here is simulated. */
describe("running notebooks on a real Jupyter Server", function () {
  this.timeout(120_000);
  let folder = "";
  let server: JupyterServer | undefined;
  /** Options of a run in the server that all share: starting one takes longer than what is run in it. */
  let joined: Partial<RunAllOptions> = {};

  before(async function () {
    if (findJupyter(process.env)) {
      folder = mkdtempSync(join(tmpdir(), "레이어북 노트북 "));
      server = await startServer(folder, process.env);
      joined = { server: `${server.baseUrl}?token=${server.token}` };
      return;
    }
    assert.ok(!process.env["CI"], "no Jupyter Server: these tests must not be skipped under CI");
    console.log("      SKIPPED: no Jupyter Server on this machine");
    this.skip();
  });
  after(async () => {
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const run = (files: string[], change: Partial<RunAllOptions> = {}): Promise<NotebookOutcome[]> =>
    runAll({
      files,
      env: process.env,
      timeout: 30_000,
      keepGoing: false,
      jobs: 2,
      check: false,
      signal: new AbortController().signal,
      ...change,
    });
  const outputs = (file: string): CodeCell["outputs"][] =>
    parseNotebook(readFileSync(file, "utf8")).cells.flatMap((cell) =>
      cell.cell_type === "code" ? [cell.outputs] : [],
    );
  const statuses = (outcome: NotebookOutcome | undefined): string[] =>
    outcome?.result?.cells.map((cell) => cell.status) ?? [];

  it("writes outputs back, keeps to the tags, stops at a failing cell and names cell, line and message", async () => {
    const good = put(
      "하위 폴더/good.ipynb",
      pythonNotebook(
        "print('가')\n1+1",
        { source: "1/0", tags: ["raises-exception"] },
        { source: "boom", tags: ["skip-execution"] },
        "",
      ),
    );
    const bad = put("bad.ipynb", pythonNotebook("x = 1", "y = 2\nraise KeyError('없음')", "print(3)"));
    const mild = put("mild.ipynb", pythonNotebook({ source: "1", tags: ["raises-exception"] }));
    const [first, second, third] = await run([good, bad, mild]);
    assert.deepEqual(statuses(first), ["ok", "expected-error", "skipped", "empty"]);
    assert.equal(first?.passed, true);
    assert.deepEqual(outputs(good)[0], [
      { output_type: "stream", name: "stdout", text: "가\n" },
      { output_type: "execute_result", execution_count: 1, data: { "text/plain": "2" }, metadata: {} },
    ]);
    assert.deepEqual(statuses(second), ["ok", "error", "not-run"]);
    assert.deepEqual(second?.result?.cells[1]?.error, { name: "KeyError", message: "'없음'", line: 2 });
    assert.deepEqual(statuses(third), ["no-error"]);
    assert.deepEqual([second?.passed, third?.passed], [false, false]);

    const [kept, repeated] = await run([good, bad], { resume: true, ...joined });
    assert.deepEqual([kept?.resumed, kept?.passed], [true, true]);
    assert.deepEqual(statuses(repeated), ["ok", "error", "not-run"]);
    // Nothing is left to run: not even a server is started.
    const [alone] = await run([good], { resume: true, env: { PATH: "" } });
    assert.equal(alone?.resumed, true);
    const text = readFileSync(good, "utf8");
    writeFileSync(good, text.replace("1+1", "1+2"));
    const [edited] = await run([good], { resume: true, ...joined });
    assert.deepEqual([edited?.resumed, statuses(edited)[0]], [undefined, "ok"]);
    writeFileSync(good, text);

    const [again] = await run([good], { check: true, ...joined });
    assert.deepEqual([again?.passed, again?.differences], [true, []]);
  });

  it("a thousand lines arrive whole and in order; --check shows a difference and writes nothing", async () => {
    const file = put("lines.ipynb", pythonNotebook("for i in range(1000): print(i)"));
    await run([file], joined);
    const [[stream] = []] = outputs(file);
    assert.equal(
      stream?.output_type === "stream" ? stream.text : "",
      Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(""),
    );
    const text = readFileSync(file, "utf8").replace("999\\n", "998\\n");
    writeFileSync(file, text);
    const [outcome] = await run([file], { check: true, ...joined });
    assert.equal(outcome?.differences.length, 1);
    assert.equal(readFileSync(file, "utf8"), text);
  });

  it("a cell that takes too long is interrupted, one that kills its kernel is told", async () => {
    const slow = put(
      "slow.ipynb",
      pythonNotebook("import time\nprint('a', flush=True)\ntime.sleep(60)", "print('after')"),
    );
    const dead = put("dead.ipynb", pythonNotebook("import os\nos._exit(3)", "print(1)"));
    const [first, second] = await run([slow, dead], { timeout: 2000, keepGoing: true, ...joined });
    assert.deepEqual(statuses(first), ["timeout", "ok"]);
    assert.equal(outputs(slow)[0]?.[0]?.output_type, "stream");
    assert.deepEqual(statuses(second), ["dead", "not-run"]);
  });

  it("kernels that die leave no error behind that nobody waits for", async () => {
    const late: unknown[] = [];
    const listener = (reason: unknown): unknown => late.push(reason);
    process.on("unhandledRejection", listener);
    try {
      const files = [1, 2, 3, 4].map((n) =>
        put(`dead-${n}.ipynb`, pythonNotebook(`import os, time\ntime.sleep(${n / 10})\nos._exit(3)`)),
      );
      const outcomes = await run(files, { jobs: 4, ...joined });
      assert.deepEqual(outcomes.map(statuses), [["dead"], ["dead"], ["dead"], ["dead"]]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(late, []);
    } finally {
      process.removeListener("unhandledRejection", listener);
    }
  });

  it("Ctrl-C ends the run and leaves the file as it was", async () => {
    const file = put("long.ipynb", pythonNotebook("import time\ntime.sleep(60)"));
    const before = readFileSync(file, "utf8");
    const abort = new AbortController();
    const running = run([file], { signal: abort.signal, ...joined });
    assert.ok(server);
    await kernelBusy(server);
    abort.abort();
    const [outcome] = await running;
    assert.ok(outcome && !outcome.passed);
    assert.equal(readFileSync(file, "utf8"), before);
  });

  it("unknown kernels and missing or broken files are told, the others still run", async () => {
    const fine = put("fine.ipynb", pythonNotebook("1"));
    const none = put("none.ipynb", pythonNotebook("1").replace('"python3"', '"no-such-kernel"'));
    const broken = put("broken.ipynb", "{");
    const results = await run([none, join(folder, "missing.ipynb"), broken, fine], joined);
    assert.deepEqual(
      results.map((one) => one.failure?.code),
      ["LB_NO_KERNEL", "LB_NO_FILE", "LB_NOT_A_NOTEBOOK", undefined],
    );
    assert.equal(results[3]?.passed, true);
  });

  it("joins a running server and leaves it running", async () => {
    assert.ok(server);
    const { baseUrl, token } = server;
    const [outcome] = await run([put("joined.ipynb", pythonNotebook("2*21"))], joined);
    assert.equal(outcome?.passed, true);
    const status = await fetch(`${baseUrl}api/status`, { headers: { Authorization: `token ${token}` } });
    assert.ok(status.ok);
    await server.stop();
    server = undefined;
    await assert.rejects(
      run([put("x.ipynb", pythonNotebook("1"))], { server: baseUrl, token }),
      /no Jupyter Server answers/,
    );
  });
});

/** Waits until a cell runs on *server*, which is neither the start of its kernel nor the questions before it. */
async function kernelBusy({ baseUrl, token }: JupyterServer): Promise<void> {
  for (let busy = 0; busy < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answer = await fetch(`${baseUrl}api/kernels`, { headers: { Authorization: `token ${token}` } });
    const kernels = (await answer.json()) as { execution_state: string }[];
    busy = kernels.some(({ execution_state }) => execution_state === "busy") ? busy + 1 : 0;
  }
}
