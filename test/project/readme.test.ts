/** The README's table of agreement is made from the recorded data; that they agree is what the tests of those data say. `UPDATE_README=1` writes it. */

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./sources";

const BEGIN = "<!-- agreement: made by test/project/readme.test.ts -->";
const END = "<!-- /agreement -->";

const VECTORS = [
  ["Dockerfile 읽기", "parse"],
  ["변수 치환", "expand"],
  ["이미지 이름", "reference"],
  ["빌드 검사", "lint"],
  [".dockerignore", "ignore"],
  ["내용 다이제스트", "contenthash"],
  ["COPY와 ADD", "copyglob"],
  ["레이어 tar", "layertar"],
] as const;

function table(): string {
  const scenarios = path.join(ROOT, "test/fidelity/scenarios");
  const files = fs
    .readdirSync(scenarios, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"));
  const builds = files.flatMap(
    (name) =>
      (
        JSON.parse(fs.readFileSync(path.join(scenarios, name), "utf8")) as {
          builds: { volatile?: unknown[] }[];
        }
      ).builds,
  );
  const volatile = builds.filter((build) => build.volatile?.length).length;
  const rows = VECTORS.map(([what, name]) => {
    const { cases } = JSON.parse(fs.readFileSync(path.join(ROOT, `test/vectors/${name}.json`), "utf8")) as {
      cases: unknown[];
    };
    return `| ${what} (\`${name}\`) | ${cases.length.toLocaleString("en")} | 모두 |`;
  });
  return [
    "| 견준 것 | 기록 | 일치 |",
    "|---|---|---|",
    `| 빌드 시나리오(\`test/fidelity\`): 단계의 이름·순서·상태·출력, 오류, 경고, 설정, 이력, diffID, 레이어의 파일, plain 로그 | ${files.length}개, 빌드 ${builds.length}번 | 모두. 다만 ${volatile}번은 기록한 때에 달린 항목(\`volatile\`: \`RUN date\` 따위가 정하는 것)을 견주지 않음 |`,
    ...rows,
  ].join("\n");
}

describe("README", () => {
  it("states the agreement that the data hold", () => {
    const file = path.join(ROOT, "README.md");
    const text = fs.readFileSync(file, "utf8");
    const start = text.indexOf(BEGIN);
    const end = text.indexOf(END);
    assert.ok(start >= 0 && end > start, "the marks around the table");
    const wanted = `${text.slice(0, start)}${BEGIN}\n\n${table()}\n\n${text.slice(end)}`;
    if (process.env["UPDATE_README"]) fs.writeFileSync(file, wanted);
    else assert.equal(text, wanted);
  });

  it("shows pictures and files that are there", () => {
    const text = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      assert.ok(fs.existsSync(path.join(ROOT, target)), target);
  });
});
