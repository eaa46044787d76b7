/** Opening what is not an ordinary file: devices, and the files of /proc that tell of the processes. */

import type { WritableFileSystem } from "../../platform/files";
import { Errno } from "./errno";
import { DeviceHandle, Pipe, PipeHandle, type Handle } from "./handles";
import type { Machine } from "./machine";
import { Process } from "./process";
import type { Caller, Located, OpenOptions } from "./vfs";

/** Numbers that look random but are the same in every run. */
function pseudoRandom(seed: number): (max: number) => string {
  let state = seed >>> 0 || 1;
  return (max) => {
    const codes: number[] = [];
    for (let i = 0; i < Math.min(max, 4096); i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      codes.push((state >>> 8) & 0xff);
    }
    return String.fromCharCode(...codes);
  };
}

const ZEROS = "\0".repeat(65536);

/** Opens *located* when it is a device or a descriptor under /proc; undefined for an ordinary file. */
export function openSpecial(
  machine: Machine,
  located: Located,
  options: OpenOptions,
  caller: Caller,
): Handle | undefined {
  const self = caller instanceof Process ? caller : undefined;
  const fd = /^\/proc\/(?:self|thread-self|(\d+))\/fd\/(\d+)$/.exec(located.path);
  if (fd !== null && self !== undefined) {
    const owner = fd[1] === undefined ? self : machine.processes.get(Number(fd[1]));
    const handle = owner?.fds.get(Number(fd[2]));
    if (handle === undefined) throw new Errno("ENOENT", located.path);
    return handle.share();
  }
  const { stat } = located;
  if (stat?.type === "fifo") {
    if (options.read && !machine.vfs.may(caller.cred, stat, 4)) throw new Errno("EACCES", located.path);
    if (options.write && !machine.vfs.may(caller.cred, stat, 2)) throw new Errno("EACCES", located.path);
    const key = `${located.device}:${stat.ino}`;
    const pipe = machine.fifos.get(key) ?? new Pipe(true);
    machine.fifos.set(key, pipe);
    return new PipeHandle(pipe, options.write ? "write" : "read", machine.meter);
  }
  if (stat === undefined || (stat.type !== "char" && stat.type !== "block")) return undefined;
  if (options.write && !machine.vfs.may(caller.cred, stat, 2)) throw new Errno("EACCES", located.path);
  const { path } = located;
  if (stat.type === "char" && stat.devmajor === 1) {
    switch (stat.devminor) {
      case 3:
        return new DeviceHandle(path, () => "");
      case 5:
        return new DeviceHandle(path, (max) => ZEROS.slice(0, max));
      case 7:
        return new DeviceHandle(path, (max) => ZEROS.slice(0, max), true);
      case 8:
      case 9:
        return new DeviceHandle(path, pseudoRandom(machine.now));
    }
  }
  throw new Errno("ENXIO", path);
}

/** Makes /proc/PID and /proc/self of the processes that there are now, as *self* sees them. */
export function refreshProc(machine: Machine, proc: WritableFileSystem, self: Process | undefined): void {
  for (const name of proc.readdir("/"))
    if (/^(\d+|self|thread-self)$/.test(name)) proc.remove("/" + name, { recursive: true });
  const alive = [...machine.processes.values()];
  for (const process of alive) {
    const dir = `/${process.pid}`;
    proc.mkdir(dir, { mode: 0o555, uid: process.cred.uid, gid: process.cred.gid });
    const args = process.args.map((arg) => arg + "\0").join("");
    proc.writeFile(`${dir}/cmdline`, latin(args), { mode: 0o444 });
    proc.writeFile(`${dir}/environ`, latin([...process.env].map(([k, v]) => `${k}=${v}\0`).join("")), {
      mode: 0o400,
    });
    proc.writeFile(`${dir}/comm`, process.name.slice(0, 15) + "\n", { mode: 0o644 });
    proc.writeFile(
      `${dir}/status`,
      `Name:\t${process.name}\nState:\tS (sleeping)\nPid:\t${process.pid}\nPPid:\t${process.ppid}\nUid:\t${`${process.cred.uid}\t`.repeat(4).trim()}\nGid:\t${`${process.cred.gid}\t`.repeat(4).trim()}\n`,
      { mode: 0o444 },
    );
    proc.writeFile(`${dir}/cgroup`, "0::/\n", { mode: 0o444 });
    proc.symlink("/", `${dir}/root`);
    proc.symlink(process.exe, `${dir}/exe`);
    proc.mkdir(`${dir}/fdinfo`, { mode: 0o500 });
    proc.symlink(process.cwd, `${dir}/cwd`);
    proc.mkdir(`${dir}/fd`, { mode: 0o500 });
    for (const [number, handle] of process.fds)
      proc.symlink(handle.path || "/dev/null", `${dir}/fd/${number}`);
  }
  if (self !== undefined) {
    proc.symlink(String(self.pid), "/self");
    proc.symlink(String(self.pid), "/thread-self");
  }
}

function latin(bytes: string): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes.charCodeAt(i);
  return out;
}
