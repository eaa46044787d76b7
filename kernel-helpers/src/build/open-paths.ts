/** Which files of a result nobody knows, because a command that is not simulated may have made or changed them (추정). */

import type { Selector } from "../context";
import { unknownContent } from "../image";
import type { ExecOp, FileOp } from "../graph/types";
import type { Snapshot } from "../platform/files";
import { makeOutputs } from "./expected-outputs";
import type { StepResult } from "./step-result";

/** Begins the `unknownBase` of an image whose programs are known, but not all of its files. */
export const CATALOG = "catalog ";

/** Is so little known of *base* that what fails on it need not fail in truth? */
export function isVague(base: StepResult | undefined): boolean {
  return base?.open !== undefined || base?.unknownBase?.startsWith(CATALOG) === false;
}

/** All of a file system. */
const EVERYTHING: readonly string[] = ["/"];

/** Is *path*, or something in it, or what it lies in, among *open*? */
export function isOpen(open: readonly string[] | undefined, path: string): boolean {
  const fixed = fixedPart(path);
  return open?.some((one) => within(one, fixed) || within(fixed, one)) ?? false;
}

/** Does what *selectors* take of *result* (an empty list is all of it) hang on an unknown content? */
export function isSelectionOpen(result: StepResult, selectors: readonly Selector[]): boolean {
  if (!result.open) return false;
  return selectors.length === 0 || selectors.some(({ path }) => isOpen(result.open, path || "/"));
}

/** *path* lies at or below *folder*. */
function within(folder: string, path: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return base === "" || path === base || path.startsWith(base + "/");
}

/** The part of a path before its first wildcard. */
function fixedPart(path: string): string {
  const wild = path.search(/[*?[]/);
  return wild < 0 ? path.replace(/(?<=.)\/+$/, "") : path.slice(0, path.lastIndexOf("/", wild)) || "/";
}

/** The open paths of what a file operation leaves: those of the tree it changes, and where it puts what is open itself. */
export function openAfterFileOp(op: FileOp, inputs: readonly StepResult[]): readonly string[] | undefined {
  const first = op.actions[0]?.input;
  const open = new Set(typeof first === "number" && first >= 0 ? inputs[first]?.open : []);
  for (const action of op.actions) {
    if (action.action !== "copy" || action.secondaryInput < 0) continue;
    const source = inputs[action.secondaryInput]?.open;
    if (isOpen(source, action.src)) open.add(fixedPart(action.dest));
  }
  return listOf(open);
}

/** The open paths of what a command leaves: all, when it was assumed or read something open. */
export function openAfterExec(
  op: ExecOp,
  inputs: readonly StepResult[],
  isAssumed: boolean,
): readonly string[] | undefined {
  if (isAssumed) return EVERYTHING;
  const open = new Set<string>();
  for (const mount of op.mounts) {
    if (mount.input < 0 || (mount.type !== "bind" && mount.dest !== "/")) continue;
    const input = inputs[mount.input];
    if (mount.dest === "/") for (const path of input?.open ?? []) open.add(path);
    else if (isOpen(input?.open, mount.selector || "/")) return EVERYTHING;
  }
  // A command may carry what it reads anywhere.
  return open.size > 0 ? EVERYTHING : undefined;
}

/** The open paths of several results laid over one another. */
export function openAfterMerge(inputs: readonly StepResult[]): readonly string[] | undefined {
  return listOf(new Set(inputs.flatMap(({ open }) => open ?? [])));
}

function listOf(open: ReadonlySet<string>): readonly string[] | undefined {
  return open.size === 0 ? undefined : open.has("/") ? EVERYTHING : [...open].sort();
}

/** The files of *result* with stand-ins for those of *paths* that are open and not there: something must be copied. */
export function withStandIns(result: StepResult, paths: readonly string[]): Snapshot {
  const { unknownBase } = result;
  const wanted = unknownBase === undefined ? paths.filter((path) => isOpen(result.open, path)) : paths;
  if (wanted.length === 0) return result.snapshot;
  const fs = result.snapshot.fork(result.createdAt);
  const open = wanted.filter((path) => isOpen(result.open, path));
  makeOutputs(fs, open, "copy", result.id);
  // Of the base the files are always the same.
  if (unknownBase !== undefined) makeOutputs(fs, wanted, "base", unknownBase);
  return fs.snapshot();
}

/** Puts an unknown file where a mount of something open needs a source. */
export function standInFolder(result: StepResult, path: string): Snapshot {
  const mayBe = isOpen(result.open, path) || result.unknownBase !== undefined;
  if (!mayBe || result.snapshot.stat(path) !== undefined) return result.snapshot;
  const fs = result.snapshot.fork(result.createdAt);
  fs.mkdir(path, { recursive: true });
  fs.writeFile(
    `${path.replace(/\/$/, "")}/index`,
    unknownContent(1, `assumed mount ${path} run ${result.id}`),
    {
      mode: 0o755,
    },
  );
  return fs.snapshot();
}
