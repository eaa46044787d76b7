/** A learner's work as one zip: between two working folders, never over an edit, never out of the folder. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { zipSync } from "fflate";
import { packWork, readWork, type WorkEntry } from "../../kernel-helpers/src/lesson";
import { layerbook } from "./command";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const file = (name: string, value: string, mode = 0o644): WorkEntry => ({
  path: name,
  kind: "file",
  data: text(value),
  mode,
});
const progress = (exercises: object): string =>
  JSON.stringify({ schema: 1, exercises, predictions: {}, quiz: {}, misconceptions: {} });

describe("a learner's work as a zip", () => {
  let home: string;
  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), "작업 zip-"))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  const put = (name: string, value: string, mode?: number): void => {
    const at = path.join(home, name);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, value);
    if (mode !== undefined) fs.chmodSync(at, mode);
  };
  const get = (name: string): string => fs.readFileSync(path.join(home, name), "utf8");
  const lesson = (...args: string[]) => layerbook(["lesson", ...args], { cwd: home });

  it("goes out and comes in elsewhere with permissions, links and progress, without caches", async () => {
    put("learn/05-order/05-order.ipynb", '{"cells": []}');
    put("learn/05-order/app/가게/entry.sh", "#!/bin/sh\n", 0o755);
    put("learn/05-order/app/.dockerignore", "node_modules\n");
    put("learn/05-order/.layerbook/progress.json", progress({}));
    put("learn/05-order/.layerbook/cache/blob", "cache");
    put("learn/05-order/.ipynb_checkpoints/05-order.ipynb", "old");
    put("learn/kept/05-order-1/05-order.ipynb", "old");
    const posix = process.platform !== "win32";
    if (posix) fs.symlinkSync("entry.sh", path.join(home, "learn/05-order/app/가게/link"));
    assert.equal((await lesson("export", "내 작업.zip")).code, 0);
    const { code, out, err } = await lesson("import", "내 작업.zip", "--dir", "다른 곳");
    assert.equal(code, 0, err);
    assert.match(out, posix ? /파일 5개/ : /파일 4개/);
    assert.equal(get("다른 곳/05-order/app/.dockerignore"), "node_modules\n");
    if (posix) {
      assert.equal(fs.statSync(path.join(home, "다른 곳/05-order/app/가게/entry.sh")).mode & 0o777, 0o755);
      assert.equal(fs.readlinkSync(path.join(home, "다른 곳/05-order/app/가게/link")), "entry.sh");
    }
    for (const gone of ["05-order/.layerbook/cache", "05-order/.ipynb_checkpoints", "kept"])
      assert.ok(!fs.existsSync(path.join(home, "다른 곳", gone)), gone);
    assert.match((await lesson("import", "내 작업.zip", "--dir", "다른 곳")).out, /바꾼 것이 없습니다/);
  });

  it("keeps what it replaces, and joins progress", async () => {
    const passed = { tries: 1, hints: 0, passedAt: 5 };
    put("learn/01-a/01-a.ipynb", "mine");
    put(
      "learn/01-a/.layerbook/progress.json",
      progress({ "L01-E1": passed, "L01-E2": { tries: 4, hints: 1 } }),
    );
    const theirs = progress({ "L01-E2": { tries: 2, hints: 3, passedAt: 9 } });
    const zip = packWork(
      [file("01-a/01-a.ipynb", "theirs"), file("01-a/.layerbook/progress.json", theirs)],
      0,
    );
    fs.writeFileSync(path.join(home, "a.zip"), zip);
    for (const round of [1, 2]) {
      const { code, out, err } = await lesson("import", "a.zip");
      assert.equal(code, 0, err);
      if (round === 1) assert.match(out, /kept.import-1/);
      assert.equal(get("learn/01-a/01-a.ipynb"), "theirs");
      assert.equal(get("learn/kept/import-1/01-a/01-a.ipynb"), "mine");
      const { exercises } = JSON.parse(get("learn/01-a/.layerbook/progress.json")) as { exercises: object };
      assert.deepEqual(exercises, { "L01-E1": passed, "L01-E2": { tries: 4, hints: 3, passedAt: 9 } });
      assert.ok(!fs.existsSync(path.join(home, "learn/kept/import-2")));
    }
  });

  it("takes one folder around everything off", () => {
    const entries = readWork(
      zipSync({ "layerbook-work/01-a/01-a.ipynb": text("{}"), "__MACOSX/x": text("") }),
    );
    assert.deepEqual(
      entries.map((entry) => entry.path),
      ["01-a/01-a.ipynb"],
    );
  });

  it("takes nothing of a zip that leads out, is broken, or is something else", async () => {
    const link = (name: string, target: string): WorkEntry => ({
      path: name,
      kind: "link",
      target,
      mode: 0o777,
    });
    const good = file("01-a/01-a.ipynb", "{}");
    const zips: [string, RegExp, Uint8Array][] = [
      ["dots", /LB_WORK_ZIP_PATH/, zipSync({ "01-a/../../x.ipynb": text("x"), "01-a/app/x": text("x") })],
      ["root", /LB_WORK_ZIP_PATH/, packWork([good, file("/etc/x", "x")], 0)],
      ["backslash", /LB_WORK_ZIP_PATH/, packWork([good, file("01-a\\..\\x", "x")], 0)],
      ["link", /LB_WORK_ZIP_PATH/, packWork([good, link("01-a/app/l", "../../../x")], 0)],
      ["absolute", /LB_WORK_ZIP_PATH/, packWork([good, link("01-a/app/l", "/etc/passwd")], 0)],
      ["inner", /LB_WORK_ZIP_PATH/, packWork([good, link("01-a/app/l", "a/../../../../x")], 0)],
      ["through", /LB_WORK_ZIP_PATH/, packWork([good, link("01-a/l", "app"), file("01-a/l/x", "x")], 0)],
      ["other", /LB_WORK_ZIP\b/, zipSync({ "photo.jpg": text("x") })],
      ["broken", /LB_WORK_ZIP\b/, packWork([good], 0).slice(0, 40)],
      ["empty", /LB_WORK_ZIP\b/, new Uint8Array()],
    ];
    for (const [name, expected, zip] of zips) {
      fs.writeFileSync(path.join(home, "bad.zip"), zip);
      const { code, err } = await lesson("import", "bad.zip", "--dir", "new");
      assert.equal(code, 1, name);
      assert.match(err, expected, name);
      assert.ok(!fs.existsSync(path.join(home, "new")), name);
    }
    if (process.platform !== "win32") {
      fs.mkdirSync(path.join(home, "linked"));
      fs.symlinkSync(home, path.join(home, "linked/01-a"));
      fs.writeFileSync(path.join(home, "good.zip"), packWork([good], 0));
      assert.match((await lesson("import", "good.zip", "--dir", "linked")).err, /LB_WORK_ZIP_PATH/);
      assert.ok(!fs.existsSync(path.join(home, "01-a.ipynb")));
    }
    assert.equal((await lesson("import", "none.zip")).code, 2);
    assert.equal((await lesson("import")).code, 2);
    assert.match((await lesson("export", "x.zip", "--dir", "none")).err, /LB_NO_FOLDER/);
  });
});
