/** Runs the code of a cell: magics by their registry, the rest as TypeScript, which is loaded when it is first needed. */

import type { MagicRegistry } from "../magics/registry";
import { type MagicHost, runCellMagic, runLineMagic } from "../magics/run-magic";
import { passGate } from "../magics/prediction-gate";
import { splitCell } from "../magics/split";
import { type CellOutput, MagicError, type MagicResult } from "../magics/types";
import { runtimeHint } from "../typescript/hints";
import type { CellContext } from "./cell-context";
import type { NotebookSession } from "./notebook-session";
import { INTERRUPTED, type Outcome } from "./outcome";

/** Runs the code of cells. */
export interface CellRunner {
  run(code: string, context: CellContext): Promise<Outcome>;
}

/** What running a cell needs of the kernel. */
export interface EvaluateHost {
  readonly registry: MagicRegistry;
  readonly session: NotebookSession;
  /** Loads the TypeScript part. */
  typescript(): CellRunner;
  /** Names the cell that outputs of unknown origin belong to. */
  setLatestCell(context: CellContext): void;
  /** Runs *work* as part of a cell: what it starts, however late it runs, stays with this cell. */
  runInCell<T>(context: CellContext, work: () => T): T;
  /** Calls *work* after so many ms, with timers that no cell has changed; answers how to call it off. */
  after(ms: number, work: () => void): () => void;
  output(context: CellContext): CellOutput;
  attend(): void;
  input(context: CellContext, prompt: string, password: boolean): Promise<string>;
}

/** Runs *code*. Resolves with how it ended; never rejects. */
export async function evaluateCell(
  code: string,
  context: CellContext,
  metadata: Readonly<Record<string, unknown>>,
  host: EvaluateHost,
): Promise<Outcome> {
  const source = splitCell(code);
  const magicHost = {
    registry: host.registry,
    session: host.session,
    output: host.output(context),
    metadata,
    attend: () => host.attend(),
    input: (prompt: string, password: boolean) => host.input(context, prompt, password),
  };
  const stopped = await gate(code, context, magicHost);
  if (stopped !== undefined) return stopped;
  // No async context for magics: none of their work outlives them, and tracking promises costs every later one.
  host.setLatestCell(context);
  if (source.kind === "cell") return guarded(context, host, () => runCellMagic(source, context, magicHost));
  let outcome: Outcome = {};
  for (const line of source.lines) {
    outcome = await guarded(context, host, () => runLineMagic(line, context, magicHost));
    if (outcome.error !== undefined) return outcome;
  }
  if (source.code === "") return outcome;
  const cells = host.typescript();
  const ran = await host.runInCell(context, () => cells.run(source.code, context));
  return { ...ran, payload: [...(outcome.payload ?? []), ...(ran.payload ?? [])] };
}

/** The prediction gate; gives how the cell ended when it was stopped there. What goes wrong in it never keeps a cell from running. */
async function gate(code: string, context: CellContext, host: MagicHost): Promise<Outcome | undefined> {
  if (context.silent) return undefined;
  try {
    await passGate({
      code,
      allowStdin: context.allowStdin,
      metadata: host.metadata,
      session: host.session,
      output: host.output,
      signal: context.signal,
      input: (prompt) => host.input(prompt, false),
    });
  } catch {
    // e.g. a state folder that cannot be written
  }
  return context.signal.aborted ? { error: INTERRUPTED } : undefined;
}

async function guarded(
  context: CellContext,
  host: EvaluateHost,
  run: () => Promise<MagicResult>,
): Promise<Outcome> {
  try {
    const result = await stoppable(run(), context.signal, host);
    // A shell that was stopped ends like one that was not: the cell is stopped all the same, and with it what waits behind it.
    return result === undefined || context.signal.aborted ? { error: INTERRUPTED } : result;
  } catch (error) {
    if (context.signal.aborted) return { error: INTERRUPTED };
    return { error: describe(error) };
  }
}

/** A magic that does not stop by itself after an interrupt is left alone after so many ms. */
const STOP_MS = 3000;

/** Waits for *running*; after an abort only a little longer, then gives undefined. */
function stoppable<T>(running: Promise<T>, signal: AbortSignal, host: EvaluateHost): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      const callOff = host.after(STOP_MS, () => resolve(undefined));
      void running.catch(() => undefined).finally(callOff);
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Magics are ours: their errors have a sentence, and no stack that a learner could use. */
function describe(error: unknown): NonNullable<Outcome["error"]> {
  const known =
    error instanceof MagicError ||
    (error instanceof Error && typeof (error as { code?: unknown }).code === "string");
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const traceback = [`\u001b[31m\u001b[1m${name}\u001b[0m: ${message}`];
  // What the machine refuses (a full disk, a folder that is read only) comes with its English message alone.
  const refused = known && !(error instanceof MagicError);
  const hint = refused ? runtimeHint(name, message, () => undefined) : undefined;
  if (hint !== undefined) traceback.push(`  힌트: ${hint}`);
  if (!known && error instanceof Error && error.stack !== undefined)
    traceback.push(...error.stack.split("\n").slice(1, 6));
  return { ename: name, evalue: message, traceback };
}
