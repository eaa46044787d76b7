/** `layerbook doctor`: what of this machine the course uses, what is missing, and the command that gets it. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { findChromium } from "../../handout/chromium";
import { columns } from "../../report/text";
import { PACKAGE } from "../../platform/node/places";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { checkedOptions } from "../options";
import { findPython, onPath } from "../../notebook/programs";
import { userDataDirectory } from "./kernel";

export const help: CommandModule["help"] = {
  ko: `
이 기계에서 레이어북이 쓰는 것을 살펴보고, 빠진 것과 그것을 갖추는 명령을 알려 줍니다.
꼭 필요한 것이 빠졌으면 끝 코드가 1입니다.
`,
  en: `
Looks at what Layerbook uses of this machine and tells what is missing and the command that gets it.
The exit code is 1 when something indispensable is missing.
`,
};

interface Finding {
  readonly name: string;
  /** What was found; undefined: nothing. */
  readonly found?: string;
  readonly needed: boolean;
  /** What it is for. */
  readonly purpose: string;
  /** How to get it. */
  readonly fix: string;
}

export const run: CommandModule["run"] = async (args, io) => {
  checkedOptions(() => parseArgs({ args: [...args], options: {} }));
  const findings = [node(io), python(io), jupyter(io), kernel(io), chromium(io), docker(io)];
  const rows = findings.map((finding) => {
    const sign = finding.found !== undefined ? "●" : finding.needed ? "✕" : "○";
    return [`${sign} ${finding.name}`, finding.found ?? say(io, "없음", "not found"), finding.purpose];
  });
  io.out(columns(rows).join("\n") + "\n");
  for (const finding of findings) {
    if (finding.found === undefined) io.out(`\n${finding.name}: ${finding.fix}\n`);
  }
  return findings.some((finding) => finding.needed && finding.found === undefined) ? 1 : 0;
};

function versionOf(command: string | undefined, args: readonly string[] = ["--version"]): string | undefined {
  if (command === undefined) return undefined;
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 15_000 });
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? "") : undefined;
}

function node(io: CommandIo): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "Node",
    found: enough ? `${process.versions.node} (${process.execPath})` : undefined,
    needed: true,
    purpose: say(io, "레이어북 자체", "Layerbook itself"),
    fix: say(
      io,
      "Node 20.19 이상을 설치하세요: https://nodejs.org",
      "install Node 20.19 or newer: https://nodejs.org",
    ),
  };
}

function python(io: CommandIo): Finding {
  const command = findPython(io.env);
  const version = versionOf(command);
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return {
    name: "Python",
    found: major === 3 && minor >= 10 ? `${version} (${command})` : undefined,
    needed: false,
    purpose: say(io, "JupyterLab을 돌립니다", "runs JupyterLab"),
    fix: say(
      io,
      "Python 3.10 이상을 설치하세요: https://www.python.org",
      "install Python 3.10 or newer: https://www.python.org",
    ),
  };
}

/** What `npm start` makes: in the repository beside the package, or where `LAYERBOOK_ENV_DIR` says. */
function environment(io: CommandIo): string {
  return io.env["LAYERBOOK_ENV_DIR"] ?? join(PACKAGE, "../.layerbook-env");
}

function jupyter(io: CommandIo): Finding {
  const own = join(environment(io), "venv", process.platform === "win32" ? "Scripts" : "bin", "jupyter-lab");
  const command = onPath("jupyter-lab", io.env) ?? [own, own + ".exe"].find((file) => existsSync(file));
  const version = versionOf(command);
  return {
    name: "JupyterLab",
    found: version === undefined ? undefined : `${version} (${command})`,
    needed: false,
    purpose: say(io, "수업, layerbook run, handout --execute", "lessons, layerbook run, handout --execute"),
    fix: say(
      io,
      "npm start가 프로젝트 안에 설치합니다. 직접 하려면: pip install jupyterlab",
      "npm start installs it inside the project; by hand: pip install jupyterlab",
    ),
  };
}

function kernel(io: CommandIo): Finding {
  const folders = [
    userDataDirectory(io.env, process.platform),
    ...[io.env["VIRTUAL_ENV"], io.env["CONDA_PREFIX"]].flatMap((prefix) =>
      prefix ? [join(prefix, "share", "jupyter")] : [],
    ),
    join(environment(io), "jupyter/data"),
  ];
  return {
    name: say(io, "레이어북 커널", "Layerbook kernel"),
    found: folders
      .map((folder) => join(folder, "kernels", "layerbook"))
      .find((folder) => existsSync(join(folder, "kernel.json"))),
    needed: false,
    purpose: say(io, "노트북 셀을 실행합니다", "executes notebook cells"),
    fix: "layerbook kernel install",
  };
}

function chromium(io: CommandIo): Finding {
  return {
    name: "Chromium",
    found: findChromium(io.env),
    needed: false,
    purpose: say(io, "handout --to pdf", "handout --to pdf"),
    fix: say(
      io,
      "Chrome, Edge, Chromium 가운데 하나를 설치하거나 LAYERBOOK_CHROMIUM에 경로를 주세요. Debian: apt install chromium",
      "install Chrome, Edge or Chromium, or set LAYERBOOK_CHROMIUM; on Debian: apt install chromium",
    ),
  };
}

function docker(io: CommandIo): Finding {
  const command = onPath("docker", io.env);
  return {
    name: "Docker",
    found: command,
    needed: false,
    purpose: say(
      io,
      "layerbook verify만 씁니다. 수업에는 필요 없습니다",
      "only for layerbook verify; lessons do not need it",
    ),
    fix: say(io, "없어도 됩니다.", "not needed."),
  };
}
