/** Starts JupyterLab as a learner does, with `npm start`'s script, in folders of its own; and ends it with Ctrl-C. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { ROOT, pythonEnvironment } from "./machine";

/** A running JupyterLab. */
export interface RunningLab {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly baseUrl: string;
  readonly token: string;
  /** The address as printed, with the token. */
  readonly address: string;
  /** The learner's folder. */
  readonly learn: string;
  /** The folder above the learner's and the private settings; removed by `stop`. */
  readonly home: string;
  /** From the start of the script to the printed address, in ms. */
  readonly startMs: number;
  /** All that was printed so far. */
  printed(): string;
  /** Ends it as Ctrl-C does; answers the script's exit code. */
  stop(): Promise<number | null>;
}

/** A port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A folder of a name that a Korean Windows user has: with a space and 한글. */
function koreanHome(): string {
  const home = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-"))), "김 철수");
  fs.mkdirSync(home);
  return home;
}

/** Runs `npm start -- --no-browser` in a folder of its own and waits for the address. */
export async function startLab(python: string): Promise<RunningLab> {
  const home = koreanHome();
  const learn = path.join(home, "learn");
  const since = Date.now();
  const child = spawn(
    process.execPath,
    [
      path.join(ROOT, "kernel-helpers/scripts/start.mjs"),
      "--no-browser",
      "--port",
      String(await freePort()),
      "--dir",
      learn,
    ],
    {
      cwd: ROOT,
      env: { ...pythonEnvironment(python), LAYERBOOK_ENV_DIR: path.join(home, ".layerbook-env") },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let printed = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const address = await new Promise<string>((resolve, reject) => {
    const take = (text: string) => {
      printed += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/lab\S*token=\w+/.exec(printed)?.[0];
      // The lines after the address belong to it: what was printed is read by the tests.
      if (found !== undefined && printed.includes("Ctrl-C")) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    void ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
  const url = new URL(address);
  return {
    baseUrl: url.origin,
    token: url.searchParams.get("token") ?? "",
    address,
    learn,
    home,
    startMs: Date.now() - since,
    printed: () => printed,
    stop: () => stop(child, ended, home),
  };
}

async function stop(
  child: ChildProcess,
  ended: Promise<number | null>,
  home: string,
): Promise<number | null> {
  child.kill("SIGINT");
  const code = await ended;
  fs.rmSync(path.dirname(home), { recursive: true, force: true, maxRetries: 3 });
  return code;
}
