import assert from "node:assert/strict";
import { join } from "node:path";

import { makeHandout } from "../../kernel-helpers/src/handout";
import { golden } from "../report/golden";
import { foreignNotebook, PIXEL } from "./foreign-notebook";

const make = (): ReturnType<typeof makeHandout> =>
  makeHandout([{ file: join(__dirname, "foreign.ipynb"), notebook: foreignNotebook() }], {
    edition: "student",
  });

describe("handouts of foreign notebooks", () => {
  it("HTML, without its fonts, is as it was", () => {
    golden(join(__dirname, "golden/foreign.html"), make().page.body);
  });
  it("Markdown is as it was", () => {
    golden(join(__dirname, "golden/foreign.md"), make().markdown);
  });

  it("nothing in the file runs, loads or links to elsewhere", () => {
    const { html } = make().page;
    assert.doesNotMatch(html, /evil\(\)|<script|onclick|onload|javascript:/);
    assert.doesNotMatch(html, /(?:src|href)="(?!data:|#)[^"]*"|url\((?!data:)|@import/);
  });

  it("keeps pictures, attachments, formulas, colours and tables", () => {
    const { body } = make().page;
    assert.equal(body.split(`data:image/png;base64,${PIXEL}`).length - 1, 2);
    assert.match(body, /<math/);
    assert.match(body, /price \$5 and \$6/);
    assert.match(body, /<span class="ansi-red">ZeroDivisionError<\/span>/);
    assert.match(body, /<span class="ansi-yellow ansi-bold">warn<\/span> &lt;b&gt;/);
    assert.match(body, /data:image\/svg\+xml;base64,/);
  });

  it("names what is lost, with the cell", () => {
    const { losses } = make();
    assert.ok(losses.some((loss) => loss.index === 2 && loss.ko.includes("위젯")));
    assert.ok(losses.some((loss) => loss.index === 3 && loss.en.includes("script")));
  });

  it("skips no heading level", () => {
    const levels = [...make().page.body.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
    levels.forEach((level, i) => assert.ok(level <= (levels[i - 1] ?? 0) + 1, levels.join()));
  });

  it("gives the same bytes for the same notebook", () => {
    assert.equal(make().page.html, make().page.html);
  });
});
