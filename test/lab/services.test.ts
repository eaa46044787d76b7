/** A real Jupyter Server driven through @jupyterlab/services: the lesson's cells run in our kernel, and every one ends. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { type Kernel, KernelManager, ServerConnection } from "@jupyterlab/services";
import { sharedLab } from "./shared-lab";
import type { RunningLab } from "./start-lab";

const LESSON = "01-closed-image";
/** The lesson is run in a folder of its own: another test begins it anew. */
const FOLDER = "혼자 하는 수업";

interface CellEnd {
  readonly status: string;
  readonly streams: string;
  readonly bundles: readonly Record<string, unknown>[];
  readonly ms: number;
}

/** Runs one cell; *ms* is from request to idle. */
async function execute(kernel: Kernel.IKernelConnection, code: string): Promise<CellEnd> {
  const since = performance.now();
  const future = kernel.requestExecute({ code, stop_on_error: false, allow_stdin: false });
  let streams = "";
  const bundles = new Map<string, Record<string, unknown>>();
  future.onIOPub = ({ header, content }) => {
    const { text, data, transient } = content as {
      text?: string;
      data?: Record<string, unknown>;
      transient?: { display_id?: string };
    };
    if (header.msg_type === "stream") streams += text ?? "";
    // An update replaces what was shown under the same name.
    if (data !== undefined) bundles.set(transient?.display_id ?? `unnamed ${bundles.size}`, data);
  };
  const reply = await future.done;
  return {
    status: reply.content.status,
    streams,
    bundles: [...bundles.values()],
    ms: performance.now() - since,
  };
}

describe("Jupyter Server through @jupyterlab/services", function () {
  this.timeout(120_000);
  let lab: RunningLab;
  let manager: KernelManager;
  let kernel: Kernel.IKernelConnection;

  before(async function () {
    lab = await sharedLab(this);
    fs.mkdirSync(path.join(lab.learn, FOLDER));
    fs.copyFileSync(
      path.join(lab.learn, LESSON, `${LESSON}.ipynb`),
      path.join(lab.learn, FOLDER, `${LESSON}.ipynb`),
    );
    const serverSettings = ServerConnection.makeSettings({ baseUrl: `${lab.baseUrl}/`, token: lab.token });
    manager = new KernelManager({ serverSettings });
    // The kernel's folder is the notebook's, as in JupyterLab.
    const session = await fetch(`${lab.baseUrl}/api/sessions`, {
      method: "POST",
      headers: { Authorization: `token ${lab.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        path: `${FOLDER}/${LESSON}.ipynb`,
        name: "lesson",
        type: "notebook",
        kernel: { name: "layerbook" },
      }),
    });
    const { kernel: model } = (await session.json()) as { kernel: Kernel.IModel };
    kernel = manager.connectTo({ model });
    await kernel.info;
  });

  after(async () => {
    await kernel?.shutdown();
    manager?.dispose();
  });

  it("says what it is", async () => {
    const info = await kernel.info;
    assert.equal(info.language_info.name, "typescript");
    assert.match(info.protocol_version, /^5\.4/);
  });

  it("writes files into app/ beside the notebook, builds them and answers with every medium", async () => {
    const notebook = JSON.parse(fs.readFileSync(path.join(lab.learn, FOLDER, `${LESSON}.ipynb`), "utf8")) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const sources = notebook.cells
      .filter((cell) => cell.cell_type === "code")
      .map((cell) => cell.source.join(""));
    const until = sources.findIndex((source) => source.startsWith("%%dockerfile"));
    for (const source of sources.slice(0, until))
      assert.equal((await execute(kernel, source)).status, "ok", source);
    assert.ok(fs.existsSync(path.join(lab.learn, FOLDER, "app/server.js")));

    const built = await execute(kernel, sources[until] ?? "");
    assert.equal(built.status, "ok", built.streams);
    const [bundle] = built.bundles;
    for (const type of ["application/vnd.layerbook.build+json", "text/html", "text/markdown", "text/plain"])
      assert.ok(bundle?.[type], type);

    const again = await execute(kernel, sources[until] ?? "");
    assert.match(JSON.stringify(again.bundles[0]?.["text/plain"]), /CACHED|재사용/);
  });

  it("measures a cached Dockerfile cell through the server (median of 10)", async () => {
    const code = "%%dockerfile\nFROM scratch\nWORKDIR /app\nCOPY . /app\n";
    await execute(kernel, code);
    const times: number[] = [];
    for (let turn = 0; turn < 10; turn++) times.push((await execute(kernel, code)).ms);
    const median = times.sort((a, b) => a - b)[5] ?? 0;
    process.stdout.write(`  cached Dockerfile cell through the server: ${median.toFixed(1)} ms\n`);
    assert.ok(median > 0);
  });

  it("10,000 printed lines arrive in order", async () => {
    const { status, streams } = await execute(kernel, "for (let i = 0; i < 10000; i++) console.log(i);");
    assert.equal(status, "ok");
    assert.equal(streams, Array.from({ length: 10_000 }, (_, index) => `${index}\n`).join(""));
  });

  it("a failing cell answers with an error and the next one runs", async () => {
    assert.equal((await execute(kernel, "throw new Error('일부러')")).status, "error");
    const { status, streams } = await execute(kernel, "console.log('다음')");
    assert.deepEqual([status, streams], ["ok", "다음\n"]);
  });
});
