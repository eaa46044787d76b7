/** The kernel inside a worker: runs cells with the desktop kernel's own magics, files and builder, and says what they print. */

import { evaluateCell } from "../../kernel/session/evaluate";
import { LanguageHelp } from "../../kernel/session/language-help";
import { NotebookSession } from "../../kernel/session/notebook-session";
import type { CellContext } from "../../kernel/session/cell-context";
import { registerMagics } from "../../kernel/magics/builtin";
import { MagicRegistry } from "../../kernel/magics/registry";
import type { CellOutput } from "../../kernel/magics/types";
import { FileStore } from "../files/file-store";
import { browserHost } from "./host";
import type { Ask, Executed, FromWorker, Start } from "./protocol";
import { OutputLimit } from "./output-limit";
import { FileTree } from "./tree";
import type { PartHost, TypeScriptPart } from "./typescript-part";

export class BrowserKernel {
  private readonly registry = new MagicRegistry();
  private readonly help: LanguageHelp;
  private readonly texts: { name: "stdout" | "stderr"; text: string }[] = [];
  private flushedAt = 0;
  private serial = 0;
  private running:
    | {
        readonly context: CellContext;
        readonly controller: AbortController;
        readonly limit: OutputLimit;
      }
    | undefined;
  private answered: ((value: string) => void) | undefined;

  private constructor(
    private readonly start: Start,
    private readonly store: FileStore,
    private readonly tree: FileTree,
    private readonly session: NotebookSession,
    private readonly typescript: TypeScriptPart,
    private readonly send: (message: FromWorker) => void,
  ) {
    registerMagics(this.registry);
    this.help = new LanguageHelp(this.registry, session, () => typescript);
  }

  /** Opens the store and the notebook's folder in it. Rejects with StorageRefused. */
  static async open(
    start: Start,
    send: (message: FromWorker) => void,
    typescript: (host: PartHost) => TypeScriptPart,
  ): Promise<BrowserKernel> {
    const store = await FileStore.open(start.store);
    const tree = new FileTree(() => Date.now());
    // Nothing of the session asks for the kernel before it is there.
    let kernel = undefined as unknown as BrowserKernel;
    const folder = start.folder === "" ? "/" : `/${start.folder}`;
    const host = browserHost({
      tree,
      store,
      folder,
      cellSignal: () => kernel.running?.context.signal,
    });
    const session = new NotebookSession(folder, host);
    const part = typescript({
      session,
      output: () => kernel.output(),
      cell: () => kernel.running?.context,
      ask: (prompt, password) => kernel.ask(prompt, password),
    });
    return (kernel = new BrowserKernel(start, store, tree, session, part, send));
  }

  /** Answers *ask*; never rejects for what a cell does. */
  async answer(ask: Ask): Promise<unknown> {
    if (ask.what === "execute") return this.execute(ask);
    await this.load();
    if (ask.what === "complete") return this.help.complete(ask.content);
    if (ask.what === "inspect") return this.help.inspect(ask.content);
    return this.help.isComplete(ask.content);
  }

  /** Asks the cell that runs to stop. One that does not listen is ended with the worker. */
  interrupt(): void {
    this.running?.controller.abort();
    this.answered?.("");
  }

  /** What the reader typed. */
  input(value: string): void {
    this.answered?.(value);
  }

  private async execute(ask: Ask & { what: "execute" }): Promise<Executed> {
    await this.load();
    const controller = new AbortController();
    const context: CellContext = {
      serial: ++this.serial,
      parent: {},
      count: ask.count,
      silent: ask.silent,
      allowStdin: ask.allowStdin,
      identities: [],
      signal: controller.signal,
    };
    this.running = { context, controller, limit: new OutputLimit(performance.now()) };
    try {
      const outcome = await evaluateCell(ask.code, context, ask.metadata, {
        registry: this.registry,
        session: this.session,
        typescript: () => this.typescript,
        output: () => this.output(),
        attend: () => this.flush(false),
        input: (_context, prompt, password) => this.ask(prompt, password),
        setLatestCell: () => undefined,
        runInCell: (_context, work) => work(),
        after: (ms, work) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
      });
      const expressions = await this.typescript.expressions(ask.expressions, context);
      return { ...outcome, expressions };
    } finally {
      this.flush(true);
      this.running = undefined;
      await this.keep();
    }
  }

  /** The folder as it is now: the page, another notebook or a file editor may have written to it. */
  private async load(): Promise<void> {
    const { folder } = this.start;
    const entries = await this.store.below(folder);
    const above = folder === "" ? [] : [await this.store.get(folder)];
    this.tree.load([...above.filter((entry) => entry !== undefined), ...entries]);
  }

  private async keep(): Promise<void> {
    const changes = this.tree.takeChanges();
    if (changes.length === 0) return;
    await this.store.apply(changes);
    this.send({
      kind: "files",
      written: changes.filter((change) => !("gone" in change)).map(({ path }) => path),
      gone: changes.filter((change) => "gone" in change).map(({ path }) => path),
    });
  }

  private ask(prompt: string, password: boolean): Promise<string> {
    this.flush(true);
    return new Promise((resolve) => {
      this.answered = (value) => {
        this.answered = undefined;
        resolve(value);
      };
      this.send({ kind: "input", prompt, password });
    });
  }

  /** Where the running cell's output goes. */
  output(): CellOutput {
    const silent = (): boolean => this.running?.context.silent === true;
    const print = (name: "stdout" | "stderr", text: string): void => {
      if (text === "") return;
      const last = this.texts.at(-1);
      if (last?.name === name) last.text += text;
      else this.texts.push({ name, text });
      this.flush(false);
    };
    return {
      stream: (name, text) => {
        if (!silent()) print(name, this.running?.limit.print(text) ?? text);
      },
      display: (data, options = {}) => {
        if (silent()) return;
        const allowed = this.running?.limit.display(options.update === true, performance.now()) ?? true;
        if (allowed !== true) return print("stderr", allowed);
        this.flush(true);
        this.send({ kind: "display", data, options });
      },
      clear: (wait = false) => {
        this.flush(true);
        this.send({ kind: "clear", wait });
      },
    };
  }

  /** Sends what was written; unless *all*, only now and then. */
  private flush(all: boolean): void {
    const now = performance.now();
    if (this.texts.length === 0 || (!all && now - this.flushedAt < (this.running?.limit.pause ?? 0))) return;
    this.flushedAt = now;
    for (const { name, text } of this.texts.splice(0)) this.send({ kind: "stream", name, text });
  }
}
