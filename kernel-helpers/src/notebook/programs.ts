/** Finding programs and Python environments of this machine. */

import { accessSync, constants, statSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

/** The absolute path of program *name* on PATH, or undefined. */
export function onPath(name: string, env: Env): string | undefined {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const ending of endings) {
      const file = join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

/** The first Python 3 on PATH. */
export function findPython(env: Env): string | undefined {
  return (env["LAYERBOOK_PYTHON"] || undefined) ?? onPath("python3", env) ?? onPath("python", env);
}

/** `sys.prefix` of the active environment. */
export function sysPrefix(env: Env): string | undefined {
  const active = env["VIRTUAL_ENV"] || env["CONDA_PREFIX"];
  if (active) return active;
  const python = findPython(env);
  if (python === undefined) return undefined;
  const { status, stdout } = spawnSync(python, ["-c", "import sys; print(sys.prefix)"], {
    encoding: "utf8",
    timeout: 10_000,
  });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
