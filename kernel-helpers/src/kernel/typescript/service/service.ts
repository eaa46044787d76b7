/** Answers the kernel's requests about TypeScript. */

import { CellProgram } from "./cell-program";
import { completeAt } from "./complete";
import { hostPaths, type HostPaths } from "./host";
import { inspectAt } from "./inspect";
import { isComplete } from "./is-complete";
import type { ServiceRequest } from "./protocol";

export class Service {
  private readonly cells: CellProgram;

  /** Slow: reads and binds all libraries. *paths* defaults to where this package is installed. */
  constructor(packageDirectory: string, paths: HostPaths = hostPaths()) {
    this.cells = new CellProgram(paths, packageDirectory);
  }

  answer(request: ServiceRequest): unknown {
    switch (request.method) {
      case "open":
        this.cells.open(request.directory, request.packageDirectory);
        return {};
      case "compile":
        return this.cells.compile(request.code, request.cell, request.transient);
      case "forget":
        this.cells.forget(request.cell, request.names);
        return {};
      case "complete":
        return this.cells.withSource(request.code, (program, file) =>
          completeAt(program, file, request.offset),
        );
      case "inspect":
        return this.cells.withSource(request.code, (program, file) =>
          inspectAt(program, file, request.offset),
        );
      case "isComplete":
        return isComplete(request.code);
    }
  }
}
