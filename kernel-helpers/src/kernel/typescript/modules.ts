/** `require` of cells: the learner's own `.ts` files as compiled by the service, then Node's resolution, then this package's. */

import { createRequire, Module } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as vm from "node:vm";
import { rememberSource } from "./positions";
import type { CompiledModule } from "./service/protocol";
import { FLAGS, RUNTIME } from "./service/transform-names";

interface OwnModule {
  readonly compiled: CompiledModule;
  loaded?: { exports: unknown };
}

/** What compiled code is given besides its module. */
export interface ModuleRuntime {
  readonly runtime: object;
  readonly flags: Int32Array;
}

export class CellModules {
  private readonly own = new Map<string, OwnModule>();
  private readonly native: NodeJS.Require;
  private readonly ofPackage: NodeJS.Require;

  /** *packages* are names found from this package when they are not installed beside the notebook; *special* replaces some. */
  constructor(
    private readonly directory: string,
    private readonly packages: ReadonlySet<string>,
    private readonly special: (id: string) => unknown,
    private readonly runtime: () => ModuleRuntime,
  ) {
    this.native = createRequire(join(directory, "cell.js"));
    this.ofPackage = createRequire(__filename);
  }

  /** Takes new versions of the learner's files. Modules that use a changed one are loaded again too. */
  update(modules: readonly CompiledModule[], readSource: (path: string) => string): void {
    if (modules.length === 0) return;
    for (const compiled of modules) {
      this.own.set(compiled.path, { compiled });
      rememberSource(compiled.path, readSource(compiled.path), compiled.map, compiled.js);
    }
    for (const module of this.own.values()) delete module.loaded;
  }

  /** The `require` that code in *from* (a folder) gets. */
  requireFrom(from: string): NodeJS.Require {
    const native = from === this.directory ? this.native : createRequire(join(from, "cell.js"));
    const load = (id: string): unknown => this.load(id, from, native);
    return Object.assign(load, native) as NodeJS.Require;
  }

  /** `import(id)` of a cell. Modules that only `import` can load (top-level await) load too. */
  async importFrom(id: string, from: string): Promise<unknown> {
    try {
      const loaded = this.requireFrom(from)(id) as { __esModule?: boolean };
      return typeof loaded === "object" &&
        loaded !== null &&
        (loaded.__esModule === true || isNamespace(loaded))
        ? loaded
        : { ...asObject(loaded), default: loaded };
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code !== "ERR_REQUIRE_ASYNC_MODULE" && code !== "ERR_REQUIRE_ESM") throw error;
      const native = createRequire(join(from, "cell.js"));
      return import(pathToFileURL(native.resolve(id)).href);
    }
  }

  private load(id: string, from: string, native: NodeJS.Require): unknown {
    const special = this.special(id);
    if (special !== undefined) return special;
    if (/^\.{0,2}\//.test(id)) {
      const path = this.ownPath(resolve(from, id));
      if (path !== undefined) return this.loadOwn(path);
    }
    try {
      return native(id) as unknown;
    } catch (error) {
      const name = id.split("/")[0] as string;
      const missing = (error as { code?: unknown }).code === "MODULE_NOT_FOUND" && this.packages.has(name);
      if (!missing) throw error;
      return this.ofPackage(id) as unknown;
    }
  }

  private ownPath(path: string): string | undefined {
    const bare = path.replace(/\.[cm]?js$/, "");
    return [path, `${path}.ts`, `${path}.tsx`, `${bare}.ts`, `${bare}.tsx`, join(path, "index.ts")].find(
      (p) => this.own.has(p),
    );
  }

  private loadOwn(path: string): unknown {
    const module = this.own.get(path) as OwnModule;
    if (module.loaded !== undefined) return module.loaded.exports;
    const loaded = new Module(path);
    loaded.filename = path;
    const from = dirname(path);
    module.loaded = loaded;
    const { runtime, flags } = this.runtime();
    const parameters = ["exports", "require", "module", "__filename", "__dirname", RUNTIME, FLAGS];
    try {
      const wrapped = vm.runInThisContext(
        `(function (${parameters.join(", ")}) { ${module.compiled.js}\n})`,
        { filename: path },
      ) as (...all: unknown[]) => void;
      const own = Object.assign(Object.create(runtime) as object, {
        import: (id: string) => this.importFrom(id, from),
        meta: importMeta(path),
      });
      wrapped.call(loaded.exports, loaded.exports, this.requireFrom(from), loaded, path, from, own, flags);
    } catch (error) {
      delete module.loaded;
      throw error;
    }
    return loaded.exports;
  }
}

/** `import.meta` of a file. */
export function importMeta(path: string): object {
  return { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
}

function isNamespace(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object Module]";
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
