/** Port specifications of EXPOSE (BuildKit frontend/dockerfile/dockerfile2llb/convert_expose.go). */

import { goQuote } from "../dockerfile/go-text";
import { Refusal } from "./refusal";

/** A finding about one port specification; the checks are named by their rules. */
export interface PortFinding {
  readonly rule: "ExposeProtoCasing" | "ExposeInvalidFormat";
  readonly port: string;
}

function splitParts(text: string): [ip: string, hostPort: string, containerPort: string] {
  const parts = text.split(":");
  const containerPort = parts.pop() ?? "";
  const hostPort = parts.pop() ?? "";
  return [parts.join(":"), hostPort, containerPort];
}

function splitProtocol(text: string): [protocol: string, port: string] {
  const slash = text.indexOf("/");
  const port = slash === -1 ? text : text.slice(0, slash);
  const protocol = slash === -1 ? "" : text.slice(slash + 1);
  if (port === "") throw new Refusal("no port specified", "LB_EXPOSE_PORT");
  if (protocol === "") return ["tcp", port];
  if (["tcp", "udp", "sctp"].includes(protocol.toLowerCase())) return [protocol, port];
  throw new Refusal("invalid proto: " + protocol, "LB_EXPOSE_PORT");
}

/** A port number 0 to 65535, or undefined. Go reads a sign; leading zeros are decimal. */
function portNumber(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= 0 && value <= 65535 ? Math.abs(value) : undefined;
}

function portRange(text: string): [start: number, end: number] | undefined {
  const dash = text.indexOf("-");
  const first = dash === -1 ? text : text.slice(0, dash);
  const last = dash === -1 ? first : text.slice(dash + 1);
  const start = portNumber(first);
  if (start === undefined) return undefined;
  if (first === last) return [start, start];
  const end = portNumber(last);
  return end === undefined || end < start ? undefined : [start, end];
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Go's net.ParseIP: an IPv4 or IPv6 address without a zone. */
export function isIpAddress(text: string): boolean {
  if (!text.includes(":")) return isIpv4(text);
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups[groups.length - 1];
  let count = groups.length;
  if (last !== undefined && last.includes(".")) {
    if (!isIpv4(last) || text.endsWith("::")) return false;
    groups.pop();
    count++;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

/**
 * The `port/protocol` texts of one specification `[ip:][host:]port[-port][/protocol]`, in ascending order. *report* gets what the checks
 * find. Throws Refusal, e.g. `invalid containerPort: 70000`.
 */
export function parsePort(raw: string, report: (finding: PortFinding) => void): string[] {
  const [ip, hostPort, containerText] = splitParts(raw);
  let protocol: string;
  let containerPort: string;
  try {
    [protocol, containerPort] = splitProtocol(containerText);
  } catch (error) {
    if (error instanceof Refusal) throw error.withMessage(`invalid port: ${goQuote(raw)}: ${error.message}`);
    throw error;
  }
  if (protocol !== protocol.toLowerCase()) report({ rule: "ExposeProtoCasing", port: raw });
  if (ip !== "" || hostPort !== "") report({ rule: "ExposeInvalidFormat", port: raw });

  checkIp(ip);
  const container = portRange(containerPort);
  if (container === undefined) throw new Refusal("invalid containerPort: " + containerPort, "LB_EXPOSE_PORT");
  const [start, end] = container;
  if (hostPort !== "") {
    const host = portRange(hostPort);
    if (host === undefined) throw new Refusal("invalid hostPort: " + hostPort, "LB_EXPOSE_PORT");
    if (end - start !== host[1] - host[0] && end !== start) {
      throw new Refusal(
        `invalid ranges specified for container and host Ports: ${containerPort} and ${hostPort}`,
        "LB_EXPOSE_PORT",
      );
    }
  }
  return Array.from({ length: end - start + 1 }, (_, i) => `${start + i}/${protocol.toLowerCase()}`);
}

function checkIp(written: string): void {
  let ip = written;
  if (ip.startsWith("[")) {
    const close = ip.indexOf("]");
    const problem =
      close === -1 ? "missing ']' in address" : close < ip.length - 1 ? "missing port in address" : undefined;
    if (problem !== undefined)
      throw new Refusal(`invalid IP address ${ip}: address ${ip}:: ${problem}`, "LB_EXPOSE_PORT");
    ip = ip.slice(1, -1);
  }
  if (ip !== "" && !isIpAddress(ip)) throw new Refusal("invalid IP address: " + ip, "LB_EXPOSE_PORT");
}
