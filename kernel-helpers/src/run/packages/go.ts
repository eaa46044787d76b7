/** `go`: version, env, mod, build, install, test, vet. Programs are not compiled: an output has a simulated size and is another one when what it is made from is. */

import { assume, type Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import {
  absolute,
  decodeText,
  encodeText,
  exists,
  knownSize,
  makeFolder,
  readText,
  writeFile,
} from "./files";

/** Simulated sizes in bytes: a program that only prints, with and without the tables that `-s -w` leaves out; the build cache of the standard library. */
const PROGRAM = 2_200_000;
const STRIPPED = 1_500_000;
const CACHE = 62_000_000;
/** A module whose size nobody measured: unpacked, and its archive. */
const MODULE = 900_000;
const MODULE_ZIP = 260_000;

/** Ends go with a message. */
class GoFailure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

export const go: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  // `go -C DIR …` works in another folder.
  if (args[0] === "-C" && args[1] !== undefined) {
    process.cwd = encodeText(absolute(process, args[1]));
    args.splice(0, 2);
  }
  try {
    return yield* command(process, args);
  } catch (error) {
    if (error instanceof GoFailure) {
      process.err(encodeText(error.message + "\n"));
      return error.status;
    }
    if (error instanceof Errno) {
      process.err(encodeText(`go: open ${decodeText(error.path)}: ${error.message.toLowerCase()}\n`));
      return 1;
    }
    throw error;
  }
};

function* command(process: Process, args: readonly string[]): Task<number> {
  const variable = (name: string): string => decodeText(process.env.get(name) ?? "");
  switch (args[0]) {
    case "version":
      process.out(encodeText(`go version go${variable("GOLANG_VERSION") || "1.23.4"} linux/amd64\n`));
      return 0;
    case "env":
      return env(process, args.slice(1), variable);
    case "mod":
      return yield* mod(process, args.slice(1));
    case "get":
      return yield* download(process, moduleOf(process));
    case "build":
    case "install":
      return yield* build(process, args[0], args.slice(1));
    case "test":
      return yield* test(process, args.slice(1));
    case "vet":
    case "fmt":
    case "clean":
    case "telemetry":
      if (args[0] === "vet") moduleOf(process);
      return 0;
    case undefined:
      process.err("Go is a tool for managing Go source code.\n\nUsage:\n\n\tgo <command> [arguments]\n");
      return 2;
    case "run":
    case "generate":
    case "tool":
    case "work":
    case "list":
      return yield* assume(process, `go ${args[0]}`);
    default:
      throw new GoFailure(`go ${args[0]}: unknown command\nRun 'go help' for usage.`, 2);
  }
}

function env(process: Process, names: readonly string[], variable: (name: string) => string): number {
  const home = variable("HOME") || "/root";
  const known: Record<string, string> = {
    GOARCH: variable("GOARCH") || "amd64",
    GOOS: variable("GOOS") || "linux",
    GOPATH: variable("GOPATH") || `${home}/go`,
    GOROOT: "/usr/local/go",
    GOCACHE: variable("GOCACHE") || `${home}/.cache/go-build`,
    GOMODCACHE: modCache(process),
    GOVERSION: `go${variable("GOLANG_VERSION") || "1.23.4"}`,
    CGO_ENABLED: variable("CGO_ENABLED") || "1",
    GOFLAGS: variable("GOFLAGS"),
    GOTOOLCHAIN: variable("GOTOOLCHAIN") || "local",
  };
  const asked = names.filter((name) => !name.startsWith("-"));
  for (const name of asked) process.out(encodeText(`${known[name] ?? variable(name)}\n`));
  if (names.length === 0)
    for (const [name, value] of Object.entries(known).sort()) process.out(encodeText(`${name}='${value}'\n`));
  return 0;
}

function homeOf(process: Process): string {
  return decodeText(process.env.get("HOME") ?? "").replace(/\/$/, "") || "/root";
}

function modCache(process: Process): string {
  const set = decodeText(process.env.get("GOMODCACHE") ?? "");
  return set || `${decodeText(process.env.get("GOPATH") ?? "") || `${homeOf(process)}/go`}/pkg/mod`;
}

interface Module {
  /** Folder of go.mod. */
  readonly root: string;
  readonly path: string;
  readonly requires: readonly { readonly path: string; readonly version: string }[];
  readonly text: string;
}

