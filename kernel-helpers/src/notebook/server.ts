/** A Jupyter Server to run notebooks on: one that is running already, or one started for this purpose and ended with it. */

import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { KERNEL_NAME, kernelSpec } from "../kernel/kernel-spec";
import { onPath, type Env } from "./programs";

export interface JupyterServer {
  /** `http://127.0.0.1:8888/`, with a slash at the end. */
  readonly baseUrl: string;
  readonly token: string;
  /** Directory that paths of sessions are relative to; undefined when the server was not started here. */
  readonly root?: string;
  /** Ends a server that was started here; leaves any other alone. */
  readonly stop: () => Promise<void>;
}

/** No Jupyter, or one that does not start. *code*: LB_NO_JUPYTER, LB_NO_SERVER. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    readonly code: "LB_NO_JUPYTER" | "LB_NO_SERVER",
    readonly sentence: { readonly ko: string; readonly en: string },
    readonly hint: { readonly ko: string; readonly en: string },
  ) {
    super(sentence.en);
  }
}

const PROJECT = join(__dirname, "../../..");
const FIRST_ANSWER_MS = 90_000;

/** jupyter_server 2 leaves Nagle's algorithm on: with delayed acknowledgements that costs 40 ms a cell. */
const SERVER_CONFIG = `
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler as Handler

_open = Handler.open


async def _open_without_delay(self, kernel_id):
    await _open(self, kernel_id)
    self.set_nodelay(True)


Handler.open = _open_without_delay
`;

/** The program that starts a server: LAYERBOOK_JUPYTER, one on PATH, the one that \`npm start\` installed. */
export function findJupyter(
  env: Env,
): { readonly command: string; readonly args: readonly string[] } | undefined {
  const named = env["LAYERBOOK_JUPYTER"];
  if (named) return { command: named, args: [] };
  for (const name of ["jupyter-server", "jupyter-lab"]) {
    const command = onPath(name, env);
    if (command !== undefined) return { command, args: [] };
  }
  const folder = process.platform === "win32" ? "Scripts" : "bin";
  for (const venv of [join(PROJECT, ".layerbook-env/venv"), join(PROJECT, ".layerbook-env/test-venv")]) {
    const python = [join(venv, folder, "python"), join(venv, folder, "python.exe")].find((file) =>
      existsSync(file),
    );
    if (python !== undefined) return { command: python, args: ["-m", "jupyter_server"] };
  }
  return undefined;
}

/** Joins the server at *url* (`http://host:port/?token=…`, or the token beside it). */
export async function joinServer(url: string, token = ""): Promise<JupyterServer> {
  const address = new URL(url);
  const key = token || (address.searchParams.get("token") ?? "");
  const baseUrl = `${address.origin}${address.pathname.replace(/\/(lab|tree)(\/.*)?$/, "").replace(/\/*$/, "/")}`;
  const answer = await ask(baseUrl, key);
  if (!answer) {
    throw new ServerError(
      "LB_NO_SERVER",
      {
        ko: `${baseUrl}에서 Jupyter 서버가 대답하지 않습니다.`,
        en: `no Jupyter Server answers at ${baseUrl}`,
      },
      {
        ko: "주소와 토큰을 확인하세요: jupyter server list",
        en: "check address and token: jupyter server list",
      },
    );
  }
  return { baseUrl, token: key, stop: () => Promise.resolve() };
}

/**
 * Starts a server on a free port of 127.0.0.1 whose sessions run below *root*. The user's own kernels are found, the Layerbook
 * kernel too without being registered; nothing of the user's configuration is used or written.
 */
