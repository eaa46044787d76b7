/** TypeScript cells in a worker: the compiler is fetched when the first of them comes, checks as on a desktop, and its code runs here. */

import { compilerError, thrownError } from "../../kernel/typescript/errors";
import { cellScriptName, installStackTranslation, rememberSource } from "../../kernel/typescript/positions";
import type { CompileReply, ServiceRequest } from "../../kernel/typescript/service/protocol";
import { FLAGS, RUNTIME, SCOPE } from "../../kernel/typescript/service/transform-names";
import { whereDefined } from "../../kernel/session/notebook-file";
import type { CellContext } from "../../kernel/session/cell-context";
import type { NotebookSession } from "../../kernel/session/notebook-session";
import { Interrupted, INTERRUPTED, type Outcome } from "../../kernel/session/outcome";
import type { CellOutput } from "../../kernel/magics/types";
import { addRenderer, toMimeBundle } from "../../kernel/output/mime";
import { type BuildResult, Lab, type LabOptions } from "../../lab";
import { codeFrame, parseDockerfile } from "../../dockerfile";
import { convert } from "../../graph";
import { progressText, renderBundle, renderTable } from "../../report";
import { ContextPathError } from "../../build/lab-context";
import { inspect } from "node:util";
import { fetchProgram } from "../files/packed";
import { createGlobals } from "./globals";
import { noModule, OwnModules } from "./own-modules";

/** What the compiler's script puts into the worker. */
interface Compiler {
  /** Made once; slow. */
  create(
    directory: string,
    files: NotebookSession["host"]["files"],
  ): { answer(request: ServiceRequest): unknown };
}

interface Defined {
  readonly name: string;
  readonly before: PropertyDescriptor | undefined;
}

declare function importScripts(url: string): void;

/** What TypeScript cells need of the kernel. */
export interface PartHost {
  readonly session: NotebookSession;
  output(): CellOutput;
  /** The cell that runs. */
  cell(): CellContext | undefined;
  ask(prompt: string, password: boolean): Promise<string>;
}

export class TypeScriptPart {
  private service: Promise<ReturnType<Compiler["create"]>> | undefined;
  private lab: Lab | undefined;
  private exports: Record<string, unknown> | undefined;
  private cells = 0;
  /** Raised by nobody: an endless loop is ended with the worker. The code of cells looks at it all the same. */
  private readonly flags = new Int32Array(8);
  private readonly scope: object;
  private readonly modules: OwnModules;
  private readonly session: NotebookSession;

  constructor(
    private readonly host: PartHost,
    /** Address of the compiler's script. */
    private readonly script: string,
  ) {
    const { session } = host;
    this.session = session;
    const lazy = (name: string): unknown => this.lazy(name);
    this.scope = Object.create(
      createGlobals({
        output: () => host.output(),
        newId: () => session.host.newId(),
        cell: () => host.cell(),
        ask: (prompt, password) => host.ask(prompt, password),
        lazy,
      }),
    ) as object;
    const special = (id: string): unknown => (id === "layerbook" ? this.ownPackage() : undefined);
    this.modules = new OwnModules(special, RUNNING, this.flags);
  }

  /** The compiler's answer, as the desktop kernel's process gives it. */
  async ask(request: ServiceRequest): Promise<unknown> {
    this.service ??= this.load();
    try {
      return (await this.service).answer(request);
    } catch (error) {
      // What could not be fetched is tried again by the next cell.
      if (this.compiler() === undefined) this.service = undefined;
      throw error;
    }
  }

  private compiler(): Compiler | undefined {
    return (globalThis as unknown as { layerbookCompiler?: Compiler }).layerbookCompiler;
  }

  private async load(): Promise<ReturnType<Compiler["create"]>> {
    const program = await fetchProgram(this.script);
    importScripts(program);
    URL.revokeObjectURL(program);
    const compiler = this.compiler() as Compiler;
    const service = compiler.create(this.session.directory, this.session.host.files);
    installStackTranslation();
    addRenderer((value) => (isBuildResult(value) ? renderBundle(value) : undefined));
    this.captureConsole();
    return service;
  }

  /** Runs a cell. Resolves with how it ended. */
  async run(code: string, context: CellContext): Promise<Outcome> {
    try {
      const value = await this.evaluate(code, context, false);
      if (typeof value === "object" && value !== null && FAILED in value)
        return { error: (value as { [FAILED]: Outcome["error"] })[FAILED] };
      return value === undefined ? {} : { result: await toMimeBundle(value) };
    } catch (error) {
      if (context.signal.aborted || error instanceof Interrupted) return { error: INTERRUPTED };
      return { error: this.describe(error) };
    }
  }

