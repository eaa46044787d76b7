/** Cells that are not TypeScript: files, Dockerfiles, the shell, and the commands about them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { splitCell, splitWords } from "../../kernel-helpers/src/kernel/magics/split";
import { type Answer, TestKernel } from "./client";
import { packageUnderTest } from "./package-under-test";

/** What a cell shows in the end: a build that takes a moment shows its progress first, which the result replaces. */
// The shape depends on the cell; tests know what they ask for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const shown = (answer: Answer): any =>
  answer.published.filter(({ header }) => header.msg_type.endsWith("display_data")).at(-1)?.content;

describe("kernel: the shape of cells", () => {
  it("tells magics, commands and TypeScript apart", () => {
    assert.deepEqual(splitCell("\n%%dockerfile -t a\nFROM x\n"), {
      kind: "cell",
      name: "dockerfile",
      argumentText: "-t a",
      body: "FROM x\n",
      bodyLine: 3,
    });
    assert.deepEqual(splitCell("%context app\n!ls \\\n  -l\nconst a = 1;"), {
      kind: "plain",
      lines: [
        { kind: "line", name: "context", argumentText: "app", line: 1 },
        { kind: "shell", name: "!", argumentText: "ls \\\n  -l", line: 2 },
      ],
      code: "\n\n\nconst a = 1;",
    });
    for (const code of ["!(function () {})()", "!!a", "a\n%b", "const s = `\n!ls`"]) {
      const source = splitCell(code);
      assert.equal(source.kind === "plain" && source.lines.length, 0, code);
    }
  });
  it("splits words as a shell does", () => {
    assert.deepEqual(splitWords(`-t 'a b' "c \\" d" e\\ f --x="y z" '' 끝`), [
      "-t",
      "a b",
      'c " d',
      "e f",
      "--x=y z",
      "",
      "끝",
    ]);
  });
});

describe("kernel: a class's store of base images", () => {
  it("is asked before the catalog when LAYERBOOK_BASES names it; one that is not there is passed over", async () => {
    const code = "%%sh\nprintf 'FROM rich:latest\\nRUN ls\\n' > Dockerfile\ndocker build .";
    for (const [bases, status] of [
      [join(__dirname, "../fidelity/bases"), "ok"],
      [join(__dirname, "no-such-folder"), "error"],
    ] as const) {
      const kernel = await TestKernel.start({ env: { LAYERBOOK_BASES: bases } });
      try {
        assert.equal((await kernel.execute(code)).reply.content.status, status);
      } finally {
        await kernel.stop();
      }
    }
  });
});

