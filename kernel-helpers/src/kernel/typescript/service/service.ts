/** Answers the kernel's requests about TypeScript. */

import { CellProgram } from "./cell-program";
import { completeAt } from "./complete";
import { hostPaths, type HostPaths } from "./host";
import { inspectAt } from "./inspect";
import { isComplete } from "./is-complete";
import { NODE_NAMES } from "./node-globals";
import type { ServiceRequest } from "./protocol";
import { importsPackages } from "./source";

export class Service {
  private readonly cells: CellProgram;

  /**
   * Slow: reads and binds all libraries. *paths* defaults to where this package is installed. *last*: is there no other service
   * that could know more? What it does not know is an error then, as with *full*.
   */
  constructor(
    packageDirectory: string,
    full: boolean,
    paths: HostPaths = hostPaths(),
    private readonly last = full,
  ) {
    this.cells = new CellProgram(paths, packageDirectory, full, last);
  }

  /** Without Node's declarations: is the place about Node, or the cell about packages? */
  private isUnsure(code: string, offset: number): boolean {
    if (this.last) return false;
    const before = /[\w$.]*$/.exec(code.slice(0, offset))?.[0] ?? "";
    const root = before.split(".")[0] as string;
    const partial =
      !before.includes(".") && root !== "" && [...NODE_NAMES].some((name) => name.startsWith(root));
    return NODE_NAMES.has(root) || partial || importsPackages(code);
  }

  answer(request: ServiceRequest): unknown {
    switch (request.method) {
      case "open":
        this.cells.open(request.directory, request.packageDirectory);
        return {};
      case "compile":
        return this.cells.compile(request.code, request.cell, request.transient, request.replay);
      case "forget":
        this.cells.forget(request.cell, request.names);
        return {};
      case "complete":
        if (this.isUnsure(request.code, request.offset)) return { unsure: true };
        return this.cells.withSource(request.code, (program, file) =>
          completeAt(program, file, request.offset),
        );
      case "inspect":
        if (this.isUnsure(request.code, request.offset)) return { unsure: true };
        return this.cells.withSource(request.code, (program, file) =>
          inspectAt(program, file, request.offset),
        );
      case "isComplete":
        return isComplete(request.code);
    }
  }
}
