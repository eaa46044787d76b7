/** The story of the first lesson in a real JupyterLab, by the keyboard: build, build again, edit a file, edit a line, read why. */
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { needChromium } from "./machine";
import {
  type LabPage,
  chooseTheme,
  codeCell,
  enterCell,
  openChromium,
  openNotebook,
  picture,
  runCell,
  until,
} from "./page";
import { sharedLab } from "./shared-lab";
import type { RunningLab } from "./start-lab";

const LESSON = "01-closed-image/01-closed-image.ipynb";

/** One row of the layer table as a reader sees it: step, instruction, outcome, …, reason; by the instruction. */
async function tableRows(cell: Locator): Promise<Map<string, string[]>> {
  const rows = await cell.locator(".jp-OutputArea table").first().locator("tbody tr").all();
  const read = await Promise.all(rows.map((row) => row.locator("th, td").allInnerTexts()));
  return new Map(read.map((texts) => [texts[1]?.trim() ?? "", texts.map((text) => text.trim())]));
}

/** The outcome and the reason of the instruction that begins with *start*. */
async function outcome(cell: Locator, start: string): Promise<{ status: string; reason: string }> {
  const rows = await tableRows(cell);
  const row = [...rows].find(([instruction]) => instruction.startsWith(start))?.[1];
  assert.ok(row, `${start} among ${[...rows.keys()].join(" | ")}`);
  return { status: row[2] ?? "", reason: row.at(-1) ?? "" };
}

/** What `docker build` would have printed, from the cell's log. */
const logOf = async (cell: Locator) => (await cell.locator(".jp-OutputArea pre").allInnerTexts()).join("\n");

/** In the page: presses Shift+Enter in the focused cell and answers the ms until its new output is painted: a message sent in a frame arrives behind it. */
const PAINTED = `new Promise((resolve) => {
  const target = document.activeElement;
  const cell = target.closest(".jp-CodeCell");
  const began = performance.now();
  const observer = new MutationObserver(() => {
    if (!cell.querySelector(".jp-OutputArea-output table")) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - began);
      port2.postMessage(0);
    });
  });
  observer.observe(cell.querySelector(".jp-Cell-outputWrapper"), { childList: true, subtree: true, characterData: true });
  target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, shiftKey: true, bubbles: true, cancelable: true }));
})`;

/** Puts the cursor at the end of the cell's line that reads *line*. */
async function toEndOf(cell: Locator, line: string): Promise<void> {
  await enterCell(cell);
  await cell.locator(".cm-line", { hasText: line }).first().click();
  await cell.page().keyboard.press("End");
}

