/** `layerbook waste` on images built here and on the files they are exported to: the same account, with limits, secrets and the base apart. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Leak, Waste } from "../../kernel-helpers/src/report";
import { layerbook } from "./command";

const bases = join(__dirname, "../fidelity/bases");
const TOKEN = `ghp_${"a1B2".repeat(9)}`;

const DOCKERFILE = `FROM busybox
ARG NPM_TOKEN
WORKDIR /app
COPY . .
RUN head -c 300000 /dev/zero > big.bin
RUN rm big.bin
RUN chmod 600 data.bin
COPY data.bin ./
ENV DB_PASSWORD=geheim1234
RUN rm .npmrc id_rsa && echo $NPM_TOKEN > /dev/null
RUN echo second > twice
RUN echo third > twice
`;

describe("waste", function () {
  this.timeout(60_000);
  let folder: string;
  let cache: string;

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    return layerbook(args, { cwd: folder, env: { ...process.env, LAYERBOOK_CACHE_DIR: cache } });
  }
  async function account(...args: string[]): Promise<Waste & { leaks: Leak[] }> {
    const { out, err } = await run("waste", "--bases", bases, "--json", ...args);
    assert.ok(out.startsWith("{"), err);
    return JSON.parse(out) as Waste & { leaks: Leak[] };
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "layerbook 낭비 "));
    cache = mkdtempSync(join(tmpdir(), "layerbook-cache-"));
    mkdirSync(join(folder, "app"));
    const files = {
      Dockerfile: DOCKERFILE,
      "data.bin": "d".repeat(100_000),
      ".npmrc": "//registry.example.com/:_authToken=abc\n",
      id_rsa: "-----BEGIN OPENSSH PRIVATE KEY-----\n",
      "config.js": `export const token = "${TOKEN}";\n`,
      "작은 글.txt": "x\n",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "app", name), text);
    const built = await run(
      "build",
      "--bases",
      bases,
      "--build-arg",
      "NPM_TOKEN=abcd1234",
      "-t",
      "waste",
      "app",
    );
    assert.equal(built.code, 0, built.err);
    const saved = await run("export", "waste", "--bases", bases, "-o", "waste.tar", "--format", "docker");
    assert.equal(saved.code, 0, saved.err);
  });
  after(() => {
    for (const place of [folder, cache]) if (place) rmSync(place, { recursive: true, force: true });
  });

  it("counts what no container sees, the copy that stays left out, and says how to save it", async () => {
    const { reclaimable, reclaimableBytes, ownBytes } = await account("waste");
    const found = new Map(reclaimable.map((one) => [one.path, one]));
    assert.deepEqual(
      [found.get("/app/big.bin")?.bytes, found.get("/app/big.bin")?.kind],
      [300_000, "removed"],
    );
    // COPY, RUN chmod and COPY again: two copies are hidden.
    const data = reclaimable.filter(({ path }) => path === "/app/data.bin");
    assert.deepEqual(data.map(({ kind, bytes }) => [kind, bytes]).sort(), [
      ["attributes", 100_000],
      ["attributes", 100_000],
    ]);
    assert.equal(found.get("/app/twice")?.kind, "replaced");
    assert.equal(
      reclaimableBytes,
      reclaimable.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    assert.ok(reclaimableBytes < ownBytes);
    for (const { fix } of reclaimable) assert.ok(fix.ko.length > 0 && fix.en.length > 0);
  });

  it("finds keys and tokens, hidden ones too, and shows no value", async () => {
    const { leaks } = await account("waste");
    const by = (place: RegExp): Leak | undefined => leaks.find((leak) => place.test(leak.place));
    assert.deepEqual([by(/\.npmrc$/)?.hidden, by(/\.npmrc$/)?.layer !== undefined], [true, true]);
    assert.equal(by(/id_rsa$/)?.hidden, true);
    assert.deepEqual([by(/config\.js$/)?.kind, by(/config\.js$/)?.hidden], ["token", undefined]);
    assert.equal(by(/DB_PASSWORD/)?.kind, "variable");
    assert.equal(by(/NPM_TOKEN/)?.kind, "argument");
    for (const form of ["text", "markdown", "html", "json"]) {
      const { out } = await run("waste", "--bases", bases, "--table", form, "waste");
      assert.doesNotMatch(out, new RegExp(`geheim1234|abcd1234|${TOKEN}`), form);
      assert.match(out, /id_rsa/);
    }
  });

  it("the file that docker save writes gives the same account; --base sets the base apart", async () => {
    const built = await account("waste");
    const file = await account("waste.tar");
    assert.deepEqual(
      file.reclaimable.map(({ path, bytes, kind }) => [path, bytes, kind]),
      built.reclaimable.map(({ path, bytes, kind }) => [path, bytes, kind]),
    );
    assert.equal(file.baseBytes, 0);
    assert.deepEqual(
      file.leaks.map(({ place }) => place).sort(),
      built.leaks.map(({ place }) => place).sort(),
    );
    assert.equal((await run("import", "waste.tar", "--name", "imported")).code, 0);
    const imported = await account("imported");
    assert.deepEqual(
      [imported.reclaimableBytes, imported.leaks.length],
      [file.reclaimableBytes, file.leaks.length],
    );
    writeFileSync(join(folder, "Base"), "FROM busybox\n");
    const base = await run("build", "--bases", bases, "-t", "base", "-f", "Base", ".");
    assert.equal(base.code, 0, base.err);
    assert.equal(
      (await run("export", "base", "--bases", bases, "-o", "base.tar", "--format", "docker")).code,
      0,
    );
    const apart = await account("--base", "base.tar", "waste.tar");
    assert.deepEqual(
      [apart.ownBytes, apart.reclaimableBytes, apart.baseBytes > 0],
      [built.ownBytes, built.reclaimableBytes, true],
    );
    const wrong = await run("waste", "--base", "waste.tar", "base.tar");
    assert.deepEqual([wrong.code, /LB_NOT_THE_BASE/.test(wrong.err)], [1, true]);
  });

  it("limits: sizes, shares, efficiency and secrets", async () => {
    const { score, reclaimableBytes, ownBytes } = await account("waste");
    const share = (100 * reclaimableBytes) / ownBytes;
    const code = async (...args: string[]): Promise<number> =>
      (await run("waste", "--bases", bases, ...args, "waste")).code;
    assert.deepEqual(
      [
        await code("--max-wasted", `${reclaimableBytes}B`),
        await code("--max-wasted", `${reclaimableBytes - 1}B`),
        await code("--max-wasted", `${Math.ceil(share)}%`),
        await code("--max-wasted", `${Math.floor(share)}%`),
        await code("--min-efficiency", String(Math.floor(score * 1000) / 1000)),
        await code("--min-efficiency", `${Math.ceil(score * 100)}%`),
        await code("--min-score", "0.1"),
        await code("--max-secrets", "10"),
        await code("--max-secrets", "0"),
        await code("--max-secrets", "none"),
        await code("--min-efficiency", "2"),
        await code("--max-wasted", "many%"),
      ],
      [0, 1, 0, 1, 0, 1, 0, 0, 1, 2, 2, 2],
    );
  });
});
