import assert from "node:assert/strict";
import { Lab } from "../../kernel-helpers/src";
import { DockerEngine, runShell } from "../../kernel-helpers/src/docker";

const DOCKERFILE =
  'FROM node\nWORKDIR /app\nCOPY . /app\nRUN npm install\nEXPOSE 80\nCMD ["node", "server.js"]\n';

async function open(): Promise<{
  lab: Lab;
  sh(script: string): Promise<{ status: number; out: string; err: string }>;
}> {
  const lab = await Lab.open();
  lab.context.write(
    "package.json",
    '{"name":"memo","version":"1.0.0","dependencies":{"express":"^5.1.0"}}\n',
  );
  lab.context.write("server.js", "안녕하세요\n");
  lab.context.write("Dockerfile", DOCKERFILE);
  const engine = new DockerEngine(lab);
  return {
    lab,
    async sh(script) {
      let out = "";
      let err = "";
      const status = await runShell({
        script,
        engine,
        context: lab.context,
        now: lab.now(),
        onOutput: (stream, data) => (stream === 1 ? (out += data) : (err += data)),
      });
      return { status, out, err };
    },
  };
}

describe("the shell of a cell", () => {
  it("runs everyday commands in the context and writes what they change", async () => {
    const { lab, sh } = await open();
    const result = await sh(
      "ls; cat server.js; echo 메모 > '새 파일.txt'; chmod +x server.js; rm package.json; mkdir -p a/b; ln -s server.js link",
    );
    assert.equal(result.status, 0, result.err);
    assert.match(result.out, /Dockerfile\npackage.json\nserver.js\n안녕하세요\n/);
    assert.equal(lab.context.readText("새 파일.txt"), "메모\n");
    assert.equal(lab.context.files().lstat("/server.js")?.mode, 0o755);
    assert.equal(lab.context.exists("package.json"), false);
    assert.equal(lab.context.files().lstat("/link")?.linkname, "server.js");
    assert.equal((await sh("nosuch")).status, 127);
    assert.equal((await sh("cat /etc/hostname; ls /work 2>&1")).status, 1);
  });

  it("keeps an edit of the same length made in the second in which the file was written", async () => {
    const { lab, sh } = await open();
    for (const [text, edit] of [
      ["A1\n", "sed -i s/A/B/ note"],
      ["C1\n", "printf 'D1\\n' > note; docker images -q"],
    ] as const) {
      const now = Math.floor(lab.now());
      lab.context.write("note", text, { mtime: now });
      await sh(`${edit}; touch -d @${now} note`);
      assert.equal(lab.context.readText("note"), text === "A1\n" ? "B1\n" : "D1\n");
    }
  });

  it("leaves a file the time at which the build saw it, and the time that was given to it", async () => {
    const { lab, sh } = await open();
    await sh("echo one > note; docker images -q; echo later > other");
    await sh("echo two > note; docker build -q -t memo . ; touch -d @1700000000 other");
    const built = lab.context.files().lstat("/note")?.mtime;
    await sh("docker images -q");
    assert.equal(lab.context.files().lstat("/note")?.mtime, built);
    await sh("echo new > other; touch -d @1700000000 other");
    assert.equal(lab.context.readText("other"), "new\n");
    assert.equal(lab.context.files().lstat("/other")?.mtime, 1_700_000_000);
    // Touched again and nothing else: the build says so.
    const built2 = await lab.build();
    lab.context.touch("note", (built ?? 0) + 5);
    const copy = (await lab.build()).steps.find((step) => step.name.includes("COPY"));
    assert.equal(built2.exitCode, 0);
    assert.deepEqual([copy?.status, copy?.hit?.because], ["CACHED", "time-only"]);
  });

  it("builds, runs, tags and lists as docker does", async () => {
    const { sh } = await open();
    const built = await sh("docker build -t memo .");
    assert.equal(built.status, 0, built.err);
    assert.match(built.err, /\[4\/4\] RUN npm install/);
    assert.equal((await sh("docker run --rm memo cat /app/server.js")).out, "안녕하세요\n");
    const second = await sh(
      "docker tag memo memo:v1 && echo 반갑습니다 > server.js && docker build -q -t memo .",
    );
    assert.match(second.out, /^sha256:[0-9a-f]{64}\n$/);
    const both = await sh(
      "docker run --rm memo cat /app/server.js; docker run --rm memo:v1 cat /app/server.js",
    );
    assert.equal(both.out, "반갑습니다\n안녕하세요\n");
    const images = await sh("docker images memo");
    assert.match(images.out, /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\nmemo +latest +[0-9a-f]{12} /);
    assert.equal(images.out.split("\n").length, 4);
    const layers = await sh(
      'docker inspect --format "{{len .RootFS.Layers}}" memo; docker history memo | head -3',
    );
    assert.match(
      layers.out,
      /^\d+\nIMAGE +CREATED +CREATED BY +SIZE +COMMENT\n[0-9a-f]{12} .*CMD \["node" "server.js"\]/,
    );
  });

  it("gives a container its own layer over the closed image", async () => {
    const { sh } = await open();
    await sh("docker build -q -t memo .");
    const result = await sh(
      "docker run --name c memo sh -c 'rm /app/package.json && echo x > /memo.txt'; docker diff c; docker commit c memo:next; docker run --rm memo ls /app/package.json; docker run --rm memo:next cat /memo.txt; docker rm c; docker ps -aq",
    );
    assert.match(
      result.out,
      /C \/app\nD \/app\/package.json\nA \/memo.txt\nsha256:[0-9a-f]{64}\n\/app\/package.json\nx\nc\n$/,
    );
  });

  it("words refusals as docker does", async () => {
    const { sh } = await open();
    assert.deepEqual(await sh("docker rmi nothing"), {
      status: 1,
      out: "",
      err: "Error response from daemon: No such image: nothing:latest\n",
    });
    assert.match((await sh("docker hystory memo")).err, /unknown command: docker hystory/);
    assert.match((await sh("docker compose up")).err, /흉내 내지 않습니다/);
    assert.equal((await sh("docker run --rm no/such:1")).status, 125);
    assert.equal((await sh("docker run --frob memo")).status, 125);
    assert.match((await sh("docker build nowhere")).err, /path "nowhere" not found/);
    assert.match((await sh("docker build")).err, /requires 1 argument/);
  });

  it("prunes the cache and counts it", async () => {
    const { sh } = await open();
    await sh("docker build -q -t memo .");
    assert.match((await sh("docker builder prune -af")).out, /^Total:\t/);
    assert.match((await sh("docker build -t memo .")).err, /\[4\/4\] RUN npm install\n#\d+ \d/);
    assert.match((await sh("docker system df")).out, /^TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE\nImages +/);
  });
});
