/** `pnpm`: its command line, its scripts, and `corepack`, which brings it. */

import { assume, type Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { absolute, decodeText, encodeText, knownSize, writeFile } from "./files";
import { home, NpmFailure, readPackage, splitSpec } from "./npm-project";
import { shellOf } from "./yarn";
import { VERSION, versionOf, storeOf, workspacesOf, chosen, install, fetchAll, deploy } from "./pnpm-install";

/** `pnpm`; its failures end it with their lines. */
export const pnpm: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  try {
    return yield* command(process, args);
  } catch (error) {
    if (error instanceof NpmFailure) {
      process.out(encodeText(error.lines.map((line) => `${line}\n`).join("")));
      return error.status;
    }
    if (error instanceof Errno) {
      process.out(
        encodeText(` ${error.code}  ${error.message.toLowerCase()}, open '${decodeText(error.path)}'\n`),
      );
      return 243;
    }
    throw error;
  }
};

/** `corepack enable` puts the managers' names beside node; which version they are, package.json says. */
export const corepack: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  yield* process.room();
  if (args[0] === "--version" || args[0] === "-v") process.out("0.34.6\n");
  if (args[0] === "enable") {
    const named = args.slice(1).filter((word) => !word.startsWith("-"));
    for (const name of named.length > 0 ? named : ["pnpm", "yarn"])
      for (const program of name === "pnpm" ? ["pnpm", "pnpx"] : ["yarn", "yarnpkg"])
        writeFile(process, `/usr/local/bin/${program}`, knownSize(120, `bin:${program}`), 0o755);
  }
  if (args[0] === "prepare" || args[0] === "install" || args[0] === "use") {
    const spec = args.slice(1).find((word) => !word.startsWith("-")) ?? "pnpm";
    const [name, version] = splitSpec(spec);
    process.machine.work(800);
    writeFile(
      process,
      `${home(process)}/.cache/node/corepack/v1/${name}/${version === "*" ? VERSION : version}/dist.cjs`,
      knownSize(name === "pnpm" ? 18_500_000 : 2_800_000, `corepack:${spec}`),
    );
    process.out(encodeText(`Preparing ${spec} for immediate activation...\n`));
  }
  return 0;
};

/** Words that take a value. */
const VALUES = new Set(["--filter", "-F", "--dir", "-C", "--store-dir", "--reporter", "--config"]);

function* command(process: Process, args: readonly string[]): Task<number> {
  const words = args.filter((word, i) => !word.startsWith("-") && !VALUES.has(args[i - 1] ?? ""));
  const value = (...names: string[]): string | undefined => {
    const at = args.findIndex((word) => names.includes(word));
    return at >= 0
      ? args[at + 1]
      : args.find((word) => names.some((name) => word.startsWith(`${name}=`)))?.replace(/^[^=]*=/, "");
  };
  const dir = value("--dir", "-C");
  if (dir !== undefined) process.cwd = encodeText(absolute(process, dir));
  const filter = value("--filter", "-F");
  if (args.includes("--version") || (args.includes("-v") && words.length === 0)) {
    process.out(encodeText(`${versionOf(process)}\n`));
    return 0;
  }
  switch (words[0]) {
    case "install":
    case "i":
      return yield* install(process, [], args, filter);
    case "add":
      return yield* install(process, words.slice(1), args, filter);
    case "fetch":
      return yield* fetchAll(process, args);
    case "deploy":
      return yield* deploy(process, words[1], filter, args);
    case "store":
      if (words[1] === "path") process.out(encodeText(`${storeOf(process)}\n`));
      return 0;
    case "config":
    case "set":
    case "prune":
    case "setup":
    case "remove":
    case "audit":
    case "approve-builds":
      return 0;
    case "dlx":
    case "exec":
    case "create":
      return yield* assume(process, `pnpm ${words.slice(0, 2).join(" ")}`);
    case undefined:
      process.out(encodeText(`Version ${versionOf(process)}\nUsage: pnpm [command] [flags]\n`));
      return 1;
    default: {
      const name = words[0] === "run" ? words[1] : words[0] === "t" ? "test" : words[0];
      return yield* run(process, name, args, filter);
    }
  }
}

function* run(
  process: Process,
  name: string | undefined,
  args: readonly string[],
  filter: string | undefined,
): Task<number> {
  const isRecursive = filter !== undefined || args.includes("-r") || args.includes("--recursive");
  if (!isRecursive) return yield* script(process, name, args);
  const all = workspacesOf(process, false);
  const members = filter === undefined ? all : chosen(all, filter);
  if (members.length === 0) {
    process.out(encodeText(`No projects matched the filters in "${decodeText(process.cwd)}"\n`));
    return 0;
  }
  const root = process.cwd;
  for (const { folder, scripts } of members) {
    if (name === undefined || scripts[name] === undefined) continue;
    process.cwd = encodeText(`${decodeText(root).replace(/\/$/, "")}/${folder}`);
    const status = yield* script(process, name, args);
    process.cwd = root;
    if (status !== 0) return status;
  }
  return 0;
}

function* script(process: Process, name: string | undefined, args: readonly string[]): Task<number> {
  const manifest = readPackage(process);
  const text = name === undefined ? undefined : manifest.scripts?.[name];
  if (text === undefined) {
    if (args.includes("--if-present")) return 0;
    if (name !== undefined && process.machine.request.assume === true)
      return yield* assume(process, `pnpm ${name}`);
    throw new NpmFailure([
      ` ERR_PNPM_NO_SCRIPT  Missing script: ${name ?? ""}`,
      "",
      `Command "${name ?? ""}" not found.`,
    ]);
  }
  process.out(
    encodeText(
      `\n> ${manifest.name ?? ""}${manifest.version === undefined ? "" : `@${manifest.version}`} ${name} ${decodeText(process.cwd)}\n> ${text}\n\n`,
    ),
  );
  const status = yield* shellOf(process, text);
  if (status !== 0) process.out(encodeText(` ELIFECYCLE  Command failed with exit code ${status}.\n`));
  return status;
}
