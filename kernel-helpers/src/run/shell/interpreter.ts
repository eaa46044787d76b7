/** Running the nodes of a shell program. The rules of `set -e` are dash's evaltree. */

import { Errno } from "../machine/errno";
import { Pipe, PipeHandle } from "../machine/handles";
import { MachineStop } from "../machine/limits";
import { Exit, TICK, type Process, type Task } from "../machine/process";
import { ArithmeticError } from "./arith";
import { plainText, type Node, type SimpleCommand } from "./ast";
import { builtins } from "./builtins";
import { evaluateTest } from "./double-bracket";
import { expandArithmetic, expandPattern, expandText, expandWords } from "./expand";
import { matches } from "./pattern";
import { redirect, RedirectFailure, restore } from "./redirect";
import { Jump, ShellFailure, type Runner, type Shell } from "./shell";
import { prehash, runSimple } from "./simple";
import { trace } from "./trace";

/** What the surroundings of a command say about it. */
export interface Context {
  /** Its status is looked at by somebody: `set -e` does not apply. */
  readonly tested: boolean;
  /** Nothing comes after it: a program may take over the process. */
  readonly last: boolean;
}

const PLAIN: Context = { tested: false, last: false };
const TESTED: Context = { tested: true, last: false };

class Interpreter implements Runner {
  *list(shell: Shell, nodes: readonly Node[], tested: boolean, last = false): Task<number> {
    let status = 0;
    if (nodes.length === 0) return shell.status;
    for (const [i, node] of nodes.entries()) {
      status = yield* this.node(shell, node, { tested, last: last && i === nodes.length - 1 });
    }
    return status;
  }

  *child(shell: Shell, nodes: readonly Node[], last: boolean): Task<number> {
    return yield* runToEnd(shell, () => this.list(shell, nodes, false, last && nodes.length > 0));
  }

  /** Runs one node; errexit is applied here. */
  *node(shell: Shell, node: Node, context: Context): Task<number> {
    if (shell.options.noexec) return 0;
    let status: number;
    let checked = false;
    switch (node.k) {
      case "simple":
        status = yield* this.simple(shell, node, context);
        checked = true;
        break;
      case "pipe":
        status = yield* this.pipe(shell, node.commands, node.stderr);
        checked = true;
        break;
      case "subshell":
        shell.line = node.line;
        status = yield* this.subshell(shell, node, context);
        checked = true;
        break;
      case "redirected":
        status = yield* this.redirected(shell, node, context);
        checked = true;
        break;
      case "not":
        status = (yield* this.node(shell, node.a, TESTED)) === 0 ? 1 : 0;
        break;
      case "and":
      case "or": {
        status = yield* this.node(shell, node.a, TESTED);
        if ((status === 0) === (node.k === "and")) return yield* this.node(shell, node.b, context);
        break;
      }
      case "background":
        status = this.background(shell, node.a);
        break;
      case "group":
        return yield* this.list(shell, node.body, context.tested, context.last);
      case "if": {
        const test = yield* this.list(shell, node.test, true);
        if (test === 0) return yield* this.list(shell, node.then, context.tested, context.last);
        if (node.else !== undefined) return yield* this.list(shell, node.else, context.tested, context.last);
        status = 0;
        break;
      }
      case "while":
        status = yield* this.loop(shell, node, context);
        break;
      case "for":
        status = yield* this.forLoop(shell, node, context);
        break;
      case "cfor":
        status = yield* this.arithmeticLoop(shell, node, context);
        break;
      case "case":
        return yield* this.caseClause(shell, node, context);
      case "function":
        shell.functions.set(node.name, node.body);
        status = 0;
        break;
      case "test":
        shell.line = node.line;
        status = yield* evaluateTest(shell, node.test);
        checked = true;
        break;
      case "arith":
        shell.line = node.line;
        status = (yield* expandArithmetic(shell, node.expr)) === 0n ? 1 : 0;
        checked = true;
        break;
      case "time":
        status = yield* this.timed(shell, node, context);
        break;
    }
    shell.status = status;
    if (checked && shell.dialect === "bash") {
      const statuses = node.k === "pipe" ? shell.pipeStatus : [status];
      shell.variables.need("PIPESTATUS").array = new Map(statuses.map((one, i) => [String(i), String(one)]));
    }
    if (shell.pending.length > 0) yield* runTraps(shell);
    if (checked && status !== 0 && !context.tested) {
      if (shell.dialect !== "dash" && shell.traps.get("ERR") && !shell.inErrTrap) {
        shell.inErrTrap = true;
        yield* runTrap(shell, "ERR");
        shell.inErrTrap = false;
        shell.status = status;
      }
      if (shell.options.errexit) throw new Exit(status);
    }
    return status;
  }

  private *simple(shell: Shell, node: SimpleCommand, context: Context): Task<number> {
    const { machine } = shell.process;
    machine.meter.addCommands(1);
    machine.work(0.02);
    if ((machine.meter.commands & 0x3f) === 0) yield TICK;
    for (const handle of shell.process.fds.values()) {
      if (handle.congested) yield { ready: () => !handle.congested };
    }
    shell.line = node.line;
    try {
      return yield* runSimple(this, shell, node, context);
    } catch (error) {
      throw shell.wrap(error);
    }
  }

