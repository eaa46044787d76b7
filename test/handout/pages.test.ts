import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Browser } from "playwright-core";

import { makeHandout, type Edition } from "../../kernel-helpers/src/handout";
import { findChromium } from "../../kernel-helpers/src/handout/chromium";
import { readLesson, lessonNotebook } from "../../kernel-helpers/src/handout/lesson-source";
import { PdfPrinter } from "../../kernel-helpers/src/handout/pdf";
import { outlinePages } from "../../kernel-helpers/src/handout/pdf-file";
import { renderBundle } from "../../kernel-helpers/src/report";
import { first } from "../report/records";
import { foreignNotebook } from "./foreign-notebook";
import { canDrawPages, checkPages } from "./page-picture";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** A lesson whose build cells have the output of a build. */
function lesson(name: string, edition: Edition): string {
  const notebook = lessonNotebook(readLesson(name), edition);
  let count = 0;
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") continue;
    cell.execution_count = ++count;
    const dockerfile = /^%%dockerfile[^\n]*\n([\s\S]*)$/.exec(cell.source)?.[1];
    if (dockerfile !== undefined)
      cell.outputs = [
        { output_type: "display_data", metadata: {}, data: { ...renderBundle({ ...first(), dockerfile }) } },
      ];
    else cell.outputs = [{ output_type: "stream", name: "stdout", text: "안녕하세요\n" }];
  }
  return makeHandout([{ file: join(__dirname, `${name}.ipynb`), notebook }], { edition }).page.html;
}

