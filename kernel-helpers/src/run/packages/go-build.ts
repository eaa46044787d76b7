/** `go build`, `install`, `test`. Programs are not compiled: an output has a simulated size and is another one when what it is made from is. */

import type { Process, Task } from "../machine/process";
import { decodeText, encodeText, exists, knownSize, makeFolder, readText, writeFile } from "./files";
import { GoFailure, homeOf, type Module, moduleOf, download } from "./go-module";
import { type GoFile, goFiles, statType, foldersOf, importPath, base } from "./go-sources";
import { hash } from "./text-hash";

/** Simulated sizes in bytes: a program that only prints, with and without the tables that `-s -w` leaves out; the build cache of the standard library. */
const PROGRAM = 2_200_000;

const STRIPPED = 1_500_000;

const CACHE = 62_000_000;

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

/** `go build` and `go install`; answers the exit code. */
export function* build(process: Process, verb: "build" | "install", args: readonly string[]): Task<number> {
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

/** `go test`: no test runs, all count as passed. */
export function* test(process: Process, args: readonly string[]): Task<number> {
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
