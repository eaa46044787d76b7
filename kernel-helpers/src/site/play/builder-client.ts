/** The page's end of its builder: starts the worker, ends it when asked, and gives a new one the cache that the old one had. */

import type { Locale } from "../../report/locale";
import type { Project } from "./project";
import type { Answer, Request } from "./protocol";

/** Builds that are done again after an end: as many as the matrix shows. */
const REMEMBERED = 6;

interface Waiting {
  resolve(answer: Answer): void;
  readonly onProgress?: (text: string) => void;
  readonly restores: boolean;
}

/** Asked of, as a promise each. */
export class BuilderClient {
  private worker: Worker | undefined;
  private next = 1;
  private readonly waiting = new Map<number, Waiting>();
  private built: Project[] = [];

  /** *source*: the worker's program. */
  constructor(
    private readonly source: string,
    private readonly locale: () => Locale,
  ) {}

  /** Starts the worker ahead of its first use. */
  start(): void {
    if (this.worker !== undefined) return;
    // A page of one file, also opened from a disk, can only give a worker its program this way.
    const url = URL.createObjectURL(new Blob([this.source], { type: "text/javascript" }));
    const worker = new Worker(url);
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === "ready") URL.revokeObjectURL(url);
      else if (data.kind === "progress") this.waiting.get(data.id)?.onProgress?.(data.text);
      else this.settle(data.id, data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(event.message, false);
    };
    if (this.built.length > 0)
      void this.ask({ kind: "restore", id: 0, projects: this.built, locale: this.locale() });
  }

  /** Is something being done that was asked for? What an end left to be built again only makes the next answer later. */
  get busy(): boolean {
    return [...this.waiting.values()].some(({ restores }) => !restores);
  }

  async build(project: Project, onProgress: (text: string) => void): Promise<Answer> {
    const answer = await this.ask({ kind: "build", id: 0, project, locale: this.locale() }, onProgress);
    if (answer.kind === "built") this.built = [...this.built, project].slice(-REMEMBERED);
    return answer;
  }

  draw(kind: "draw" | "what-if"): Promise<Answer> {
    return this.ask({ kind, id: 0, locale: this.locale() });
  }

  /** Ends the worker; everything that waits fails with *message*. The next one begins with the builds of this one: at once, or when asked. */
  end(message: string, again = true): void {
    this.worker?.terminate();
    this.worker = undefined;
    for (const id of [...this.waiting.keys()]) this.settle(id, { kind: "failed", id, message });
    if (again) this.start();
  }

  private ask(request: Request, onProgress?: (text: string) => void): Promise<Answer> {
    this.start();
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, { resolve, onProgress, restores: request.kind === "restore" });
      this.worker?.postMessage({ ...request, id });
    });
  }

  private settle(id: number, answer: Answer): void {
    this.waiting.get(id)?.resolve(answer);
    this.waiting.delete(id);
  }
}
