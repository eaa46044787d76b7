/** `layerbook grade`: submissions run anew, a Moodle worksheet filled in, feedback per student. */

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { strToU8, zipSync } from "fflate";

import type { runJob as RunJob } from "../../kernel-helpers/src/cli/grade/pool";
import { readSubmissions } from "../../kernel-helpers/src/cli/grade/submissions";
import { fillWorksheet } from "../../kernel-helpers/src/cli/grade/worksheet";
import { compiled } from "../kernel/package-under-test";
import { compiledLayerbook as layerbook } from "./command";
import { submittedNotebook } from "./grade-notebook";

interface Graded {
  students: {
    name: string;
    id?: string;
    grade: number;
    passed: number;
    exercises: { exercise: string; result: string }[];
    notes: { cell: number; why: string }[];
    problems: unknown[];
  }[];
}

/** With what a student can paint: counts and outputs are never looked at. */
const notebook = (...sources: string[]): string =>
  submittedNotebook(sources, {
    execution_count: 1,
    outputs: [{ output_type: "stream", name: "stdout", text: "✓ 통과했습니다" }],
  });

const DOCKERFILE =
  '%%dockerfile -t memo\nFROM node\nWORKDIR /app\nCOPY . /app\nRUN npm install\nEXPOSE 80\nCMD ["node", "server.js"]\n';
const BUILD = "!docker build -t memo .";
const server = (text: string): string =>
  `%%writefile server.js\nrequire("express")().get("/", (req, res) => res.send("${text}")).listen(80);\n`;
const PACKAGE =
  '%%writefile package.json\n{ "name": "memo", "version": "1.0.0", "dependencies": { "express": "^5.1.0" } }\n';
const SOLVED = [
  PACKAGE,
  server("안녕하세요"),
  DOCKERFILE,
  server("오늘도 좋은 하루"),
  BUILD,
  "%%check L01-E1",
  "%%check L01-E2\n1 2 5",
];
const UNSOLVED = [PACKAGE, server("안녕하세요"), DOCKERFILE, "%%check L01-E1", "%%check L01-E2\n"];

/** As Moodle writes it: a mark at the start, CRLF, quotes where there are spaces. */
const WORKSHEET =
  "\ufeff식별자,성명,이메일 주소,상태,성적,최고 성적,성적을 변경할 수 있음,마지막 수정 (성적),피드백 댓글\r\n" +
  [
    ["101", "김하나"],
    ["102", "이두리"],
    ["103", "박세찬"],
    ["105", "정다섯"],
    ["106", "강여섯"],
    ["107", "조안냄"],
  ]
    .map(([id, name]) => `"참가자 ${id}",${name},${id}@학교.kr,"제출됨, 채점 전",,"10.00",네,-,""\r\n`)
    .join("");

