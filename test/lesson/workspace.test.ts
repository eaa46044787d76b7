/** The learner's folder: lessons come in, get updated, and what a learner edited is never written over. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  fingerprint,
  firstNotebook,
  placeLessons,
  resetLesson,
} from "../../kernel-helpers/src/lesson/workspace";

const NOTEBOOK = "01-닫힌 이미지/01-닫힌 이미지.ipynb";

/** A notebook of one code cell. */
function notebook(source: string, { outputs = [] as unknown[], metadata = {} } = {}): string {
  const cell = { cell_type: "code", id: "a", metadata: {}, source, outputs, execution_count: null };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] });
}

describe("workspace", () => {
  let home: string, source: string, target: string;
  const write = (folder: string, name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  const read = (name: string) => fs.readFileSync(path.join(target, name), "utf8");
  const place = () =>
    Object.fromEntries(placeLessons({ source, target }).map(({ path: name, what }) => [name, what]));

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-workspace-"));
    [source, target] = [path.join(home, "notebooks"), path.join(home, "김 철수/learn")];
    write(source, NOTEBOOK, notebook("FROM node"));
    write(source, "01-닫힌 이미지/app/server.js", "1");
    write(source, "02-둘/02-둘.ipynb", notebook("둘"));
  });
  afterEach(() => fs.rmSync(home, { recursive: true }));

  it("a lesson that was given another number takes the learner's folder along", () => {
    write(source, "16-project/16-project.ipynb", notebook("처음"));
    write(source, "16-project/app/src/server.js", "1");
    place();
    fs.renameSync(path.join(source, "16-project"), path.join(source, "17-project"));
    fs.renameSync(
      path.join(source, "17-project/16-project.ipynb"),
      path.join(source, "17-project/17-project.ipynb"),
    );
    write(target, "16-project/app/src/server.js", "고친 것");
    const placed = place();
    assert.equal(placed["17-project/17-project.ipynb"], "unchanged");
    assert.equal(read("17-project/app/src/server.js"), "고친 것");
    assert.ok(!fs.existsSync(path.join(target, "16-project")));
  });

  it("puts everything there, and a second time changes nothing", () => {
    assert.deepEqual(new Set(Object.values(place())), new Set(["new"]));
    assert.equal(read(NOTEBOOK), notebook("FROM node"));
    assert.deepEqual(new Set(Object.values(place())), new Set(["unchanged"]));
    assert.equal(firstNotebook(source), NOTEBOOK);
  });

  it("brings an untouched notebook up to date", () => {
    place();
    write(source, NOTEBOOK, notebook("FROM node:22"));
    assert.equal(place()[NOTEBOOK], "updated");
    assert.equal(read(NOTEBOOK), notebook("FROM node:22"));
  });

  it("a notebook that JupyterLab only opened and saved counts as untouched", () => {
    place();
    const saved = JSON.parse(
      notebook("FROM node", { metadata: { language_info: { version: "5.9" } } }),
    ) as object;
    write(target, NOTEBOOK, JSON.stringify(saved, null, 1));
    write(source, NOTEBOOK, notebook("FROM node:22"));
    assert.equal(place()[NOTEBOOK], "updated");
  });

  it("never writes over an edited notebook, an executed one, or an edited file", () => {
    place();
    write(target, NOTEBOOK, notebook("FROM alpine"));
    write(
      target,
      "02-둘/02-둘.ipynb",
      notebook("둘", { outputs: [{ output_type: "stream", name: "stdout", text: "a" }] }),
    );
    write(target, "01-닫힌 이미지/app/server.js", "mine");
    for (let again = 0; again < 2; again++) {
      assert.equal(place()[NOTEBOOK], "unchanged", "an edit alone is not worth a word");
      write(source, NOTEBOOK, notebook(`FROM node:${22 + again}`));
      write(source, "02-둘/02-둘.ipynb", notebook(`둘 ${again}`));
      write(source, "01-닫힌 이미지/app/server.js", `${2 + again}`);
      assert.deepEqual(new Set(Object.values(place())), new Set(["kept"]));
      write(source, NOTEBOOK, notebook("FROM node"));
    }
    assert.equal(read(NOTEBOOK), notebook("FROM alpine"));
    assert.equal(read("01-닫힌 이미지/app/server.js"), "mine");
  });

  it("a lost or broken state makes it careful, not bold", () => {
    place();
    write(target, ".layerbook-lessons.json", "{ broken");
    write(target, NOTEBOOK, notebook("FROM alpine"));
    write(source, NOTEBOOK, notebook("FROM node:22"));
    assert.equal(place()[NOTEBOOK], "kept");
    assert.equal(read(NOTEBOOK), notebook("FROM alpine"));
  });

  it("reset brings a lesson back and keeps every version of the learner's", () => {
    place();
    for (const [asked, number] of [
      ["1", 1],
      ["01", 2],
      ["L01", 3],
      ["01-닫힌 이미지", 4],
    ] as const) {
      write(target, NOTEBOOK, notebook(`mine ${number}`));
      write(target, "01-닫힌 이미지/.layerbook/cache", "built");
      const { lesson, copy } = resetLesson({ source, target }, asked);
      assert.equal(lesson, "01-닫힌 이미지");
      assert.equal(copy, `kept/01-닫힌 이미지-${number}`);
      assert.equal(read(`${copy}/01-닫힌 이미지.ipynb`), notebook(`mine ${number}`));
      assert.equal(read(NOTEBOOK), notebook("FROM node"));
      assert.ok(!fs.existsSync(path.join(target, "01-닫힌 이미지/.layerbook")));
    }
    assert.deepEqual(new Set(Object.values(place())), new Set(["unchanged"]));
  });

  it("names the lessons that are there when asked for another", () => {
    assert.throws(() => resetLesson({ source, target }, "7"), {
      code: "LB_NO_LESSON",
      ko: /01-닫힌 이미지, 02-둘/,
    });
  });

  it("a lesson that was never placed is placed without a copy", () => {
    assert.deepEqual(resetLesson({ source, target }, "2"), { lesson: "02-둘" });
    assert.equal(read("02-둘/02-둘.ipynb"), notebook("둘"));
  });

  it("a lesson with an id of letters is found by it", () => {
    const text = notebook("과제", { metadata: { layerbook: { lesson: "PRJ" } } });
    write(source, "17-project/17-project.ipynb", text);
    assert.deepEqual(resetLesson({ source, target }, "prj"), { lesson: "17-project" });
    assert.throws(() => resetLesson({ source, target }, "TRM"), { code: "LB_NO_LESSON" });
  });

  it("compares what is not a notebook byte for byte", () => {
    assert.notEqual(fingerprint("a.js", Buffer.from("1")), fingerprint("a.js", Buffer.from("1\n")));
    assert.notEqual(
      fingerprint("a.ipynb", Buffer.from("not json")),
      fingerprint("a.ipynb", Buffer.from("not json ")),
    );
  });
});
