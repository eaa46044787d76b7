/** The browser edition in Chromium, from a link to the first explained miss: a browser of its own each time, so nothing is kept from before. */

import os from "node:os";
import type { Browser, BrowserContext } from "playwright-core";
import { testChromium } from "../lab/machine";
import { openChromium } from "../lab/page";
import { openWorkerPage } from "../site/worker-page";
import { missInLesson, missInPlayground } from "../site/first-miss";
import { type ServedSite, serveSite } from "../site/site-page";

let site: ServedSite;

export async function open(): Promise<void> {
  site = await serveSite();
}

export async function close(): Promise<void> {
  await site.close();
}

function program(): string {
  const found = testChromium();
  if (found === undefined) throw new Error("no Chromium on this machine");
  return found;
}

/** CPU seconds that all processes of *browser* have had. */
async function cpuSeconds(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Milliseconds of *way* in the middle of three fresh browsers, and CPU seconds at least, which other programs change little. */
async function inFreshBrowsers(
  way: (context: BrowserContext, site: ServedSite) => Promise<void>,
): Promise<{ ms: number; slowest_ms: number; cpu_s: number; load: number }> {
  const times: number[] = [];
  const seconds: number[] = [];
  for (let i = 0; i < 3; i++) {
    const browser = await openChromium(program());
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    const before = await cpuSeconds(browser);
    const began = performance.now();
    await way(context, site);
    times.push(Math.round(performance.now() - began));
    seconds.push((await cpuSeconds(browser)) - before);
    await browser.close();
  }
  times.sort((a, b) => a - b);
  return {
    ms: times[1] ?? 0,
    slowest_ms: times[2] ?? 0,
    cpu_s: Number(Math.min(...seconds).toPrecision(3)),
    load: Math.round(os.loadavg()[0] ?? 0),
  };
}

const BUILD = "%%dockerfile\nFROM node\nWORKDIR /app\nCOPY . /app\nRUN npm install\n";

/** Milliseconds of a cell that builds what is cached, in the middle of 50, from the page's question to its answer. */
async function cachedCell(): Promise<{ ms: number; p99_ms: number; samples: number }> {
  const browser = await openChromium(program());
  const kernel = await openWorkerPage(browser);
  await kernel.open("bench", "책상", { "책상/app/package.json": "{}" });
  for (let i = 0; i < 10; i++) await kernel.run(BUILD, i + 1);
  const times: number[] = [];
  for (let i = 0; i < 50; i++)
    times.push(
      await kernel.page.evaluate<number>(
        `(async () => { const began = performance.now(); await run(${JSON.stringify(BUILD)}, ${i + 20}); return performance.now() - began; })()`,
      ),
    );
  await kernel.close();
  await browser.close();
  times.sort((a, b) => a - b);
  return { ms: times[25] ?? 0, p99_ms: Number(times[49]?.toPrecision(3)), samples: times.length };
}

export const cases = [
  { name: "a cached build's cell in the page (10 ms at most)", once: cachedCell },
  {
    name: "from the link to the first explained miss in a lesson (10 s at most)",
    once: () => inFreshBrowsers(missInLesson),
  },
  {
    name: "from the link to the first explained miss in the playground (10 s at most)",
    once: () => inFreshBrowsers(missInPlayground),
  },
];
