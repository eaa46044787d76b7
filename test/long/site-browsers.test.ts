/** Lessons and playground in Firefox and in WebKit: the first Dockerfile is built, explained, and still there after a reload. Skipped where such a browser is missing. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { until } from "../lab/page";
import { findProgram, openFirefox, openWebKit, type OtherBrowser } from "../site/other-browsers";
import { type ServedSite, serveSite } from "../site/site-page";

const MINI_BROWSERS = ["4.1", "6.0", "4.0"].flatMap((version) =>
  ["x86_64", "aarch64"].map(
    (machine) =>
      `/usr/lib/${machine}-linux-gnu/webkit${version === "6.0" ? "" : "2"}gtk-${version}/MiniBrowser`,
  ),
);

const CELLS = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell";
const cell = (text: string): string =>
  `[...document.querySelectorAll("${CELLS}")].find((cell) => cell.querySelector(".cm-content")?.textContent.includes(${JSON.stringify(text)}))`;

async function lesson(browser: OtherBrowser, site: ServedSite): Promise<void> {
  const say = <T>(expression: string): Promise<T> => browser.evaluate<T>(expression);
  const shown = (): Promise<void> =>
    until(
      () => say<boolean>(`${cell("%%dockerfile")} !== undefined`),
      `the lesson in ${browser.name}`,
      120_000,
    );
  const run = async (text: string): Promise<string> => {
    await until(() => say<boolean>(`${cell(text)} !== undefined`), `${text} in ${browser.name}`, 60_000);
    // Events of the page's own making: a browser without a window gives no focus.
    const editor = `${cell(text)}.querySelector(".cm-content")`;
    for (const event of ["focus", "focusin"])
      await say(`${editor}.dispatchEvent(new FocusEvent("${event}", { bubbles: ${event === "focusin"} }))`);
    const prompt = `${cell(text)}.querySelector(".jp-InputPrompt").textContent`;
    const before = await say<string>(prompt);
    const key =
      '{ key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true }';
    await say(`${editor}.dispatchEvent(new KeyboardEvent("keydown", ${key}))`);
    await until(
      async () => {
        const now = await say<string>(prompt);
        return now !== before && /\[\d+\]/.test(now);
      },
      `${text} in ${browser.name}`,
      120_000,
    );
    return say<string>(`${cell(text)}.querySelector(".jp-OutputArea").innerText`);
  };
  await browser.open(`${site.url}lab/index.html?path=00-start/00-start.ipynb`);
  await shown();
  await run("%%writefile hello.txt");
  assert.match(await run("%%dockerfile"), /처음 빌드라서[^]*COPY hello\.txt/);
  assert.match(await run("%%dockerfile"), /모두 재사용했습니다/);
  assert.match(await run("!docker run"), /안녕하세요/);
  assert.equal(await say<boolean>(`document.fonts.ready.then(() => true)`), true);
  await browser.open(`${site.url}lab/index.html?path=00-start/00-start.ipynb`);
  await shown();
  await run("!docker run");
  assert.match(await run("%%dockerfile"), /모두 재사용했습니다/);
}

/** The playground by keyboard: build, edit, why; a reload; a link. */
async function playground(browser: OtherBrowser, site: ServedSite): Promise<void> {
  const say = <T>(expression: string): Promise<T> => browser.evaluate<T>(expression);
  const text = (id: string): Promise<string> => say<string>(`document.getElementById("${id}").innerText`);
  const told = (wanted: RegExp): Promise<void> =>
    until(async () => wanted.test(await text("status")), `${String(wanted)} in ${browser.name}`, 60_000);
  const tabTo = async (wanted: string): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      const { id, path } = await say<{ id: string; path: string }>(
        `({ id: document.activeElement.id, path: document.activeElement.dataset?.path ?? "" })`,
      );
      if (id === wanted || path === wanted) return;
      await browser.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${wanted} in ${browser.name}`);
  };
  // Firefox without a window on top gives its page no focus, and buttons no key.
  const enter = async (): Promise<unknown> =>
    (await say<boolean>("document.hasFocus()"))
      ? browser.press("Enter")
      : say("(document.activeElement.click(), 1)");
  const fromTheTop = (): Promise<unknown> => say("(document.activeElement.blur(), scrollTo(0, 0), 1)");
  const url = `${site.url}play.html`;
  await browser.open(url);
  await told(/준비되었습니다/);
  await tabTo("build");
  await enter();
  await told(/처음 빌드라서 단계 3개를 모두 실행했습니다/);
  await fromTheTop();
  await tabTo("server.js");
  await enter();
  assert.equal(await say("document.activeElement.id"), "editor");
  await browser.press("Control+End", "// more", "Control+Enter");
  await told(/1개를 재사용하고 2개를 실행/);
  assert.match(await text("card"), /server\.js/);
  // What is written is kept a moment later.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await browser.open("about:blank");
  await browser.open(url);
  await until(async () => (await text("matrix")).includes("server.js"), `the builds in ${browser.name}`);
  await fromTheTop();
  await tabTo("build");
  await enter();
  await told(/모두 재사용했습니다/);
  await fromTheTop();
  await tabTo("share");
  await enter();
  const link = await say<string>(`document.getElementById("link").value`);
  assert.match(await text("shared-note"), /복사/);
  await browser.open("about:blank");
  await browser.open(link);
  await told(/링크의 파일을 열었습니다/);
  await tabTo("server.js");
  await enter();
  assert.match(await say<string>(`document.getElementById("editor").value`), /\/\/ more$/);
  await browser.open("about:blank");
  await browser.open(`${url}#p1.<img src=x onerror=top.hacked=1>`);
  await until(async () => /온전하지 않아/.test(await text("notice-text")), `the notice in ${browser.name}`);
  assert.equal(await say("typeof top.hacked"), "undefined");
}

describe("the browser edition elsewhere", function () {
  this.timeout(600_000);
  let site: ServedSite | undefined;
  before(async () => {
    site = await serveSite();
  });
  after(async () => {
    await site?.close();
  });

  it("works in Firefox", async function () {
    const program = findProgram([
      "firefox-esr",
      "firefox",
      "/Applications/Firefox.app/Contents/MacOS/firefox",
    ]);
    if (program === undefined) {
      process.stdout.write("  - no Firefox on this machine (Debian: firefox-esr)\n");
      return this.skip();
    }
    const browser = await openFirefox(program);
    try {
      await playground(browser, site as ServedSite);
      await lesson(browser, site as ServedSite);
    } finally {
      await browser.close();
    }
  });

  it("works in WebKit", async function () {
    const driver = findProgram(["WebKitWebDriver"]);
    const program = findProgram(MINI_BROWSERS);
    const screen = findProgram(["Xvfb"]);
    if (driver === undefined || program === undefined || screen === undefined) {
      process.stdout.write("  - no WebKit on this machine (Debian: webkit2gtk-driver and xvfb)\n");
      return this.skip();
    }
    const display = `:${90 + (process.pid % 900)}`;
    const server: ChildProcess = spawn(screen, [display, "-screen", "0", "1360x900x24"], { stdio: "ignore" });
    const browser = await openWebKit(driver, program, display);
    try {
      await playground(browser, site as ServedSite);
      await lesson(browser, site as ServedSite);
    } finally {
      await browser.close();
      server.kill();
    }
  });
});
