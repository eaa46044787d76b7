/** Everything about TypeScript cells, made when the first of them comes. */

import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { BuildResult, Lab } from "../../lab";
import type { Iopub } from "../output/iopub";
import { captureChildren } from "../output/child-output";
import { addRenderer } from "../output/mime";
import type { Control } from "../protocol/control";
import { COMPILER } from "../protocol/flags";
import type { ErrorContent } from "../protocol/messages";
import type { CellContext } from "../session/cell-context";
import { currentCell } from "../session/cell-context";
import type { Comms } from "../session/comms";
import { loadCore } from "../session/core";
import { createGlobals } from "../session/globals";
import { whatToRunFirst } from "../session/missing";
import { whereDefined } from "../session/notebook-file";
import type { NotebookSession } from "../session/notebook-session";
import { TypeScriptClient } from "./client";
import { thrownError } from "./errors";
import { installStackTranslation } from "./positions";
import { TypeScriptCells } from "./run-cell";
import { loadTslab } from "./tslab";

/** Is it what `lab.build()` answers? */
function isBuildResult(value: object): value is BuildResult {
  const { table, progress, steps } = value as Partial<BuildResult>;
  return typeof table === "function" && typeof progress === "function" && Array.isArray(steps);
}

/**
 * A regular expression that backtracks without end goes on in V8's other engine, which takes time in proportion to the text: after an
 * `await` nothing could interrupt it. Expressions that this engine does not know (lookaround, back references) stay as they are.
 */
function boundRegularExpressions(): void {
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
}

/** What this part needs of the kernel. */
export interface PartHost {
  readonly packageDirectory: string;
  readonly flags: Int32Array;
  readonly session: NotebookSession;
  readonly iopub: Iopub;
  readonly control: () => Control;
  readonly comms: Comms;
}

export class TypeScriptPart {
  /** The compiler's process. It starts with the first request. */
  readonly client: TypeScriptClient;
  private made: TypeScriptCells | undefined;
  private exports: Record<string, unknown> | undefined;
  private lab: Lab | undefined;

  constructor(private readonly host: PartHost) {
    this.client = new TypeScriptClient(host.session.directory, host.packageDirectory, (pid) =>
      Atomics.store(host.flags, COMPILER, pid ?? 0),
    );
  }

  get cells(): TypeScriptCells {
    this.made ??= this.make();
    return this.made;
  }

  /** What was thrown, as an error message. */
  describe(error: unknown, context: CellContext): ErrorContent {
    return this.made?.describe(error, context) ?? thrownError(error, () => undefined);
  }

  close(): void {
    this.client.stop();
  }

  private make(): TypeScriptCells {
    const { host } = this;
    installStackTranslation();
    boundRegularExpressions();
    captureChildren();
    addRenderer((value) => (isBuildResult(value) ? loadCore().renderBundle(value) : undefined));
    return new TypeScriptCells({
      directory: host.session.directory,
      flags: host.flags,
      client: this.client,
      globals: createGlobals({ iopub: host.iopub, control: host.control, lazy: (name) => this.lazy(name) }),
      special: (id) => (id === "tslab" ? this.tslab() : id === "layerbook" ? this.ownPackage() : undefined),
      prepare: async (code) => {
        // Opening is asynchronous, a name in scope is not: the Lab is opened before a cell that speaks of it.
        if (/\blab\b/.test(code)) this.lab = await host.session.lab();
      },
      hunt: () => host.control().hunt(),
      attend: () => host.iopub.flushAll(),
      whatToRunFirst: (message) => whatToRunFirst(message, host.session),
      whereDefined: (name) => whereDefined(name, host.session.notebookText()),
    });
  }

  private tslab(): unknown {
    return loadTslab(({ data, metadata, transient }, update) => {
      const cell = currentCell();
      if (cell?.silent === true) return;
      this.host.iopub.display(data, cell?.parent ?? {}, {
        metadata: metadata as Record<string, unknown>,
        displayId: transient.display_id,
        update,
      });
    });
  }

  /** `lab`, or an export of the package: loaded when a cell first names one. */
  private lazy(name: string): unknown {
    if (name === "lab") return this.lab;
    const exports = this.ownPackage();
    if (name in exports) return exports[name];
    // What the type check lets through can still be missing: a declared name without a value.
    throw new ReferenceError(`${name} is not defined`);
  }

  private ownPackage(): Record<string, unknown> {
    this.exports ??= createRequire(__filename)("layerbook") as Record<string, unknown>;
    return this.exports;
  }
}
