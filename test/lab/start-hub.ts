/** Starts a real JupyterHub with the configuration of deploy/jupyterhub, with system users of its own; and takes all of it away again. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Context } from "mocha";
import { ROOT } from "./machine";
import { freePort } from "./start-lab";

const DEPLOY = path.join(ROOT, "deploy/jupyterhub");

/** May everybody read below *place*: does no folder above it stop them? */
function openToAll(place: string): boolean {
  for (let at = fs.realpathSync(place); ; at = path.dirname(at)) {
    if ((fs.statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A Python ≥ 3.11 with venv that learners' accounts can run, not only this one's. */
function pythonForAll(): string | undefined {
  const found = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, "python3"));
  const ask =
    "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(getattr(sys, '_base_executable', sys.executable))";
  for (const name of [process.env["LAYERBOOK_PYTHON"] ?? "", ...found, "/usr/bin/python3"]) {
    if (!fs.existsSync(name)) continue;
    const { status, stdout } = spawnSync(name, ["-c", ask], { encoding: "utf8" });
    const python = stdout?.trim() ?? "";
    if (status === 0 && fs.existsSync(python) && openToAll(python)) return python;
  }
  return undefined;
}

/** What a hub with system users takes; without it the test is skipped, saying why. */
export function needHubMachine(context: Context): { readonly python: string } {
  const skip = (reason: string): never => {
    process.stdout.write(`  - ${reason}\n`);
    return context.skip();
  };
  if (process.platform !== "linux") skip("the hub's test is for Linux");
  if (process.getuid?.() !== 0) skip("system users are made as root only: run as root to test the hub");
  for (const tool of ["useradd", "userdel", "git"])
    if (spawnSync("which", [tool]).status !== 0) skip(`no ${tool} on this machine`);
  if (!openToAll(fs.realpathSync(process.execPath))) skip(`${process.execPath} is closed to other users`);
  const python = pythonForAll();
  return python === undefined ? skip("no Python 3.11 with venv that other users can run") : { python };
}

/** The hub as deploy/jupyterhub/install.sh installs it, in a folder of this project; answers the folder. */
export function installHub(python: string, wheel: string): string {
  const inside = path.join(ROOT, ".layerbook-env");
  fs.mkdirSync(inside, { recursive: true });
  const prefix = path.join(openToAll(inside) ? inside : os.tmpdir(), "layerbook-hub");
  const { status, stdout, stderr } = spawnSync("sh", [path.join(DEPLOY, "install.sh"), wheel], {
    encoding: "utf8",
    env: { ...process.env, LAYERBOOK_HUB_PREFIX: prefix, LAYERBOOK_PYTHON: python },
  });
  if (status !== 0) throw new Error(`install.sh ended with ${status}:\n${stdout}\n${stderr}`);
  return prefix;
}

/** Runs *clean* when this process ends, by a signal too: accounts must not be left on somebody's machine. */
function whenThisEnds(clean: () => void): void {
  process.once("exit", clean);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    if (process.listenerCount(signal, endNow) === 0) process.once(signal, endNow);
}

function endNow(): never {
  process.exit(130);
}

/** Accounts of this machine that live as long as the test: one group, homes below one folder. */
export class SystemUsers {
  readonly group = `lb${randomBytes(2).toString("hex")}`;
  readonly home: string;
  readonly names: readonly string[];
  private readonly made: string[] = [];

  constructor(count: number) {
    this.home = fs.mkdtempSync(path.join(os.tmpdir(), "lb-homes-"));
    fs.chmodSync(this.home, 0o755);
    this.names = Array.from(
      { length: count },
      (_, index) => `${this.group}-${String(index + 1).padStart(2, "0")}`,
    );
    whenThisEnds(() => this.remove());
    execFileSync("groupadd", [this.group]);
    for (const name of this.names) {
      execFileSync("useradd", [
        "--create-home",
        "--home-dir",
        this.homeOf(name),
        "--gid",
        this.group,
        "--shell",
        "/bin/bash",
        name,
      ]);
      this.made.push(name);
      // As many systems make homes: open to all. The hub has to close them.
      fs.chmodSync(this.homeOf(name), 0o755);
    }
  }

  homeOf(name: string): string {
    return path.join(this.home, name);
  }

  setPassword(name: string, password: string): void {
    execFileSync("chpasswd", { input: `${name}:${password}\n` });
  }

  uidOf(name: string): number {
    return fs.statSync(this.homeOf(name)).uid;
  }

  /** Processes of an account: pid and command line. */
  processesOf(name: string): { readonly pid: number; readonly command: string }[] {
    const uid = this.uidOf(name);
    return processes().filter((entry) => entry.uid === uid);
  }

  /** Ends what still runs under these accounts, and removes accounts, group and homes. */
  remove(): void {
    for (const name of this.made.splice(0)) {
      for (const { pid } of fs.existsSync(this.homeOf(name)) ? this.processesOf(name) : [])
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // gone by itself
        }
      spawnSync("userdel", ["--force", name]);
    }
    spawnSync("groupdel", [this.group]);
    fs.rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** All processes of this machine. */
export function processes(): { readonly pid: number; readonly uid: number; readonly command: string }[] {
  return fs.readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const { uid } = fs.statSync(`/proc/${name}`);
      return [
        {
          pid: Number(name),
          uid,
          command: fs.readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim(),
        },
      ];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Memory of a process in MB, pages shared with others counted in parts; 0 when it has ended. */
export function proportionalMb(pid: number): number {
  try {
    return (
      Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024
    );
  } catch {
    return 0;
  }
}

/** Processor seconds of a process so far; 0 when it has ended. */
export function processorSeconds(pid: number): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

export interface HubOptions {
  readonly prefix: string;
  readonly users: SystemUsers;
  /** Address of the lessons' repository. */
  readonly lessons: string;
  /** Environment variables of the configuration. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running hub. */
export class Hub {
  private child: ChildProcess | undefined;
  private log = "";

  private constructor(
    private readonly options: HubOptions,
    /** `http://127.0.0.1:PORT`, without a path. */
    readonly url: string,
    readonly state: string,
    private readonly token: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(options: HubOptions): Promise<Hub> {
    const state = fs.mkdtempSync(path.join(os.tmpdir(), "lb-hub-"));
    const token = randomBytes(24).toString("hex");
    const [port, inner, proxy] = [await freePort(), await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    // The class's own service plays the teacher's script: it starts servers and makes learners' tokens.
    fs.writeFileSync(
      path.join(state, "config.py"),
      [
        "import os",
        "c = get_config()",
        `load_subconfig(${JSON.stringify(path.join(DEPLOY, "jupyterhub_config.py"))})`,
        'c.JupyterHub.services.append({"name": "class", "api_token": os.environ["CLASS_TOKEN"]})',
        'c.JupyterHub.load_roles.append({"name": "class", "scopes": ["admin:users", "list:users", "servers", "tokens"], "services": ["class"]})',
        "",
      ].join("\n"),
    );
    const env: NodeJS.ProcessEnv = {
      PATH: `${path.join(options.prefix, "venv/bin")}${path.delimiter}${process.env["PATH"] ?? ""}`,
      HOME: state,
      LANG: "C.UTF-8",
      CLASS_TOKEN: token,
      LAYERBOOK_HUB_PREFIX: options.prefix,
      LAYERBOOK_HUB_STATE: path.join(state, "hub"),
      LAYERBOOK_HUB_SPAWNER: "local",
      LAYERBOOK_HUB_AUTH: "pam",
      LAYERBOOK_HUB_GROUPS: options.users.group,
      LAYERBOOK_HUB_URL: url,
      LAYERBOOK_HUB_INNER_URL: `http://127.0.0.1:${inner}`,
      LAYERBOOK_HUB_PROXY_API: `http://127.0.0.1:${proxy}`,
      LAYERBOOK_HUB_LESSONS: options.lessons,
      ...options.settings,
    };
    const hub = new Hub(options, url, path.join(state, "hub"), token, env);
    whenThisEnds(() => {
      for (const pid of hub.child === undefined ? [] : hub.ownProcesses()) process.kill(pid, "SIGKILL");
    });
    await hub.begin();
    return hub;
  }

  /** Starts it, with other settings if any are given, and waits for its answer. */
  async begin(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const folder = path.dirname(this.state);
    const child = spawn(
      path.join(this.options.prefix, "venv/bin/jupyterhub"),
      ["--config", path.join(folder, "config.py")],
      { cwd: folder, env: { ...this.env, ...settings }, stdio: ["ignore", "pipe", "pipe"] },
    );
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (this.log += text));
    const until = performance.now() + 120_000;
    for (;;) {
      const answer = await this.ask("GET", "").catch(() => undefined);
      if (answer?.status === 200) return;
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`the hub did not start (${child.exitCode ?? "no answer"}):\n${this.log}`);
      await pause(250);
    }
  }

  /** Ends the hub; servers of learners go on. */
  async end(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(patience);
  }

  /** Ends the hub and removes its state. */
  async stop(): Promise<void> {
    await this.end();
    fs.rmSync(path.dirname(this.state), { recursive: true, force: true, maxRetries: 3 });
  }

  /** What the hub has written to its log. */
  printed(): string {
    return this.log;
  }

  /** Processes of the hub itself: hub, proxy, culler. */
  ownProcesses(): number[] {
    if (this.child?.exitCode !== null) return [];
    const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,uid="], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number]);
    const below = (root: number): number[] => [
      root,
      ...rows.filter(([, parent, uid]) => parent === root && uid === 0).flatMap(([pid]) => below(pid)),
    ];
    return below(this.child?.pid ?? 0);
  }

  /** A request of the class's service to the hub's API. */
  async ask(method: string, place: string, body?: unknown): Promise<{ status: number; json: unknown }> {
    const answer = await fetch(`${this.url}/hub/api/${place}`, {
      method,
      headers: { Authorization: `token ${this.token}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? undefined : (JSON.parse(text) as unknown) };
  }

  /** Is the learner's server ready? */
  async isReady(name: string): Promise<boolean> {
    const { json } = await this.ask("GET", `users/${name}`);
    return (json as { servers?: Record<string, { ready?: boolean }> }).servers?.[""]?.ready === true;
  }

  /** Starts a learner's server and waits until it answers; milliseconds it took. */
  async startServer(name: string): Promise<number> {
    const since = performance.now();
    for (;;) {
      const { status, json } = await this.ask("POST", `users/${name}/server`);
      if (status === 201 || status === 202) break;
      // 429: many are starting. 400: one that has just ended is being put away.
      if (![400, 429].includes(status) || performance.now() - since > 180_000)
        throw new Error(`the server of ${name}: ${status} ${JSON.stringify(json)}\n${this.log.slice(-3000)}`);
      await pause(500);
    }
    while (!(await this.isReady(name))) {
      if (performance.now() - since > 180_000)
        throw new Error(`the server of ${name} did not start\n${this.log.slice(-3000)}`);
      await pause(250);
    }
    return performance.now() - since;
  }

  /** A token of a learner, as their own browser has it. */
  async tokenOf(name: string): Promise<string> {
    const { status, json } = await this.ask("POST", `users/${name}/tokens`, {
      note: "test",
      expires_in: 3600,
    });
    if (status !== 201) throw new Error(`a token of ${name}: ${status} ${JSON.stringify(json)}`);
    return (json as { token: string }).token;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
