/** The kernel: answers every request of the Jupyter protocol. One per process. */

import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { dirname } from "node:path";
import type * as zmq from "zeromq";
import { RequestQueue } from "./execute-queue";
import { kernelInfo } from "./kernel-info";
import { MagicRegistry } from "./magics/registry";
import type { CellOutput } from "./magics/types";
import { captureStreams } from "./output/capture";
import { Iopub } from "./output/iopub";
import { toMimeBundle } from "./output/mime";
import { rateLimits } from "./output/pacer";
import { Control } from "./protocol/control";
import { createFlags, FLAG, STOP } from "./protocol/flags";
import type { ConnectionInfo, ErrorContent, Message } from "./protocol/messages";
import { readExecuteRequest } from "./protocol/messages";
import { openPublisher, openRouter } from "./protocol/sockets";
import { Wire } from "./protocol/wire";
import { type CellContext, currentCell, runInCell, setLatestCell, stopUpTo } from "./session/cell-context";
import { Comms } from "./session/comms";
import { evaluateCell } from "./session/evaluate";
import { History } from "./session/history";
import { LanguageHelp } from "./session/language-help";
import { nodeHost } from "./session/node-host";
import { NotebookSession } from "./session/notebook-session";
import type { Outcome } from "./session/outcome";
import { exitProcess, installGuards, renewGuards } from "./session/process-guards";
import { registerMagics } from "./magics/builtin";
import { TypeScriptPart } from "./typescript/part";

interface Running {
  readonly context: CellContext;
  readonly controller: AbortController;
  /** Errors that no code of the cell caught while it ran. */
  readonly uncaught: unknown[];
}

export class Kernel {
  private readonly packageDirectory = dirname(dirname(__dirname));
  private readonly wire: Wire;
  private readonly flags = createFlags();
  private readonly history = new History();
  private readonly session = new NotebookSession(process.cwd(), nodeHost());
  private readonly registry = new MagicRegistry();
  private readonly queue = new RequestQueue(
    (message) => this.handle(message),
    (message) => this.abort(message),
  );
  private readonly help = new LanguageHelp(this.registry, this.session, () => this.typescript.client);
  private readonly typescript: TypeScriptPart;
  private readonly iopub: Iopub;
  private readonly comms: Comms;
  private control: Control | undefined;
  private count = 0;
  private ending = false;
  private serial = 0;
  private running: Running | undefined;

  private constructor(
    private readonly connection: ConnectionInfo,
    private readonly shell: zmq.Router,
    private readonly publisher: zmq.XPublisher,
  ) {
    this.wire = new Wire(connection.key);
    this.iopub = new Iopub(this.wire, publisher, rateLimits(process.env));
    this.comms = new Comms(this.iopub, () => currentCell()?.parent ?? {});
    this.typescript = new TypeScriptPart({
      packageDirectory: this.packageDirectory,
      flags: this.flags,
      session: this.session,
      iopub: this.iopub,
      control: () => this.control as Control,
      comms: this.comms,
    });
    registerMagics(this.registry);
  }

  /** Opens the channels of *connection* and serves them until the process ends. */
  static async start(connection: ConnectionInfo): Promise<void> {
    const [shell, publisher] = await Promise.all([
      openRouter(connection, connection.shell_port),
      openPublisher(connection),
    ]);
    await new Kernel(connection, shell, publisher).serve();
  }

  private async serve(): Promise<void> {
    this.iopub.status("starting", {});
    this.guardProcess();
    this.control = await Control.start(
      {
        connection: this.connection,
        session: this.wire.session,
        kernelInfo: kernelInfo(this.packageDirectory),
        flags: this.flags,
      },
      {
        status: (state, header) => this.iopub.status(state, header),
        interrupt: () => this.interrupt(),
        shutdown: () => this.shutdown(),
      },
    );
    void this.greetSubscribers();
    for await (const frames of this.shell) {
      const message = this.wire.decode(frames);
      if (message !== undefined) this.queue.push(message);
    }
  }

  /** `iopub_welcome` for every new subscription (protocol 5.4), so that a client knows that it will miss nothing. */
  private async greetSubscribers(): Promise<void> {
    for await (const [frame] of this.publisher) {
      if (frame?.[0] !== 1) continue;
      const subscription = frame.subarray(1).toString("utf8");
      this.iopub.welcome(subscription);
    }
  }

