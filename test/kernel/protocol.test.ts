/** The messages of the protocol, one after the other. */

import assert from "node:assert/strict";
import { TestKernel } from "./client";

describe("kernel: protocol", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await TestKernel.start();
  });
  after(() => kernel.stop());

  it("says what it is", async () => {
    const { reply } = await kernel.request("kernel_info_request", {});
    assert.equal(reply.content.protocol_version, "5.4");
    assert.equal(reply.header.version, "5.4");
    assert.equal(reply.content.implementation, "layerbook");
    assert.equal(reply.content.language_info.name, "typescript");
    assert.equal(reply.content.debugger, false);
  });

  it("answers the heartbeat and the control channel", async () => {
    assert.equal(await kernel.beat("두근"), "두근");
    const { reply } = await kernel.request("kernel_info_request", {}, "control");
    assert.equal(reply.header.msg_type, "kernel_info_reply");
    const debug = await kernel.request(
      "debug_request",
      { type: "request", seq: 3, command: "initialize" },
      "control",
    );
    assert.equal(debug.reply.content.success, false);
    assert.equal(debug.reply.content.request_seq, 3);
  });

  it("greets subscribers", async () => {
    const welcome = await kernel.until(({ header }) => header.msg_type === "iopub_welcome");
    assert.equal(welcome.content.subscription, "");
  });

  it("publishes busy, execute_input, streams, execute_result, idle in this order", async () => {
    const answer = await kernel.execute("console.log('하나'); 1 + 1");
    assert.deepEqual(
      answer.published.map(({ header, content }) => content.execution_state ?? header.msg_type),
      ["busy", "execute_input", "stream", "execute_result", "idle"],
    );
    assert.equal(answer.stream("stdout"), "하나\n");
    assert.deepEqual(answer.of("execute_result")[0].data, { "text/plain": "2" });
    assert.equal(answer.reply.content.status, "ok");
    assert.equal(answer.of("execute_input")[0].execution_count, answer.reply.content.execution_count);
  });

  it("answers an error with its traceback, and aborts what the client had sent after it", async () => {
    const [failing, second, other] = await Promise.all([
      kernel.execute("throw new RangeError('너무 큼')"),
      kernel.execute("console.log('아니')"),
      kernel.request("comm_info_request", {}),
    ]);
    assert.equal(failing.reply.content.status, "error");
    assert.equal(failing.reply.content.ename, "RangeError");
    assert.equal(failing.of("error")[0].evalue, "너무 큼");
    assert.ok(failing.reply.content.traceback.length > 0);
    assert.equal(second.reply.content.status, "aborted");
    assert.equal(second.stream("stdout"), "");
    assert.equal(other.reply.content.status, "ok");
    assert.equal((await kernel.execute("2")).reply.content.status, "ok");
  });

  it("goes on when stop_on_error is false, also after a cell that blocked the thread", async () => {
    const slow = "const until = Date.now() + 200; while (Date.now() < until); throw new Error('x')";
    const [, kept] = await Promise.all([
      kernel.execute(slow, { stop_on_error: false }),
      kernel.execute("'계속'"),
    ]);
    assert.equal(kept.reply.content.status, "ok");
    const [, aborted] = await Promise.all([kernel.execute(slow), kernel.execute("'계속'")]);
    assert.equal(aborted.reply.content.status, "aborted");
  });

  it("keeps silent cells silent and out of the history", async () => {
    const before = (await kernel.execute("0")).reply.content.execution_count as number;
    const silent = await kernel.execute("console.log('조용'); 5", { silent: true });
    assert.deepEqual(
      silent.published.map(({ header }) => header.msg_type),
      ["status", "status"],
    );
    const unstored = await kernel.execute("6", { store_history: false });
    assert.equal(unstored.of("execute_result").length, 1);
    assert.equal((await kernel.execute("0")).reply.content.execution_count, before + 1);
  });

  it("evaluates user_expressions", async () => {
    const { reply } = await kernel.execute("const seven = 7", {
      user_expressions: { a: "seven * 6", b: "nothing.at.all", c: "JSON.parse('{')" },
    });
    const { a, b, c } = reply.content.user_expressions;
    assert.deepEqual(a, { status: "ok", data: { "text/plain": "42" }, metadata: {} });
    assert.equal(b.status, "error");
    assert.match(b.evalue, /Cannot find name 'nothing'/);
    assert.equal(c.ename, "SyntaxError");
  });

  it("remembers history: tail, range, search", async () => {
    await kernel.execute("'기억 1'");
    await kernel.execute("'기억 2'");
    await kernel.execute("'기억 2'");
    const ask = async (content: object): Promise<[number, number, unknown][]> =>
      (await kernel.request("history_request", { raw: true, output: false, ...content })).reply.content
        .history as [number, number, unknown][];
    const tail = await ask({ hist_access_type: "tail", n: 2 });
    assert.deepEqual(
      tail.map(([, , code]) => code),
      ["'기억 2'", "'기억 2'"],
    );
    const [, count] = tail[0] as [number, number, unknown];
    assert.deepEqual(await ask({ hist_access_type: "range", session: 0, start: count, stop: count + 1 }), [
      [0, count, "'기억 2'"],
    ]);
    assert.equal((await ask({ hist_access_type: "search", pattern: "'기억*" })).length, 3);
    assert.equal((await ask({ hist_access_type: "search", pattern: "'기억*", unique: true })).length, 2);
    assert.deepEqual((await ask({ hist_access_type: "tail", n: 1, output: true }))[0]?.[2], [
      "'기억 2'",
      "'기억 2'",
    ]);
  });

  it("knows when input is complete", async () => {
    const cases = [
      ["1 + 1", "complete"],
      ["function f() {", "incomplete"],
      ["`열린", "incomplete"],
      ["a b c", "invalid"],
      ["%%dockerfile\nFROM node\n", "complete"],
      ["!ls", "complete"],
    ];
    for (const [code, status] of cases) {
      assert.equal(
        (await kernel.request("is_complete_request", { code })).reply.content.status,
        status,
        code,
      );
    }
  });

  it("counts cursor positions in code points", async () => {
    const code = "const s = '🐳'; s.toUpp";
    const { reply } = await kernel.request("complete_request", { code, cursor_pos: [...code].length });
    assert.deepEqual(reply.content.matches, ["toUpperCase"]);
    assert.equal(reply.content.cursor_start, [...code].length - "toUpp".length);
    assert.equal(reply.content.cursor_end, [...code].length);
  });

  it("shows documentation as text and Markdown", async () => {
    await kernel.execute("/** 두 배로 합니다. */ function twice(n: number) { return n * 2; }");
    const { reply } = await kernel.request("inspect_request", {
      code: "twice(1)",
      cursor_pos: 3,
      detail_level: 0,
    });
    assert.equal(reply.content.found, true);
    assert.match(reply.content.data["text/plain"], /twice\(n: number\): number[^]*두 배로/);
    assert.match(reply.content.data["text/markdown"], /^```typescript/);
    const nothing = await kernel.request("inspect_request", { code: "   ", cursor_pos: 1, detail_level: 0 });
    assert.deepEqual([nothing.reply.content.status, nothing.reply.content.found], ["ok", false]);
  });

  it("displays, updates and clears", async () => {
    const answer = await kernel.execute(
      "const shown = display({ 'text/html': '<i>하나</i>' }, { raw: true, id: 'x' }); await 0; shown.update('둘'); await 0; clearOutput(true);",
    );
    assert.deepEqual(answer.of("display_data")[0], {
      data: { "text/html": "<i>하나</i>" },
      metadata: {},
      transient: { display_id: "x" },
    });
    assert.equal(answer.of("update_display_data")[0].transient.display_id, "x");
    assert.deepEqual(answer.of("clear_output"), [{ wait: true }]);
  });

  it("asks for input, in promises and at once", async () => {
    kernel.onInput = (prompt, password) => `${prompt}${password ? "비밀" : "값"}`;
    const answer = await kernel.execute(
      "console.log(await input('이름? ')); console.log(await input('암호? ', { password: true })); console.log(prompt('지금? '))",
    );
    assert.equal(answer.stream("stdout"), "이름? 값\n암호? 비밀\n지금? 값\n");
    kernel.onInput = undefined;
    const refused = await kernel.execute("await input('?')");
    assert.equal(refused.reply.content.status, "error");
    assert.match(refused.reply.content.evalue, /입력을 받을 수 없습니다/);
  });

  it("refuses comms to targets it does not know, and lists open ones", async () => {
    await kernel.tell("shell", "comm_open", { comm_id: "c1", target_name: "nobody", data: {} });
    const closed = await kernel.until(({ header }) => header.msg_type === "comm_close");
    assert.equal(closed.content.comm_id, "c1");
    assert.deepEqual((await kernel.request("comm_info_request", {})).reply.content.comms, {});
  });

  it("ignores what is not signed, and answers requests that it does not know", async () => {
    await kernel.raw(["<IDS|MSG>", "nonsense", "{}", "{}", "{}", "{}"]);
    await kernel.raw(["nothing at all"]);
    const { reply } = await kernel.request("dance_request", {});
    assert.deepEqual([reply.header.msg_type, reply.content.status], ["dance_reply", "error"]);
  });
});

describe("kernel: shutdown", () => {
  it("ends on request, on shell and on control, also while a cell loops", async () => {
    for (const channel of ["shell", "control"] as const) {
      const kernel = await TestKernel.start();
      const exit = new Promise((resolve) =>
        kernel.process.once("exit", (code, signal) => resolve([code, signal])),
      );
      if (channel === "control") await kernel.tell("shell", "execute_request", { code: "while (true);" });
      await kernel.tell(channel, "shutdown_request", { restart: true });
      assert.deepEqual(await exit, [0, null], channel);
      await kernel.stop();
    }
  });
});
