/** Runs one notebook from its first cell to its last on a fresh kernel. */

import { createHash } from "node:crypto";
import { basename, dirname, relative, sep } from "node:path";

import type { Kernel, KernelManager, Session, SessionManager } from "@jupyterlab/services";

import { executeCell, type Execution, type ExecutionStatus } from "./execute-cell";
import { hasTag, NotebookError, type CodeCell, type Notebook, type Output } from "./format";
import type { JupyterServer } from "./server";

/** Further outcomes of a cell: `expected-error`, `no-error` (one was expected), `skipped`, `empty`, `not-run`. */
export type CellStatus = ExecutionStatus | "expected-error" | "no-error" | "skipped" | "empty" | "not-run";

export interface CellResult {
  /** 0-based among all cells. */
  readonly index: number;
  readonly id: string;
  /** First line of its source. */
  readonly title: string;
  readonly status: CellStatus;
  readonly count: number | null;
  readonly milliseconds: number;
  readonly error?: Execution["error"];
}

export interface RunResult {
  readonly file: string;
  readonly kernel: string;
  /** Code cells only. */
  readonly cells: readonly CellResult[];
  readonly passed: boolean;
  readonly milliseconds: number;
}

export interface RunOptions {
  /** Name of the kernel. Default: the notebook's own. */
  readonly kernel?: string;
  /** Milliseconds for one cell, 0 = none. */
  readonly timeout: number;
  /** Go on after a failing cell? */
  readonly keepGoing: boolean;
  /** `none` (default): empty predictions stay empty. `solution`: they are filled in, with the right option or what the build does. */
  readonly predictions?: "none" | "solution";
  readonly signal: AbortSignal;
  readonly onCell?: (result: CellResult, done: number, total: number) => void;
}

/** Is the cell as it should be? */
export function isGood(status: CellStatus): boolean {
  return status === "ok" || status === "expected-error" || status === "skipped" || status === "empty";
}

/** The two managers of @jupyterlab/services for one server; `dispose` ends their polling. */
export interface Managers {
  readonly kernels: KernelManager;
  readonly sessions: SessionManager;
  readonly dispose: () => void;
}

/** The library's socket, which in Node is `ws`, with the token in a header: a JupyterHub believes the one in the address only of browsers. */
function socketWithToken(plain: typeof WebSocket, token: string): typeof WebSocket {
  const Socket = plain as unknown as new (
    url: string | URL,
    protocols: string | string[] | undefined,
    options: { readonly headers: Readonly<Record<string, string>> },
  ) => WebSocket;
  return class extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols, { headers: token === "" ? {} : { Authorization: `token ${token}` } });
    }
  } as unknown as typeof WebSocket;
}

/** Connects to *server*. Loads @jupyterlab/services, which takes 0.1 s. */
export async function connect(server: JupyterServer): Promise<Managers> {
  const { KernelManager, ServerConnection, SessionManager } = await import("@jupyterlab/services");
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: server.baseUrl,
    wsUrl: server.baseUrl.replace(/^http/, "ws"),
    token: server.token,
    WebSocket: socketWithToken(ServerConnection.makeSettings().WebSocket, server.token),
  });
  const kernels = new KernelManager({ serverSettings, standby: "never" });
  const sessions = new SessionManager({ kernelManager: kernels, serverSettings, standby: "never" });
  // Disposed before its first answer (every notebook was refused), a manager rejects these; nobody else waits for them.
  for (const { ready } of [kernels, sessions]) ready.catch(() => undefined);
  return {
    kernels,
    sessions,
    dispose: () => {
      sessions.dispose();
      kernels.dispose();
    },
  };
}

/** Executes *notebook* (read from *file*, absolute) and puts the outputs into it. Rejects only when no kernel could be started. */
export async function runNotebook(
  notebook: Notebook,
  file: string,
  server: JupyterServer,
  managers: Managers,
  options: RunOptions,
): Promise<RunResult> {
  const began = performance.now();
  const name = options.kernel ?? notebook.metadata.kernelspec?.name;
  if (!name) {
    throw new NotebookError("LB_NO_KERNEL", file, {
      ko: "노트북에 커널 이름이 없습니다. --kernel로 주세요.",
      en: "the notebook names no kernel; give one with --kernel",
    });
  }
  const session = await startSession(managers, file, name, server);
  const kernel = session.kernel;
  const results: CellResult[] = [];
  try {
    if (!kernel) throw noKernel(file, name, "no kernel in the session");
    await ready(kernel, file, name);
    const codeCells = notebook.cells.flatMap((cell, index) =>
      cell.cell_type === "code" ? [{ cell, index }] : [],
    );
    const displays = new Map<string, Output[]>();
    let previousCount = 0;
    let stopped = false;
    for (const { cell, index } of codeCells) {
      const result = stopped
        ? notRun(cell, index)
        : await runCell(kernel, cell, index, previousCount, displays, options);
      results.push(result);
      previousCount = result.count ?? previousCount;
      options.onCell?.(result, results.length, codeCells.length);
      if (
        !isGood(result.status) &&
        (!options.keepGoing || ["dead", "interrupted", "no-reply"].includes(result.status))
      )
        stopped = true;
    }
    const info = await kernel.info.catch(() => undefined);
    if (info) notebook.metadata.language_info = { ...info.language_info };
  } finally {
    await shutdown(session);
  }
  return {
    file,
    kernel: name,
    cells: results,
    passed: results.every((result) => isGood(result.status)),
    milliseconds: performance.now() - began,
  };
}

