/** A cell that lost its first line: one sentence says what it lacks, not a heap of findings about TypeScript. */
import assert from "node:assert/strict";
import { compilerError } from "../../kernel-helpers/src/kernel/typescript/errors";
import { forgottenMagic } from "../../kernel-helpers/src/kernel/typescript/forgotten";

describe("a cell without its first line", () => {
  for (const code of [
    "FROM node:22-slim\nCOPY server.js /app/\n",
    "\n# 메모 서버\nFROM node AS build\nRUN npm ci\n",
    "ARG V=22\nFROM node:$V\n",
    "WORKDIR /app\nFROM node\n",
  ])
    it(`knows a Dockerfile: ${JSON.stringify(code)}`, () =>
      assert.match(forgottenMagic(code)?.sentence ?? "", /%%dockerfile/));

  for (const code of ["docker build -t memo .", "ls", "touch server.js\ndocker build .", "echo a=b > x.txt"])
    it(`knows a shell command: ${JSON.stringify(code)}`, () =>
      assert.match(forgottenMagic(code)?.sentence ?? "", /`!`/));

  for (const code of ["const x: number = 'a';", "rm(x)", "node = 1", "from(1).map(f)", "echo(`a`);", ""])
    it(`leaves TypeScript alone: ${JSON.stringify(code)}`, () =>
      assert.equal(forgottenMagic(code), undefined));

  it("is one sentence with its line in place of the findings", () => {
    const found = { line: 1, column: 1, length: 4, code: 2304, message: "Cannot find name 'FROM'." };
    const error = compilerError(
      [found, { ...found, line: 2 }] as never,
      "FROM node:22-slim\nCOPY server.js /app/\n",
      15,
      () => undefined,
    );
    assert.equal(error.ename, "MagicError");
    assert.match(error.evalue, /Dockerfile로 보입니다/);
    assert.match(error.traceback.join("\n"), /cell\[15\]\S* 1줄\n.*FROM node:22-slim/);
    assert.doesNotMatch(error.traceback.join("\n"), /Cannot find name/);
  });
});
