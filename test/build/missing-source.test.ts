/** A source that is not found: what the context has instead. */
import assert from "node:assert/strict";

import { explainBuildError } from "../../kernel-helpers/src/report";
import { openLab } from "./labs";

const copy = async (source: string, files: Record<string, string>) => {
  const lab = await openLab();
  lab.context.writeAll(files);
  const result = await lab.build({ dockerfile: `FROM busybox\nCOPY ${source} /x\n` });
  assert.equal(result.exitCode, 1);
  assert.match(result.error?.message ?? "", /not found$|no such file/);
  return { hint: result.error?.hint, text: result.error && explainBuildError(result.error, "ko") };
};

describe("a source that is not found", () => {
  it("names the file whose name only looks the same", async () => {
    const { hint, text } = await copy("메모.txt", { ["메모.txt".normalize("NFD")]: "1" });
    assert.match(hint?.ko ?? "", /같아 보이는 파일 .*유니코드 NFD.*NFC/);
    assert.match(hint?.en ?? "", /Unicode NFD; the Dockerfile has NFC/);
    assert.match(text ?? "", /같아 보이는 파일/);
  });

  it("names the file that differs in case, in a directory too", async () => {
    assert.match(
      (await copy("src/App.js", { "src/app.js": "1" })).hint?.en ?? "",
      /There is src\/app\.js, .*case/,
    );
  });

  it("names the pattern that hides the file", async () => {
    const { hint } = await copy("dist/a.js", {
      "dist/a.js": "1",
      ".dockerignore": "*.md\ndist\n!dist/b.js\n",
    });
    assert.match(hint?.ko ?? "", /`dist\/a\.js`은\(는\) 있지만 `\.dockerignore`의 `dist`에 걸려/);
  });

  it("names a near name", async () => {
    assert.match(
      (await copy("pakage.json", { "package.json": "{}" })).hint?.en ?? "",
      /Did you mean package\.json\?/,
    );
  });

  it("says nothing when nothing is near, and of another stage", async () => {
    assert.equal((await copy("x", { "long-name.txt": "1" })).hint, undefined);
    assert.equal((await copy("--from=busybox /nothing-here", { "nothing-her": "1" })).hint, undefined);
  });
});
