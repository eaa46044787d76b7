/** `ps`, `sleep`, `kill`, `timeout`, `time`, `nohup` and what else is about processes. */

import type { Program } from "../machine/exec";
import { TICK, type Process, type Task } from "../machine/process";
import { signalNumber } from "../shell/builtins-jobs";
import { parsePasswd, resolveUser } from "../users";
import { smallFile } from "./attributes";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { execute } from "./xargs";

const ps: Program = function* (process) {
  const users = parsePasswd(smallFile(process, "/etc/passwd"));
  const name = (uid: number): string => users.find((user) => user.uid === uid)?.name ?? String(uid);
  const alive = [...process.machine.processes.values()].filter((one) => one.status === undefined);
  const clock = (one: Process): number => Math.floor((process.machine.clock - one.startedAt) / 1000);
  if (process.gnu) {
    process.out("    PID TTY          TIME CMD\n");
    for (const one of alive)
      process.out(`${String(one.pid).padStart(7)} ?        00:00:0${Math.min(9, clock(one))} ${one.name}\n`);
    return 0;
  }
  const columns = process.args
    .slice(1)
    .flatMap((arg, i, all) =>
      arg === "-o" ? (all[i + 1] ?? "").split(",") : arg.startsWith("-o") ? arg.slice(2).split(",") : [],
    );
  if (columns.length > 0) {
    const known: Record<string, { head: string; width: number; text: (one: Process) => string }> = {
      pid: { head: "PID", width: 5, text: (one) => String(one.pid).padStart(5) }, ppid: { head: "PPID", width: 5, text: (one) => String(one.ppid).padStart(5) },
      user: { head: "USER", width: 8, text: (one) => name(one.cred.uid).slice(0, 8).padEnd(8) }, comm: { head: "COMMAND", width: 16, text: (one) => one.name.slice(0, 15).padEnd(16) },
      args: { head: "COMMAND", width: 0, text: (one) => one.title || one.name }, stat: { head: "STAT", width: 4, text: () => "S   " }, time: { head: "TIME", width: 5, text: () => "0:00 " },
    }; // prettier-ignore
    const chosen = columns
      .map((column) => column.split("=")[0] ?? "")
      .map((column) => known[column])
      .filter((column) => column !== undefined);
    process.out(
      chosen
        .map((column, i) => (i === chosen.length - 1 ? column.head : column.head.padEnd(column.width)))
        .join(" ") + "\n",
    );
    for (const one of alive)
      process.out(
        chosen
          .map((column) => column.text(one))
          .join(" ")
          .trimEnd() + "\n",
      );
    return 0;
  }
  if (process.minimal) {
    process.out("PID   USER     COMMAND\n");
    for (const one of alive)
      process.out(
        `${String(one.pid).padStart(5)} ${name(one.cred.uid).slice(0, 8).padEnd(8)} ${one.title || one.name}\n`,
      );
    return 0;
  }
  process.out("PID   USER     TIME  COMMAND\n");
  for (const one of alive) {
    process.out(
      `${String(one.pid).padStart(5)} ${name(one.cred.uid).slice(0, 8).padEnd(8)}  0:00 ${one.title || one.name}\n`,
    );
  }
  return 0;
};

/** Seconds of `1`, `0.5`, `2m`, `1h`, `1d`. */
export function duration(text: string): number | undefined {
  const match = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(text);
  if (match === null) return text === "infinity" || text === "inf" ? Infinity : undefined;
  return Number(match[1]) * ({ "": 1, s: 1, m: 60, h: 3600, d: 86400 }[match[2] ?? ""] as number);
}

const sleep: Program = function* (process) {
  if (process.args.length < 2) {
    if (process.gnu) process.err("sleep: missing operand\n");
    throw usage(process, "[N]...");
  }
  let total = 0;
  for (const text of process.args.slice(1)) {
    const seconds = duration(text);
    if (seconds === undefined) {
      process.err(
        process.gnu
          ? `sleep: invalid time interval '${text}'\nTry 'sleep --help' for more information.\n`
          : `sleep: invalid number '${text}'\n`,
      );
      return 1;
    }
    total += seconds;
  }
  if (total === Infinity) yield { ready: () => false };
  yield* process.sleep(total * 1000);
  return 0;
};

const usleep: Program = function* (process) {
  yield* process.sleep(Number(process.args[1] ?? 0) / 1000);
  return 0;
};

const kill: Program = function* (process) {
  const rest = process.args.slice(1);
  let signal = 15;
  if (rest[0] === "-s") {
    signal = signalNumber(rest[1] ?? "") ?? 15;
    rest.splice(0, 2);
  } else if (/^-[A-Za-z0-9]/.test(rest[0] ?? "")) {
    const number = signalNumber((rest.shift() as string).slice(1));
    if (number === undefined) {
      process.err("kill: bad signal name\n");
      return 1;
    }
    signal = number;
  }
  let status = 0;
  for (const text of rest) {
    if (!process.machine.kill(Number(text), signal)) {
      process.err(`kill: can't kill pid ${text}: No such process\n`);
      status = 1;
    }
  }
  yield TICK;
  return status;
};

function named(process: Process, name: string): Process[] {
  return [...process.machine.processes.values()].filter(
    (one) => one.status === undefined && one !== process && one.name === name,
  );
}

const killall: Program = function* (process) {
  const options = parseOptions(process, "lqs:0123456789", {}, "[-lq] [-SIG] PROCESS_NAME...");
  let status = 0;
  for (const name of options.rest) {
    const found = named(process, name);
    if (found.length === 0) {
      if (!options.has("q")) process.err(`killall: ${name}: no process killed\n`);
      status = 1;
    }
    for (const one of found) process.machine.kill(one.pid, options.has("9") ? 9 : 15);
  }
  yield TICK;
  return status;
};

