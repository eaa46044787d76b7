/** Everything about TypeScript cells, made when the first of them comes. */

import type { Iopub } from "../output/iopub";
import { captureChildren } from "../output/child-output";
import type { Control } from "../protocol/control";
import { COMPILER } from "../protocol/flags";
import type { ErrorContent } from "../protocol/messages";
import type { CellContext } from "../session/cell-context";
import { currentCell } from "../session/cell-context";
import type { Comms } from "../session/comms";
import { createGlobals } from "../session/globals";
import { whereDefined } from "../session/notebook-file";
import type { NotebookSession } from "../session/notebook-session";
import { TypeScriptClient } from "./client";
import { thrownError } from "./errors";
import { installStackTranslation } from "./positions";
import { TypeScriptCells } from "./run-cell";
import { loadTslab } from "./tslab";

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
    captureChildren();
    return new TypeScriptCells({
      directory: host.session.directory,
      flags: host.flags,
      client: this.client,
      globals: createGlobals({ iopub: host.iopub, control: host.control, lazy: (name) => this.lazy(name) }),
      special: (id) => (id === "tslab" ? this.tslab() : undefined),
      hunt: () => host.control().hunt(),
      attend: () => host.iopub.flushAll(),
      whereDefined: (name) => whereDefined(name, host.session.directory, process.env.JPY_SESSION_NAME),
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
    void name;
    return undefined;
  }
}