/** The module that the working directory lies in. */
function moduleOf(process: Process, whenNone?: string): Module {
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

function* mod(process: Process, args: readonly string[]): Task<number> {
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
function* download(process: Process, { requires }: Module): Task<number> {
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

/** Flags of `go build` that take a value. */
const VALUES =
  /^--?(o|p|ldflags|gcflags|asmflags|tags|mod|modfile|buildmode|compiler|toolexec|pkgdir|overlay|run|timeout|count|coverprofile|covermode|coverpkg|bench|parallel|cpu|installsuffix)$/;

interface Flags {
  readonly values: ReadonlyMap<string, string>;
  readonly packages: readonly string[];
  readonly all: readonly string[];
}

function readFlags(args: readonly string[]): Flags {
  const values = new Map<string, string>();
  const packages: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    const equals = /^--?([\w]+)=(.*)$/s.exec(word);
    if (equals) values.set(equals[1]!, equals[2]!);
    else if (VALUES.test(word)) values.set(word.replace(/^-+/, ""), args[++i] ?? "");
    else if (word.startsWith("-")) values.set(word.replace(/^-+/, ""), "true");
    else packages.push(word);
  }
  return { values, packages: packages.length > 0 ? packages : ["."], all: args };
}

function* build(process: Process, verb: "build" | "install", args: readonly string[]): Task<number> {
  const flags = readFlags(args);
  const module = moduleOf(process);
  yield* download(process, module);
  const sources = goFiles(process, module.root);
  const outputs: { readonly folder: string; readonly name: string }[] = [];
  for (const wanted of flags.packages) {
    for (const folder of foldersOf(process, module, wanted, sources)) {
      const files = sources.filter(
        ({ path }) => path.slice(0, path.lastIndexOf("/")) === folder && !path.endsWith("_test.go"),
      );
      if (files.length === 0) throw new GoFailure(`no Go files in ${folder}`);
      for (const file of files)
        if (!/^\s*package\s+\w+/m.test(file.text))
          throw new GoFailure(`${shown(process, file.path)}:1:1: expected 'package', found 'EOF'`);
      if (!files.some(({ text }) => /^\s*package\s+main\b/m.test(text))) continue;
      if (!files.some(({ text }) => /^func\s+main\s*\(/m.test(text)))
        throw new GoFailure(
          `# ${importPath(module, folder)}\nruntime.main_main·f: function main is undeclared in the main package`,
        );
      outputs.push({ folder, name: base(importPath(module, folder)) });
    }
  }
  const seed = seedOf(process, module, sources, flags);
  const stripped = /(^|\s)-[sw](\s|$)/.test(flags.values.get("ldflags") ?? "");
  const size =
    (stripped ? STRIPPED : PROGRAM) +
    2 * sources.reduce((sum, { text }) => sum + text.length, 0) +
    module.requires.length * 350_000;
  process.machine.work(1500 + sources.length * 40 + module.requires.length * 300);
  const cache = `${decodeText(process.env.get("GOCACHE") ?? "") || `${decodeText(process.env.get("HOME") ?? "") || "/root"}/.cache/go-build`}`;
  if (!exists(process, `${cache}/std`)) {
    process.machine.work(9000);
    writeFile(
      process,
      `${cache}/std`,
      knownSize(CACHE, `go-std:${decodeText(process.env.get("GOLANG_VERSION") ?? "")}`),
    );
  }
  const out = flags.values.get("o");
  const isFolder = out !== undefined && (out.endsWith("/") || statType(process, out) === "dir");
  if (out !== undefined && !isFolder && outputs.length > 1)
    throw new GoFailure(`go: cannot write multiple packages to non-directory ${out}`);
  for (const { folder, name } of outputs) {
    const gobin =
      decodeText(process.env.get("GOBIN") ?? "") ||
      `${decodeText(process.env.get("GOPATH") ?? "") || `${homeOf(process)}/go`}/bin`;
    const path =
      verb === "install"
        ? `${gobin}/${name}`
        : out === undefined
          ? name
          : isFolder
            ? `${out.replace(/\/$/, "")}/${name}`
            : out;
    // `go build` of several packages keeps nothing.
    if (
      verb === "build" &&
      out === undefined &&
      (flags.packages.length > 1 || flags.packages[0]!.includes("..."))
    )
      continue;
    if (isFolder) makeFolder(process, out);
    writeFile(process, path, knownSize(size, `go-build:${folder.slice(module.root.length)}:${seed}`), 0o755);
    yield* process.room();
  }
  return 0;
}

function* test(process: Process, args: readonly string[]): Task<number> {
  const flags = readFlags(args);
  const module = moduleOf(process);
  yield* download(process, module);
  const sources = goFiles(process, module.root);
  for (const wanted of flags.packages) {
    for (const folder of foldersOf(process, module, wanted, sources)) {
      const inside = sources.filter(({ path }) => path.slice(0, path.lastIndexOf("/")) === folder);
      const path = importPath(module, folder);
      process.machine.work(800);
      process.out(
        encodeText(
          inside.some((file) => file.path.endsWith("_test.go"))
            ? `ok  \t${path}\t0.004s\n`
            : `?   \t${path}\t[no test files]\n`,
        ),
      );
    }
  }
  process.out(encodeText("(흉내) 테스트를 실행하지 않고 통과한 것으로 칩니다.\n"));
  return 0;
}

interface GoFile {
  readonly path: string;
  readonly text: string;
}

/** The Go files, and what `//go:embed` can name, below *root*, in order. */
function goFiles(process: Process, root: string): GoFile[] {
  const found: GoFile[] = [];
  const visit = (folder: string): void => {
    for (const name of process.vfs.readdir(process, encodeText(folder || "/"))) {
      const path = `${folder}/${decodeText(name)}`;
      const type = statType(process, path);
      if (type === "dir" && !/^([._].*|testdata|vendor|node_modules)$/.test(decodeText(name))) visit(path);
      else if (type === "file" && path.endsWith(".go"))
        found.push({ path, text: readText(process, path) ?? "" });
    }
  };
  visit(root === "/" ? "" : root);
  process.machine.meter.addCommands(found.length);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function statType(process: Process, path: string): string | undefined {
  return process.vfs.tryStat(process, encodeText(absolute(process, path)))?.type;
}

/** The folders that a package pattern names. */
function foldersOf(process: Process, module: Module, wanted: string, sources: readonly GoFile[]): string[] {
  if (wanted.endsWith(".go")) {
    if (!exists(process, wanted))
      throw new GoFailure(`no required module provides package ${wanted}; to add it:\n\tgo get ${wanted}`);
    const path = tidy(absolute(process, wanted));
    return [path.slice(0, path.lastIndexOf("/"))];
  }
  const local = wanted.startsWith(module.path)
    ? module.root + wanted.slice(module.path.length)
    : /^\.{1,2}(\/|$)|^\//.test(wanted)
      ? absolute(process, wanted)
      : undefined;
  if (local === undefined) {
    if (wanted.includes("@") || wanted.includes(".")) {
      process.machine.assumed.push(`go:${wanted}`);
      if (process.machine.request.assume !== true)
        throw new GoFailure(`go: ${wanted}: dial tcp: lookup of the module proxy: no such host`);
      return [];
    }
    throw new GoFailure(`package ${wanted} is not in std (/usr/local/go/src/${wanted})`);
  }
  const folder = tidy(local.replace(/\/?\.\.\.$/, "") || "/");
  if (!local.endsWith("...")) {
    if (statType(process, folder) !== "dir") throw new GoFailure(`stat ${folder}: directory not found`);
    return [folder];
  }
  const all = new Set(sources.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
  return [...all]
    .filter((one) => one === folder || one.startsWith(folder === "/" ? "/" : `${folder}/`))
    .sort();
}

function tidy(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return "/" + parts.join("/");
}

function importPath(module: Module, folder: string): string {
  const below = module.root === "/" ? folder : folder.slice(module.root.length);
  return module.path + (below === "/" ? "" : below);
}

function base(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function shown(process: Process, path: string): string {
  const cwd = decodeText(process.cwd);
  return path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}

/** Everything that another program would come of: sources, module files, flags, the variables that go reads. */
function seedOf(process: Process, module: Module, sources: readonly GoFile[], flags: Flags): string {
  const variables = [
    "CGO_ENABLED",
    "GOOS",
    "GOARCH",
    "GOAMD64",
    "GOFLAGS",
    "GOLANG_VERSION",
    "GOEXPERIMENT",
  ].map((name) => `${name}=${decodeText(process.env.get(name) ?? "")}`);
  const settings = [...flags.values]
    .filter(([name]) => name !== "o")
    .map(([name, value]) => `${name}=${value}`);
  const embedded = sources
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^\/\/go:embed\s+(.+)$/gm)].flatMap(([, names = ""]) =>
        names.split(/\s+/).map((name) => `${path.slice(0, path.lastIndexOf("/"))}/${name}`),
      ),
    )
    .map((path) => readText(process, path) ?? path);
  const text = [
    module.path,
    /^go\s+\S+/m.exec(module.text)?.[0] ?? "",
    ...module.requires.map(({ path, version }) => `${path}@${version}`),
    ...variables,
    ...settings,
    ...sources
      .filter(({ path }) => !path.endsWith("_test.go"))
      .flatMap(({ path, text: source }) => [path, source]),
    ...embedded,
  ].join("\0");
  return hash(text);
}

/** A short name for a text: two independent 32-bit FNV sums. Not against attackers: it only tells builds of one lesson apart. */
export function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01234567;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + i), 0x85ebca6b);
  }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}
