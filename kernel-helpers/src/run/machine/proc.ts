/** What a container sees under /proc, /sys and /dev, and the files of /etc that BuildKit lays over the image's. */

import { emptySnapshot } from "../../filesystem";
import type { WritableFileSystem } from "../../platform/files";
import { dirName } from "../../platform/paths";
import { decodeText, encodeText } from "./bytes";
import type { Machine } from "./machine";
import type { Mount } from "./vfs";

const MEMORY_KB = 4_038_000;

/** /dev as runc fills it. */
function devices(now: number): WritableFileSystem {
  const dev = emptySnapshot(now).fork(now);
  const node = (name: string, devmajor: number, devminor: number, mode = 0o666): void =>
    dev.mknod("/" + name, { type: "char", mode, uid: 0, gid: 0, mtime: now, devmajor, devminor });
  node("null", 1, 3);
  node("zero", 1, 5);
  node("full", 1, 7);
  node("random", 1, 8);
  node("urandom", 1, 9);
  node("tty", 5, 0);
  dev.symlink("/proc/self/fd", "/fd");
  dev.symlink("/proc/self/fd/0", "/stdin");
  dev.symlink("/proc/self/fd/1", "/stdout");
  dev.symlink("/proc/self/fd/2", "/stderr");
  dev.symlink("/proc/kcore", "/core");
  dev.symlink("pts/ptmx", "/ptmx");
  dev.mkdir("/pts");
  node("pts/ptmx", 5, 2);
  dev.mkdir("/shm", { mode: 0o1777 });
  dev.mkdir("/mqueue", { mode: 0o1777 });
  return dev;
}

/** *dev* with the directories above what is mounted in it. */
function withDirectories(dev: WritableFileSystem, points: readonly string[]): WritableFileSystem {
  for (const point of points) {
    const parent = decodeText(dirName(point));
    if (parent.startsWith("/dev/") && !dev.lstat(parent.slice(4)))
      dev.mkdir(parent.slice(4), { recursive: true });
  }
  return dev;
}

/** /proc without the processes; those are made when asked for (see `refreshProc`). */
function processes(machine: Machine, now: number): WritableFileSystem {
  const proc = emptySnapshot(now).fork(now);
  const text = (path: string, value: string): void => proc.writeFile(path, value, { mode: 0o444 });
  text(
    "/cpuinfo",
    [0, 1]
      .map(
        (n) => `processor\t: ${n}\nvendor_id\t: GenuineIntel\nmodel name\t: Simulated CPU\ncpu cores\t: 2\n`,
      )
      .join("\n"),
  );
  text(
    "/meminfo",
    `MemTotal:        ${MEMORY_KB} kB\nMemFree:         2019000 kB\nMemAvailable:    3028500 kB\nBuffers:               0 kB\nCached:          1009500 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\nShmem:                 0 kB\nSReclaimable:          0 kB\n`,
  );
  text("/version", "Linux version 6.1.0 (builder@layerbook) #1 SMP\n");
  text("/uptime", "3600.00 7200.00\n");
  text("/loadavg", "0.00 0.00 0.00 1/1 1\n");
  text("/filesystems", "nodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n");
  text("/cmdline", "\n");
  text("/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
  text(
    "/mounts",
    "overlay / overlay rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\ntmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0\nsysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0\n",
  );
  for (const dir of [
    "/sys",
    "/sys/kernel",
    "/sys/kernel/random",
    "/sys/net",
    "/sys/net/ipv4",
    "/sys/vm",
    "/sys/fs",
    "/net",
  ])
    proc.mkdir(dir);
  text("/sys/kernel/hostname", machine.hostname + "\n");
  text("/sys/kernel/ostype", "Linux\n");
  text("/sys/kernel/osrelease", "6.1.0\n");
  text("/sys/kernel/pid_max", "4194304\n");
  text("/sys/kernel/random/uuid", "00000000-0000-4000-8000-000000000000\n");
  text("/sys/vm/overcommit_memory", "0\n");
  text("/sys/vm/max_map_count", "65530\n");
  text("/sys/fs/file-max", "1048576\n");
  return proc;
}

function system(machine: Machine, now: number): WritableFileSystem {
  const sys = emptySnapshot(now).fork(now);
  for (const dir of [
    "block",
    "bus",
    "class",
    "class/net",
    "dev",
    "devices",
    "firmware",
    "fs",
    "fs/cgroup",
    "kernel",
    "module",
  ]) {
    sys.mkdir("/" + dir, { mode: 0o555 });
  }
  const cards = machine.request.network === "none" ? ["lo"] : ["eth0", "lo"];
  for (const card of cards) sys.symlink(`../../devices/virtual/net/${card}`, `/class/net/${card}`);
  return sys;
}

/** The files of /etc that every RUN finds mounted, read-only: executor/oci/hosts.go, resolvconf.go. */
function etc(machine: Machine, now: number): WritableFileSystem {
  const tree = emptySnapshot(now).fork(now);
  const { hostname = "", addHosts = {}, network } = machine.request;
  let hosts = `127.0.0.1\tlocalhost ${hostname === "" ? "buildkitsandbox" : hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n`;
  for (const [name, ip] of Object.entries(addHosts)) hosts += `${ip}\t${name}\n`;
  tree.writeFile("/hosts", hosts);
  tree.writeFile("/resolv.conf", network === "none" ? "" : "nameserver 10.0.2.3\n");
  return tree;
}

/** A mount whose files are made when a program first looks: most commands never do. */
function lazyMount(point: string, inner: string, readonly: boolean, make: () => WritableFileSystem): Mount {
  let made: WritableFileSystem | undefined;
  return {
    point,
    inner,
    readonly,
    get fs() {
      return (made ??= make());
    },
  };
}

/** Everything that lies over the step's own file system, and over that the mounts of the step itself. */
export function systemMounts(machine: Machine): Mount[] {
  const { fs, mounts = [] } = machine.request;
  const own = mounts.map(encodeText).filter((point) => /^\/(?:dev|proc|sys|etc)\/./.test(point));
  let files: WritableFileSystem | undefined;
  const ofEtc = (): WritableFileSystem => (files ??= etc(machine, machine.now));
  return [
    ...own.map((point) => ({ point, fs, inner: point, readonly: false })),
    lazyMount("/dev", "", false, () => withDirectories(devices(machine.now), own)),
    lazyMount("/proc", "", true, () => processes(machine, machine.now)),
    lazyMount("/sys", "", true, () => system(machine, machine.now)),
    // A mount of the step over all of /etc hides them.
    ...(mounts.includes("/etc")
      ? []
      : [
          lazyMount("/etc/hosts", "/hosts", true, ofEtc),
          lazyMount("/etc/resolv.conf", "/resolv.conf", true, ofEtc),
        ]),
  ];
}
