import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  commonFolder,
  compareOutputs,
  firstFault,
  jsonReport,
  junitReport,
  lineOf,
  NotebookError,
  notebookText,
  parseNotebook,
  type CodeCell,
  type NotebookOutcome,
} from "../../kernel-helpers/src/notebook";
import { writeWhole } from "../../kernel-helpers/src/platform/node/write-whole";
import { OutputCollector } from "../../kernel-helpers/src/notebook/outputs";
import { pythonNotebook } from "./notebook-builder";

const code = (text: string, i = 0): CodeCell => {
  const cell = parseNotebook(text).cells[i];
  assert.equal(cell?.cell_type, "code");
  return cell;
};

describe("notebook files", () => {
  it("come out as nbformat writes them: line lists, sorted keys, one space, binary in one string", () => {
    const source = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [
        {
          source: ["a\n", "b"],
          outputs: [
            {
              output_type: "display_data",
              metadata: {},
              data: {
                "text/plain": "가\n나",
                "image/png": "AAAA\nBBBB\n",
                "application/json": { z: 1, a: 2 },
              },
            },
          ],
          metadata: {},
          id: "x",
          execution_count: 3,
          cell_type: "code",
        },
      ],
    };
    assert.equal(
      notebookText(parseNotebook(JSON.stringify(source))),
      `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "x",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/json": {
       "a": 2,
       "z": 1
      },
      "image/png": "AAAA\\nBBBB\\n",
      "text/plain": [
       "가\\n",
       "나"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "a\\n",
    "b"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`,
    );
  });

  it("of nbformat 3 become 4.5", () => {
    const old = {
      nbformat: 3,
      nbformat_minor: 0,
      metadata: {},
      worksheets: [
        {
          cells: [
            { cell_type: "heading", level: 2, source: ["제목"], metadata: {} },
            {
              cell_type: "code",
              input: "1+1",
              prompt_number: 7,
              metadata: {},
              outputs: [
                { output_type: "pyout", prompt_number: 7, text: ["2"], html: "<b>2</b>", metadata: {} },
                { output_type: "stream", stream: "stderr", text: "w" },
                { output_type: "pyerr", ename: "E", evalue: "v", traceback: ["t"] },
                { output_type: "display_data", png: "AAAA" },
              ],
            },
          ],
        },
      ],
    };
    const notebook = parseNotebook(JSON.stringify(old));
    assert.equal(firstFault(notebook), undefined);
    assert.equal(notebook.cells[0]?.source, "## 제목");
    assert.deepEqual((notebook.cells[1] as CodeCell).outputs, [
      {
        output_type: "execute_result",
        execution_count: 7,
        data: { "text/plain": "2", "text/html": "<b>2</b>" },
        metadata: {},
      },
      { output_type: "stream", name: "stderr", text: "w" },
      { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
      { output_type: "display_data", data: { "image/png": "AAAA" }, metadata: {} },
    ]);
  });

  it("of 4.4 get ids, repeated ids are mended", () => {
    const cell = { cell_type: "markdown", metadata: {}, source: "x" };
    const notebook = parseNotebook(
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 4,
        metadata: {},
        cells: [cell, { ...cell, id: "a" }, { ...cell, id: "a" }],
      }),
    );
    assert.deepEqual(
      notebook.cells.map((one) => one.id),
      ["cell-1", "a", "cell-3"],
    );
    assert.equal(firstFault(notebook), undefined);
  });

  const broken: [why: string, text: string, code: string][] = [
    ["no JSON", "{", "LB_NOT_A_NOTEBOOK"],
    ["a list", "[]", "LB_BAD_NOTEBOOK"],
    ["no version", "{}", "LB_NOT_A_NOTEBOOK"],
    ["too old", '{"nbformat":2}', "LB_NOTEBOOK_VERSION"],
    ["too new", '{"nbformat":5}', "LB_NOTEBOOK_VERSION"],
    ["no cells", '{"nbformat":4}', "LB_BAD_NOTEBOOK"],
    ["an unknown cell", '{"nbformat":4,"cells":[{"cell_type":"x"}]}', "LB_BAD_NOTEBOOK"],
    ["a number as source", '{"nbformat":4,"cells":[{"cell_type":"code","source":3}]}', "LB_BAD_NOTEBOOK"],
    [
      "an unknown output",
      '{"nbformat":4,"cells":[{"cell_type":"code","outputs":[{"output_type":"x"}]}]}',
      "LB_BAD_NOTEBOOK",
    ],
  ];
  for (const [why, text, wanted] of broken) {
    it(`are refused: ${why}`, () => {
      assert.throws(
        () => parseNotebook(text, "n.ipynb"),
        (error: unknown) => error instanceof NotebookError && error.code === wanted,
      );
    });
  }

  it("are not written when they are not valid", () => {
    const notebook = parseNotebook(pythonNotebook("1"));
    notebook.cells[0]!.id = "두 번째";
    assert.throws(() => notebookText(notebook), /not valid nbformat 4\.5: cells\[0\]\.id/);
  });

  it("are replaced in one step, mode kept, nothing left beside them", () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook 김 "));
    try {
      const file = join(folder, "n.ipynb");
      writeFileSync(file, "old");
      chmodSync(file, 0o640);
      writeWhole(file, "new");
      assert.equal(readFileSync(file, "utf8"), "new");
      if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o640);
      assert.deepEqual(readdirSync(folder), ["n.ipynb"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("share the deepest common folder", () => {
    assert.equal(commonFolder(["/a/b/x.ipynb", "/a/bc/y.ipynb"]), "/a");
    assert.equal(commonFolder(["/a/b/x.ipynb", "/a/b/c/y.ipynb"]), "/a/b");
    assert.equal(commonFolder(["/a/x.ipynb", "/b/y.ipynb"]), "/");
  });
});

describe("collecting a cell's outputs", () => {
  const collect = (...messages: [string, Record<string, unknown>][]): OutputCollector => {
    const collector = new OutputCollector(new Map());
    for (const [type, content] of messages) collector.take({ header: { msg_type: type }, content });
    return collector;
  };

  it("joins pieces of one stream and keeps the streams' order", () => {
    const { outputs } = collect(
      ["stream", { name: "stdout", text: "a" }],
      ["stream", { name: "stdout", text: "b\n" }],
      ["stream", { name: "stderr", text: "e" }],
      ["stream", { name: "stdout", text: "c" }],
    );
    assert.deepEqual(
      outputs.map((one) => ("text" in one ? one.text : "")),
      ["ab\n", "e", "c"],
    );
  });

  it("follows carriage returns, clear_output and updates of displays", () => {
    assert.deepEqual(
      collect(
        ["stream", { name: "stdout", text: "10%\r20%" }],
        ["stream", { name: "stdout", text: "\r100%\nx\r\n" }],
      ).outputs,
      [{ output_type: "stream", name: "stdout", text: "100%\nx\n" }],
    );
    const waiting = collect(["stream", { name: "stdout", text: "a" }], ["clear_output", { wait: true }]);
    assert.equal(waiting.outputs.length, 1);
    waiting.take({ header: { msg_type: "stream" }, content: { name: "stdout", text: "b" } });
    assert.deepEqual(waiting.outputs, [{ output_type: "stream", name: "stdout", text: "b" }]);
    const updated = collect(
      ["display_data", { data: { "text/plain": "1" }, metadata: {}, transient: { display_id: "d" } }],
      ["update_display_data", { data: { "text/plain": "2" }, metadata: {}, transient: { display_id: "d" } }],
    );
    assert.deepEqual(updated.outputs, [
      { output_type: "display_data", data: { "text/plain": "2" }, metadata: {} },
    ]);
  });

  it("finds the line of the cell in tracebacks of both kernels", () => {
    assert.equal(lineOf(["Error: x", "    at cell[3].ts:7:5"]), 7);
    assert.equal(
      lineOf(["\u001b[0;31mZeroDivisionError\u001b[0m", "Cell \u001b[0;32mIn[4], line 2\u001b[0m"]),
      2,
    );
    assert.equal(lineOf(["no place"]), undefined);
  });
});

describe("comparing with stored outputs", () => {
  const withOutput = (text: string, tags: string[] = []): ReturnType<typeof parseNotebook> => {
    const notebook = parseNotebook(pythonNotebook({ source: "x", tags }));
    (notebook.cells[0] as CodeCell).outputs = [{ output_type: "stream", name: "stdout", text }];
    return notebook;
  };

  it("passes over addresses, times, ids and temporary paths, and tagged cells", () => {
    const stored = withOutput(
      "at 0x7f3a1b2c3d4e 2024-01-01 10:00:00 12 ms /tmp/abc/x 123e4567-e89b-12d3-a456-426614174000\n",
    );
    const fresh = withOutput(
      "at 0x7f0000000000 2025-02-02 11:22:33 350 ms /tmp/def/y 00000000-e89b-12d3-a456-426614174000\n",
    );
    assert.deepEqual(compareOutputs(stored, fresh), []);
    assert.deepEqual(
      compareOutputs(withOutput("a", ["nondeterministic"]), withOutput("b", ["nondeterministic"])),
      [],
    );
  });

  it("shows what differs", () => {
    assert.deepEqual(compareOutputs(withOutput("하나\n"), withOutput("둘\n")), [
      { index: 0, id: "c1", stored: "[stdout]\n하나", fresh: "[stdout]\n둘" },
    ]);
    assert.equal(code(pythonNotebook("1")).source, "1");
  });
});

describe("reports", () => {
  const outcomes: NotebookOutcome[] = [
    {
      file: "a<b>.ipynb",
      passed: false,
      differences: [],
      result: {
        file: "a",
        kernel: "python3",
        passed: false,
        milliseconds: 1500,
        cells: [
          { index: 0, id: "c1", title: 'print("<&>")', status: "ok", count: 1, milliseconds: 10 },
          {
            index: 1,
            id: "c2",
            title: "1/0",
            status: "error",
            count: 2,
            milliseconds: 5,
            error: { name: "E", message: "나쁨\u0001", line: 3 },
          },
          { index: 2, id: "c3", title: "x", status: "skipped", count: null, milliseconds: 0 },
        ],
      },
    },
    {
      file: "c.ipynb",
      passed: false,
      differences: [],
      failure: { code: "LB_NO_FILE", ko: "없음", en: "no such file" },
    },
  ];

  it("JUnit: a suite per notebook, a case per cell, everything escaped", () => {
    assert.equal(
      junitReport(outcomes),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="a&lt;b&gt;.ipynb" tests="3" failures="1" errors="0" skipped="1" time="1.500">
<testcase classname="a&lt;b&gt;.ipynb" name="1 c1 print(&quot;&lt;&amp;&gt;&quot;)" time="0.010"/>
<testcase classname="a&lt;b&gt;.ipynb" name="2 c2 1/0" time="0.005"><failure type="error" message="E: 나쁨 (line 3)"/></testcase>
<testcase classname="a&lt;b&gt;.ipynb" name="3 c3 x" time="0.000"><skipped/></testcase>
</testsuite>
<testsuite name="c.ipynb" tests="1" failures="0" errors="1" skipped="0" time="0.000">
<testcase classname="c.ipynb" name="notebook"><error message="no such file" type="LB_NO_FILE"/></testcase>
</testsuite>
</testsuites>
`,
    );
  });

  it("JSON: with a schema number", () => {
    const report = JSON.parse(jsonReport(outcomes)) as {
      schema: number;
      passed: boolean;
      notebooks: unknown[];
    };
    assert.deepEqual([report.schema, report.passed, report.notebooks.length], [1, false, 2]);
  });
});