describe("kernel: magics", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await TestKernel.start();
  });
  after(() => kernel.stop());
  const inContext = (path: string): string => join(kernel.directory, "app", path);
  const text = (path: string): string => readFileSync(inContext(path), "utf8");
  async function ok(code: string): ReturnType<TestKernel["execute"]> {
    const answer = await kernel.execute(code);
    assert.equal(answer.reply.content.status, "ok", JSON.stringify(answer.reply.content));
    return answer;
  }

  it("writes files into the context, with mode and appending", async () => {
    await ok(
      "%%writefile src/서버 파일.js".replace("src/서버 파일.js", "'src/서버 파일.js'") +
        "\nconsole.log(`${x}\\n`)",
    );
    assert.equal(text("src/서버 파일.js"), "console.log(`${x}\\n`)\n");
    await ok("%%writefile --mode 755 run.sh\necho 하나");
    await ok("%%writefile -a run.sh\necho 둘");
    assert.equal(text("run.sh"), "echo 하나\necho 둘\n");
    assert.equal(statSync(inContext("run.sh")).mode & 0o777, 0o755);
  });

  it("keeps a note beside the context, where no build sees it", async () => {
    await ok("%%note 되짚기-L02\n이미지는 닫혀 있다");
    const { reply } = await kernel.execute("%%note ../밖\nx");
    assert.equal(reply.content.status, "error");
  });

  it("never writes outside the context", async () => {
    mkdirSync(join(kernel.directory, "elsewhere"));
    symlinkSync(join(kernel.directory, "elsewhere"), inContext("link"));
    for (const path of ["../x", "/etc/x", "a/../../x", "link/x", "."]) {
      const { reply } = await kernel.execute(`%%writefile ${path}\nx`);
      assert.equal(reply.content.status, "error", path);
    }
    assert.ok(!existsSync(join(kernel.directory, "elsewhere/x")));
  });

  it("says what is wrong with a call", async () => {
    const cases: [string, RegExp][] = [
      ["%%writefile\nx", /어느 파일/],
      ["%%writefile --mode 9 a\nx", /8진수/],
      ["%%writefile --nope a\nx", /--nope/],
      ["%%dokcerfile\nFROM scratch", /%%dockerfile/],
      ["%%writfile a\nx", /%%writefile/],
      ["%contxt", /%context/],
      ["%%context", /%context/],
      ["%%zzzzzz", /쓸 수 있는 명령/],
      ["%%dockerfile --frob\nFROM scratch", /--frob/],
      ["%context ..", /노트북 폴더 밖/],
    ];
    for (const [code, pattern] of cases) {
      const { reply } = await kernel.execute(code);
      assert.equal(reply.content.status, "error", code);
      assert.match(reply.content.evalue, pattern, code);
    }
  });

  it("saves a Dockerfile verbatim and builds it; a second run is cached", async () => {
    const dockerfile = "FROM scratch\n# ${VAR} `역따옴표` \\\nCOPY run.sh \\\n  /run.sh";
    const first = await ok(`%%dockerfile -t memo\n${dockerfile}`);
    assert.equal(text("Dockerfile"), dockerfile);
    const { data } = shown(first);
    const record = data["application/vnd.layerbook.build+json"];
    assert.deepEqual(
      record.steps.map((step: { status: string }) => step.status),
      ["DONE"],
    );
    assert.ok(data["text/html"].includes("<table") && data["text/markdown"] && data["text/plain"]);
    const second = await ok(`%%dockerfile -t memo\n${dockerfile}`);
    assert.equal(shown(second).data["application/vnd.layerbook.build+json"].steps[0].status, "CACHED");
  });

  it("fails the cell when the build fails, and still shows it", async () => {
    const answer = await kernel.execute("%%dockerfile\nFROM scratch\nCOPY missing /\n");
    assert.equal(answer.reply.content.ename, "BuildError");
    assert.equal(answer.of("display_data").length, 1);
  });

  it("runs the simulated shell on the same files, images and cache", async () => {
    const listed = await ok("!ls run.sh && docker images --format '{{.Repository}}'");
    assert.match(listed.stream("stdout"), /run\.sh\n[^]*memo/);
    await ok("%%sh\necho 새 > made.txt\nrm run.sh");
    assert.equal(text("made.txt"), "새\n");
    assert.ok(!existsSync(inContext("run.sh")));
    const failed = await kernel.execute("!cat nothing");
    assert.equal(failed.reply.content.status, "error");
    assert.match(failed.stream("stderr"), /nothing/);
    const host = await kernel.execute("!cat /etc/hostname; ls /home");
    assert.doesNotMatch(host.stream("stdout"), new RegExp(process.env.USER ?? "no such user"));
  });

  it("mixes lines of magic with TypeScript, whose line numbers stay", async () => {
    const answer = await kernel.execute("!echo 먼저\nconst x: number = 'a';");
    assert.equal(answer.stream("stdout"), "먼저\n");
    assert.match(answer.reply.content.evalue, /\(2:7\)/);
  });

  it("goes on with an empty context when its folder is deleted meanwhile", async () => {
    await ok("%context 지울것");
    await ok("%%writefile one\n1");
    assert.equal((await ok("!ls")).stream("stdout"), "one\n");
    rmSync(join(kernel.directory, "지울것"), { recursive: true });
    assert.equal((await ok("!ls")).stream("stdout"), "");
    await ok("%%dockerfile\nFROM node\nCOPY . .\n");
    await ok("%context app");
  });

  it("picks another context, and empties the lab", async () => {
    await ok("%context 다른");
    await ok("%%writefile a.txt\n여기");
    assert.equal(readFileSync(join(kernel.directory, "다른/a.txt"), "utf8"), "여기\n");
    await ok("%context app");
    await ok("%reset_lab");
    const rebuilt = await ok("%%dockerfile\nFROM scratch\nCOPY made.txt /\n");
    assert.equal(shown(rebuilt).data["application/vnd.layerbook.build+json"].steps[0].status, "DONE");
  });

  it("keeps cache and images over a restart", async () => {
    const code = "%%dockerfile -t kept\nFROM scratch\nCOPY made.txt /\nLABEL a=b\n";
    await ok(code);
    const other = await TestKernel.start({ directory: kernel.directory });
    const again = await other.execute(code);
    assert.equal(shown(again).data["application/vnd.layerbook.build+json"].steps[0].status, "CACHED");
    assert.match((await other.execute("!docker images")).stream("stdout"), /kept/);
    await other.stop();
  });

  it("helps: %help, completion and hover", async () => {
    const { reply } = await ok("%help");
    assert.match(reply.content.payload[0].data["text/plain"], /%%dockerfile[^]*%%writefile/);
    const complete = async (code: string): Promise<string[]> =>
      (await kernel.request("complete_request", { code, cursor_pos: [...code].length })).reply.content
        .matches as string[];
    assert.deepEqual(await complete("%%wr"), ["%%writefile"]);
    assert.ok((await complete("%")).includes("%context"));
    assert.ok((await complete("%%dockerfile\nFR")).some((match) => match.startsWith("FROM")));
    assert.ok((await complete("%%dockerfile\nFROM scratch\nCOPY ma")).includes("made.txt"));
    assert.ok((await complete("%%dockerfile --no-c")).includes("--no-cache"));
    assert.ok((await complete("!docker his")).includes("history"));
    assert.ok((await complete("%%sh\ncat ma")).includes("made.txt"));
    assert.ok((await complete("%%sh\nls && gre")).includes("grep"));
    assert.ok((await complete("%%writefile ma")).includes("made.txt"));
    assert.ok((await complete("%%writefile Dockerfile.dev\nFROM scratch\nCOPY ma")).includes("made.txt"));
    assert.ok((await complete("%%writefile run.sh\ncat ma")).includes("made.txt"));
    assert.ok((await complete("%%writefile .dockerignore\n!ma")).includes("made.txt"));
    assert.deepEqual(await complete('%%writefile package.json\n{\n  "devD'), ["devDependencies"]);
    assert.deepEqual(await complete("%context kept\n%%nothing"), []);
    const inspect = async (code: string, at: number): Promise<string> =>
      ((await kernel.request("inspect_request", { code, cursor_pos: at, detail_level: 0 })).reply.content
        .data["text/markdown"] as string | undefined) ?? "";
    assert.match(await inspect("%%dockerfile\nFROM scratch", 15), /FROM/);
    assert.match(await inspect("%%writefile a", 4), /컨텍스트의 파일/);
  });

  it("starts with nothing of the builder loaded: a class of kernels waits for it and pays for it", () => {
    const kernelFile = join(packageUnderTest(), "dist/kernel/kernel.js");
    const script = `require(${JSON.stringify(kernelFile)}); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    const others = (JSON.parse(stdout) as string[]).filter(
      (file) => !/[\\/](kernel|zeromq|cmake-ts)[\\/]/.test(file),
    );
    assert.deepEqual(others, []);
  });

  it("works without ever starting the compiler", async () => {
    const lean = await TestKernel.start();
    writeFileSync(join(lean.directory, "note.txt"), "");
    await lean.execute("%%writefile a\nx");
    await lean.execute("%%dockerfile\nFROM scratch\nCOPY a /\n");
    await lean.execute("!ls");
    const { stdout: children } = spawnSync("ps", ["-o", "pid=", "--ppid", String(lean.process.pid)], {
      encoding: "utf8",
    });
    assert.equal(children, "");
    await lean.stop();
  }).timeout(30_000);
});
