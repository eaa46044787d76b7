/** A Jupyter client for tests: starts a kernel, speaks the protocol over ZeroMQ, and keeps everything it hears. */

import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zmq from "zeromq";
import { packageUnderTest } from "./package-under-test";

export interface Message {
  readonly header: {
    readonly msg_id: string;
    readonly msg_type: string;
    readonly version: string;
    readonly session: string;
  };
  readonly parent_header: { readonly msg_id?: string };
  readonly metadata: Record<string, unknown>;
  // The shape depends on the type; tests know what they ask for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly content: any;
}

/** What one request brought: its reply, and everything published for it, in order, up to idle. */
export interface Answer {
  readonly reply: Message;
  readonly published: readonly Message[];
  /** Joined text of a stream. */
  stream(name: "stdout" | "stderr"): string;
  /** Contents of the messages of one type. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  of(type: string): any[];
}

export interface KernelOptions {
  /** The notebook's folder. Default: a new one, removed with the kernel. */
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** argv of another kernel, to compare with; `{connection_file}` is filled in. */
  readonly argv?: readonly string[];
}

const DELIMITER = "<IDS|MSG>";
const KEY = "test-key";

/** Kernels that run: they end with this process, also when `npm test` is stopped half-way. */
const running = new Set<ChildProcess>();
process.once("SIGTERM", () => process.exit(143));
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class TestKernel {
  readonly process: ChildProcess;
  readonly directory: string;
  /** Everything heard on iopub since the start. */
  readonly heard: Message[] = [];
  /** Requests of the kernel for input. */
  readonly questions: Message[] = [];
  /** Answers questions; default: none comes. */
  onInput: ((prompt: string, password: boolean) => string | undefined) | undefined;
  private readonly shell = new zmq.Dealer({
    sendTimeout: 0,
    sendHighWaterMark: 0,
    receiveHighWaterMark: 0,
    linger: 0,
  });
  private readonly control = new zmq.Dealer({ linger: 0 });
  private readonly stdin = new zmq.Dealer({ linger: 0 });
  private readonly iopub = new zmq.Subscriber({ receiveHighWaterMark: 0 });
  private readonly heartbeat = new zmq.Request({ linger: 0 });
  private readonly replies = new Map<string, (message: Message) => void>();
  private readonly idle = new Map<string, () => void>();
  private readonly session = randomUUID();
  private readonly own: boolean;
  private readonly scratch: string;

  private constructor(ports: readonly number[], options: KernelOptions) {
    this.own = options.directory === undefined;
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), "layerbook-kernel-"));
    this.scratch = mkdtempSync(join(tmpdir(), "layerbook-connection-"));
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
    const file = join(this.scratch, "connection.json");
    const connection = {
      transport: "tcp",
      ip: "127.0.0.1",
      shell_port,
      iopub_port,
      stdin_port,
      control_port,
      hb_port,
      key: KEY,
      signature_scheme: "hmac-sha256",
    };
    writeFileSync(file, JSON.stringify(connection));
    const argv = options.argv ?? [
      process.execPath,
      join(packageUnderTest(), "dist/kernel/main.js"),
      "{connection_file}",
    ];
    const [command, ...args] = argv.map((word) => word.replace("{connection_file}", file));
    // Snapshots are used when they are there; making some would be work beside the tests.
    const env: NodeJS.ProcessEnv = { LAYERBOOK_SNAPSHOT: "use", ...process.env, ...options.env };
    delete env.NODE_OPTIONS;
    if (options.env?.JPY_SESSION_NAME === undefined) delete env.JPY_SESSION_NAME;
    this.process = spawn(command as string, args, {
      cwd: this.directory,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const child = this.process;
    running.add(child);
    child.on("exit", () => running.delete(child));
    this.iopub.subscribe();
    const at = (port: number | undefined): string => `tcp://127.0.0.1:${port ?? 0}`;
    for (const dealer of [this.shell, this.control, this.stdin]) dealer.routingId = this.session;
    this.shell.connect(at(shell_port));
    this.control.connect(at(control_port));
    this.stdin.connect(at(stdin_port));
    this.iopub.connect(at(iopub_port));
    this.heartbeat.connect(at(hb_port));
    void this.listen();
  }

  /** Starts a kernel and waits until it answers and its publications arrive. */
  static async start(options: KernelOptions = {}): Promise<TestKernel> {
    const kernel = new TestKernel(await freePorts(5), options);
    // A subscription takes its time: what is published before it is there is lost. So the question is repeated until idle is heard.
    let ready = false;
    while (!ready) {
      const answered = kernel.request("kernel_info_request", {}).then(() => (ready = true));
      await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 200))]);
    }
    return kernel;
  }

  /** Sends a request on shell (or control) and resolves with its reply and publications once it is idle. */
  async request(
    type: string,
    content: object,
    channel: "shell" | "control" = "shell",
    metadata: object = {},
  ): Promise<Answer> {
    const header = {
      msg_id: randomUUID(),
      session: this.session,
      username: "test",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.4",
    };
    const reply = new Promise<Message>((resolve) => this.replies.set(header.msg_id, resolve));
    const idle = new Promise<void>((resolve) => this.idle.set(header.msg_id, resolve));
    await this.send(channel, header, content, {}, metadata);
    const answered = await reply;
    if (channel === "shell") await idle;
    const published = this.heard.filter((message) => message.parent_header.msg_id === header.msg_id);
    return {
      reply: answered,
      published,
      stream: (name) =>
        published
          .filter(
            ({ header: { msg_type }, content }) =>
              msg_type === "stream" && (content as { name: string }).name === name,
          )
          .map(({ content }) => (content as { text: string }).text)
          .join(""),
      of: (wanted) =>
        published
          .filter(({ header: { msg_type } }) => msg_type === wanted)
          .map((message) => message.content as unknown),
    };
  }

  /** Runs a cell. */
  execute(code: string, options: object = {}, metadata: object = {}): Promise<Answer> {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: this.onInput !== undefined,
      stop_on_error: true,
      ...options,
    };
    return this.request("execute_request", content, "shell", metadata);
  }

  /** Interrupts by message, as Jupyter does. */
  interrupt(): Promise<Answer> {
    return this.request("interrupt_request", {}, "control");
  }

  /** Sends any message without waiting for anything. Gives its id. */
  async tell(
    channel: "shell" | "control" | "stdin",
    type: string,
    content: object,
    parent: object = {},
  ): Promise<string> {
    const header = {
      msg_id: randomUUID(),
      session: this.session,
      username: "test",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.4",
    };
    await this.send(channel, header, content, parent, {});
    return header.msg_id;
  }

  /** Sends frames as they are. */
  async raw(frames: readonly (string | Buffer)[]): Promise<void> {
    await this.shell.send([...frames]);
  }

  /** Sends *bytes* to the heartbeat and gives what comes back. */
  async beat(bytes: string): Promise<string> {
    await this.heartbeat.send(bytes);
    const [answer] = await this.heartbeat.receive();
    return String(answer);
  }

  /** Resolves when *condition* holds for something heard. */
  async until(condition: (message: Message) => boolean, ms = 30_000): Promise<Message> {
    const end = Date.now() + ms;
    for (;;) {
      const found = this.heard.find(condition);
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error("nothing of that kind was heard");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends the kernel and forgets its folder. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) =>
      this.process.exitCode === null && this.process.signalCode === null
        ? this.process.once("exit", () => resolve())
        : resolve(),
    );
    this.process.kill("SIGKILL");
    await gone;
    for (const socket of [this.shell, this.control, this.stdin, this.iopub, this.heartbeat]) socket.close();
    rmSync(this.scratch, { recursive: true, force: true });
    if (this.own) rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  private async send(
    channel: "shell" | "control" | "stdin",
    header: object,
    content: object,
    parent: object,
    metadata: object,
  ): Promise<void> {
    const body = [header, parent, metadata, content].map((part) => JSON.stringify(part));
    await this[channel].send([DELIMITER, sign(body), ...body]);
  }

  private async listen(): Promise<void> {
    const replies = async (socket: zmq.Dealer): Promise<void> => {
      for await (const frames of socket) {
        const message = decode(frames);
        this.replies.get(message.parent_header.msg_id ?? "")?.(message);
      }
    };
    const publications = async (): Promise<void> => {
      for await (const frames of this.iopub) {
        const message = decode(frames);
        this.heard.push(message);
        const { execution_state: state } = message.content as { execution_state?: string };
        if (message.header.msg_type === "status" && state === "idle")
          this.idle.get(message.parent_header.msg_id ?? "")?.();
      }
    };
    const input = async (): Promise<void> => {
      for await (const frames of this.stdin) {
        const message = decode(frames);
        this.questions.push(message);
        const { prompt, password } = message.content as { prompt: string; password: boolean };
        const value = this.onInput?.(prompt, password);
        if (value !== undefined)
          await this.tell("stdin", "input_reply", { status: "ok", value }, message.header);
      }
    };
    await Promise.all([replies(this.shell), replies(this.control), publications(), input()]);
  }
}

function sign(parts: readonly (string | Buffer)[]): string {
  const hmac = createHmac("sha256", KEY);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function decode(frames: readonly Buffer[]): Message {
  const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const body = frames.slice(at + 2, at + 6);
  if (sign(body) !== frames[at + 1]?.toString()) throw new Error("a message of the kernel is not signed");
  const [header, parent_header, metadata, content] = body.map(
    (part) => JSON.parse(part.toString()) as unknown,
  );
  return { header, parent_header, metadata, content } as Message;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
