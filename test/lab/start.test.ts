/** `npm start` as a learner meets it: a Korean JupyterLab with the course's fonts and colours. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { codeCell, enterCell, openChromium, openNotebook, picture, until } from "./page";
import { needChromium } from "./machine";
import { sharedLab } from "./shared-lab";
import type { RunningLab } from "./start-lab";

/** A notebook of cells of every kind, put into the learner's folder. */
const CELLS = [
  '%%dockerfile\nFROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci && echo "끝"\n# 주석\nCMD ["node", "server.js"]',
  "%%sh\nls -l app | grep server # 목록\ndocker build -t app .",
  '%%writefile app/package.json\n{ "name": "가게", "version": 1 }',
  "const width: number = 1; // 한글과 ASCII",
  "%%dockerfile\nFROM scratch\nWORKDIR /여기",
];
/** The last cell is one before which a prediction is asked for. */
const TAGS = (index: number): object => (index === CELLS.length - 1 ? { tags: ["predict"] } : {});

function sampleNotebook(): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "layerbook", display_name: "Layerbook", language: "typescript" } },
    cells: CELLS.map((source, index) => ({
      cell_type: "code",
      id: `c${index}`,
      metadata: TAGS(index),
      execution_count: null,
      outputs: [],
      source,
    })),
  });
}

describe("npm start", function () {
  this.timeout(120_000);
  let lab: RunningLab;

  before(async function () {
    lab = await sharedLab(this);
    fs.writeFileSync(path.join(lab.learn, "갖가지 셀.ipynb"), sampleNotebook());
  });

  it("prints the address and where the work is kept, in a folder named 김 철수", () => {
    assert.match(lab.learn, /김 철수/);
    assert.ok(lab.printed().includes(lab.learn));
  });

  it("answers only to its token", async () => {
    const without = await fetch(`${lab.baseUrl}/api/kernelspecs`);
    assert.equal(without.status, 403);
    const withToken = await fetch(`${lab.baseUrl}/api/kernelspecs`, {
      headers: { Authorization: `token ${lab.token}` },
    });
    const { default: standard, kernelspecs } = (await withToken.json()) as {
      default: string;
      kernelspecs: object;
    };
    assert.equal(standard, "layerbook");
    assert.deepEqual(Object.keys(kernelspecs), ["layerbook"]);
  });

  it("speaks Korean, colours the cells, aligns 한글, and fetches nothing from outside", async function () {
    const browser = await openChromium(needChromium(this));
    try {
      const opened = await openNotebook(browser, lab, "갖가지 셀.ipynb");
      const { page } = opened;
      await page.locator(".lm-MenuBar-itemLabel", { hasText: "파일" }).waitFor();

      const dockerfile = codeCell(page, "%%dockerfile");
      await until(async () => {
        const tokens = (await dockerfile.locator(".cm-line span").allTextContents()).map((text) =>
          text.trim(),
        );
        return ["FROM", "COPY", "RUN"].every((keyword) => tokens.includes(keyword));
      }, "FROM, COPY and RUN to be coloured");
      const shell = codeCell(page, "%%sh");
      await until(
        async () => (await shell.locator(".cm-line span").count()) > 0,
        "colours of the shell cell",
      );

      await page.evaluate("document.fonts.load('14px D2Coding', '가a').then(() => true)");
      const [hangul, latin] = await page.evaluate<[number, number]>(`(() => {
        const context = document.createElement("canvas").getContext("2d");
        context.font = "14px " + getComputedStyle(document.querySelector(".cm-content")).fontFamily;
        return [context.measureText("가나다라마").width, context.measureText("aaaaaaaaaa").width];
      })()`);
      assert.ok(Math.abs(hangul - latin) < 0.01, `5 한글 ${hangul} = 10 letters ${latin}`);

      const gated = codeCell(page, "WORKDIR /여기");
      await enterCell(gated);
      await page.keyboard.press("Shift+Enter");
      const skip = page.locator(".layerbook-skip");
      await skip.waitFor();
      assert.match(await gated.innerText(), /먼저 예측을 남겨 주세요/);
      await picture(page, "start-gate");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await gated.locator("table", { hasText: "WORKDIR" }).first().waitFor();
      assert.match(await gated.innerText(), /예측을 건너뛰었습니다/);

      await picture(page, "start-light");
      assert.deepEqual(opened.outside, []);
      assert.deepEqual(opened.errors, []);
    } finally {
      await browser.close();
    }
  });
});