describe("layerbook grade", function () {
  this.timeout(60_000);
  let root: string;
  before(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "채점 폴더-"))));
  after(() => fs.rmSync(root, { recursive: true, force: true }));
  const put = (name: string, data: string | Uint8Array): string => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, data);
    return file;
  };

  it("marks by running anew, holds time limits, and fills the worksheet", async () => {
    const folder = (name: string, id: number): string => `${name}_${id}_assignsubmission_file_/`;
    const nb = "01-closed-image.ipynb";
    const u8 = strToU8;
    const zip = put(
      "제출물.zip",
      zipSync({
        [folder("김하나", 101) + nb]: u8(notebook(...SOLVED)),
        [folder("이두리", 102) + nb]: u8(notebook(...UNSOLVED)),
        [folder("이두리", 102) + ".layerbook/progress.json"]: u8(
          JSON.stringify({ schema: 1, exercises: { "L01-E1": { tries: 1, passedAt: 5 } } }),
        ),
        // Never ends, runs code of its own, writes elsewhere; what comes after counts all the same.
        [folder("박세찬", 103) + nb]: u8(
          notebook(
            "%%dockerfile\nFROM node\nRUN while true; do :; done\n",
            `require("fs").writeFileSync(${JSON.stringify(path.join(root, "escaped.txt"))}, "x"); while (true);`,
            `%%writefile "${path.join(root, "escaped.txt")}"\nx`,
            "%%writefile ../../escaped.txt\nx",
            `%%sh\necho x > "${path.join(root, "escaped.txt")}"`,
            ...SOLVED,
          ),
        ),
        [folder("정다섯", 105) + nb]: u8("{ 깨진 노트북"),
        [folder("강여섯", 106) + "숙제.zip"]: zipSync({ "../../나감.ipynb": u8(notebook(...SOLVED)) }),
      }),
    );
    const sheet = put("채점표.csv", WORKSHEET);
    const args = ["grade", zip, "--out", "결과", "--worksheet", sheet, "--lesson", "L01"];
    const { code, out, err } = await layerbook([...args, "--json"], { cwd: root });
    assert.equal(code, 0, err);
    assert.match(err, /^채점하는 수업: L01 \(문제 2개\)/);
    const { students } = JSON.parse(out) as Graded;
    const of = (id: string): Graded["students"][number] => {
      const found = students.find((student) => student.id === id);
      assert.ok(found, id);
      return found;
    };
    assert.deepEqual(
      students.map(({ id, passed }) => [id, passed]).sort(),
      [["101", 2], ["102", 0], ["103", 2], ["105", 0], ["106", 0]], // prettier-ignore
    );
    assert.deepEqual(of("101").notes, []);
    assert.deepEqual(
      of("103").notes.map(({ cell, why }) => [cell, why]),
      [[1, "error"], [2, "typescript"], [3, "error"], [4, "error"], [5, "error"]], // prettier-ignore
    );
    assert.equal(of("105").problems.length, 1);
    assert.equal(of("106").problems.length, 1);

    assert.deepEqual(fs.readdirSync(root).sort(), ["결과", "제출물.zip", "채점표.csv"].sort());
    assert.equal(fs.readFileSync(sheet, "utf8"), WORKSHEET);
    const filled = fs.readFileSync(path.join(root, "결과/채점표.csv"), "utf8").split("\r\n");
    const before = WORKSHEET.split("\r\n");
    assert.equal(filled.length, before.length);
    assert.equal(filled[0], before[0]);
    assert.equal(filled[6], before[6], "handed nothing in: left as it was");
    for (const [index, grade] of [10, 0, 10, 0, 0].entries()) {
      const [start = "", end = ""] = (before[index + 1] ?? "").split(',,"10.00"');
      const line = filled[index + 1] ?? "";
      const lead = `${start},${grade},"10.00"${end.replace(/""$/, "")}`;
      assert.ok(line.startsWith(lead), `${line}\n${lead}`);
      assert.match(line.slice(lead.length), /^"?문제 2개 가운데 \d개를 풀었습니다\./);
    }
    const told = (name: string): string =>
      fs.readFileSync(path.join(root, "결과", name, "피드백.html"), "utf8");
    assert.match(
      told(folder("김하나", 101).slice(0, -1)),
      /문제 2개 가운데 <strong>2개<\/strong>를 풀었습니다/,
    );
    assert.match(told(folder("이두리", 102).slice(0, -1)), /오늘도 좋은 하루/);
    assert.match(told(folder("박세찬", 103).slice(0, -1)), /1번째 셀: 오류로 끝났습니다[^]*끝나지 않는 반복/);
    assert.match(told(folder("박세찬", 103).slice(0, -1)), /2번째 셀: TypeScript 셀이라/);
    assert.match(told(folder("강여섯", 106).slice(0, -1)), /나감\.ipynb/);
  });

  it("ends a cell at its time limit and goes on with the next", async () => {
    const { runJob } = compiled<{ runJob: typeof RunJob }>("cli/grade/pool");
    const verdict = await runJob(
      {
        lesson: "L01",
        mode: "cells",
        files: {},
        cellTimeout: 500,
        cells: [
          { index: 1, source: "%%sh\nprintf 'FROM node\\nRUN while true; do :; done\\n' > Dockerfile" },
          { index: 3, source: "%%sh\n" + "docker build . ; ".repeat(200) },
          { index: 4, source: "%%check L01-E2\n1 2 5" },
        ],
      },
      new AbortController().signal,
    );
    assert.deepEqual(verdict.failed, [{ index: 3, why: "timeout", message: "" }]);
    assert.deepEqual(
      verdict.checks.map(({ exercise, passed }) => [exercise, passed]),
      [["L01-E2", true]],
    );
  });

  it("refuses a worksheet in another encoding, and an archive that leads out, before anything is written", async () => {
    const sheet = put("엑셀.csv", Uint8Array.of(0xbd, 0xc4, 0xba, 0xb0, 0x2c, 0xbc, 0xba, 0xc0, 0xfb));
    const zip = put("밖.zip", zipSync({ "김하나/../../x.ipynb": strToU8(notebook(...SOLVED)) }));
    for (const [args, expected] of [
      [["--worksheet", sheet], "LB_WORKSHEET"],
      [[], "LB_ZIP_PATH"],
    ] as const) {
      const { code, err } = await layerbook(["grade", zip, "--out", "없음", ...args], { cwd: root });
      assert.notEqual(code, 0);
      assert.match(err, new RegExp(expected));
    }
    assert.equal(fs.existsSync(path.join(root, "없음")), false);
  });

  it("counts a student without a notebook, and names rows without a submission", () => {
    put("제출/이두리_102_assignsubmission_file_/과제.docx", "x");
    put("제출/박세찬_103_assignsubmission_file_/01.ipynb", notebook("%%check L01-E1"));
    put("제출/README.txt", "names nobody");
    const found = readSubmissions(path.join(root, "제출"));
    assert.deepEqual(
      found.map(({ name, id, notebooks, problems }) => [
        name,
        id,
        notebooks.length,
        problems.map(({ ko }) => ko),
      ]),
      [
        ["박세찬", "103", 1, []],
        ["이두리", "102", 0, ["제출물에 노트북(.ipynb)이 없습니다. 있는 것: 과제.docx"]],
      ],
    );
    const sheet = "Identifier,Full name,Grade\nParticipant 102,이두리,\nParticipant 104,정다섯,\n";
    const filled = fillWorksheet(sheet, [{ id: "102", name: "이두리", share: 0, comment: "" }], {
      maximum: 10,
      overwrite: false,
    });
    assert.deepEqual([filled.filled, filled.missing, filled.without], [1, [], ["정다섯"]]);
  });

  it("leaves every byte of a worksheet but grade and feedback", () => {
    const sheet =
      'Identifier;"Full name";Status;Grade;"Maximum Grade";"Grade can be changed";Notes;"Feedback comments"\n' +
      'Participant 7;"Kim ""Nam"";\nA";x;;"20,00";Yes;"a;b";\n' +
      "Participant 17;Lee;x;3;20,00;Yes;;old\n" +
      "Participant 27;Park;x;;20,00;No;;";
    const entry = (id: string): { id: string; name: string; share: number; comment: string } => ({
      id,
      name: id,
      share: 1 / 3,
      comment: 'a;"b"',
    });
    const options = { maximum: 100, overwrite: false };
    const entries = ["7", "17", "27", "99"].map(entry);
    const filled = fillWorksheet(sheet, entries, options);
    assert.deepEqual([filled.filled, filled.kept, filled.missing], [1, ["17", "27"], ["99"]]);
    assert.equal(filled.text, sheet.replace('x;;"20,00";Yes;"a;b";', 'x;6,67;"20,00";Yes;"a;b";"a;""b"""'));
    assert.equal(fillWorksheet(sheet, [], options).text, sheet);
    assert.match(
      fillWorksheet(sheet, entries, { ...options, overwrite: true }).text,
      /\nParticipant 17;Lee;x;6,67;20,00;Yes;;"a;""b"""\nParticipant 27;Park;x;;/,
    );
    assert.throws(() => fillWorksheet("a,b\r\n1,2\r\n", [], options), { code: "LB_WORKSHEET" });
  });
});
