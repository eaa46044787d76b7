/** `layerbook why`, `whatif`, `layers`, `history`, `waste` on a real directory with a cache of its own. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { main } from "../../kernel-helpers/src/cli/dispatch";

describe("commands that explain", function () {
  this.timeout(60_000);
  let directory: string;
  let cache: string;

  async function layerbook(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = "";
    let err = "";
    const code = await main(args, {
      locale: "ko",
      cwd: directory,
      env: { LAYERBOOK_CACHE_DIR: cache },
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      signal: new AbortController().signal,
      stdin: () => Promise.resolve(""),
    });
    return { code, out, err };
  }

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "layerbook 설명 "));
    cache = mkdtempSync(join(tmpdir(), "layerbook-cache-"));
    writeFileSync(
      join(directory, "Dockerfile"),
      "FROM node:22-slim\nWORKDIR /app\nCOPY package.json ./\nRUN echo install\nCOPY . .\nRUN rm server.js\n",
    );
    writeFileSync(join(directory, "package.json"), "{}\n");
    writeFileSync(join(directory, "server.js"), "1\n");
  });
  after(() => {
    for (const folder of [directory, cache]) rmSync(folder, { recursive: true, force: true });
  });

  it("why without a build says what to do", async () => {
    const { code, err } = await layerbook("why");
    assert.equal(code, 1);
    assert.match(err, /LB_NO_BUILD/);
  });

  it("whatif before any build takes the state as built and leaves cache and files alone", async () => {
    const { code, out, err } = await layerbook("whatif", "--edit", "server.js");
    assert.equal(code, 0, err);
    assert.match(err, /방금 빌드했다고/);
    assert.match(out, /server\.js\s+● 재사용\s+● 재사용\s+● 재사용\s+▲ 원인\s+△ 연쇄/);
    assert.deepEqual(readdirSync(cache), []);
    assert.equal(readFileSync(join(directory, "server.js"), "utf8"), "1\n");
  });

  it("whatif after a build predicts what then happens; why names the cause", async () => {
    assert.equal((await layerbook("build", "-t", "memo", ".")).code, 0);
    const predicted = await layerbook("whatif", "--edit=server.js", "--table=json", ".");
    assert.equal(predicted.err, "");
    const { rows } = JSON.parse(predicted.out) as {
      rows: { cells: { outcome: string; sentence?: { ko: string } }[] }[];
    };
    assert.deepEqual(
      rows[0]!.cells.map(({ outcome }) => outcome),
      ["hit", "hit", "hit", "hit", "own", "knock-on"],
    );
    assert.match(rows[0]!.cells[4]!.sentence!.ko, /server\.js/);
    writeFileSync(join(directory, "server.js"), "1\n\n");
    assert.equal((await layerbook("build", "-t", "memo", ".")).code, 0);
    const { out } = await layerbook("why");
    assert.match(out, /첫 원인: .*server\.js/);
    assert.match(out, /COPY \. \.\s+◆ 처음\s+▲ 원인 \(server\.js 내용\)/);
    assert.match((await layerbook("why", "--card", "5")).out, /입력 파일: server\.js 내용/);
    assert.equal((await layerbook("why", "--card", "99")).code, 2);
  });

  it("layers, history and waste of a stored image; a limit fails", async () => {
    assert.match((await layerbook("layers", "memo")).out, /COPY \. \.\s+레이어/);
    assert.match((await layerbook("layers", "--stack", "memo")).out, /− app\/server\.js/);
    assert.match((await layerbook("history", "memo", "--table=markdown")).out, /WORKDIR \/app/);
    const { code, out } = await layerbook("waste", "memo");
    assert.equal(code, 0);
    assert.match(out, /\/app\/server\.js\s+3B\s+지움/);
    assert.match(out, /\/app\/package\.json\s+3B\s+또 넣음/);
    assert.equal((await layerbook("waste", "--max-wasted", "5B", "memo")).code, 1);
    assert.equal((await layerbook("waste", "--max-wasted", "much", "memo")).code, 2);
    assert.match((await layerbook("waste", "nosuch")).err, /LB_NO_IMAGE/);
    assert.equal((await layerbook("layers")).code, 2);
  });

  it("optimize proposes with a proof, writes only when asked, and keeps the original", async () => {
    const text = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n";
    const place = join(directory, "Dockerfile");
    writeFileSync(join(directory, "requirements.txt"), "flask==3.0.0\n");
    writeFileSync(place, text);
    const { code, out, err } = await layerbook("optimize", ".");
    assert.equal(code, 0, err);
    assert.match(out, /^\+COPY requirements\.txt \.\/$/m, out);
    assert.equal(readFileSync(place, "utf8"), text);
    assert.equal((await layerbook("optimize", "--write", ".")).code, 0);
    assert.match(
      readFileSync(place, "utf8"),
      /COPY requirements\.txt \.\/\nRUN .*pip install .*-r requirements\.txt\nCOPY \. \.\n/,
    );
    assert.equal(readFileSync(`${place}.orig`, "utf8"), text);
    assert.match((await layerbook("optimize", ".")).out, /더 나은 Dockerfile을 증명하지 못했습니다/);
  });
});