describe("handouts in a real browser", function () {
  this.timeout(120_000);
  let browser: Browser;
  let printer: PdfPrinter;
  const folder = mkdtempSync(join(tmpdir(), "레이어북 자료 "));

  before(async function () {
    const executablePath = findChromium(process.env);
    if (executablePath === undefined) {
      assert.ok(!process.env["CI"], "no Chromium: these tests must not be skipped under CI");
      console.log("      SKIPPED: no Chromium on this machine");
      this.skip();
    }
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is not handled by the test loader
    const { chromium } = require("playwright-core") as typeof import("playwright-core");
    browser = await chromium.launch({
      executablePath,
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
    printer = await PdfPrinter.open(process.env);
  });
  after(async () => {
    await browser?.close();
    await printer?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (name: string, html: string): string => {
    writeFileSync(join(folder, name), html);
    return pathToFileURL(join(folder, name)).href;
  };

  const pages: [name: string, html: () => string][] = [
    ["student", () => lesson("03-checked-and-reused", "student")],
    ["teacher", () => lesson("05-order", "teacher")],
    ["slides", () => lesson("01-closed-image", "slides")],
    [
      "foreign",
      () =>
        makeHandout([{ file: join(__dirname, "x.ipynb"), notebook: foreignNotebook() }], {
          edition: "student",
        }).page.html,
    ],
  ];
  for (const [name, html] of pages) {
    it(`${name}: axe finds nothing in light and dark, nothing is fetched, nothing is wider than the page`, async () => {
      const context = await browser.newContext({
        colorScheme: "light",
        viewport: { width: 1024, height: 768 },
      });
      const page = await context.newPage();
      const outside: string[] = [];
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) outside.push(request.url());
      });
      await page.goto(put(`${name}.html`, html()));
      await page.evaluate("document.fonts.ready");
      await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
      const violations = async (options: object): Promise<unknown> =>
        (
          await page.evaluate<Violation[]>(
            `axe.run(${JSON.stringify(options)}).then((result) => result.violations)`,
          )
        ).map((one) => [one.id, one.nodes[0]?.html]);
      assert.deepEqual(await violations({}), [], "light");
      assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 1024);
      // Only the colours are other ones in the dark.
      await page.emulateMedia({ colorScheme: "dark" });
      assert.deepEqual(await violations({ runOnly: ["color-contrast", "link-in-text-block"] }), [], "dark");
      assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 1024);
      assert.deepEqual(outside, []);
      assert.equal(await page.evaluate("document.documentElement.lang"), name === "foreign" ? "en" : "ko");
      if (name === "student") {
        const widths = await page.evaluate<number[]>(
          `(() => { const span = document.createElement("code"); document.querySelector("pre").append(span); return ["안녕", "send", "    "].map((text) => { span.textContent = text; return span.getBoundingClientRect().width; }); })()`,
        );
        assert.equal(widths[0], widths[1], "in the code font 한글 is exactly two cells");
        assert.equal(widths[1], widths[2]);
      }
      await context.close();
    });
  }

  it("foreign: a table of many columns is whole on paper, short words of ours are not broken", async () => {
    const columns = Array.from({ length: 24 }, (_, i) => i);
    const row = (tag: string, text: (i: number) => string): string =>
      `<tr>${columns.map((i) => `<${tag}>${text(i)}</${tag}>`).join("")}</tr>`;
    const wide = `<table border="1"><thead>${row("th", (i) => `c${i}`)}</thead><tbody>${row("td", (i) => `${i}.123456`)}</tbody></table>`;
    const notebook = foreignNotebook(
      {
        cell_type: "code",
        source: "df",
        metadata: {},
        execution_count: 1,
        outputs: [{ output_type: "display_data", metadata: {}, data: { "text/html": wide } }],
      },
      {
        cell_type: "markdown",
        metadata: {},
        source: "| 수업 | 이력? |\n|-|-|\n| L01 | 아니요 |\n\n- [x] 한 일\n- [ ] 할 일",
      },
    );
    const { html } = makeHandout([{ file: join(__dirname, "x.ipynb"), notebook }], {
      edition: "student",
    }).page;
    assert.match(html, /<li>☑ 한 일<\/li>\s*<li>☐ 할 일/);
    const page = await browser.newPage({ viewport: { width: 690, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    await page.goto(put("wide.html", html));
    await page.evaluate("document.fonts.ready");
    const beyond = await page.evaluate<string[]>(
      `[...document.querySelectorAll("td, th")].filter((cell) => cell.getBoundingClientRect().right > 691).map((cell) => cell.textContent)`,
    );
    assert.deepEqual(beyond, []);
    const heights = await page.evaluate<number[]>(
      `[...document.querySelectorAll("section > table td")].map((cell) => Math.round(cell.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight)))`,
    );
    assert.deepEqual(heights, [1, 1], "one line each");
    await page.close();
  });

  it("slides: a key shows the output, then the next slide; back goes back", async () => {
    const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
    await page.goto(put("slides.html", lesson("01-closed-image", "slides")));
    const state = (): Promise<[number, number]> =>
      page.evaluate<[number, number]>(
        `[[...document.querySelectorAll(".slide")].findIndex((slide) => slide.matches(".now")), document.querySelectorAll(".slide.now [data-step].shown").length]`,
      );
    assert.deepEqual(await state(), [0, 0]);
    const seen: string[] = [];
    const total = await page.evaluate<number>(`document.querySelectorAll(".slide").length`);
    // The last slide is where a key changes nothing more.
    while (seen.length < 400 && (seen.length < 2 || seen.at(-1) !== seen.at(-2))) {
      await page.keyboard.press("ArrowRight");
      seen.push(String(await state()));
    }
    assert.equal((await state())[0], total - 1);
    assert.ok(seen.some((one) => one.endsWith(",1")));
    await page.keyboard.press("Home");
    assert.deepEqual(await state(), [0, 0]);
    await page.close();
  });

  it("slides: what is longer than the screen is shown by the same key, down to its last line", async () => {
    const lines = Array.from({ length: 120 }, (_, i) => `줄 ${i + 1}`).join("\n");
    const notebook = foreignNotebook({
      cell_type: "code",
      source: "print(all)",
      metadata: {},
      execution_count: 1,
      outputs: [{ output_type: "stream", name: "stdout", text: lines }],
    });
    const { html } = makeHandout([{ file: join(__dirname, "x.ipynb"), notebook }], {
      edition: "slides",
    }).page;
    const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
    await page.goto(put("long-slides.html", html));
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    const where = (): Promise<[number, number, boolean]> =>
      page.evaluate<[number, number, boolean]>(
        `(() => { const slide = document.querySelector(".slide.now"); return [[...document.querySelectorAll(".slide")].indexOf(slide), Math.round(slide.scrollTop), slide.scrollTop + slide.clientHeight >= slide.scrollHeight - 2]; })()`,
      );
    let last = await where();
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("ArrowRight");
      const now = await where();
      if (now[0] !== last[0]) assert.equal(last[2], true, `slide ${last[0]} was left before its end`);
      last = now;
    }
    assert.ok(last[1] > 0 && last[2], "the last slide is long, and its end is seen");
    await page.keyboard.press("ArrowLeft");
    assert.ok((await where())[1] < last[1]);
    await page.close();
  });

  it("PDF: real text, tags, language, bookmarks, fixed dates; the student's lesson on two pages", async () => {
    const html = lesson("04-instruction-is-not-layer", "student");
    const { bytes, pages: count } = await printer.print(html, { fitPages: 2 });
    assert.equal(count, 2);
    const text = bytes.toString("latin1");
    assert.match(text, /\/Lang \(ko/);
    assert.match(text, /\/MarkInfo|\/StructTreeRoot/);
    assert.match(text, /\/CreationDate \(D:20240101000000/);
    const { entries } = outlinePages(bytes);
    assert.equal(entries[0]?.[0], "L04 명령과 레이어는 다르다");
    assert.ok(entries.length > 4);
  });

  it("PDF: the same handout gives the same bytes, and its pages look as they did", async () => {
    const notebook = foreignNotebook();
    notebook.cells.push({
      cell_type: "code",
      id: "build",
      source: "%%dockerfile -t memo\nFROM node",
      metadata: {},
      execution_count: 9,
      outputs: [
        {
          output_type: "display_data",
          metadata: {},
          data: { ...renderBundle({ ...first(), dockerfile: "FROM node" }) },
        },
      ],
    });
    for (const edition of ["student", "teacher"] as const) {
      const { html } = makeHandout([{ file: join(__dirname, "foreign.ipynb"), notebook }], { edition }).page;
      const { bytes } = await printer.print(html);
      if (edition === "student") assert.ok((await printer.print(html)).bytes.equals(bytes));
      if (canDrawPages()) checkPages(bytes, join(__dirname, "golden"), edition);
      else console.log("      SKIPPED: no pdftoppm, the pages are not compared with their pictures");
    }
  });

  it("PDF of a book: page numbers in the contents are those of the chapters", async () => {
    const sources = ["00-start", "01-closed-image", "02-build-log"].map((name) => ({
      file: join(__dirname, `${name}.ipynb`),
      notebook: lessonNotebook(readLesson(name), "student"),
    }));
    const { bytes } = await printer.print(makeHandout(sources, { edition: "student" }).page.html);
    const { entries } = outlinePages(bytes);
    const second = entries.find(([title]) => title.startsWith("L02"));
    assert.ok(second && second[1] > 1);
    writeFileSync(join(folder, "book.pdf"), bytes);
    assert.ok(readFileSync(join(folder, "book.pdf")).length > 10_000);
    if (!canDrawPages()) return;
    // The first lesson is called otherwise in the contents (00 시작하기) than in its heading.
    const page = execFileSync("pdftotext", ["-layout", "-l", "1", join(folder, "book.pdf"), "-"], {
      encoding: "utf8",
    });
    const lines = page.split("\n").filter((line) => /^ *\d+\. /.test(line));
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, / {2,}\d+$/);
  });
});