describe("the first lesson in JupyterLab", function () {
  this.timeout(180_000);
  let lab: RunningLab;
  let browser: Browser;
  let opened: LabPage;
  let page: Page;
  let dockerfile: Locator;

  before(async function () {
    const executable = needChromium(this);
    lab = await sharedLab(this);
    browser = await openChromium(executable);
    opened = await openNotebook(browser, lab, LESSON);
    page = opened.page;
    dockerfile = codeCell(page, "%%dockerfile");
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed" && page !== undefined)
      await picture(page, `failed-${this.currentTest.title.slice(0, 30)}`);
  });

  after(() => browser?.close());

  it("writes the project's files", async () => {
    for (const name of ["package.json", "server.js"]) {
      const cell = codeCell(page, `%%writefile ${name}`);
      await runCell(cell);
      assert.match(await cell.locator(".jp-OutputArea").innerText(), new RegExp(name.replace(".", "\\.")));
    }
  });

  it("builds the Dockerfile and shows every instruction, the log and the layers", async () => {
    await runCell(dockerfile);
    assert.deepEqual(
      [...(await tableRows(dockerfile)).keys()],
      [
        "FROM node",
        "WORKDIR /app",
        "COPY . /app",
        "RUN npm install",
        "EXPOSE 80",
        'CMD ["node", "server.js"]',
      ],
    );
    const log = await logOf(dockerfile);
    assert.match(log, /\[\+\] Building \d+\.\ds \(\d+\/\d+\) FINISHED/);
    assert.match(log, /\[4\/4\] RUN npm install/);
    assert.doesNotMatch(log, /CACHED/);
    await dockerfile.scrollIntoViewIfNeeded();
    await picture(page, "story-1-first-build");
  });

  it("finds everything in the cache when run again", async () => {
    await runCell(dockerfile);
    const log = await logOf(dockerfile);
    for (const step of ["[2/4] WORKDIR /app", "[3/4] COPY . /app", "[4/4] RUN npm install"]) {
      assert.ok(log.includes(`CACHED ${step}`), `CACHED ${step}\n${log}`);
      assert.match((await outcome(dockerfile, step.slice(6))).status, /재사용/);
    }
    await picture(page, "story-2-all-cached");
  });

  it("names the edited file as the cause, and tells the knock-on apart", async () => {
    const edit = page.locator(".jp-CodeCell").filter({ hasText: "반갑습니다" }).first();
    await runCell(edit);
    await runCell(dockerfile);
    assert.match(await logOf(dockerfile), /CACHED \[2\/4\] WORKDIR \/app/);
    assert.match((await outcome(dockerfile, "WORKDIR")).status, /재사용/);
    const copy = await outcome(dockerfile, "COPY");
    assert.match(copy.reason, /server\.js/);
    assert.doesNotMatch(copy.status, /재사용/);
    const run = await outcome(dockerfile, "RUN");
    assert.match(run.reason, /앞 단계/);
    assert.doesNotMatch(run.status, /재사용/);
    await picture(page, "story-3-file-edited");
  });

  it("marks the built lines beside the cell, and takes the marks away while the text is edited", async () => {
    const marks = dockerfile.locator(".layerbook-mark");
    await until(async () => (await marks.count()) === 4, "a mark for each of the four steps");
    assert.match((await marks.nth(2).getAttribute("aria-label")) ?? "", /server\.js/);
    await toEndOf(dockerfile, "EXPOSE 80");
    await page.keyboard.type("80");
    await until(async () => (await marks.count()) === 0, "the marks to go");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await until(async () => (await marks.count()) === 4, "the marks to come back with the text");
  });

  it("shows stages, layers with their files and cache keys in the panel", async () => {
    await page.keyboard.press("Escape");
    await page.locator('.jp-SideBar.jp-mod-right [data-id="layerbook-layers"]').click();
    const panel = page.locator("#layerbook-layers");
    await panel.locator("svg.layerbook-graph").waitFor();
    assert.match(await panel.innerText(), /COPY \. \/app[^]*server\.js/);
    const layer = panel.locator(".layerbook-layers details", { hasText: "COPY . /app" });
    await layer.locator("summary").first().press("Enter");
    await until(
      async () => /\+ app\/server\.js/.test(await layer.innerText()),
      "the layer's files to be shown",
    );
    assert.ok((await panel.locator(".layerbook-current").count()) >= 3, "the last build's keys");
    await picture(page, "story-panel");
    await page.locator('.jp-SideBar.jp-mod-right [data-id="layerbook-layers"]').click();
  });

  it("is read by a screen reader and reached by the keyboard: table, log, panel and marks", async () => {
    await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
    for (const part of [
      "#layerbook-layers",
      ".jp-OutputArea-output",
      ".jp-CodeCell .cm-editor .layerbook-gutter",
    ]) {
      const violations = await page.evaluate<string[]>(
        `axe.run({ include: [[${JSON.stringify(part)}]] }, { resultTypes: ["violations"] }).then((found) =>
          found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`,
      );
      assert.deepEqual(violations, [], part);
    }
    // What can be folded opens by Enter, and Tab goes from one to the next.
    const folds = dockerfile.locator(".jp-OutputArea summary");
    assert.ok((await folds.count()) > 0);
    await folds.first().focus();
    assert.equal(await page.evaluate("document.activeElement.tagName"), "SUMMARY");
    const before = await folds
      .first()
      .evaluate((summary) => (summary.parentElement as unknown as { open: boolean }).open);
    await page.keyboard.press("Enter");
    const after = await folds
      .first()
      .evaluate((summary) => (summary.parentElement as unknown as { open: boolean }).open);
    assert.notEqual(before, after);
    await page.keyboard.press("Enter");
  });

  // What else the machine does is in the figure, so it is told and not judged.
  it("measures from Shift+Enter to the painted layer table (median of 4)", async () => {
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await enterCell(dockerfile);
      times.push(await page.evaluate<number>(PAINTED));
      await until(
        async () => /\[\d+\]/.test((await dockerfile.locator(".jp-InputPrompt").first().textContent()) ?? ""),
        "idle",
      );
    }
    const median = times.slice(1).sort((a, b) => a - b)[2] ?? 0;
    process.stdout.write(`  Shift+Enter to painted layer table: ${median.toFixed(1)} ms\n`);
    assert.ok(median > 0);
  });

  it("names the edited line when the Dockerfile itself is typed into", async () => {
    await toEndOf(dockerfile, "RUN npm install");
    await page.keyboard.type(" --omit=dev");
    await page.keyboard.press("Shift+Enter");
    await dockerfile.locator(".jp-OutputArea table", { hasText: "--omit=dev" }).first().waitFor();
    const run = await outcome(dockerfile, "RUN npm install --omit=dev");
    assert.doesNotMatch(run.status, /재사용/);
    await picture(page, "story-4-line-edited");
  });

  it("reads well in light, dark and narrow", async () => {
    // A cell far from what is seen is not in the page at all: look from the top, where the lesson's first build is near.
    const toTable = async () => {
      const table = codeCell(page, "%%dockerfile").locator(".jp-OutputArea table").first();
      for (let top = 0; top < 6000 && (await table.count()) === 0; top += 400) {
        await page
          .locator(".jp-NotebookPanel .jp-WindowedPanel-outer")
          .first()
          .evaluate((panel, to) => panel.scrollTo(0, to), top);
        await page.waitForTimeout(100);
      }
      await table.scrollIntoViewIfNeeded();
    };
    await page.keyboard.press("Control+s");
    await toTable();
    await picture(page, "story-light");
    await chooseTheme(lab, page, "JupyterLab Dark");
    await toTable();
    await picture(page, "story-dark");
    await page.setViewportSize({ width: 640, height: 900 });
    await toTable();
    await picture(page, "story-narrow");
  });

  it("fetched nothing from outside and left no error in the console", () => {
    assert.deepEqual(opened.outside, []);
    assert.deepEqual(opened.errors, []);
  });
});
