/** Executes one cell and says honestly what became of it. */

import type { Kernel, KernelMessage } from "@jupyterlab/services";

import type { Output } from "./format";
import { OutputCollector } from "./outputs";

/**
 * `ok`; `error`; `aborted`; `timeout`; `interrupted`; `dead` (the kernel ended or restarted); `no-reply`, `no-idle` (the kernel
 * answered only half: outputs may be lost); `not-counted` (it said ok, but its counter did not move).
 */
export type ExecutionStatus =
  "ok" | "error" | "aborted" | "timeout" | "interrupted" | "dead" | "no-reply" | "no-idle" | "not-counted";

export interface Execution {
  readonly status: ExecutionStatus;
  readonly outputs: Output[];
  readonly count: number | null;
  readonly milliseconds: number;
  readonly error?: { readonly name: string; readonly message: string; readonly line?: number };
}

export interface ExecuteOptions {
  /** Milliseconds; 0 = none. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** The kernel's counter after the cell before. */
  readonly previousCount: number;
  readonly displays: Map<string, Output[]>;
  /** Metadata of the request: the cell's own, as JupyterLab sends it. */
  readonly metadata?: Parameters<Kernel.IKernelConnection["requestExecute"]>[2];
}

/** How long idle may come after the reply, and how long an interrupt may take. */
const GRACE_MS = 5000;

/** Runs *source* on *kernel*. Never rejects for what a cell does. */
export async function executeCell(
  kernel: Kernel.IKernelConnection,
  source: string,
  options: ExecuteOptions,
): Promise<Execution> {
  const began = performance.now();
  const collector = new OutputCollector(options.displays);
  const future = kernel.requestExecute(
    { code: source, store_history: true, allow_stdin: false, stop_on_error: true, silent: false },
    false,
    options.metadata,
  );
  let idle = false;
  let reply: KernelMessage.IExecuteReplyMsg["content"] | undefined;
  future.onIOPub = (message) => {
    if (message.header.msg_type === "status") {
      idle ||= (message.content as { execution_state?: string }).execution_state === "idle";
    } else collector.take(message as { header: { msg_type: string }; content: Record<string, unknown> });
  };
  future.onReply = (message) => {
    reply = message.content;
  };

  const done = future.done.then(
    () => "done" as const,
    () => "done" as const,
  );
  const watch = new Watch();
  const dead = new Promise<"dead">((resolve) => {
    const check = (_: unknown, status: string): void => {
      if (status === "dead" || status === "restarting" || status === "autorestarting") resolve("dead");
    };
    kernel.statusChanged.connect(check);
    watch.onStop(() => kernel.statusChanged.disconnect(check));
    if (kernel.status === "dead") resolve("dead");
  });
  const timeout =
    options.timeout > 0 ? watch.after(options.timeout, "timeout" as const) : new Promise<never>(() => {});
  const interrupted = new Promise<"interrupted">((resolve) => {
    if (options.signal.aborted) resolve("interrupted");
    const stop = (): void => resolve("interrupted");
    options.signal.addEventListener("abort", stop);
    watch.onStop(() => options.signal.removeEventListener("abort", stop));
  });
  // `done` waits for reply and idle; a kernel that loses idle would keep us for ever.
  const half = watch.every(250, () => (reply && !idle ? "half" : undefined), GRACE_MS);

  let end = await Promise.race([done, dead, timeout, interrupted, half]);
  if (end === "timeout" || end === "interrupted") {
    await kernel.interrupt().catch(() => undefined);
    const after = await Promise.race([done, dead, watch.after(GRACE_MS, "late" as const)]);
    if (after === "dead") end = "dead";
  }
  watch.stop();
  future.dispose();

  const count = reply && "execution_count" in reply ? (reply.execution_count ?? null) : null;
  const failure = reply?.status === "error" ? reply : undefined;
  const status = ((): ExecutionStatus => {
    if (end === "dead" || end === "timeout" || end === "interrupted") return end;
    if (!reply) return "no-reply";
    if (reply.status === "error") return "error";
    if (reply.status !== "ok") return "aborted";
    if (!idle) return "no-idle";
    return count !== null && count > options.previousCount ? "ok" : "not-counted";
  })();
  const shown = collector.outputs.findLast((output) => output.output_type === "error");
  const name =
    failure && "ename" in failure ? failure.ename : shown?.output_type === "error" ? shown.ename : "";
  return {
    status,
    outputs: collector.outputs,
    count,
    milliseconds: performance.now() - began,
    ...(failure || shown?.output_type === "error"
      ? {
          error: {
            name,
            message:
              failure && "evalue" in failure
                ? failure.evalue
                : shown?.output_type === "error"
                  ? shown.evalue
                  : "",
            line: lineOf(shown?.output_type === "error" ? shown.traceback : []),
          },
        }
      : {}),
  };
}

/** The line of the cell that a traceback names: `cell[3].ts:7:5`, `Cell In[3], line 7`, `----> 7`. */
export function lineOf(traceback: readonly string[]): number | undefined {
  const text = traceback.join("\n").replace(/\u001b\[[0-9;]*m/g, "");
  const match =
    /\bcell\[\d+\]\.tsx?:(\d+)/.exec(text) ??
    /\bCell In\s?\[\d+\], line (\d+)/.exec(text) ??
    /^-+> (\d+)/m.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Timers that all end together. */
class Watch {
  private readonly stops: (() => void)[] = [];

  onStop(stop: () => void): void {
    this.stops.push(stop);
  }

  after<T>(milliseconds: number, value: T): Promise<T> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds, value);
      this.onStop(() => clearTimeout(timer));
    });
  }

  /** Resolves when *test* has given a value for *patience* ms on end. */
  every<T>(milliseconds: number, test: () => T | undefined, patience: number): Promise<T> {
    return new Promise((resolve) => {
      let since: number | undefined;
      const timer = setInterval(() => {
        const value = test();
        if (value === undefined) since = undefined;
        else if (performance.now() - (since ??= performance.now()) >= patience) resolve(value);
      }, milliseconds);
      this.onStop(() => clearInterval(timer));
    });
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }
}
