/** The kernel of the browser edition in its worker: what is wrong with TypeScript is said, what runs on can be stopped, what is printed has an end. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { CUT, OutputLimit } from "../../kernel-helpers/src/site/kernel/output-limit";
import { needChromium } from "../lab/machine";
import { openChromium } from "../lab/page";
import { openWorkerPage, type WorkerAnswer, type WorkerPage } from "./worker-page";

const printed = ({ outputs }: WorkerAnswer): string => outputs.map(({ text }) => String(text ?? "")).join("");
const failed = ({ value }: WorkerAnswer): string => value.error?.traceback.join("\n") ?? "";

describe("the browser edition's kernel", function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: WorkerPage;
  let count = 0;
  const run = (code: string): Promise<WorkerAnswer> => page.run(code, ++count);

  before(async function () {
    browser = await openChromium(needChromium(this));
    page = await openWorkerPage(browser);
    await page.open("worker", "책상", { "책상/rate.ts": "export const rate: number = 3;\n" });
  });
  after(async () => {
    await page?.close();
    await browser?.close();
  });

  it("says what the type check finds, and which modules a browser cannot have", async () => {
    assert.match(failed(await run("const n: number = '하나';")), /TS2322[^]*'string'[^]*힌트/);
    assert.match(failed(await run("missing + 1")), /TS2304[^]*missing/);
    const fs = failed(await run('import { readFileSync } from "node:fs"; readFileSync("/etc/passwd")'));
    assert.match(fs, /TS2307[^]*LB_NO_MODULE/);
    const seven = await run('import { rate } from "./rate"; const n = rate * 2 + 1; n');
    assert.equal(seven.value.result?.["text/plain"], "7", failed(seven));
  });

  it("stops what waits, and keeps the variables", async () => {
    for (const code of [
      "await new Promise(() => undefined)",
      "%%sh\nwhile true; do echo x > b; done",
      "%%dockerfile\nFROM busybox\nRUN while true; do :; done",
    ]) {
      const running = run(code);
      setTimeout(() => void page.post({ kind: "interrupt" }), 100);
      assert.equal((await running).value.error?.ename, "Interrupted", code);
    }
    assert.equal((await run("n")).value.result?.["text/plain"], "7");
  });

  it("has its cache and images in another worker too", async () => {
    const build = "%%dockerfile -t kept\nFROM busybox\nCOPY rate.ts /\n";
    await run("%%writefile rate.ts\nexport const rate = 4;");
    assert.equal(failed(await run(build)), "");
    await page.open("worker", "책상", {});
    const again = await run(build);
    assert.match(JSON.stringify(again.outputs), /모두 재사용/, failed(again));
    assert.match(printed(await run("!docker images")), /kept/);
  });

  it("asks only where somebody can answer, and says that prompt() cannot wait", async () => {
    assert.match(failed(await run('await input("이름? ")')), /입력을 받을 수 없습니다/);
    assert.match(failed(await run('prompt("이름?")')), /await input/);
  });

  it("prints no more than a page can show", async () => {
    const text = printed(await run('for (let i = 0; i < 400; i++) console.log("가".repeat(1000))'));
    assert.ok(text.length < 301_000 && text.endsWith(CUT), `${text.length}: ${text.slice(-200)}`);
    const { outputs } = await run("for (let i = 0; i < 1100; i++) display(i)");
    assert.equal(outputs.filter(({ kind }) => kind === "display").length, 1000);
    const limit = new OutputLimit(0);
    assert.equal(limit.print("x".repeat(299_999)).length, 299_999);
    assert.equal(limit.print("😀"), CUT, "no half of a character");
    assert.equal(limit.print("more"), "");
    for (let i = 0; i < 300; i++) assert.equal(limit.display(true, 0), true);
    assert.deepEqual([limit.display(true, 0), limit.display(true, 100)], ["", true]);
  });
});
