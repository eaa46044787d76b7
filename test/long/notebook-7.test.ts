/** The first lesson in Jupyter Notebook 7 instead of JupyterLab: by the keyboard, with the extension's marks and colours. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";

import { ROOT, needChromium, needPython } from "../lab/machine";
import { enterCell, openChromium, picture, until } from "../lab/page";
import { type RunningLab, freePort, startLab } from "../lab/start-lab";

const NOTEBOOK = "7.6.5";
const TOKEN = "notebook-seven";

describe(`Jupyter Notebook ${NOTEBOOK}`, function () {
  this.timeout(300_000);
  let lab: RunningLab;
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  before(async function () {
    const executable = needChromium(this);
    const python = needPython(this);
    // Its settings, kernel and extension are those that `npm start` made.
    lab = await startLab(python);
    const venv = path.join(lab.home, "notebook 7");
    execFileSync(python, ["-m", "venv", "--without-pip", venv]);
    const own = path.join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
    const packages = (of: string) =>
      execFileSync(of, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
        encoding: "utf8",
      }).trim();
    fs.writeFileSync(path.join(packages(own), "jupyterlab-of-the-tests.pth"), `${packages(python)}\n`);
    execFileSync(python, [
      "-m",
      "pip",
      "--python",
      own,
      "install",
      "-q",
      "--no-deps",
      `notebook==${NOTEBOOK}`,
    ]);
    // Settings and themes are looked up beside the Python that runs.
    const shared = (python: string) =>
      path.join(
        execFileSync(python, ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" }).trim(),
        "share/jupyter/lab",
      );
    for (const part of ["schemas", "themes"])
      fs.cpSync(path.join(shared(python), part), path.join(shared(own), part), { recursive: true });
    const jupyter = path.join(lab.home, ".layerbook-env/jupyter");
    const port = await freePort();
    server = spawn(
      own,
      [
        ...["-m", "notebook", "--no-browser", "--allow-root", `--ServerApp.root_dir=${lab.learn}`],
        ...[`--ServerApp.port=${port}`, "--ServerApp.port_retries=0", `--IdentityProvider.token=${TOKEN}`],
      ],
      {
        stdio: process.env["LAYERBOOK_DEBUG"] ? "inherit" : "ignore",
        env: {
          ...process.env,
          JUPYTER_CONFIG_DIR: path.join(jupyter, "config"),
          JUPYTER_DATA_DIR: path.join(jupyter, "data"),
          JUPYTER_RUNTIME_DIR: path.join(jupyter, "runtime"),
          JUPYTER_PREFER_ENV_PATH: "0",
          PYTHONPATH: path.join(ROOT, "kernel-helpers/labextension/server"),
        },
      },
    );
    const baseUrl = `http://127.0.0.1:${port}`;
    await until(
      () =>
        fetch(`${baseUrl}/api/status?token=${TOKEN}`).then(
          ({ ok }) => ok,
          () => false,
        ),
      "the server of Notebook 7",
      60_000,
    );
    browser = await openChromium(executable);
    page = await browser.newPage({ viewport: { width: 1200, height: 900 }, locale: "ko-KR" });
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
    await page.goto(`${baseUrl}/notebooks/01-closed-image/01-closed-image.ipynb?token=${TOKEN}`);
    await page
      .locator(".jp-NotebookPanel .jp-Cell")
      .first()
      .waitFor()
      .catch(async (error: unknown) => {
        await picture(page, "failed-notebook-7");
        throw error;
      });
    await until(async () => {
      const sessions = (await (await fetch(`${baseUrl}/api/sessions?token=${TOKEN}`)).json()) as {
        kernel: { connections: number; execution_state: string };
      }[];
      return sessions.some(({ kernel }) => kernel.connections > 0 && kernel.execution_state === "idle");
    }, "the page to be connected to its kernel");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  });

  after(async () => {
    await browser?.close();
    server?.kill("SIGKILL");
    await lab?.stop();
  });

  const cell = (text: string) =>
    page
      .locator(".jp-NotebookPanel .jp-CodeCell")
      .filter({ has: page.locator(".cm-line", { hasText: text }) })
      .first();

  const run = async (text: string, prompt: RegExp) => {
    const one = cell(text);
    await enterCell(one);
    await page.keyboard.press("Control+Enter");
    const number = one.locator(".jp-InputPrompt").first();
    await until(async () => prompt.test((await number.textContent()) ?? ""), `${text} to be done`);
    return one;
  };

  it("builds by the keyboard, shows the layer table, and the second time what was stored", async () => {
    const first = await run("%%dockerfile", /\[\d+\]/);
    const table = first.locator(".jp-OutputArea table").first();
    await table.waitFor();
    assert.match(await table.innerText(), /COPY/);
    const before = (await first.locator(".jp-InputPrompt").first().textContent()) ?? "";
    await enterCell(first);
    await page.keyboard.press("Control+Enter");
    await until(async () => {
      const text = (await first.locator(".jp-InputPrompt").first().textContent()) ?? "";
      return text !== before && /\[\d+\]/.test(text);
    }, "the second build");
    await first.locator(".jp-OutputArea table", { hasText: "재사용" }).first().waitFor();
    await picture(page, "notebook-7");
  });

  it("colours the Dockerfile and marks its lines", async () => {
    const dockerfile = cell("%%dockerfile");
    assert.ok((await dockerfile.locator(".cm-content .cm-line span").count()) > 3, "highlighted");
    assert.ok(
      (await dockerfile.locator(".cm-gutter [class*=layerbook], [class*=layerbook-mark]").count()) > 0,
    );
  });

  it("runs TypeScript, and says errors", async () => {
    await page.locator(".jp-NotebookPanel .jp-Cell").last().click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("b");
    await page.keyboard.press("Enter");
    await page.keyboard.type("const n: number = 41; n + 1");
    await page.keyboard.press("Control+Enter");
    await page.locator(".jp-OutputArea-executeResult", { hasText: "42" }).waitFor();
  });

  it("has no error of ours", () => {
    // Notebook's own core reads a schema that it has not loaded.
    assert.deepEqual(
      errors.filter((stack) => !/\/static\/notebook\//.test(stack)),
      [],
    );
  });
});
