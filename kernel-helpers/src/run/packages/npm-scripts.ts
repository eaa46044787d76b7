/** `npm run`: the scripts of package.json, of workspaces too. */

import type { Process, Task } from "../machine/process";
import { absolute, decodeText, encodeText, exists } from "./files";
import { chosenWorkspaces, findWorkspaces, workspacePatterns } from "./workspaces";
import { type PackageJson, NpmFailure, readPackage } from "./npm-project";

/** Runs a script with its `pre` and `post`; without a name it lists them. Answers the exit code. */
export function* runScript(
  process: Process,
  name: string | undefined,
  args: readonly string[],
): Task<number> {
  const manifest = readPackage(process);
  const words = chosenWorkspaces([], args);
  if (name !== undefined && (words.given || words.unknown.length > 0))
    return yield* runInWorkspaces(process, manifest, name, args);
  if (name === undefined) {
    for (const [script, text] of Object.entries(manifest.scripts ?? {}))
      process.out(encodeText(`  ${script}\n    ${text}\n`));
    return 0;
  }
  const script =
    manifest.scripts?.[name] ??
    (name === "start" && exists(process, "server.js") ? "node server.js" : undefined);
  if (script === undefined) {
    if (args.includes("--if-present")) return 0;
    throw new NpmFailure([`Missing script: "${name}"`, "", "To see a list of scripts, run:", "  npm run"]);
  }
  for (const stage of [`pre${name}`, name, `post${name}`]) {
    const text = stage === name ? script : manifest.scripts?.[stage];
    if (text === undefined) continue;
    if (!args.includes("--silent") && !args.includes("-s"))
      process.out(
        encodeText(
          `\n> ${manifest.name ?? ""}${manifest.version === undefined ? "" : `@${manifest.version}`} ${stage}\n> ${text}\n\n`,
        ),
      );
    const child = process.machine.spawn(process, (inner) => shell(inner, text));
    const status = yield* process.waitFor(child);
    if (status !== 0) return status;
  }
  return 0;
}

/** `npm run NAME -w WORKSPACE`, `--workspaces`: the script in each chosen folder, in the order of the patterns. */
function* runInWorkspaces(
  process: Process,
  manifest: PackageJson,
  name: string,
  args: readonly string[],
): Task<number> {
  const all = findWorkspaces(process, workspacePatterns(manifest) ?? []);
  const { chosen, unknown } = chosenWorkspaces(all, args);
  if (unknown.length > 0 || chosen.length === 0)
    throw new NpmFailure([`No workspaces found:`, `  --workspace=${unknown.join(" --workspace=")}`]);
  const root = decodeText(process.cwd).replace(/\/$/, "");
  for (const workspace of chosen) {
    if (workspace.scripts[name] === undefined) {
      if (args.includes("--if-present")) continue;
      throw new NpmFailure([
        "Lifecycle script `" + name + "` failed with error:",
        `workspace ${workspace.name}@${workspace.version ?? ""}`,
        `location ${root}/${workspace.folder}`,
        `Missing script: "${name}"`,
      ]);
    }
    const child = process.machine.spawn(process, (inner) => {
      inner.cwd = encodeText(`${root}/${workspace.folder}`);
      return runScript(
        inner,
        name,
        args.filter((word) => word === "-s" || word === "--silent"),
      );
    });
    const status = yield* process.waitFor(child);
    if (status !== 0) return status;
  }
  return 0;
}

/** Runs *text* in /bin/sh with node_modules/.bin first in PATH; answers the exit code. */
export function* shell(process: Process, text: string): Task<number> {
  process.env.set(
    "PATH",
    encodeText(`${absolute(process, "node_modules/.bin")}:${decodeText(process.env.get("PATH") ?? "")}`),
  );
  process.args = ["sh", "-c", encodeText(text)];
  return yield* process.machine.loader.execute(process, "/bin/sh");
}
