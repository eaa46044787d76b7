/** The state of one shell, and the words it fails with. */

import { decodeText } from "../machine/bytes";
import { Errno } from "../machine/errno";
import { DeviceHandle, Pipe, PipeHandle, type Handle } from "../machine/handles";
import { Exit, isUtf8, SIGNALS, type Process, type Task } from "../machine/process";
import type { ArithmeticScope } from "./arith";
import { ArithmeticError, evaluateArithmetic } from "./arith";
import type { Dialect, Node } from "./ast";
import type { GlobOptions } from "./glob";
import { Variables } from "./variables";
import { SyntaxFailure } from "./words";

/** Ends a shell that is not interactive; the message has been made already. */
export class ShellFailure extends Error {
  override readonly name = "ShellFailure";
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** `break`, `continue` and `return` on their way out. */
export class Jump extends Error {
  override readonly name = "Jump";
  constructor(
    readonly kind: "break" | "continue" | "return",
    /** Loops still to leave, or the status to return. */
    public value: number,
  ) {
    super(kind);
  }
}

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  noglob: boolean;
  noexec: boolean;
  verbose: boolean;
  allexport: boolean;
  noclobber: boolean;
  pipefail: boolean;
  [name: string]: boolean;
}

/** Letters of `set`, in the order in which `$-` shows them. */
export const OPTION_LETTERS: Readonly<Record<string, string>> = {
  e: "errexit", f: "noglob", I: "ignoreeof", i: "interactive", m: "monitor", n: "noexec", s: "stdin", x: "xtrace",
  v: "verbose", C: "noclobber", a: "allexport", b: "notify", u: "nounset",
}; // prettier-ignore

/** What runs commands; the interpreter gives itself to the shell so that expansion can use it. */
export interface Runner {
  /** Runs a list in *shell*; answers the status of the last. */
  list(shell: Shell, nodes: readonly Node[], tested: boolean, last?: boolean): Task<number>;
  /** The body of a process that is a copy of a shell. */
  child(shell: Shell, nodes: readonly Node[], last: boolean): Task<number>;
}

export class Shell {
  variables = new Variables();
  functions = new Map<string, Node>();
  positional: string[] = [];
  arg0 = "sh";
  /** Set while a script file is read: messages then have line numbers. */
  script = false;
  options: ShellOptions = {
    errexit: false, nounset: false, xtrace: false, noglob: false, noexec: false, verbose: false,
    allexport: false, noclobber: false, pipefail: false,
  }; // prettier-ignore
  globOptions: GlobOptions & { nullglob?: boolean; failglob?: boolean } = {};
  status = 0;
  /** Status of the last command substitution, for a command without words. */
  substituted: number | undefined;
  line = 1;
  /** The builtin that runs, for messages. */
  builtin = "";
  loops = 0;
  /** How many functions and sourced files run. */
  calls = 0;
  traps = new Map<string, string>();
  pending: string[] = [];
  jobs: Process[] = [];
  lastBackground = 0;
  aliases = new Map<string, string>();
  hash = new Map<string, string>();
  directories: string[] = [];
  shopt = new Set<string>();
  pipeStatus: number[] = [0];
  /** busybox's own applets come before PATH. */
  standalone = false;
  /** argv[0] of the shell itself. */
  invoked = "sh";
  /** How deep in command substitutions: bash's traces show it. */
  substitutions = 0;
  /** The function that runs. */
  functionName = "";
  /** The trap of ERR runs. */
  inErrTrap = false;
  /** Started with -c. */
  commandString = false;
  private readonly rootPid: number;
  /** Of $RANDOM; seeded when it is first asked for. */
  private randomState: number | undefined;

  constructor(
    public process: Process,
    readonly dialect: Dialect,
    readonly runner: Runner,
    rootPid?: number,
  ) {
    this.rootPid = rootPid ?? process.pid;
    if (dialect === "bash") this.globOptions = { skipDots: true };
    this.listen();
  }

  /** Lets signals reach the traps. */
  private listen(): void {
    this.process.onSignal = (signal) => {
      const name = signalName(signal);
      const trap = this.traps.get(name);
      if (trap === undefined) return false;
      if (trap !== "") this.pending.push(name);
      return true;
    };
  }

