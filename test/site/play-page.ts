/** Makes play.html once for all tests, and opens it in a browser that reaches nothing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { ROOT } from "../lab/machine";

/** The page on the disk. */
export interface PlayFileOnDisk {
  /** `file:` address. */
  readonly url: string;
  readonly bytes: number;
  /** Milliseconds that bundling took. */
  readonly took: number;
  remove(): void;
}

/** Bundles the page into a folder of its own. */
export async function makePlay(): Promise<PlayFileOnDisk> {
  const began = performance.now();
  const script = pathToFileURL(path.join(ROOT, "kernel-helpers/scripts/lib/site-bundle.mjs")).href;
  const { makePlayPage } = (await import(script)) as { makePlayPage(): Promise<string> };
  const html = await makePlayPage();
  const folder = mkdtempSync(path.join(os.tmpdir(), "layerbook-play-"));
  const file = path.join(folder, "play.html");
  writeFileSync(file, html);
  return {
    url: pathToFileURL(file).href,
    bytes: Buffer.byteLength(html),
    took: performance.now() - began,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An open page with what went wrong in it. */
export interface OpenPlay {
  readonly page: Page;
  readonly errors: string[];
  /** Addresses that the page asked for, itself left out. */
  readonly requests: string[];
}

/** Opens *url* in a context of its own: no network, nothing kept from before. */
export async function openPlay(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPlay> {
  const context = await browser.newContext({ offline: true, locale: "ko-KR", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(url);
  return { page, errors, requests };
}

/** Presses Build and answers what the status says then. */
export async function build(page: Page): Promise<string> {
  await page.locator("#build").click();
  return settled(page);
}

/** The status of the build that is going on, once it is done. The page's policy lets nobody evaluate text in it. */
export async function settled(page: Page): Promise<string> {
  await page.locator("#build:enabled").waitFor();
  return (await page.locator("#status").textContent()) ?? "";
}

/** Replaces the text of one file. */
export async function edit(page: Page, path: string, text: string): Promise<void> {
  await page.locator("#files button", { hasText: path }).first().click();
  await page.locator("#editor").fill(text);
}
