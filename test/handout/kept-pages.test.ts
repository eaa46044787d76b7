/** Pages kept from run to run: the same bytes as made anew, and never a page of something that has changed since. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { makeHandout } from "../../kernel-helpers/src/handout";
import { KeptPages } from "../../kernel-helpers/src/handout/kept-pages";
import { parseNotebook } from "../../kernel-helpers/src/notebook/read";

const text = (source: string): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [{ cell_type: "markdown", id: "a", metadata: {}, source }],
  });

describe("kept pages", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "레이어북 kept "));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "수업.ipynb");
  const code = path.join(folder, "program.js");
  const cache = path.join(folder, "cache");
  fs.writeFileSync(code, "1");

  /** As the command does it; answers the page and whether it was kept. */
  const page = (options = "student"): { html: string; kept: boolean } => {
    const bytes = fs.readFileSync(file);
    const pages = new KeptPages(cache, code, options);
    const key = pages.key(file, bytes);
    const kept = pages.find(key, file);
    if (kept) {
      return { html: kept.html.toString(), kept: true };
    }
    const { page, errors, losses, asked } = makeHandout(
      [{ file, notebook: parseNotebook(bytes.toString("utf8")) }],
      { edition: "student" },
    );
    if (errors.length === 0) pages.keep(key, Buffer.from(page.html), asked, losses);
    return { html: page.html, kept: false };
  };

  it("are what would be made, until the notebook, the program or the edition is another", () => {
    fs.writeFileSync(file, text("# 하나\n\n<object>x</object>"));
    const first = page();
    assert.equal(first.kept, false);
    assert.deepEqual(page(), { ...first, kept: true });
    assert.equal(page("slides").kept, false);

    // The same size at the same time.
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, text("# 다섯\n\n<object>x</object>".replace("다섯", "둘째")));
    fs.utimesSync(file, atime, mtime);
    assert.match(page().html, /둘째/);
    assert.match(page().html, /둘째/);
    fs.writeFileSync(file, text("# 하나\n\n<object>x</object>"));
    assert.equal(page().kept, true);

    fs.writeFileSync(code, "2");
    assert.equal(page().kept, false);
    assert.equal(page().kept, true);
  });

  it("are made anew when a picture or a linked file beside the notebook is another", () => {
    fs.writeFileSync(file, text("# 그림\n\n![점](점.png) [파일](note.txt)"));
    fs.writeFileSync(path.join(folder, "note.txt"), "");
    page();
    assert.doesNotMatch(page().html, /data:image/, "there is no picture yet");
    fs.writeFileSync(path.join(folder, "점.png"), "one");
    assert.match(page().html, /data:image\/png;base64,b25l/);
    assert.equal(page().kept, true);
    fs.writeFileSync(path.join(folder, "점.png"), "two");
    assert.match(page().html, /data:image\/png;base64,dHdv/);
    assert.equal(page().kept, true);
    fs.rmSync(path.join(folder, "note.txt"));
    assert.equal(page().kept, false, "a link that leads nowhere is told");
    assert.equal(page().kept, false, "a page with errors is not kept");
  });

  it("are not used when they are damaged; the oldest go when there are too many", () => {
    fs.writeFileSync(file, text("# 셋"));
    const { html } = page();
    for (const name of fs.readdirSync(cache))
      if (name.endsWith(".html")) fs.truncateSync(path.join(cache, name), 10);
    assert.deepEqual(page(), { html, kept: false });
    for (const name of fs.readdirSync(cache))
      if (name.endsWith(".json")) fs.writeFileSync(path.join(cache, name), "{");
    assert.deepEqual(page(), { html, kept: false });
    const size = () =>
      fs.readdirSync(cache).reduce((sum, name) => sum + fs.statSync(path.join(cache, name)).size, 0);
    const before = size();
    new KeptPages(cache, code, "student").prune(before - 1);
    assert.ok(size() > 0 && size() < before);
    assert.equal(page().html, html);
    new KeptPages(path.join(folder, "nowhere"), code, "student").prune();
    fs.writeFileSync(path.join(folder, "a file"), "");
    new KeptPages(path.join(folder, "a file"), code, "student").keep("x", Buffer.from("x"), [], []);
  });
});
