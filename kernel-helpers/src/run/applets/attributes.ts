/** `chmod`, `chown`, `chgrp`. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseMode } from "../shell/mode";
import { parseGroup, parsePasswd } from "../users";
import { parseOptions, usage, type Options } from "./options";
import { asErrno, join, modeString } from "./paths";

/** A small file of the image as text; "" when it is not there. */
export function smallFile(process: Process, path: string): string {
  try {
    const handle = process.open(path);
    try {
      return handle.read(1 << 20) ?? "";
    } finally {
      handle.drop();
    }
  } catch (error) {
    asErrno(error);
    return "";
  }
}

/**
 * Calls *each* with *path* and everything below it, parents first; links are not followed on the way. A directory for which *each*
 * answers a message is told to *failed* as well and not entered.
 */
function walk(
  process: Process,
  path: string,
  each: (path: string) => string | undefined,
  failed: (path: string, message: string) => void,
): void {
  const refusal = each(path);
  let names: string[];
  try {
    if (process.vfs.stat(process, path, false).type !== "dir") return;
    if (refusal !== undefined) {
      failed(path, refusal);
      return;
    }
    names = process.vfs.readdir(process, path);
  } catch (error) {
    failed(path, asErrno(error).message);
    return;
  }
  process.machine.meter.addCommands(names.length);
  for (const name of names) walk(process, join(path, name), each, failed);
}

function* chmod(process: Process): Task<number> {
  // A mode such as -x looks like an option.
  const args = process.args.map((arg, i) => (i > 0 && /^-[rwxXst]+(,|$)/.test(arg) ? "\u0001" + arg : arg));
  process.args = args;
  const text = "[-Rcvf] MODE[,MODE]... FILE...";
  const options = parseOptions(
    process,
    "Rcvf@:",
    { recursive: "R", verbose: "v", changes: "c", quiet: "f", silent: "f", reference: "@" },
    text,
  );
  const rest = options.rest.map((arg) => arg.replace(/^\u0001/, ""));
  const reference = options.value("@");
  const spec =
    reference === undefined ? rest.shift() : (process.vfs.stat(process, reference).mode & 0o7777).toString(8);
  if (spec === undefined || rest.length === 0) {
    if (process.gnu)
      process.err(
        spec === undefined ? "chmod: missing operand\n" : `chmod: missing operand after '${spec}'\n`,
      );
    throw usage(process, text);
  }
  if (parseMode(spec, 0, false, process.umask) === undefined) {
    process.err(`chmod: invalid mode${process.gnu ? ":" : ""} '${spec}'\n`);
    if (process.gnu) throw usage(process);
    return 1;
  }
  let status = 0;
  const complain = (path: string, message: string): void => {
    status = 1;
    // busybox's -f is silent about changes only.
    if (options.has("f") && process.gnu) return;
    process.err(
      process.gnu ? `chmod: cannot access '${path}': ${message}\n` : `chmod: ${path}: ${message}\n`,
    );
  };
  const one = (path: string, top: boolean): string | undefined => {
    try {
      const link = process.vfs.stat(process, path, false);
      if (link.type === "symlink" && !top) return undefined;
      const stat = link.type === "symlink" ? process.vfs.stat(process, path) : link;
      let mode = parseMode(spec, stat.mode, stat.type === "dir", process.umask, process.gnu) as number;
      // GNU keeps setuid and setgid of a directory when an octal mode of up to four digits does not name them.
      if (stat.type === "dir" && /^[0-7]{1,4}$/.test(spec) && process.gnu) mode |= stat.mode & 0o6000;
      process.vfs.chmod(process, path, mode);
      const changed = mode !== stat.mode;
      if (options.has("v") || (options.has("c") && changed)) {
        if (process.gnu)
          process.out(
            changed
              ? `mode of '${path}' changed from ${octal(stat)} to ${octal({ ...stat, mode })}\n`
              : `mode of '${path}' retained as ${octal(stat)}\n`,
          );
        else
          process.out(
            `mode of '${path}' changed to ${mode.toString(8).padStart(4, "0")} (${modeString({ type: "file", mode }).slice(1)})\n`,
          );
      }
    } catch (error) {
      const failure = asErrno(error);
      if (process.gnu && failure.code !== "ENOENT") {
        status = 1;
        process.err(`chmod: changing permissions of '${path}': ${failure.message}\n`);
      } else complain(path, failure.message);
      return failure.message;
    }
    return undefined;
  };
  for (const path of rest) {
    if (options.has("R")) {
      let first = true;
      walk(
        process,
        path,
        (at) => {
          const refusal = one(at, first);
          first = false;
          return process.gnu ? undefined : refusal;
        },
        (at, message) => {
          if (!process.gnu) complain(at, message);
        },
      );
    } else one(path, true);
  }
  return status;
}

function octal(stat: { mode: number; type: Parameters<typeof modeString>[0]["type"] }): string {
  return `${stat.mode.toString(8).padStart(4, "0")} (${modeString(stat).slice(1)})`;
}