  private async handle(message: Message): Promise<void> {
    const { header } = message;
    this.iopub.status("busy", header);
    let doomed: readonly Message[] = [];
    try {
      if (header.msg_type === "execute_request") doomed = await this.execute(message);
      else await this.answer(message);
    } catch (error) {
      const { name, message: text } = error instanceof Error ? error : new Error(String(error));
      const reply = header.msg_type.replace(/_request$/, "_reply");
      if (reply !== header.msg_type)
        this.reply(message, reply, { status: "error", ename: name, evalue: text, traceback: [] });
    }
    this.iopub.status("idle", header);
    this.queue.abortAll(doomed);
    if (header.msg_type === "shutdown_request") this.shutdown();
  }

  private async answer(message: Message): Promise<void> {
    const { content } = message;
    switch (message.header.msg_type) {
      case "kernel_info_request":
        this.reply(message, "kernel_info_reply", kernelInfo(this.packageDirectory));
        return;
      case "complete_request":
        this.reply(message, "complete_reply", await this.help.complete(content));
        return;
      case "inspect_request":
        this.reply(message, "inspect_reply", await this.help.inspect(content));
        return;
      case "is_complete_request":
        this.reply(message, "is_complete_reply", await this.help.isComplete(content));
        return;
      case "history_request":
        this.reply(message, "history_reply", { status: "ok", history: this.history.answer(content) });
        return;
      case "comm_info_request":
        this.reply(message, "comm_info_reply", { status: "ok", comms: this.comms.info(content.target_name) });
        return;
      case "connect_request": {
        const { shell_port, iopub_port, stdin_port, hb_port, control_port } = this.connection;
        this.reply(message, "connect_reply", {
          status: "ok",
          shell_port,
          iopub_port,
          stdin_port,
          hb_port,
          control_port,
        });
        return;
      }
      case "comm_open":
      case "comm_msg":
      case "comm_close":
        runInCell(this.contextOf(message, true, new AbortController().signal), () =>
          this.comms.receive(message),
        );
        return;
      case "shutdown_request":
        this.reply(message, "shutdown_reply", { status: "ok", restart: content.restart === true });
        return;
      case "interrupt_request":
        this.reply(message, "interrupt_reply", { status: "ok" });
        return;
      default:
        throw Object.assign(new Error(`no such request: ${message.header.msg_type}`), {
          name: "NotSupported",
        });
    }
  }

  /** Runs a cell and answers it. Gives the requests that are to be aborted because it failed. */
  private async execute(message: Message): Promise<readonly Message[]> {
    const { header } = message;
    const request = readExecuteRequest(message.content);
    if (request.storeHistory && request.code.trim() !== "") {
      this.count++;
      this.history.add(this.count, request.code);
    }
    const execution_count = this.count;
    if (!request.silent) this.iopub.publish("execute_input", { code: request.code, execution_count }, header);
    const controller = new AbortController();
    const context: CellContext = {
      ...this.contextOf(message, request.allowStdin, controller.signal),
      silent: request.silent,
    };
    const outcome = await this.run(request.code, context, controller, message.metadata);
    if (outcome.error === undefined) {
      if (outcome.result !== undefined && !request.silent) {
        const content = { execution_count, data: outcome.result, metadata: outcome.metadata ?? {} };
        this.iopub.publish("execute_result", content, header);
        if (request.storeHistory)
          this.history.setOutput(execution_count, textOf(outcome.result["text/plain"]));
      }
      const user_expressions = await this.userExpressions(request.userExpressions, context);
      this.iopub.flush(header);
      this.reply(message, "execute_reply", {
        status: "ok",
        execution_count,
        payload: outcome.payload ?? [],
        user_expressions,
      });
      return [];
    }
    if (!request.silent) this.iopub.publish("error", outcome.error, header);
    const doomed = request.stopOnError ? await this.queue.takeWaiting() : [];
    this.reply(message, "execute_reply", { status: "error", execution_count, ...outcome.error });
    return doomed;
  }

