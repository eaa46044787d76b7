/** Starting shells, and running text: `sh -c`, script files, `eval`, `.`. */

import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import type { Dialect } from "./ast";
import { homeDirectory } from "./expand";
import { interpreter, runToEnd, setEvaluator } from "./interpreter";
import { Parser } from "./parser";
import { Jump, OPTION_LETTERS, Shell, ShellFailure } from "./shell";
import { evaluateArithmetic } from "./arith";
import { SyntaxFailure } from "./words";

/** A shell in *process* with the process's environment as its variables. */
function newShell(process: Process, dialect: Dialect): Shell {
  const shell = new Shell(process, dialect, interpreter);
  for (const [name, value] of process.env) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      // The environment of what it starts is made from the variables, which cannot have such a name.
      if (dialect !== "bash") process.env.delete(name);
      continue;
    }
    const variable = shell.variables.need(name);
    variable.value = value;
    variable.exported = true;
  }
  shell.set("IFS", " \t\n");
  shell.variables.need("IFS").exported = false;
  shell.process.env.delete("IFS");
  const set = (name: string, value: string): void => {
    if (shell.variables.get(name) === undefined) shell.set(name, value);
  };
  // PWD of the environment counts only when it names the directory that the process is in.
  const pwd = process.env.get("PWD");
  const valid = pwd !== undefined && pwd.startsWith("/") && samePlace(process, pwd);
  if (!valid) {
    const variable = shell.variables.need("PWD");
    variable.value = process.cwd;
    variable.exported = true;
    process.env.set("PWD", process.cwd);
  }
  if (dialect === "dash") {
    set("PS1", process.cred.uid === 0 ? "# " : "$ ");
    set("PS2", "> ");
  }
  set("OPTIND", "1");
  set("PS4", "+ ");
  if (dialect !== "bash") set("PPID", String(process.ppid));
  if (dialect === "bash") {
    const level = Number(shell.get("SHLVL") ?? 0) || 0;
    shell.set("SHLVL", String(level + 1), true);
    shell.set("BASH_VERSION", "5.2.15(1)-release");
    shell.set("BASH", "/bin/bash");
    shell.set("PPID", String(process.ppid));
    shell.set("UID", String(process.cred.uid));
    shell.set("EUID", String(process.cred.uid));
    shell.set("HOSTNAME", process.machine.hostname);
    shell.set("HOSTTYPE", "x86_64");
    shell.set("OSTYPE", "linux-gnu");
    shell.set("MACHTYPE", "x86_64-pc-linux-gnu");
    set("_", "/bin/bash");
  } else if (dialect === "ash") {
    const level = Number(shell.get("SHLVL") ?? 0) || 0;
    shell.set("SHLVL", String(level + 1), true);
    set("HOSTNAME", process.machine.hostname);
    for (const name of ["FUNCNAME", "LINENO"]) set(name, "");
    if (shell.variables.get("PATH") === undefined) shell.set("PATH", "/sbin:/usr/sbin:/bin:/usr/bin", true);
    set("PS1", "\\w \\$ ");
    set("PS2", "> ");
  }
  shell.findHome = (name) => homeDirectory(shell, name);
  shell.arithmeticIndex = (text) => evaluateArithmetic(text, shell.arithmeticScope, dialect);
  return shell;
}

function samePlace(process: Process, path: string): boolean {
  try {
    return process.vfs.locate(process, path).path === process.cwd;
  } catch {
    return false;
  }
}

/** Runs *text* line by line in *shell*; *last* says that the shell ends after it. */
export function* runText(
  shell: Shell,
  text: string,
  last: boolean,
  tested = false,
  builtin = "",
): Task<number> {
  const parser = new Parser(text, shell.dialect);
  let status = 0;
  for (;;) {
    let nodes;
    try {
      nodes = parser.nextCommand();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      const message = shell.syntaxMessage(error, text);
      throw new ShellFailure(
        builtin !== "" && shell.dialect === "ash"
          ? shell.message(message.slice(message.indexOf("syntax error: "), -1), builtin)
          : message,
        2,
      );
    }
    if (nodes === undefined) return status;
    status = yield* interpreter.list(shell, nodes, tested, last && parser.atEnd());
  }
}

setEvaluator(function* (shell, text) {
  return yield* runText(shell, text, false);
});

/** Runs the file at *path* as a script of a new shell in *process*. */
export function* runScript(
  process: Process,
  dialect: Dialect,
  path: string,
  args: readonly string[],
): Task<number> {
  const shell = newShell(process, dialect);
  shell.arg0 = path;
  shell.positional = [...args];
  return yield* scriptIn(shell, path);
}

