/** `docker cp` and `docker commit` as the real ones answer (Docker 20.10, recorded; newer wording where it changed since). */

import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab } from "../../kernel-helpers/src";
import { hostFiles } from "../../kernel-helpers/src/cli/host-files";
import { docker, DockerEngine } from "../../kernel-helpers/src/docker";
import { layerTarBytes, readTar } from "../../kernel-helpers/src/filesystem";
import { entry, link } from "../image/hostile";

const BASES = join(__dirname, "../fidelity/bases");
const COMMAND =
  "mkdir -p /d/한글 && echo 내용 > /d/한글/a.txt && echo b > /d/b && ln -s b /d/l && ln -s /d/한글 /d/to && chmod 755 /d/b";

interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly bytes: Uint8Array;
}

describe("docker cp and commit", function () {
  this.timeout(30_000);
  let folder: string;
  let lab: Lab;
  let run: (line: string, stdin?: Uint8Array) => Promise<Answer>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "layerbook 복사 "));
    lab = await Lab.open({ bases: BASES });
    await lab.build({ dockerfile: 'FROM busybox\nWORKDIR /app\nCMD ["pwd"]\n', tags: ["memo"] });
    const engine = new DockerEngine(lab);
    run = async (line, stdin) => {
      let [out, err, bytes] = ["", "", new Uint8Array()];
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
      const status = await docker(engine, words, {
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        stdin: "",
        ...(stdin && { stdinBytes: () => Promise.resolve(stdin) }),
        outBytes: (data) => void (bytes = new Uint8Array(data)),
        readFile: (path) => readFileSync(join(folder, path)),
        writeFile: (path, data) => writeFileSync(join(folder, path), data),
        files: hostFiles(folder),
        env: () => undefined,
        checkContext: () => undefined,
      });
      return { status, out, err, bytes };
    };
    assert.equal((await run(`run --name c memo sh -c '${COMMAND}'`)).status, 0);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const at = (...parts: string[]): string => join(folder, ...parts);

  it("takes folders out: anew, into what is there, and only what is in them", async () => {
    const first = await run("cp c:/d out");
    assert.deepEqual([first.status, first.out], [0, ""]);
    assert.match(first.err, /^Successfully copied 5\.12kB to \/.*out\n$/);
    assert.deepEqual(readdirSync(at("out")), ["b", "l", "to", "한글"]);
    assert.equal(readFileSync(at("out/한글/a.txt"), "utf8"), "내용\n");
    assert.equal(lstatSync(at("out/b")).mode & 0o777, 0o755);
    assert.equal(readlinkSync(at("out/l")), "b");
    await run("cp -q c:/d out");
    assert.ok(existsSync(at("out/d/b")));
    await run("cp -q c:/d/. out");
    await run("cp -q c:d/한글/. new");
    assert.deepEqual(readdirSync(at("new")), ["a.txt"]);
    await run("cp -q c:/d/l one");
    assert.equal(readlinkSync(at("one")), "b");
    await run("cp -q -L c:/d/l two");
    assert.equal(readFileSync(at("two"), "utf8"), "b\n");
    await run("cp -q c:/d/to/ three");
    assert.deepEqual(readdirSync(at("three")), ["a.txt"]);
  });

  it("brings folders in, as root's, and shows them in diff", async () => {
    mkdirSync(at("src/sub"), { recursive: true });
    writeFileSync(at("src/f"), "1");
    writeFileSync(at("src/sub/g"), "2");
    chmodSync(at("src/f"), 0o600);
    symlinkSync("f", at("src/link"));
    for (const line of ["cp src c:/new", "cp src c:/d", "cp src/. c:/d/into", "cp src/f c:/d/name"])
      assert.equal((await run(line)).status, 0, line);
    const { out } = await run("diff c");
    for (const path of ["/new/f", "/new/sub/g", "/new/link", "/d/src/f", "/d/into/sub/g", "/d/name"])
      assert.match(out, new RegExp(`^A ${path}$`, "m"), path);
    await run("commit c snap");
    assert.match((await run("run --rm snap ls -ln /new")).out, /COMMAND|-rw------- +1 0 +0 .* f\n/);
    assert.match((await run("run --rm --entrypoint ls snap -ln /new")).out, /-rw------- +1 0 +0 .* f\n/);
  });

  it("refuses as docker does", async () => {
    mkdirSync(at("src"));
    writeFileSync(at("src/f"), "1");
    writeFileSync(at("bb"), "1");
    for (const [line, message] of [
      ["cp c:/nosuch x", /^Error response from daemon: Could not find the file \/nosuch in container c\n$/],
      ["cp c:/d/b nodir/x", /^invalid output path: directory "\/.*nodir" does not exist\n$/],
      ["cp c:/d/b nodir/", /^no such directory\n$/],
      ["cp c:/d bb", /^cannot copy directory\n$/],
      ["cp nosuch c:/", /^lstat \/.*nosuch: no such file or directory\n$/],
      ["cp src c:/no/such/dir", /Could not find the file \/no\/such in container c\n$/],
      ["cp src/f c:/d/b/x", /^Error response from daemon: extraction point is not a directory\n$/],
      ["cp src/f c:/d/dir/", /^no such directory\n$/],
      ["cp src c:/d/b", /^cannot copy directory\n$/],
      ["cp c:/a c:/b", /^copying between containers is not supported\n$/],
      ["cp a b", /^must specify at least one container source\n/],
      ["cp nobody:/a b", /^Error response from daemon: No such container: nobody\n$/],
    ] as const) {
      const { status, err } = await run(line);
      assert.equal(status, 1, line);
      assert.match(err, message, line);
    }
  });

  it("- is a tar, in both directions; links and .. stay inside", async () => {
    const { bytes } = await run("cp c:/d -");
    assert.deepEqual(
      [...readTar(bytes)].map(({ name }) => name),
      ["d/", "d/b", "d/l", "d/to", "d/한글/", "d/한글/a.txt"],
    );
    const tar = layerTarBytes([entry("x/y", "z", { uid: 7, gid: 8 }), link("abs", "/etc/passwd")]);
    assert.deepEqual((await run("cp - c:/d", tar)).status, 0);
    assert.match((await run("diff c")).out, /^A \/d\/x\/y$/m);
    assert.match(
      (await run("cp - c:/d", layerTarBytes([entry("../../out", "z")]))).err,
      /"\.\.\/\.\.\/out" is outside of/,
    );
    assert.match((await run("cp - c:/d/b", tar)).err, /must be a directory/);
    assert.match((await run("cp - c:/d", Buffer.from("no tar"))).err, /^Error response from daemon: /);
  });

  it("commit takes the container's config, and changes it with --change", async () => {
    await run("run --name e -e X=1 -w /tmp -u 5 memo sh -c 'echo hi'");
    assert.equal((await run("commit e plain")).status, 0);
    const plain = JSON.parse((await run("inspect -f '{{json .Config}}' plain")).out) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [plain["Cmd"], plain["WorkingDir"], plain["User"]],
      [["sh", "-c", "echo hi"], "/tmp", "5"],
    );
    assert.ok((plain["Env"] as string[]).includes("X=1"));
    assert.ok(!(plain["Env"] as string[]).some((one) => one.startsWith("HOSTNAME")));
    const changes = [
      'CMD ["cat", "/d/b"]',
      "ENV A=1 B=$A",
      "EXPOSE 80",
      "WORKDIR sub",
      "USER nobody",
      "LABEL x=y",
      'ENTRYPOINT ["sh"]',
      "VOLUME /v",
    ];
    const { status, err } = await run(
      `commit -m 메시지 -a 'Me <me@x>' ${changes.map((one) => `-c '${one}'`).join(" ")} e snap:1`,
    );
    assert.equal(status, 0, err);
    const made = JSON.parse((await run("inspect -f '{{json .Config}}' snap:1")).out) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [made["Cmd"], made["Entrypoint"], made["WorkingDir"], made["User"], made["Labels"], made["Volumes"]],
      [["cat", "/d/b"], ["sh"], "/tmp/sub", "nobody", { x: "y" }, { "/v": {} }],
    );
    assert.deepEqual(Object.keys(made["ExposedPorts"] as object), ["80/tcp"]);
    assert.match((await run("history --format '{{.Comment}}' snap:1")).out, /^메시지\n/);
    assert.equal((await run("inspect -f '{{.Author}} {{.Comment}}' snap:1")).out, "Me <me@x> 메시지\n");
    for (const [change, message] of [
      ["RUN x", "run is not a valid change command"],
      ["FOO x", "foo is not a valid change command"],
      ["ENV", "ENV requires at least one argument"],
      ["EXPOSE x", "invalid containerPort: x"],
    ] as const) {
      const { err: refused } = await run(`commit -c '${change}' e`);
      assert.match(refused, new RegExp(message), change);
    }
  });
});
