/** No line is lost, and every line belongs to the cell that wrote it. */

import assert from "node:assert/strict";
import { TestKernel } from "./client";

describe("kernel: output", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await TestKernel.start();
  });
  after(() => kernel.stop());

  it("delivers 100,000 lines in order, once, in few messages, before idle", async () => {
    const answer = await kernel.execute("for (let i = 0; i < 100_000; i++) console.log(i)");
    const lines = answer.stream("stdout").split("\n");
    assert.equal(lines.length, 100_001);
    assert.ok(lines.slice(0, -1).every((line, index) => line === String(index)));
    assert.ok(answer.of("stream").length < 200, `${answer.of("stream").length} messages`);
    assert.equal(answer.published.at(-1)?.content.execution_state, "idle");
  });

  it("keeps the order of stdout and stderr", async () => {
    const answer = await kernel.execute(
      "for (let i = 0; i < 2000; i++) (i % 2 ? console.error : console.log)(i)",
    );
    const lines = answer
      .of("stream")
      .map(({ text }) => String(text))
      .join("")
      .trimEnd()
      .split("\n");
    assert.deepEqual(
      lines,
      Array.from({ length: 2000 }, (_, index) => String(index)),
    );
  });

  it("delivers 20 MB of HTML", async () => {
    const answer = await kernel.execute(
      "display({ 'text/html': '<p>' + '가나다'.repeat(2_300_000) + '</p>' }, { raw: true }); await 0;",
    );
    assert.ok(Buffer.byteLength(String(answer.of("display_data")[0].data["text/html"])) > 20_000_000);
  });

  it("gives late output to the cell that started it", async () => {
    const first = await kernel.execute("setTimeout(() => console.log('늦은 줄'), 150); 'first'");
    const second = await kernel.execute(
      "await new Promise((resolve) => setTimeout(resolve, 300)); console.log('제 줄')",
    );
    assert.equal(second.stream("stdout"), "제 줄\n");
    const late = await kernel.until(
      ({ header, content }) => header.msg_type === "stream" && String(content.text).includes("늦은"),
    );
    assert.equal(late.parent_header.msg_id, first.reply.parent_header.msg_id);
  });

  it("is live inside a synchronous loop", async () => {
    let ended = false;
    const running = kernel.execute(
      "const end = Date.now() + 600; console.log('시작'); while (Date.now() < end); console.log('끝')",
    );
    void running.then(() => (ended = true));
    await kernel.until(
      ({ header, content }) => header.msg_type === "stream" && String(content.text).includes("시작"),
    );
    assert.equal(ended, false);
    assert.equal((await running).stream("stdout"), "시작\n끝\n");
  });

  it("keeps characters whole that are split over two writes, and replaces lone surrogates", async () => {
    const answer = await kernel.execute(
      "const bytes = Buffer.from('한'); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1)); console.log('\\ud800|')",
    );
    assert.equal(answer.stream("stdout"), "한\ufffd|\n");
  });

  it("captures child processes that write to the terminal", async () => {
    const answer = await kernel.execute(`
      import { execSync, spawn, spawnSync } from "node:child_process";
      import { once } from "node:events";
      import { writeSync } from "node:fs";
      spawnSync("echo", ["하나"], { stdio: "inherit" });
      execSync("echo 둘 >&2", { stdio: "inherit" });
      execSync("echo 셋 >&2");
      const child = spawn("sh", ["-c", "echo 넷; echo 다섯 >&2"], { stdio: "inherit" });
      await once(child, "close");
      writeSync(1, "여섯\\n");
    `);
    assert.equal(answer.reply.content.status, "ok", JSON.stringify(answer.reply.content));
    assert.equal(answer.stream("stdout"), "하나\n넷\n여섯\n");
    assert.equal(answer.stream("stderr"), "둘\n셋\n다섯\n");
  });

  it("captures worker threads", async () => {
    const answer = await kernel.execute(`
      import { Worker } from "node:worker_threads";
      await new Promise((resolve) => new Worker("console.log('일꾼')", { eval: true }).on("exit", resolve));
      await new Promise((resolve) => setTimeout(resolve, 20));
    `);
    assert.equal(answer.stream("stdout"), "일꾼\n");
  });

  it("shows values as they say themselves", async () => {
    const answer = await kernel.execute(
      "({ [Symbol.for('Jupyter.display')]() { return { 'text/html': '<b>안녕</b>' }; } })",
    );
    const [{ data }] = answer.of("execute_result");
    assert.equal(data["text/html"], "<b>안녕</b>");
    assert.equal(typeof data["text/plain"], "string");
    const nothing = await kernel.execute("undefined");
    assert.equal(nothing.of("execute_result").length, 0);
    const promised = await kernel.execute("Promise.resolve('왔다')");
    assert.deepEqual(promised.of("execute_result")[0].data, { "text/plain": "'왔다'" });
  });
});

describe("kernel: behind a Jupyter Server", () => {
  it("stays within the server's limits and still delivers everything in order", async () => {
    const kernel = await TestKernel.start({
      env: { LAYERBOOK_IOPUB_MSG_RATE: "20", LAYERBOOK_IOPUB_DATA_RATE: "100000" },
    });
    const arrivals: number[] = [];
    const began = Date.now();
    const answer = await kernel.execute(
      "for (let i = 0; i < 100; i++) (i % 2 ? console.error : console.log)(i)",
    );
    for (const message of answer.published)
      if (message.header.msg_type === "stream") arrivals.push(Date.now() - began);
    const lines = answer
      .of("stream")
      .map(({ text }) => String(text))
      .join("")
      .trimEnd()
      .split("\n");
    assert.deepEqual(
      lines,
      Array.from({ length: 100 }, (_, index) => String(index)),
    );
    assert.ok(Date.now() - began > 2500, "100 messages at 20 a second take a while");
    assert.equal(arrivals.length, 100);
    await kernel.stop();
  });
});
