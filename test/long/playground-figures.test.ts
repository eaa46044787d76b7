/**
 * What the playground costs: bytes that are fetched and memory after many builds are judged; times are told with the load average beside
 * them, and judged only against one another in the same page.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import type { Browser, Page } from "playwright-core";
import { needChromium } from "../lab/machine";
import { openChromium } from "../lab/page";
import { type ServedSite, serveSite, watch } from "../site/site-page";
import { build, edit, makePlay, openPlay, type PlayFileOnDisk, settled } from "../site/play-page";

const tell = (text: string): boolean =>
  process.stdout.write(`  ${text} (load ${os.loadavg()[0]?.toFixed(1)})\n`);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds that the page says a build took. */
async function told(page: Page): Promise<number> {
  const [, number, unit] = /\(([\d.]+) (ms|s)\)/.exec(await settled(page)) ?? [];
  return Number(number) * (unit === "s" ? 1000 : 1);
}

/** Bytes that the page's worker holds, where the builder is, after a collection: its heap and its buffers. */
async function memory(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const worker = new Promise<string>((resolve) => {
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") resolve(sessionId);
    });
  });
  // The driver has a way of its own to the worker; this second one passes messages through the page.
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const sessionId = await worker;
  const used = new Promise<number>((resolve) => {
    session.on("Target.receivedMessageFromTarget", ({ message }) => {
      const { id, result } = JSON.parse(message) as {
        id?: number;
        result?: { usedSize: number; backingStorageSize?: number };
      };
      if (id === 2 && result) resolve(result.usedSize + (result.backingStorageSize ?? 0));
    });
  });
  for (const [i, method] of ["HeapProfiler.collectGarbage", "Runtime.getHeapUsage"].entries())
    await session.send("Target.sendMessageToTarget", {
      sessionId,
      message: JSON.stringify({ id: i + 1, method }),
    });
  const bytes = await used;
  await session.detach();
  return bytes;
}

describe("playground: what it costs", function () {
  this.timeout(300_000);
  let browser: Browser;
  let play: PlayFileOnDisk;

  before(async function () {
    const chromium = needChromium(this);
    // One after the other: a browser beside a page that could not be made would never be closed.
    play = await makePlay();
    browser = await openChromium(chromium);
  });
  after(async () => {
    await browser?.close();
    play?.remove();
  });

  it("explains a first miss soon after it is opened; a build from the cache costs a part of the first one", async () => {
    const began = performance.now();
    const { page } = await openPlay(browser, play.url);
    await build(page);
    await edit(page, "server.js", "// 고침\n");
    await build(page);
    assert.match(await page.locator("#card").innerText(), /server\.js/);
    tell(`from opening to an explained miss ${Math.round(performance.now() - began)} ms`);
    await page.context().close();
    // The first builds of a page compile the builder: what they cost is not the build's.
    const other = await openPlay(browser, play.url);
    const firsts: number[] = [];
    const cached: number[] = [];
    await build(other.page);
    for (let i = 0; i < 10; i++) {
      await other.page.locator("#prune").click();
      await other.page.locator("#guide").waitFor();
      await other.page.locator("#build").click();
      firsts.push(await told(other.page));
    }
    for (let i = 0; i < 30; i++) {
      await other.page.locator("#build").click();
      cached.push(await told(other.page));
    }
    tell(
      `first build ${median(firsts)} ms, from the cache ${median(cached.slice(10))} ms, pictures included`,
    );
    assert.ok(median(cached.slice(10)) < median(firsts) / 2);
    await other.page.context().close();
  });

  it("stays as small as it was over 60 builds", async () => {
    const { page } = await openPlay(browser, play.url);
    const rebuild = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await build(page);
    };
    await rebuild(20);
    const before = await memory(page);
    await rebuild(20);
    const middle = await memory(page);
    await rebuild(20);
    const after = await memory(page);
    const mb = [before, middle, after].map((bytes) => (bytes / 1e6).toFixed(1));
    tell(`memory after 20, 40 and 60 builds ${mb.join(", ")} MB`);
    assert.ok(after < before * 1.25, `${mb.join(", ")} MB`);
    await page.context().close();
  });

  it("stays as small as it was while files are edited and built again", async () => {
    const { page } = await openPlay(browser, play.url);
    const edits = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await edit(page, "server.js", `// ${i} ${Math.random()}\n`);
        await build(page);
      }
    };
    await edits(20);
    const before = await memory(page);
    await edits(20);
    const after = await memory(page);
    tell(`memory after 20 and 40 edits ${(before / 1e6).toFixed(1)}, ${(after / 1e6).toFixed(1)} MB`);
    // Every edit is a layer of the cache, as it is in Docker: small ones.
    assert.ok(after < before * 1.5);
    await page.context().close();
  });

  describe("in the whole site", () => {
    let site: ServedSite;
    before(async () => {
      site = await serveSite();
    });
    after(() => site?.close());

    it("fetches at most 4 MB with its fonts, relative and from nowhere else", async () => {
      const context = await browser.newContext({ locale: "ko-KR" });
      const { errors, outside } = watch(context, site);
      const page = await context.newPage();
      let bytes = 0;
      page.on("response", (response) => {
        if (/^https?:/.test(response.url()))
          void response.body().then(
            (body) => (bytes += body.length),
            () => 0,
          );
      });
      await page.goto(`${site.url}play.html`);
      await build(page);
      await edit(page, "server.js", "// 한글로 고침 똠방각하 펲시콜라\n");
      await build(page);
      await page.locator("#what-if").click();
      await page.locator("#edits table").waitFor();
      await page.waitForLoadState("networkidle");
      tell(`fetched ${(bytes / 1e6).toFixed(2)} MB`);
      assert.ok(bytes > 500_000 && bytes < 4_000_000, `${bytes} bytes`);
      assert.deepEqual([errors, outside], [[], []]);
      await context.close();
    });

    it("opens from a stick: the folder as it is, without a server", async () => {
      const { page, errors, requests } = await openPlay(browser, `file://${site.folder}/play.html`);
      assert.match(await build(page), /끝났습니다/);
      assert.deepEqual([errors, requests], [[], []]);
      assert.doesNotMatch(
        fs.readFileSync(`${site.folder}/play.html`, "utf8").split("<body>")[0] ?? "",
        /url\(["']?(https?:)?\//,
      );
      await page.context().close();
    });
  });
});