const pidof: Program = function* (process) {
  const found = process.args
    .slice(1)
    .filter((arg) => !arg.startsWith("-"))
    .flatMap((name) => named(process, name));
  if (found.length === 0) return 1;
  process.out(
    found
      .map((one) => one.pid)
      .reverse()
      .join(" ") + "\n",
  );
  return 0;
};

const pgrep: Program = function* (process) {
  const pattern = process.args.slice(1).find((arg) => !arg.startsWith("-"));
  const found = [...process.machine.processes.values()].filter(
    (one) => one.status === undefined && one !== process && one.name.includes(pattern ?? "?"),
  );
  for (const one of found) process.out(`${one.pid}\n`);
  return found.length === 0 ? 1 : 0;
};

function* child(process: Process, args: readonly string[]): Task<{ process: Process }> {
  return { process: process.machine.spawn(process, (own) => execute(own, args, process.name)) };
}

const timeout: Program = function* (process) {
  const options = parseOptions(
    process,
    "+s:k:v@#",
    { signal: "s", "kill-after": "k", "preserve-status": "@", foreground: "#", verbose: "v" },
    "[-s SIG] [-k KILL_SECS] SECS PROG ARGS",
  );
  const [limit, ...command] = options.rest;
  const seconds = duration(limit ?? "");
  if (seconds === undefined || command.length === 0) {
    if (limit !== undefined && seconds === undefined)
      process.err(
        process.gnu ? `timeout: invalid time interval '${limit}'\n` : `timeout: invalid number '${limit}'\n`,
      );
    throw usage(process, "[-s SIG] [-k KILL_SECS] SECS PROG ARGS");
  }
  const signal = signalNumber(options.value("s") ?? "TERM") ?? 15;
  const { process: run } = yield* child(process, command);
  const end = process.machine.clock + (seconds === 0 ? Infinity : seconds * 1000);
  while (run.status === undefined && process.machine.clock < end)
    yield end === Infinity
      ? { ready: () => run.status !== undefined }
      : { ready: () => run.status !== undefined, until: end };
  if (run.status !== undefined) {
    process.machine.reap(run);
    return run.status;
  }
  process.machine.kill(run.pid, signal);
  const after = options.value("k");
  if (after !== undefined) {
    const last = process.machine.clock + (duration(after) ?? 0) * 1000;
    yield { ready: () => run.status !== undefined, until: last };
    if ((run.status as number | undefined) === undefined) process.machine.kill(run.pid, 9);
  }
  const status = yield* process.waitFor(run);
  // busybox has become the program: how that ends is how it ends.
  if (!process.gnu) process.signal = run.signal;
  return process.gnu && !options.has("@") ? (run.signal === 9 ? 137 : 124) : status;
};

const time: Program = function* (process) {
  const options = parseOptions(process, "+vpao:f:", {}, "[-vpa] [-o FILE] PROG ARGS");
  if (options.rest.length === 0) throw usage(process, "[-vpa] [-o FILE] PROG ARGS");
  const start = process.machine.clock;
  const { process: run } = yield* child(process, options.rest);
  const status = yield* process.waitFor(run);
  const seconds = (process.machine.clock - start) / 1000;
  const m = Math.floor(seconds / 60);
  process.err(
    options.has("p")
      ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
      : `real\t${m}m ${(seconds - m * 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
  );
  return status;
};

/** Programs that run another with something of its surroundings changed that does not exist here. */
function passes(spec: string, skip: number, text: string): Program {
  return function* (process) {
    const options = parseOptions(process, "+" + spec, {}, text);
    const command = options.rest.slice(skip);
    if (command.length === 0) throw usage(process, text);
    return yield* execute(process, command, process.name);
  };
}

const nohup: Program = function* (process) {
  const command = process.args.slice(1);
  if (command.length === 0) throw usage(process, "PROG ARGS");
  process.ignored.add(1);
  return yield* execute(process, command, "nohup");
};

const watch: Program = function* (process) {
  process.err("watch: no terminal\n");
  return 1;
};

const startStopDaemon: Program = function* (process) {
  process.err("start-stop-daemon: nothing is started in a build\n");
  return 1;
};

export const processes: Readonly<Record<string, Program>> = {
  ps, sleep, usleep, kill, killall, pidof, pgrep, timeout, time, nohup, watch, "start-stop-daemon": startStopDaemon,
  nice: function* (process) { if (process.args.length > 1) return yield* passes("n:", 0, "[-n ADJUST] [PROG ARGS]")(process); process.out("0\n"); return 0; }, setsid: passes("cfw", 0, "[-c] PROG ARGS"), ionice: passes("c:n:tp:", 0, "[-c 1-3] [-n 0-7] [-t] { -p PID | PROG ARGS }"),
  taskset: passes("ap", 1, "[-ap] [HEXMASK | -c LIST] { PID | PROG ARGS }"), stdbuf: passes("i:o:e:", 0, "OPTION... COMMAND"), linux32: passes("", 0, "[PROG ARGS]"), linux64: passes("", 0, "[PROG ARGS]"),
  gosu: switchUser, "su-exec": switchUser,
}; // prettier-ignore

function* switchUser(process: Process): Task<number> {
  const [, user, ...command] = process.args;
  if (user === undefined || command.length === 0) throw usage(process, "user-spec command [args]");
  try {
    const who = resolveUser(user, smallFile(process, "/etc/passwd"), smallFile(process, "/etc/group"));
    process.cred = { uid: who.uid, gid: who.gid, groups: who.groups };
    process.env.set("HOME", who.home);
  } catch (error) {
    process.err(`${process.name}: ${error instanceof Error ? error.message : asErrno(error).message}\n`);
    return 1;
  }
  return yield* execute(process, command, process.name);
}
