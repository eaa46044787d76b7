/** Every recorded scenario again, in a browser without a network: the same answers as on Node, field by field. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { disagreements, type Recorded } from "../fidelity/compare";
import { needChromium, ROOT } from "../lab/machine";
import { openChromium } from "../lab/page";
import { type FidelityPage, openFidelityPage } from "../site/fidelity-page";

const DIRECTORY = path.join(ROOT, "test/fidelity/scenarios");

describe("fidelity in the browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: FidelityPage;
  let builds = 0;
  let fields = 0;

  before(async function () {
    browser = await openChromium(needChromium(this));
    page = await openFidelityPage(browser);
  });
  after(async () => {
    if (builds > 1) console.log(`\n${builds} builds, ${fields} fields compared with BuildKit v0.34.2`);
    await page?.close();
    await browser?.close();
  });

  for (const group of fs.readdirSync(DIRECTORY).sort()) {
    for (const file of fs.readdirSync(path.join(DIRECTORY, group)).sort()) {
      it(`${group}/${file.replace(/\.json$/, "")}`, async () => {
        const scenario = JSON.parse(fs.readFileSync(path.join(DIRECTORY, group, file), "utf8")) as Recorded;
        const answer = await page.replay(group, scenario);
        builds += scenario.builds.length;
        const found = disagreements(scenario, answer, () => fields++);
        assert.equal(found.join("\n"), "", `${scenario.id} disagrees`);
      });
    }
  }

  it("asks nobody for anything", () => {
    assert.deepEqual(page.requests, []);
  });
});
