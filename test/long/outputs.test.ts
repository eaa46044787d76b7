/** The pictures V1 to V7 in a real browser: each language, light and dark, at every width, with axe each time. */

import assert from "node:assert/strict";

import type { Browser, Page } from "playwright-core";

import { openBrowser, outputs, OVERFLOWS, pageOf, show, violations, WIDTHS } from "../handout/outputs";

describe("long: pictures in a real browser", function () {
  this.timeout(300_000);
  let browser: Browser;
  let page: Page;
  before(async function () {
    const opened = await openBrowser();
    if (!opened) return this.skip();
    browser = opened;
    page = await browser.newPage();
  });
  after(() => browser?.close());

  for (const locale of ["ko", "en"] as const) {
    for (const scheme of ["light", "dark"] as const) {
      it(`${locale}, ${scheme}: axe without violations, no overflow, at ${WIDTHS.join(", ")} px`, async () => {
        const all = await outputs(locale);
        const pictures = new Map(
          [...all].filter(([name]) => /^(picture|key|whatif|bundle|table-(edited|failed)$)/.test(name)),
        );
        assert.ok(pictures.size >= 10);
        await show(page, pageOf(pictures, scheme));
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          assert.deepEqual(await violations(page), [], `${width} px`);
          assert.deepEqual(await page.evaluate<string[]>(OVERFLOWS), [], `${width} px`);
        }
      });
    }
  }
});
