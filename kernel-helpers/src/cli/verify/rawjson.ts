/** What a real build prints with `--progress=rawjson`: lines of JSON, put together to steps (buildkit client/graph.go SolveStatus). */

import type { StepStatus } from "../../build/types";

/** A step of the Dockerfile as the real builder reports it. */
export interface RealStep {
  readonly digest: string;
  readonly name: string;
  readonly status: StepStatus | null;
  /** Printed lines, both streams. */
  readonly output: readonly string[];
  readonly error?: string;
}

export interface RealBuild {
  readonly exitCode: number;
  readonly steps: readonly RealStep[];
  /** Names of rules with the line they are about. */
  readonly warnings: readonly string[];
  /** `failed to solve: …` without these words. */
  readonly error?: string;
  /** What was no JSON: for the report. */
  readonly rest: readonly string[];
}

interface Vertex {
  readonly digest: string;
  readonly name?: string;
  readonly started?: string | null;
  readonly completed?: string | null;
  readonly cached?: boolean;
  readonly error?: string;
}

interface Status {
  readonly vertexes?: readonly Vertex[] | null;
  readonly logs?: readonly { readonly vertex: string; readonly data?: string }[] | null;
  readonly warnings?:
    | readonly {
        readonly short?: string;
        readonly range?: readonly { readonly start?: { readonly line?: number } }[];
      }[]
    | null;
}

/** Gathers lines. */
export class RawProgress {
  private readonly vertexes = new Map<string, Vertex>();
  private readonly logs = new Map<string, Buffer[]>();
  private readonly warnings = new Set<string>();
  private readonly rest: string[] = [];

  line(line: string): void {
    let status: Status | undefined;
    if (line.startsWith("{")) {
      try {
        status = JSON.parse(line) as Status;
      } catch {
        // Kept with the rest.
      }
    }
    if (!status) {
      if (line.trim() !== "") this.rest.push(line);
      return;
    }
    for (const vertex of status.vertexes ?? []) {
      const before = this.vertexes.get(vertex.digest);
      const given = Object.entries(vertex).filter(([, value]) => value !== null && value !== undefined);
      this.vertexes.set(vertex.digest, { ...before, ...(Object.fromEntries(given) as unknown as Vertex) });
    }
    for (const { vertex, data } of status.logs ?? []) {
      const pieces = this.logs.get(vertex) ?? [];
      pieces.push(Buffer.from(data ?? "", "base64"));
      this.logs.set(vertex, pieces);
    }
    for (const { short, range } of status.warnings ?? []) {
      const text = Buffer.from(short ?? "", "base64").toString("utf8");
      this.warnings.add(
        `${text.replace(/ - https?:.*$/, "").replace(/ \(line \d+\)$/, "")} (line ${range?.[0]?.start?.line ?? 0})`,
      );
    }
  }

  end(exitCode: number): RealBuild {
    const error = this.rest
      .map((line) => /^(?:error|ERROR): (?:failed to build: )?(?:failed to solve: )?(.*)$/.exec(line)?.[1])
      .findLast((text) => text !== undefined);
    return {
      exitCode,
      steps: [...this.vertexes.values()]
        .filter(({ name }) => isStep(name ?? ""))
        .map((vertex) => this.step(vertex)),
      warnings: [...this.warnings].sort(),
      ...(error !== undefined && { error }),
      rest: this.rest,
    };
  }

  private step(vertex: Vertex): RealStep {
    const { digest, name = "", error, cached, completed, started } = vertex;
    const isCanceled = error !== undefined && /context canceled/.test(error);
    const text = Buffer.concat(this.logs.get(digest) ?? []).toString("utf8");
    return {
      digest,
      name,
      status: error
        ? isCanceled
          ? "CANCELED"
          : "ERROR"
        : cached
          ? "CACHED"
          : completed
            ? "DONE"
            : started
              ? "CANCELED"
              : null,
      output: text === "" ? [] : text.replace(/\n$/, "").split(/\r?\n/),
      ...(error !== undefined && error !== "" && { error }),
    };
  }
}

/** `[2/4] RUN …` and `[web 1/2] …` are steps; `[internal] …`, `[auth] …` and exports are not. */
function isStep(name: string): boolean {
  return name.startsWith("[") && !/^\[(internal|auth)\]/.test(name);
}
