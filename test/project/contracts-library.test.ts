/** What the library promises to those who only read its documentation: a Lab opened and used as a script does it. */

import assert from "node:assert/strict";
import { join } from "node:path";

import { Lab, renderBundle } from "../../kernel-helpers/src";
import type { BuildResult } from "../../kernel-helpers/src";

const BASES = join(__dirname, "../fidelity/bases");
const letters = (result: BuildResult): string => result.steps.map(({ status }) => status?.[0]).join("");
const open = (): Promise<Lab> => Lab.open({ bases: BASES });

describe("contracts: the library", () => {
  it("an error has message, code and range", async () => {
    const lab = await open();
    const failed = await lab.build({ dockerfile: "FROM busybox\nRUN exit 3\\\n  # 안녕\n  || exit 4\n" });
    assert.equal(failed.exitCode, 1);
    assert.deepEqual(failed.error!.range, {
      start: { offset: 13, line: 2, column: 1 },
      end: { offset: 43, line: 4, column: 12 },
    });
    assert.equal(failed.dockerfile.slice(13, 43).split("\n").length, 3);
    for (const dockerfile of [
      "FROM busybox\nRUNN x\n",
      "FROM nowhere:1\n",
      "FROM busybox\r\nCOPY nope /x\r\n",
    ]) {
      const { error } = await lab.build({ dockerfile });
      assert.ok(error?.message && /^LB_/.test(error.code), dockerfile);
      const { start, end } = error.range!;
      assert.equal(
        dockerfile.slice(start.offset, end.offset),
        dockerfile.trimEnd().split(/\r?\n/)[start.line - 1],
      );
    }
    assert.equal((await lab.build({ target: "nope" })).error!.range, undefined, "no place, no range");
  });

  it("takes every option of FORMAT.md: prune, pull, progress, http by name", async () => {
    const lab = await open();
    assert.equal(letters(await lab.build({ dockerfile: "FROM busybox\nRUN echo 1 > /a\n" })), "DD");
    assert.equal(letters(await lab.build()), "DC");
    assert.equal(letters(await lab.build({ cacheTo: "ci", cacheMode: "max" })), "DC");
    assert.equal(letters(await lab.build({ prune: true })), "DD");
    assert.equal(letters(await lab.build()), "DC", "prune holds for one build");
    assert.equal(letters(await lab.build({ prune: true, cacheFrom: ["ci"] })), "DC");
    const result = await lab.build({ pull: true, progress: "tty" });
    assert.match(result.progress(), /FINISHED/);
    assert.match(result.progress("plain"), /^#0 /);
    assert.equal(result.table(), result.table("text"));

    for (const url of ["http://127.0.0.1:5050/x/f", "http://127.0.0.1:5050/f"]) {
      const lab = await open();
      const dockerfile = `FROM busybox\nADD ${url} /f\nRUN cat /f\n`;
      const first = await lab.build({ dockerfile, http: { f: { text: "abc", etag: '"1"' } } });
      assert.deepEqual(first.steps.at(-1)!.output, ["abc"], url);
      assert.equal((await lab.build()).steps.at(-1)!.status, "CACHED");
      const other = await lab.build({ http: { f: { base64: "eHl6", etag: '"2"' } } });
      assert.deepEqual(other.steps.at(-1)!.output, ["xyz"]);
    }
    const lost = await lab.build({ dockerfile: "FROM busybox\nADD http://127.0.0.1:5050/x/g /g\n" });
    assert.equal(lost.exitCode, 1);
  });

  it("refuses options that there are not, and values of a wrong kind, by name", async () => {
    const lab = await open();
    const refused = (options: object, message: RegExp): Promise<void> =>
      assert.rejects(lab.build(options), (error: Error & { code?: string }) => {
        assert.match(error.message, message);
        assert.match(error.code ?? "", /^LB_(UNKNOWN|BAD)_OPTION$/);
        return true;
      });
    await refused({ buildArg: {} }, /no option buildArg \(did you mean buildArgs\?\).*혹시 buildArgs/);
    await refused({ nocache: true }, /did you mean noCache/);
    await refused({ target: 5 }, /target takes a string, but got 5/);
    await refused({ secrets: ["a"] }, /secrets takes names and strings/);
    await refused({ cacheMode: "all" }, /one of min, max/);
    const same = await lab.build({
      dockerfile: "FROM busybox\nARG N\nRUN echo $N\n",
      target: undefined,
      labels: null,
      buildArgs: { N: 3 },
      platform: ["linux/amd64"],
      tags: "app",
    } as object);
    assert.deepEqual(same.steps.at(-1)!.output, ["3"]);
    assert.equal(lab.shelf.all()[0]?.name, "docker.io/library/app:latest");
    assert.throws(() => same.progress("fancy" as "plain"), /LB_BAD_FORM/);
    assert.throws(() => same.table("pdf" as "text"), /LB_BAD_FORM/);
    await assert.rejects(Lab.open({ bases: "/no/such/folder" }), /LB_NO_BASES.*\/no\/such\/folder/);
  });

  it("shows secrets as ****: mounted ones, and values of variables with such names", async () => {
    const lab = await open();
    const seen: string[] = [];
    const result = await lab.build({
      dockerfile: [
        "FROM busybox",
        "ARG NPM_TOKEN",
        "ENV API_KEY=env_hunter2_key",
        "RUN --mount=type=secret,id=rc cat /run/secrets/rc; echo $NPM_TOKEN $API_KEY",
        "RUN --mount=type=secret,id=pin echo pin $(cat /run/secrets/pin) of 70x7; exit 3",
      ].join("\n"),
      secrets: {
        rc: "//registry/:_authToken=npm_FAKE_1234\nregistry=https://registry\n",
        pin: "7",
        odd: "a-b.c[d]$(e)",
      },
      buildArgs: { NPM_TOKEN: "npm_ARG_5678" },
      onStatus: (status) => seen.push(JSON.stringify(status)),
    });
    assert.deepEqual(result.steps[1]!.output, ["****", "****", "**** ****"]);
    assert.deepEqual(result.steps[2]!.output, ["pin **** of 70x7"], "a short one where it stands alone");
    const raw = result.progress("rawjson");
    const decoded = raw.replace(/"data":"([^"]*)"/g, (_, data: string) =>
      Buffer.from(data, "base64").toString(),
    );
    const { image: _image, rows: _rows, dockerfile: _dockerfile, options, ...told } = result;
    assert.deepEqual(options.secrets, { rc: "****", pin: "****", odd: "****" });
    assert.deepEqual(options.buildArgs, { NPM_TOKEN: "****" });
    for (const text of [
      result.progress("plain"),
      result.progress("tty"),
      decoded,
      result.table("text"),
      result.table("html"),
      result.table("markdown"),
      result.table("json"),
      JSON.stringify(told),
      ...seen,
    ])
      assert.doesNotMatch(text, /npm_FAKE_1234|npm_ARG_5678|_authToken=npm|RUN.*env_hunter2_key/);
    const bundle = JSON.stringify({ ...renderBundle(result), "text/markdown": "" });
    assert.doesNotMatch(
      bundle.replace(/"dockerfile":"[^"]*"/, ""),
      /npm_FAKE_1234|npm_ARG_5678|env_hunter2_key/,
    );
    const changed = await lab.build({
      secrets: { rc: "x", pin: "7", odd: "y" },
      buildArgs: { NPM_TOKEN: "another_one" },
    });
    const { miss } = changed.steps[1]!;
    assert.equal(
      miss!.pairedWith,
      "[stage-0 2/3] RUN --mount=type=secret,id=rc cat /run/secrets/rc; echo **** ****",
    );
    assert.doesNotMatch(JSON.stringify(changed.steps), /npm_ARG_5678|another_one/);
    const typed = await lab.build({
      dockerfile: "FROM busybox\nRUN echo npm_FAKE_1234",
      secrets: { rc: "npm_FAKE_1234" },
    });
    assert.match(typed.steps.at(-1)!.name, /npm_FAKE_1234$/, "the Dockerfile itself tells it");
    const again = await lab.build({ dockerfile: "FROM busybox\nENV A_TOKEN=true\nRUN echo true\n" });
    assert.deepEqual(again.steps.at(-1)!.output, ["true"], "no word of every log");
  });

  it("says why in one sentence that a text can hold; a folder's first file is not called removed", async () => {
    const lab = await Lab.open({ bases: BASES, locale: "en" });
    await lab.build({ dockerfile: "FROM busybox\nCOPY . /app\n" });
    lab.context.write("server.js", "x");
    const { miss } = (await lab.build()).steps[1]!;
    assert.equal(miss!.sentence.ko, "파일이 생김: server.js");
    assert.equal(`${String(miss!.sentence)}`, "file added: server.js");
    assert.deepEqual(Object.keys(miss!.sentence), ["ko", "en"]);
  });

  it("gives the same bytes for the same input, as a plain record", async () => {
    const build = async (): Promise<BuildResult> => {
      const lab = await open();
      lab.context.write("a.txt", "1");
      return lab.build({ dockerfile: "FROM busybox\nWORKDIR /x\nCOPY . .\nRUN date > d\n" });
    };
    const [one, two] = [await build(), await build()];
    assert.equal(JSON.stringify(one), JSON.stringify(two));
    for (const kind of ["plain", "tty", "rawjson"] as const)
      assert.equal(one.progress(kind), two.progress(kind));
    assert.equal(JSON.parse(JSON.stringify(one)).image.layers.at(-1).entries.length, 2);
    structuredClone(one);
  });
});
