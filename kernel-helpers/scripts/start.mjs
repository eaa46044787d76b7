#!/usr/bin/env node
// `npm start`: sets up what is missing, puts the lessons into the working folder, starts JupyterLab and opens it.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { DIST, INSTALLED, LEARN, ROOT } from "./lib/paths.mjs";
import { Problem, runMain, say } from "./lib/say.mjs";

const HELP = `npm start -- [옵션 · options]

레이어북을 준비해 JupyterLab을 엽니다. 처음에는 몇 분, 그다음부터는 몇 초 걸립니다.
Sets Layerbook up and opens JupyterLab: a few minutes at first, seconds afterwards.

  --port N        JupyterLab의 포트 (기본값: 8888부터 빈 것)   port (default: the first free one from 8888)
  --no-browser    브라우저를 열지 않고 주소만 알립니다          print the address only
  --dir FOLDER    수업을 둘 폴더 (기본값: learn/)               where lessons and your work are kept (default: learn/)
  --uninstall     여기서 만든 것을 지웁니다. learn/은 남깁니다  remove what was installed here; learn/ is kept
  --help          이 도움말                                     this help

환경 변수 · environment:
  LAYERBOOK_PYTHON=/path/to/python3    쓸 Python                which Python to use
  LAYERBOOK_PRIVATE_JUPYTER=1          PATH의 JupyterLab을 쓰지 않음   never use the JupyterLab on PATH
`;

const OLDEST_NODE = [20, 19];

/** Told before anything is installed, because nothing here can mend it. */
function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Problem("LB_OLD_NODE", {
    ko: {
      what: `Node ${process.versions.node}은 너무 오래되었습니다.`,
      why: "레이어북은 Node 20.19 이상에서 돕니다.",
    },
    en: { what: `Node ${process.versions.node} is too old.`, why: "Layerbook runs on Node 20.19 or newer." },
    fix: ["nvm install 22 && nvm use 22   (또는 · or: https://nodejs.org)"],
  });
}

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      browser: { type: "boolean", default: true },
      dir: { type: "string" },
      uninstall: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    allowNegative: true,
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    const problem = new Problem("LB_USAGE", {
      ko: { what: `포트 번호가 아닙니다: ${values.port}`, why: "포트는 1부터 65535까지의 정수입니다." },
      en: { what: `Not a port number: ${values.port}`, why: "A port is a whole number from 1 to 65535." },
      fix: ["npm start -- --port 8899"],
    });
    problem.exitCode = 2;
    throw problem;
  }
  // npm runs scripts in the project's folder; INIT_CWD is where the person typed.
  const base = process.env.INIT_CWD ?? process.cwd();
  return { ...values, port, dir: values.dir === undefined ? LEARN : path.resolve(base, values.dir) };
}

/** Lessons into the working folder; says only what the learner should know. */
function placeLessons(dir) {
  const { placeLessons: place, firstNotebook } = createRequire(import.meta.url)(
    path.join(DIST, "lesson/workspace.js"),
  );
  const source = path.join(ROOT, "notebooks");
  const placed = place({ source, target: dir });
  const of = (what) => placed.filter((file) => file.what === what);
  if (of("new").length)
    say(`✓ 수업 파일 ${of("new").length}개를 놓았습니다`, `${of("new").length} lesson files placed`);
  if (of("updated").length)
    say(
      `✓ 수업 파일 ${of("updated").length}개를 새 판으로 바꾸었습니다`,
      `${of("updated").length} lesson files updated`,
    );
  for (const { path: name } of of("kept")) {
    const number = /^\d+/.exec(name)?.[0] ?? name.split("/")[0];
    say(
      `! ${name}: 새 판이 있지만 고치신 것을 그대로 두었습니다. 새 판으로: npx layerbook reset ${number}`,
      "your edited file is kept",
    );
  }
  return { first: firstNotebook(source), fresh: of("new").length > 0 };
}

async function main() {
  const { port, browser, dir, help, uninstall } = options();
  if (help) return void process.stdout.write(HELP);
  if (uninstall) return void (await import("./lib/uninstall.mjs")).uninstall(dir);
  checkNode();

  const [{ withLock }, { ensureNodePackages }, { ensureBuild }, { ensureJupyter }, { choosePort }] =
    await Promise.all([
      import("./lib/lock.mjs"),
      import("./lib/node-packages.mjs"),
      import("./lib/compile.mjs"),
      import("./lib/jupyter.mjs"),
      import("./lib/port.mjs"),
    ]);
  const { together } = await import("./lib/run.mjs");
  const { ensureWritable } = await import("./lib/problems.mjs");
  ensureWritable(dir);
  const chosen = await choosePort(port);
  const { configureLab } = await import("./lib/lab-config.mjs");
  const { jupyter, env } = await withLock("set-up", async () => {
    // npm and pip fetch at the same time; when one of them cannot go on, the other is ended too.
    const build = async () => {
      if (!INSTALLED) {
        await ensureNodePackages({ dev: false });
        await ensureBuild();
      }
      // Loaded late: esbuild is one of the packages that have just been installed.
      const { ensureSnapshots } = await import("./lib/compiler.mjs");
      await ensureSnapshots();
    };
    const [, found] = await together([build(), ensureJupyter()]);
    return { jupyter: found, env: configureLab() };
  });
  const { first, fresh } = placeLessons(dir);

  const { startServer } = await import("./lib/server.mjs");
  const open = first && fresh ? `/lab/tree/${first}` : "/lab";
  const server = await startServer({ jupyter, env, port: chosen, root: fs.realpathSync(dir), open });
  stopWithUs(server);

  say("");
  say("레이어북이 준비되었습니다.", "Layerbook is ready.");
  say(`  주소       ${server.address}`);
  say(`  저장되는 곳 ${dir}`, "your work is kept here");
  say("  끝내기     이 창에서 Ctrl-C", "press Ctrl-C here to stop");
  say("");
  if (browser) {
    const { openBrowser } = await import("./lib/browser.mjs");
    if (!(await openBrowser(server.address)))
      say(
        "! 브라우저를 열지 못했습니다. 위 주소를 브라우저에 붙여 넣으세요.",
        "Open the address above by hand.",
      );
  }
  const { code } = await server.ended;
  return server.stopping ? 0 : (code ?? 1);
}

/** Ctrl-C, a closed terminal and a kill all end the server with us; a second Ctrl-C does not hurry it into losing work. */
function stopWithUs(server) {
  const stop = () => {
    if (server.stopping) return;
    server.stopping = true;
    say("\nJupyterLab을 끝냅니다…", "stopping");
    void server.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
}

await runMain(main);
