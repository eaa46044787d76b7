/** Simple commands: assignments, redirections, and which of function, builtin or program a name is. */

import { assume, base, findInPath, ProgramLoader } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import type { Assignment, SimpleCommand } from "./ast";
import { builtins, type Builtin } from "./builtins";
import { expandFields, expandText, expandWords } from "./expand";
import type { Context, Interpreter } from "./interpreter";
import { report, runToEnd } from "./interpreter";
import { redirect, RedirectFailure, restore } from "./redirect";
import { Exit, Jump, ShellFailure, type Shell } from "./shell";
import { runScript } from "./source";
import { trace, traceWord } from "./trace";

const DECLARING = new Set(["export", "readonly", "local", "alias", "declare", "typeset"]);

/** Runs a simple command and answers its status. */
export function* runSimple(
  interpreter: Interpreter,
  shell: Shell,
  node: SimpleCommand,
  context: Context,
): Task<number> {
  shell.substituted = undefined;
  const words = yield* expandCommand(shell, node);
  if (words.length === 0) return yield* assignmentsOnly(shell, node);
  const name = words[0] as string;
  let { args, bypass } = stripCommand(words);
  if (args === undefined) {
    args = words;
    bypass = false;
  }
  const called = args[0] as string;
  const body = bypass ? undefined : shell.functions.get(called);
  const builtin = builtins(shell.dialect).get(called);
  if (body !== undefined && builtin?.special !== true) {
    return yield* inPlace(shell, node, words, false, () =>
      callFunction(interpreter, shell, body, args, context.tested),
    );
  }
  if (builtin !== undefined) {
    const special = builtin.special === true && !bypass;
    if (called === "exec") return yield* execBuiltin(shell, node, args);
    return yield* inPlace(shell, node, words, special, () =>
      callBuiltin(shell, called, builtin, args, special, node, context),
    );
  }
  return yield* program(shell, node, args, name, context);
}

/** The words; those of declaring builtins that look like assignments are not split. */
function* expandCommand(shell: Shell, node: SimpleCommand): Task<string[]> {
  const first = node.words[0]?.[0];
  const declares = node.words.length > 1 && first?.k === "lit" && DECLARING.has(first.s);
  if (!declares) return yield* expandWords(shell, node.words);
  const out: string[] = [];
  for (const word of node.words) {
    const start = word[0];
    if (start?.k === "lit" && !start.q && /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(start.s))
      out.push(yield* expandText(shell, word, "assign"));
    else out.push(...(yield* expandFields(shell, word)));
  }
  return out;
}

/** Takes `command` off the front: what it runs is no function and no special builtin. */
function stripCommand(words: readonly string[]): { args: string[] | undefined; bypass: boolean } {
  let i = 0;
  while (words[i] === "command") {
    let j = i + 1;
    if (words[j] === "-p") j++;
    if (words[j] === "--") j++;
    if (words[j] === undefined || words[j]?.startsWith("-")) return { args: undefined, bypass: false };
    i = j;
  }
  return i === 0 ? { args: undefined, bypass: false } : { args: words.slice(i), bypass: true };
}

function* assignmentsOnly(shell: Shell, node: SimpleCommand): Task<number> {
  const traced: string[] = [];
  const terminal = traceHandle(shell, node);
  let saved;
  try {
    saved = yield* redirect(shell, node.redirects, true);
  } catch (error) {
    if (!(error instanceof RedirectFailure)) throw error;
    return shell.dialect === "dash" ? 2 : 1;
  }
  try {
    for (const one of node.assigns) traced.push(yield* assign(shell, one));
    if (shell.options.xtrace && traced.length > 0) traceLines(shell, traced, terminal);
  } finally {
    terminal?.drop();
    restore(shell.process, saved);
  }
  return shell.substituted ?? 0;
}

function traceLines(shell: Shell, parts: readonly string[], to: Handle | undefined): void {
  if (shell.dialect === "bash") for (const part of parts) trace(shell, part, to);
  else trace(shell, parts.join(" "), to);
}

/** Where the trace of a command with redirections goes: standard error as it is before them. The caller drops it. */
function traceHandle(shell: Shell, node: SimpleCommand): Handle | undefined {
  return shell.options.xtrace && node.redirects.length > 0 ? shell.process.fds.get(2)?.share() : undefined;
}

