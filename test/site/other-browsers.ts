/** Firefox and WebKit as far as a test needs them: an address opened, a script evaluated. Over the protocols they speak themselves. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/** As far as it is used: of the package that JupyterLab's own client brings. */
interface Socket {
  on(event: "message", listener: (data: Buffer) => void): Socket;
  once(event: "open" | "error", listener: (value?: unknown) => void): Socket;
  send(text: string): void;
  close(): void;
}
const WebSocket = createRequire(__filename)("ws") as new (address: string) => Socket;

export interface OtherBrowser {
  /** Name and version. */
  readonly name: string;
  open(url: string): Promise<void>;
  /** The value of an expression in the page; a promise is waited for. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses keys one after the other, as a person does: texts are typed letter by letter, `Control+Enter` is held together. */
  press(...keys: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Keys without a letter, as both protocols name them. */
const KEYS: Readonly<Record<string, string>> = {
  Control: "\uE009",
  End: "\uE010",
  Enter: "\uE006",
  Shift: "\uE008",
  Tab: "\uE004",
};

/** The one input source that presses *keys*. */
function keyActions(keys: readonly string[]): object[] {
  const actions = keys.flatMap((key) => {
    const held = key.split("+");
    const together = held.every((part) => part in KEYS || part.length === 1) && held.length > 1;
    if (!together && !(key in KEYS))
      return [...key].flatMap((value) => [
        { type: "keyDown", value },
        { type: "keyUp", value },
      ]);
    const values = (together ? held : [key]).map((part) => KEYS[part] ?? part);
    return [
      ...values.map((value) => ({ type: "keyDown", value })),
      ...values.reverse().map((value) => ({ type: "keyUp", value })),
    ];
  });
  return [{ type: "key", id: "keyboard", actions }];
}

/** The first of *files* that is there. */
export function findProgram(files: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return files
    .flatMap((file) => (path.isAbsolute(file) ? [file] : folders.map((folder) => path.join(folder, file))))
    .find((file) => fs.existsSync(file));
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill();
    setTimeout(() => child.kill("SIGKILL"), 5000).unref();
  });

/** Firefox without a window, by WebDriver BiDi over its own port. */
export async function openFirefox(program: string): Promise<OtherBrowser> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-firefox-"));
  const child = spawn(
    program,
    ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", home, "about:blank"],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, HOME: home },
    },
  );
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (data: Buffer) => {
      said += data.toString();
      const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error(`Firefox ended: ${said.slice(-500)}`)));
  });
  const socket = new WebSocket(`${address}/session`);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map<number, (answer: Reply) => void>();
  socket.on("message", (data: Buffer) => {
    const answer = JSON.parse(data.toString()) as Reply;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  let id = 0;
  const ask = async (method: string, params: object): Promise<Record<string, unknown>> => {
    const own = ++id;
    const answer = await new Promise<Reply>((resolve) => {
      waiting.set(own, resolve);
      socket.send(JSON.stringify({ id: own, method, params }));
    });
    waiting.delete(own);
    if (answer.type === "error") throw new Error(`${method}: ${answer.message ?? ""}`);
    return answer.result ?? {};
  };
  const { capabilities } = (await ask("session.new", { capabilities: {} })) as {
    capabilities: { browserName: string; browserVersion: string };
  };
  const tree = (await ask("browsingContext.getTree", {})) as { contexts: { context: string }[] };
  const context = tree.contexts[0]?.context;
  return {
    name: `${capabilities.browserName} ${capabilities.browserVersion}`,
    open: async (url) => void (await ask("browsingContext.navigate", { context, url, wait: "complete" })),
    evaluate: async <T>(expression: string): Promise<T> => {
      const answer = (await ask("script.evaluate", {
        expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
        target: { context },
        awaitPromise: true,
      })) as { type: string; result?: { value: string }; exceptionDetails?: { text: string } };
      if (answer.result === undefined) throw new Error(answer.exceptionDetails?.text);
      return JSON.parse(answer.result.value) as T;
    },
    press: async (...keys) =>
      void (await ask("input.performActions", { context, actions: keyActions(keys) })),
    close: async () => {
      socket.close();
      await ended(child);
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Reply {
  readonly id?: number;
  readonly type: string;
  readonly result?: Record<string, unknown>;
  readonly message?: string;
}

/** WebKitGTK's small browser by its own WebDriver. Needs a display. */
export async function openWebKit(driver: string, browser: string, display: string): Promise<OtherBrowser> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-webkit-"));
  const port = await freePort();
  const child = spawn(driver, [`--port=${port}`], {
    stdio: "ignore",
    env: {
      ...process.env,
      HOME: home,
      DISPLAY: display,
      LIBGL_ALWAYS_SOFTWARE: "1",
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
    },
  });
  const ask = async <T>(method: string, where: string, body?: object): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}${where}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`${where}: ${value.error ?? ""} ${value.message ?? ""}`);
    return value;
  };
  for (let tries = 0; ; tries++) {
    try {
      await ask("GET", "/status");
      break;
    } catch (error) {
      if (tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const options = { binary: browser, args: ["--automation"] };
  const session = await ask<{
    sessionId: string;
    capabilities: { browserName: string; browserVersion: string };
  }>("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } });
  const at = `/session/${session.sessionId}`;
  await ask("POST", `${at}/timeouts`, { script: 60_000, pageLoad: 120_000 });
  return {
    name: `WebKitGTK ${session.capabilities.browserName} ${session.capabilities.browserVersion}`,
    open: async (url) => void (await ask("POST", `${at}/url`, { url })),
    evaluate: async <T>(expression: string): Promise<T> =>
      JSON.parse(
        await ask<string>("POST", `${at}/execute/async`, {
          script: `const done = arguments[0]; Promise.resolve(${expression}).then((value) => done(JSON.stringify(value ?? null)), (error) => done(JSON.stringify(String(error))));`,
          args: [],
        }),
      ) as T,
    press: async (...keys) => void (await ask("POST", `${at}/actions`, { actions: keyActions(keys) })),
    close: async () => {
      await ask("DELETE", at).catch(() => undefined);
      await ended(child);
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
