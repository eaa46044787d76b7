// Finds a Python that can make virtual environments, and makes them from a pinned requirements file.
import fs from "node:fs";
import path from "node:path";
import { fingerprint, readStamp } from "./fingerprint.mjs";
import { ENV_DIR, ROOT } from "./paths.mjs";
import { installProblem, asProblem } from "./problems.mjs";
import { run } from "./run.mjs";
import { Problem, Progress } from "./say.mjs";
import { system } from "./system.mjs";

/** The oldest Python that JupyterLab 4.6 runs on. */
const OLDEST = [3, 10];

const PROBE =
  "import sys, json, importlib.util as u\n" +
  "print(json.dumps([sys.executable, list(sys.version_info[:3]), bool(u.find_spec('venv') and u.find_spec('ensurepip'))]))";

/** The way out for those who cannot install one: the browser edition, when it has been made. */
function withoutPython() {
  if (!fs.existsSync(path.join(ROOT, "dist/site/play.html"))) return [];
  return ["npx layerbook site --serve   (Python 없이 브라우저에서 · in the browser, without Python)"];
}

/** The first Python ≥ 3.10 with its `venv` module, as an absolute path; a problem that says which of these is missing otherwise. */
export async function findPython({ on = system, run: start = run } = {}) {
  const seen = [];
  let alias;
  for (const [command, ...args] of on.pythonCommands()) {
    const answer = await start(command, [...args, "-c", PROBE]);
    const { code, output } = answer;
    if (on.isStoreAlias(answer)) alias ??= command;
    if (code !== 0) continue;
    const [executable, version, venv] = JSON.parse(output.trim().split("\n").at(-1));
    const newEnough = version[0] > OLDEST[0] || (version[0] === OLDEST[0] && version[1] >= OLDEST[1]);
    if (newEnough && venv) return executable;
    seen.push({ executable, version: version.join("."), newEnough });
  }
  const withoutVenv = seen.find((python) => python.newEnough);
  if (withoutVenv)
    throw new Problem("LB_NO_VENV", {
      ko: {
        what: `${withoutVenv.executable}(${withoutVenv.version})에 venv 모듈이 없습니다.`,
        why: "JupyterLab을 이 프로젝트만의 가상 환경에 설치하려면 venv와 ensurepip이 있어야 합니다.",
      },
      en: {
        what: `${withoutVenv.executable} (${withoutVenv.version}) has no venv module.`,
        why: "JupyterLab is installed into a virtual environment of this project, which takes venv and ensurepip.",
      },
      fix: on.installPython(`python${withoutVenv.version.split(".").slice(0, 2).join(".")}-venv`),
    });
  const old = seen[0];
  throw new Problem("LB_NO_PYTHON", {
    ko: {
      what: old ? `Python ${old.version}은 너무 오래되었습니다.` : "Python을 찾을 수 없습니다.",
      why:
        "JupyterLab은 Python 3.10 이상에서 돕니다." +
        (alias ? ` 지금 있는 ${alias}은 Python이 아니라 Microsoft Store를 여는 빈 명령입니다.` : ""),
    },
    en: {
      what: old ? `Python ${old.version} is too old.` : "Python was not found.",
      why:
        "JupyterLab runs on Python 3.10 or newer." +
        (alias ? ` The ${alias} that is there is not Python: it only opens the Microsoft Store.` : ""),
    },
    fix: [
      ...on.installPython("python3 python3-venv"),
      `${on.withVariable("LAYERBOOK_PYTHON", on.windows ? "C:\\path\\to\\python.exe" : "/path/to/python3", "npm start")}   (다른 곳에 있으면 · when it is elsewhere)`,
      ...withoutPython(),
    ],
  });
}

/**
 * Makes the virtual environment `folder` hold exactly `requirements` (a file, which may include the file beside it), unless it
 * does already. Answers its Python. An environment whose making was interrupted, or whose Python is gone, is made anew.
 */
export async function ensureVenv({ folder, requirements, ko, en }) {
  const stampFile = path.join(folder, ".layerbook-stamp");
  const python = system.venvPython(folder);
  const beside = fs
    .readdirSync(path.dirname(requirements))
    .filter((name) => /^requirements.*\.txt$/.test(name));
  const included = new Set([...beside, path.basename(requirements)]);
  const print = fingerprint(
    [...included].sort().map((name) => path.join(path.dirname(requirements), name)),
    path.basename(requirements),
  );
  if (readStamp(stampFile) === print && fs.existsSync(python)) return python;

  const base = await findPython();
  const progress = new Progress(ko, en);
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const log = path.join(ENV_DIR, `logs/${path.basename(folder)}.log`);
    const made = await run(base, ["-m", "venv", folder], { log });
    if (made.code !== 0) throw installProblem("가상 환경(virtual environment)", made.output, log);
    const total = countRequirements(requirements);
    let collected = 0;
    const pip = await run(
      python,
      [
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar=off",
        "-r",
        requirements,
      ],
      {
        log,
        env: { PYTHONUTF8: "1", PIP_REQUIRE_VIRTUALENV: "", PIP_USER: "" },
        onLine: (line) => {
          if (/^Collecting /.test(line)) progress.update(`${Math.min(++collected, total)}/${total}`);
          if (/^Installing collected/.test(line)) progress.update("설치 중 · installing");
        },
      },
    );
    if (pip.code !== 0) throw installProblem("JupyterLab", pip.output, log);
    fs.writeFileSync(stampFile, print);
  } catch (error) {
    progress.fail();
    throw asProblem(error);
  }
  progress.done();
  return python;
}

function countRequirements(file) {
  let count = 0;
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    if (line.startsWith("-r "))
      count += countRequirements(path.join(path.dirname(file), line.slice(3).trim()));
    else if (line.includes("==") && !line.includes('< "3.1') && !line.includes('== "')) count++;
  }
  return count;
}
