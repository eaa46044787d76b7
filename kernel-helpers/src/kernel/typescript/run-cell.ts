/** Runs TypeScript cells: compiles each through the service, runs it in this process, keeps its names for later cells. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v8 from "node:v8";
import * as vm from "node:vm";
import { FLAG, HUNT, IN_SCRIPT, STOP, TICK } from "../protocol/flags";
import { toMimeBundle } from "../output/mime";
import { type CellContext, isStopped } from "../session/cell-context";
import { Interrupted, INTERRUPTED, type Outcome } from "../session/outcome";
import { ServiceLost, type TypeScriptClient } from "./client";
import { compilerError, thrownError } from "./errors";
import { CellModules, importMeta } from "./modules";
import { cellScriptName, rememberSource } from "./positions";
import type { CompileReply } from "./service/protocol";
import { FLAGS, RUNTIME, SCOPE } from "./service/transform-names";

/** Thrown into a loop before the heap overflows: an overflow would end the process. */
export class OutOfMemory extends Error {
  override readonly name = "OutOfMemoryError";
  readonly code = "LB_OUT_OF_MEMORY";
}

/** Part of the old generation's limit at which a loop is stopped. */
const MEMORY_SHARE = 0.85;
/** Bytes of V8's limit that are for new objects only: 48 MB up to Node 20, 96 MB in Node 26. It cannot be asked. */
const YOUNG_GENERATION = 96 * 2 ** 20;

/** What cells need of the kernel. */
export interface CellHost {
  readonly directory: string;
  readonly flags: Int32Array;
  readonly client: TypeScriptClient;
  /** Names that every cell sees: the kernel's functions and `lab`. Read when they are used. */
  readonly globals: object;
  /** A module given instead of the one found by resolution; undefined for others. */
  special(id: string): unknown;
  /** Called before a cell runs. */
  prepare(code: string): Promise<void>;
  /** Goes on looking for background work of stopped cells. */
  hunt(): void;
  /** Called from time to time while a cell is busy: text may be sent. */
  attend(): void;
  /** Which cell of the notebook defines *name*, as a sentence; undefined when that is not known. */
  whereDefined(name: string): string | undefined;
  /** Which cell makes the file or image that an error's *message* misses, as a sentence. */
  whatToRunFirst(message: string): string | undefined;
}

/** What a compiled cell sees as `__lb`. */
interface CellRuntime {
  define(accessors: object): void;
  attend(): void;
  /** Gives back what was awaited, unless the cell is to stop. */
  pass(value: unknown): unknown;
  import(id: string): Promise<unknown>;
  readonly meta: object;
  result: unknown;
}

interface Defined {
  readonly name: string;
  readonly before: PropertyDescriptor | undefined;
}

export class TypeScriptCells {
  /** Values of all cells' names, and behind them the kernel's. */
  private readonly scope: object;
  private readonly modules: CellModules;
  private cells = 0;

  constructor(private readonly host: CellHost) {
    this.scope = Object.create(host.globals) as object;
    const attend = (): void => this.attend();
    this.modules = new CellModules(
      host.directory,
      new Set(["layerbook", "tslab"]),
      (id) => host.special(id),
      () => ({
        runtime: {
          attend,
          pass: (value: unknown) => {
            if (Atomics.load(host.flags, FLAG) !== 0) attend();
            return value;
          },
        },
        flags: host.flags,
      }),
    );
  }

  /** Runs a cell. Resolves with how it ended; never rejects. */
  async run(code: string, context: CellContext): Promise<Outcome> {
    const cell = ++this.cells;
    try {
      const compiled = await this.compile(code, cell, context, false);
      if (!compiled.ok) {
        return {
          error: compilerError(compiled.diagnostics, code, context.count, (name) =>
            this.host.whereDefined(name),
          ),
        };
      }
      await orInterrupted(this.host.prepare(code), context.signal);
      const result = await this.execute(compiled, code, cell, context);
      return result === undefined ? {} : { result: await toMimeBundle(result) };
    } catch (error) {
      return { error: this.describe(error, context) };
    }
  }

  /** The value of an expression, for user_expressions. Throws what the expression throws, and compiler findings as an Error. */
  async evaluate(expression: string, context: CellContext): Promise<unknown> {
    const cell = ++this.cells;
    const compiled = await this.compile(`(${expression}\n)`, cell, context, true);
    if (!compiled.ok) {
      const [first] = compiled.diagnostics;
      throw Object.assign(new Error(first?.message ?? "not an expression"), { name: "TypeScriptError" });
    }
    return this.execute(compiled, expression, cell, context);
  }

  /** What was thrown, as an error message. */
  describe(error: unknown, context: CellContext): NonNullable<Outcome["error"]> {
    if (context.signal.aborted || error instanceof Interrupted || isSigint(error)) return INTERRUPTED;
    return thrownError(
      error,
      (name) => this.host.whereDefined(name),
      (message) => this.host.whatToRunFirst(message),
    );
  }

