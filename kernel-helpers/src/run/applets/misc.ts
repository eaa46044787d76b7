/** What is left: `echo`, `test`, `true`, `busybox`, and programs that a build has no use for and that fail as they would there. */

import type { Program } from "../machine/exec";
import { echoText } from "../shell/builtins-output";
import { printf } from "../shell/printf";
import { testExpression } from "../shell/test-program";
import { network } from "./network";
import { BANNER, usage } from "./options";
import { asErrno } from "./paths";
import { execute } from "./xargs";

const echo: Program = function* (process) {
  process.out(echoText(process.args.slice(1), process.gnu ? "bash" : "ash"));
  return 0;
};

const test: Program = function* (process) {
  let args = process.args.slice(1);
  if (process.name !== "test") {
    const close = process.name === "[" ? "]" : "]]";
    if (args.at(-1) !== close) {
      process.err(`${process.name}: missing ${process.gnu ? `'${close}'` : close}\n`);
      return 2;
    }
    args = args.slice(0, -1);
  }
  return testExpression(process, args, {
    flavour: process.gnu ? "bash" : "ash",
    complain: (text) => process.err(`${process.name}: ${text}\n`),
  });
};

const printfProgram: Program = function* (process) {
  const args = process.args.slice(process.args[1] === "--" ? 2 : 1);
  if (args.length === 0) {
    if (process.gnu) process.err("printf: missing operand\n");
    throw usage(process, "FORMAT [ARG]...");
  }
  const { pieces, status } = printf(args, process.gnu ? "gnu" : "ash");
  for (const { text, error } of pieces) {
    if (error === undefined) process.out(text);
    else process.err(`printf: ${error}\n`);
  }
  return status;
};

const busybox: Program = function* (process) {
  const loader = process.machine.loader as import("../machine/exec").ProgramLoader;
  if (process.args[1] === "--list") {
    process.out([...loader.names()].sort().join("\n") + "\n");
    return 0;
  }
  if (process.args[1] === "--install") {
    const dir = process.args.at(-1) ?? "/bin";
    const symbolic = process.args.includes("-s");
    for (const name of [...loader.names()].sort()) {
      const path = `${dir.startsWith("-") ? "/bin" : dir}/${name}`;
      try {
        if (symbolic) process.vfs.symlink(process, "/bin/busybox", path);
        else process.vfs.link(process, "/bin/busybox", path);
      } catch (error) {
        process.err(`busybox: ${path}: ${asErrno(error).message}\n`);
      }
    }
    return 0;
  }
  process.out(`${BANNER}\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n`);
  return 0;
};

const pwd: Program = function* (process) {
  process.out(process.cwd + "\n");
  return 0;
};

/** A program that only says that it may not. */
function refused(text: (args: readonly string[]) => string, status = 1): Program {
  return function* (process) {
    process.err(`${process.name}: ${text(process.args)}\n`);
    return status;
  };
}

const mount: Program = function* (process) {
  if (process.args.length === 1) {
    process.out(yield* process.readFile("/proc/mounts"));
    return 0;
  }
  process.err(process.gnu ? "mount: permission denied.\n" : "mount: permission denied (are you root?)\n");
  return process.gnu ? 32 : 1;
};

const umount: Program = function* (process) {
  const target = process.args.at(-1) ?? "";
  process.err(
    process.gnu
      ? `umount: ${target}: must be superuser to unmount.\n`
      : `umount: can't unmount ${target}: Operation not permitted\n`,
  );
  return process.gnu ? 32 : 1;
};

const nologin: Program = function* (process) {
  process.out("This account is not available\n");
  return 1;
};

const getopt: Program = function* (process) {
  const args = process.args.slice(1);
  let short = "";
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "-o" || arg === "--options") short = args[++i] ?? "";
    else if (arg === "-n" || arg === "-l" || arg === "--long" || arg === "--name" || arg === "--longoptions")
      i++;
    else if (arg === "--") {
      rest.push(...args.slice(i + 1));
      break;
    } else if (arg.startsWith("-o")) short = arg.slice(2);
    else rest.push(arg);
  }
  // The old form: the first word is the list of options, and nothing is quoted.
  const old = short === "" && !args.some((arg) => /^-o|^--options/.test(arg));
  if (old) short = args[0] ?? "";
  if (old) rest.splice(0, rest.length, ...args.slice(1));
  const quote = (text: string): string => (old ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  const options: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i] as string;
    if (arg === "--") {
      words.push(...rest.slice(i + 1));
      break;
    }
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      options.push(equals < 0 ? arg : arg.slice(0, equals));
      if (equals > 0) options.push(quote(arg.slice(equals + 1)));
      continue;
    }
    if (!/^-./.test(arg)) {
      words.push(arg);
      continue;
    }
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j] as string;
      const at = short.indexOf(letter);
      if (at < 0) {
        process.err(`getopt: invalid option -- '${letter}'\n`);
        return 1;
      }
      options.push("-" + letter);
      if (short[at + 1] === ":") {
        options.push(quote(arg.slice(j + 1) || (rest[++i] ?? "")));
        break;
      }
    }
  }
  process.out(` ${[...options, "--", ...words.map(quote)].join(" ")}\n`);
  return 0;
};

