/** Files of the learner that TypeScript cells import: compiled by the service, run in the worker. Nothing else can be imported in a browser. */

import { rememberSource } from "../../kernel/typescript/positions";
import type { CompiledModule } from "../../kernel/typescript/service/protocol";
import { FLAGS, RUNTIME } from "../../kernel/typescript/service/transform-names";
import { posixPaths } from "./posix";

interface OwnModule {
  readonly compiled: CompiledModule;
  loaded?: { exports: unknown };
}

export class OwnModules {
  private readonly own = new Map<string, OwnModule>();

  /** *special* replaces some names; *runtime* and *flags* are given to every module. */
  constructor(
    private readonly special: (id: string) => unknown,
    private readonly runtime: object,
    private readonly flags: Int32Array,
  ) {}

  /** Takes new versions of the learner's files. Modules that use a changed one are loaded again too. */
  update(modules: readonly CompiledModule[], readSource: (path: string) => string): void {
    if (modules.length === 0) return;
    for (const compiled of modules) {
      this.own.set(compiled.path, { compiled });
      rememberSource(compiled.path, readSource(compiled.path), compiled.map, compiled.js);
    }
    for (const module of this.own.values()) delete module.loaded;
  }

  /** What `require(id)` gives in the folder *from*. Throws LB_NO_MODULE. */
  require(id: string, from: string): unknown {
    const special = this.special(id);
    if (special !== undefined) return special;
    const path = /^\.{0,2}\//.test(id) ? this.pathOf(posixPaths.resolve(from, id)) : undefined;
    if (path !== undefined) return this.load(path);
    throw Object.assign(new Error(noModule(id)), { code: "LB_NO_MODULE" });
  }

  /** What `import(id)` gives in the folder *from*. */
  async import(id: string, from: string): Promise<unknown> {
    const loaded = (await Promise.resolve().then(() => this.require(id, from))) as { __esModule?: boolean };
    const isModule = typeof loaded === "object" && loaded !== null && loaded.__esModule === true;
    return isModule ? loaded : { ...loaded, default: loaded };
  }

  private pathOf(path: string): string | undefined {
    const bare = path.replace(/\.[cm]?js$/, "");
    return [path, `${path}.ts`, `${path}.tsx`, `${bare}.ts`, `${bare}.tsx`, `${path}/index.ts`].find((one) =>
      this.own.has(one),
    );
  }

  private load(path: string): unknown {
    const module = this.own.get(path) as OwnModule;
    if (module.loaded !== undefined) return module.loaded.exports;
    const loaded = { exports: {} as unknown };
    module.loaded = loaded;
    const from = posixPaths.dirname(path);
    const names = ["exports", "require", "module", "__filename", "__dirname", RUNTIME, FLAGS];
    const runtime = Object.assign(Object.create(this.runtime) as object, {
      import: (id: string) => this.import(id, from),
      meta: { url: `file://${path}`, filename: path, dirname: from },
    });
    try {
      const source = `(function (${names.join(", ")}) { ${module.compiled.js}\n})\n//# sourceURL=${path}`;
      const run = (0, eval)(source) as (...values: unknown[]) => void;
      const require = (id: string): unknown => this.require(id, from);
      run(loaded.exports, require, loaded, path, from, runtime, this.flags);
    } catch (error) {
      delete module.loaded;
      throw error;
    }
    return loaded.exports;
  }
}

/** Why *id* cannot be imported. */
export function noModule(id: string): string {
  return (
    `브라우저판에서는 "${id}" 모듈을 불러올 수 없습니다. "layerbook"과 이 노트북 폴더의 .ts 파일만 쓸 수 있습니다. ` +
    `(The browser edition has no module "${id}".)`
  );
}
