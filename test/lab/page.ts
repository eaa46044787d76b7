/** Drives a real JupyterLab page in a real Chromium, by the keyboard and by what a reader sees; and keeps pictures of it. */
import fs from "node:fs";
import path from "node:path";
import { type Browser, type Locator, type Page, chromium } from "playwright-core";
import { ROOT } from "./machine";
import type { RunningLab } from "./start-lab";

/** Where pictures are kept. Git-ignored. */
export const PICTURES = path.join(ROOT, "test-results");

/** A page of JupyterLab with one notebook open. */
export interface LabPage {
  readonly page: Page;
  /** Messages of the browser's console that are errors, and uncaught errors of the page. */
  readonly errors: string[];
  /** Every request that left 127.0.0.1. */
  readonly outside: string[];
}

/** Starts a Chromium that reaches nothing but this machine. */
export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--font-render-hinting=none",
      "--disable-dev-shm-usage",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** Opens `notebook` (path in the learner's folder) in a workspace of its own and waits for its cells and its kernel. */
export async function openNotebook(
  browser: Browser,
  lab: RunningLab,
  notebook: string,
  size = { width: 1360, height: 900 },
): Promise<LabPage> {
  const context = await browser.newContext({ viewport: size, locale: "ko-KR" });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  const outside: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.hostname !== "127.0.0.1") outside.push(request.url());
  });
  const place = notebook.split("/").map(encodeURIComponent).join("/");
  await page.goto(`${lab.baseUrl}/lab/workspaces/test${Date.now()}/tree/${place}?token=${lab.token}`);
  await page.locator(".jp-NotebookPanel .jp-Cell").first().waitFor();
  await kernelReady(lab, notebook);
  return { page, errors, outside };
}

/**
 * Waits until the page is connected to the notebook's kernel. The page says "idle" before that, and then forgets a cell that is
 * run.
 */
async function kernelReady(lab: RunningLab, notebook: string): Promise<void> {
  interface Session {
    readonly path: string;
    readonly kernel: { readonly connections: number; readonly execution_state: string } | null;
  }
  await until(async () => {
    const answer = await fetch(`${lab.baseUrl}/api/sessions`, {
      headers: { Authorization: `token ${lab.token}` },
    });
    const sessions = (await answer.json()) as Session[];
    const kernel = sessions.find(({ path: at }) => at === notebook)?.kernel;
    return (
      kernel !== null && kernel !== undefined && kernel.connections > 0 && kernel.execution_state === "idle"
    );
  }, "the page to be connected to its kernel");
  // The replies to the page's own first questions are on their way to it.
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** The code cell that begins with `text`. */
export function codeCell(page: Page, text: string): Locator {
  return page
    .locator(".jp-NotebookPanel .jp-CodeCell")
    .filter({ has: page.locator(".cm-line", { hasText: text }) })
    .first();
}

/** Puts the cursor into a cell's editor. */
export async function enterCell(cell: Locator): Promise<void> {
  await cell.scrollIntoViewIfNeeded();
  // A click that meets the page while it is still moving lands elsewhere.
  await until(async () => {
    await cell.locator(".cm-content").click();
    return /jp-mod-active/.test((await cell.getAttribute("class")) ?? "");
  }, "the cell to be the active one");
}

/** Runs the cell by Shift+Enter and waits until its number shows that it is done. */
export async function runCell(cell: Locator): Promise<void> {
  await enterCell(cell);
  const prompt = cell.locator(".jp-InputPrompt").first();
  const before = await prompt.textContent();
  await cell.page().keyboard.press("Shift+Enter");
  await until(async () => {
    const text = (await prompt.textContent()) ?? "";
    return text !== before && /\[\d+\]/.test(text);
  }, "the cell to be done");
}

/** Waits until *condition* holds, asking every 50 ms; fails with *what* after *ms*. */
export async function until(condition: () => Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Keeps a picture of the page (or of a part) as `test-results/NAME.png`, after the fonts are there. */
export async function picture(subject: Page | Locator, name: string): Promise<string> {
  const page = "keyboard" in subject ? subject : subject.page();
  await page.evaluate("document.fonts.ready.then(() => true)");
  fs.mkdirSync(PICTURES, { recursive: true });
  const file = path.join(PICTURES, `${name}.png`);
  await subject.screenshot({ path: file, animations: "disabled" });
  return file;
}

/** Chooses JupyterLab's light or dark theme through its own settings, as the menu does. */
export async function chooseTheme(
  lab: RunningLab,
  page: Page,
  theme: "JupyterLab Light" | "JupyterLab Dark",
): Promise<void> {
  const id = "@jupyterlab/apputils-extension:themes";
  await fetch(`${lab.baseUrl}/lab/api/settings/${id}`, {
    method: "PUT",
    headers: { Authorization: `token ${lab.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ raw: JSON.stringify({ theme }) }),
  });
  await page.reload();
  await page.locator(".jp-NotebookPanel .jp-Cell").first().waitFor();
  await page.waitForFunction(`document.body.dataset.jpThemeLight === "${theme.endsWith("Light")}"`);
}