  private *pipe(shell: Shell, commands: readonly Node[], stderr: readonly boolean[]): Task<number> {
    const { machine } = shell.process;
    const children: Process[] = [];
    let input: PipeHandle | undefined;
    for (const command of commands) {
      const name =
        command.k === "simple" && command.words[0] !== undefined ? plainText(command.words[0]) : undefined;
      if (
        name !== undefined &&
        shell.dialect === "dash" &&
        !builtins("dash").has(name) &&
        !shell.functions.has(name)
      )
        prehash(shell, name);
    }
    for (const [i, command] of commands.entries()) {
      const stdin = input;
      const pipe = i < commands.length - 1 ? new Pipe() : undefined;
      input = pipe && new PipeHandle(pipe, "read", machine.meter);
      children.push(
        machine.spawn(shell.process, (process) => {
          if (stdin !== undefined) process.setFd(0, stdin);
          if (pipe !== undefined) {
            const output = new PipeHandle(pipe, "write", machine.meter);
            process.setFd(1, output);
            if (stderr[i] === true) process.setFd(2, output.share());
          }
          return this.child(shell.fork(process), [command], true);
        }),
      );
    }
    const statuses: number[] = [];
    for (const child of children) statuses.push(yield* shell.process.waitFor(child));
    shell.pipeStatus = statuses;
    report(shell, children.at(-1));
    if (shell.options.pipefail) return statuses.findLast((status) => status !== 0) ?? 0;
    return statuses.at(-1) ?? 0;
  }

  private *subshell(shell: Shell, node: Node & { k: "subshell" }, context: Context): Task<number> {
    if (context.last && shell.traps.size === 0)
      return yield* this.list(shell, node.body, context.tested, true);
    const child = shell.process.machine.spawn(shell.process, (process) => {
      const copy = shell.fork(process);
      return runToEnd(copy, () => this.list(copy, node.body, context.tested, true));
    });
    const status = yield* shell.process.waitFor(child);
    report(shell, child);
    return status;
  }

  private *redirected(shell: Shell, node: Node & { k: "redirected" }, context: Context): Task<number> {
    let saved;
    try {
      saved = yield* redirect(shell, node.redirects, true);
    } catch (error) {
      if (!(error instanceof RedirectFailure)) throw shell.wrap(error);
      return shell.dialect === "dash" ? 2 : 1;
    }
    try {
      return yield* this.node(shell, node.a, { tested: context.tested, last: false });
    } finally {
      restore(shell.process, saved);
    }
  }

  private background(shell: Shell, node: Node): number {
    const child = shell.process.machine.spawn(shell.process, (process) => {
      const copy = shell.fork(process);
      process.setFd(0, process.open("/dev/null"));
      return this.child(copy, [node], true);
    });
    shell.jobs = shell.jobs.filter((job) => job.status === undefined);
    shell.jobs.push(child);
    shell.lastBackground = child.pid;
    return 0;
  }

  private *loop(shell: Shell, node: Node & { k: "while" }, context: Context): Task<number> {
    let status = 0;
    shell.loops++;
    try {
      for (;;) {
        try {
          const test = yield* this.list(shell, node.test, true);
          if ((test === 0) === node.until) break;
          status = yield* this.list(shell, node.body, context.tested);
        } catch (error) {
          if (!leaves(error)) continue;
          break;
        }
      }
    } finally {
      shell.loops--;
    }
    return status;
  }

  private *forLoop(shell: Shell, node: Node & { k: "for" }, context: Context): Task<number> {
    shell.line = node.line;
    const words = node.words === undefined ? [...shell.positional] : yield* expandWords(shell, node.words);
    let status = 0;
    shell.loops++;
    try {
      for (const word of words) {
        if (shell.dialect === "bash" && shell.options.xtrace)
          trace(shell, `for ${node.name} in ${words.join(" ")}`);
        shell.process.machine.meter.addCommands(1);
        shell.set(node.name, word);
        try {
          status = yield* this.list(shell, node.body, context.tested);
        } catch (error) {
          if (!leaves(error)) continue;
          break;
        }
      }
    } finally {
      shell.loops--;
    }
    return status;
  }

  private *arithmeticLoop(shell: Shell, node: Node & { k: "cfor" }, context: Context): Task<number> {
    let status = 0;
    yield* expandArithmetic(shell, node.init);
    shell.loops++;
    try {
      for (;;) {
        shell.process.machine.meter.addCommands(1);
        if (node.test.length > 0 && (yield* expandArithmetic(shell, node.test)) === 0n) break;
        try {
          status = yield* this.list(shell, node.body, context.tested);
        } catch (error) {
          if (leaves(error)) break;
        }
        yield* expandArithmetic(shell, node.step);
      }
    } finally {
      shell.loops--;
    }
    return status;
  }

