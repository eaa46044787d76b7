/** busybox's `dpkg`, as far as it lists packages. Its shell finds it before the image's own. */

import type { Program } from "../machine/exec";
import { matches } from "../shell/pattern";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";

const TEXT = "[-ilCPru] [-F OPT] PACKAGE";
const SLOTS = 8191;

/** The place in its table at which busybox keeps a package, which is the order of its list. */
function slot(name: string): number {
  let sum = name.charCodeAt(0);
  for (let i = 1; i < name.length; i++) {
    sum += (name.charCodeAt(i) + name.charCodeAt(i - 1)) * 2 ** ((name.charCodeAt(i) * i) % 24);
  }
  return sum % SLOTS;
}

export const dpkg: Program = function* (process) {
  const options = parseOptions(
    process,
    "CF:ilPru",
    { install: "i", list: "l", purge: "P", remove: "r" },
    TEXT,
  );
  if (!options.has("l")) throw usage(process, TEXT);
  let text: string;
  try {
    text = yield* process.readFile("/var/lib/dpkg/status");
  } catch (error) {
    process.err(`dpkg: can't open '/var/lib/dpkg/status': ${asErrno(error).message}\n`);
    return 1;
  }
  const packages = new Map<string, { version: string; status: string }>();
  for (const block of text.split(/\n\n+/)) {
    const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, "m").exec(block)?.[1] ?? "";
    const name = field("Package");
    if (name !== "") packages.set(name, { version: field("Version"), status: field("Status") });
  }
  process.out("    Name           Version\n+++-==============-==============\n");
  const rows = [...packages].sort(([a], [b]) => slot(a) - slot(b));
  const [pattern] = options.rest;
  for (const [name, { version, status }] of rows) {
    if (pattern !== undefined && !matches(pattern, name)) continue;
    const state = status.split(" ")[2] ?? "";
    process.out(`${status.startsWith("i") ? "i" : "r"}${state[0] ?? "n"}  ${name.padEnd(14)} ${version}\n`);
  }
  return 0;
};
