import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { layerbook } from "./command";

describe("layerbook lesson", () => {
  let home: string;
  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-lesson-"))));
  afterEach(() => fs.rmSync(home, { recursive: true }));
  const run = (...args: string[]) => layerbook(["lesson", ...args, "--content", "과정"], { cwd: home });

  it("new makes lessons that lint accepts and make turns into notebooks", async () => {
    const first = await run("new", "우리 팀의 Dockerfile", "--slug", "our-file");
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /lessons\/01-our-file\.md\n.*exercises\/L01\.yaml/);
    assert.equal((await run("new", "둘째 수업")).code, 0);
    const lint = await run("lint", "--strict");
    assert.equal(lint.code, 0, lint.out);
    const made = await run("make", "L02", "--out", "노트북");
    assert.equal(made.code, 0, made.err);
    assert.deepEqual(fs.readdirSync(path.join(home, "노트북")), ["02-lesson"]);
    const notebook = JSON.parse(
      fs.readFileSync(path.join(home, "노트북/02-lesson/02-lesson.ipynb"), "utf8"),
    ) as {
      cells: unknown[];
    };
    assert.ok(notebook.cells.length > 10);
  });

  it("lint tells what to mend by file and line, and fails for errors", async () => {
    await run("new", "수업");
    const file = path.join(home, "과정/lessons/01-lesson.md");
    fs.appendFileSync(
      file,
      "\n<!-- cell: more -->\n[없는 곳](../99-none/99-none.ipynb)은 **“이것”**을 봅니다.\n",
    );
    const { code, out } = await run("lint");
    assert.equal(code, 1);
    assert.match(out, /01-lesson\.md:\d+: ✗ link: /);
    assert.match(out, /01-lesson\.md:\d+: ✗ emphasis: /);
    const json = JSON.parse((await run("lint", "--json")).out) as { rule: string }[];
    assert.ok(json.some(({ rule }) => rule === "link"));
    fs.writeFileSync(file, "글");
    const broken = await run("lint");
    assert.equal(broken.code, 1);
    assert.match(broken.err, /01-lesson\.md:1/);
  });

  it("says what it takes", async () => {
    assert.equal((await run()).code, 2);
    assert.equal((await run("new")).code, 2);
    await run("new", "하나");
    assert.match((await run("lint", "L77")).err, /L77.*L01/);
  });
});
