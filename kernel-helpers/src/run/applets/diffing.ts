/** `diff` and `patch`. */

import { applyPatch, diffArrays, parsePatch } from "diff";
import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno, baseName, join } from "./paths";
import { formatTime } from "./time";
import { readInput } from "./text";

interface Hunk {
  readonly a: number;
  readonly b: number;
  readonly lines: string[];
  aCount: number;
  bCount: number;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Groups of changes with *context* lines around them. */
function hunks(
  a: readonly string[],
  b: readonly string[],
  context: number,
  same: (x: string, y: string) => boolean,
): Hunk[] {
  const edits: { kind: " " | "-" | "+"; line: string }[] = [];
  for (const part of diffArrays([...a], [...b], { comparator: same })) {
    for (const line of part.value) edits.push({ kind: part.added ? "+" : part.removed ? "-" : " ", line });
  }
  const out: Hunk[] = [];
  let current: Hunk | undefined;
  let quiet = 0;
  let lineA = 1;
  let lineB = 1;
  for (const [i, edit] of edits.entries()) {
    if (edit.kind !== " ") {
      if (current === undefined) {
        const before = edits.slice(Math.max(0, i - context), i).filter((one) => one.kind === " ");
        current = {
          a: lineA - before.length,
          b: lineB - before.length,
          lines: before.map((one) => " " + one.line),
          aCount: before.length,
          bCount: before.length,
        };
        out.push(current);
      }
      current.lines.push(edit.kind + edit.line);
      if (edit.kind === "-") current.aCount++;
      else current.bCount++;
      quiet = 0;
    } else if (current !== undefined) {
      quiet++;
      current.lines.push(" " + edit.line);
      current.aCount++;
      current.bCount++;
      if (quiet > context * 2) {
        const extra = quiet - context;
        current.lines.splice(current.lines.length - extra, extra);
        current.aCount -= extra;
        current.bCount -= extra;
        current = undefined;
        quiet = 0;
      }
    }
    if (edit.kind !== "+") lineA++;
    if (edit.kind !== "-") lineB++;
  }
  if (current !== undefined && quiet > context) {
    const extra = quiet - context;
    current.lines.splice(current.lines.length - extra, extra);
    current.aCount -= extra;
    current.bCount -= extra;
  }
  return out;
}

const show = (line: string): string =>
  line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`;

const diff: Program = function* (process) {
  const options = parseOptions(
    process,
    "abdiL:NqrsTtU:uwBS:E",
    {
      unified: "u",
      brief: "q",
      recursive: "r",
      "new-file": "N",
      "ignore-case": "i",
      "ignore-all-space": "w",
      label: "L",
      "report-identical-files": "s",
      "ignore-blank-lines": "B",
    },
    "[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2",
  );
  const [a, b] = options.rest;
  if (a === undefined || b === undefined)
    throw usage(process, "[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2");
  const context = Number(options.value("U") ?? 3);
  const unified = !process.gnu || options.has("u") || options.has("U");
  const normal = (line: string): string => {
    let text = line;
    if (options.has("i")) text = text.toLowerCase();
    if (options.has("w")) text = text.replace(/\s+/g, "");
    else if (options.has("b")) text = text.replace(/\s+/g, " ").trimEnd();
    return text;
  };
  const same = (x: string, y: string): boolean => normal(x) === normal(y);
  const one = function* (x: string, y: string, recursive: boolean): Task<number> {
    const read = function* (name: string): Task<string> {
      if (options.has("N") && name !== "-" && process.vfs.tryStat(process, name) === undefined) return "";
      return yield* readInput(process, name);
    };
    const left = yield* read(x);
    const right = yield* read(y);
    if (left === right) {
      if (options.has("s")) process.out(`Files ${x} and ${y} are identical\n`);
      return 0;
    }
    const found = hunks(linesOf(left), linesOf(right), unified ? context : 0, same);
    if (found.length === 0) return 0;
    if (options.has("q")) {
      process.out(`Files ${x} and ${y} differ\n`);
      return 1;
    }
    if (recursive && process.gnu)
      process.out(
        `diff ${process.args
          .slice(1)
          .filter((arg) => arg.startsWith("-"))
          .join(" ")} ${x} ${y}\n`,
      );
    if (unified) {
      const labels = options.values("L");
      const stamp = (name: string): string =>
        process.gnu
          ? `\t${formatTime("%Y-%m-%d %H:%M:%S.%N %z", name === "-" ? process.machine.time : (process.vfs.tryStat(process, name)?.mtime ?? 0))}`
          : "";
      process.out(`--- ${labels[0] ?? x + stamp(x)}\n+++ ${labels[1] ?? y + stamp(y)}\n`);
      for (const hunk of found) {
        const range = (start: number, count: number): string =>
          count === 1 ? String(start) : count === 0 ? `${start - 1},0` : `${start},${count}`;
        process.out(`@@ -${range(hunk.a, hunk.aCount)} +${range(hunk.b, hunk.bCount)} @@\n`);
        for (const line of hunk.lines) process.out(show(line));
      }
    } else {
      for (const hunk of found) {
        const range = (start: number, count: number): string =>
          count === 0 ? String(start - 1) : count === 1 ? String(start) : `${start},${start + count - 1}`;
        const letter = hunk.aCount === 0 ? "a" : hunk.bCount === 0 ? "d" : "c";
        process.out(`${range(hunk.a, hunk.aCount)}${letter}${range(hunk.b, hunk.bCount)}\n`);
        for (const line of hunk.lines) if (line.startsWith("-")) process.out(show("< " + line.slice(1)));
        if (letter === "c") process.out("---\n");
        for (const line of hunk.lines) if (line.startsWith("+")) process.out(show("> " + line.slice(1)));
      }
    }
    return 1;
  };
  try {
    const look = (name: string): ReturnType<typeof process.vfs.tryStat> =>
      name === "-"
        ? undefined
        : options.has("N")
          ? process.vfs.tryStat(process, name)
          : process.vfs.stat(process, name);
    const x = look(a);
    const y = look(b);
    if (x?.type === "dir" && y?.type === "dir")
      return yield* dirs(process, a, b, options.has("r"), options.has("N"), one);
    if (x?.type === "dir") return yield* one(join(a, baseName(b)), b, false);
    if (y?.type === "dir") return yield* one(a, join(b, baseName(a)), false);
    return yield* one(a, b, false);
  } catch (error) {
    const failure = asErrno(error);
    process.err(
      process.gnu
        ? `diff: ${failure.path}: ${failure.message}\n`
        : `diff: can't stat '${failure.path}': ${failure.message}\n`,
    );
    return 2;
  }
};

