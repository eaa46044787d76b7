/** Programs that want a network: a build of Layerbook has none, and they say so in their own words. */

import { assume, type Program } from "../machine/exec";
import type { Process } from "../machine/process";
import { parseOptions, usage } from "./options";

function hostOf(url: string): string {
  return url.replace(/^[a-z]+:\/\//, "").split(/[/:?]/)[0] ?? url;
}

/** A real build has a network: where it may be assumed, what comes from there is unknown. */
function mayReach(process: Process): boolean {
  return process.machine.request.assume === true && process.machine.request.network !== "none";
}

const wget: Program = function* (process) {
  const options = parseOptions(
    process,
    "cqO:o:P:Y:U:T:St:",
    {
      quiet: "q",
      "output-document": "O",
      "directory-prefix": "P",
      header: "h",
      "no-check-certificate": "n",
      timeout: "T",
      tries: "t",
      spider: "s",
      continue: "c",
      "user-agent": "U",
      "no-verbose": "q",
      "show-progress": "n",
    },
    "[-cqS] [-O FILE] [-o LOGFILE] [-P DIR] [-T SEC] URL...",
  );
  const [url] = options.rest;
  if (url === undefined) {
    if (process.gnu) process.err("wget: missing URL\n");
    throw usage(process, "[-cqS] [-O FILE] [-o LOGFILE] [-P DIR] [-T SEC] URL...");
  }
  if (mayReach(process)) return yield* assume(process, "wget");
  const host = hostOf(url);
  if (process.gnu) {
    if (!options.has("q"))
      process.err(
        `--  ${url}\nResolving ${host} (${host})... failed: Temporary failure in name resolution.\nwget: unable to resolve host address '${host}'\n`,
      );
    return 4;
  }
  process.err(`wget: bad address '${host}'\n`);
  return 1;
};

const curl: Program = function* (process) {
  const args = process.args.slice(1);
  if (args.includes("--version") || args.includes("-V")) {
    process.out("curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1\n");
    return 0;
  }
  const url = args.find((arg) => /^https?:|^ftp:|^[a-z0-9.-]+\.[a-z]{2,}/i.test(arg));
  if (url === undefined) {
    process.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  if (mayReach(process)) return yield* assume(process, "curl");
  const short = args.filter((arg) => /^-[a-zA-Z]+$/.test(arg)).join("");
  if (!short.includes("s") || short.includes("S") || args.includes("--show-error"))
    process.err(`curl: (6) Could not resolve host: ${hostOf(url)}\n`);
  return 6;
};

function failing(text: (target: string) => string, status: number): Program {
  return function* (process) {
    const target = process.args.slice(1).findLast((arg) => !arg.startsWith("-")) ?? "";
    process.err(text(target) + "\n");
    return status;
  };
}

export const network: Readonly<Record<string, Program>> = {
  wget, curl,
  ping: failing((host) => `ping: bad address '${host}'`, 1), ping6: failing((host) => `ping6: bad address '${host}'`, 1), nslookup: failing(() => "nslookup: can't connect to remote host (127.0.0.1): Network is unreachable", 1),
  nc: function* (process) { process.err(`nc: bad address '${process.args.slice(1).find((arg) => !arg.startsWith("-")) ?? ""}'\n`); return 1; }, telnet: failing((host) => `telnet: bad address '${host}'`, 1), traceroute: failing((host) => `traceroute: bad address '${host}'`, 1),
  ifconfig: function* (process) { process.out("lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n"); return 0; },
  ip: function* (process) { process.out("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n"); return 0; },
  route: function* (process) { process.out("Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"); return 0; },
  netstat: function* (process) { process.out("Active Internet connections (w/o servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n"); return 0; },
}; // prettier-ignore