  /** A copy for a subshell that runs as *process*. Traps that do something are forgotten. */
  fork(process: Process): Shell {
    const copy = new Shell(process, this.dialect, this.runner, this.rootPid);
    copy.variables = this.variables.clone();
    copy.functions = new Map(this.functions);
    copy.positional = [...this.positional];
    copy.arg0 = this.arg0;
    copy.script = this.script;
    copy.invoked = this.invoked;
    copy.functionName = this.functionName;
    copy.commandString = this.commandString;
    copy.standalone = this.standalone;
    copy.findHome = this.findHome;
    copy.arithmeticIndex = (text) => evaluateArithmetic(text, copy.arithmeticScope, copy.dialect);
    copy.options = { ...this.options };
    copy.globOptions = { ...this.globOptions };
    copy.status = this.status;
    copy.line = this.line;
    copy.loops = this.loops;
    copy.calls = this.calls;
    copy.lastBackground = this.lastBackground;
    copy.aliases = new Map(this.aliases);
    copy.shopt = new Set(this.shopt);
    copy.directories = [...this.directories];
    for (const [name, action] of this.traps) if (action === "") copy.traps.set(name, action);
    return copy;
  }

  get ifs(): string {
    return this.variables.get("IFS") ?? " \t\n";
  }

  /** The value of a variable or special parameter. */
  get(name: string): string | undefined {
    switch (name) {
      case "?":
        return String(this.status);
      case "#":
        return String(this.positional.length);
      case "$":
        return String(this.rootPid);
      case "!":
        return this.lastBackground === 0
          ? this.dialect === "bash"
            ? undefined
            : ""
          : String(this.lastBackground);
      case "-":
        return this.flags;
      case "0":
        return this.arg0;
      case "LINENO":
        return String(this.dialect === "ash" && !this.script ? this.line - 1 : this.line);
      case "RANDOM":
        if (this.dialect !== "dash") return this.random();
        break;
      case "SECONDS":
        if (this.dialect === "bash") return String(Math.floor(this.process.machine.clock / 1000));
        break;
      case "BASHPID":
        if (this.dialect === "bash") return String(this.process.pid);
        break;
      case "FUNCNAME":
        if (this.dialect !== "dash" && this.functionName !== "") return this.functionName;
        break;
    }
    if (/^[1-9]\d*$/.test(name)) return this.positional[Number(name) - 1];
    return this.variables.get(name);
  }

  private random(): string {
    this.randomState ??= this.process.machine.now & 0x7fff;
    this.randomState = (Math.imul(this.randomState, 1103515245) + 12345) & 0x7fffffff;
    return String((this.randomState >>> 8) & 0x7fff);
  }

  private get flags(): string {
    let out = "";
    for (const [letter, name] of Object.entries(OPTION_LETTERS)) if (this.options[name]) out += letter;
    if (this.dialect === "ash" && this.commandString) out += "c";
    return this.dialect === "bash" ? [...out].sort().join("").replace(/^/, "") + "hBc" : out;
  }

  /** Sets a variable. Throws when it is read-only. */
  set(name: string, value: string, exported?: boolean): void {
    const variable = this.variables.need(name);
    if (variable.readonly) throw this.readonlyFailure(name);
    this.process.machine.meter.addCommands(value.length >>> 8);
    if (variable.array !== undefined) variable.array.set("0", value);
    else variable.value = value;
    if (exported === true || this.options.allexport) variable.exported = true;
    if (variable.exported) this.process.env.set(name, value);
  }

  readonlyFailure(name: string): ShellFailure {
    const text =
      this.dialect === "bash"
        ? "readonly variable"
        : this.dialect === "dash"
          ? "is read only"
          : "is read only";
    return this.failure(`${name}: ${text}`, this.dialect === "bash" ? 1 : 2);
  }

  export(name: string): void {
    const variable = this.variables.need(name);
    variable.exported = true;
    if (variable.value !== undefined) this.process.env.set(name, variable.value);
  }

  /** An element of an array. */
  element(name: string, index: string): string | undefined {
    const variable = this.variables.find(name);
    if (variable?.array === undefined) return index === "0" ? variable?.value : undefined;
    return variable.array.get(this.indexOf(variable, index));
  }

