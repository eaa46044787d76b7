/** `layerbook grade` where something is missing: no notebook, no process, no kernel; what cells of TypeScript did on a real one. */

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { feedbackComment, feedbackMarkdown } from "../../kernel-helpers/src/cli/grade/feedback";
import { type MarkOptions, markStudent } from "../../kernel-helpers/src/cli/grade/mark";
import { readCourse } from "../../kernel-helpers/src/lesson/course";
import { type CellStatus, ServerError } from "../../kernel-helpers/src/notebook";
import { submittedNotebook } from "../cli/grade-notebook";

const course = readCourse();
const notebook = (...sources: string[]): string => submittedNotebook(sources);
const SERVER = 'require("express")().get("/", (req, res) => res.send("오늘도 좋은 하루")).listen(80);\n';
const PACKAGE = '{ "name": "memo", "version": "1.0.0", "dependencies": { "express": "^5.1.0" } }';
const DOCKERFILE =
  'FROM node\nWORKDIR /app\nCOPY . /app\nRUN npm install\nEXPOSE 80\nCMD ["node", "server.js"]\n';
const CELLS = ['lab.context.write("server.js", SERVER)', "throw new Error('later')", "%%check L01-E1"];

describe("layerbook grade, where something is missing", function () {
  this.timeout(60_000);
  let root: string;
  before(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "채점 계약-"))));
  after(() => fs.rmSync(root, { recursive: true, force: true }));
  const options = (runOnKernel: MarkOptions["runOnKernel"]): MarkOptions => ({
    course,
    exercises: course.lessons
      .flatMap(({ exercises }) => exercises?.exercises ?? [])
      .filter(({ id }) => id === "L01-E1")
      .map((exercise) => ({ lesson: "L01", exercise })),
    cellTimeout: 20_000,
    typescript: true,
    env: {},
    signal: new AbortController().signal,
    runOnKernel,
  });
  const one = (...sources: string[]): Parameters<typeof markStudent>[0] => ({
    name: "김하나",
    folder: "김하나",
    notebooks: [{ path: "01.ipynb", text: notebook(...sources), app: new Map() }],
    problems: [],
  });

  it("tells what happened on the real kernel instead of what the simulated machine left out", async () => {
    const cell = (index: number, status: CellStatus, message?: string): object => ({
      index,
      status,
      ...(message === undefined ? {} : { error: { name: "Error", message } }),
    });
    const mark = await markStudent(
      one(...CELLS),
      options(({ files, outDir }) => {
        const app = path.join(path.dirname(outDir!), "app");
        fs.mkdirSync(app, { recursive: true });
        fs.writeFileSync(path.join(app, "server.js"), SERVER);
        fs.writeFileSync(path.join(app, "package.json"), PACKAGE);
        fs.writeFileSync(path.join(app, "Dockerfile"), DOCKERFILE);
        const cells = [cell(0, "ok"), cell(1, "error", "later"), cell(2, "ok")];
        return Promise.resolve([
          { file: files[0]!, result: { cells }, differences: [], passed: false },
        ] as unknown as ReturnType<NonNullable<MarkOptions["runOnKernel"]>>);
      }),
    );
    assert.deepEqual(mark.notes, [{ notebook: "01.ipynb", cell: 2, why: "error", message: "later" }]);
    assert.deepEqual([mark.unjudged, mark.problems], [false, []]);
    const met = mark.exercises[0]!.check!.rows.map((row) => row.met);
    // The fourth asks for two images, of which a folder holds one.
    assert.deepEqual(met, [true, true, true, false], "judged by what the kernel left in app/");
    assert.doesNotMatch(feedbackMarkdown(mark), /실행하지 않았습니다/);
  });

  it("gives no grade where this machine could not run a notebook", async () => {
    const sentence = { ko: "JupyterLab이 없습니다.", en: "no JupyterLab" };
    const mark = await markStudent(
      one(...CELLS),
      options(() => Promise.reject(new ServerError("LB_NO_JUPYTER", sentence, sentence))),
    );
    assert.equal(mark.unjudged, true);
    assert.match(mark.problems[0]!.ko, /01\.ipynb: 실제 커널에서 실행하지 못했습니다: JupyterLab이 없습니다/);
    assert.deepEqual(mark.notes.map(({ cell, why }) => [cell, why]), [[1, "typescript"], [2, "typescript"]]); // prettier-ignore
    assert.match(feedbackComment(mark), /실제 커널에서/);

    const before = process.env["TMPDIR"];
    const content = process.env["LAYERBOOK_CONTENT"];
    process.env["LAYERBOOK_CONTENT"] = path.join(root, "no-course");
    try {
      const broken = await markStudent(one("%%check L01-E1"), { ...options(undefined), typescript: false });
      assert.equal(broken.unjudged, true);
      assert.match(broken.problems[0]!.en, /the process that grades could not be started: ./);
      assert.deepEqual(broken.notes, [], "no cell 0");
    } finally {
      if (content === undefined) delete process.env["LAYERBOOK_CONTENT"];
      else process.env["LAYERBOOK_CONTENT"] = content;
      assert.equal(process.env["TMPDIR"], before);
    }
  });
});
