/** The processes below this one, for an interrupt to reach a child that the main thread waits for without looking up. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Process ids of all descendants of *root*, but not of *except* and below. Empty where they cannot be listed. */
export function descendants(root: number, except: number): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found: number[] = [];
  const visit = (pid: number): void => {
    for (const child of children.get(pid) ?? []) {
      if (child === except) continue;
      found.push(child);
      visit(child);
    }
  };
  visit(root);
  return found;
}

function processes(): [pid: number, parent: number][] {
  try {
    if (process.platform === "linux") return fromProc();
    if (process.platform === "win32") return [];
    const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return [...table.matchAll(/(\d+)\s+(\d+)/g)].map(([, pid, parent]) => [Number(pid), Number(parent)]);
  } catch {
    return [];
  }
}

function fromProc(): [number, number][] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      try {
        // The second field, the program's name, may hold anything but ends with the last parenthesis.
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
        return [[Number(name), Number(parent)]];
      } catch {
        return []; // ended meanwhile
      }
    });
}
