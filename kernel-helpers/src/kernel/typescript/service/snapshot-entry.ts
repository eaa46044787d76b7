/**
 * The one script from which node makes a start-up snapshot of the TypeScript process, libraries read and checker warm:
 * `node --snapshot-blob B --build-snapshot SCRIPT SERVICE_FOLDER PACKAGE_DIRECTORY slim|full TYPESCRIPT_LIB TYPES COMPILER` (snapshot.ts).
 * A snapshot script is no module and may load only built-in ones: it brings a loader of its own for the service and the compiler.
 */
/* eslint-disable @typescript-eslint/no-require-imports -- see above */
{
  const { readFileSync } = require("node:fs") as typeof import("node:fs");
  const path = require("node:path") as typeof import("node:path");
  const { startupSnapshot } = require("node:v8") as typeof import("node:v8");
  const { runInThisContext } = require("node:vm") as typeof import("node:vm");

  /** Built-in modules that the compiler only tries: they would not survive in a snapshot. */
  const without = new Set(["source-map-support", "perf_hooks", "inspector"]);
  const [, , here = "", packageDirectory = "", kind = "", libraries = "", types = "", compiler = ""] =
    process.argv;
  const loaded = new Map<string, { exports: unknown }>();

  const load = (file: string): unknown => {
    const before = loaded.get(file);
    if (before !== undefined) return before.exports;
    const module = { exports: {} as unknown };
    loaded.set(file, module);
    const folder = path.dirname(file);
    const requireFrom = (id: string): unknown => {
      if (id === "typescript") return load(compiler);
      if (id.startsWith(".")) return load(path.join(folder, `${id}.js`));
      if (without.has(id)) throw new Error(`${id} is left out of a snapshot`);
      return require(id) as unknown;
    };
    const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`;
    const run = runInThisContext(text, { filename: file }) as (...all: unknown[]) => void;
    // `main` is nobody: what is loaded here is not the program that was started.
    run.call(
      module.exports,
      module.exports,
      Object.assign(requireFrom, { main: undefined }),
      module,
      file,
      folder,
    );
    return module.exports;
  };

  const { Service } = load(path.join(here, "service.js")) as typeof import("./service");
  const { serve } = load(path.join(here, "main.js")) as typeof import("./main");
  const service = new Service(packageDirectory, kind === "full", { libraries, types });
  startupSnapshot.setDeserializeMainFunction(() => serve(service));
}
