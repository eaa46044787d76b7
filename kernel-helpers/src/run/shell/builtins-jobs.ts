/** `wait`, `kill`, `jobs`, `ulimit` and other builtins about processes. */

import { SIGNALS, TICK, type Process, type Task } from "../machine/process";
import type { Builtin } from "./builtins";
import { report, runTraps } from "./interpreter";
import type { Shell } from "./shell";

function* waitForOne(shell: Shell, job: Process): Task<number> {
  const before = shell.pending.length;
  yield { ready: () => job.status !== undefined || shell.pending.length > before };
  if (job.status === undefined) {
    const name = shell.pending.at(-1) ?? "";
    return 128 + (SIGNALS[name] ?? 0);
  }
  shell.process.machine.reap(job);
  if (shell.dialect !== "bash") report(shell, job);
  return job.status;
}

function* wait(shell: Shell, args: string[]): Task<number> {
  const specs = args.slice(1).filter((arg) => arg !== "--");
  if (specs[0] === "-n" && shell.dialect === "bash") {
    if (shell.jobs.length === 0) return 127;
    yield { ready: () => shell.jobs.some((job) => job.status !== undefined) };
    const done = shell.jobs.find((job) => job.status !== undefined) as Process;
    shell.jobs = shell.jobs.filter((job) => job !== done);
    return done.status ?? 0;
  }
  if (specs.length === 0) {
    // ash keeps the jobs that have ended until `jobs` has shown them.
    for (const job of shell.dialect === "ash" ? shell.jobs : shell.jobs.splice(0)) {
      const status = yield* waitForOne(shell, job);
      if (job.status === undefined) return status;
    }
    return 0;
  }
  let status = 0;
  for (const spec of specs) {
    const job = find(shell, spec);
    if (job === undefined) {
      if (shell.dialect === "bash") shell.complain(`pid ${spec} is not a child of this shell`);
      else if (spec.startsWith("%")) {
        shell.complain(shell.dialect === "ash" ? `${spec}: no such job` : `No such job: ${spec}`);
        status = 2;
        continue;
      } else if (!/^%?\d+$/.test(spec))
        throw shell.failure(shell.dialect === "dash" ? `No such job: ${spec}` : `Illegal number: ${spec}`, 2);
      status = 127;
      continue;
    }
    status = yield* waitForOne(shell, job);
    if (job.status !== undefined) shell.jobs = shell.jobs.filter((other) => other !== job);
  }
  if (shell.pending.length > 0) yield* runTraps(shell);
  return status;
}

function find(shell: Shell, spec: string): Process | undefined {
  if (spec === "%%" || spec === "%+" || spec === "%") return shell.jobs.at(-1);
  if (spec.startsWith("%")) return shell.jobs[Number(spec.slice(1)) - 1];
  return shell.jobs.find((job) => job.pid === Number(spec));
}

