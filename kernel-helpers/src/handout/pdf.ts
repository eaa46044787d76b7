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
  /** Shrinks the text until the document has no more pages than this (never below three quarters). */
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
}

/** Below this factor of 10.5 points text is no longer read with ease. */
const SMALLEST = 0.75;

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
      let bytes = await once();
      let outline = outlinePages(bytes);
      const wanted = options.fitPages ?? Infinity;
      while (outline.pages > wanted && scale > SMALLEST) {
        // The area that text takes shrinks with the square: the first guess is seldom more than one step off.
        const guess = scale === 1 ? Math.sqrt(wanted / (outline.pages - 0.4)) : scale - 0.05;
        scale = Math.max(SMALLEST, Math.floor(Math.min(guess, scale - 0.05) * 20 + 1e-6) / 20);
        await page.evaluate(`document.documentElement.style.setProperty("--scale", "${scale}")`);
        bytes = await once();
        outline = outlinePages(bytes);
      }
      if (html.includes('class="contents"')) {
        // The second pass: what the first says of the pages goes into the contents.
        await page.evaluate(
          `((pages) => { for (const link of document.querySelectorAll(".contents a")) { const page = pages[link.textContent.trim()]; if (page) { const span = document.createElement("span"); span.className = "page"; span.textContent = page; link.parentElement.append(" ", span); } } })(${JSON.stringify(Object.fromEntries(outline.entries))})`,
        );
        bytes = await once();
        outline = outlinePages(bytes);
      }
      return { bytes: withFixedBytes(bytes), pages: outline.pages, scale };
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
