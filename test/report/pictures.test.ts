/** The pictures of builds: marks, words and causes in every medium; where the bytes went; secrets that stayed. */

import assert from "node:assert/strict";

import { Lab, type BuildResult } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import {
  buildMatrix,
  cellText,
  classicView,
  editMatrix,
  PICTURE_KINDS,
  renderBuildMatrix,
  renderClassic,
  renderEditMatrix,
  renderImageTable,
  renderKeyCard,
  renderStack,
  renderStageGraph,
  renderTruthTable,
  renderWaste,
  stackOf,
} from "../../kernel-helpers/src/report";
import { keysWith } from "../../kernel-helpers/src/report/pictures/truth-table";

const DOCKERFILE = `FROM node:22-slim AS build
WORKDIR /app
COPY . .
RUN echo built > out.txt
FROM nginx:alpine
COPY --from=build /app/out.txt /usr/share/nginx/html/
EXPOSE 80
`;

const MEDIA = ["html", "text", "markdown", "json"] as const;

/** Every open tag of HTML has its end. */
function isBalanced(html: string): boolean {
  const open: string[] = [];
  for (const [, end, name] of html.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (["br", "hr", "img"].includes(name!)) continue;
    if (end === "") open.push(name!);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

function sound(html: string): void {
  assert.ok(isBalanced(html), html);
  assert.match(html, /lang="(ko|en)"/);
  assert.doesNotMatch(html, /<style|class=|<script|undefined|\[object/);
}

describe("pictures", () => {
  let lab: Lab;
  let builds: BuildResult[];
  before(async () => {
    lab = await Lab.openOn(nodeMachine());
    lab.context.write("server.js", "console.log(1)\n");
    lab.context.write("package.json", "{}");
    const first = await lab.build({ dockerfile: DOCKERFILE });
    const second = await lab.build();
    lab.context.write("server.js", "console.log(2)\n");
    builds = [first, second, await lab.build()];
  });

  it("V1 has a mark and a word for every step of every build, the cause with its file, the cause's note", () => {
    const grid = buildMatrix(builds, { edits: ["처음", "그대로", "문구 수정"] });
    const row = (start: string): string[] =>
      grid.rows.find(([name]) => name!.text!.includes(start))!.map((cell) => cellText(cell, grid));
    assert.deepEqual(row("COPY . .").slice(1), ["◆ 처음", "● 재사용", "▲ 원인 (server.js 내용)"]);
    assert.deepEqual(row("RUN").slice(1), ["◆ 처음", "● 재사용", "△ 연쇄 (build 3번 때문)"]);
    assert.deepEqual(row("COPY --from").slice(1), ["◆ 처음", "● 재사용", "● 재사용"]);
    assert.ok(grid.notes.some((note) => note.includes("server.js")));
    for (const medium of MEDIA) assert.match(renderBuildMatrix(builds, medium), /server\.js 내용/);
    sound(renderBuildMatrix(builds, "html"));
  });

  it("V1 shows where a guess was wrong", () => {
    const grid = buildMatrix(builds, {
      guesses: { [builds[2]!.steps.find(({ name }) => name.includes("COPY . ."))!.name]: "reused" },
    });
    assert.ok(grid.rows.some((row) => row.at(-1)!.text === "≠ 재사용"));
  });

  it("V2 folds the base and tells layers from settings", async () => {
    const { image, rows } = await lab.build({
      dockerfile: 'FROM nginx:alpine\nENV A=1\nCOPY server.js /\nCMD ["x"]\n',
      file: "Other",
    });
    const text = renderImageTable(image!, "text", { rows });
    assert.match(text, /베이스 이미지 \d+개 층/);
    assert.match(text, /ENV A=1\s+설정만/);
    assert.match(text, /COPY server\.js \/\s+레이어 .*server\.js/);
    assert.equal(text.match(/설정만/g)?.length, 2);
    for (const medium of MEDIA) assert.ok(renderImageTable(image!, medium, { rows }).length > 100);
    sound(renderImageTable(image!, "html", { rows }));
  });

  it("V3 shows the ingredient that differs, old and new", () => {
    const step = builds[2]!.steps.find(({ name }) => name.includes("COPY . ."))!;
    const text = renderKeyCard(step, "text");
    assert.match(text, /입력 파일: server\.js .*≠ 달라짐/);
    assert.match(text, /부모 키\s+그대로\s+그대로\s+같음/);
    assert.match(text, /재료가 아닌 것: 수정 시각/);
    sound(renderKeyCard(step, "html"));
  });

  it("V5 marks what a layer adds, changes and hides, and what is seen from above", async () => {
    const { image } = await lab.build({
      dockerfile:
        "FROM scratch AS files\nCOPY server.js package.json /\nFROM node:22-slim\nCOPY --from=files / /d/\nRUN echo new > /d/server.js && rm /d/package.json\n",
      file: "Other",
    });
    const [top] = stackOf(image!).boxes;
    assert.deepEqual(top!.files, ["− d/package.json", "~ d/server.js"]);
    assert.ok(stackOf(image!).view.includes("d/server.js"));
    assert.ok(!stackOf(image!).view.includes("d/package.json"));
    sound(renderStack(image!, "html"));
    assert.match(renderStack(image!, "text"), /위에서 내려다본 모습/);
  });

  it("V6 counts the runs of each step", async () => {
    const prediction = await lab.whatIf();
    const grid = editMatrix(prediction);
    const row = grid.rows
      .find(([name]) => name!.text === "package.json")!
      .map((cell) => cellText(cell, grid));
    assert.ok(row.some((text) => text.startsWith("▲")) && row.some((text) => text.startsWith("△")));
    assert.match(prediction.table("text"), /편집 \d+가지에서 다시 실행하는 횟수/);
    sound(renderEditMatrix(prediction, "html"));
  });

  it("V1 says the whole of every cell, names the ingredient below, and shows metadata on request", () => {
    const grid = buildMatrix(builds, {
      edits: ["처음", "그대로", "문구를 아주 길게 설명하며 수정"],
      metadata: true,
    });
    const at = grid.rows.findIndex(([name]) => name!.text!.includes("COPY . ."));
    assert.equal(grid.rows[at]![3]!.full, "3번째 빌드, build 3단계 COPY, 다시 실행, 원인은 server.js 내용");
    assert.equal(grid.rows[at + 1]![3]!.full, "3번째 빌드, build 4단계 RUN, 다시 실행, build 3번 때문");
    assert.match(grid.notes[0]!, /^3 문구를 .*…: build ③ COPY: server\.js 내용 [0-9a-f]{4}→[0-9a-f]{4}$/);
    const thin = grid.thinRows!.map((i) => grid.rows[i]!);
    assert.deepEqual(
      thin.map(([name]) => name!.text!.split(" ")[0]),
      ["EXPOSE"],
    );
    assert.ok(thin[0]!.slice(1).every(({ verdict }) => verdict === "not-a-step"));
    sound(renderBuildMatrix(builds, "html", { metadata: true }));
  });

  it("V4 says of every instruction in whose key it is, as the builder itself answers", async () => {
    const dockerfile = [
      "ARG TAG=22-slim",
      "FROM node:$TAG AS base",
      "ARG VERSION=1",
      "ENV MODE=a OTHER=b",
      'LABEL a="b"',
      "WORKDIR /app",
      "COPY server.js .",
      "RUN echo one",
      "USER node",
      "WORKDIR sub",
      "RUN echo two",
      "ENV COPIED=$MODE/x",
      "COPY server.js $MODE/",
      "ENV MODE=c",
      'SHELL ["/bin/sh", "-c"]',
      'RUN ["echo", "three"]',
      "RUN echo four",
      "FROM base",
      "ENV LATE=1",
      "COPY server.js /abs/$COPIED",
      "EXPOSE 80",
      "RUN echo five",
      'CMD ["x"]',
      "",
    ].join("\n");
    const own = await Lab.openOn(nodeMachine());
    own.context.writeAll({ "server.js": "1", ".dockerignore": "Dockerfile\n" });
    const record = await own.build({ dockerfile });
    assert.equal(record.exitCode, 0, record.error?.message);
    const changed: Readonly<Record<string, readonly [string, string]>> = {
      "ARG VERSION=1": ["ARG VERSION=1", "ARG VERSION=2"],
      "ENV MODE=a OTHER=b": ["MODE=a", "MODE=z"],
      'LABEL a="b"': ['a="b"', 'a="c"'],
      "WORKDIR /app": ["WORKDIR /app", "WORKDIR /opt"],
      "USER node": ["USER node", "USER root"],
      "WORKDIR sub": ["WORKDIR sub", "WORKDIR sab"],
      "ENV MODE=c": ["ENV MODE=c", "ENV MODE=d"],
      "ENV COPIED=$MODE/x": ["COPIED=$MODE/x", "COPIED=$MODE/y"],
      'SHELL ["/bin/sh", "-c"]': ['SHELL ["/bin/sh", "-c"]', 'SHELL ["/bin/sh", "-ec"]'],
      "ENV LATE=1": ["LATE=1", "LATE=2"],
      "EXPOSE 80": ["EXPOSE 80", "EXPOSE 81"],
      'CMD ["x"]': ['CMD ["x"]', 'CMD ["y"]'],
    };
    let compared = 0;
    for (const [i, row] of record.rows.entries()) {
      const change = changed[row.text];
      if (!change) continue;
      const next = dockerfile.replace(change[0], change[1]);
      assert.notEqual(next, dockerfile, row.text);
      const { rows } = await own.whatIf([
        { name: row.text, kind: "other", changes: { write: { Dockerfile: next } } },
      ]);
      const missed = rows[0]!.cells.flatMap(({ outcome }, at) =>
        outcome === "own" || outcome === "first" ? [at] : [],
      );
      const names = (steps: readonly number[]): string[] => steps.map((at) => record.steps[at]!.name);
      assert.deepEqual(names(keysWith(record, i)), names(missed), row.text);
      compared++;
    }
    assert.equal(compared, Object.keys(changed).length);
    const text = renderTruthTable(record, "text");
    assert.match(text, /LABEL a="b" +– 아니요 +○ 예 +– 아니요 +없음/);
    assert.match(text, /USER node .*사용자로 /);
    sound(renderTruthTable(record, "html"));
  });

  it("the classic builder's log counts every instruction and stops at the first miss", async () => {
    const own = await Lab.openOn(nodeMachine());
    own.context.writeAll({ "server.js": "1", ".dockerignore": "Dockerfile\n" });
    const dockerfile =
      'FROM node:22-slim\nWORKDIR /app\nENV A=1\nCOPY . .\nRUN echo hi\nCMD ["node", \\\n  "server.js"]\n';
    const first = await own.build({ dockerfile, tags: ["memo"] });
    const second = await own.build({ tags: ["memo"] });
    own.context.write("server.js", "2");
    const third = await own.build({ tags: ["memo"] });
    const log = classicView([first]).log;
    assert.match(
      log,
      /^Sending build context to Docker daemon {2}\S+B\nStep 1\/6 : FROM node:22-slim\n ---> [0-9a-f]{12}\n/,
    );
    assert.match(log, /Step 3\/6 : ENV A=1\n ---> Running in [0-9a-f]{12}\nRemoving intermediate container/);
    assert.match(log, /Step 5\/6 : RUN echo hi\n ---> Running in [0-9a-f]{12}\nhi\nRemoving/);
    assert.match(log, /Successfully built [0-9a-f]{12}\nSuccessfully tagged memo:latest\n$/);
    const cached = (builds: BuildResult[]): boolean[] => classicView(builds).steps.map((step) => step.cached);
    assert.deepEqual(cached([first, second]), [false, true, true, true, true, true]);
    assert.deepEqual(cached([first, second, third]), [false, true, true, false, false, false]);
    assert.match(renderClassic([first, second], "text"), /---> Using cache\n ---> [0-9a-f]{12}[^]*지어낸 값/);
    sound(renderClassic([first], "html"));
    const modern = await own.build({
      dockerfile: "FROM node:22-slim\nRUN --mount=type=cache,target=/c echo\n",
    });
    assert.match(classicView([modern]).log, /the --mount option requires BuildKit/);
  });

  it("lab.picture gives any picture of the last build, in every medium, and notebooks show it", async () => {
    const own = await Lab.openOn(nodeMachine());
    assert.throws(() => own.picture("builds"), /LB_NO_BUILD/);
    own.context.write("a", "1");
    await own.build({ dockerfile: DOCKERFILE.replaceAll("server.js package.json", "a") });
    for (const kind of PICTURE_KINDS) {
      const picture = own.picture(kind);
      const bundle = (picture as unknown as Record<symbol, () => Record<string, string>>)[
        Symbol.for("Jupyter.display")
      ]!();
      assert.deepEqual(Object.keys(bundle), ["text/html", "text/markdown", "text/plain"]);
      assert.equal(String(picture), picture.render("text"));
      sound(picture.render("html"));
    }
    assert.throws(() => own.picture("key", { step: 99 }), /LB_NO_STEP/);
    assert.throws(() => own.picture("V9" as "key"), /LB_NO_PICTURE/);
    const prediction = await own.whatIf();
    assert.ok(Symbol.for("Jupyter.display") in prediction);
    assert.doesNotMatch(JSON.stringify(prediction), /Jupyter/);
  });

  it("V7 draws what one stage takes from another", () => {
    assert.match(
      renderStageGraph(builds[2]!, "text"),
      /build ━━▶ stage-1: COPY --from=build .* \(\/app\/out\.txt · [0-9a-f]{8} · 내용 같음\)/,
    );
    assert.match(
      renderStageGraph(builds[0]!, "text"),
      /build ╌╌▶ stage-1: COPY --from=build .* \(\/app\/out\.txt · [0-9a-f]{8} · 새 내용\)/,
    );
    sound(renderStageGraph(builds[0]!, "html"));
  });

  it("accounts for bytes that are hidden, each with its fix", async () => {
    const built = await lab.build({
      dockerfile:
        "FROM node:22-slim\nRUN echo aaaaaaaaaaaaaaaaaaaa > /big\nRUN rm /big\nCOPY server.js /s\nRUN chmod 600 /s\n",
      file: "Other",
    });
    const waste = lab.waste(built);
    assert.deepEqual(
      waste.reclaimable.map(({ path, kind, bytes }) => [path, kind, bytes]),
      [
        ["/big", "removed", 21],
        ["/s", "attributes", 15],
      ],
    );
    assert.equal(waste.reclaimableBytes, 36);
    assert.match(renderWaste(waste, "text"), /COPY\s--chmod/);
    sound(renderWaste(waste, "html"));
  });

  it("finds a secret in a hidden layer, in history and in the config, and never prints it", async () => {
    const token = "s3cr3t-토큰-value";
    const { image } = await lab.build({
      dockerfile: `FROM node:22-slim\nARG TOKEN\nENV KEEP=$TOKEN\nCOPY token.txt /token.txt\nRUN rm /token.txt\n`,
      file: "Other",
      buildArgs: { TOKEN: token },
    });
    assert.equal(image, undefined);
    lab.context.write("token.txt", `key=${token}\n`);
    const built = await lab.build({ file: "Other", buildArgs: { TOKEN: token } });
    const places = await lab.findSecret(built.image!, token);
    assert.ok(
      places.some(({ where, place, hidden }) => where === "layer" && place === "/token.txt" && hidden),
    );
    assert.ok(places.some(({ where }) => where === "config"));
    assert.ok(places.some(({ where }) => where === "history"));
    assert.ok(!JSON.stringify(places).includes(token));
    await assert.rejects(lab.findSecret(built.image!, "abc"), /LB_SHORT_SECRET/);
    assert.deepEqual(await lab.findSecret(built, token), places);
    await lab.build({ file: "Other", buildArgs: { TOKEN: token }, tags: ["leaky"] });
    assert.equal((await lab.findSecret("leaky", token)).length, places.length);
    assert.throws(() => lab.waste("nobody"), /LB_NO_IMAGE/);
  });
});
