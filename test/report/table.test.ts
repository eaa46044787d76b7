import assert from "node:assert/strict";
import { join } from "node:path";

import { codeFrame } from "../../kernel-helpers/src/dockerfile";
import {
  BUILD_MIME,
  checkText,
  displayWidth,
  renderBundle,
  buildOutput,
  renderTable,
  tableOf,
  type Medium,
} from "../../kernel-helpers/src/report";
import type { BuildRecord } from "../../kernel-helpers/src/build/types";
import { golden } from "./golden";
import { again, edited, failed, first, hostile, seedRecord, step } from "./records";

const RECORDS: Record<string, () => BuildRecord> = { first, again, edited, failed, hostile };
const ENDINGS: Record<Medium, string> = { html: "html", markdown: "md", text: "txt", json: "json" };

describe("the layer table", () => {
  for (const [name, make] of Object.entries(RECORDS)) {
    for (const medium of Object.keys(ENDINGS) as Medium[]) {
      it(`${name} as ${medium}`, () =>
        golden(join(__dirname, "golden", `${name}.${ENDINGS[medium]}`), renderTable(make(), medium)));
    }
    it(`${name} in English`, () =>
      golden(join(__dirname, "golden", `${name}.en.txt`), renderTable(make(), "text", "en")));
  }

  it("tells first cause and knock-on apart and names the cause", () => {
    const rows = tableOf(edited()).rows;
    assert.deepEqual(
      rows.map((row) => row.verdict.kind),
      ["reused", "reused", "cause", "knock-on", "not-a-step", "not-a-step"],
    );
    assert.equal(rows[2]?.firstCause, true);
    assert.equal(rows[3]?.causedBy, "[3/4]");
    assert.equal(rows[5]?.warnings[0]?.rule, "JSONArgsRecommended");
  });

  it("shows hostile text as text in every medium", () => {
    const page = renderTable(hostile(), "html");
    assert.ok(!page.includes("<script>"));
    assert.ok(page.includes("&lt;script&gt;"));
    const markdown = renderTable(hostile(), "markdown");
    const line = markdown.split("\n").find((one) => one.includes("script"));
    assert.equal(line?.match(/(?<!\\)\|/g)?.length, 8, line);
    for (const medium of ["html", "markdown", "text"] as const)
      assert.ok(!renderTable(hostile(), medium).includes("\u001b"));
  });

  it("keeps to what every notebook front end shows: no style element, svg, id or script", () => {
    const page = String(renderBundle(edited())["text/html"]);
    assert.doesNotMatch(page, /<style|<svg|<script| id=| class=|var\(/);
    for (const cell of page.match(/<t[hd][ >][^>]*/g) ?? []) assert.match(cell, /text-align:left/);
    assert.match(page, /<caption/);
    assert.match(page, /<th scope="col"/);
    assert.match(page, /<th scope="row"/);
    assert.match(page, /lang="ko"/);
  });

  it("aligns the columns of text by display width", () => {
    const lines = renderTable(first(), "text").split("\n");
    const start = lines.findIndex((line) => line.startsWith("단계  "));
    const column = displayWidth((lines[start] ?? "").split("결과")[0] ?? "");
    for (const sign of ["◆ 처음"]) {
      const row = lines.find((line) => line.includes(sign)) ?? "";
      assert.equal(displayWidth(row.split(sign)[0] ?? ""), column);
    }
  });

  it("is the same bytes every time", () => {
    assert.deepEqual(renderBundle(edited()), renderBundle(edited()));
  });

  it("bundles record, HTML, Markdown and text, without secrets or the event stream", () => {
    const bundle = renderBundle(
      seedRecord([step(0)], { options: { secrets: { token: "hunter2" }, tags: ["memo"] } }),
    );
    assert.deepEqual(Object.keys(bundle), [BUILD_MIME, "text/html", "text/markdown", "text/plain"]);
    assert.ok(!JSON.stringify(bundle).includes("hunter2"));
    assert.ok(!("events" in (bundle[BUILD_MIME] as object)));
    assert.match(String(bundle["text/plain"]), /\[\+\] Building/);
  });
});

describe("what buildx prints around the progress", () => {
  it("warnings after the progress", () => {
    const text = buildOutput(edited(), "plain");
    assert.match(text, /^#0 building with "default" instance using docker driver\n\n#1 \[1\/4\] FROM/);
    assert.match(
      text,
      /\n\n 1 warning found \(use docker --debug to expand\):\n - JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals \(line 11\)\n$/,
    );
  });

  it("the code frame and the error line of a failed build", () => {
    const text = buildOutput(failed(), "plain");
    assert.ok(
      text.endsWith(
        [
          "Dockerfile:7",
          "--------------------",
          "   5 |     COPY . /app",
          "   6 |     ",
          "   7 | >>> RUN npm install",
          "   8 |     ",
          "   9 |     EXPOSE 80",
          "--------------------",
          'ERROR: failed to build: failed to solve: process "/bin/sh -c npm install" did not complete successfully: exit code: 1',
          "",
        ].join("\n"),
      ),
      text,
    );
  });

  it("frames grow on both sides and count the empty line after a final newline", () => {
    assert.equal(
      codeFrame("Dockerfile", 'FROM alpine\nCOPY a /a\nRUN exit 1\nCMD ["x"]\n', [[3, 3]]),
      'Dockerfile:3\n--------------------\n   1 |     FROM alpine\n   2 |     COPY a /a\n   3 | >>> RUN exit 1\n   4 |     CMD ["x"]\n   5 |     \n--------------------\n',
    );
    assert.equal(codeFrame("Dockerfile", "FROM a\n", [[9, 9]]), "");
    assert.equal(codeFrame("Dockerfile", "FROM a\n", []), "");
  });

  it("check prints its findings, or that there are none", () => {
    const record = { warnings: [], file: "Dockerfile", dockerfile: "FROM busybox\n" };
    assert.equal(checkText(record), "Check complete, no warnings found.\n");
    assert.match(
      checkText(edited()),
      /^Check complete, 1 warning has been found!\n\nWARNING: JSONArgsRecommended - https:\S+\nJSON arguments recommended for CMD /,
    );
  });
});
