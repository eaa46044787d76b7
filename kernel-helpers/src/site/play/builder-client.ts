/** The page's end of its builder: starts the worker, ends it when asked, and gives a new one the cache that the old one had. */

import type { Locale } from "../../report/locale";
import type { Project } from "./project";
import { type Answer, MATRIX_BUILDS, type Message, type Pictures, type Request } from "./protocol";
import type { WorkerProgram } from "./worker-program";

/** A request without what every request has. */
type Question = Request extends infer One
  ? One extends Request
    ? Omit<One, "id" | "locale">
    : never
  : never;

/** Hears what a build shows so far. */
type OnProgress = (text: string) => void;

interface Waiting {
  resolve(answer: Answer): void;
  readonly onProgress?: OnProgress;
}

/** Asked of, as a promise each. */
export class BuilderClient {
  private worker: Worker | undefined;
  private next = 1;
  private readonly waiting = new Map<number, Waiting>();
  private history: readonly Project[] = [];

  constructor(
    private readonly program: WorkerProgram,
    private readonly locale: () => Locale,
  ) {}

  /** The last builds, oldest first. */
  get built(): readonly Project[] {
    return this.history;
  }

  /** Starts the worker ahead of its first use. */
  start(): void {
    if (this.worker !== undefined) return;
    // A page of one file, also opened from a disk, can only give a worker its program this way.
    const url = URL.createObjectURL(new Blob([this.program.script], { type: "text/javascript" }));
    const worker = new Worker(url);
    this.worker = worker;
    worker.postMessage({ kind: "catalog", texts: this.program.catalog } satisfies Message);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "ready") URL.revokeObjectURL(url);
      else if (data.kind === "progress") this.waiting.get(data.id)?.onProgress?.(data.text);
      else this.settle(data.id, data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(event.message, false);
    };
  }

  /** Begins anew: with an empty cache, or with that of *builds*. Answers the pictures of the last of them. */
  async begin(builds: readonly Project[], message: string): Promise<Pictures | undefined> {
    this.end(message, false);
    this.history = builds.slice(-MATRIX_BUILDS);
    return this.restore();
  }

  async build(project: Project, onProgress: (text: string) => void): Promise<Answer> {
    const answer = await this.ask({ kind: "build", project }, onProgress);
    if (answer.kind === "built") this.history = [...this.history, project].slice(-MATRIX_BUILDS);
    return answer;
  }

  /** The pictures of the last build again. */
  draw(): Promise<Answer> {
    return this.ask({ kind: "draw" });
  }

  whatIf(project: Project): Promise<Answer> {
    return this.ask({ kind: "what-if", project });
  }

  /** The checks' remarks; a later question makes an earlier one needless. */
  check(project: Project): Promise<Answer> {
    return this.ask({ kind: "check", project });
  }

  /**
   * Ends the worker; everything that waits fails with *message*. The next one begins with the builds of this one, at once (*again*) or when
   * asked.
   */
  end(message: string, again = true): void {
    this.worker?.terminate();
    this.worker = undefined;
    for (const id of [...this.waiting.keys()]) this.settle(id, { kind: "failed", id, message, ended: true });
    if (again) void this.restore();
  }

  private async restore(): Promise<Pictures | undefined> {
    this.start();
    if (this.history.length === 0) return undefined;
    const answer = await this.send({ kind: "restore", projects: this.history });
    return answer.kind === "drawn" ? answer.pictures : undefined;
  }

  private ask(question: Question, onProgress?: OnProgress): Promise<Answer> {
    if (this.worker === undefined) void this.restore();
    return this.send(question, onProgress);
  }

  private send(question: Question, onProgress?: OnProgress): Promise<Answer> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, { resolve, onProgress });
      this.worker?.postMessage({ ...question, id, locale: this.locale() });
    });
  }

  private settle(id: number, answer: Answer): void {
    this.waiting.get(id)?.resolve(answer);
    this.waiting.delete(id);
  }
}
