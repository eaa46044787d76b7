/** Twenty learners on a real JupyterHub with the configuration of deploy/jupyterhub: lesson 2 at once, nobody sees another's work, nothing saved is lost. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Learner, said } from "../lab/hub-learner";
import { LearningPlatform } from "../lab/lti-platform";
import { ROOT } from "../lab/machine";
import { freePort } from "../lab/start-lab";
import {
  Hub,
  installHub,
  needHubMachine,
  pause,
  processes,
  processorSeconds,
  proportionalMb,
  SystemUsers,
} from "../lab/start-hub";

const CLASS = 20;
const FOLDER = "layerbook";
const LESSON = `${FOLDER}/02-build-log/02-build-log.ipynb`;
const ANSWERS = {
  "%%note": "%%note 되짚기-L02\n새 이미지를 만들 뿐, 있던 이미지는 그대로입니다.",
  "%%predict L02-P1": "%%predict L02-P1\n2",
  "%%predict L02-P2": "%%predict L02-P2\n1",
  "%%check L02-E1": "%%check L02-E1\n가: 6\n나: 2\n다: 1",
  "%%check L02-E2": "%%check L02-E2\n바이트: 5\n출력: 8\n재사용: 6",
};
/** Most that a learner may cost on average after lesson 2, in MB: server and kernel, pages shared with others counted in parts. */
const MOST_MB = 190;

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const load = (): string => fs.readFileSync("/proc/loadavg", "utf8").split(" ")[0] ?? "";
const tell = (text: string): boolean => process.stdout.write(`  ${text} (load ${load()})\n`);

/** Loads the configuration and names every setting that the class it is for does not know. */
const UNKNOWN_SETTINGS = `
import sys
from traitlets.config.loader import PyFileConfigLoader
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator, LocalAuthenticator, PAMAuthenticator
from jupyterhub.proxy import ConfigurableHTTPProxy
from jupyterhub.spawner import LocalProcessSpawner, Spawner
from dockerspawner import DockerSpawner
from systemdspawner import SystemdSpawner
from ltiauthenticator.lti13.auth import LTI13Authenticator
config = PyFileConfigLoader(sys.argv[1]).load_config()
known = {one.__name__: one for one in (JupyterHub, Authenticator, LocalAuthenticator, PAMAuthenticator, ConfigurableHTTPProxy,
    LocalProcessSpawner, Spawner, DockerSpawner, SystemdSpawner, LTI13Authenticator)}
for section, settings in config.items():
    for name, value in settings.items():
        trait = known[section].class_traits(config=True).get(name) if section in known else None
        if trait is None:
            print(f"{section}.{name}")
`;

