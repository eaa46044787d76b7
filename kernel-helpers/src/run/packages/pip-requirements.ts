/** Requirement files of pip: what they ask for on this machine, the files they include, environment markers (PEP 508). */

import type { Process } from "../machine/process";
import { readText } from "./files";

/** What the markers ask about: the Python of the catalog's images. */
const MACHINE: Readonly<Record<string, string>> = {
  python_version: "3.12",
  python_full_version: "3.12.0",
  sys_platform: "linux",
  platform_system: "Linux",
  os_name: "posix",
  platform_machine: "x86_64",
  implementation_name: "cpython",
  platform_python_implementation: "CPython",
};

/** A file of requirements that is not there. */
export class NoRequirements extends Error {
  constructor(readonly path: string) {
    super(`no requirements file ${path}`);
  }
}

/** Specifiers that *path* and the files it includes ask for, without comments and options. Throws NoRequirements. */
export function readRequirements(process: Process, path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = readText(process, path);
  if (text === undefined) throw new NoRequirements(path);
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .flatMap((line) => {
      const [spec = "", marker] = line.replace(/(^|\s)#.*$/, "").split(/\s*;\s*/);
      const included = /^\s*(?:-r|--requirement)[\s=]*(\S+)/.exec(spec)?.[1];
      // Named from where the including file stands.
      if (included !== undefined)
        return readRequirements(process, included.startsWith("/") ? included : besides(path, included), seen);
      const wanted = spec.replace(/\s--hash.*$/, "").trim();
      return wanted === "" || wanted.startsWith("-") || !holds(marker) ? [] : [wanted];
    });
}

/** *name* as seen from the folder of *path*, `..` taken away where it can be. */
function besides(path: string, name: string): string {
  const parts = [...path.split("/").slice(0, -1), ...name.split("/")];
  const kept: string[] = [];
  for (const part of parts)
    if (part === ".." && kept.length > 0 && !["", "..", "."].includes(kept.at(-1) ?? "")) kept.pop();
    else if (part !== ".") kept.push(part);
  return kept.join("/");
}

/** Does the marker hold on this machine? What it does not understand holds. */
function holds(marker: string | undefined): boolean {
  if (marker === undefined || marker.trim() === "" || /[()]/.test(marker)) return true;
  return marker.split(/\s+or\s+/).some((all) => all.split(/\s+and\s+/).every(one));
}

function one(comparison: string): boolean {
  const [, name = "", operator = "", value = ""] =
    /^\s*(\w+)\s*(==|!=|<=|>=|<|>)\s*["']([^"']*)["']\s*$/.exec(comparison) ?? [];
  const own = MACHINE[name];
  if (own === undefined) return true;
  const order = name.startsWith("python_") ? compareVersions(own, value) : own === value ? 0 : 1;
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