/** Carries out one assignment; answers how a trace shows it. */
export function* assign(shell: Shell, one: Assignment): Task<string> {
  if (one.array !== undefined) {
    const variable = shell.variables.need(one.name);
    if (variable.readonly) throw shell.readonlyFailure(one.name);
    if (!one.append || variable.array === undefined)
      variable.array = new Map(one.append && variable.value !== undefined ? [["0", variable.value]] : []);
    delete variable.value;
    const { associative } = variable;
    let next =
      associative === true
        ? 0
        : Math.max(-1, ...[...variable.array.keys()].map(Number).filter((n) => !Number.isNaN(n))) + 1;
    for (const item of one.array) {
      if (item.index !== undefined) {
        const index = yield* expandText(shell, item.index);
        shell.setElement(one.name, index, yield* expandText(shell, item.value, "assign"));
        next = Number(index) + 1;
      } else
        for (const field of yield* expandWords(shell, [item.value]))
          shell.setElement(one.name, String(next++), field);
    }
    return `${one.name}=(${[...variable.array.values()].map((value) => traceWord(shell, value)).join(" ")})`;
  }
  let value = yield* expandText(shell, one.value, "assign");
  if (one.index !== undefined) {
    const index = yield* expandText(shell, one.index);
    if (one.append) value = (shell.element(one.name, index) ?? "") + value;
    shell.setElement(one.name, index, value);
    return `${one.name}[${index}]=${traceWord(shell, value)}`;
  }
  const shown = value;
  if (one.append) value = (shell.get(one.name) ?? "") + value;
  shell.set(one.name, value);
  return `${one.name}${one.append ? "+" : ""}=${value === "" ? "" : traceWord(shell, shown)}`;
}

/** Runs *body* in this shell with the command's redirections and assignments around it. */
function* inPlace(
  shell: Shell,
  node: SimpleCommand,
  words: readonly string[],
  keeps: boolean,
  body: () => Task<number>,
): Task<number> {
  const terminal = traceHandle(shell, node);
  let saved;
  try {
    saved = yield* redirect(shell, node.redirects, true);
  } catch (error) {
    terminal?.drop();
    if (!(error instanceof RedirectFailure)) throw error;
    if (keeps && shell.dialect !== "bash") throw new ShellFailure("", shell.dialect === "dash" ? 2 : 1);
    return shell.dialect === "dash" ? 2 : 1;
  }
  const before: {
    name: string;
    variable: ReturnType<typeof shell.variables.find>;
    env: string | undefined;
  }[] = [];
  try {
    const traced: string[] = [];
    for (const one of node.assigns) {
      if (one.array !== undefined) {
        if (
          shell.variables.inFunction &&
          (words[0] === "local" || words[0] === "declare") &&
          !words.includes("-g")
        )
          shell.variables.local(one.name, false);
        if (words.some((word) => /^-[a-zA-Z]*A/.test(word))) {
          const variable = shell.variables.need(one.name);
          variable.associative = true;
          variable.array = new Map();
        }
        yield* assign(shell, one);
        continue;
      }
      if (!keeps || shell.dialect === "bash") {
        const old = shell.variables.find(one.name);
        before.push({ name: one.name, variable: old && { ...old }, env: shell.process.env.get(one.name) });
      }
      traced.push(yield* assign(shell, one));
      shell.export(one.name);
    }
    showTrace(shell, traced, words, terminal);
    return yield* body();
  } finally {
    terminal?.drop();
    for (const { name, variable, env } of before.reverse()) {
      if (variable === undefined) shell.variables.delete(name);
      else Object.assign(shell.variables.need(name), variable);
      if (env === undefined) shell.process.env.delete(name);
      else shell.process.env.set(name, env);
    }
    restore(shell.process, saved);
  }
}

function showTrace(
  shell: Shell,
  assigns: readonly string[],
  words: readonly string[],
  to: Handle | undefined,
): void {
  if (!shell.options.xtrace) return;
  const shown = words.map((word) => traceWord(shell, word)).join(" ");
  if (shell.dialect === "bash") {
    for (const part of assigns) trace(shell, part, to);
    trace(shell, shown, to);
  } else trace(shell, [...assigns, shown].join(" "), to);
}

