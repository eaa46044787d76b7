/** How small the browser edition is: the kernel's memory after many builds, and what is fetched for a first lesson and for the playground. */
import assert from "node:assert/strict";
import os from "node:os";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, CDPSession } from "playwright-core";
import { needChromium } from "../lab/machine";
import { openChromium } from "../lab/page";
import { missInLesson, missInPlayground } from "../site/first-miss";
import { openLesson, type ServedSite, serveSite } from "../site/site-page";
import { openWorkerPage } from "../site/worker-page";

const BUILD = "%%dockerfile\nFROM node\nWORKDIR /app\nCOPY . /app\nRUN npm install\n";

/** Bytes that the page's worker holds, after its garbage was collected. */
async function workerHeap(cdp: CDPSession): Promise<number> {
  const attached = new Promise<string>((resolve) =>
    cdp.once("Target.attachedToTarget", ({ sessionId }) => resolve(sessionId)),
  );
  await cdp.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await attached;
  const ask = async (id: number, method: string): Promise<{ usedSize?: number }> => {
    const answered = new Promise<string>((resolve) => {
      cdp.on("Target.receivedMessageFromTarget", ({ message }) => {
        if ((JSON.parse(message) as { id?: number }).id === id) resolve(message);
      });
    });
    await cdp.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    return (JSON.parse(await answered) as { result: { usedSize?: number } }).result;
  };
  await ask(1, "HeapProfiler.enable");
  await ask(2, "HeapProfiler.collectGarbage");
  const { usedSize = 0 } = await ask(3, "Runtime.getHeapUsage");
  await cdp.detach();
  return usedSize;
}

interface Fetched {
  readonly bytes: number;
  /** Behind a web server that packs what it sends. */
  readonly packed: number;
  readonly requests: number;
}

/** What *open* makes a fresh browser fetch, each answer in full although a browser may take it from its cache. */
async function fetched(
  browser: Browser,
  open: (context: BrowserContext) => Promise<unknown>,
): Promise<Fetched> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
  const bodies: Promise<Buffer>[] = [];
  context.on("response", (response) => {
    if (/^https?:/.test(response.url())) bodies.push(response.body().catch(() => Buffer.alloc(0)));
  });
  await open(context);
  for (const page of context.pages()) await page.waitForLoadState("networkidle");
  let [bytes, packed] = [0, 0];
  for (const body of await Promise.all(bodies)) {
    bytes += body.length;
    packed += Math.min(body.length, gzipSync(body).length);
  }
  await context.close();
  return { bytes, packed, requests: bodies.length };
}

/** Says what was fetched; times are no part of it: `npm run bench site`. */
function tell(what: string, { bytes, packed, requests }: Fetched): void {
  const mb = (value: number): string => (value / 1e6).toFixed(2);
  process.stdout.write(
    `      ${what}: ${mb(bytes)} MB, packed ${mb(packed)} MB, ${requests} requests (load ${os.loadavg()[0]?.toFixed(1)})\n`,
  );
}

describe("the browser edition's figures", function () {
  this.timeout(120_000);
  let browser: Browser;
  before(async function () {
    browser = await openChromium(needChromium(this));
  });
  after(() => browser?.close());

  it("holds no more after 20 builds of what is cached", async () => {
    const kernel = await openWorkerPage(browser);
    await kernel.open("figures", "책상", { "책상/app/package.json": "{}" });
    for (let i = 0; i < 10; i++) await kernel.run(BUILD, i + 1);
    const heap = async (): Promise<number> =>
      workerHeap(await kernel.page.context().newCDPSession(kernel.page));
    const before = await heap();
    const times: number[] = [];
    for (let i = 0; i < 20; i++)
      times.push(
        await kernel.page.evaluate<number>(
          `(async () => { const began = performance.now(); await run(${JSON.stringify(BUILD)}, ${i + 20}); return performance.now() - began; })()`,
        ),
      );
    const after = await heap();
    times.sort((a, b) => a - b);
    const grown = after - before;
    console.log(
      `      ${times[10]?.toFixed(1)} ms for a cell (median), ${(after / 1e6).toFixed(1)} MB, ${(grown / 1e6).toFixed(2)} MB more after 20`,
    );
    assert.ok(grown < 1_000_000, `${grown} bytes`);
    await kernel.close();
  });

  describe("of what is fetched", () => {
    let site: ServedSite;
    before(async () => {
      site = await serveSite();
    });
    after(() => site?.close());

    it("is at most 16 MB until the first lesson is ready, and until its first explained miss", async () => {
      const ready = await fetched(browser, async (context) => {
        const page = await context.newPage();
        await page.goto(site.url);
        await openLesson(page, site, "00-start/00-start.ipynb");
      });
      tell("the first lesson", ready);
      const explained = await fetched(browser, (context) => missInLesson(context, site));
      tell("the first lesson's first explained miss", explained);
      for (const { bytes, packed } of [ready, explained]) {
        // Less than this would be no lesson.
        assert.ok(bytes > 4_000_000 && bytes <= 16_000_000, `${bytes} bytes`);
        assert.ok(packed <= 5_000_000, `${packed} bytes`);
      }
    });

    it("is at most 4 MB for the playground with its first explained miss", async () => {
      const all = await fetched(browser, (context) => missInPlayground(context, site));
      tell("the playground", all);
      assert.ok(all.bytes > 500_000 && all.bytes <= 4_000_000, `${all.bytes} bytes`);
    });
  });
});
