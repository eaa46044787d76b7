// Which JupyterLab is started: the one on PATH when it is new enough, else one in the project's own virtual environment.
import fs from "node:fs";
import path from "node:path";
import { ENV_DIR, SCRIPTS, VENV } from "./paths.mjs";
import { ensureVenv, findPython } from "./python.mjs";
import { run } from "./run.mjs";
import { Progress, say } from "./say.mjs";
import { system } from "./system.mjs";

/** The oldest JupyterLab on PATH that is used: the extension and the settings were tried from here on. */
const OLDEST = [4, 4];

/** The Korean texts for a JupyterLab that was not installed by us. */
const LANGUAGE_PACK = "jupyterlab-language-pack-ko-KR";
const PYTHON_EXTRAS = path.join(ENV_DIR, "python-extras");

/** The absolute path of `name` on PATH, or undefined. */
export function onPath(name, PATH) {
  return system.programFiles(name, PATH).find((file) => {
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return fs.statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

const PROBE =
  "import json, jupyterlab\nfrom importlib.metadata import entry_points\n" +
  "print(json.dumps([jupyterlab.__version__, any(e.name == 'ko_KR' for e in entry_points(group='jupyterlab.languagepack'))]))";

/** The Python behind the command `lab`, from its first lines (pip writes it there) or its folder; undefined for a wrapper of another kind. */
function pythonOf(lab) {
  if (system.windows) return system.pythonsBeside(lab).find((file) => fs.existsSync(file));
  const head = fs.readFileSync(lab, "utf8").slice(0, 2000);
  // A path with spaces or beyond 127 bytes stands in the second line instead: '''exec' "/path/to/python" "$0" "$@"
  const found =
    /^#!(\/.*python[\d.]*)\s*$/m.exec(head)?.[1] ?? /^'''exec' "?(\/[^"\n]*python[\d.]*)"?/m.exec(head)?.[1];
  return found && fs.existsSync(found) ? found : undefined;
}

/**
 * What is known of the JupyterLab on PATH: `{ version, korean, python }`; *version* is empty when it does not run. Remembered by
 * the file's identity, because asking costs a second of Python.
 */
async function inspect(command) {
  const memory = path.join(ENV_DIR, "jupyter-on-path.json");
  const { mtimeMs, size } = fs.statSync(command);
  const identity = [fs.realpathSync(command), mtimeMs, size].join(" ");
  try {
    const known = JSON.parse(fs.readFileSync(memory, "utf8"));
    if (known.identity === identity) return known;
  } catch {
    // never asked
  }
  const python = pythonOf(command);
  const shell = !python && system.needsShell(command);
  const { code, output } = await run(python ?? command, python ? ["-c", PROBE] : ["--version"], { shell });
  let [version, korean] = ["", false];
  if (code === 0) {
    if (python) [version, korean] = JSON.parse(output.trim().split("\n").at(-1));
    else version = /^\d+\.\d+\.\d+\S*$/m.exec(output)?.[0] ?? "";
  }
  const known = { identity, version, korean, python };
  fs.mkdirSync(ENV_DIR, { recursive: true });
  fs.writeFileSync(memory, JSON.stringify(known));
  return known;
}

/** Whether JupyterLab `version` can be used: 4.4 or newer, below 5. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === OLDEST[0] && minor >= OLDEST[1];
}

/** Fetches the Korean texts for a JupyterLab that lacks them; without them it works in English. */
async function ensureLanguagePack() {
  const wanted = fs
    .readFileSync(path.join(SCRIPTS, "requirements.txt"), "utf8")
    .split("\n")
    .find((line) => line.startsWith(LANGUAGE_PACK));
  const stamp = path.join(PYTHON_EXTRAS, ".layerbook-stamp");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  const progress = new Progress("JupyterLab의 한국어를 설치합니다", "installing JupyterLab's Korean");
  let ok = false;
  try {
    const python = await findPython();
    fs.rmSync(PYTHON_EXTRAS, { recursive: true, force: true });
    const log = path.join(ENV_DIR, "logs/language-pack.log");
    const pip = await run(
      python,
      ["-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--target", PYTHON_EXTRAS, wanted],
      { log, env: { PIP_USER: "", PIP_REQUIRE_VIRTUALENV: "" } },
    );
    ok = pip.code === 0;
    if (ok) fs.writeFileSync(stamp, wanted);
  } catch {
    // no Python with pip: the lessons do not depend on it
  }
  if (ok) progress.done();
  else {
    progress.fail();
    say(
      "! 한국어 꾸러미를 받지 못해 메뉴가 영어로 나옵니다",
      "menus stay in English: the language pack could not be fetched",
    );
  }
}

/**
 * The JupyterLab to start, set up if need be: `command` with `args` in front of its own arguments, `env` to add, *shell* only for
 * Windows' batch files.
 */
export async function ensureJupyter() {
  const lab = process.env.LAYERBOOK_PRIVATE_JUPYTER ? undefined : onPath("jupyter-lab");
  const known = lab && (await inspect(lab));
  if (known && isNewEnough(known.version)) {
    if (!known.korean) await ensureLanguagePack();
    const env = known.korean ? {} : { PYTHONPATH: PYTHON_EXTRAS };
    if (known.python) return { command: known.python, args: ["-m", "jupyterlab"], env, shell: false };
    return { command: lab, args: [], env, shell: system.needsShell(lab) };
  }
  const python = await ensureVenv({
    folder: VENV,
    requirements: path.join(SCRIPTS, "requirements.txt"),
    ko: "JupyterLab을 이 프로젝트 안에 설치합니다",
    en: "installing JupyterLab inside this project",
  });
  return { command: python, args: ["-m", "jupyterlab"], env: {}, shell: false };
}