  private async compile(
    code: string,
    cell: number,
    context: CellContext,
    transient: boolean,
  ): Promise<CompileReply> {
    const { client } = this.host;
    try {
      return (await orInterrupted(
        client.ask({ method: "compile", code, cell, transient }),
        context.signal,
      )) as CompileReply;
    } catch (error) {
      // A check that does not come to an end is stopped with the process; the next cell starts a new one.
      if (error instanceof Interrupted) client.stop();
      if (error instanceof ServiceLost && !context.signal.aborted) {
        throw new Error(
          "TypeScript를 검사하던 프로세스가 꺼졌습니다. 셀을 다시 실행해 보세요. (The TypeScript process has ended.)",
        );
      }
      throw error;
    }
  }

  private async execute(
    compiled: CompileReply & { ok: true },
    code: string,
    cell: number,
    context: CellContext,
  ): Promise<unknown> {
    const { host } = this;
    const defined: Defined[] = [];
    const filename = cellScriptName(context.count);
    rememberSource(filename, code, compiled.map, compiled.js);
    this.modules.update(compiled.modules, (path) => readFileSync(path, "utf8"));
    const runtime: CellRuntime = {
      define: (accessors) => this.define(accessors, defined),
      attend: () => this.attend(),
      pass: (value) => {
        if (Atomics.load(host.flags, FLAG) !== 0) this.attend();
        return value;
      },
      import: (id) => this.modules.importFrom(id, host.directory),
      meta: importMeta(join(host.directory, "cell.ts")),
      result: undefined,
    };
    try {
      const returned = this.runScript(compiled, filename, runtime);
      if (compiled.async) await orInterrupted(returned as Promise<unknown>, context.signal);
      // The last value of a cell is awaited: `lab.build()` shows its result with or without `await`.
      const { result } = runtime;
      return result instanceof Promise ? await orInterrupted(result, context.signal) : result;
    } catch (error) {
      this.restoreUnset(defined, cell);
      throw error;
    }
  }

  private runScript(compiled: CompileReply & { ok: true }, filename: string, runtime: CellRuntime): unknown {
    const { host } = this;
    const module = { exports: {} };
    const names = ["exports", "require", "module", "__filename", "__dirname", RUNTIME, SCOPE, FLAGS];
    const values = [
      module.exports,
      this.modules.requireFrom(host.directory),
      module,
      join(host.directory, filename),
      host.directory,
      runtime,
      this.scope,
      host.flags,
    ];
    // The call is part of the script: only what runs inside it can be stopped by SIGINT.
    const source = `(${compiled.async ? "async " : ""}function __lb_cell(${names.join(", ")}) { ${compiled.js}\n})(...globalThis[Symbol.for("layerbook.cell")])`;
    const holder = globalThis as unknown as Record<symbol, unknown>;
    const slot = Symbol.for("layerbook.cell");
    const script = new vm.Script(source, { filename });
    holder[slot] = values;
    Atomics.store(host.flags, IN_SCRIPT, 1);
    try {
      return script.runInThisContext({ breakOnSigint: true, displayErrors: false });
    } finally {
      Atomics.store(host.flags, IN_SCRIPT, 0);
      delete holder[slot];
    }
  }

  /** Puts a cell's names into the scope: from now on, before its first statement, they are what later code finds. */
  private define(accessors: object, defined: Defined[]): void {
    const descriptors = Object.getOwnPropertyDescriptors(accessors);
    for (const name of Object.keys(descriptors)) {
      defined.push({ name, before: Object.getOwnPropertyDescriptor(this.scope, name) });
    }
    Object.defineProperties(this.scope, descriptors);
  }

  /** After a failure: names that got no value mean again what they meant before the cell. */
  private restoreUnset(defined: readonly Defined[], cell: number): void {
    const unset: string[] = [];
    for (const { name, before } of defined) {
      try {
        void (this.scope as Record<string, unknown>)[name];
      } catch {
        unset.push(name);
        if (before === undefined) delete (this.scope as Record<string, unknown>)[name];
        else Object.defineProperty(this.scope, name, before);
      }
    }
    if (unset.length > 0)
      void this.host.client.ask({ method: "forget", cell, names: unset }).catch(() => undefined);
  }

  /** Called by loops and functions of cells when a flag is up. */
  private attend(): void {
    const { flags } = this.host;
    const bits = Atomics.and(flags, FLAG, ~TICK);
    if ((bits & STOP) !== 0) throw new Interrupted("셀 실행을 중단했습니다.");
    if ((bits & HUNT) !== 0 && isStopped()) {
      this.host.hunt();
      throw new Interrupted("중단한 셀이 뒤에서 계속하던 일을 멈췄습니다.");
    }
    if ((bits & TICK) === 0) return;
    this.host.attend();
    const { used_heap_size: used, heap_size_limit: limit } = v8.getHeapStatistics();
    if (used > (limit - YOUNG_GENERATION) * MEMORY_SHARE) {
      const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)}MB`;
      throw new OutOfMemory(
        `메모리가 거의 찼습니다 (${mb(used)} / ${mb(limit)}). 셀을 멈춥니다. 더 작은 자료로 해 보세요. (Out of memory.)`,
      );
    }
  }
}

/** Settles as *promise*, or rejects with Interrupted as soon as *signal* is aborted. */
export function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Interrupted("셀 실행을 중단했습니다."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Was a script stopped by SIGINT? */
function isSigint(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
}
