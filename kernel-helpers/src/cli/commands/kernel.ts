/** `layerbook kernel install`: writes the kernelspec where Jupyter looks, as `jupyter kernelspec install` does. */

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { KERNEL_NAME, kernelSpec } from "../../kernel";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { checkedOptions } from "../options";
import { sysPrefix } from "../../notebook/programs";

export const help: CommandModule["help"] = {
  ko: `
Jupyter가 찾는 곳에 레이어북 커널을 등록합니다.

  --user          이 사용자에게만 (기본값)
  --sys-prefix    지금의 Python 환경(venv, conda)에
  --prefix DIR    DIR/share/jupyter 아래에
  remove          등록을 지웁니다 (같은 옵션)
`,
  en: `
Registers the Layerbook kernel where Jupyter looks.

  --user          for this user (default)
  --sys-prefix    in the present Python environment (venv, conda)
  --prefix DIR    below DIR/share/jupyter
  remove          takes the registration away (same options)
`,
};

const OPTIONS = {
  user: { type: "boolean" },
  "sys-prefix": { type: "boolean" },
  prefix: { type: "string" },
} as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const [action] = positionals;
  if ((action !== "install" && action !== "remove") || positionals.length > 1) {
    throw usageError("LB_ARGUMENTS", {
      ko: "무엇을 할지 적으세요: layerbook kernel install 또는 layerbook kernel remove",
      en: "say what to do: layerbook kernel install, or layerbook kernel remove",
    });
  }
  if (Object.keys(values).length > 1) {
    throw usageError("LB_ARGUMENTS", {
      ko: "--user, --sys-prefix, --prefix는 하나만 쓸 수 있습니다.",
      en: "only one of --user, --sys-prefix and --prefix may be given",
    });
  }
  const folder = join(dataDirectory(values, io), "kernels", KERNEL_NAME);
  if (action === "remove") {
    const there = existsSync(folder);
    rmSync(folder, { recursive: true, force: true });
    io.out(
      there
        ? say(io, `지웠습니다: ${folder}\n`, `removed ${folder}\n`)
        : say(io, `등록되어 있지 않습니다: ${folder}\n`, `not registered: ${folder}\n`),
    );
    return 0;
  }
  const entry = join(__dirname, "../../kernel/main.js");
  if (!existsSync(entry)) {
    throw new CliError(
      "LB_NOT_BUILT",
      { ko: `커널이 아직 빌드되지 않았습니다: ${entry}`, en: `the kernel is not built yet: ${entry}` },
      { hint: { ko: "프로젝트 폴더에서: npm run build", en: "in the project's folder: npm run build" } },
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "kernel.json");
    writeFileSync(`${file}.part`, JSON.stringify(kernelSpec(process.execPath, entry), null, 2) + "\n");
    renameSync(`${file}.part`, file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "";
    throw new CliError(
      "LB_CANNOT_WRITE",
      { ko: `${folder}에 쓸 수 없습니다 (${reason}).`, en: `cannot write ${folder} (${reason})` },
      {
        hint: {
          ko: "이 사용자에게만 등록하려면: layerbook kernel install --user",
          en: "for this user only: layerbook kernel install --user",
        },
        cause: error,
      },
    );
  }
  io.out(say(io, `등록했습니다: ${folder}\n`, `registered in ${folder}\n`));
  return 0;
};

/** Jupyter's data directory that the options name. */
function dataDirectory(
  values: { readonly "sys-prefix"?: boolean; readonly prefix?: string },
  io: CommandIo,
): string {
  if (values.prefix !== undefined) return join(resolve(io.cwd, values.prefix), "share", "jupyter");
  if (values["sys-prefix"]) {
    const prefix = sysPrefix(io.env);
    if (prefix === undefined) {
      throw new CliError(
        "LB_NO_PYTHON",
        { ko: "Python 환경을 찾지 못했습니다.", en: "no Python environment was found" },
        {
          hint: {
            ko: "venv를 켜거나 --prefix로 경로를 주세요.",
            en: "activate a venv, or give the path with --prefix",
          },
        },
      );
    }
    return join(prefix, "share", "jupyter");
  }
  return userDataDirectory(io.env, process.platform);
}

/** Where Jupyter looks for a user's own kernels (jupyter_core.paths.jupyter_data_dir). */
export function userDataDirectory(env: CommandIo["env"], platform: NodeJS.Platform): string {
  const named = env["JUPYTER_DATA_DIR"];
  if (named) return named;
  const home = env["HOME"] ?? homedir();
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "jupyter");
  return join(env["XDG_DATA_HOME"] || join(home, ".local", "share"), "jupyter");
}
