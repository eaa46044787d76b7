/** The lessons in the browser, as a learner has them: stopped, reloaded, moved to another machine, on a narrow screen, by keyboard, with nobody else to ask. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { needChromium, ROOT } from "../lab/machine";
import { codeCell, enterCell, openChromium, picture, until } from "../lab/page";
import {
  notebookShown,
  pressAndWait,
  openLesson,
  promptOf,
  runText,
  type ServedSite,
  serveSite,
  type,
  watch,
} from "../site/site-page";
import { violations } from "../site/axe";
import { openWorkerPage } from "../site/worker-page";

const LESSON = "00-start/00-start.ipynb";
const BUILD = '%%dockerfile -t hello\nFROM busybox\nCOPY hello.txt /\nCMD ["cat", "/hello.txt"]';

describe("the browser edition in JupyterLab", function () {
  this.timeout(300_000);
  let site: ServedSite;
  let browser: Browser;
  let chromiumPath: string;
  let home: string;

  before(async function () {
    chromiumPath = needChromium(this);
    home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-site-lab-"));
    // One after the other: a browser beside a page that could not be made would never be closed.
    site = await serveSite();
    browser = await openChromium(chromiumPath);
  });
  // Also what a failed test has left open.
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  after(async () => {
    for (const context of opened) await context.close().catch(() => undefined);
    await browser?.close();
    await site?.close();
    fs.rmSync(home, { recursive: true, force: true });
  });

  const cells = (page: Page): Locator => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell");
  const files = (page: Page): Promise<string[]> => page.locator(".jp-DirListing-itemText").allInnerTexts();
  const save = async (page: Page): Promise<void> => {
    await page.keyboard.press("Control+S");
    await page.locator(".lm-TabBar-tab.jp-mod-dirty").first().waitFor({ state: "detached" });
  };
  const opened: BrowserContext[] = [];
  /** A browser that keeps what it stores in *folder*. */
  const persistent = async (folder: string): Promise<BrowserContext> => {
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: chromiumPath,
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      ],
      viewport: { width: 1360, height: 900 },
      locale: "ko-KR",
      acceptDownloads: true,
    });
    opened.push(context);
    return context;
  };
  const menu = async (page: Page, name: RegExp): Promise<void> => {
    await page.locator(".lm-MenuBar-itemLabel", { hasText: /^파일/ }).click();
    await page.locator(".lm-Menu-itemLabel", { hasText: name }).click();
  };

  it("stops endless cells by the button and by a restart; files, cache and progress stay", async () => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    const { errors } = watch(context, site);
    const page = await context.newPage();
    await openLesson(page, site, LESSON);
    const cell = cells(page).first();
    await runText(cell, "%%writefile hello.txt\n안녕하세요");
    await until(async () => (await files(page)).includes("app"), "app/ in the list of files");
    await runText(cell, BUILD);
    assert.equal(await runText(cell, "const kept = 41; kept + 1"), "42");
    const endless: [code: string, end: RegExp, variables: boolean][] = [
      ["await new Promise(() => undefined)", /변수와 파일은 그대로/, true],
      ["%%dockerfile\nFROM busybox\nRUN while true; do echo x > /b; done", /변수와 파일은 그대로/, true],
      ["while (true) {}", /커널을 다시 시작했습니다/, false],
      ["for (;;) console.log('x')", /커널을 다시 시작했습니다/, false],
    ];
    for (const [code, end, variables] of endless) {
      await type(cell, code);
      await page.keyboard.press("Control+Enter");
      await until(async () => (await promptOf(cell)) === "[*]:", "the cell to run");
      await new Promise((resolve) => setTimeout(resolve, 800));
      await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
      await until(async () => /\[\d+\]/.test(await promptOf(cell)), `the end of ${code}`);
      assert.match((await cell.locator(".jp-OutputArea-output").allInnerTexts()).join("\n"), end, code);
      const after = await runText(cell, "kept");
      assert.equal(after === "41", variables, `${code}: ${after}`);
      if (!variables) await runText(cell, "const kept = 41");
    }
    // A restart ends a loop too.
    for (const code of ["while (true) {}", "%%dockerfile\nFROM busybox\nRUN while true; do :; done"]) {
      await type(cell, code);
      await page.keyboard.press("Control+Enter");
      await until(async () => (await promptOf(cell)) === "[*]:", "the cell to run");
      await page.locator('[data-command="notebook:restart-kernel"]').first().click();
      await page.locator(".jp-Dialog .jp-mod-accept").click();
      assert.match(await runText(cell, "kept"), /TS2304/);
    }
    assert.match(await runText(cell, BUILD), /모두 재사용/);
    assert.match(await runText(cell, "!cat hello.txt"), /안녕하세요/);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("keeps work over a reload and over a restart of the browser, and brings it to the desktop and back", async () => {
    const profile = path.join(home, "profile");
    let context = await persistent(profile);
    let page = context.pages()[0] ?? (await context.newPage());
    await openLesson(page, site, LESSON);
    await runText(cells(page).first(), "%%writefile hello.txt\n안녕하세요");
    await runText(cells(page).nth(1), BUILD);
    await runText(codeCell(page, "%%quiz 사전 CI-01"), "%%quiz 사전 CI-01\n답: 1\n확신: 찍었다");
    await save(page);
    const check = async (): Promise<void> => {
      // A notebook draws what is in view.
      await cells(page).nth(1).scrollIntoViewIfNeeded();
      await cells(page).nth(1).getByText("레이어 표").first().waitFor();
      assert.match(await runText(cells(page).nth(1), BUILD), /모두 재사용|✓ 재사용/);
      assert.match(await runText(cells(page).nth(2), "!cat hello.txt"), /안녕하세요/);
      assert.match(await runText(codeCell(page, "%progress"), "%progress"), /사전 1/);
      await save(page);
    };
    await page.reload();
    await notebookShown(page);
    await check();
    await context.close();
    context = await persistent(profile);
    page = context.pages()[0] ?? (await context.newPage());
    await openLesson(page, site, LESSON);
    await check();

    const downloading = page.waitForEvent("download");
    await menu(page, /내 작업 내려받기/);
    const zip = path.join(home, "work.zip");
    await (await downloading).saveAs(zip);
    await context.close();
    const layerbook = (...args: string[]): string =>
      execFileSync(process.execPath, [path.join(ROOT, "kernel-helpers/dist/cli/main.js"), ...args], {
        cwd: home,
        encoding: "utf8",
        env: { ...process.env, LAYERBOOK_LANG: "ko" },
      });
    layerbook("lesson", "import", zip, "--dir", "learn");
    assert.equal(fs.readFileSync(path.join(home, "learn/00-start/app/hello.txt"), "utf8"), "안녕하세요\n");
    assert.match(layerbook("progress"), /사전 1\//);
    fs.writeFileSync(path.join(home, "learn/00-start/app/hello.txt"), "데스크톱에서\n");
    layerbook("lesson", "export", "back.zip");

    const other = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    page = await other.newPage();
    await openLesson(page, site, LESSON);
    await runText(cells(page).first(), "%%writefile hello.txt\n다른 브라우저");
    const choosing = page.waitForEvent("filechooser");
    await menu(page, /내 작업 올리기/);
    await (await choosing).setFiles(path.join(home, "back.zip"));
    const said = page.locator(".layerbook-notice");
    await said.waitFor();
    assert.match((await said.textContent()) ?? "", /파일 \d+개를 풀었습니다.*kept\/import-1/);
    await notebookShown(page);
    assert.match(await runText(cells(page).nth(2), "!cat hello.txt"), /데스크톱에서/);
    assert.match(await runText(codeCell(page, "%progress"), "%progress"), /사전 1/);
    // Not a zip of ours.
    fs.writeFileSync(path.join(home, "bad.zip"), "no zip");
    const again = page.waitForEvent("filechooser");
    await menu(page, /내 작업 올리기/);
    await (await again).setFiles(path.join(home, "bad.zip"));
    await page.locator(".layerbook-notice", { hasText: "온전한 zip 파일이 아니라" }).waitFor();
    await other.close();
  });

  it("says when storage is refused, was cleared, or is full", async () => {
    const refusing = path.join(home, "refusing");
    fs.mkdirSync(path.join(refusing, "Default"), { recursive: true });
    const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
    fs.writeFileSync(path.join(refusing, "Default/Preferences"), JSON.stringify(preferences));
    const blocked = await persistent(refusing);
    const refused = blocked.pages()[0] ?? (await blocked.newPage());
    await refused.goto(`${site.url}lab/index.html?path=${LESSON}`);
    await refused.locator(".layerbook-stopped", { hasText: "LB_STORAGE_REFUSED" }).waitFor();
    assert.match(
      (await refused.locator(".layerbook-stopped a").first().getAttribute("href")) ?? "",
      /play\.html$/,
    );
    await blocked.close();

    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    const page = await context.newPage();
    await openLesson(page, site, LESSON);
    await runText(cells(page).first(), "%%writefile hello.txt\n안녕하세요");
    const cdp = await context.newCDPSession(page);
    const { origin } = new URL(site.url);
    await cdp.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
    await page.locator(".layerbook-notice", { hasText: "방금 지워졌습니다" }).waitFor();
    // What is on the screen can still be saved.
    await save(page);
    await page.reload();
    await page.locator(".layerbook-notice", { hasText: "저장되어 있던 작업이 지워졌습니다" }).waitFor();
    await openLesson(page, site, LESSON);
    await until(
      async () => /안녕하세요/.test(await cells(page).first().innerText()),
      "the saved text to be drawn",
    );

    await context.close();

    // A browser without room: the kernel alone, whose storage can be made small.
    const small = await persistent(path.join(home, "small"));
    const kernel = await openWorkerPage(small);
    await kernel.open("full", "책상", {});
    const session = await small.newCDPSession(kernel.page);
    const own = new URL(kernel.page.url()).origin;
    await session.send("Storage.overrideQuotaForOrigin", { origin: own, quotaSize: 100_000 });
    const full = await kernel.run("%%sh\nseq 400000 > large.txt", 1);
    assert.match(full.value.error?.evalue ?? "", /저장 공간이 차서/);
    await kernel.close();
    await small.close();
  });

  it("leaves the width to the notebook on a phone and on a tablet", async () => {
    for (const width of [375, 768]) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        locale: "ko-KR",
        hasTouch: true,
      });
      const page = await context.newPage();
      await openLesson(page, site, LESSON);
      const panel = page.locator(".jp-NotebookPanel").first();
      await until(async () => ((await panel.boundingBox())?.width ?? 0) > width - 60, "the notebook's width");
      // By touch alone: what runs a cell is not behind another button.
      const run = page.locator('.jp-NotebookPanel-toolbar > [data-jp-item-name="run"]');
      await until(
        async () => (await page.locator(".jp-NotebookPanel-toolbar > .jp-Toolbar-item:visible").count()) > 4,
        "the toolbar to unfold",
      );
      for (const index of [0, 1]) {
        await cells(page).nth(index).locator(".cm-content").tap();
        await run.tap();
        await until(
          async () => /\[\d+\]/.test(await promptOf(cells(page).nth(index))),
          "the cell to be done",
        );
      }
      assert.match(await cells(page).nth(1).innerText(), /처음/);
      await cells(page).nth(1).locator("table").first().scrollIntoViewIfNeeded();
      await picture(page, `site-${width}`);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
      // The list of files is one touch away, and stays when it was asked for.
      await page.locator(".jp-SideBar.jp-mod-left .lm-TabBar-tab").first().tap();
      await page.locator(".jp-DirListing-item", { hasText: "app" }).waitFor();
      await context.close();
    }
  });

  it("looks as the reader's system does, and is no edit to be thrown away when it is only read", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ colorScheme, locale: "ko-KR" });
      const page = await context.newPage();
      await openLesson(page, site, LESSON);
      const isLight = String(colorScheme === "light");
      await until(
        async () => (await page.locator("body").getAttribute("data-jp-theme-light")) === isLight,
        `the ${colorScheme} theme`,
      );
      // What JupyterLab does with the kernel's answer takes a moment.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      assert.equal(await page.locator(".lm-TabBar-tab.jp-mod-dirty").count(), 0);
      await context.close();
    }
  });

  it("asks no other host for anything", async () => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    const { errors, outside } = watch(context, site);
    const page = await context.newPage();
    await page.goto(site.url);
    await page.getByRole("link", { name: /수업 열기/ }).click();
    await notebookShown(page);
    await runText(cells(page).first(), "%%writefile hello.txt\n안녕하세요");
    await runText(cells(page).nth(1), BUILD);
    await runText(
      cells(page).nth(2),
      "display({ 'text/markdown': '$x^2$ ![](data:image/gif;base64,R0lGODlhAQABAAAAACw=)' }, { raw: true }); lab.context.list()",
    );
    await openLesson(page, site, "05-order/05-order.ipynb");
    // A notebook draws its cells bit by bit.
    await cells(page).nth(5).waitFor();
    for (let i = 0; i < 6; i++) {
      await enterCell(cells(page).nth(i));
      await pressAndWait(cells(page).nth(i), "Control+Enter");
    }
    await page.goto(`${site.url}play.html`);
    await page.locator("#build").click();
    await page.locator("#build:enabled").waitFor();
    assert.deepEqual([errors, outside], [[], []]);
    await context.close();
  });

  it("asks the reader with input(), and stops asking", async () => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    const page = await context.newPage();
    await openLesson(page, site, LESSON);
    const cell = cells(page).first();
    await type(cell, 'const who = await input("이름? "); `안녕하세요, ${who}`');
    await page.keyboard.press("Control+Enter");
    const field = cell.locator(".jp-Stdin-input");
    await field.waitFor();
    assert.match(await cell.locator(".jp-Stdin-prompt").innerText(), /이름\?/);
    await field.fill("레이어");
    await field.press("Enter");
    await until(async () => /\[\d+\]/.test(await promptOf(cell)), "the cell to be done");
    assert.match(
      (await cell.locator(".jp-OutputArea-output").allInnerTexts()).join("\n"),
      /안녕하세요, 레이어/,
    );
    assert.match(await runText(cell, 'prompt("이름?")'), /await input/);
    await type(cell, 'await input("다시? ")');
    await page.keyboard.press("Control+Enter");
    await field.waitFor();
    await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
    await until(async () => /\[\d+\]/.test(await promptOf(cell)), "the cell to be stopped");
    assert.equal(await runText(cell, "1 + 1"), "2");
    await context.close();
  });

  it("is worked by the keyboard alone, and names hits and misses to a screen reader", async () => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "ko-KR" });
    const page = await context.newPage();
    await page.goto(site.url);
    // In another page: its policy lets no script of ours in.
    const open = await browser.newContext({ locale: "ko-KR", bypassCSP: true });
    const landing = await open.newPage();
    await landing.goto(site.url);
    assert.deepEqual(await violations(landing), []);
    await open.close();
    await page.keyboard.press("Tab");
    assert.match(await page.evaluate<string>("document.activeElement.textContent"), /수업 열기/);
    await page.keyboard.press("Enter");
    await notebookShown(page);
    // The notebook has the focus; the first cells are texts.
    await until(
      () => page.evaluate<boolean>("document.activeElement.closest('.jp-Notebook') !== null"),
      "the focus in the notebook",
    );
    const first = cells(page).first();
    for (
      let i = 0;
      i < 40 && !/jp-mod-selected|jp-mod-active/.test((await first.getAttribute("class")) ?? "");
      i++
    )
      await page.keyboard.press("ArrowDown");
    await pressAndWait(first, "Shift+Enter");
    const built = codeCell(page, "%%dockerfile -t hello");
    for (let i = 0; i < 40 && !/jp-mod-active/.test((await built.getAttribute("class")) ?? ""); i++)
      await page.keyboard.press("ArrowDown");
    await pressAndWait(built, "Control+Enter");
    await pressAndWait(built, "Control+Enter");
    const tree = await built.locator(".jp-OutputArea").ariaSnapshot();
    assert.match(tree, /table/);
    assert.match(tree, /columnheader "결과"/);
    assert.match(tree, /cell ".*재사용/);
    assert.match(tree, /row ".*COPY hello\.txt/);
    await until(
      async () => /textbox "코드 셀"/.test(await built.locator(".jp-Cell-inputWrapper").ariaSnapshot()),
      "the editor's name",
    );
    // JupyterLab's own frame is not ours to judge.
    assert.deepEqual(await violations(page, ".jp-OutputArea, .cm-content"), []);
    await context.close();
  });
});
