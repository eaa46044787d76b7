/** `layerbook export` and `layerbook import`: files, folders, names, refusals. */

import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layerbook } from "./command";

const BASES = join(__dirname, "../fidelity/bases");

describe("layerbook export and import", function () {
  this.timeout(60_000);
  let cwd: string;
  let env: Record<string, string>;
  const run = (cache: string, ...args: string[]): ReturnType<typeof layerbook> =>
    layerbook(args, { cwd, env: { ...env, LAYERBOOK_CACHE_DIR: join(cwd, cache) } });
  before(async () => {
    cwd = mkdtempSync(join(tmpdir(), "layerbook-export-"));
    env = { PATH: process.env["PATH"] ?? "" };
    mkdirSync(join(cwd, "앱 폴더"));
    writeFileSync(join(cwd, "앱 폴더/Dockerfile"), "FROM busybox\nRUN echo 안녕 > /hi\n");
    const built = await run("here", "build", "-t", "memo", "--bases", BASES, "앱 폴더");
    assert.equal(built.code, 0, built.err);
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  it("write a tar or a folder that another cache takes and builds on", async () => {
    for (const [format, output] of [
      ["oci", "memo.tar"],
      ["docker", "memo-docker.tar"],
      ["oci", "memo 폴더"],
    ] as const) {
      const wrote = await run("here", "export", "memo", "-o", output, "--format", format, "--bases", BASES);
      assert.equal(wrote.code, 0, wrote.err);
      const took = await run(`there-${output}`, "import", output);
      assert.equal(took.code, 0, took.err);
      assert.match(took.out, /^docker\.io\/library\/memo:latest sha256:[0-9a-f]{64}\n$/);
      const again = await run(
        `there-${output}`,
        "export",
        "memo",
        "--output",
        `again-${output}`,
        "--format",
        format,
      );
      assert.equal(again.code, 0, again.err);
      if (output.endsWith(".tar"))
        assert.deepEqual(readFileSync(join(cwd, `again-${output}`)), readFileSync(join(cwd, output)));
      else
        assert.deepEqual(
          readdirSync(join(cwd, `again-${output}`), { recursive: true }),
          readdirSync(join(cwd, output), { recursive: true }),
        );
      mkdirSync(join(cwd, `next-${output}`));
      writeFileSync(join(cwd, `next-${output}`, "Dockerfile"), "FROM memo\nRUN cat /hi\n");
      const next = await run(`there-${output}`, "build", "--strict", `next-${output}`);
      assert.equal(next.code, 0, next.err);
      assert.match(next.err, /안녕/);
    }
  });

  it("say what is wrong", async () => {
    const cases: [RegExp, number, string[]][] = [
      [/LB_ARGUMENTS/, 2, ["export", "memo"]],
      [/LB_FLAG_VALUE/, 2, ["export", "memo", "-o", "x.tar", "--format", "zip"]],
      [/LB_UNKNOWN_FLAG/, 2, ["export", "memo", "--outptu", "x"]],
      [/nosuch.*LB_NO_IMAGE.*\n.*memo:latest/, 1, ["export", "nosuch", "-o", "x.tar", "--bases", BASES]],
      [/LB_CATALOG_IMAGE/, 1, ["export", "node:22", "-o", "x.tar"]],
      [/LB_OUTPUT_EXISTS/, 1, ["export", "memo", "-o", "앱 폴더", "--bases", BASES]],
      [/LB_ARGUMENTS/, 2, ["import"]],
      [/LB_NO_FILE/, 1, ["import", "none.tar"]],
      [/LB_ARCHIVE_FORMAT/, 1, ["import", "앱 폴더"]],
      [/LB_ARCHIVE_TAR/, 1, ["import", "앱 폴더/Dockerfile"]],
      [/LB_FLAG_VALUE/, 2, ["import", "x", "--name", "Bad Name"]],
    ];
    for (const [message, code, args] of cases) {
      const said = await run("here", ...args);
      assert.equal(said.code, code, said.err);
      assert.match(said.err, message);
      assert.equal(existsSync(join(cwd, "x.tar")), false);
    }
  });
});