  private async run(
    code: string,
    context: CellContext,
    controller: AbortController,
    metadata: Readonly<Record<string, unknown>>,
  ): Promise<Outcome> {
    const running: Running = { context, controller, uncaught: [] };
    this.running = running;
    renewGuards();
    this.control?.cellStarts();
    try {
      const outcome = await evaluateCell(code, context, metadata, {
        registry: this.registry,
        session: this.session,
        typescript: () => this.typescript.cells,
        setLatestCell,
        runInCell,
        after: (ms, work) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
        output: (cell) => this.outputOf(cell),
        attend: () => this.attend(),
        input: (cell, prompt, password) => this.ask(cell, prompt, password),
      });
      // What promises and immediates of the cell write belongs before idle, as a terminal would show it.
      await new Promise((resolve) => setImmediate(resolve));
      const [uncaught] = running.uncaught;
      if (outcome.error !== undefined || running.uncaught.length === 0) return outcome;
      return { error: this.typescript.describe(uncaught, context) };
    } finally {
      this.control?.cellEnds();
      this.running = undefined;
    }
  }

  private async userExpressions(
    expressions: Readonly<Record<string, string>>,
    context: CellContext,
  ): Promise<object> {
    const values: Record<string, unknown> = {};
    for (const [name, expression] of Object.entries(expressions)) {
      try {
        const value = await runInCell(context, () => this.typescript.cells.evaluate(expression, context));
        values[name] = { status: "ok", data: await toMimeBundle(value), metadata: {} };
      } catch (error) {
        const content: ErrorContent = this.typescript.describe(error, context);
        values[name] = { status: "error", ...content };
      }
    }
    return values;
  }

  private contextOf(message: Message, allowStdin: boolean, signal: AbortSignal): CellContext {
    return {
      serial: ++this.serial,
      parent: message.header,
      count: this.count,
      silent: false,
      allowStdin,
      identities: message.identities,
      signal,
    };
  }

  private outputOf(context: CellContext): CellOutput {
    const { iopub } = this;
    return {
      stream: (name, text) => {
        if (!context.silent) iopub.stream(name, text, context.parent);
      },
      display: (data, options) => {
        if (!context.silent) iopub.display(data, context.parent, options);
      },
      clear: (wait = false) => iopub.clear(wait, context.parent),
    };
  }

  private ask(context: CellContext, prompt: string, password: boolean): Promise<string> {
    this.iopub.flush(context.parent);
    return (this.control as Control).ask({
      identities: context.identities,
      parent: context.parent,
      prompt,
      password,
    });
  }

  private abort(message: Message): void {
    this.iopub.status("busy", message.header);
    this.reply(message, "execute_reply", { status: "aborted", execution_count: this.count });
    this.iopub.status("idle", message.header);
  }

  private reply(to: Message, type: string, content: object): void {
    void this.shell.send(this.wire.encode(to.identities, type, content, to.header));
  }

  private interrupt(): void {
    const { running } = this;
    // With no cell running it stops what earlier ones still do in the background.
    if (running === undefined) stopUpTo(this.serial);
    else running.controller.abort();
    this.control?.hunt();
  }

  /** For long synchronous work of magics: notices an interrupt that this thread has had no time to receive. */
  private attend(): void {
    if ((Atomics.load(this.flags, FLAG) & STOP) !== 0) this.interrupt();
  }

  private guardProcess(): void {
    const stream = (name: "stdout" | "stderr", text: string): void => {
      const cell = currentCell();
      if (cell?.silent !== true) this.iopub.stream(name, text, cell?.parent ?? {});
    };
    captureStreams(stream);
    installGuards({
      interrupt: () => this.interrupt(),
      stream,
      uncaught: (error, kind) => {
        const { running } = this;
        const cell = currentCell();
        if (error instanceof Error && error.name === "Interrupted") return; // code of a stopped cell, found in the background
        if (
          running !== undefined &&
          (cell === undefined || cell.parent === running.context.parent) &&
          kind === "rejection"
        ) {
          running.uncaught.push(error);
          return;
        }
        const context = cell ?? running?.context;
        if (context === undefined) return;
        const { traceback } = this.typescript.describe(error, context);
        const intro =
          kind === "rejection"
            ? "기다리지 않은 Promise가 실패했습니다 (await가 빠지지 않았나요?)"
            : "셀이 끝난 뒤에 오류가 났습니다";
        this.iopub.stream("stderr", `${intro}\n${traceback.join("\n")}\n`, context.parent);
      },
    });
  }

  private shutdown(): void {
    if (this.ending) return;
    this.ending = true;
    this.iopub.close();
    this.typescript.close();
    const ended = this.control?.close();
    // What has been sent needs a moment to leave; then sockets may close, and what is left lingers.
    setTimeout(() => {
      this.shell.close();
      this.publisher.close();
      void Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500))]).then(() =>
        exitProcess(0),
      );
    }, 30);
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
