/** The core in a browser: bundled as it is, it builds the note's Dockerfile inside an offline Chromium page, as Node does. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { Lab as NodeLab } from "../../kernel-helpers/src/index";
import { needChromium } from "../lab/machine";
import { openChromium } from "../lab/page";
import { ROOT, SRC } from "./sources";

const SEED = `FROM node

WORKDIR /app

COPY . /app

RUN npm install

EXPOSE 80

CMD ["node", "server.js"]
`;
const FILES = {
  "package.json": '{"name":"memo","version":"1.0.0","dependencies":{"express":"^5.1.0"}}\n',
  "server.js": 'console.log("안녕하세요");\n',
};

/** What the page runs: the same core on a browser's platform. The catalog's files are given to it as data. */
const ENTRY = `
import { Lab } from "./lab";
import { Catalog } from "./image";
import { browserPlatform } from "./platform/browser";

globalThis.buildTwice = async ({ dockerfile, files, catalog }) => {
  const packages = { npm: catalog["npm-packages"], apt: catalog["apt-packages"], apk: catalog["alpine-apk"], pip: catalog["pip-packages"] };
  const lab = await Lab.openOn({
    platform: browserPlatform,
    catalog: () => new Catalog(catalog["base-images"], catalog["base-contents"]),
    packages: () => packages,
  });
  for (const [name, text] of Object.entries(files)) lab.context.write(name, text);
  const first = await lab.build({ dockerfile });
  lab.context.write("server.js", "// changed\\n");
  const second = await lab.build();
  const third = await lab.build();
  return [first, second, third].map((result) => ({
    error: result.error?.message,
    steps: result.steps.map(({ name, status, miss }) => [name, status, miss?.cause ?? null]),
    layers: result.image?.layers.map(({ diffId }) => diffId),
    progress: result.progress("tty").split("\\n").length,
  }));
};
`;

const catalog = () =>
  Object.fromEntries(
    fs
      .readdirSync(path.join(ROOT, "content/catalog"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => [
        name.slice(0, -5),
        JSON.parse(fs.readFileSync(path.join(ROOT, "content/catalog", name), "utf8")) as unknown,
      ]),
  );

describe("the core in a browser", function () {
  this.timeout(120_000);
  let bundle: string;

  it("bundles without any module of Node", async () => {
    const { outputFiles, metafile } = await esbuild.build({
      stdin: { contents: ENTRY, resolveDir: SRC, loader: "ts" },
      bundle: true,
      write: false,
      metafile: true,
      format: "iife",
      platform: "browser",
      target: "es2022",
      logLevel: "silent",
    });
    bundle = outputFiles[0]?.text ?? "";
    const builtins = Object.keys(metafile.inputs).filter((name) => name.startsWith("node:"));
    assert.deepEqual(builtins, []);
    process.stdout.write(`  bundle: ${(bundle.length / 1e6).toFixed(2)} MB\n`);
  });

  it("builds the note's Dockerfile offline, the same as Node", async function () {
    const browser = await openChromium(needChromium(this));
    try {
      const context = await browser.newContext({ offline: true });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.setContent("<!doctype html><title>layerbook</title>");
      await page.addScriptTag({ content: bundle });
      const input = JSON.stringify({ dockerfile: SEED, files: FILES, catalog: catalog() });
      interface Outcome {
        error?: string;
        steps: [name: string, status: string, cause: string | null][];
        layers: string[];
      }
      const [first, second, third] = await page.evaluate<Outcome[]>(`buildTwice(${input})`);
      assert.deepEqual(errors, []);
      assert.equal(first?.error, undefined);

      const lab = await NodeLab.open();
      lab.context.writeAll(FILES);
      const onNode = await lab.build({ dockerfile: SEED });
      assert.deepEqual(
        first?.layers,
        onNode.image?.layers.map(({ diffId }) => diffId),
        "the same layers as in Node",
      );
      assert.deepEqual(
        second?.steps.map(([, status, cause]) => [status, cause]),
        [
          ["DONE", null],
          ["CACHED", null],
          ["DONE", "own"],
          ["DONE", "knock-on"],
        ],
      );
      assert.deepEqual(
        third?.steps.map(([, status]) => status),
        ["DONE", "CACHED", "CACHED", "CACHED"],
      );
    } finally {
      await browser.close();
    }
  });
});
