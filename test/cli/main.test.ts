import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { COMMANDS } from "../../kernel-helpers/src/cli/commands";
import { localeOf } from "../../kernel-helpers/src/cli/locale";
import { cacheFolder } from "../../kernel-helpers/src/cli/state";
import { userDataDirectory } from "../../kernel-helpers/src/cli/commands/kernel";
import { layerbook } from "./command";

describe("the command", () => {
  it("without arguments shows its commands and fails with 2; --help succeeds", async () => {
    const bare = await layerbook([]);
    assert.equal(bare.code, 2);
    assert.match(bare.err, /layerbook build \[docker build flags\] PATH/);
    for (const args of [["--help"], ["-h"], ["help"]]) {
      const { code, out } = await layerbook(args);
      assert.equal(code, 0);
      for (const command of COMMANDS) assert.ok(out.includes(`layerbook ${command.name}`));
    }
  });

  it("tells its version and BuildKit's", async () => {
    const { out } = await layerbook(["--version"]);
    assert.match(out, /^layerbook \d+\.\d+\.\d+ \(BuildKit v0\.34\.2\)\n$/);
  });

  for (const command of COMMANDS) {
    it(`${command.name} has help in both languages`, async () => {
      for (const locale of ["ko", "en"] as const) {
        // `layerbook docker --help` is docker's own.
        const ask = command.load().ownHelp ? ["help", command.name] : [command.name, "--help"];
        const { code, out } = await layerbook(ask, { locale });
        assert.equal(code, 0);
        assert.ok(out.startsWith(`layerbook ${command.name}`));
        assert.equal(/[가-힣]/.test(out), locale === "ko");
        assert.equal(out, (await layerbook(["help", command.name], { locale })).out);
      }
    });
  }

  it("docker has the help of docker itself", async () => {
    const { code, out } = await layerbook(["docker", "--help"]);
    assert.equal(code, 0);
    assert.match(out, /^\s*Usage: +docker /m);
  });

  it("says in a sentence what the file system refuses", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook files "));
    try {
      writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
      for (const locale of ["ko", "en"] as const) {
        const args = ["build", "--cache-dir", join(folder, "Dockerfile", "cache"), folder];
        const { code, err } = await layerbook(args, { locale });
        assert.equal(code, 1);
        assert.match(err, /LB_FILE/);
        assert.match(err, locale === "ko" ? /폴더가 아니라 파일.*ENOTDIR/ : /a file, not a folder.*ENOTDIR/);
        assert.doesNotMatch(err, /\n {4}at /);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("comes back where no folder can be made, as below /proc", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = mkdtempSync(join(tmpdir(), "layerbook files "));
    try {
      writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
      for (const args of [
        ["build", "--cache-dir", "/proc/layerbook/cache", folder],
        ["handout", "PRJ", "--out", "/proc/layerbook"],
      ]) {
        const { code, err } = await layerbook(args, { locale: "en" });
        assert.equal(code, 1, args.join(" "));
        assert.match(err, /read-only.*\/proc\/layerbook.*LB_FILE/, args.join(" "));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("why tells of a build without steps what stopped it, and shows no empty table", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook 빈 폴더 "));
    try {
      const cache = ["--cache-dir", join(folder, "cache")];
      assert.equal((await layerbook(["build", ...cache, folder])).code, 1);
      const { code, out } = await layerbook(["why", ...cache, folder], { locale: "en" });
      assert.equal(code, 0);
      assert.match(out, /failed to read dockerfile/);
      assert.doesNotMatch(out, /matrix|no step ran/i);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const wrong: [args: string[], code: string, hint: RegExp][] = [
    [["biuld", "."], "LB_UNKNOWN_COMMAND", /layerbook build/],
    [["quite-another"], "LB_UNKNOWN_COMMAND", /layerbook --help/],
    [["build", "--tga", "x", "."], "LB_UNKNOWN_FLAG", /--tag/],
    [["build", "--cache-dirr", "x", "."], "LB_UNKNOWN_FLAG", /--cache-dir/],
    [["build"], "LB_ARGUMENTS", /layerbook build -t memo/],
    [["build", "a", "b"], "LB_ARGUMENTS", /a b/],
    [["build", "https://example.com/x.git"], "LB_REMOTE_CONTEXT", /example/],
    [["build", "--table=pdf", "."], "LB_FLAG_VALUE", /markdown/],
    [["build", "-o", "type=tar", "."], "LB_OUTPUT", /type=tar/],
    [["run"], "LB_ARGUMENTS", /layerbook run/],
    [["run", "--jbos", "2", "x"], "LB_UNKNOWN_FLAG", /--jobs/],
    [["run", "--timeout", "soon", "x"], "LB_FLAG_VALUE", /--timeout/],
    [["handout"], "LB_ARGUMENTS", /L01/],
    [["handout", "--to", "docx", "x"], "LB_FLAG_VALUE", /docx/],
    [["handout", "--edition", "secret", "x"], "LB_FLAG_VALUE", /teacher/],
    [["handout", "no-such-notebook"], "LB_NO_FILE", /no-such-notebook/],
    [["kernel"], "LB_ARGUMENTS", /kernel install/],
    [["kernel", "install", "--user", "--prefix", "x"], "LB_ARGUMENTS", /--prefix/],
    [["reset"], "LB_ARGUMENTS", /layerbook reset 1/],
  ];
  for (const [args, code, hint] of wrong) {
    it(`refuses: layerbook ${args.join(" ")}`, async () => {
      for (const locale of ["ko", "en"] as const) {
        const result = await layerbook(args, { locale });
        assert.equal(result.code, 2, result.err);
        assert.ok(result.err.includes(`[${code}]`), result.err);
        assert.match(result.err, hint);
        assert.equal(/[가-힣]/.test(result.err), locale === "ko");
        assert.equal(result.out, "");
      }
    });
  }

  it("ends with 130 after Ctrl-C", async () => {
    const abort = new AbortController();
    abort.abort();
    const { code, err } = await layerbook(["build", "."], {
      signal: abort.signal,
      cwd: join(__dirname, "../.."),
    });
    assert.equal(code, 130);
    assert.match(err, /중단/);
  });

  it("speaks the language of LAYERBOOK_LANG, then LC_ALL, LC_MESSAGES, LANG", () => {
    assert.equal(localeOf({ LAYERBOOK_LANG: "ko", LANG: "en_US.UTF-8" }), "ko");
    assert.equal(localeOf({ LC_ALL: "ko_KR.UTF-8", LANG: "C" }), "ko");
    assert.equal(localeOf({ LAYERBOOK_LANG: "", LC_ALL: "C", LANG: "ko_KR" }), "en");
    assert.equal(localeOf({ LANG: "kok_IN" }), "en");
    assert.equal(localeOf({}), "en");
  });

  it("keeps its cache where the platform does", () => {
    assert.equal(cacheFolder("/x", { LAYERBOOK_CACHE_DIR: "/y" }, "linux"), "/x");
    assert.equal(cacheFolder(undefined, { LAYERBOOK_CACHE_DIR: "/y", HOME: "/h" }, "linux"), "/y");
    assert.equal(cacheFolder(undefined, { HOME: "/h" }, "linux"), join("/h", ".cache", "layerbook"));
    assert.equal(
      cacheFolder(undefined, { HOME: "/h", XDG_CACHE_HOME: "/c" }, "linux"),
      join("/c", "layerbook"),
    );
    assert.equal(
      cacheFolder(undefined, { HOME: "/h" }, "darwin"),
      join("/h", "Library", "Caches", "layerbook"),
    );
    assert.equal(userDataDirectory({ HOME: "/h" }, "linux"), join("/h", ".local", "share", "jupyter"));
    assert.equal(userDataDirectory({ HOME: "/h" }, "darwin"), join("/h", "Library", "Jupyter"));
    assert.equal(userDataDirectory({ JUPYTER_DATA_DIR: "/d" }, "linux"), "/d");
  });

  it("registers the kernel below a prefix and takes it away again", async function () {
    if (!existsSync(join(__dirname, "../../kernel-helpers/dist/kernel/main.js"))) this.skip();
    const prefix = mkdtempSync(join(tmpdir(), "레이어북 접두 "));
    try {
      // The source tree has no kernel/main.js: the command says how to build it.
      const installed = await layerbook(["kernel", "install", "--prefix", prefix]);
      const file = join(prefix, "share/jupyter/kernels/layerbook/kernel.json");
      if (installed.code === 0) {
        assert.equal((JSON.parse(readFileSync(file, "utf8")) as { language: string }).language, "typescript");
        assert.equal((await layerbook(["kernel", "remove", "--prefix", prefix])).code, 0);
        assert.ok(!existsSync(file));
      } else assert.match(installed.err, /npm run build/);
    } finally {
      rmSync(prefix, { recursive: true });
    }
  });

  it("doctor names what it found and how to get the rest", async () => {
    const { code, out } = await layerbook(["doctor"], {
      env: { PATH: "", HOME: "/nonexistent", LAYERBOOK_ENV_DIR: "/nonexistent" },
    });
    assert.equal(code, 0);
    assert.match(out, /● Node/);
    assert.match(out, /○ Chromium/);
    assert.match(out, /layerbook kernel install/);
  });
});
