/** The whole browser edition, made once, served on 127.0.0.1 and opened in a browser that reaches nothing else. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { serveFolder, type StaticServer } from "../../kernel-helpers/src/cli/static-server";
import { ROOT } from "../lab/machine";
import { enterCell, until } from "../lab/page";

/** A made site that is being served. */
export interface ServedSite {
  readonly folder: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Makes the site as `npm run site` does, and serves it. */
export async function serveSite(): Promise<ServedSite> {
  const script = pathToFileURL(path.join(ROOT, "kernel-helpers/scripts/lib/site.mjs")).href;
  const { makeSite } = (await import(script)) as { makeSite(target: string): Promise<unknown> };
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-site-"));
  const folder = path.join(home, "site");
  await makeSite(folder);
  const server: StaticServer = await serveFolder(folder, 0);
  return {
    folder,
    url: server.address,
    close: async () => {
      await server.close();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What went wrong in the pages of a context. */
export interface Watched {
  readonly errors: string[];
  /** Addresses of other hosts that a page or a worker asked for. */
  readonly outside: string[];
}

/** Listens to all pages of *context*, those to come included. */
export function watch(context: BrowserContext, site: ServedSite): Watched {
  const errors: string[] = [];
  const outside: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => errors.push(error.error().message));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site.url) && !/^(blob|data):/.test(url)) outside.push(url);
  });
  return { errors, outside };
}

/** Opens *notebook* in JupyterLab and waits for its cells. */
export async function openLesson(page: Page, site: ServedSite, notebook: string): Promise<void> {
  page.setDefaultTimeout(60_000);
  await page.goto(`${site.url}lab/index.html?path=${encodeURIComponent(notebook)}`);
  // The notebooks of the last visit come back first, and one of them is shown for a moment.
  await page
    .locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current", { hasText: path.basename(notebook) })
    .first()
    .waitFor();
  await notebookShown(page);
}

/** Waits for a notebook with its kernel. */
export async function notebookShown(page: Page): Promise<void> {
  await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first().waitFor();
  await page
    .locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status='idle']")
    .first()
    .waitFor();
}

/** Writes *code* over the cell and runs it; does not wait for its end. */
export async function type(cell: Locator, code: string): Promise<void> {
  await enterCell(cell);
  const { keyboard } = cell.page();
  await keyboard.press("Control+A");
  await keyboard.insertText(code);
}

/** Runs *code* in the cell and answers the text below it. */
export async function runText(cell: Locator, code: string): Promise<string> {
  await type(cell, code);
  await pressAndWait(cell, "Control+Enter");
  return (await cell.locator(".jp-OutputArea-output").allInnerTexts()).join("\n");
}

interface PageElement {
  readonly dataset: Record<string, string>;
  readonly textContent: string;
}
type PageObserver = new (seen: () => void) => { observe(node: PageElement, what: object): void };

/** Presses *key*, which runs the cell, and waits for its end: a kernel begun anew may give the number that is there already. */
export async function pressAndWait(cell: Locator, key: string): Promise<void> {
  const prompt = cell.locator(".jp-InputPrompt").first();
  await prompt.evaluate((element) => {
    const node = element as unknown as PageElement;
    const { MutationObserver } = globalThis as unknown as { MutationObserver: PageObserver };
    node.dataset["seen"] = "";
    new MutationObserver(() => {
      if (node.textContent.includes("*")) node.dataset["seen"] = "running";
    }).observe(node, { childList: true, characterData: true, subtree: true });
  });
  await cell.page().keyboard.press(key);
  await until(async () => {
    const seen = await prompt.getAttribute("data-seen");
    return seen === "running" && /\[\d+\]/.test(await promptOf(cell));
  }, "the cell to be done");
}

/** `[3]:` of a cell that has run, `[*]:` of one that runs. */
export async function promptOf(cell: Locator): Promise<string> {
  return (await cell.locator(".jp-InputPrompt").first().textContent()) ?? "";
}
