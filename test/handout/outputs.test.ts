/** Every output of src/report as HTML in a real browser: golden pages, axe in light and dark, nothing wider than 320, 768 and 1280 px. */

import assert from "node:assert/strict";
import { join } from "node:path";

import type { Browser, Page } from "playwright-core";

import type { Locale } from "../../kernel-helpers/src/report/locale";
import { golden } from "../report/golden";
import { openBrowser, outputs, OVERFLOWS, pageOf, show, violations, WIDTHS } from "./outputs";

const GOLDEN = join(__dirname, "../report/golden/pictures");

describe("outputs in a real browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  const made = new Map<Locale, Map<string, string>>();

  before(async function () {
    for (const locale of ["ko", "en"] as const) made.set(locale, await outputs(locale));
    const opened = await openBrowser();
    if (!opened) return this.skip();
    browser = opened;
    page = await browser.newPage();
  });
  after(() => browser?.close());

  for (const [locale, scheme, width] of [
    ["ko", "light", 320],
    ["en", "dark", 1280],
  ] as const) {
    it(`${locale}, ${scheme}: golden pages, axe without violations, no overflow`, async () => {
      const all = made.get(locale)!;
      const html = pageOf(all, scheme);
      // Tables and CI reports have their golden files beside their own tests; proposals and predictions are judged by what they prove.
      for (const [name, output] of all)
        if (/^(picture|history|waste|course|change)/.test(name))
          golden(join(GOLDEN, `${name}.${locale}.html`), output);
      await page.setViewportSize({ width, height: 900 });
      await show(page, html);
      assert.deepEqual(await violations(page), []);
      for (const wide of WIDTHS) {
        await page.setViewportSize({ width: wide, height: 900 });
        assert.deepEqual(await page.evaluate<string[]>(OVERFLOWS), [], `${wide} px`);
      }
      // What stands in colour is readable in light and dark: the pairs that occur, as text.
      const pairs = await page.evaluate<string[]>(CONTRASTS);
      golden(join(GOLDEN, `contrast-${scheme}.txt`), pairs.join("\n") + "\n");
    });
  }
});

/** Pairs of colours that text stands in, each with its contrast. */
const CONTRASTS = `(() => {
  const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const paper = (one) => {
    for (; one; one = one.parentElement) {
      const found = parse(getComputedStyle(one).backgroundColor);
      if (found[3] === undefined || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const pairs = new Set();
  for (const one of document.querySelectorAll("main > div *")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "")) continue;
    const [a, b] = [parse(getComputedStyle(one).color), paper(one)];
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    pairs.add("rgb(" + a.slice(0, 3) + ") on rgb(" + b.slice(0, 3) + "): " + ((x + 0.05) / (y + 0.05)).toFixed(1));
  }
  return [...pairs].sort();
})()`;
