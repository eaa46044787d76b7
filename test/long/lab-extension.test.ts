/** The JupyterLab extension at length: the panel by keyboard, big builds, two notebooks, a restarted kernel, both themes, a notebook with many cells. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { needChromium, needPython } from "../lab/machine";
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
} from "../lab/page";
import { type RunningLab, startLab } from "../lab/start-lab";

const PANEL = "#layerbook-layers";
const SMALL = "FROM node\nWORKDIR /app\nCOPY . .\n";
const STEPS = 200;
const BIG = `FROM node\nWORKDIR /big\nRUN i=0; while [ $i -lt 10000 ]; do echo $i > f$i; i=$((i+1)); done\n${Array.from({ length: STEPS }, (_, step) => `RUN echo ${step} > s${step}`).join("\n")}\n`;

/** Writes a notebook of code cells; its path in the learner's folder. */
function notebook(lab: RunningLab, name: string, sources: readonly string[]): string {
  const folder = path.join(lab.learn, "확장");
  mkdirSync(folder, { recursive: true });
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    metadata: {},
    outputs: [],
    execution_count: null,
    source,
  }));
  const kernelspec = { name: "layerbook", display_name: "Layerbook (TypeScript)", language: "typescript" };
  writeFileSync(
    path.join(folder, name),
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }),
  );
  return `확장/${name}`;
}

async function violations(page: Page, part: string): Promise<string[]> {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  return page.evaluate<string[]>(
    `axe.run({ include: [[${JSON.stringify(part)}]] }, { resultTypes: ["violations"] }).then((found) =>
      found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`,
  );
}

