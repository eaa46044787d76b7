/** `layerbook class`: progress of many learners in one table, and the quiz as Moodle XML. */

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { parse, type DefaultTreeAdapterTypes } from "parse5";

import { readCourse } from "../../kernel-helpers/src/lesson/course";
import { layerbook } from "./command";

type Table = import("../../kernel-helpers/src/cli/class/table").ClassTable & { refused: unknown[] };

describe("layerbook class", () => {
  let root: string;
  const put = (name: string, data: unknown): void => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof data === "string" ? data : JSON.stringify(data));
  };
  const progress = (exercises: object, more: object = {}): object => ({
    schema: 1,
    exercises,
    predictions: {},
    quiz: {},
    misconceptions: {},
    ...more,
  });
  const round = (option: (id: string) => string): object =>
    Object.fromEntries(
      (readCourse().quiz?.items ?? []).map(({ id }) => [id, { option: option(id), confidence: "sure" }]),
    );

  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "수업 폴더-"))));
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  const table = async (...args: string[]): Promise<Table> => {
    const { code, out, err } = await layerbook(["class", root, "--json", ...args]);
    assert.equal(code, 0, err);
    return JSON.parse(out) as Table;
  };

  it("says who is stuck where, what was met, and the quiz before and after", async () => {
    const items = readCourse().quiz?.items ?? [];
    const right = round(
      (id) => items.find((item) => item.id === id)?.options.find((o) => o.correct)?.id ?? "",
    );
    const wrong = round(
      (id) => items.find((item) => item.id === id)?.options.find((o) => !o.correct)?.id ?? "",
    );
    put(
      "김하나/learn/02-build-log/.layerbook/progress.json",
      progress({ "L02-E1": { tries: 2, hints: 1, passedAt: 5 } }),
    );
    put(
      "김하나/learn/00-start/.layerbook/progress.json",
      progress({}, { quiz: { pre: wrong, post: right }, predictions: { L01: { made: 4, right: 3 } } }),
    );
    put(
      "이두리/learn/02-build-log/.layerbook/progress.json",
      progress(
        { "L02-E1": { tries: 7, hints: 3 }, "L02-E2": { tries: 1, hints: 0 } },
        { misconceptions: { M1: 3 } },
      ),
    );
    put(
      "이두리/learn/kept/02-build-log-1/.layerbook/progress.json",
      progress({ "L02-E1": { tries: 50, hints: 3 } }),
    );
    const { learners, exercises, misconceptions, quiz } = await table();
    assert.deepEqual(
      learners.map(({ name, passed, stuck }) => ({ name, passed, stuck })),
      [
        { name: "김하나", passed: 1, stuck: [] },
        {
          name: "이두리",
          passed: 0,
          stuck: [
            { exercise: "L02-E1", tries: 7, hints: 3 },
            { exercise: "L02-E2", tries: 1, hints: 0 },
          ],
        },
      ],
    );
    assert.deepEqual(learners[0]?.quiz, {
      pre: 0,
      post: items.length,
      answered: { pre: items.length, post: items.length },
    });
    assert.deepEqual(quiz, {
      items: items.length,
      pre: { learners: 1, mean: 0 },
      post: { learners: 1, mean: items.length },
      gain: 1,
    });
    assert.equal(learners[0]?.hitRate, 0.75);
    const row = exercises.find(({ exercise }) => exercise === "L02-E1");
    assert.deepEqual([row?.passed, row?.stuck, row?.untried, row?.meanTries], [1, 1, 0, 4.5]);
    assert.deepEqual(
      misconceptions.map(({ id, learners, times }) => [id, learners, times]),
      [["M1", 1, 3]],
    );
    const { out } = await layerbook(["class", root]);
    assert.match(out, /이두리 .*L02-E1 7번, L02-E2 1번/);
    assert.match(out, /M1 +모든 명령이 레이어다/);
  });

  it("knows the layouts of nbgrader, Moodle, hubs and a single learn folder", async () => {
    const one = progress({ "L01-E1": { tries: 1, hints: 0 } });
    put("submitted/nb-kim/L02/.layerbook/progress.json", one);
    put("홍길동_12345_assignsubmission_file_/02-build-log/.layerbook/progress.json", one);
    put("home/jupyter-park/layerbook/notebooks/02-build-log/.layerbook/progress.json", one);
    assert.deepEqual(
      (await table()).learners.map(({ name }) => name).sort(),
      ["jupyter-park", "nb-kim", "홍길동"].sort(),
    );
    put("lone/learn/02-build-log/.layerbook/progress.json", one);
    const lone = await layerbook(["class", path.join(root, "lone"), "--json"]);
    assert.deepEqual(
      (JSON.parse(lone.out) as Table).learners.map(({ name }) => name),
      ["lone"],
    );
    put("반1/kim/.layerbook/progress.json", one);
    put("반2/kim/.layerbook/progress.json", one);
    const two = await layerbook(["class", path.join(root, "반1"), path.join(root, "반2"), "--json"]);
    assert.deepEqual(
      (JSON.parse(two.out) as Table).learners.map(({ name }) => name),
      ["반1/kim", "반2/kim"],
    );
  });

  it("names broken and foreign files and goes on", async () => {
    put("good/.layerbook/progress.json", progress({ "L01-E1": { tries: 1, hints: 0 } }));
    put("half/.layerbook/progress.json", '{"schema":1,"exercises":{"L01-');
    put("null/.layerbook/progress.json", progress({ "L01-E1": null }));
    put("text/.layerbook/progress.json", progress({ "L01-E1": { tries: "many", hints: 0 } }));
    put("lists/.layerbook/progress.json", progress({}, { misconceptions: null }));
    put("proto/.layerbook/progress.json", '{"schema":1,"exercises":{"__proto__":{"tries":1,"hints":0}}}');
    put("large/.layerbook/progress.json", " ".repeat(5 * 1024 * 1024));
    fs.mkdirSync(path.join(root, "folder/.layerbook/progress.json"), { recursive: true });
    fs.mkdirSync(path.join(root, "link/.layerbook"), { recursive: true });
    fs.symlinkSync(
      path.join(root, "good/.layerbook/progress.json"),
      path.join(root, "link/.layerbook/progress.json"),
    );
    fs.symlinkSync(root, path.join(root, "loop"));
    const { code, out, err } = await layerbook(["class", root, "--json"]);
    assert.equal(code, 0);
    assert.deepEqual(
      (JSON.parse(out) as Table).learners.map(({ name }) => name),
      ["good"],
    );
    for (const name of ["half", "null", "text", "lists", "proto", "large", "folder", "link"])
      assert.ok(err.includes(path.join(root, name)), name);
  });

  it("writes CSV that no spreadsheet runs, and a page that loads nothing", async () => {
    put('=HYPERLINK("x")/.layerbook/progress.json', progress({ "L01-E1": { tries: 1, hints: 0 } }));
    put("<b>&/.layerbook/progress.json", progress({ "L01-E1": { tries: 1, hints: 0 } }));
    const [csv, html] = [path.join(root, "표.csv"), path.join(root, "표.html")];
    assert.equal((await layerbook(["class", root, "--csv", csv, "--html", html])).code, 0);
    const text = fs.readFileSync(csv, "utf8");
    assert.ok(text.startsWith("\ufeff학습자,"));
    assert.ok(text.includes(`"'=HYPERLINK(""x"")",0/`));
    const page = fs.readFileSync(html, "utf8");
    assert.ok(page.includes("&lt;b&gt;&amp;") && !page.includes("<b>"));
    assert.ok(page.includes("default-src 'none'") && !/(src|href)=/.test(page));
    const names = await layerbook(["class", root, "--anonymous", "--json"]);
    assert.ok(!names.out.includes("HYPERLINK") && names.out.includes("학습자 01"));
  });

  it("refuses what is no folder, and says when there is no progress", async () => {
    assert.match((await layerbook(["class", path.join(root, "none")])).err, /LB_NO_FOLDER/);
    assert.match((await layerbook(["class", root])).err, /LB_NO_LEARNERS/);
    assert.equal((await layerbook(["class"])).code, 2);
  });

  it("writes the quiz as Moodle XML with feedback per answer", async () => {
    const file = path.join(root, "quiz.xml");
    assert.equal((await layerbook(["class", "--moodle-xml", file])).code, 0);
    const text = fs.readFileSync(file, "utf8");
    const quiz = readCourse().quiz;
    assert.ok(quiz);
    assert.equal(text.match(/<question type="multichoice">/g)?.length, quiz.items.length);
    const options = quiz.items.flatMap((item) => item.options);
    assert.equal(text.match(/<answer fraction=/g)?.length, options.length);
    assert.equal(text.match(/<feedback format="html">/g)?.length, options.length);
    assert.equal(text.match(/fraction="100"/g)?.length, options.filter(({ correct }) => correct).length);
    // Well-formed: every tag that opens closes in its turn.
    const open: string[] = [];
    for (const [, close, name] of text
      .replace(/<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>/g, "")
      .matchAll(/<(\/?)([a-z]+)[^>]*>/g))
      if (close) assert.equal(open.pop(), name);
      else open.push(name ?? "");
    assert.deepEqual(open, []);
    for (const [, html = ""] of text.matchAll(/<!\[CDATA\[([^]*?)\]\]>/g)) {
      const errors: string[] = [];
      const tree: DefaultTreeAdapterTypes.Document = parse(`<!doctype html><title>x</title>${html}`, {
        onParseError: ({ code }) => errors.push(code),
      });
      assert.deepEqual(errors, [], html);
      assert.ok(tree.childNodes.length > 0);
    }
  });
});
