/** `%%quiz`, `%progress` and the answers to `%%note 되짚기-…` as the kernel runs them, and `layerbook progress` over the same folders. */

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { run as progressCommand } from "../../kernel-helpers/src/cli/commands/progress";
import type { CommandIo } from "../../kernel-helpers/src/cli/io";
import { exerciseMagic } from "../../kernel-helpers/src/kernel/magics/exercise";
import { checkMagic } from "../../kernel-helpers/src/kernel/magics/lesson";
import { noteMagic } from "../../kernel-helpers/src/kernel/magics/note";
import { progressMagic, quizMagic } from "../../kernel-helpers/src/kernel/magics/quiz";
import type { Magic, MagicCall } from "../../kernel-helpers/src/kernel/magics/types";
import { nodeHost } from "../../kernel-helpers/src/kernel/session/node-host";
import { NotebookSession } from "../../kernel-helpers/src/kernel/session/notebook-session";
import { EMPTY_PROGRESS, QUIZ_SEED, shuffledOptions, type Progress } from "../../kernel-helpers/src/lesson";
import { readCourse } from "../../kernel-helpers/src/lesson/course";

const quiz = readCourse(path.join(__dirname, "../../content")).quiz!;

describe("quiz and progress in a notebook", () => {
  let learn: string;
  beforeEach(() => {
    learn = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-quiz-")), "김 철수");
    for (const name of ["00-start", "05-order", "17-project"])
      fs.mkdirSync(path.join(learn, name), { recursive: true });
  });
  afterEach(() => fs.rmSync(path.dirname(learn), { recursive: true }));

  const session = (lesson: string): NotebookSession =>
    new NotebookSession(path.join(learn, lesson), nodeHost());

  /** Runs a magic and answers what it shows as text. */
  async function cell(magic: Magic, args: string, body: string, own: NotebookSession): Promise<string> {
    const shown: string[] = [];
    await magic.run({
      name: magic.name,
      argumentText: args,
      args: args.split(" ").filter((word) => word !== ""),
      body,
      bodyLine: 2,
      session: own,
      output: {
        stream: (_name, text) => void shown.push(text),
        display: (data) => void shown.push(String(data["text/plain"])),
        clear: () => undefined,
      },
      signal: new AbortController().signal,
      allowStdin: false,
      metadata: {},
      attend: () => undefined,
      input: () => Promise.resolve(""),
    } satisfies MagicCall);
    return shown.join("\n");
  }

  /** The number under which the right (or a wrong) option of an item stands. */
  function numberOf(id: string, round: "pre" | "post", right: boolean): number {
    const item = quiz.items.find((entry) => entry.id === id)!;
    return shuffledOptions(item, round, QUIZ_SEED).findIndex((option) => option.correct === right) + 1;
  }

  async function command(...args: string[]): Promise<string> {
    let out = "";
    const io = {
      locale: "ko",
      cwd: learn,
      env: {},
      out: (text: string) => (out += text),
    } as unknown as CommandIo;
    assert.equal(await progressCommand(["--dir", learn, ...args], io), 0);
    return out;
  }

  it("before the course nothing is explained; after it every answer is, and both rounds are compared", async () => {
    const start = session("00-start");
    assert.match(await cell(quizMagic, "사전 CI-01", "답: \n확신: ", start), /아직 답이 없습니다/);
    for (const { id } of quiz.items) {
      const body = `답: ${numberOf(id, "pre", id === "CI-01")}\n확신: 확신한다`;
      const shown = await cell(quizMagic, `사전 ${id}`, body, start);
      assert.match(shown, /적어 두었습니다.*확신한다/);
      assert.doesNotMatch(shown, /해설\.|맞음|다름/);
    }
    assert.match(await command(), /사전 10\/10문항/);
    assert.equal((JSON.parse(await command("--json")) as { quiz: { pre?: number } }).quiz.pre, undefined);
    const project = session("17-project");
    let last = "";
    for (const { id, explanation_ko } of quiz.items) {
      const body = `${numberOf(id, "post", id !== "CI-10")} 확신한다`;
      last = await cell(quizMagic, `사후 ${id}`, body, project);
      assert.ok(last.includes(explanation_ko.replace(/[`*]/g, "")), id);
    }
    assert.match(last, /사전 1점에서 사후 9점/);
    assert.match(last, /향상도 89%/);
    assert.match(last, /CI-10.*L13/);
    assert.match(await command(), /사전 1점에서 사후 9점/);
  });

  it("a wrong name says how it is written", async () => {
    await assert.rejects(
      async () => cell(quizMagic, "중간 CI-01", "1", session("00-start")),
      /%%quiz 사전 CI-01/,
    );
    await assert.rejects(async () => cell(quizMagic, "사전 CI-99", "1", session("00-start")), /LB_|%%quiz/);
  });

  it("every option has its own explanation after the course, and only then; what is no answer is not kept", async () => {
    const start = session("00-start");
    const project = session("17-project");
    for (const body of ["답: 잘 모르겠음\n확신: ", "답: 1, 2\n확신: ", "답: 2.5"])
      assert.match(await cell(quizMagic, "사후 CI-01", body, project), /답으로 읽을 수 없어[^]*1부터 4까지/);
    const beyond = await cell(quizMagic, "사후 CI-01", "답: 7\n확신: 확신한다", project);
    assert.match(beyond, /7번은 없습니다[^]*1부터 4까지/);
    assert.doesNotMatch(beyond, /해설|맞음|다름/);
    const plain = (text: string): string => text.replace(/[`*]/g, "").replace(/^맞습니다\. */, "");
    for (const item of quiz.items)
      for (const round of ["pre", "post"] as const)
        for (const [i, option] of shuffledOptions(item, round, QUIZ_SEED).entries()) {
          const own = round === "pre" ? start : project;
          const shown = await cell(quizMagic, `${round} ${item.id}`, `답: ${i + 1}\n확신: `, own);
          assert.match(shown, new RegExp(`적어 두었습니다\\. ${i + 1}번, 반반이다`));
          assert.equal(
            shown.includes(plain(option.feedback_ko)),
            round === "post",
            `${item.id} ${option.id}`,
          );
          const others = item.options.filter((other) => other.id !== option.id);
          assert.ok(!others.some((other) => shown.includes(plain(other.feedback_ko))), item.id);
          if (round === "post") assert.match(shown, option.correct ? /맞음\.(?! 맞습니다)/ : /다름\./);
        }
  });

  it("the table gathers all lessons of the folder", async () => {
    const folder = path.join(learn, "05-order/.layerbook");
    fs.mkdirSync(folder);
    const progress: Progress = {
      ...EMPTY_PROGRESS,
      exercises: { "L05-E1": { tries: 2, hints: 1, passedAt: 5 } },
      predictions: { L05: { made: 4, right: 3 } },
    };
    fs.writeFileSync(path.join(folder, "progress.json"), JSON.stringify(progress));
    fs.mkdirSync(path.join(learn, "broken/.layerbook"), { recursive: true });
    fs.writeFileSync(path.join(learn, "broken/.layerbook/progress.json"), "{");
    const shown = await cell(progressMagic, "", "", session("00-start"));
    assert.match(shown, /L05 {2}순서가 속도를 정한다 {2}… 하는 중 {2}1\/3 {2}75% {2}1/);
    assert.match(shown, /다음은 L01입니다/);
    assert.match(await command(), /L05 +순서가 속도를 정한다 +1\/3 +75% +1/);
    await assert.rejects(
      async () => progressCommand(["--dir", "none"], { cwd: learn } as unknown as CommandIo),
      { code: "LB_NO_FOLDER" },
    );
  });

  it("%exercise lays an exercise's files out and keeps what was there; the lesson's own state does not pass it", async () => {
    const own = session("05-order");
    const app = path.join(learn, "05-order/app");
    fs.mkdirSync(path.join(app, "src"), { recursive: true });
    fs.writeFileSync(path.join(app, "src/mine.js"), "mine");
    const shown = await cell(exerciseMagic, "L05-E2", "", own);
    assert.match(shown, /app\/.*펼쳤습니다[^]*requirements\.txt[^]*FROM python/);
    assert.deepEqual(fs.readdirSync(app).sort(), [
      ".dockerignore",
      "Dockerfile",
      "app.py",
      "requirements.txt",
    ]);
    const kept = path.join(learn, "05-order/.layerbook/kept/L05-E2-1/src/mine.js");
    assert.equal(fs.readFileSync(kept, "utf8"), "mine");
    assert.match(await cell(checkMagic, "L05-E2", "", own), /아직: L05-E2/);
    await cell(exerciseMagic, "l05-e2", "", own);
    assert.ok(fs.existsSync(path.join(learn, "05-order/.layerbook/kept/L05-E2-2/app.py")));
    await assert.rejects(() => cell(exerciseMagic, "L03-E1", "", own), /LB_|%exercise/);
    await cell(exerciseMagic, "L11-E2", "", own);
    assert.equal(fs.statSync(path.join(app, "model.bin")).size, 60_000_000);
  });

  it("looking back: the answer comes once something was written", async () => {
    const own = session("05-order");
    assert.doesNotMatch(await cell(noteMagic, "되짚기-L05", "여기에 적으세요.\n", own), /풀이/);
    assert.match(await cell(noteMagic, "되짚기-L05", "부모가 달라져서\n", own), /되짚기 풀이.*L03/s);
    assert.doesNotMatch(await cell(noteMagic, "장보기", "두부\n", own), /풀이/);
  });
});