function* scriptIn(shell: Shell, path: string): Task<number> {
  let text: string;
  try {
    text = yield* shell.process.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const missing = error.code === "ENOENT";
    if (shell.dialect === "bash") shell.process.err(`${shell.arg0}: ${path}: ${error.message}\n`);
    else if (shell.dialect === "dash")
      shell.process.err(
        `${shell.invoked}: 0: cannot open ${path}: ${missing ? "No such file" : error.message}\n`,
      );
    else shell.process.err(`${shell.invoked}: can't open '${path}': ${error.message}\n`);
    return shell.dialect !== "bash" ? 2 : missing ? 127 : 126;
  }
  shell.script = true;
  return yield* runToEnd(shell, () => runText(shell, text, true));
}

/** The program `sh` (or `ash`, `dash`, `bash`): options, `-c`, a script, or standard input. */
export function shellProgram(dialect: Dialect, standalone = false) {
  return function* (process: Process): Task<number> {
    const shell = newShell(process, dialect);
    shell.standalone = standalone && process.minimal;
    const [invoked = "sh", ...rest] = process.args;
    shell.arg0 = invoked;
    shell.invoked = invoked;
    let command = false;
    let stdin = false;
    while (rest.length > 0) {
      const option = rest[0] as string;
      if (option === "--" || option === "-") {
        rest.shift();
        break;
      }
      if (!/^[-+]./.test(option)) break;
      rest.shift();
      if (option.startsWith("--")) {
        if (option === "--version" && dialect === "bash") {
          process.out("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n");
          return 0;
        }
        if (
          dialect === "bash" &&
          ["--login", "--norc", "--noprofile", "--posix", "--verbose"].includes(option)
        )
          continue;
        shell.complain(`illegal option ${option}`, "");
        return 2;
      }
      const on = option.startsWith("-");
      for (const letter of option.slice(1)) {
        if (letter === "c") command = true;
        else if (letter === "s") stdin = true;
        else if (letter === "o") {
          const name = rest.shift() ?? "";
          if (!setOption(shell, name, on)) return badOption(shell, `-o ${name}`);
        } else if (letter === "l" || (letter === "i" && on)) continue;
        else if (letter in OPTION_LETTERS) shell.options[OPTION_LETTERS[letter] as string] = on;
        else if (dialect === "bash" && "hkptBEHPTrD".includes(letter)) continue;
        else return badOption(shell, `-${letter}`);
      }
    }
    if (command) {
      const text = rest.shift();
      if (text === undefined) {
        if (dialect === "bash") process.err(`${invoked}: -c: option requires an argument\n`);
        else if (dialect === "dash") process.err(`${invoked}: 0: -c requires an argument\n`);
        else process.err(`${invoked}: -c requires an argument\n`);
        return 2;
      }
      if (rest.length > 0) shell.arg0 = rest.shift() as string;
      shell.positional = rest;
      shell.commandString = true;
      return yield* runToEnd(shell, () => runText(shell, text, true));
    }
    if (!stdin && rest.length > 0) {
      const path = rest.shift() as string;
      shell.arg0 = path;
      shell.positional = rest;
      return yield* scriptIn(shell, path);
    }
    shell.positional = rest;
    return yield* runToEnd(shell, () => fromInput(shell));
  };
}

function badOption(shell: Shell, option: string): number {
  if (shell.dialect === "bash") shell.process.err(`${shell.arg0}: ${option}: invalid option\n`);
  else
    shell.process.err(
      `${shell.arg0}: ${shell.dialect === "dash" ? "0: Illegal" : "illegal"} option ${option}\n`,
    );
  return 2;
}

/** Sets an option by its long name; false when there is none. */
export function setOption(shell: Shell, name: string, on: boolean): boolean {
  const known = new Set([...Object.values(OPTION_LETTERS), "nolog", "debug", "vi", "emacs"]);
  if (shell.dialect !== "dash") known.add("pipefail");
  if (shell.dialect === "bash")
    for (const one of [
      "posix",
      "braceexpand",
      "hashall",
      "errtrace",
      "functrace",
      "history",
      "physical",
      "privileged",
      "keyword",
      "onecmd",
      "histexpand",
      "interactive-comments",
    ])
      known.add(one);
  if (!known.has(name)) return false;
  shell.options[name] = on;
  return true;
}

/** Reads commands from standard input, line by line as far as a command needs, so that they share it. */
function* fromInput(shell: Shell): Task<number> {
  const text = yield* shell.process.readAll(0);
  return yield* runText(shell, text, true);
}

/** `.`: runs a file in this shell. */
export function* sourceFile(
  shell: Shell,
  path: string,
  args: readonly string[] | undefined,
  tested: boolean,
): Task<number> {
  const text = yield* shell.process.readFile(path);
  const { positional, script, loops } = shell;
  if (args !== undefined && args.length > 0) shell.positional = [...args];
  shell.calls++;
  const outer = shell.builtin;
  shell.builtin = "";
  if (shell.dialect === "ash") shell.script = true;
  try {
    return yield* runText(shell, text, false, tested);
  } catch (error) {
    if (error instanceof Jump && error.kind === "return") return error.value;
    throw error;
  } finally {
    shell.calls--;
    shell.builtin = outer;
    shell.script = script;
    shell.loops = loops;
    if (args !== undefined && args.length > 0) shell.positional = positional;
  }
}