function* callBuiltin(
  shell: Shell,
  name: string,
  builtin: Builtin,
  args: string[],
  special: boolean,
  node: SimpleCommand,
  context: Context,
): Task<number> {
  const outer = shell.builtin;
  shell.builtin = name;
  try {
    return yield* builtin.run(shell, args, context.tested);
  } catch (error) {
    if (error instanceof ShellFailure && !special && !(name === "local" && shell.dialect !== "bash")) {
      shell.process.err(error.message);
      return error.status;
    }
    if (error instanceof ShellFailure && error.message !== "") {
      // It is said at once, where the builtin's own redirections lead.
      shell.process.err(error.message);
      throw new ShellFailure("", error.status);
    }
    if (error instanceof Errno && error.code === "EBADF" && shell.dialect === "ash") {
      if (name === "echo")
        shell.process.err(`${shell.process.name === "ash" ? "ash" : "sh"}: write error: ${error.message}\n`);
      return 1;
    }
    if (error instanceof Errno && error.code !== "EPIPE") {
      shell.process.err(`${base(shell.arg0)}: ${name}: ${error.message}\n`);
      return 1;
    }
    if (!(error instanceof Exit) && !(error instanceof Jump)) shell.line = node.line;
    throw error;
  } finally {
    shell.builtin = outer;
  }
}

function* callFunction(
  interpreter: Interpreter,
  shell: Shell,
  body: import("./ast").Node,
  args: readonly string[],
  tested: boolean,
): Task<number> {
  const { positional, loops } = shell;
  shell.positional = args.slice(1);
  const outer = shell.functionName;
  shell.functionName = args[0] ?? "";
  shell.variables.push();
  shell.loops = 0;
  shell.calls++;
  shell.process.machine.meter.addCommands(1);
  if (shell.calls > 800) throw shell.failure("maximum function recursion depth exceeded", 2, "");
  try {
    return yield* interpreter.node(shell, body, { tested, last: false });
  } catch (error) {
    if (error instanceof Jump && error.kind === "return") return error.value;
    throw error;
  } finally {
    shell.calls--;
    shell.functionName = outer;
    shell.loops = loops;
    shell.variables.pop();
    shell.positional = positional;
  }
}

/** `exec`: redirections stay; with a name the program takes the place of the shell. */
function* execBuiltin(shell: Shell, node: SimpleCommand, args: readonly string[]): Task<number> {
  const terminal = traceHandle(shell, node);
  try {
    yield* redirect(shell, node.redirects, false);
  } catch (error) {
    terminal?.drop();
    if (!(error instanceof RedirectFailure)) throw error;
    throw new ShellFailure("", shell.dialect === "dash" ? 2 : 1);
  }
  const rest = args.slice(1);
  if (rest[0] === "--") rest.shift();
  let title: string | undefined;
  if (rest[0] === "-a" && shell.dialect !== "dash") {
    title = rest[1];
    rest.splice(0, 2);
  }
  const traced: string[] = [];
  for (const one of node.assigns) {
    traced.push(yield* assign(shell, one));
    if (rest.length > 0) shell.export(one.name);
  }
  showTrace(shell, traced, args, terminal);
  terminal?.drop();
  if (rest.length === 0) return 0;
  throw new Exit(yield* become(shell, shell.process, rest, "exec", title));
}

/** Looks the program up as the shell does, and runs it in a process of its own (or in this one when nothing follows). */
function* program(
  shell: Shell,
  node: SimpleCommand,
  args: string[],
  shown: string,
  context: Context,
): Task<number> {
  const direct =
    context.last && shell.traps.size === 0 && shell.jobs.every((job) => job.status !== undefined);
  const run = function* (own: Shell): Task<number> {
    const terminal = traceHandle(own, node);
    try {
      yield* redirect(own, node.redirects, false);
    } catch (error) {
      terminal?.drop();
      if (!(error instanceof RedirectFailure)) throw error;
      return own.dialect === "dash" ? 2 : 1;
    }
    const traced: string[] = [];
    for (const one of node.assigns) {
      traced.push(yield* assign(own, one));
      own.export(one.name);
    }
    showTrace(own, traced, args, terminal);
    terminal?.drop();
    return yield* become(own, own.process, args, "", undefined);
  };
  if (direct) return yield* run(shell);
  prehash(shell, args[0] as string);
  const child = shell.process.machine.spawn(shell.process, (process) => {
    const copy = shell.fork(process);
    return runToEnd(copy, () => run(copy));
  });
  const status = yield* shell.process.waitFor(child);
  report(shell, child);
  return status;
}

