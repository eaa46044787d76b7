/** `layerbook site`: the folder is shown as it is, and nothing beside it. */
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";

import { serveFolder, type StaticServer } from "../../kernel-helpers/src/cli/static-server";
import { layerbook } from "./command";

interface Got {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

describe("layerbook site", () => {
  let home: string;
  let site: string;
  let server: StaticServer;

  before(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "브라우저 판-"));
    site = path.join(home, "site");
    fs.mkdirSync(path.join(site, "lab/빈 폴더"), { recursive: true });
    fs.writeFileSync(path.join(home, "secret.txt"), "secret");
    fs.writeFileSync(path.join(site, "index.html"), "<h1>레이어북</h1>");
    fs.writeFileSync(path.join(site, "play.html"), "<h1>실험실</h1>");
    fs.writeFileSync(path.join(site, "lab/index.html"), "lab");
    fs.writeFileSync(path.join(site, "lab/한글 이름.json"), "{}");
    fs.writeFileSync(path.join(site, "lab/font.woff2"), "");
    fs.writeFileSync(path.join(site, "lab/a.js"), "x".repeat(300_000));
    if (process.platform !== "win32")
      fs.symlinkSync(path.join(home, "secret.txt"), path.join(site, "link.txt"));
    server = await serveFolder(site, 0);
  });
  after(async () => {
    await server.close();
    fs.rmSync(home, { recursive: true, force: true });
  });

  /** The path as it is written: fetch would tidy `..` up. */
  const get = (target: string, options: http.RequestOptions = {}): Promise<Got> =>
    new Promise((resolve, reject) => {
      const asked = http.request(
        { host: "127.0.0.1", port: server.port, path: target, agent: false, ...options },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        },
      );
      asked.on("error", reject).end();
    });

  it("gives files with their types, and a folder's page", async () => {
    const types: [string, string, string][] = [
      ["/", "text/html; charset=utf-8", "<h1>레이어북</h1>"],
      ["/play.html?x=1", "text/html; charset=utf-8", "<h1>실험실</h1>"],
      ["/lab/", "text/html; charset=utf-8", "lab"],
      [`/lab/${encodeURIComponent("한글 이름.json")}`, "application/json; charset=utf-8", "{}"],
      ["/lab/font.woff2", "font/woff2", ""],
      ["/lab/a.js", "text/javascript; charset=utf-8", "x".repeat(300_000)],
    ];
    for (const [target, type, text] of types) {
      const got = await get(target);
      assert.deepEqual([got.status, got.headers["content-type"], got.text], [200, type, text], target);
      assert.equal(got.headers["x-content-type-options"], "nosniff");
    }
    const moved = await get("/lab?path=00-start/a.ipynb");
    assert.deepEqual([moved.status, moved.headers.location], [308, "/lab/?path=00-start/a.ipynb"]);
    const head = await get("/lab/a.js", { method: "HEAD" });
    assert.deepEqual([head.status, head.headers["content-length"], head.text], [200, "300000", ""]);
    const { etag } = head.headers;
    assert.equal((await get("/lab/a.js", { headers: { "if-none-match": etag } })).status, 304);
  });

  it("gives nothing outside of the folder, and no lists", async () => {
    const refused = [
      "/../secret.txt",
      "/lab/../../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/lab/..%5c..%5csecret.txt",
      `//${encodeURI(home)}/secret.txt`,
      `/${encodeURIComponent(`${home}/secret.txt`)}`,
      "/link.txt",
      "/a%00b",
      "/%zz",
      "/C:/secret.txt",
      "/nothing.js",
      "/play.html/",
      `/lab/${encodeURIComponent("빈 폴더")}/`,
    ];
    for (const target of refused) {
      const { status, text } = await get(target);
      assert.ok(status === 400 || status === 404, `${target}: ${status}`);
      assert.doesNotMatch(text, /secret/);
    }
    assert.equal((await get("/", { method: "POST" })).status, 405);
  });

  it("says what is wrong with a port, and ends at Ctrl-C", async () => {
    const taken = await layerbook(["site", "--serve", "--out", site, "--port", String(server.port)]);
    assert.equal(taken.code, 1);
    assert.match(taken.err, /LB_PORT_TAKEN[^]*--port 8877/);
    for (const args of [["--port", "80000", "--serve"], ["--port", "8899"], ["--prot", "1"], ["more"]])
      assert.equal((await layerbook(["site", ...args])).code, 2, args.join(" "));

    const free = await new Promise<number>((resolve) => {
      const probe = http.createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
    });
    const abort = new AbortController();
    let said = "";
    const showing = layerbook(["site", "--serve", "--out", "site", "--port", String(free)], {
      cwd: home,
      signal: abort.signal,
      out: (text) => {
        said += text;
        void get("/play.html", { port: free }).then(({ text }) => {
          said += text;
          abort.abort();
        });
      },
    });
    assert.equal((await showing).code, 0);
    assert.ok(said.includes(`http://127.0.0.1:${free}/play.html`) && said.includes("실험실"), said);
  });
});
