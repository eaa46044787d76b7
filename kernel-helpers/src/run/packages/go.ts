/** `go`: version, env, mod, build, install, test, vet. */

import { assume, type Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { absolute, decodeText, encodeText } from "./files";
import { build, test } from "./go-build";
import { GoFailure, modCache, moduleOf, mod, download } from "./go-module";

/** `go`; its failures end it with their lines. */
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