  /** Values of user expressions, as the protocol wants them. */
  async expressions(
    given: Readonly<Record<string, string>>,
    context: CellContext,
  ): Promise<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    for (const [name, expression] of Object.entries(given)) {
      try {
        const value = await this.evaluate(`(${expression}\n)`, context, true);
        values[name] = { status: "ok", data: await toMimeBundle(value), metadata: {} };
      } catch (error) {
        values[name] = { status: "error", ...this.describe(error) };
      }
    }
    return values;
  }

  private describe(error: unknown): ReturnType<typeof thrownError> {
    return thrownError(error, (name) => whereDefined(name, this.session.notebookText()));
  }

  private async evaluate(code: string, context: CellContext, transient: boolean): Promise<unknown> {
    const cell = ++this.cells;
    const compiled = (await this.ask({ method: "compile", code, cell, transient })) as CompileReply;
    if (!compiled.ok) {
      const error = compilerError(compiled.diagnostics, code, context.count, (name) =>
        whereDefined(name, this.session.notebookText()),
      );
      const missing = compiled.diagnostics.flatMap(({ code: number, message }) =>
        number === MISSING_MODULE ? (/'([^'./][^']*)'/.exec(message)?.[1] ?? []) : [],
      );
      const hints = missing.map((id) => `  힌트: ${noModule(id)} LB_NO_MODULE`);
      return { [FAILED]: { ...error, traceback: [...error.traceback, ...hints] } };
    }
    if (/\blab\b/.test(code)) this.lab = await orStopped(this.session.lab(), context.signal);
    const defined: Defined[] = [];
    const filename = cellScriptName(context.count);
    rememberSource(filename, code, compiled.map, compiled.js);
    const { files } = this.session.host;
    this.modules.update(compiled.modules, (path) => files.readText(path));
    const { directory } = this.session;
    const runtime = {
      ...RUNNING,
      define: (accessors: object) => this.define(accessors, defined),
      import: (id: string) => this.modules.import(id, directory),
      meta: {},
      result: undefined as unknown,
    };
    const names = ["exports", "require", "module", "__filename", "__dirname", RUNTIME, SCOPE, FLAGS];
    const module = { exports: {} };
    const source = `(${compiled.async ? "async " : ""}function __lb_cell(${names.join(", ")}) { ${compiled.js}\n})\n//# sourceURL=${filename}`;
    try {
      // Indirect, so that the cell sees the worker's global names and none of this file.
      const run = (0, eval)(source) as (...values: unknown[]) => unknown;
      const require = (id: string): unknown => this.modules.require(id, directory);
      const returned = run(
        module.exports,
        require,
        module,
        filename,
        directory,
        runtime,
        this.scope,
        this.flags,
      );
      if (compiled.async) await orStopped(returned as Promise<unknown>, context.signal);
      const { result } = runtime;
      return result instanceof Promise ? await orStopped(result, context.signal) : result;
    } catch (error) {
      await this.restoreUnset(defined, cell);
      throw error;
    }
  }

  private define(accessors: object, defined: Defined[]): void {
    const descriptors = Object.getOwnPropertyDescriptors(accessors);
    for (const name of Object.keys(descriptors))
      defined.push({ name, before: Object.getOwnPropertyDescriptor(this.scope, name) });
    Object.defineProperties(this.scope, descriptors);
  }

  /** After a failure: names that got no value mean again what they meant before the cell. */
  private async restoreUnset(defined: readonly Defined[], cell: number): Promise<void> {
    const scope = this.scope as Record<string, unknown>;
    const unset: string[] = [];
    for (const { name, before } of defined) {
      try {
        void scope[name];
      } catch {
        unset.push(name);
        if (before === undefined) delete scope[name];
        else Object.defineProperty(this.scope, name, before);
      }
    }
    if (unset.length > 0) await this.ask({ method: "forget", cell, names: unset });
  }

  /** `lab`, or an export of the package. */
  private lazy(name: string): unknown {
    if (name === "lab") return this.lab;
    const exports = this.ownPackage();
    if (name in exports) return exports[name];
    throw new ReferenceError(`${name} is not defined`);
  }

  private ownPackage(): Record<string, unknown> {
    const machine = this.session.host.labMachine();
    return (this.exports ??= {
      Lab: { open: (options: LabOptions = {}) => Lab.openOn(machine, options) },
      ContextPathError,
      nodeMachine: () => machine,
      codeFrame,
      parseDockerfile,
      convert,
      renderBundle,
      renderTable,
      progressText,
    });
  }

  private captureConsole(): void {
    const line =
      (name: "stdout" | "stderr") =>
      (...values: unknown[]) =>
        this.host
          .output()
          .stream(
            name,
            values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" ") + "\n",
          );
    for (const name of ["log", "info", "debug"] as const) console[name] = line("stdout");
    for (const name of ["error", "warn"] as const) console[name] = line("stderr");
  }
}

/** What the code of cells and of their modules calls in loops and after waiting: nothing there can be stopped from outside. */
const RUNNING = { attend: () => undefined, pass: (value: unknown) => value };

/** TypeScript's "Cannot find module". */
const MISSING_MODULE = 2307;

/** Settles as *promise*, or rejects with Interrupted as soon as *signal* is aborted. */
function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Interrupted("셀 실행을 중단했습니다."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Marks the error that the compiler found: no value of a cell can have it. */
const FAILED = Symbol("failed");

/** Is it what `lab.build()` answers? */
function isBuildResult(value: object): value is BuildResult {
  const { table, progress, steps } = value as Partial<BuildResult>;
  return typeof table === "function" && typeof progress === "function" && Array.isArray(steps);
}
