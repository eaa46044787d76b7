/** One learner on a hub, as their browser is: pulls the lessons, runs a notebook's cells through @jupyterlab/services, saves. */
import type { Kernel, Session } from "@jupyterlab/services";
import type { CodeCell, Notebook } from "../../kernel-helpers/src/notebook";
import { type Execution, executeCell } from "../../kernel-helpers/src/notebook/execute-cell";
import { connect, type Managers } from "../../kernel-helpers/src/notebook/run-notebook";

/** What a learner writes into a cell before running it, by the beginning of the cell. */
export type Answers = Readonly<Record<string, string>>;

export class Learner {
  private managers: Managers | undefined;
  private session: Session.ISessionConnection | undefined;
  private count = 0;
  /** Milliseconds from request to idle of every cell so far. */
  readonly times: number[] = [];

  /** *hub* is the hub's address without a path. */
  constructor(
    readonly name: string,
    readonly hub: string,
    readonly token: string,
  ) {}

  /** The address of the learner's server, with a slash at the end. */
  get server(): string {
    return `${this.hub}/user/${this.name}/`;
  }

  /** A request to the learner's server with their token. */
  async fetch(place: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.server}${place}`, {
      ...init,
      headers: { Authorization: `token ${this.token}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(120_000),
    });
  }

  /** What visiting the learner's own address does first: nbgitpuller brings the newest lessons. Answers what it printed. */
  async pull(repository: string, folder: string): Promise<string> {
    const query = new URLSearchParams({ repo: repository, branch: "lessons", targetpath: folder });
    const answer = await this.fetch(`git-pull/api?${query.toString()}`);
    const text = await answer.text();
    if (!text.includes('"phase": "finished"')) throw new Error(`${this.name}: ${answer.status} ${text}`);
    return text;
  }

  async read(file: string): Promise<Notebook> {
    const answer = await this.fetch(`api/contents/${file}`);
    if (!answer.ok) throw new Error(`${this.name}: ${file}: ${answer.status}`);
    return ((await answer.json()) as { content: Notebook }).content;
  }

  async save(file: string, notebook: Notebook): Promise<void> {
    const body = JSON.stringify({ type: "notebook", format: "json", content: notebook });
    const answer = await this.fetch(`api/contents/${file}`, { method: "PUT", body });
    if (!answer.ok) throw new Error(`${this.name}: ${file}: ${answer.status} ${await answer.text()}`);
  }

  /** Opens a kernel for a notebook, as a click on it does. */
  async open(file: string): Promise<Kernel.IKernelConnection> {
    this.managers = await connect({ baseUrl: this.server, token: this.token, stop: () => Promise.resolve() });
    const name = file.split("/").at(-1) ?? file;
    const kernel = { name: "layerbook" };
    this.session = await this.managers.sessions.startNew({ path: file, name, type: "notebook", kernel });
    await this.kernel.info;
    return this.kernel;
  }

  get kernel(): Kernel.IKernelConnection {
    const kernel = this.session?.kernel;
    if (!kernel) throw new Error(`${this.name} has no kernel`);
    return kernel;
  }

  async run(source: string): Promise<Execution> {
    const execution = await executeCell(this.kernel, source, {
      timeout: 120_000,
      signal: new AbortController().signal,
      previousCount: this.count,
      displays: new Map(),
    });
    this.count = execution.count ?? this.count;
    this.times.push(execution.milliseconds);
    return execution;
  }

  /** The kernel was started anew: it counts from 1 again. */
  countAnew(): void {
    this.count = 0;
  }

  /** Runs every code cell, answers written in, and keeps the outputs in *notebook*. Throws at the first cell that does not end well. */
  async work(notebook: Notebook, answers: Answers): Promise<void> {
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") continue;
      const beginning = Object.keys(answers).find((key) => cell.source.startsWith(key));
      if (beginning !== undefined) cell.source = answers[beginning] ?? "";
      const { status, outputs, count, error } = await this.run(cell.source);
      if (status !== "ok")
        throw new Error(`${this.name}: ${cell.source.split("\n")[0]}: ${status} ${error?.message ?? ""}`);
      Object.assign(cell, { outputs, execution_count: count } satisfies Partial<CodeCell>);
    }
  }

  /** Lets go of the connection; kernel and server go on. */
  leave(): void {
    this.session?.dispose();
    this.managers?.dispose();
    this.session = undefined;
    this.managers = undefined;
    this.count = 0;
  }
}

/** All that the outputs of an execution say, as text. */
export function said({ outputs }: Pick<Execution, "outputs">): string {
  return JSON.stringify(outputs);
}
