/** The operators of `test`. */

import type { Process } from "../machine/process";

/** A unary operator on *operand*. */
export function unaryTest(process: Process, op: string, operand: string): boolean {
  const { vfs } = process;
  switch (op) {
    case "-n":
      return operand !== "";
    case "-z":
      return operand === "";
    case "-t":
      return false;
    case "-h":
    case "-L":
      return vfs.tryStat(process, operand, false)?.type === "symlink";
    case "-r":
      return vfs.access(process, operand, 4);
    case "-w":
      return vfs.access(process, operand, 2);
    case "-x":
      return vfs.access(process, operand, 1);
  }
  const stat = vfs.tryStat(process, operand);
  if (stat === undefined) return false;
  switch (op) {
    case "-a":
    case "-e":
      return true;
    case "-f":
      return stat.type === "file";
    case "-d":
      return stat.type === "dir";
    case "-s":
      return stat.type === "dir" ? true : stat.size > 0;
    case "-b":
      return stat.type === "block";
    case "-c":
      return stat.type === "char";
    case "-p":
      return stat.type === "fifo";
    case "-S":
      return (stat.type as string) === "socket";
    case "-u":
      return (stat.mode & 0o4000) !== 0;
    case "-g":
      return (stat.mode & 0o2000) !== 0;
    case "-k":
      return (stat.mode & 0o1000) !== 0;
    case "-O":
      return stat.uid === process.cred.uid;
    case "-G":
      return stat.gid === process.cred.gid;
    case "-N":
      return false;
    default:
      return false;
  }
}

export const UNARY = new Set(
  "-n -z -t -h -L -r -w -x -a -e -f -d -s -b -c -p -S -u -g -k -O -G -N".split(" "),
);
export const BINARY = new Set("= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef".split(" "));

/** A binary operator that is not about numbers; undefined for one that is. */
export function binaryTest(process: Process, op: string, a: string, b: string): boolean | undefined {
  switch (op) {
    case "=":
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "-nt":
    case "-ot":
    case "-ef": {
      const { vfs } = process;
      const x = vfs.tryStat(process, a);
      const y = vfs.tryStat(process, b);
      if (op === "-ef") {
        if (x === undefined || y === undefined) return false;
        return x.ino === y.ino && vfs.locate(process, a).device === vfs.locate(process, b).device;
      }
      if (op === "-nt") return x !== undefined && (y === undefined || x.mtime > y.mtime);
      return y !== undefined && (x === undefined || x.mtime < y.mtime);
    }
    default:
      return undefined;
  }
}
