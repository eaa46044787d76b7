/** A notebook's kernel as JupyterLite sees it: hands every request to a worker, and ends the worker when a cell does not stop. */

import type { Ask, Executed, FromWorker, Start, ToWorker } from "../kernel/protocol";
import type { BaseKernel, BaseKernelClass } from "./jupyter";

/** What kernels need of the page. */
export interface KernelPage {
  /** Answers the address of the worker's program. */
  worker(): Promise<string>;
  readonly start: Omit<Start, "kind" | "folder">;
  /** The content of kernel_info_reply. */
  readonly info: object;
  /** Told of files that cells have changed. */
  files(written: readonly string[], gone: readonly string[]): void;
}

/** A cell that has been asked to stop is given so many ms; then its worker is ended. */
const PATIENCE_MS = 2000;

type Questions = Ask extends infer A ? (A extends Ask ? Omit<A, "kind" | "id"> : never) : never;

const ENDED = {
  ename: "Interrupted",
  evalue: "셀을 멈추려고 커널을 다시 시작했습니다.",
  traceback: [
    "\u001b[31mInterrupted\u001b[0m: 셀을 멈추려고 커널을 다시 시작했습니다. 파일과 빌드 캐시는 그대로이고, TypeScript 변수는 사라졌습니다.",
  ],
};

/** The class that JupyterLite makes kernels of. */
export function kernelClass(base: BaseKernelClass, page: KernelPage): new (options: object) => BaseKernel {
  return class LayerbookKernel extends base {
    private worker: Promise<Worker> | undefined;
    private next = 1;
    private readonly waiting = new Map<number, (value: unknown) => void>();
    private header: object | undefined;

    kernelInfoRequest(): Promise<object> {
      // Fetched while the reader looks around. What fails is told by the first cell.
      this.open().catch(() => undefined);
      return Promise.resolve(page.info);
    }

    async executeRequest(content: Readonly<Record<string, unknown>>): Promise<object> {
      this.header = this.parentHeader;
      const { header } = this;
      const executed = (await this.ask({
        what: "execute",
        code: String(content["code"] ?? ""),
        count: this.executionCount,
        silent: content["silent"] === true,
        allowStdin: content["allow_stdin"] === true,
        metadata: this.parent?.metadata ?? {},
        expressions: (content["user_expressions"] ?? {}) as Readonly<Record<string, string>>,
      })) as Executed;
      const execution_count = this.executionCount;
      if (executed.error !== undefined) {
        if (content["silent"] !== true) this.publishExecuteError(executed.error, header);
        return { status: "error", execution_count, ...executed.error };
      }
      if (executed.result !== undefined && content["silent"] !== true)
        this.publishExecuteResult(
          { execution_count, data: executed.result, metadata: executed.metadata ?? {} },
          header,
        );
      return {
        status: "ok",
        execution_count,
        payload: executed.payload ?? [],
        user_expressions: executed.expressions ?? {},
      };
    }

    async completeRequest(content: Readonly<Record<string, unknown>>): Promise<object> {
      const nothing = {
        status: "ok",
        matches: [],
        cursor_start: content["cursor_pos"],
        cursor_end: content["cursor_pos"],
        metadata: {},
      };
      return answerOr(await this.ask({ what: "complete", content }), nothing);
    }

    async inspectRequest(content: Readonly<Record<string, unknown>>): Promise<object> {
      return answerOr(await this.ask({ what: "inspect", content }), {
        status: "ok",
        found: false,
        data: {},
        metadata: {},
      });
    }

    async isCompleteRequest(content: Readonly<Record<string, unknown>>): Promise<object> {
      return answerOr(await this.ask({ what: "is-complete", content }), { status: "complete" });
    }

    commInfoRequest(): Promise<object> {
      return Promise.resolve({ status: "ok", comms: {} });
    }

    inputReply(content: { readonly value?: string }): void {
      this.post({ kind: "input", value: content.value ?? "" });
    }

    async commOpen(): Promise<void> {
      // Front ends open channels that nobody here listens to.
    }
    async commMsg(): Promise<void> {
      // As above.
    }
    async commClose(): Promise<void> {
      // As above.
    }

    /** The stop button. */
    interrupt(): void {
      if (this.waiting.size === 0) return;
      this.post({ kind: "interrupt" });
      const asked = new Set(this.waiting.keys());
      setTimeout(() => {
        if ([...asked].some((id) => this.waiting.has(id)) && !this.isDisposed) this.end();
      }, PATIENCE_MS);
    }

    override dispose(): void {
      if (this.isDisposed) return;
      this.end();
      super.dispose();
    }

    private end(): void {
      void this.worker?.then((worker) => worker.terminate()).catch(() => undefined);
      this.worker = undefined;
      for (const settle of this.waiting.values()) settle({ error: ENDED });
      this.waiting.clear();
    }

    private open(): Promise<Worker> {
      return (this.worker ??= this.begin());
    }

    private async begin(): Promise<Worker> {
      const worker = new Worker(await page.worker());
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
      worker.onerror = ({ message }) => {
        worker.terminate();
        this.fail("WorkerError", message);
      };
      // JupyterLite writes the drive before the folder.
      const folder = this.location.replace(/^[^/:]*:/, "").replace(/^\/+|\/+$/g, "");
      worker.postMessage({ kind: "start", ...page.start, folder } satisfies ToWorker);
      return worker;
    }

    private post(message: ToWorker): void {
      this.open().then(
        (worker) => worker.postMessage(message),
        (error: unknown) => this.fail("WorkerError", error instanceof Error ? error.message : String(error)),
      );
    }

    /** All that is being asked ends with this error; the next question begins a new worker. */
    private fail(ename: string, evalue: string): void {
      this.worker = undefined;
      for (const settle of this.waiting.values())
        settle({ error: { ename, evalue, traceback: [`\u001b[31m${ename}\u001b[0m: ${evalue}`] } });
      this.waiting.clear();
    }

    private ask(question: Questions): Promise<unknown> {
      const id = this.next++;
      return new Promise((resolve) => {
        this.waiting.set(id, resolve);
        this.post({ ...question, kind: "ask", id });
      });
    }

    private receive(message: FromWorker): void {
      const { header } = this;
      switch (message.kind) {
        case "stream":
          this.stream({ name: message.name, text: message.text }, header);
          return;
        case "display": {
          const { metadata = {}, displayId, update } = message.options;
          const transient = displayId === undefined ? {} : { display_id: displayId };
          const content = { data: message.data, metadata, transient };
          if (update === true) this.updateDisplayData(content, header);
          else this.displayData(content, header);
          return;
        }
        case "clear":
          this.clearOutput({ wait: message.wait }, header);
          return;
        case "input":
          this.inputRequest({ prompt: message.prompt, password: message.password }, header);
          return;
        case "files":
          page.files(message.written, message.gone);
          return;
        case "reply":
          this.waiting.get(message.id)?.(message.value);
          this.waiting.delete(message.id);
      }
    }
  };
}

/** A worker that was ended, or failed, answers no question. */
function answerOr(value: unknown, otherwise: object): object {
  return typeof value === "object" && value !== null && !("error" in value) ? value : otherwise;
}
