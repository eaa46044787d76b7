/** What the command promises to those who only read its documentation: exit codes, languages, inputs from odd places, one line of JSON per scenario. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { COMMANDS } from "../../kernel-helpers/src/cli/commands";
import { localeOf } from "../../kernel-helpers/src/cli/locale";
import { layerbook, type CommandResult } from "../cli/command";

const BASES = join(__dirname, "../fidelity/bases");
const HANGUL = /\p{Script=Hangul}/u;

describe("contracts: the command", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "계약 검사-"));
    mkdirSync(join(root, "앱 하나"));
    writeFileSync(join(root, "앱 하나/a.txt"), "1");
    writeFileSync(join(root, "앱 하나/Dockerfile"), "\ufeffFROM busybox\r\nCOPY . /x\r\nRUN ls /x\r\n");
    writeFileSync(join(root, "Other.Dockerfile"), "FROM busybox\nCOPY . /y\nRUN ls -a /y; exit 3\n");
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  const run = (
    args: readonly string[],
    change: Parameters<typeof layerbook>[1] = {},
  ): Promise<CommandResult> =>
    layerbook(args, {
      cwd: root,
      locale: "en",
      env: { LAYERBOOK_CACHE_DIR: join(root, "cache") },
      ...change,
    });

  it("every command has help and refuses an unknown option with 2, in both languages", async () => {
    for (const { name } of COMMANDS) {
      if (name === "lab") continue; // a launcher of its own: both languages at once
      for (const locale of ["ko", "en"] as const) {
        const help = await run([name, "--help"], { locale });
        assert.deepEqual([help.code, help.err], [0, ""], name);
        if (name === "docker") continue; // docker's own
        assert.equal(HANGUL.test(help.out), locale === "ko", `${name} --help`);
        const wrong = await run([name, "--no-such-option"], { locale });
        assert.equal(wrong.code, 2, name);
        assert.match(wrong.err, /LB_UNKNOWN_FLAG/, name);
        assert.equal(HANGUL.test(wrong.err), locale === "ko", name);
      }
    }
    assert.equal((await run(["docker", "bogus"])).code, 1);
    assert.doesNotMatch((await run(["docker", "bogus"])).err + (await run(["docker"])).out, HANGUL);
    assert.match((await run(["docker", "bogus"], { locale: "ko" })).err, HANGUL);
  });

  it("LAYERBOOK_LANG counts before LC_ALL, LC_ALL before LANG", () => {
    assert.equal(localeOf({ LAYERBOOK_LANG: "ko", LC_ALL: "C", LANG: "en_US.UTF-8" }), "ko");
    assert.equal(localeOf({ LAYERBOOK_LANG: "en", LC_ALL: "ko_KR.UTF-8" }), "en");
    assert.equal(localeOf({ LC_ALL: "en_US.UTF-8", LANG: "ko_KR.UTF-8" }), "en");
    assert.equal(localeOf({ LAYERBOOK_LANG: "", LC_ALL: "", LANG: "ko_KR.UTF-8" }), "ko");
    assert.equal(localeOf({}), "en");
  });

  it("takes a Dockerfile from outside of the context and from standard input, and writes nothing beside it", async () => {
    const build = (...args: string[]): Promise<CommandResult> =>
      run(["build", "--bases", BASES, "--progress=plain", ...args], {
        stdin: () => Promise.resolve("FROM busybox\nCOPY . /z\nRUN ls -a /z | tr '\\n' ' '\n"),
      });
    const inside = await build("앱 하나");
    assert.equal(inside.code, 0, inside.err);
    const outside = await build("-f", "Other.Dockerfile", "앱 하나");
    assert.equal(outside.code, 1);
    assert.match(outside.err, /load build definition from Other\.Dockerfile\n/);
    assert.match(outside.err, /\nOther\.Dockerfile:3\n/);
    assert.doesNotMatch(outside.err, /\.layerbook|#\d+ [\d.]+ Other/);
    const piped = await build("-f", "-", "앱 하나");
    assert.match(piped.err, /\. \.\. Dockerfile a\.txt /);
    const alone = await build("-");
    assert.match(alone.err, /#\d+ [\d.]+ \. \.\. *\n/, "nothing in the context");
    assert.equal((await build("-f", "-", "-")).code, 2);
    assert.equal((await build("-f", "nowhere/D", "앱 하나")).code, 1);
    assert.deepEqual(readdirSync(join(root, "앱 하나")).sort(), ["Dockerfile", "a.txt"]);
  });

  it("honours BUILDKIT_PROGRESS, and --progress before it", async () => {
    const change = { env: { LAYERBOOK_CACHE_DIR: join(root, "cache"), BUILDKIT_PROGRESS: "rawjson" } };
    const args = ["build", "--bases", BASES, "앱 하나"];
    assert.match((await run(args, change)).err, /^\{"vertexes"/);
    assert.match((await run([...args, "--progress=plain"], change)).err, /^#0 /);
  });

  it("a replay answers a line per scenario; one that cannot be run says why, without a stack trace", async () => {
    const put = (name: string, value: unknown): string => {
      const file = join(root, name);
      writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
      return file;
    };
    const builds = [
      {
        note: null,
        changes: { write: { Dockerfile: "FROM busybox\nRUN --mount=type=secret,id=t cat /run/secrets/t\n" } },
        options: { secrets: { t: "verbatim" }, target: null },
      },
      { changes: null, options: { prune: true, secrets: { t: "verbatim" } } },
      { changes: { remove: null } },
    ];
    const files = [
      put("good.json", "\ufeff" + JSON.stringify({ id: "good", builds })),
      put("broken.json", "{oops"),
      put("nobuilds.json", { id: "no-builds" }),
      put("badopt.json", { id: "bad-option", builds: [{ options: { buildArgs: "x" } }] }),
      put("badfile.json", { id: "bad-file", builds: [{ changes: { remove: ["nope"] } }] }),
      put("unnamed.json", { builds: [] }),
    ];
    const { code, out, err } = await run(["replay", ...files, join(root, "none.json"), "--bases", BASES]);
    assert.equal(code, 1);
    assert.equal(err, "");
    assert.doesNotMatch(out, /\\n {4}at /);
    type Line = {
      id: string;
      crash?: string;
      builds?: { exitCode: number; steps: { output: string[] }[]; plain: string[] }[];
    };
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    assert.deepEqual(
      lines.map(({ id, crash }) => [id, crash === undefined]),
      [["good", true], ["broken", false], ["no-builds", false], ["bad-option", false], ["bad-file", false], ["unnamed", true], ["none", false]], // prettier-ignore
    );
    const [first, pruned, third] = lines[0]!.builds!;
    assert.deepEqual(first!.steps[1]!.output, ["verbatim"], "a recording has what was printed");
    assert.match(pruned!.plain.join("\n"), /verbatim/);
    assert.equal(third!.exitCode, 0);
    const wrong = await run(["replay", files[0]!, "--base", BASES], { locale: "ko" });
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /`--base`라는 옵션은 없습니다[^]*--bases/);
  });
});
