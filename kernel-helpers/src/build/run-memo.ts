/** Commands that ran before: one that would see the same files is not run again, what it did is done again. */

import type { WritableFileSystem } from "../platform/files";
import { Journal, type RunRequest, type RunResult } from "../run";

/** So many calls of file systems are kept in all, about 100 bytes each; the commands that were not used for longest are forgotten first. */
const MAX_CALLS = 200_000;

/** What can be asked for before the file system is there. */
export type RunQuestion = Omit<RunRequest, "fs">;

interface Known {
  readonly journal: Journal;
  readonly now: number;
  readonly result: RunResult;
  readonly printed: readonly (readonly [stream: 1 | 2, data: string, at: number])[];
}

/**
 * Of each command the last run, by everything in its request but the time. Only a matter of speed: what comes of a command is the same
 * with and without it, as test/build/run-memo.test.ts tries.
 */
export class RunMemo {
  /** The one that was used last is the last. */
  private readonly known = new Map<string, Known>();
  private calls = 0;

  /**
   * Does on *fs* what the command did before, if it would do the same there, and answers what it answered. Undefined when it must be
   * run: then *fs* may have changed.
   */
  recall(question: RunQuestion, fs: WritableFileSystem): RunResult | undefined {
    const name = nameOf(question);
    const known = name === undefined ? undefined : this.known.get(name);
    if (!known || (known.journal.usesClock && known.now !== question.now)) return undefined;
    const { now } = fs;
    fs.now = question.now;
    const isSame = known.journal.repeat(fs);
    fs.now = now;
    if (!isSame) return undefined;
    this.known.delete(name!);
    this.known.set(name!, known);
    for (const [stream, data, at] of known.printed) question.onOutput?.(stream, data, at);
    return known.result;
  }

  /** Runs the command with *run*, and remembers it. */
  async record(request: RunRequest, run: (request: RunRequest) => Promise<RunResult>): Promise<RunResult> {
    const name = nameOf(request);
    if (name === undefined) return run(request);
    const journal = new Journal();
    const printed: [1 | 2, string, number][] = [];
    const result = await run({
      ...request,
      journal,
      onOutput: (stream, data, at) => {
        printed.push([stream, data, at]);
        request.onOutput?.(stream, data, at);
      },
    });
    this.forget(name);
    // A command that was stopped was not stopped by its files.
    if (journal.isWhole && result.startError === undefined && request.signal?.aborted !== true) {
      this.known.set(name, { journal, now: request.now, result, printed });
      this.calls += journal.length;
    }
    for (const oldest of this.known.keys()) {
      if (this.calls <= MAX_CALLS) break;
      this.forget(oldest);
    }
    return result;
  }

  /** Forgets everything. */
  clear(): void {
    this.known.clear();
    this.calls = 0;
  }

  private forget(name: string): void {
    this.calls -= this.known.get(name)?.journal.length ?? 0;
    this.known.delete(name);
  }
}

/** Everything that a command depends on but its files and the time. Undefined for one that takes more: files of mounts, programs from outside. */
function nameOf(question: RunQuestion): string | undefined {
  if (question.mounts?.length || question.tools || question.journal) return undefined;
  const asIs = { fs: undefined, catalog: undefined, now: undefined, signal: undefined, onOutput: undefined };
  return JSON.stringify({ ...question, ...asIs });
}
