/** The prediction gate: asks once, a person, before a tagged cell; never a runner, never before a re-run. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, TestKernel } from "./client";

const BUILD = "%%dockerfile -t memo\nFROM node\nWORKDIR /app\nCOPY . /app\nRUN npm install\n";
const OTHER = BUILD.replace("memo", "other");

/** A notebook as JupyterLab saves it: a prediction and its build, twice, then one of several choices. */
const CELLS = [
  { id: "files", source: "%%writefile package.json\n{}", tags: [] },
  { id: "guess-1", source: "%%predict L03-P1\n", tags: ["prediction"] },
  { id: "build-1", source: BUILD, tags: ["predict"] },
  { id: "guess-2", source: "%%predict L03-P2\n", tags: ["prediction"] },
  { id: "build-2", source: OTHER, tags: ["predict"] },
  { id: "guess-3", source: "%%predict L05-P2\n", tags: ["prediction"] },
  { id: "build-3", source: "!docker build -t memo .", tags: ["predict", "try"] },
  { id: "guess-4", source: "%%predict L02-P1", tags: ["prediction"] },
  { id: "build-4", source: "!docker build .", tags: ["predict"] },
];

describe("kernel: the prediction gate", () => {
  let kernel: TestKernel;
  const directory = mkdtempSync(join(tmpdir(), "layerbook-gate-"));
  const name = "수업 03.ipynb";

  before(async () => {
    const cells = CELLS.map(({ id, source, tags }) => ({
      cell_type: "code",
      id,
      metadata: { tags },
      source: source.split(/(?<=\n)/),
      outputs: [],
      execution_count: null,
    }));
    writeFileSync(join(directory, name), JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells }));
    kernel = await TestKernel.start({
      directory,
      env: {
        JPY_SESSION_NAME: join(directory, name),
        LAYERBOOK_IOPUB_MSG_RATE: "1e6",
        LAYERBOOK_IOPUB_DATA_RATE: "1e9",
      },
    });
    await kernel.execute("%%writefile package.json\n{}");
  });
  after(async () => {
    await kernel.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  afterEach(() => {
    kernel.onInput = undefined;
    kernel.questions.length = 0;
  });

  /** Metadata as JupyterLab sends it for the cell *id*. */
  const asLab = (id: string, tags: readonly string[] = ["predict"]): object => ({
    tags,
    deletedCells: [],
    recordTiming: false,
    cellId: id,
  });
  /** Runs a cell as a person who types *answer* when asked. */
  async function person(code: string, metadata: object, answer: string): Promise<Answer> {
    kernel.onInput = () => answer;
    const ran = await kernel.execute(code, {}, metadata);
    assert.equal(ran.reply.content.status, "ok", JSON.stringify(ran.reply.content));
    return ran;
  }
  const shown = (answer: Answer): string =>
    answer
      .of("display_data")
      .map(({ data }) => String(data["text/plain"]))
      .join("\n");

  it("lets runners through, and remembers that the cell has run", async () => {
    const ran = await kernel.execute(OTHER.replace("other", "runner"), {}, asLab("runner"));
    assert.equal(ran.reply.content.status, "ok");
    await person(OTHER.replace("other", "runner"), asLab("runner"), "모두");
    assert.equal(kernel.questions.length, 0);
  });

  it("asks once, shows guess beside outcome, and does not ask before a re-run, even of an edited cell", async () => {
    const ran = await person(BUILD, asLab("build-1"), "1");
    assert.equal(kernel.questions.length, 1);
    assert.match(String(kernel.questions[0]?.content.prompt), /건너뛰기/);
    assert.match(shown(ran), /먼저 예측을 남겨 주세요[^]*1\. WORKDIR \/app[^]*3\. RUN npm install/);
    assert.match(shown(ran), /아무것도 고치지 않고/, "the lesson's own question");
    assert.match(shown(ran), /예측과 결과[^]*WORKDIR \/app {2}예측 ● 재사용/);
    await person(BUILD + "# 고침\n", asLab("build-1"), "1");
    assert.equal(kernel.questions.length, 1);
  });

  it("does not ask for what is not tagged", async () => {
    await person(BUILD, asLab("elsewhere", []), "1");
    await person(BUILD, { deletedCells: [], cellId: "build-2" }, "1");
    assert.equal(kernel.questions.length, 0);
  });

  it("does not ask who has left the prediction in its cell", async () => {
    await person("%%predict L03-P2\nWORKDIR: 재사용\nRUN: 다시", asLab("guess-2", ["prediction"]), "");
    // Between guess and build other cells may build.
    await person("!docker build -t x .", asLab("free", []), "");
    const ran = await person(OTHER, asLab("build-2"), "1");
    assert.equal(kernel.questions.length, 0);
    assert.equal(ran.of("display_data").length, 1);
  });

  it("reads tags from the notebook when the front end sends none; offers the lesson's choices; can be skipped", async () => {
    const ran = await person("!docker build -t memo .", {}, "건너뛰기");
    assert.equal(kernel.questions.length, 1);
    assert.match(shown(ran), /건너뛰었습니다/);
    await person("!docker build -t memo .", {}, "건너뛰기");
    assert.equal(kernel.questions.length, 1);
    const chosen = await person("!docker build .", {}, "2");
    assert.equal(kernel.questions.length, 2);
    assert.match(shown(chosen), /2\. EXPOSE와 CMD[^]*예측을 남겼습니다: 2\. EXPOSE와 CMD/);
  });

  it("does not ask again after a restart", async () => {
    await kernel.stop();
    kernel = await TestKernel.start({ directory, env: { JPY_SESSION_NAME: join(directory, name) } });
    for (const id of ["build-1", "build-2"]) await person(BUILD, asLab(id), "1");
    assert.equal(kernel.questions.length, 0);
    await kernel.execute("%%note 생각\n남는다");
    await kernel.execute("%reset_lab");
    assert.ok(existsSync(join(directory, ".layerbook/predictions.json")));
    assert.match(readFileSync(join(directory, ".layerbook/notes/생각.txt"), "utf8"), /남는다/);
    assert.ok(!existsSync(join(directory, ".layerbook/cache")));
  });

  it("goes on after an answer that cannot be read, and stops when interrupted", async () => {
    const unread = await person(BUILD, asLab("unread"), "몰라요");
    assert.match(shown(unread), /읽지 못했습니다/);
    assert.equal(kernel.questions.length, 1);
    kernel.onInput = () => undefined;
    const running = kernel.execute(BUILD, {}, asLab("interrupted"));
    while (kernel.questions.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await kernel.interrupt();
    assert.equal((await running).reply.content.ename, "Interrupted");
  });

  it("fills predictions in for a runner that asks for it", async () => {
    const metadata = { layerbook: { predictions: "solution" } };
    const chosen = await kernel.execute("%%predict L02-P1\n", {}, metadata);
    assert.match(shown(chosen), /예측을 남겼습니다: 2/);
    await kernel.execute("%%predict L03-P1\n", {}, metadata);
    const built = await kernel.execute(BUILD, {}, { tags: ["predict"], ...metadata });
    const judged = /(\d)단계 가운데 (\d)단계를 맞혔습니다/.exec(shown(built));
    assert.ok(judged !== null && judged[1] === judged[2], shown(built));
  });
});
