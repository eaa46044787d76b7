/** What a learner is told when the thing that is asked about is not there, and what is judged of the folder itself. */

import assert from "node:assert/strict";
import { Lab } from "../../kernel-helpers/src";
import { DockerEngine } from "../../kernel-helpers/src/docker";
import { benchMaker, checkExercise, type CheckResult, parseExercises } from "../../kernel-helpers/src/lesson";

const FILE = `
exercises:
  - id: L12-E2
    kind: build
    title: 함께 쓰기
    goal: 함께 쓰세요.
    hints: [하나, 둘, 셋]
    start: {write: {Dockerfile: "FROM node:22-slim"}}
    edits:
      api: {title: api로 빌드, options: {target: api}}
    conditions:
      - builds
      - ignored: 회의록.hwp
      - fileInContext: memo.txt
        feedback: 메모가 없습니다.
      - reused: {edit: api, step: run true}
        feedback: WORKDIR이 다릅니다.
    wrong:
      - title: 다르다
        when: [builds, {not: {reused: {edit: api, step: run true}}}]
        feedback: 한 단계가 다릅니다.
        example: {write: {Dockerfile: "FROM node:22-slim AS api\\nWORKDIR /a\\nRUN true\\nFROM node:22-slim\\nRUN true\\n"}}
    solutions:
      - write: {Dockerfile: "FROM node:22-slim AS api\\nRUN true\\n"}
      - write: {Dockerfile: "FROM node:22 AS api\\nRUN true\\n"}
`;

async function check(dockerfile: string, files: Readonly<Record<string, string>>): Promise<CheckResult> {
  const exercise = parseExercises("L12.yaml", FILE).exercises[0]!;
  const lab = await Lab.open();
  lab.context.apply({ write: { ...files, Dockerfile: dockerfile } });
  const engine = new DockerEngine(lab);
  const maker = await benchMaker({ project: () => lab.context.files(), engine, openLab: () => Lab.open() });
  return checkExercise(exercise, "", maker);
}

describe("judging", () => {
  const files = { ".dockerignore": "*\n", "memo.txt": "" };

  it("says that the build after an edit failed, not what the exercise says of a build that went through", async () => {
    const { feedback } = await check("FROM node:22-slim\nRUN true\n", files);
    assert.match(feedback, /^‘api로 빌드’ 뒤의 빌드가 실패했습니다: `target stage "api" could not be found`/);
  });

  it("says of a step that is not there that it is not there, unless a listed way fits", async () => {
    const { feedback, rows } = await check("FROM node:22-slim AS api\nRUN date\n", files);
    assert.equal(feedback, "한 단계가 다릅니다.");
    assert.match(rows.at(-1)?.text ?? "", /이런 단계가 없습니다: `true`를 실행하는 RUN/);
  });

  it("tells an unknown image and a program that is not simulated from a mistake", async () => {
    assert.match((await check("FROM node:22-slimm\n", files)).feedback, /모르는 이미지입니다/);
    assert.match((await check("FROM node:22-slim\nRUN npx x\n", files)).feedback, /흉내 내지 않는 명령/);
  });

  it("looks at .dockerignore and at the folder", async () => {
    const dockerfile = "FROM node:22-slim AS api\nRUN true\n";
    assert.match((await check(dockerfile, {})).feedback, /`회의록.hwp`라는 파일이 생기면 함께 보냅니다/);
    assert.equal((await check(dockerfile, { ".dockerignore": "**\n" })).feedback, "메모가 없습니다.");
    assert.equal((await check(dockerfile, files)).passed, true);
  });
});