function* dirs(
  process: Process,
  a: string,
  b: string,
  recursive: boolean,
  all: boolean,
  one: (x: string, y: string, recursive: boolean) => Task<number>,
): Task<number> {
  const names = [...new Set([...process.vfs.readdir(process, a), ...process.vfs.readdir(process, b)])].sort();
  let status = 0;
  for (const name of names) {
    const x = join(a, name);
    const y = join(b, name);
    const left = process.vfs.tryStat(process, x);
    const right = process.vfs.tryStat(process, y);
    if ((left === undefined || right === undefined) && !all) {
      process.out(`Only in ${left === undefined ? b : a}: ${name}\n`);
      status = 1;
    } else if (left?.type === "dir" && right?.type === "dir") {
      if (recursive) status = Math.max(status, yield* dirs(process, x, y, recursive, all, one));
      else process.out(`Common subdirectories: ${x} and ${y}\n`);
    } else status = Math.max(status, yield* one(x, y, true));
  }
  return status;
}

const patch: Program = function* (process) {
  const options = parseOptions(
    process,
    "p:i:RNEd:tfs@",
    {
      strip: "p",
      input: "i",
      reverse: "R",
      forward: "N",
      directory: "d",
      "dry-run": "@",
      force: "f",
      silent: "s",
    },
    "[-RNE] [-p N] [-i DIFF] [ORIGFILE [PATCHFILE]]",
  );
  const strip = Number(options.value("p") ?? 0);
  const source = options.value("i") ?? options.rest[1] ?? "-";
  if (options.has("d")) process.cwd = process.vfs.need(process, options.value("d") ?? ".").path;
  let status = 0;
  const text = yield* readInput(process, source);
  for (const part of parsePatch(text)) {
    const clean = (name: string | undefined): string => (name ?? "").split("\t")[0] ?? "";
    const chosen =
      clean(part.newFileName) === "/dev/null" ? clean(part.oldFileName) : clean(part.newFileName);
    const name =
      options.rest[0] ??
      (chosen
        .split("/")
        .slice(options.has("p") ? strip : chosen.includes("/") ? -1 : 0)
        .join("/") ||
        (chosen.split("/").at(-1) ?? ""));
    if (name === "" || part.hunks.length === 0) continue;
    const exists = process.vfs.tryStat(process, name) !== undefined;
    if (!options.has("s"))
      process.out(
        exists || process.gnu || clean(part.oldFileName) !== "/dev/null"
          ? `patching file ${name}\n`
          : `creating ${name}\n`,
      );
    const old = exists ? yield* readInput(process, name) : "";
    const result = applyPatch(old, options.has("R") ? reversed(part) : part);
    if (result === false) {
      for (const [i, hunk] of part.hunks.entries()) {
        if (process.gnu) process.out(`Hunk #${i + 1} FAILED at ${hunk.oldStart}.\n`);
        else
          process.err(
            `Hunk ${i + 1} FAILED ${hunk.oldStart}/${hunk.newStart}.\n${hunk.lines.map((line) => line + "\n").join("")}`,
          );
      }
      status = 1;
      continue;
    }
    if (options.has("@")) continue;
    if (clean(part.newFileName) === "/dev/null" && result === "") process.vfs.unlink(process, name);
    else process.vfs.writeContent(process, name, result);
  }
  return status;
};

function reversed(part: ReturnType<typeof parsePatch>[number]): ReturnType<typeof parsePatch>[number] {
  return {
    ...part,
    hunks: part.hunks.map((hunk) => ({
      oldStart: hunk.newStart,
      oldLines: hunk.newLines,
      newStart: hunk.oldStart,
      newLines: hunk.oldLines,
      lines: hunk.lines.map((line) =>
        line.startsWith("+") ? "-" + line.slice(1) : line.startsWith("-") ? "+" + line.slice(1) : line,
      ),
    })),
  };
}

export const diffing: Readonly<Record<string, Program>> = { diff, patch };