/** The ids of `user`, `user:group`, `user:`, `:group`, `user.group`; -1 where nothing is said; undefined for an unknown name (said already). */
export function ownerIds(process: Process, spec: string): [number, number] | undefined {
  const separator = spec.includes(":")
    ? ":"
    : spec.includes(".") && parsePasswd(smallFile(process, "/etc/passwd")).every((user) => user.name !== spec)
      ? "."
      : "";
  const [user = "", group] = separator === "" ? [spec] : spec.split(separator);
  const users = parsePasswd(smallFile(process, "/etc/passwd"));
  let uid = -1;
  let gid = -1;
  if (user !== "") {
    const entry = users.find((one) => one.name === user);
    if (entry !== undefined) {
      ({ uid } = entry);
      if (group === "") ({ gid } = entry);
    } else if (/^\+?\d+$/.test(user)) {
      uid = Number(user);
      if (group === "") gid = users.find((one) => one.uid === uid)?.gid ?? uid;
    } else {
      process.err(
        process.gnu
          ? `${process.name}: invalid user: '${spec}'\n`
          : `${process.name}: unknown user${separator === "" ? "" : "/group"} ${spec}\n`,
      );
      return undefined;
    }
  }
  if (group !== undefined && group !== "") {
    const id = groupId(process, group);
    if (id === undefined) {
      process.err(
        process.gnu
          ? `${process.name}: invalid group: '${spec}'\n`
          : `${process.name}: unknown ${user === "" ? "group" : "user/group"} ${user === "" ? group : spec}\n`,
      );
      return undefined;
    }
    gid = id;
  }
  return [uid, gid];
}

function groupId(process: Process, name: string): number | undefined {
  const entry = parseGroup(smallFile(process, "/etc/group")).find((one) => one.name === name);
  if (entry !== undefined) return entry.gid;
  return /^\+?\d+$/.test(name) ? Number(name) : undefined;
}

function* chown(process: Process): Task<number> {
  const text = "[-RhLHPcvf] USER[:[GRP]] FILE...";
  const options = parseOptions(
    process,
    "RhLHPcvf@:",
    {
      recursive: "R",
      "no-dereference": "h",
      verbose: "v",
      reference: "@",
      from: "@",
      changes: "c",
      quiet: "f",
      silent: "f",
    },
    text,
  );
  const rest = [...options.rest];
  const reference = options.value("@");
  let ids: [number, number] | undefined;
  if (reference !== undefined && process.args.some((arg) => arg.startsWith("--reference"))) {
    const stat = process.vfs.stat(process, reference);
    ids = [stat.uid, stat.gid];
  } else {
    const spec = rest.shift();
    if (spec === undefined || rest.length === 0) {
      if (process.gnu)
        process.err(
          spec === undefined ? "chown: missing operand\n" : `chown: missing operand after '${spec}'\n`,
        );
      throw usage(process, text);
    }
    ids = process.name === "chgrp" ? group(process, spec) : ownerIds(process, spec);
  }
  if (ids === undefined) return 1;
  return change(process, options, rest, ids);
}

function group(process: Process, spec: string): [number, number] | undefined {
  const id = groupId(process, spec);
  if (id !== undefined) return [-1, id];
  process.err(process.gnu ? `chgrp: invalid group: '${spec}'\n` : `chgrp: unknown group ${spec}\n`);
  return undefined;
}

function change(
  process: Process,
  options: Options,
  paths: readonly string[],
  [uid, gid]: [number, number],
): number {
  let status = 0;
  const one = (path: string, follow: boolean): string | undefined => {
    try {
      // busybox takes the ids that stay from the link, though it changes what the link leads to.
      const own = process.gnu ? undefined : process.vfs.stat(process, path, false);
      process.vfs.chown(
        process,
        path,
        uid === -1 ? (own?.uid ?? -1) : uid,
        gid === -1 ? (own?.gid ?? -1) : gid,
        follow,
      );
      if (options.has("v") && !process.gnu) {
        const now = process.vfs.stat(process, path, follow);
        process.out(`changed ownership of '${path}' to ${now.uid}:${now.gid}\n`);
      }
    } catch (error) {
      const failure = asErrno(error);
      status = 1;
      if (options.has("f")) return failure.message;
      process.err(
        process.gnu
          ? failure.code === "ENOENT"
            ? `chown: cannot access '${path}': ${failure.message}\n`
            : `chown: changing ownership of '${path}': ${failure.message}\n`
          : `${process.name}: ${path}: ${failure.message}\n`,
      );
      return failure.message;
    }
    return undefined;
  };
  for (const path of paths) {
    if (!options.has("R")) one(path, !options.has("h"));
    // With -R links are changed themselves, as busybox (and GNU with -h or -P) do.
    else
      walk(
        process,
        path,
        (at) => {
          const refusal = one(at, process.vfs.tryStat(process, at, false)?.type !== "symlink");
          return process.gnu ? undefined : refusal;
        },
        (at, message) => {
          status = 1;
          process.err(`${process.name}: ${at}: ${message}\n`);
        },
      );
  }
  return status;
}

export const attributes: Readonly<Record<string, Program>> = { chmod, chown, chgrp: chown };
