/** The playground at length: work that is never lost, files from the disk, hostile links and zips, the tree of a screen reader. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { deflateRawSync as deflateRaw } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { encodeLink } from "../../kernel-helpers/src/site/play/link";
import { needChromium } from "../lab/machine";
import { openChromium, picture } from "../lab/page";
import { violations } from "../site/axe";
import { build, edit, makePlay, openPlay, type PlayFileOnDisk, settled } from "../site/play-page";

/** Names of the files in the list, folders with `/`. */
const listed = (page: Page): Promise<string[]> => page.locator("#files .name").allInnerTexts();

/** Opens another page in the same browser profile. */
async function another(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  return page;
}

describe("the playground at length", function () {
  this.timeout(120_000);
  let play: PlayFileOnDisk;
  let browser: Browser;
  let folder: string;

  before(async function () {
    const chromium = needChromium(this);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-drop-"));
    // One after the other: a browser beside a page that could not be made would never be closed.
    play = await makePlay();
    browser = await openChromium(chromium);
  });

  after(async () => {
    await browser?.close();
    play?.remove();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  describe("work", () => {
    it("comes back after a reload with its builds, however soon it is reloaded", async () => {
      const { page, errors } = await openPlay(browser, play.url);
      await build(page);
      await edit(page, "server.js", "// 하나\n");
      await build(page);
      await edit(page, "server.js", "// 둘\n");
      await page.reload();
      await page.locator("#status", { hasText: "하던 작업을 이어 갑니다" }).waitFor();
      await page.locator("#matrix", { hasText: "2 server.js" }).waitFor();
      await page.locator("#files button", { hasText: "server.js" }).click();
      assert.equal(await page.locator("#editor").inputValue(), "// 둘\n");
      assert.match(await build(page), /1개를 재사용하고 2개를 실행/, "the cache is there again");
      assert.match(await page.locator("#matrix").innerText(), /3 server\.js/);
      assert.deepEqual(errors, []);
      await page.context().close();
    });

    it("stays when an example or a link is opened, and can be opened again", async () => {
      const { page } = await openPlay(browser, play.url);
      await edit(page, "server.js", "// 내 것\n");
      await page.locator("#example").selectOption("python");
      await page.locator("#status", { hasText: "하던 작업은" }).waitFor();
      assert.ok((await listed(page)).includes("app.py"));
      await page.locator("#status button").click();
      await page.locator("#files button", { hasText: "server.js" }).click();
      assert.equal(await page.locator("#editor").inputValue(), "// 내 것\n");
      const link = encodeLink({ files: [{ path: "Dockerfile", data: "FROM busybox\n" }], flags: "" });
      await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
      await page.locator("#status", { hasText: "링크의 파일을 열었습니다" }).waitFor();
      await page.locator("#editor").fill("FROM busybox\nRUN true\n");
      await page.reload();
      await page.locator("#status", { hasText: "하던 작업을 이어 갑니다" }).waitFor();
      assert.equal(
        await page.locator("#editor").inputValue(),
        "FROM busybox\nRUN true\n",
        "not the link again",
      );
      await page.locator("#works").click();
      assert.match(await page.locator("#works").innerText(), /\(1\)/, "untouched examples are no work");
      await page.locator("#works-list button").first().click();
      await page.locator("#files button", { hasText: "server.js" }).click();
      assert.equal(await page.locator("#editor").inputValue(), "// 내 것\n");
      await page.context().close();
    });

    it("of two tabs does not overwrite one another's", async () => {
      const { page } = await openPlay(browser, play.url);
      await edit(page, "server.js", "// 첫째 탭\n");
      await page.waitForTimeout(600);
      const other = await another(page.context(), play.url);
      await other.locator("#files button", { hasText: "server.js" }).click();
      assert.equal(await other.locator("#editor").inputValue(), "// 첫째 탭\n");
      await other.locator("#editor").fill("// 둘째 탭\n");
      await other.waitForTimeout(600);
      await edit(page, "server.js", "// 첫째 탭, 더\n");
      for (const [tab, text] of [
        [page, "// 첫째 탭, 더\n"],
        [other, "// 둘째 탭\n"],
      ] as const) {
        await tab.reload();
        await tab.locator("#files button", { hasText: "server.js" }).click();
        assert.equal(await tab.locator("#editor").inputValue(), text);
      }
      await page.context().close();
    });

    it("can be taken back step by step: typing, files, flags, folders", async () => {
      const { page } = await openPlay(browser, play.url);
      const before = await listed(page);
      await edit(page, "server.js", "// 1\n");
      await page.locator("#new").click();
      await page.locator("#path").fill("docs/가/나.txt");
      await page.keyboard.press("Enter");
      await page.locator("#files button", { hasText: "docs/" }).click();
      await page.locator("#rename").click();
      await page.locator("#path").fill("문서");
      await page.keyboard.press("Enter");
      assert.ok((await listed(page)).includes("문서/"));
      await page.locator("#files button", { hasText: "문서/" }).click();
      await page.locator("#remove").click();
      assert.deepEqual(await listed(page), before);
      await page.locator("#undo").click();
      assert.ok((await listed(page)).includes("문서/"));
      await page.locator("#undo").click();
      assert.ok((await listed(page)).includes("docs/"));
      await page.locator("#undo").click();
      await page.locator("#undo").click();
      assert.ok(await page.locator("#undo").isDisabled());
      await page.locator("#files button", { hasText: "server.js" }).click();
      assert.match(await page.locator("#editor").inputValue(), /express/);
      await page.locator("#redo").click();
      assert.equal(await page.locator("#editor").inputValue(), "// 1\n");
      await page.context().close();
    });

    it("is spoken of clearly where the browser stores nothing, and stays as long as the page", async () => {
      const context = await browser.newContext({ offline: true, locale: "ko-KR" });
      await context.addInitScript(
        `for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });`,
      );
      const page = await another(context, play.url);
      await page.locator("#notice", { hasText: "저장하는 것을 막고 있습니다" }).waitFor();
      await edit(page, "server.js", "// 그대로\n");
      await page.locator("#example").selectOption("go");
      await page.locator("#works").click();
      await page.locator("#works-list button").first().click();
      await page.locator("#files button", { hasText: "server.js" }).click();
      assert.equal(await page.locator("#editor").inputValue(), "// 그대로\n");
      assert.match(await build(page), /처음 빌드라서/);
      await context.close();
    });

    it("that finds no room says so and leaves the older work alone", async () => {
      const { page } = await openPlay(browser, play.url);
      await edit(page, "server.js", "// 먼저\n");
      await page.waitForTimeout(600);
      await page.evaluate(`(() => {
        let text = "x".repeat(1 << 20);
        for (let i = 0; text.length > 0; i++) {
          try { localStorage.setItem("filler" + i, text); } catch { text = text.slice(text.length >> 1 || 1); }
          if (text.length < 64) break;
        }
      })()`);
      await edit(page, "server.js", `// ${Array.from({ length: 4000 }, (_, i) => i * 7919).join(" ")}\n`);
      await page.locator("#notice", { hasText: "저장할 자리가 없습니다" }).waitFor();
      await page.context().close();
    });

    it("goes back to an earlier build's files", async () => {
      const { page } = await openPlay(browser, play.url);
      await build(page);
      await edit(page, "server.js", "// 나중\n");
      await build(page);
      await page.locator("#past").selectOption("0");
      await page.locator("#back").click();
      assert.match(await page.locator("#editor").inputValue(), /express/);
      assert.match(await build(page), /모두 재사용했습니다/);
      await page.locator("#prune").click();
      await page.locator("#status", { hasText: "캐시와 빌드표를 비웠습니다" }).waitFor();
      assert.match(await build(page), /처음 빌드라서/);
      await page.context().close();
    });
  });

  describe("files", () => {
    it("come by picker and by drop: files, a folder, a zip; Korean names", async () => {
      const { page, errors } = await openPlay(browser, play.url);
      const source = path.join(folder, "내 프로젝트");
      fs.mkdirSync(path.join(source, "소스", "깊이"), { recursive: true });
      fs.mkdirSync(path.join(source, "node_modules/left-pad"), { recursive: true });
      fs.writeFileSync(path.join(source, "node_modules/left-pad/index.js"), "");
      // As a Mac names it.
      fs.writeFileSync(path.join(source, "소스", "한글.txt".normalize("NFD")), "안녕\r\n둘\r\n");
      fs.writeFileSync(path.join(source, "소스", "깊이", "run.sh"), "#!/bin/sh\necho\n");
      fs.writeFileSync(path.join(source, "그림.bin"), Uint8Array.of(0, 1, 255));
      await page.locator("#pick-folder").setInputFiles(source);
      await page.locator("#status", { hasText: "파일을 더했습니다: 3" }).waitFor();
      assert.deepEqual(
        (await listed(page)).filter((name) => /[가-힣]|run/.test(name)),
        ["소스/", "깊이/", "run.sh", "한글.txt", "그림.bin"],
      );
      await page.locator("#status button").click();
      assert.ok(!(await listed(page)).includes("소스/"), "an upload can be taken back");
      const zip = path.join(folder, "모음.zip");
      fs.writeFileSync(zip, zipSync({ "a/가.txt": strToU8("zip\n"), "../out": strToU8("no") }));
      await page.locator("#pick-files").setInputFiles(zip);
      await page.locator("#status", { hasText: "파일을 더했습니다: 1. 넣지 못한 파일: ../out" }).waitFor();
      await drop(page, [source]);
      await page.locator("#status", { hasText: "파일을 더했습니다: 3" }).waitFor();
      await page.locator("#files button", { hasText: "한글.txt" }).click();
      assert.equal(await page.locator("#editor").inputValue(), "안녕\n둘\n");
      await page.locator("#editor").fill("안녕\n셋\n");
      await drop(page, [path.join(source, "그림.bin"), path.join(source, "소스")]);
      await page.locator("#status", { hasText: "파일을 더했습니다: 3" }).waitFor();
      await page.locator("#status button").click();
      assert.equal(
        await page.locator("#editor").inputValue(),
        "안녕\n셋\n",
        "what was overwritten came back",
      );
      await edit(page, "Dockerfile", "FROM alpine\nCOPY 소스/한글.txt /한글.txt\nRUN wc -c /한글.txt\n");
      await build(page);
      await page.locator("#plain").check();
      assert.match(await page.locator("#log").innerText(), /13 \/한글\.txt/, "\\r\\n stays \\r\\n");
      assert.deepEqual(errors, []);
      await page.context().close();
    });

    it("beyond the limits are left out and named, and the page goes on", async () => {
      const { page, errors } = await openPlay(browser, play.url);
      const many = path.join(folder, "many");
      fs.mkdirSync(many);
      for (let i = 0; i < 400; i++) fs.writeFileSync(path.join(many, `${i}.txt`), "x");
      fs.writeFileSync(path.join(many, "00-large.bin"), new Uint8Array(3_000_000));
      await page.locator("#pick-folder").setInputFiles(many);
      await page.locator("#status", { hasText: "파일이 너무 많습니다" }).waitFor();
      assert.equal((await listed(page)).length, 300);
      const bomb = path.join(folder, "bomb.zip");
      const bytes = zipSync({ "zero.bin": new Uint8Array(50_000_000) });
      // Its directory says that it holds ten bytes.
      const view = new DataView(bytes.buffer);
      for (let at = 0; at + 4 < bytes.length; at++) {
        if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 10, true);
        if (view.getUint32(at, true) === 0x04034b50) view.setUint32(at + 22, 10, true);
      }
      fs.writeFileSync(bomb, bytes);
      await page.locator("#pick-files").setInputFiles(bomb);
      await page.locator("#status", { hasText: /넣지 못한 파일/ }).waitFor();
      await edit(page, "Dockerfile", "FROM alpine\n");
      assert.match(await build(page), /끝났습니다/);
      assert.deepEqual(errors, []);
      await page.context().close();
    });
  });

  describe("hostile links", () => {
    it("of every kind do no harm, and say in both languages what is wrong", async () => {
      const { page, errors, requests } = await openPlay(browser, play.url);
      const script = `<img src=x onerror="top.hacked=1"><svg onload="top.hacked=1"></svg>`;
      const many = Array.from({ length: 1_000_000 }, (_, i) => [String(i), ""]);
      for (const [fragment, ko, en] of [
        [packed({ files: [["Dockerfile", "x".repeat(100_000_000)]] }), /너무 커서/, /too large/],
        [packed({ files: many }), /너무 많습니다|너무 커서/, /Too many files|too large/],
        [packed({ files: [["../../etc/passwd", ""]] }), /쓸 수 없는 파일 이름/, /no usable file name/],
        [
          packed({
            files: [
              ["a", ""],
              ["a/b", ""],
            ],
          }),
          /같은 이름/,
          /of that name/,
        ],
        [packed({ files: [["__proto__", { base64: "!" }]] }), /온전하지 않아/, /broken/],
        [packed(script), /온전하지 않아/, /broken/],
        [`p1.${"A".repeat(5000)}`, /온전하지 않아/, /broken/],
        [encodeURIComponent(script), /온전하지 않아/, /broken/],
        ["javascript:top.hacked=1", /온전하지 않아/, /broken/],
      ] as const) {
        await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
        await page.locator("#notice", { hasText: ko }).waitFor();
        assert.match(await page.locator("#notice").innerText(), en);
        await page.locator("#notice-close").click();
      }
      const names = [script, "javascript:top.hacked=1", "constructor", "__proto__", "a&lt;b", "‮gpj.exe"].map(
        (name) => ({ path: name.replaceAll("/", ""), data: script }),
      );
      const link = encodeLink({
        files: [
          {
            path: "Dockerfile",
            data: `# check=error=false\nFROM alpine AS ${"a".repeat(3000)}\nLABEL x="${script.replaceAll('"', "'")}"\nENV javascript:x=1\nCOPY . /\nRUN cat /* ; echo '${script.replaceAll("'", "")}'\nFORM ${script}\n`,
          },
          ...names,
        ],
        flags: `--build-arg "x=${script.replaceAll('"', "'")}" -t '"><script>top.hacked=1</script>'`,
      });
      await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
      await page.locator("#status", { hasText: "링크의 파일을 열었습니다" }).waitFor();
      await build(page);
      await page.locator("#editor").fill(`FROM alpine\nCOPY . /\nRUN echo '<b onclick=1>' && exit 1\n`);
      await build(page);
      await page.locator("#what-if").click();
      await page.locator("#share").click();
      await page.locator("#works").click();
      await page.waitForTimeout(700);
      assert.equal(await page.evaluate("top.hacked"), undefined);
      const bad =
        "main img, main script, main svg, main iframe, main b, [onerror], [onload], a[href^='javascript']";
      assert.equal(await page.locator(bad).count(), 0);
      assert.deepEqual([errors, requests], [[], []]);
      await page.context().close();
    });

    it("cannot loosen the page's policy", async () => {
      const { page } = await openPlay(browser, play.url);
      const policy = await page.locator("meta[http-equiv='Content-Security-Policy']").getAttribute("content");
      assert.match(policy ?? "", /default-src 'none'/);
      assert.doesNotMatch(policy ?? "", /script-src[^;]*unsafe/);
      await page.evaluate(`(() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src='x' onerror='window.ran = 2'>");
      })()`);
      await page.waitForTimeout(200);
      assert.equal(await page.evaluate("window.ran"), undefined);
      await page.context().close();
    });
  });

  describe("for everybody", () => {
    for (const [width, colorScheme] of [
      [1280, "light"],
      [1280, "dark"],
      [768, "light"],
      [375, "dark"],
      [320, "light"],
    ] as const) {
      it(`passes axe with everything open, ${width} wide in ${colorScheme}; the reason is read without scrolling`, async () => {
        const { page } = await openPlay(browser, play.url, { viewport: { width, height: 900 }, colorScheme });
        await page.locator("#example").selectOption("static");
        await build(page);
        await edit(page, "style.css", "h1 {}\n");
        await build(page);
        const reason = page.locator("#table td", { hasText: "첫 원인" });
        const box = await reason.boundingBox();
        assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
        assert.ok(box.width > 150 && box.height < 120, `readable: ${JSON.stringify(box)}`);
        await picture(page, `play-table-${width}-${colorScheme}`);
        await edit(page, "Dockerfile", "FROM nginx:alpine\nENV TOKEN=x\nCOPY nope /x\nCMD nginx\n");
        await page.locator("#hints li").nth(1).waitFor();
        await build(page);
        await page.locator("#what-if").click();
        await page.locator("#edits table").waitFor();
        await page.locator("#share").click();
        await page.locator("#works").click();
        await page.locator("#new").click();
        await page.evaluate("location.hash = '#p1.broken'");
        await page.locator("#notice").waitFor();
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        assert.deepEqual(await violations(page), []);
        await picture(page, `play-all-${width}-${colorScheme}`);
        await page.context().close();
      });
    }

    it("has a tree that says what everything is", async () => {
      const { page } = await openPlay(browser, play.url);
      await build(page);
      await edit(page, "server.js", "// 고침\n");
      await build(page);
      const tree = await page.locator("body").ariaSnapshot();
      for (const part of [
        /heading "레이어북 실험실" \[level=1\]/,
        /combobox "예제"/,
        /button "이전 작업 \(0\)"/,
        /list "파일"/,
        /textbox "server\.js"/,
        /checkbox "실행 파일 \(755\)"/,
        /textbox "docker build 빌드 옵션"/,
        /button "빌드"/,
        /heading "결과" \[level=2\]/,
        /status: .*끝났습니다/,
        /region "레이어 표"/,
        /table "레이어 표/,
        /columnheader "이유"/,
        /rowheader "COPY \. \/app"/,
        /cell "첫 원인: 파일 내용이 바뀜: server\.js"/,
        /combobox "단계"/,
        /table "빌드표"/,
      ])
        assert.match(tree, part);
      assert.equal(
        await page
          .locator("#files [aria-current=true]")
          .innerText()
          .then((text) => text.split(/\s/)[0]),
        "server.js",
      );
      await page.context().close();
    });

    it("goes from opening to an explained miss, sharing and back by keyboard alone", async () => {
      const { page } = await openPlay(browser, play.url);
      const press = async (key: string, times = 1): Promise<void> => {
        for (let i = 0; i < times; i++) await page.keyboard.press(key);
      };
      /** Tabs until the focus is on something with this id or this text. */
      const tabTo = async (what: string): Promise<void> => {
        for (let i = 0; i < 60; i++) {
          const at = await page.evaluate(
            "[document.activeElement.id, document.activeElement.dataset?.path ?? '']",
          );
          if ((at as string[]).includes(what)) return;
          await press("Tab");
        }
        assert.fail(`the keyboard does not reach ${what}`);
      };
      await tabTo("build");
      await press("Enter");
      assert.match(await settled(page), /처음 빌드라서/);
      await press("Shift+Tab", 3);
      await page.evaluate("document.activeElement.blur(), window.scrollTo(0, 0)");
      await tabTo("server.js");
      await press("Enter");
      assert.equal(await page.evaluate("document.activeElement.id"), "editor");
      await press("Control+End");
      await page.keyboard.type("// 더\n");
      await press("Control+Enter");
      assert.match(await settled(page), /1개를 재사용하고 2개를 실행/);
      await tabTo("step");
      assert.match(await page.locator("#card").innerText(), /server\.js/);
      await tabTo("what-if");
      await press("Enter");
      await page.locator("#edits table").waitFor();
      await page.context().close();
    });
  });
});

/** A fragment with any content. */
function packed(content: unknown): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return `p1.${Buffer.from(deflateRaw(text)).toString("base64url")}`;
}

/** Drops files of the disk on the page, as a file manager does. */
async function drop(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
  await session.detach();
}