export async function startServer(root: string, env: Env, signal?: AbortSignal): Promise<JupyterServer> {
  const jupyter = findJupyter(env);
  if (!jupyter) {
    throw new ServerError(
      "LB_NO_JUPYTER",
      {
        ko: "Jupyter를 찾지 못했습니다. 노트북을 실행하려면 Jupyter 서버가 필요합니다.",
        en: "no Jupyter was found; notebooks are executed by a Jupyter Server",
      },
      {
        ko: "프로젝트 폴더에서 npm start를 한 번 실행하거나: pip install jupyter_server",
        en: "run npm start once in the project's folder, or: pip install jupyter_server",
      },
    );
  }
  const home = mkdtempSync(join(tmpdir(), "layerbook-server-"));
  const sub = (name: string): string => {
    const folder = join(home, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const config = sub("config");
  writeFileSync(join(config, "jupyter_server_config.py"), SERVER_CONFIG);
  const kernelFolder = sub(`jupyter/kernels/${KERNEL_NAME}`);
  const entry = join(__dirname, "../kernel/main.js").replace(
    /([\\/])src([\\/])kernel[\\/]main\.js$/,
    "$1dist$2kernel$2main.js",
  );
  writeFileSync(join(kernelFolder, "kernel.json"), JSON.stringify(kernelSpec(process.execPath, entry)));

  const port = await freePort();
  const token = randomBytes(24).toString("hex");
  const log = join(home, "server.log");
  const descriptor = openSync(log, "w");
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
  const child = spawn(
    jupyter.command,
    [
      ...jupyter.args,
      "--no-browser",
      ...asRoot,
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.port=${port}`,
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${root}`,
      "--ContentsManager.allow_hidden=True",
      "--ServerApp.jpserver_extensions={}",
    ],
    {
      stdio: ["ignore", descriptor, descriptor],
      // Not in our process group: Ctrl-C interrupts cells first, the server is ended afterwards.
      detached: process.platform !== "win32",
      windowsHide: true,
      env: {
        ...env,
        JUPYTER_TOKEN: token,
        JUPYTER_PATH: [join(home, "jupyter"), env["JUPYTER_PATH"]].filter(Boolean).join(delimiter),
        JUPYTER_CONFIG_DIR: config,
        JUPYTER_RUNTIME_DIR: sub("runtime"),
        JUPYTER_NO_CONFIG: "",
        PYTHONUTF8: "1",
        // Kernels of ipykernel complain about frozen modules otherwise.
        PYDEVD_DISABLE_FILE_VALIDATION: "1",
      },
    },
  );
  closeSync(descriptor);
  const stop = stopper(child, `http://127.0.0.1:${port}/`, token, home);
  const baseUrl = `http://127.0.0.1:${port}/`;
  let ended: string | undefined;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code) => (ended ??= `exit code ${code}`));
  const until = Date.now() + FIRST_ANSWER_MS;
  while (!(await ask(baseUrl, token))) {
    if (ended !== undefined || Date.now() > until || signal?.aborted) {
      const said = existsSync(log) ? (readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "") : "";
      await stop();
      signal?.throwIfAborted();
      throw new ServerError(
        "LB_NO_SERVER",
        {
          ko: `Jupyter 서버가 시작되지 않았습니다 (${ended ?? "대답이 없음"}). 마지막 말: ${said}`,
          en: `the Jupyter Server did not start (${ended ?? "no answer"}); it said last: ${said}`,
        },
        {
          ko: "다른 Jupyter를 쓰려면 LAYERBOOK_JUPYTER에 경로를 주세요.",
          en: "to use another Jupyter, set LAYERBOOK_JUPYTER",
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return { baseUrl, token, root, stop };
}

function stopper(child: ChildProcess, baseUrl: string, token: string, home: string): () => Promise<void> {
  // If this process dies without stopping the server, it must not live on.
  const kill = (): void => {
    try {
      if (child.pid !== undefined && child.exitCode === null)
        process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // gone already
    }
  };
  process.once("exit", kill);
  return async () => {
    const exited = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve();
      else child.once("exit", () => resolve());
    });
    await fetch(`${baseUrl}api/shutdown`, {
      method: "POST",
      headers: { Authorization: `token ${token}` },
      signal: AbortSignal.timeout(3000),
    }).catch(() => child.kill("SIGTERM"));
    const patience = setTimeout(kill, 5000);
    await exited;
    clearTimeout(patience);
    process.removeListener("exit", kill);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
}

async function ask(baseUrl: string, token: string): Promise<boolean> {
  return await fetch(`${baseUrl}api/status`, {
    headers: token === "" ? {} : { Authorization: `token ${token}` },
    signal: AbortSignal.timeout(5000),
  }).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