/** The number of a signal given by name or number; undefined when there is none. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 64 ? Number(text) : undefined;
  return SIGNALS[text.toUpperCase().replace(/^SIG/, "")];
}

function* kill(shell: Shell, args: string[]): Task<number> {
  const rest = args.slice(1);
  let signal = 15;
  if (rest[0] === "-l" || rest[0] === "-L") {
    if (rest[1] !== undefined) {
      const value = Number(rest[1]);
      const name = Object.entries(SIGNALS).find(([, n]) => n === (value > 128 ? value - 128 : value))?.[0];
      shell.process.out((/^\d+$/.test(rest[1]) ? (name ?? "") : String(signalNumber(rest[1]) ?? "")) + "\n");
      return 0;
    }
    const entries = Object.entries(SIGNALS).slice(1);
    if (shell.dialect === "ash")
      shell.process.out(entries.map(([name, n]) => `${String(n).padStart(2)}) ${name}\n`).join(""));
    else if (shell.dialect === "dash")
      shell.process.out(["0", ...entries.map(([name]) => name)].join("\n") + "\n");
    else
      shell.process.out(
        entries
          .map(([name, n], i) => `${String(n).padStart(2)}) SIG${name}${(i + 1) % 5 === 0 ? "\n" : "\t"}`)
          .join("") + "\n",
      );
    return 0;
  }
  const complain = (text: string): void =>
    shell.dialect === "ash" ? shell.process.err(`sh: ${text}\n`) : shell.complain(text);
  if (rest[0] === "-s" || rest[0] === "-n") {
    rest.shift();
    const number = signalNumber(rest.shift() ?? "");
    if (number === undefined) {
      complain(
        shell.dialect === "ash"
          ? `bad signal name '${args[2] ?? ""}'`
          : `${args[2] ?? ""}: invalid signal specification`,
      );
      return 1;
    }
    signal = number;
  } else if (rest[0] !== undefined && /^-[A-Za-z0-9]/.test(rest[0])) {
    const text = rest.shift()?.slice(1) ?? "";
    const number = signalNumber(text);
    if (number === undefined) {
      complain(
        shell.dialect === "ash"
          ? `bad signal name '${text}'`
          : shell.dialect === "bash"
            ? `${text}: invalid signal specification`
            : `invalid signal number or name: ${text}`,
      );
      return 1;
    }
    signal = number;
  }
  if (rest[0] === "--") rest.shift();
  if (rest.length === 0) {
    if (shell.dialect === "ash") complain("you need to specify whom to kill");
    else if (shell.dialect === "bash")
      shell.process.err(
        "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n",
      );
    else
      throw shell.failure(
        "Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]",
        2,
      );
    return shell.dialect === "ash" ? 1 : 2;
  }
  let status = 0;
  for (const spec of rest) {
    const job = spec.startsWith("%") ? find(shell, spec) : undefined;
    const pid = job?.pid ?? Number(spec);
    if (spec.startsWith("%") ? job === undefined : Number.isNaN(pid)) {
      complain(
        shell.dialect === "ash"
          ? `invalid number '${spec}'`
          : shell.dialect === "bash"
            ? `${spec}: arguments must be process or job IDs`
            : `Illegal number: ${spec}`,
      );
      status = 1;
    } else if (!shell.process.machine.kill(pid, signal)) {
      complain(
        shell.dialect === "ash"
          ? `can't kill pid ${pid}: No such process`
          : shell.dialect === "bash"
            ? `(${pid}) - No such process`
            : "No such process\n",
      );
      status = 1;
    }
  }
  yield TICK;
  return status;
}

const LIMITS: Readonly<Record<string, [string, string]>> = {
  c: ["core file size (blocks)", "0"], d: ["data seg size (kb)", "unlimited"], e: ["scheduling priority", "0"], f: ["file size (blocks)", "unlimited"],
  i: ["pending signals", "96365"], l: ["max locked memory (kb)", "8192"], m: ["max memory size (kb)", "unlimited"], n: ["open files", "1048576"],
  q: ["POSIX message queues (bytes)", "819200"], r: ["real-time priority", "0"], s: ["stack size (kb)", "8192"], t: ["cpu time (seconds)", "unlimited"],
  u: ["max user processes", "96365"], v: ["virtual memory (kb)", "unlimited"], x: ["file locks", "unlimited"],
}; // prettier-ignore

function* ulimit(shell: Shell, args: string[]): Task<number> {
  const flags = args
    .slice(1)
    .filter((arg) => arg.startsWith("-"))
    .join("")
    .replaceAll("-", "");
  const value = args.slice(1).find((arg) => !arg.startsWith("-"));
  if (value !== undefined) return 0;
  if (flags.includes("a")) {
    for (const [letter, [text, limit]] of Object.entries(LIMITS))
      shell.process.out(`${text.padEnd(32)}(-${letter}) ${limit}\n`);
    return 0;
  }
  const letter = [...flags].find((one) => one in LIMITS) ?? "f";
  shell.process.out(`${LIMITS[letter]?.[1] ?? "unlimited"}\n`);
  return 0;
}

export const jobBuiltins: Readonly<Record<string, Builtin>> = {
  wait: { run: wait },
  kill: { run: kill },
  jobs: {
    *run(shell) {
      for (const [i, job] of [...shell.jobs.entries()].reverse()) {
        const done = job.status !== undefined;
        if (done && shell.dialect !== "ash") continue;
        const mark = i === shell.jobs.length - 1 ? "+" : i === shell.jobs.length - 2 ? "-" : " ";
        const state = !done ? "Running" : job.status === 0 ? "Done" : `Done(${job.status ?? 0})`;
        if (shell.dialect === "dash") shell.process.out(`[${i + 1}] ${mark} ${state.padEnd(27)}\n`);
        else
          shell.process.out(
            `[${i + 1}]${mark}  ${shell.dialect === "ash" ? state.padEnd(27) : `${state.padEnd(24)}${job.title}${done ? "" : " &"}`}\n`,
          );
      }
      if (shell.dialect === "ash") shell.jobs = shell.jobs.filter((job) => job.status === undefined);
      return 0;
    },
  },
  fg: {
    *run(shell, args) {
      const job = find(shell, args[1] ?? "%%");
      return job === undefined ? 1 : yield* waitForOne(shell, job);
    },
  },
  bg: {
    *run() {
      return 0;
    },
  },
  disown: {
    only: ["bash"],
    *run(shell) {
      shell.jobs = [];
      return 0;
    },
  },
  ulimit: { run: ulimit },
};
