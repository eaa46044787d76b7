/** Replays scenarios in a worker of a page without a network: the bundled builder on the browser's platform. */
import fs from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import type { Browser } from "playwright-core";
import type { Answered, Recorded } from "../fidelity/compare";
import { ROOT } from "../lab/machine";

/** What the worker runs. It is first told the files of the bases, then scenarios. */
const WORKER = `
import { replayScenario } from "./kernel-helpers/src/cli/replay-scenario";
import { OciLayout, UnpackedChains } from "./kernel-helpers/src/image";
import { browserPlatform } from "./kernel-helpers/src/platform/browser";
import { courseImages } from "./test/fidelity/course-images";
const nothing = { find: () => undefined };
const machine = { platform: browserPlatform, catalog: () => nothing, packages: () => ({}) };
let images;
onmessage = async ({ data: { bases, group, scenario } }) => {
  if (bases) {
    const bytes = new Map(bases.map(([name, base64]) => [name, Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
    images = [new OciLayout((name) => bytes.get(name), browserPlatform, new UnpackedChains())];
    return postMessage({ node: typeof process + typeof self.require });
  }
  try {
    postMessage({ answer: JSON.stringify(await replayScenario(scenario, machine, group === "course" ? courseImages(images) : images)) });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
`;

/** What the page runs: the way to the worker and back. */
const HARNESS = `
const worker = new Worker(URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" })));
globalThis.ask = (message) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(message);
});
`;

/** A page that replays. */
export interface FidelityPage {
  /** What the browser answers to *scenario*. Rejects with what the builder throws. */
  replay(group: string, scenario: Recorded): Promise<Answered>;
  /** Addresses that the page asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Opens the page and gives its worker the bases of test/fidelity. */
export async function openFidelityPage(browser: Browser): Promise<FidelityPage> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: WORKER, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    write: false,
    minify: true,
    keepNames: true,
    charset: "utf8",
    format: "iife",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const requests: string[] = [];
  page.on("request", (request) => {
    if (!/^(blob|data|about):/.test(request.url())) requests.push(request.url());
  });
  await page.evaluate(`const PROGRAM = ${JSON.stringify(outputFiles[0]?.text)};${HARNESS}`);
  const ask = (message: object): Promise<unknown> => page.evaluate(`ask(${JSON.stringify(message)})`);
  const bases = basesOf(path.join(ROOT, "test/fidelity/bases"));
  const { node } = (await ask({ bases })) as { node: string };
  if (node !== "undefinedundefined") throw new Error(`the worker has something of Node: ${node}`);
  return {
    requests,
    replay: async (group, scenario) => {
      // What was recorded stays here: the builder cannot have copied it.
      const builds = scenario.builds.map(({ changes, options }) => ({ changes, options }));
      const said = (await ask({ group, scenario: { ...scenario, builds } })) as {
        readonly answer?: string;
        readonly error?: string;
      };
      if (said.answer === undefined) throw new Error(said.error);
      return JSON.parse(said.answer) as Answered;
    },
    close: () => context.close(),
  };
}

/** Every file of a layout by its path in it, as base64. */
function basesOf(folder: string): [name: string, base64: string][] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file).split(path.sep).join("/"), fs.readFileSync(file, "base64")];
    });
}