  private indexOf(variable: { associative?: boolean; array?: Map<string, string> }, index: string): string {
    if (variable.associative === true) return index;
    let number = Number(this.arithmeticIndex(index));
    if (number < 0) number += Math.max(-1, ...[...(variable.array?.keys() ?? [])].map(Number)) + 1;
    return String(number);
  }

  arithmeticIndex: (text: string) => bigint = (text) => BigInt(/^-?\d+$/.test(text) ? text : 0);

  /** Sets an element of an array. */
  setElement(name: string, index: string, value: string): void {
    const variable = this.variables.need(name);
    if (variable.readonly) throw this.readonlyFailure(name);
    this.process.machine.meter.addCommands(value.length >>> 8);
    if (variable.array === undefined) {
      variable.array = new Map(variable.value === undefined ? [] : [["0", variable.value]]);
      delete variable.value;
    }
    variable.array.set(this.indexOf(variable, index), value);
    if (variable.associative !== true) {
      variable.array = new Map([...variable.array].sort((a, b) => Number(a[0]) - Number(b[0])));
    }
  }

  readonly arithmeticScope: ArithmeticScope = {
    get: (name, index) => {
      const value = index === undefined ? this.get(name) : this.element(name, index);
      if (value === undefined && this.options.nounset && this.dialect !== "dash") throw this.unbound(name);
      return value;
    },
    set: (name, value, index) =>
      index === undefined ? this.set(name, value) : this.setElement(name, index, value),
  };

  /** Length of a value: bytes, and characters in a UTF-8 locale (not for dash). */
  lengthOf(text: string): number {
    return this.dialect !== "dash" && isUtf8((name) => this.get(name))
      ? decodeText(text).length
      : text.length;
  }

  homeOf(name: string): string | undefined {
    return this.findHome(name);
  }

  findHome: (name: string) => string | undefined = () => undefined;

  /** A complete message: prefix, builtin, line as this shell writes them. */
  message(text: string, builtin: string = this.builtin): string {
    if (this.dialect === "dash")
      return `${this.arg0}: ${this.line}: ${builtin === "" ? "" : builtin + ": "}${text}\n`;
    if (this.dialect === "bash")
      return `${this.arg0}: line ${this.line}: ${builtin === "" ? "" : builtin + ": "}${text}\n`;
    // A -c string is counted from 0 there, a script from 1.
    const line = this.script ? this.line : this.line - 1;
    return `${this.arg0}: ${builtin === "" ? "" : builtin + ": "}${builtin !== "" || this.script ? `line ${line}: ` : ""}${text}\n`;
  }

  /** Prints a message. */
  complain(text: string, builtin?: string): void {
    this.process.err(this.message(text, builtin));
  }

  /** The error that ends this shell with *text* printed. */
  failure(text: string, status: number, builtin?: string): ShellFailure {
    return new ShellFailure(this.message(text, builtin), status);
  }

  badSubstitution(text: string): ShellFailure {
    if (this.dialect === "ash") return this.failure("syntax error: bad substitution", 2);
    if (this.dialect === "dash") return this.failure("Bad substitution", 2);
    return this.failure(`\${${text}}: bad substitution`, 1);
  }

  unbound(name: string): ShellFailure {
    if (this.dialect !== "bash") return this.failure(`${name}: parameter not set`, 2);
    return this.failure(
      `${/^\d/.test(name) ? "$" : ""}${name}: unbound variable`,
      this.options.errexit || !this.commandString ? 1 : 127,
    );
  }

  unsetMessage(colon: boolean): string {
    if (this.dialect === "bash") return colon ? "parameter null or not set" : "parameter not set";
    return colon ? "parameter not set or null" : "parameter not set";
  }