/** Remembers where a program is; dash and bash tell of it. */
export function prehash(shell: Shell, name: string): void {
  if (name.includes("/") || shell.hash.has(name)) return;
  const { path } = findInPath(shell.process, name, shell.get("PATH"));
  if (path !== undefined) shell.hash.set(name, path);
}

/** Runs a program in *process*. */
/** The environment in the order of the table in which ash and dash keep their variables (var.c `hashvar`, `listvars`). */
function byBucket(env: ReadonlyMap<string, string>): Map<string, string> {
  const bucket = (name: string): number => {
    let hash = name.charCodeAt(0) << 4;
    for (let i = 0; i < name.length; i++) hash += name.charCodeAt(i);
    return hash % 39;
  };
  const entries = [...env].map(([name, value]) => ({ name, value, at: bucket(name) }));
  return new Map(entries.sort((a, b) => a.at - b.at).map(({ name, value }) => [name, value]));
}

function* become(
  shell: Shell,
  process: Process,
  args: readonly string[],
  builtin: string,
  title: string | undefined,
): Task<number> {
  const name = args[0] as string;
  if (shell.dialect !== "bash") process.env = byBucket(process.env);
  const loader = process.machine.loader as ProgramLoader;
  process.args = title === undefined ? args : [title, ...args.slice(1)];
  let path = name;
  if (loader.isDeclared(process, args)) return yield* loader.execute(process, path);
  if (!name.includes("/")) {
    const applet = shell.standalone ? loader.applet(name) : undefined;
    if (applet !== undefined) {
      process.name = name;
      process.machine.work(1);
      process.onSignal = undefined;
      return yield* applet(process);
    }
    const found = findInPath(process, name, shell.get("PATH"));
    if (found.path === undefined) {
      if (found.denied !== undefined)
        return cannot(shell, shell.dialect === "bash" ? found.denied : name, new Errno("EACCES"), builtin);
      if (process.machine.request.assume === true && name !== "") return yield* assume(process, name);
      let text =
        shell.dialect === "bash" && builtin === "" ? `${name}: command not found` : `${name}: not found`;
      if (name === "" && shell.dialect !== "bash") text = ": Permission denied";
      shell.complain(text, builtin);
      return 127;
    }
    path = found.path;
  }
  process.onSignal = undefined;
  try {
    return yield* loader.execute(process, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === "ENOEXEC" && shell.dialect !== "ash" && looksBinary(process, path)) {
      return cannot(
        shell,
        shell.dialect === "bash" ? path : name,
        shell.dialect === "bash" ? new Errno("EBINARY") : error,
        builtin,
      );
    }
    if (error.code === "ENOEXEC") {
      // A file without `#!` is a script of this shell.
      return yield* runScript(process, shell.dialect, path, args.slice(1));
    }
    if (
      error.code === "ENOENT" &&
      process.machine.request.assume === true &&
      process.vfs.tryStat(process, path) === undefined
    )
      return yield* assume(process, name);
    return cannot(shell, shell.dialect === "bash" ? path : name, error, builtin);
  }
}

function looksBinary(process: Process, path: string): boolean {
  const bytes = process.vfs.content(process, path).read().subarray(0, 128);
  return bytes[0] === 0x7f || bytes.includes(0);
}

function cannot(shell: Shell, name: string, error: Errno, builtin: string): number {
  const missing = error.code === "ENOENT" || error.code === "ENOTDIR";
  let text = missing && shell.dialect !== "bash" ? "not found" : error.message;
  if (shell.dialect === "bash") {
    if (shell.process.vfs.tryStat(shell.process, name)?.type === "dir") text = "Is a directory";
    else if (missing && shell.process.vfs.tryStat(shell.process, name) !== undefined)
      text = "cannot execute: required file not found";
  }
  shell.complain(`${name}: ${text}`, builtin);
  return missing ? 127 : 126;
}
