// Starts JupyterLab on 127.0.0.1, waits until it answers, and ends it cleanly with its kernels.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ENV_DIR, shown } from "./paths.mjs";
import { Problem } from "./say.mjs";
import { system } from "./system.mjs";

const LOG = path.join(ENV_DIR, "logs/jupyterlab.log");
/** How long a first answer may take; the first start after an install compiles Python's files. */
const PATIENCE_MS = 90_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function serverProblem(what, text) {
  const lines = text.trim().split("\n").filter(Boolean);
  const last = (lines.findLast((line) => /error|critical/i.test(line)) ?? lines.at(-1) ?? "").trim();
  return new Problem("LB_NO_SERVER", {
    ko: { what: `JupyterLab이 ${what.ko}`, why: `마지막 말: ${last || "(없음)"}` },
    en: { what: `JupyterLab ${what.en}`, why: `It said last: ${last || "(nothing)"}` },
    fix: [
      system.show(shown(LOG)),
      "LAYERBOOK_PRIVATE_JUPYTER=1 npm start   (PATH의 JupyterLab 대신 이 프로젝트의 것으로 · with this project's own JupyterLab)",
    ],
  });
}

/**
 * Starts the server and answers once it serves: `{ address, baseUrl, token, pid, ended, stop }`. *ended* settles with the exit
 * code whenever the server ends; *stop* ends it (first by asking, so that kernels are shut down and checkpoints written).
 * *jupyter* is what `ensureJupyter` answered, *env* what `configureLab` did, *open* a page below `/lab`.
 */
export async function startServer({
  jupyter,
  env,
  port,
  root,
  open = "/lab",
  token = randomBytes(24).toString("hex"),
}) {
  fs.mkdirSync(path.dirname(LOG), { recursive: true });
  const log = fs.openSync(LOG, "w");
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
    ],
    {
      cwd: root,
      // The token goes by the environment: a command line can be read by every user of the machine.
      env: {
        ...process.env,
        ...env,
        PYTHONPATH: joined(env.PYTHONPATH, jupyter.env.PYTHONPATH, process.env.PYTHONPATH),
        JUPYTER_TOKEN: token,
      },
      stdio: ["ignore", log, log],
      // Its own group: Ctrl-C reaches this script alone, which then ends the server in order.
      detached: system.processGroups,
      shell: jupyter.shell,
      windowsHide: true,
    },
  );
  fs.closeSync(log);
  let exit;
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve((exit = { code: null, error })));
    child.on("exit", (code) => resolve((exit = { code })));
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  const headers = { Authorization: `token ${token}` };

  const stop = async () => {
    if (exit) return;
    const asked = await fetch(`${baseUrl}/api/shutdown`, {
      method: "POST",
      headers,
      signal: AbortSignal.timeout(3000),
    }).catch(() => undefined);
    if (!asked?.ok) child.kill("SIGTERM");
    const patience = new Promise((resolve) => setTimeout(resolve, 8000, "late").unref());
    if ((await Promise.race([ended, patience])) !== "late") return;
    if (system.processGroups) process.kill(-child.pid, "SIGKILL");
    else child.kill();
    await ended;
  };

  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    if (exit)
      throw serverProblem(
        { ko: "시작하다가 끝났습니다.", en: "ended while starting." },
        exit.error?.message ?? fs.readFileSync(LOG, "utf8"),
      );
    const answer = await fetch(`${baseUrl}/api/status`, { headers, signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (answer?.ok) break;
    if (Date.now() > until) {
      await stop();
      throw serverProblem(
        {
          ko: `${PATIENCE_MS / 1000}초 안에 대답하지 않았습니다.`,
          en: `did not answer within ${PATIENCE_MS / 1000} s.`,
        },
        fs.readFileSync(LOG, "utf8"),
      );
    }
    await sleep(100);
  }
  return {
    address: `${baseUrl}${encodeURI(open)}?token=${token}`,
    baseUrl,
    token,
    pid: child.pid,
    ended,
    stop,
  };
}

function joined(...paths) {
  return paths.filter(Boolean).join(path.delimiter);
}