  private *caseClause(shell: Shell, node: Node & { k: "case" }, context: Context): Task<number> {
    shell.line = node.line;
    const word = yield* expandText(shell, node.word);
    if (shell.dialect === "bash" && shell.options.xtrace) trace(shell, `case ${word} in`);
    let falling = false;
    let status = 0;
    for (const item of node.items) {
      let hit = falling;
      for (const pattern of item.patterns) {
        if (hit) break;
        hit = matches(
          yield* expandPattern(shell, pattern),
          word,
          shell.dialect === "bash" && shell.globOptions.extended === true,
        );
      }
      if (!hit) continue;
      status =
        item.body.length === 0
          ? 0
          : yield* this.list(shell, item.body, context.tested, context.last && item.end === ";;");
      if (item.end === ";;") return (shell.status = status);
      falling = item.end === ";&";
    }
    shell.status = status;
    return status;
  }

  private *timed(shell: Shell, node: Node & { k: "time" }, context: Context): Task<number> {
    const start = shell.process.machine.clock;
    const status = node.a === undefined ? 0 : yield* this.node(shell, node.a, { ...context, last: false });
    const seconds = (shell.process.machine.clock - start) / 1000;
    const format = (value: number): string =>
      node.posix ? value.toFixed(2) : `${Math.floor(value / 60)}m${(value % 60).toFixed(3)}s`;
    const gap = node.posix ? " " : "\t";
    shell.process.err(
      `${node.posix ? "" : "\n"}real${gap}${format(seconds)}\nuser${gap}${format(0)}\nsys${gap}${format(0)}\n`,
    );
    return status;
  }
}

/** Whether a loop ends: a `break`, or a `continue` of a loop further out (that is thrown on). */
function leaves(error: unknown): boolean {
  if (!(error instanceof Jump) || error.kind === "return") throw error;
  if (error.value > 1) {
    error.value--;
    throw error;
  }
  return error.kind === "break";
}

const DEATHS: Readonly<Record<number, string>> = {
  1: "Hangup", 3: "Quit", 4: "Illegal instruction", 6: "Aborted", 8: "Floating point exception", 9: "Killed", 10: "User defined signal 1",
  11: "Segmentation fault", 12: "User defined signal 2", 14: "Alarm clock", 15: "Terminated",
}; // prettier-ignore

/** Says how a child died, as shells do. */
export function report(shell: Shell, child: Process | undefined): void {
  const text = child === undefined ? undefined : DEATHS[child.signal];
  if (text === undefined) return;
  if (shell.dialect === "bash")
    shell.process.err(
      `${shell.arg0}: line ${shell.line}: ${String(child?.pid).padStart(5)} ${text.padEnd(23)} ${child?.title ?? ""}\n`,
    );
  else shell.process.err(text + "\n");
}

/** Runs the traps of signals that have come. */
export function* runTraps(shell: Shell): Task {
  for (let name = shell.pending.shift(); name !== undefined; name = shell.pending.shift()) {
    const { status } = shell;
    yield* runTrap(shell, name);
    shell.status = status;
  }
}

function* runTrap(shell: Shell, name: string): Task {
  const action = shell.traps.get(name);
  if (action === undefined || action === "") return;
  yield* evaluateText(shell, action);
}

/** Set by the reader of programs (source.ts): runs a text as `eval` does. */
let evaluateText: (shell: Shell, text: string) => Task<number> = function* () {
  throw new Error("no evaluator");
};

/** Gives the interpreter its reader. */
export function setEvaluator(evaluate: typeof evaluateText): void {
  evaluateText = evaluate;
}

/** Runs a shell to its end: what ends it early, and its EXIT trap. Answers the exit status of the process. */
export function* runToEnd(shell: Shell, body: () => Task<number>): Task<number> {
  let status = yield* guarded(shell, body);
  const action = shell.traps.get("EXIT");
  if (action !== undefined && action !== "") {
    shell.traps.delete("EXIT");
    shell.status = status;
    const kept = status;
    status = yield* guarded(shell, function* () {
      yield* evaluateText(shell, action);
      return kept;
    });
  }
  return status;
}

function* guarded(shell: Shell, body: () => Task<number>): Task<number> {
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof Exit) return error.status;
    if (error instanceof ShellFailure) {
      shell.process.err(error.message);
      return error.status;
    }
    if (error instanceof ArithmeticError) {
      shell.complain(error.message, "");
      return shell.dialect === "bash" ? 1 : 2;
    }
    if (error instanceof Jump) return error.kind === "return" ? error.value : shell.status;
    if (error instanceof MachineStop) throw error;
    if (error instanceof Errno) {
      if (error.code === "EPIPE") return 141;
      shell.complain(`${error.path === "" ? "" : error.path + ": "}${error.message}`, "");
      return 2;
    }
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw new MachineStop(
        "LB_RUN_DEPTH: stopped: functions call each other without end / 함수가 끝없이 서로를 불러 멈췄습니다",
      );
    }
    throw error;
  }
}

export const interpreter = new Interpreter();
export type { Interpreter };
export { PLAIN };
