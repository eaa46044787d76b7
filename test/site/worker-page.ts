/** The kernel of the browser edition in a bare page: a worker, the store, and nothing of JupyterLab. */
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { SRC, ROOT } from "../project/sources";

/** What the page runs: the store, and one kernel after the other. */
const HARNESS = `
import { FileStore } from "./files/file-store";
let worker, waiting, outputs;
globalThis.open = async (name, folder, files) => {
  worker?.terminate();
  const store = await FileStore.open(name);
  const now = Date.now();
  await store.apply(Object.entries(files).map(([path, text]) => ({
    path, kind: "file", data: new TextEncoder().encode(text), mode: 0o644, modified: now, created: now, changed: now,
  })));
  worker = new Worker("kernel.js");
  worker.onerror = (event) => waiting?.({ error: { ename: "WorkerError", evalue: event.message, traceback: [] } });
  worker.onmessage = ({ data }) => {
    if (data.kind === "reply") waiting(data.value);
    else if (data.kind !== "files") outputs.push(data);
  };
  worker.postMessage({ kind: "start", store: name, folder, typescript: new URL("typescript.js", location.href).href });
};
globalThis.run = async (code, count, metadata = {}) => {
  outputs = [];
  const value = await new Promise((resolve) => {
    waiting = resolve;
    worker.postMessage({ kind: "ask", id: count, what: "execute", code, count, silent: false, allowStdin: false, metadata, expressions: {} });
  });
  return { outputs, value };
};
globalThis.post = (message) => worker.postMessage(message);
globalThis.files = async (name) => (await (await FileStore.open(name)).below("")).map(({ path, kind, mode, target }) => ({ path, kind, mode, target }));
`;

/** What a cell brought: messages of the worker in order, and how it ended. */
export interface WorkerAnswer {
  readonly outputs: readonly Record<string, unknown>[];
  readonly value: {
    readonly error?: {
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };
    readonly result?: Record<string, unknown>;
  };
}

export interface WorkerPage {
  readonly page: Page;
  /** Starts a kernel in *folder* of a store that holds *files* besides what it has. */
  open(store: string, folder: string, files: Readonly<Record<string, string>>): Promise<void>;
  run(code: string, count: number): Promise<WorkerAnswer>;
  /** Tells the worker something that it does not answer. */
  post(message: object): Promise<void>;
  files(store: string): Promise<readonly { path: string; kind: string; mode: number; target?: string }[]>;
  close(): Promise<void>;
}

let scripts: Promise<Record<string, string>> | undefined;

/** The extension's scripts, bundled once. */
export function extensionScripts(): Promise<Record<string, string>> {
  const module = pathToFileURL(path.join(ROOT, "kernel-helpers/scripts/lib/site-bundle.mjs")).href;
  return (scripts ??= (
    import(module) as Promise<{ makeExtensionScripts(): Promise<Record<string, string>> }>
  ).then(({ makeExtensionScripts }) => makeExtensionScripts()));
}

/** Serves *files* by name on 127.0.0.1. */
export async function serveFiles(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://x").pathname.slice(1) || "index.html";
    const text = files[name];
    if (text === undefined) return void response.writeHead(404).end();
    const type = name.endsWith(".html") ? "text/html" : "text/javascript";
    response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}

/** Opens the page. */
export async function openWorkerPage(
  browser: Pick<Browser, "newPage"> | BrowserContext,
): Promise<WorkerPage> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: HARNESS, resolveDir: path.join(SRC, "site"), loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    logLevel: "silent",
  });
  const server = await serveFiles({
    ...(await extensionScripts()),
    "harness.js": outputFiles[0]?.text ?? "",
    "index.html":
      '<!doctype html><title>kernel</title><link rel="icon" href="data:,"><script src="harness.js"></script>',
  });
  const page = await browser.newPage();
  await page.goto(server.url);
  const call = <T>(name: string, ...args: unknown[]): Promise<T> =>
    page.evaluate<T>(`${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
  return {
    page,
    open: (store, folder, files) => call("open", store, folder, files),
    run: (code, count) => call("run", code, count),
    post: (message) => call("post", message),
    files: (store) => call("files", store),
    close: async () => {
      await page.close();
      server.close();
    },
  };
}