const runParts: Program = function* (process) {
  const dir = process.args.at(-1) ?? "";
  let status = 0;
  try {
    for (const name of process.vfs.readdir(process, dir)) {
      if (!/^[A-Za-z0-9_-]+$/.test(name)) continue;
      const path = `${dir}/${name}`;
      if (process.args.includes("--test")) process.out(path + "\n");
      else {
        const child = process.machine.spawn(process, (own) => execute(own, [path], "run-parts"));
        status = (yield* process.waitFor(child)) || status;
      }
    }
  } catch (error) {
    process.err(
      process.gnu
        ? `run-parts: failed to open directory ${dir}: ${asErrno(error).message}\n`
        : `run-parts: ${dir}: ${asErrno(error).message}\n`,
    );
    return process.gnu ? 1 : 0;
  }
  return status;
};

/** Without a terminal pagers only pass on. */
const pager: Program = function* (process) {
  const names = process.args.slice(1).filter((arg) => !arg.startsWith("-"));
  for (const name of names.length === 0 ? ["-"] : names) {
    try {
      process.out(name === "-" ? yield* process.readAll(0) : yield* process.readFile(name));
    } catch (error) {
      process.err(`${process.name}: ${name}: ${asErrno(error).message}\n`);
      return 1;
    }
  }
  return 0;
};

const setpriv: Program = function* (process) {
  const rest = process.args.slice(1);
  while (rest[0]?.startsWith("-")) rest.shift();
  if (rest.length === 0) return 0;
  return yield* execute(process, rest, "setpriv");
};

/** `dos2unix`, `unix2dos`: files in place, or standard input. */
const newlines: Program = function* (process) {
  const flags = process.args
    .slice(1)
    .filter((arg) => arg.startsWith("-"))
    .join("");
  const names = process.args.slice(1).filter((arg) => !arg.startsWith("-"));
  const unix = flags.includes("u") || (!flags.includes("d") && process.name === "dos2unix");
  const change = (text: string): string =>
    unix ? text.replaceAll("\r\n", "\n") : text.replace(/\r?\n/g, "\r\n");
  if (names.length === 0) process.out(change(yield* process.readAll(0)));
  for (const name of names) {
    try {
      const { mode } = process.vfs.stat(process, name);
      const text = change(yield* process.readFile(name));
      // A new file takes the old one's place.
      process.vfs.unlink(process, name);
      process.vfs.writeContent(process, name, text, 0o600);
      process.vfs.chmod(process, name, mode);
    } catch (error) {
      process.err(`${process.name}: can't open '${name}': ${asErrno(error).message}\n`);
      return 1;
    }
  }
  return 0;
};

const nothing: Program = function* () {
  return 0;
};

const notAllowed = refused(() => "Operation not permitted");

export const misc: Readonly<Record<string, Program>> = {
  echo, test, "[": test, "[[": test, printf: printfProgram, busybox, pwd, mount, umount, nologin, getopt, "run-parts": runParts, ...network,
  true: nothing, setpriv, dos2unix: newlines, unix2dos: newlines, clear: function* (process) { process.out("\x1b[H\x1b[J"); return 0; }, reset: nothing, stty: refused(() => "standard input: Inappropriate ioctl for device"),
  false: function* () { return 1; },
  sysctl: function* (process) { const key = (process.args.at(-1) ?? "").split("=")[0] ?? ""; process.err(`sysctl: error: '${key}' is an unknown key\n`); return 1; },
  dmesg: refused(() => "klogctl: Operation not permitted"), reboot: notAllowed, poweroff: notAllowed, halt: notAllowed, swapon: notAllowed, swapoff: notAllowed, modprobe: refused(() => "can't change directory to '/lib/modules': No such file or directory"),
  insmod: notAllowed, losetup: notAllowed, mkswap: notAllowed, pivot_root: notAllowed, switch_root: notAllowed, nsenter: notAllowed, unshare: notAllowed, vi: refused(() => "no terminal"), less: pager,
  more: pager, logger: nothing, ldconfig: nothing, "update-ca-certificates": function* (process) { process.out("Updating certificates in /etc/ssl/certs...\n0 added, 0 removed; done.\nRunning hooks in /etc/ca-certificates/update.d...\ndone.\n"); return 0; },
  who: nothing, last: nothing, lsmod: nothing, logread: nothing, cryptpw: nothing, mkpasswd: nothing,
}; // prettier-ignore