  /** The message for a program that cannot be parsed. */
  syntaxMessage(error: SyntaxFailure, source?: string): string {
    const { line } = error;
    if (this.dialect === "bash") {
      const at = `${this.arg0}: ${this.script ? "" : "-c: "}line ${line}: `;
      if (error.kind === "quote" || error.kind === "brace")
        return `${at}unexpected EOF while looking for matching \`${error.token}'\n`;
      if (error.kind === "text") return `${at}${error.token}\n`;
      if (error.token === "end of file") return `${at}syntax error: unexpected end of file\n`;
      const token = error.token.replace(/^"(.*)"$/, "$1");
      const text = source?.split("\n")[line - 1] ?? "";
      return `${at}syntax error near unexpected token \`${token}'\n${at}\`${text}'\n`;
    }
    let text: string;
    if (error.kind === "quote")
      text = error.token === "`" ? "EOF in backquote substitution" : "unterminated quoted string";
    else if (error.kind === "brace") text = `missing '${error.token}'`;
    else if (error.kind === "text") text = error.token;
    else if (this.dialect === "ash")
      text = `unexpected ${error.token}${error.expecting === undefined ? "" : ` (expecting ${error.expecting})`}`;
    else
      text = `${error.token} unexpected${error.expecting === undefined ? "" : ` (expecting ${error.expecting})`}`;
    if (this.dialect === "dash") {
      return `${this.arg0}: ${line}: Syntax error: ${text.charAt(0) === '"' ? text : text.charAt(0).toUpperCase() + text.slice(1)}\n`
        .replace("Syntax error: End of file", "Syntax error: end of file")
        .replace("Syntax error: Word unexp", "Syntax error: word unexp")
        .replace("Syntax error: Newline", "Syntax error: newline")
        .replace("Syntax error: Redirection", "Syntax error: redirection")
        .replace("missing '", "Missing '")
        .replace("EOF in backquote", "EOF in backquote");
    }
    return `${this.arg0}: ${this.script ? `line ${line}: ` : ""}syntax error: ${text}\n`;
  }

  /** A value in quotes that read back as the same value. */
  quote(text: string): string {
    if (this.dialect === "bash") return `'${text.replaceAll("'", "'\\''")}'`;
    return `'${text.replaceAll("'", `'"'"'`)}'`;
  }

  /** Runs commands in a copy of this shell and answers what they print. */
  *substitute(body: readonly Node[]): Task<string> {
    const pipe = new Pipe();
    const { meter } = this.process.machine;
    const reader = new PipeHandle(pipe, "read", meter);
    const child = this.process.machine.spawn(this.process, (process) => {
      process.setFd(1, new PipeHandle(pipe, "write", meter));
      const copy = this.fork(process);
      copy.substitutions = this.substitutions + 1;
      return this.runner.child(copy, body, true);
    });
    const parts: string[] = [];
    for (;;) {
      const piece = yield* this.process.readHandle(reader);
      if (piece === "") break;
      parts.push(piece);
      meter.addBytes(piece.length);
    }
    reader.drop();
    this.status = yield* this.process.waitFor(child);
    this.substituted = this.status;
    return parts.join("");
  }

  /** `<(…)`: a path under which the output of commands can be read. */

  *processSubstitution(body: readonly Node[], dir: "<" | ">"): Task<string> {
    const pipe = new Pipe();
    const { meter } = this.process.machine;
    const mine = new PipeHandle(pipe, dir === "<" ? "read" : "write", meter);
    this.process.machine.spawn(this.process, (process) => {
      process.setFd(dir === "<" ? 1 : 0, new PipeHandle(pipe, dir === "<" ? "write" : "read", meter));
      return this.runner.child(this.fork(process), body, true);
    });
    let fd = 63;
    while (this.process.fds.has(fd)) fd--;
    this.process.setFd(fd, mine);
    return `/dev/fd/${fd}`;
  }

  /** Turns what expansion may throw into the end of the shell. */
  wrap(error: unknown): unknown {
    if (error instanceof ArithmeticError)
      return this.failure(error.message, this.dialect === "bash" ? 1 : 2, "");
    return error;
  }
}

/** `TERM` for 15. */
export function signalName(signal: number): string {
  for (const [name, number] of Object.entries(SIGNALS)) if (number === signal) return name;
  return String(signal);
}

/** A handle from which *text* is read. */
export function textHandle(text: string): Handle {
  let at = 0;
  const handle = new DeviceHandle("pipe:[0]", (max) => {
    const piece = text.slice(at, at + max);
    at += piece.length;
    return piece;
  });
  handle.writable = false;
  return handle;
}

export { Exit, Errno };
