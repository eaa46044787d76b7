/** HTML handout → PDF by a Chromium: A4, tagged, bookmarks, running titles, page numbers, the same bytes every time. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Browser } from "playwright-core";

import type { Env } from "../notebook/programs";
import { findChromium } from "./chromium";
import { outlinePages, withFixedBytes } from "./pdf-file";

export interface PdfOptions {
  /**
   * Makes the document no longer than this: smaller text (never below three quarters), then the printed lines of commands cut short, at last
   * the steps of builds named by their numbers. Sources, builds, tables and questions stay whole; sections that are marked optional may be left to the notebook.
   */
  readonly fitPages?: number;
}

/** No browser, or one that does not print. *code*: LB_NO_CHROMIUM, LB_PDF. */
export class PdfError extends Error {
  override readonly name = "PdfError";
  constructor(
    readonly code: "LB_NO_CHROMIUM" | "LB_PDF",
    readonly sentence: { readonly ko: string; readonly en: string },
    readonly hint?: { readonly ko: string; readonly en: string },
  ) {
    super(sentence.en);
  }
}

export interface PrintedPdf {
  readonly bytes: Buffer;
  readonly pages: number;
  /** Factor by which the text was made smaller, 1 = not at all. */
  readonly scale: number;
  /** How far printed lines were cut short, 0 = not at all; one more than all steps: tables name steps by their numbers alone. */
  readonly cut: number;
}

/** Below this factor of 10.5 points text is no longer read with ease. */
const SMALLEST = 0.75;

/** So many lines of what a command printed are left, step by step; at last none beside the table of a build. */
const KEPT_LINES = [10, 6, 3, 1];

/** Run in the page: leaves *lines* lines of every command's output, of a key visual only at the *last* step; there optional sections stay in the notebook, too. */
const cutOutputs = (lines: number, last: boolean): string => `(() => {
  for (const pre of document.querySelectorAll(".output > pre.stream")) {
    if (pre.closest(".key-visual") && !${last}) continue;
    if (${last} && pre.parentElement.querySelector(".for-print")) { pre.hidden = true; pre.style.display = "none"; continue; }
    let left = ${lines};
    const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    const gone = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left === 0) { gone.push(node); continue; }
      const parts = node.data.split("\\n");
      if (parts.length <= left) { left -= parts.length - 1; continue; }
      node.data = parts.slice(0, left).join("\\n") + "\\n…";
      left = 0;
    }
    for (const node of gone) node.remove();
    pre.classList.add("cut");
  }
  if (${last}) for (const heading of document.querySelectorAll("main :is(h2, h3)")) {
    if (!/^더 알아보기|\\(선택\\)$/.test(heading.textContent.trim())) continue;
    while (heading.nextElementSibling && !/^H[1-3]$/.test(heading.nextElementSibling.tagName)) heading.nextElementSibling.remove();
    const note = document.createElement("span");
    note.className = "left-out";
    note.textContent = " — 노트북에 있습니다";
    heading.append(note);
  }
})()`;

/** Run in the page: the page of each chapter's first heading beside its line in the contents. Headings may be alike: both lists are in order. */
const numberContents = (entries: Iterable<readonly [string, number]>): string => `((entries) => {
  let from = 0;
  for (const link of document.querySelectorAll(".contents a")) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const heading = target?.matches("h1, h2, h3") ? target : target?.querySelector("h1, h2, h3");
    const at = entries.findIndex(([title], i) => i >= from && title === heading?.textContent.trim());
    if (at === -1) continue;
    from = at + 1;
    const span = document.createElement("span");
    span.className = "page";
    span.textContent = entries[at][1];
    link.parentElement.append(" ", span);
  }
})(${JSON.stringify([...entries])})`;

/** A browser for several documents. */
export class PdfPrinter {
  private constructor(private readonly browser: Browser) {}

  /** Starts the browser of this machine, else the one of the npm package. Throws PdfError. */
  static async open(env: Env): Promise<PdfPrinter> {
    const { chromium } = await import("playwright-core");
    const found = findChromium(env) ?? (await packagedChromium());
    if (found === undefined) {
      throw new PdfError(
        "LB_NO_CHROMIUM",
        {
          ko: "PDF를 만들 브라우저(Chrome, Edge, Chromium)를 찾지 못했습니다. HTML과 Markdown은 그대로 만들 수 있습니다.",
          en: "no Chromium-family browser was found to make a PDF with; HTML and Markdown still work",
        },
        {
          ko: "Debian: apt install chromium · 다른 곳: LAYERBOOK_CHROMIUM에 브라우저의 경로",
          en: "Debian: apt install chromium; elsewhere: the browser's path in LAYERBOOK_CHROMIUM",
        },
      );
    }
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    try {
      return new PdfPrinter(
        await chromium.launch({
          executablePath: found,
          args: [...sandbox, "--disable-gpu", "--font-render-hinting=none"],
        }),
      );
    } catch (error) {
      throw new PdfError("LB_PDF", {
        ko: `브라우저를 시작하지 못했습니다 (${found}): ${(error as Error).message.split("\n")[0]}`,
        en: `the browser did not start (${found}): ${(error as Error).message.split("\n")[0]}`,
      });
    }
  }

  /** Prints *html* (a finished handout). The page can reach no network. */
  async print(html: string, options: PdfOptions = {}): Promise<PrintedPdf> {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-pdf-"));
    const context = await this.browser.newContext({ offline: true, javaScriptEnabled: true });
    try {
      const file = join(folder, "handout.html");
      writeFileSync(file, html);
      const page = await context.newPage();
      await page.goto(pathToFileURL(file).href);
      await page.evaluate("document.fonts.ready");
      // A closed <details> would be lost on paper.
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      const once = async (): Promise<Buffer> =>
        await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
      let scale = 1;
      let cut = 0;
      let bytes = await once();
      let outline = outlinePages(bytes);
      const wanted = options.fitPages ?? Infinity;
      while (outline.pages > wanted && (scale > SMALLEST || cut <= KEPT_LINES.length)) {
        if (scale > SMALLEST) {
          // The area that text takes shrinks with the square: the first guess is seldom more than one step off.
          const guess = scale === 1 ? Math.sqrt(wanted / (outline.pages - 0.4)) : scale - 0.05;
          scale = Math.max(SMALLEST, Math.floor(Math.min(guess, scale - 0.05) * 20 + 1e-6) / 20);
        } else {
          if (cut < KEPT_LINES.length)
            await page.evaluate(cutOutputs(KEPT_LINES[cut] ?? 1, cut === KEPT_LINES.length - 1));
          cut++;
        }
        await page.evaluate(
          `document.documentElement.style.setProperty("--scale", "${scale}"); document.documentElement.dataset.fit = "${cut >= KEPT_LINES.length ? "tight" : ""}"; document.documentElement.classList.toggle("numbers", ${cut > KEPT_LINES.length})`,
        );
        bytes = await once();
        outline = outlinePages(bytes);
      }
      if (html.includes('class="contents"')) {
        // The second pass: what the first says of the pages goes into the contents.
        await page.evaluate(numberContents(outline.entries));
        bytes = await once();
        outline = outlinePages(bytes);
      }
      return { bytes: withFixedBytes(bytes), pages: outline.pages, scale, cut };
    } finally {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** The browser of the package @sparticuz/chromium, where it is installed and made for this machine. */
async function packagedChromium(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    const name = "@sparticuz/chromium";
    const module = (await import(name)) as { default: { executablePath: () => Promise<string> } };
    return await module.default.executablePath();
  } catch {
    return undefined;
  }
}
