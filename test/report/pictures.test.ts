/** The pictures of builds: marks, words and causes in every medium; where the bytes went; secrets that stayed. */

import assert from "node:assert/strict";

import { Lab, type BuildResult } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import {
  buildMatrix,
  cellText,
  editMatrix,
  renderBuildMatrix,
  renderEditMatrix,
  renderImageTable,
  renderKeyCard,
  renderStack,
  renderStageGraph,
  renderWaste,
  stackOf,
} from "../../kernel-helpers/src/report";

const DOCKERFILE = `FROM node:22-slim AS build
WORKDIR /app
COPY . .
RUN echo built > out.txt
FROM nginx:alpine
COPY --from=build /app/out.txt /usr/share/nginx/html/
`;

const MEDIA = ["html", "text", "markdown", "json"] as const;

/** Every open tag of HTML has its end. */
function isBalanced(html: string): boolean {
  const open: string[] = [];
  for (const [, end, name] of html.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (name === "br") continue;
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
    assert.deepEqual(row("RUN").slice(1), ["◆ 처음", "● 재사용", "△ 연쇄 ([build 3/4] 때문)"]);
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

  it("V7 draws what one stage takes from another", () => {
    assert.match(
      renderStageGraph(builds[2]!, "text"),
      /build ━━▶ stage-1: COPY --from=build .* \(내용 같음\)/,
    );
    assert.match(renderStageGraph(builds[0]!, "text"), /build ╌╌▶ stage-1: COPY --from=build .* \(새 내용\)/);
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