async function runCell(
  kernel: Kernel.IKernelConnection,
  cell: CodeCell,
  index: number,
  previousCount: number,
  displays: Map<string, Output[]>,
  options: RunOptions,
): Promise<CellResult> {
  const title = cell.source.split("\n").find((line) => line.trim() !== "") ?? "";
  const plain = { index, id: cell.id, title, count: null, milliseconds: 0 };
  if (hasTag(cell, "skip-execution")) return { ...plain, status: "skipped" };
  if (cell.source.trim() === "") {
    cell.outputs = [];
    cell.execution_count = null;
    return { ...plain, status: "empty" };
  }
  const execution = await executeCell(kernel, cell.source, {
    timeout: options.timeout,
    signal: options.signal,
    previousCount,
    displays,
    metadata: {
      cellId: cell.id,
      ...(hasTag(cell, "predict") ? { tags: ["predict"] } : {}),
      layerbook: { predictions: options.predictions ?? "none" },
    },
  });
  cell.outputs = execution.outputs;
  cell.execution_count = execution.count;
  markExecuted(cell);
  const expected = hasTag(cell, "raises-exception");
  const status: CellStatus = !expected
    ? execution.status
    : execution.status === "error"
      ? "expected-error"
      : execution.status === "ok"
        ? "no-error"
        : execution.status;
  return {
    ...plain,
    status,
    count: execution.count,
    milliseconds: execution.milliseconds,
    error: execution.error,
  };
}

function notRun(cell: CodeCell, index: number): CellResult {
  if (!hasTag(cell, "skip-execution")) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  return {
    index,
    id: cell.id,
    title: cell.source.split("\n")[0] ?? "",
    status: "not-run",
    count: null,
    milliseconds: 0,
  };
}

/** What of a source its outputs belong to: 16 hex digits. */
export function sourceMark(source: string): string {
  return createHash("sha256").update(source).digest("hex").slice(0, 16);
}

/** Remembers in the cell which source its outputs came from, so that a later edit shows. */
export function markExecuted(cell: CodeCell): void {
  const own = cell.metadata["layerbook"];
  cell.metadata["layerbook"] = {
    ...(typeof own === "object" && own !== null ? own : {}),
    executed: sourceMark(cell.source),
  };
}

async function startSession(
  managers: Managers,
  file: string,
  name: string,
  server: JupyterServer,
): Promise<Session.ISessionConnection> {
  // On somebody's server a session of the notebook's own path would be the kernel they are working with.
  const path =
    server.root === undefined
      ? `${basename(file)}-run-${process.pid}-${Date.now()}`
      : relative(server.root, file).split(sep).join("/");
  try {
    const session = await managers.sessions.startNew({
      path,
      name: basename(file),
      type: "notebook",
      kernel: { name },
    });
    if (session.kernel) withoutLateErrors(session.kernel);
    return session;
  } catch (error) {
    throw noKernel(dirname(file) === "" ? file : file, name, (error as Error).message);
  }
}

/**
 * The library connects by itself to a kernel that died and was started again; when the connection is closed meanwhile, nobody waits for
 * its error, and the process would end with it. That the kernel died is told by its status.
 */
function withoutLateErrors(kernel: Kernel.IKernelConnection): void {
  const reconnect = kernel.reconnect.bind(kernel);
  kernel.reconnect = () => reconnect().catch(() => undefined);
}

/** A kernel that has not said what it is by then will not. */
const START_MS = 60_000;

/** Resolves when *kernel* answers. Rejects with LB_NO_KERNEL when it dies instead, or says nothing. */
async function ready(kernel: Kernel.IKernelConnection, file: string, name: string): Promise<void> {
  let give = (): void => undefined;
  const failed = new Promise<never>((_, reject) => {
    const fail = (reason: string): void => reject(noKernel(file, name, reason));
    const timer = setTimeout(() => fail(`no answer within ${START_MS / 1000} s`), START_MS);
    const look = (): void => {
      if (kernel.status === "dead" || kernel.status === "autorestarting") fail("it ended at its start");
    };
    kernel.statusChanged.connect(look);
    look();
    give = () => {
      clearTimeout(timer);
      kernel.statusChanged.disconnect(look);
    };
  });
  try {
    await Promise.race([kernel.info, failed]);
  } finally {
    give();
  }
}

function noKernel(file: string, name: string, reason: string): NotebookError {
  return new NotebookError("LB_NO_KERNEL", file, {
    ko: `커널 \`${name}\`을(를) 시작하지 못했습니다: ${reason}`,
    en: `the kernel "${name}" could not be started: ${reason}`,
  });
}

async function shutdown(session: Session.ISessionConnection): Promise<void> {
  await Promise.race([
    session.shutdown().catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, 5000).unref()),
  ]);
  session.dispose();
}