describe("the JupyterLab extension at length", function () {
  this.timeout(400_000);
  let lab: RunningLab;
  let browser: Browser;
  let opened: LabPage;
  let page: Page;

  before(async function () {
    const executable = needChromium(this);
    lab = await startLab(needPython(this));
    browser = await openChromium(executable);
    const many = Array.from({ length: 120 }, (_, index) => `!echo ${index}`);
    mkdirSync(path.join(lab.learn, "확장/app"), { recursive: true });
    writeFileSync(path.join(lab.learn, "확장/app/big.Dockerfile"), BIG);
    notebook(lab, "둘.ipynb", [`%%dockerfile -t two\n${SMALL}LABEL which=second\n`]);
    opened = await openNotebook(
      browser,
      lab,
      notebook(lab, "하나.ipynb", [
        "%%writefile a.txt\n1",
        `%%dockerfile -t one\n${SMALL}`,
        "!docker build -t big -f big.Dockerfile .",
        ...many,
      ]),
    );
    page = opened.page;
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed" && page !== undefined)
      await picture(page, `failed-${this.currentTest.title.slice(0, 30)}`);
  });
  after(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const panel = () => page.locator(PANEL);
  const summary = () => panel().locator(".layerbook-summary").innerText();
  /** Runs a command by its label in the palette, as a learner without a mouse does. */
  async function palette(label: string): Promise<void> {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+C");
    await page.locator(".lm-CommandPalette-input").first().waitFor();
    await page.keyboard.type(label);
    await page.locator(".lm-CommandPalette-item.lm-mod-active", { hasText: label }).first().waitFor();
    await page.keyboard.press("Enter");
  }

  it("is opened, read and left by keyboard alone", async () => {
    await runCell(codeCell(page, "%%writefile a.txt"));
    await runCell(codeCell(page, "%%dockerfile -t one"));
    await palette("레이어 패널 열기");
    await until(
      async () => page.evaluate<boolean>(`document.activeElement?.closest("${PANEL}") !== null`),
      "the panel to have the focus",
    );
    await until(async () => /단계 \d+개 가운데/.test(await summary()), "the panel to show the build");
    const layer = panel().locator(".layerbook-layers details", { hasText: "COPY . ." }).first();
    await layer.locator("summary").focus();
    await page.keyboard.press("Enter");
    await until(async () => (await layer.innerText()).includes("app/a.txt"), "the layer's files");
    await page.keyboard.press("Escape");
    await until(
      async () => page.evaluate<boolean>(`document.activeElement?.closest(".jp-NotebookPanel") !== null`),
      "the notebook to have the focus again",
    );
  });

  it("follows each build, and keeps what is open", async () => {
    await runCell(codeCell(page, "%%dockerfile -t one"));
    await until(async () => /2개 가운데 2개/.test(await summary()), "the second build");
    const layer = panel().locator(".layerbook-layers details", { hasText: "COPY . ." }).first();
    assert.equal(await layer.getAttribute("open"), "", "an opened layer stays open");
    assert.match(await layer.innerText(), /app\/a\.txt/);
  });

  it("shows a build of 200 steps and a layer of 10,000 files, and stays quick", async () => {
    await runCell(codeCell(page, "!docker build -t big"));
    await until(
      async () => (await panel().locator(".layerbook-steps li").count()) > STEPS,
      "every step in the panel",
      60_000,
    );
    const layer = panel().locator(".layerbook-layers details", { hasText: "while" }).first();
    await layer.locator("summary").click();
    await until(
      async () => /파일 10,?00\d개 가운데 처음/.test(await layer.innerText()),
      "the number of files",
    );
    assert.ok((await layer.locator("tbody tr").count()) <= 200, "a list that can be read");
    // Moving between cells draws the panel anew: the page must not stand still meanwhile.
    const longest = await page.evaluate<number>(`new Promise((resolve) => {
      let longest = 0, last = performance.now();
      const end = last + 1500;
      const step = () => { const now = performance.now(); longest = Math.max(longest, now - last); last = now; now > end ? resolve(longest) : requestAnimationFrame(step); };
      requestAnimationFrame(step);
    })`);
    process.stdout.write(`  longest frame with the big panel open: ${longest.toFixed(0)} ms\n`);
  });

  it("is read by a screen reader in both themes", async () => {
    for (const theme of ["JupyterLab Dark", "JupyterLab Light"] as const) {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+s");
      await until(
        async () => (await page.locator(".lm-TabBar-tab.jp-mod-dirty").count()) === 0,
        "the notebook to be saved",
      );
      await chooseTheme(lab, page, theme);
      await page.locator(".jp-CodeCell .jp-OutputArea table").first().waitFor();
      if (!(await panel().isVisible()))
        await page.locator('.jp-SideBar.jp-mod-right [data-id="layerbook-layers"]').click();
      // What the notebook's file holds is shown again.
      await enterCell(codeCell(page, "%%dockerfile -t one"));
      await until(async () => /단계 \d+개 가운데/.test(await summary()), "the stored build");
      assert.deepEqual(await violations(page, PANEL), [], theme);
      await picture(page, `extension-${theme.split(" ")[1]?.toLowerCase() ?? ""}`);
    }
  });

  it("counts a build after a restart, though its number may be the same", async () => {
    const cell = codeCell(page, "%%dockerfile -t one");
    await enterCell(cell);
    await page.keyboard.press("Escape");
    await page.keyboard.press("0");
    await page.keyboard.press("0");
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await page.locator(".jp-Dialog").waitFor({ state: "detached" });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const marks = cell.locator(".layerbook-mark");
    assert.ok((await marks.count()) > 0, "what was built is still what is written: the marks stay");
    for (const builds of [1, 2]) {
      await runCell(cell);
      await until(
        async () => (await panel().innerText()).includes(`${builds}/${builds}`),
        `${builds} builds since the page was opened`,
      );
    }
  });

  it("shows the notebook in front, of two side by side", async () => {
    const first = await summary();
    await page.locator(".jp-DirListing-item", { hasText: "둘.ipynb" }).dblclick();
    await page.locator(".jp-NotebookPanel:visible .cm-line", { hasText: "which=second" }).waitFor();
    await until(async () => !/가운데/.test(await summary()), "the panel of a notebook without builds");
    const cell = page
      .locator(".jp-NotebookPanel:visible .jp-CodeCell")
      .filter({ has: page.locator(".cm-line", { hasText: "which=second" }) });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await runCell(cell);
    await until(async () => /가운데/.test(await summary()), "the build of the second notebook");
    await page.locator(".lm-TabBar-tab", { hasText: "하나.ipynb" }).click();
    await until(async () => (await summary()) === first, "the first notebook's build");
  });

  it("left no error in the console and fetched nothing from outside", () => {
    assert.deepEqual([...opened.errors, ...opened.outside], []);
  });
});
