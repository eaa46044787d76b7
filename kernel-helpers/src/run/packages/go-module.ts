/** Modules of Go: go.mod, go.sum, and what `go mod` makes of them. */

import type { Process, Task } from "../machine/process";
import { absolute, decodeText, encodeText, exists, knownSize, readText, writeFile } from "./files";

/** A module whose size nobody measured: unpacked, and its archive. */
const MODULE = 900_000;

const MODULE_ZIP = 260_000;

/** Ends go with a message. */
export class GoFailure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** The home directory. */
export function homeOf(process: Process): string {
  return decodeText(process.env.get("HOME") ?? "").replace(/\/$/, "") || "/root";
}

/** GOMODCACHE. */
export function modCache(process: Process): string {
  const set = decodeText(process.env.get("GOMODCACHE") ?? "");
  return set || `${decodeText(process.env.get("GOPATH") ?? "") || `${homeOf(process)}/go`}/pkg/mod`;
}

/** What is read of go.mod. */
export interface Module {
  /** Folder of go.mod. */
  readonly root: string;
  readonly path: string;
  readonly requires: readonly { readonly path: string; readonly version: string }[];
  readonly text: string;
}

/** The module that the working directory lies in. */
export function moduleOf(process: Process, whenNone?: string): Module {
  let root = decodeText(process.cwd);
  for (;;) {
    const file = `${root === "/" ? "" : root}/go.mod`;
    const text = readText(process, file);
    if (text !== undefined) return readModule(root, text);
    if (root === "/" || root === "") break;
    root = root.slice(0, root.lastIndexOf("/")) || "/";
  }
  throw new GoFailure(
    whenNone ??
      "go: go.mod file not found in current directory or any parent directory; see 'go help modules'",
  );
}

function readModule(root: string, text: string): Module {
  const path = /^\s*module\s+"?([^\s"]+)/m.exec(text)?.[1];
  if (path === undefined)
    throw new GoFailure(
      `go: error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod`,
    );
  const requires: { path: string; version: string }[] = [];
  let inBlock = false;
  for (const line of text.split("\n")) {
    const bare = line.replace(/\/\/.*$/, "").trim();
    if (/^require\s*\($/.test(bare)) inBlock = true;
    else if (bare === ")") inBlock = false;
    const found = /^(?:require\s+)?([^\s()]+)\s+(v\S+)$/.exec(bare);
    if (found && (inBlock || bare.startsWith("require")))
      requires.push({ path: found[1]!, version: found[2]! });
  }
  return { root, path, requires, text };
}

/** `go mod download`, `verify`, `tidy`, `init`, `vendor`; answers the exit code. */
export function* mod(process: Process, args: readonly string[]): Task<number> {
  switch (args[0]) {
    case "download":
      return yield* download(
        process,
        moduleOf(process, "go: no modules specified (see 'go help mod download')"),
      );
    case "verify":
      moduleOf(process);
      process.out("all modules verified\n");
      return 0;
    case "tidy": {
      const module = moduleOf(process);
      if (!exists(process, `${module.root}/go.sum`) && module.requires.length > 0)
        writeFile(process, `${module.root}/go.sum`, sums(module));
      return yield* download(process, module);
    }
    case "init": {
      const path = args[1];
      if (exists(process, "go.mod")) throw new GoFailure(`go: ${absolute(process, "go.mod")} already exists`);
      if (path === undefined)
        throw new GoFailure(
          "go: cannot determine module path for source directory (outside GOPATH, module path must be specified)",
        );
      const version = (decodeText(process.env.get("GOLANG_VERSION") ?? "") || "1.23.4").split(".");
      writeFile(process, "go.mod", `module ${path}\n\ngo ${version.join(".")}\n`);
      process.err(encodeText(`go: creating new go.mod: module ${path}\n`));
      return 0;
    }
    case "vendor": {
      const module = moduleOf(process);
      for (const { path, version } of module.requires)
        writeFile(
          process,
          `${module.root}/vendor/${path}/contents`,
          knownSize(MODULE, `go-module:${path}@${version}`),
        );
      return yield* download(process, module);
    }
    case "edit":
      return 0;
    default:
      throw new GoFailure(`go mod ${args[0] ?? ""}: unknown command\nRun 'go help mod' for usage.`, 2);
  }
}

function sums({ requires }: Module): string {
  return requires.map(({ path, version }) => `${path} ${version}/go.mod h1:simulated=\n`).join("");
}

/** Fetches what go.mod asks for: into the module cache. Modules have no facts, so without the right to assume there are none. */
export function* download(process: Process, { requires }: Module): Task<number> {
  const cache = modCache(process);
  for (const { path, version } of requires) {
    const escaped = path.replace(/[A-Z]/g, (char) => `!${char.toLowerCase()}`);
    const zip = `${cache}/cache/download/${escaped}/@v/${version}.zip`;
    if (exists(process, zip)) continue;
    if (process.machine.request.assume !== true) {
      throw new GoFailure(
        `go: ${path}@${version}: dial tcp: lookup of the module proxy: no such host\n(흉내) Go 모듈은 카탈로그에 없어서 내려받을 수 없습니다. 외부 모듈이 없는 go.mod로 해 보세요.`,
      );
    }
    process.machine.work(120);
    process.machine.assumed.push(`go:${path}@${version}`);
    writeFile(process, zip, knownSize(MODULE_ZIP, `go-zip:${path}@${version}`));
    writeFile(
      process,
      `${cache}/${escaped}@${version}/contents`,
      knownSize(MODULE, `go-module:${path}@${version}`),
    );
    process.machine.downloads++;
    yield* process.room();
  }
  return 0;
}
