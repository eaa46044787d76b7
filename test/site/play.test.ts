/** play.html in a real browser without a network: builds and explains, opens good and hostile links, can be stopped, is accessible. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { encodeLink } from "../../kernel-helpers/src/site/play/link";
import { needChromium } from "../lab/machine";
import { openChromium, picture } from "../lab/page";
import { violations } from "./axe";
import { build, edit, makePlay, openPlay, type PlayFileOnDisk, settled } from "./play-page";

describe("the playground", function () {
  this.timeout(60_000);
  let play: PlayFileOnDisk;
  let browser: Browser;

  before(async function () {
    const chromium = needChromium(this);
    // One after the other: a browser beside a page that could not be made would never be closed.
    play = await makePlay();
    browser = await openChromium(chromium);
  });

  after(async () => {
    await browser?.close();
    play?.remove();
  });

  it("is one file of at most 4 MB", () => {
    assert.ok(play.bytes < 4_000_000, `${play.bytes} bytes`);
  });

  it("builds, explains a miss, reuses, and asks nobody for anything", async () => {
    const { page, errors, requests } = await openPlay(browser, play.url);
    const guide = page.locator("#guide");
    assert.match(await guide.innerText(), /아직 빌드하지 않았습니다/);
    assert.match(await build(page), /처음 빌드라서 단계 3개를 모두 실행했습니다/);
    assert.match(await guide.innerText(), /이어서 해 보세요[^]*빌드를 누릅니다\. ✓ 했음/);
    assert.match(await guide.locator("[aria-current]").innerText(), /server\.js의 글자를 하나 고칩니다/);
    await edit(page, "server.js", "// 고침\n");
    assert.match(await build(page), /1개를 재사용하고 2개를 실행/);
    assert.equal(await guide.isVisible(), false);
    const card = await page.locator("#card").innerText();
    assert.match(card, /\[3\/4\] COPY \. \/app/, "the step that began it is chosen");
    assert.match(card, /server\.js/);
    assert.match(await page.locator("#matrix").innerText(), /2 server\.js/);
    assert.match(await build(page), /모두 재사용했습니다/);
    assert.match(await page.locator("#log").innerText(), /CACHED \[4\/4\] RUN npm install/);
    await page.locator("#what-if").click();
    await page.locator("#edits table").waitFor();
    await page.locator("#language").click();
    await page.locator("h1", { hasText: "Layerbook playground" }).waitFor();
    await page.locator("#table", { hasText: "reused" }).waitFor();
    assert.deepEqual([errors, requests], [[], []]);
    await page.context().close();
  });

  it("shares by a link that holds everything", async () => {
    const { page } = await openPlay(browser, play.url);
    await edit(page, "server.js", "// 나눔\n");
    await page.locator("#flags").fill("-t shared");
    await page.locator("#share").click();
    const link = await page.locator("#link").inputValue();
    assert.match(await page.locator("#shared-note").innerText(), /이 컴퓨터에서만 열립니다/);
    await page.context().close();
    const other = await openPlay(browser, link);
    assert.match((await other.page.locator("#status").textContent()) ?? "", /링크의 파일을 열었습니다/);
    assert.equal(await other.page.locator("#flags").inputValue(), "-t shared");
    await other.page.locator("#files button", { hasText: "server.js" }).click();
    assert.equal(await other.page.locator("#editor").inputValue(), "// 나눔\n");
    await other.page.context().close();
  });

  it("runs no script of a hostile link, and says when one is broken", async () => {
    const attack = `"><img src=x onerror="top.hacked=1"><script>top.hacked=1</script><a href="javascript:top.hacked=1">`;
    const hostile = encodeLink({
      files: [
        {
          path: "Dockerfile",
          data: `FROM alpine AS ${attack}\nFROM alpine\nLABEL a='${attack}'\nCOPY . /x\nRUN echo '${attack}' && cat '/x/<img src=x onerror=top.hacked=1>'\n`,
        },
        { path: "<img src=x onerror=top.hacked=1>", data: attack },
      ],
      flags: `-t x --build-arg 'A=${attack}'`,
    });
    const { page, errors } = await openPlay(browser, `${play.url}#${hostile}`);
    await build(page);
    await page.locator("#editor").fill(`FROM alpine\nCOPY . /x\nRUN echo '${attack}' && ls /x && exit 3\n`);
    await build(page);
    assert.match(await page.locator("#log").innerText(), /<script>top\.hacked=1<\/script>/, "shown as text");
    const made =
      "#files img, #table img, #table script, #card img, #matrix img, [onerror], a[href^='javascript']";
    assert.equal(await page.locator(made).count(), 0);
    assert.equal(await page.evaluate("top.hacked"), undefined);
    assert.deepEqual(errors, []);
    for (const [fragment, sentence] of [
      [hostile.slice(0, 50), /온전하지 않아/],
      [hostile.replace("p1", "p9"), /더 새로운 판/],
      ["<script>top.hacked=1</script>", /온전하지 않아/],
      ["p1." + "a".repeat(300_000), /너무 커서/],
    ] as const) {
      await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
      await page.locator("#notice", { hasText: sentence }).waitFor();
    }
    await page.context().close();
  });

  it("stops a RUN without an end, and keeps the cache", async () => {
    const { page } = await openPlay(browser, play.url);
    await edit(page, "Dockerfile", "FROM alpine\nRUN echo slow > /a\n");
    await build(page);
    await edit(page, "Dockerfile", "FROM alpine\nRUN echo slow > /a\nRUN while true; do echo x > /b; done\n");
    await page.locator("#build").click();
    await page.locator("#stop").click();
    assert.match(await settled(page), /멈췄습니다/);
    assert.equal(await page.locator("#hints-part").isVisible(), false, "an ended check is no remark");
    await edit(page, "Dockerfile", "FROM alpine\nRUN echo slow > /a\n");
    assert.match(await build(page), /모두 재사용했습니다/);
    await page.context().close();
  });

  it("works by keyboard alone, and keeps what was written for the next visit", async () => {
    const { page } = await openPlay(browser, play.url);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(
      await page.evaluate("document.activeElement.id"),
      "editor",
      "the first link leads to the editor",
    );
    await page.keyboard.press("Control+a");
    await page.keyboard.type("FROM alpine");
    await page.keyboard.press("Control+Enter");
    await page.locator("#pictures").waitFor();
    await page.locator("#new").press("Enter");
    await page.keyboard.type("../out");
    await page.keyboard.press("Enter");
    await page.locator("#path-error", { hasText: "쓸 수 없는 파일 이름" }).waitFor();
    await page.locator("#path").fill("src/새 글.txt");
    await page.keyboard.press("Enter");
    await page.keyboard.type("글");
    await page.waitForTimeout(600);
    await page.reload();
    await page.locator("#files button", { hasText: "새 글.txt" }).waitFor();
    assert.equal(await page.locator("#editor").inputValue(), "FROM alpine");
    await page.locator("#files button", { hasText: "새 글" }).click();
    await page.locator("#remove").press("Enter");
    assert.equal(await page.locator("#files button", { hasText: "새 글" }).count(), 0);
    await page.locator("#status button").press("Enter");
    assert.equal(await page.locator("#editor").inputValue(), "글", "undone");
    await page.context().close();
  });

  for (const [width, colorScheme] of [
    [1280, "light"],
    [320, "dark"],
  ] as const) {
    it(`passes axe ${width} wide in ${colorScheme} and does not scroll sideways`, async () => {
      const { page } = await openPlay(browser, play.url, { viewport: { width, height: 800 }, colorScheme });
      await build(page);
      await page.locator("#share").click();
      await page.locator("#new").click();
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      assert.deepEqual(await violations(page), []);
      await picture(page, `play-${width}-${colorScheme}`);
      await page.context().close();
    });
  }
});