describe("a class on JupyterHub", function () {
  this.timeout(900_000);
  let users: SystemUsers;
  let hub: Hub;
  let daemon: ChildProcess;
  let lessons: string;
  let repository: string;
  let prefix: string;
  const learners: Learner[] = [];
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lb-class-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      cwd: repository,
      encoding: "utf8",
    });
  const publish = () =>
    execFileSync("sh", [path.join(ROOT, "deploy/jupyterhub/publish-lessons.sh")], {
      cwd: repository,
      encoding: "utf8",
    });
  const learner = (index: number): Learner => learners[index] as Learner;

  before(async function () {
    const { python } = needHubMachine(this);
    execFileSync(process.execPath, [path.join(ROOT, "kernel-helpers/scripts/wheel.mjs"), "--out", scratch]);
    const wheel = fs.readdirSync(scratch).find((name) => name.endsWith(".whl")) ?? "";
    prefix = installHub(python, path.join(scratch, wheel));

    repository = path.join(scratch, "course");
    fs.cpSync(path.join(ROOT, "notebooks"), path.join(repository, "notebooks"), { recursive: true });
    git("init", "-q");
    git("add", "-A");
    git("commit", "-qm", "lessons");
    publish();
    const port = await freePort();
    daemon = spawn(
      "git",
      [
        "daemon",
        "--export-all",
        "--reuseaddr",
        "--listen=127.0.0.1",
        `--port=${port}`,
        `--base-path=${scratch}`,
        scratch,
      ],
      { stdio: "ignore", detached: true },
    );
    lessons = `git://127.0.0.1:${port}/course/.git`;
    users = new SystemUsers(CLASS);
    hub = await Hub.start({ prefix, users, lessons });
  });

  after(async () => {
    for (const each of learners) each.leave();
    await hub?.stop();
    users?.remove();
    if (daemon?.pid !== undefined) process.kill(-daemon.pid, "SIGTERM");
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  });

  it("its settings are known to the spawners and authenticators of every choice", () => {
    const python = path.join(prefix, "venv/bin/python");
    const lti = Object.fromEntries(
      ["ISSUER", "CLIENT_ID", "AUTHORIZE_URL", "JWKS_ENDPOINT"].map((name) => [
        `LTI13_${name}`,
        "https://lms.example/",
      ]),
    );
    for (const spawner of ["systemd", "docker", "local"])
      for (const auth of ["pam", "lti"]) {
        const env = { ...process.env, ...lti, LAYERBOOK_HUB_SPAWNER: spawner, LAYERBOOK_HUB_AUTH: auth };
        const state = {
          LAYERBOOK_HUB_STATE: path.join(scratch, "state"),
          LAYERBOOK_HUB_DOMAIN: "https://hub.example",
        };
        const config = path.join(ROOT, "deploy/jupyterhub/jupyterhub_config.py");
        const said = execFileSync(python, ["-c", UNKNOWN_SETTINGS, config], {
          env: { ...env, ...state },
          encoding: "utf8",
        });
        assert.equal(said, "", `${spawner}, ${auth}`);
      }
  });

  it("lets in whom the learning platform vouches for (LTI 1.3), and no forged launch", async () => {
    const platform = await LearningPlatform.start();
    const other = await Hub.start({ prefix, users, lessons, settings: platform.settings });
    try {
      assert.equal(await platform.launch(other.url, "7f3a-41"), 302);
      assert.ok((await platform.launch(other.url, "7f3a-42", true)) >= 400);
      assert.equal((await other.ask("GET", "users/7f3a-41")).status, 200);
      assert.equal((await other.ask("GET", "users/7f3a-42")).status, 404);
    } finally {
      await other.stop();
      platform.stop();
    }
  });

  it("lets members of the group in by password, and nobody else", async () => {
    const name = users.names[0] ?? "";
    users.setPassword(name, "레이어-2026");
    const login = async (username: string, password: string): Promise<number> => {
      const page = await fetch(`${hub.url}/hub/login`);
      const cookies = page.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; ");
      const xsrf = /name="_xsrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
      const answer = await fetch(`${hub.url}/hub/login?next=`, {
        method: "POST",
        redirect: "manual",
        headers: { Cookie: cookies },
        body: new URLSearchParams({ username, password, _xsrf: xsrf }),
      });
      return answer.status;
    };
    assert.equal(await login(name, "레이어-2026"), 302);
    assert.equal(await login(name, "틀린 것"), 403);
    assert.equal(await login("root", "레이어-2026"), 403);
  });

  it(`${CLASS} learners start their servers, pull the lessons and finish lesson 2 at once`, async () => {
    const since = performance.now();
    await hub.ask("POST", "users", { usernames: users.names });
    const starts = await Promise.all(
      users.names.map(async (name) => {
        const took = await hub.startServer(name);
        learners.push(new Learner(name, hub.url, await hub.tokenOf(name)));
        return took;
      }),
    );
    learners.sort((a, b) => (a.name < b.name ? -1 : 1));
    const started = performance.now() - since;

    const notebooks = await Promise.all(
      learners.map(async (each) => {
        await each.pull(lessons, FOLDER);
        await each.open(LESSON);
        const notebook = await each.read(LESSON);
        await each.work(notebook, ANSWERS);
        await each.save(LESSON, notebook);
        return notebook;
      }),
    );
    const finished = performance.now() - since;
    for (const notebook of notebooks) {
      const text = JSON.stringify(notebook.cells);
      assert.match(text, /\(9\/9\)/);
      assert.match(text, /CACHED/);
      assert.match(text, /\[5\/5\]/);
    }

    const pids = users.names.map((name) => users.processesOf(name).map(({ pid }) => pid));
    const megabytes = pids.map((each) => each.reduce((sum, pid) => sum + proportionalMb(pid), 0));
    const cpu = pids.map((each) => each.reduce((sum, pid) => sum + processorSeconds(pid), 0));
    const hubMb = hub.ownProcesses().reduce((sum, pid) => sum + proportionalMb(pid), 0);
    await Promise.all(learners.map((each) => each.run("const a: number = 1; a + 1")));
    const typescript = users.names.map((name) =>
      users.processesOf(name).reduce((sum, { pid }) => sum + proportionalMb(pid), 0),
    );
    // A minute of work as people do it: a cell every two seconds.
    for (const each of learners) each.times.length = 0;
    await Promise.all(
      learners.map(async (each, index) => {
        await pause(index * 100);
        for (let turn = 0; turn < 15; turn++) {
          await each.run(
            turn % 3 === 0
              ? `%%writefile note.txt\n${turn}`
              : turn % 3 === 1
                ? "!docker build -t memo ."
                : "!docker history memo",
          );
          await pause(2000);
        }
      }),
    );
    const slow = learners.map((each) => quantile(each.times, 0.95));
    const figures = {
      learners: CLASS,
      mb: Math.round(mean(megabytes)),
      mb_typescript: Math.round(mean(typescript)),
      hub_mb: Math.round(hubMb),
      cpu_s: Number(mean(cpu).toFixed(1)),
      p95_ms: Math.round(quantile(slow, 0.5)),
      p95_worst_ms: Math.round(Math.max(...slow)),
      per_gib: Number((1024 / mean(megabytes)).toFixed(1)),
      per_gib_typescript: Number((1024 / mean(typescript)).toFixed(1)),
    };
    tell(
      `all servers in ${(started / 1000).toFixed(0)} s (one: median ${(quantile(starts, 0.5) / 1000).toFixed(1)} s), all through lesson 2 in ${(finished / 1000).toFixed(0)} s`,
    );
    tell(JSON.stringify(figures));
    if (process.env["LAYERBOOK_FIGURES"])
      fs.appendFileSync(process.env["LAYERBOOK_FIGURES"], `${JSON.stringify(figures)}\n`);
    assert.ok(figures.mb < MOST_MB, `${figures.mb} MB a learner`);
  });

  it("the teacher's table has everybody, finished", () => {
    const table = JSON.parse(
      execFileSync(path.join(prefix, "venv/bin/layerbook"), ["class", users.home, "--json"], {
        encoding: "utf8",
      }),
    ) as {
      learners: { name: string; passed: number; lessonsDone: number }[];
      exercises: { exercise: string; passed: number }[];
    };
    assert.deepEqual(table.learners.map(({ name }) => name).sort(), users.names);
    for (const { passed, lessonsDone } of table.learners) assert.deepEqual([passed, lessonsDone], [2, 1]);
    for (const { exercise, passed } of table.exercises)
      assert.equal(passed, exercise.startsWith("L02-") ? CLASS : 0, exercise);
  });

  it("refuses whoever has no token, a wrong one, or another learner's", async () => {
    const [own, other] = [learner(0), learner(1)];
    const { id } = own.kernel;
    const places = [
      "api/contents",
      `api/contents/${LESSON}`,
      "api/sessions",
      `api/kernels/${id}`,
      "api/terminals",
      "files/.bashrc",
    ];
    const ask = async (place: string, token?: string): Promise<number> => {
      const headers: Record<string, string> = token === undefined ? {} : { Authorization: `token ${token}` };
      return (await fetch(`${own.server}${place}`, { headers, redirect: "manual" })).status;
    };
    for (const place of places) {
      // A page asks a person to log in; an interface says no.
      assert.ok([302, 401, 403].includes(await ask(place)), place);
      assert.ok([302, 401, 403].includes(await ask(place, "0".repeat(32))), place);
      assert.ok([302, 401, 403, 404].includes(await ask(place, other.token)), place);
    }
    assert.equal(await ask("api/contents"), 403);
    assert.equal(await ask("api/contents", other.token), 403);
    assert.equal(await ask("api/contents", own.token), 200);
    for (const place of ["users", `users/${own.name}`, "services"])
      assert.equal((await fetch(`${hub.url}/hub/api/${place}`)).status, 403, place);
    const peek = await fetch(`${hub.url}/hub/api/users/${own.name}`, {
      headers: { Authorization: `token ${other.token}` },
    });
    assert.ok([403, 404].includes(peek.status));
  });

  it("a learner's cells see nothing of another's, and change nothing that all share", async () => {
    const [own, other] = [learner(0), learner(1)];
    const home = users.homeOf(other.name);
    const server = users
      .processesOf(other.name)
      .find(({ command }) => command.includes("jupyterhub-singleuser"));
    const closed = [
      `readdirSync(${JSON.stringify(home)})`,
      `readFileSync(${JSON.stringify(path.join(home, LESSON))})`,
      `readdirSync(${JSON.stringify(path.join(home, ".jupyter-run"))})`,
      `readFileSync("/proc/${server?.pid ?? 0}/environ")`,
      `readdirSync(${JSON.stringify(hub.state)})`,
      `writeFileSync(${JSON.stringify(path.join(prefix, "snapshots/x"))}, "")`,
      `writeFileSync(${JSON.stringify(path.join(prefix, "bases/x"))}, "")`,
    ];
    const code = closed.map(
      (call) =>
        `try { fs.${call}; console.log("OPEN", ${JSON.stringify(call)}); } catch (e: any) { console.log(e.code); }`,
    );
    const execution = await own.run(`import * as fs from "node:fs";\n${code.join("\n")}`);
    const text = execution.outputs.map((output) => ("text" in output ? String(output.text) : "")).join("");
    assert.deepEqual(
      text.trim().split("\n"),
      closed.map(() => "EACCES"),
    );
    // Sockets of kernels are files of their owner: on TCP, anybody on the machine could listen to outputs.
    for (const name of users.names) {
      const run = path.join(users.homeOf(name), ".jupyter-run");
      assert.equal(fs.statSync(run).mode & 0o077, 0);
      const file =
        fs.readdirSync(run).find((entry) => entry.startsWith("kernel-") && entry.endsWith(".json")) ?? "";
      assert.match(fs.readFileSync(path.join(run, file), "utf8"), /"transport": "ipc"/);
      assert.equal(fs.statSync(users.homeOf(name)).mode & 0o077, 0);
    }
  });

  it("a killed kernel starts again by itself; files, images and the cache are there", async () => {
    const own = learner(2);
    const [kernel] = users.processesOf(own.name).filter(({ command }) => command.includes("kernel/main.js"));
    const restarted = new Promise<void>((resolve) => {
      own.kernel.statusChanged.connect((_, status) => {
        if (status === "autorestarting" || status === "restarting") resolve();
      });
    });
    process.kill(kernel?.pid as number, "SIGKILL");
    await restarted;
    await own.kernel.info;
    own.countAnew();
    await until(
      async () => (await own.run("!docker images memo").catch(() => undefined))?.status === "ok",
      60_000,
    );
    assert.match(said(await own.run("!docker images memo")), /memo +latest/);
    assert.match(said(await own.run("!docker build -t memo .")), /CACHED/);
    assert.match(JSON.stringify(await own.read(LESSON)), /\[5\/5\]/);
  });

  it("a killed server comes back with everything that was saved", async () => {
    const own = learner(3);
    const saved = await own.read(LESSON);
    own.leave();
    for (const { pid } of users.processesOf(own.name)) process.kill(pid, "SIGKILL");
    await until(async () => !(await hub.isReady(own.name)), 90_000);
    await hub.startServer(own.name);
    assert.deepEqual((await own.read(LESSON)).cells, saved.cells);
    await own.open(LESSON);
    assert.match(said(await own.run("!docker build -t memo .")), /CACHED/);
    assert.match(said(await own.run("%progress")), /L02/);
  });

  it("newer lessons arrive, and what a learner changed stays", async () => {
    const own = learner(4);
    const mine = fs.readFileSync(path.join(users.homeOf(own.name), LESSON), "utf8");
    const home = path.join(users.homeOf(own.name), FOLDER);
    // Lesson 7 makes a repository of its own inside app/; a lesson thrown away comes back.
    assert.equal(
      (await own.run("%%sh\nmkdir -p .git && echo 'ref: refs/heads/main' > .git/HEAD")).status,
      "ok",
    );
    fs.rmSync(path.join(home, "05-order/05-order.ipynb"));
    fs.writeFileSync(path.join(home, "20-new.txt"), "learner");
    for (const name of ["02-build-log", "03-checked-and-reused"]) {
      const file = path.join(repository, `notebooks/${name}/${name}.ipynb`);
      const notebook = JSON.parse(fs.readFileSync(file, "utf8")) as { cells: { source: string[] }[] };
      notebook.cells[0]?.source.push("\n새 판");
      fs.writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
    }
    fs.writeFileSync(path.join(repository, "notebooks/20-new.txt"), "teacher");
    git("add", "-A");
    git("commit", "-qm", "newer");
    publish();
    await own.pull(lessons, FOLDER);
    assert.equal(fs.readFileSync(path.join(users.homeOf(own.name), LESSON), "utf8"), mine);
    assert.match(
      fs.readFileSync(path.join(home, "03-checked-and-reused/03-checked-and-reused.ipynb"), "utf8"),
      /새 판/,
    );
    assert.ok(fs.existsSync(path.join(home, "05-order/05-order.ipynb")));
    const copies = fs.readdirSync(home).filter((name) => name.startsWith("20-new"));
    assert.deepEqual(copies.map((name) => fs.readFileSync(path.join(home, name), "utf8")).sort(), [
      "learner",
      "teacher",
    ]);
    assert.match(publish(), /nothing new/);
    await own.pull(lessons, FOLDER);
  });

  it("the hub is restarted in the middle of a lesson and nobody notices; later, servers that nobody uses end", async () => {
    const servers = () =>
      processes().filter(({ command, uid }) => command.includes("jupyterhub-singleuser") && uid !== 0);
    const ours = new Set(users.names.map((name) => users.uidOf(name)));
    const running = () =>
      servers()
        .filter(({ uid }) => ours.has(uid))
        .map(({ pid }) => pid)
        .sort();
    const before = running();
    assert.equal(before.length, CLASS);
    for (const each of learners) each.leave();
    await hub.end();
    assert.deepEqual(running(), before);
    await hub.begin({ LAYERBOOK_HUB_IDLE_SECONDS: "20" });
    assert.deepEqual(running(), before);
    const own = learner(5);
    assert.match(JSON.stringify(await own.read(LESSON)), /\[5\/5\]/);
    await until(() => Promise.resolve(running().length === 0), 180_000);
    await hub.startServer(own.name);
    assert.match(JSON.stringify(await own.read(LESSON)), /\[5\/5\]/);
  });
});

async function until(test: () => Promise<boolean>, most: number): Promise<void> {
  const since = performance.now(); // a clock that nobody sets
  while (!(await test())) {
    assert.ok(performance.now() - since < most, `not within ${most / 1000} s`);
    await pause(500);
  }
}
