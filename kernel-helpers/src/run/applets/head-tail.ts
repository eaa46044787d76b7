/** `head` and `tail`: one end of a file. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions } from "./options";
import { cannotOpen, cannotRead, eachInput, LineReader, readRest } from "./text";

/** `5`, `+5`, `1k`, `2M` */
function amount(text: string): number | undefined {
  const match = /^([-+]?\d+)([bkmKMG]?)$/.exec(text);
  if (match === null) return undefined;
  const unit = { "": 1, b: 512, k: 1024, K: 1024, m: 1048576, M: 1048576, G: 1073741824 }[
    match[2] ?? ""
  ] as number;
  return Number(match[1]) * unit;
}

/** Complains about a number that `head` or `tail` cannot read; answers the exit code. */
function invalid(process: Process, text: string): number {
  process.err(
    process.gnu
      ? `${process.name}: invalid number of lines: '${text}'\n`
      : `${process.name}: invalid number '${text.replace(/^-n/, "-")}'\n`,
  );
  return 1;
}

/** The first lines or bytes. */
function* head(process: Process): Task<number> {
  process.args = process.args.map((arg, i) => (i === 1 && /^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));
  const options = parseOptions(
    process,
    "n:c:qvz",
    { lines: "n", bytes: "c", quiet: "q", silent: "q", verbose: "v" },
    "[OPTIONS] [FILE]...",
  );
  const bytes = options.last("nc") === "c";
  const text = options.value(bytes ? "c" : "n") ?? "10";
  const count = amount(text);
  if (count === undefined) return invalid(process, text);
  const many = (options.rest.length > 1 && !options.has("q")) || options.has("v");
  let first = true;
  const good = yield* eachInput(
    process,
    options.rest,
    cannotRead(process, "Input/output error"),
    function* (handle, name) {
      if (many) process.out(`${first ? "" : "\n"}==> ${name === "-" ? "standard input" : name} <==\n`);
      first = false;
      if (count < 0 || text.startsWith("-")) {
        const all = yield* readRest(process, handle);
        if (bytes) process.out(all.slice(0, Math.max(0, all.length + count)));
        else {
          const lines = all.split("\n");
          if (lines.at(-1) === "") lines.pop();
          process.out(
            lines
              .slice(0, Math.max(0, lines.length + count))
              .map((line) => line + "\n")
              .join(""),
          );
        }
        return;
      }
      if (bytes) {
        let left = count;
        while (left > 0) {
          const piece = yield* process.readHandle(handle, left);
          if (piece === "") return;
          process.out(piece);
          left -= piece.length;
          yield* process.room();
        }
        return;
      }
      const reader = new LineReader(process, handle);
      for (let i = 0; i < count; i++) {
        const line = yield* reader.line();
        if (line === undefined) return;
        process.out(line + (reader.terminated ? "\n" : ""));
        yield* process.room();
      }
    },
  );
  return good ? 0 : 1;
}

/** The last lines or bytes, or those from one on. */
function* tail(process: Process): Task<number> {
  process.args = process.args.map((arg, i) =>
    i > 0 && /^[-+]\d+$/.test(arg) && i === 1 ? `-n${arg.replace("-", "")}` : arg,
  );
  const options = parseOptions(
    process,
    "fn:c:qvs:F",
    { lines: "n", bytes: "c", quiet: "q", silent: "q", verbose: "v", follow: "f" },
    "[OPTIONS] [FILE]...",
  );
  const bytes = options.last("nc") === "c";
  const text = options.value(bytes ? "c" : "n") ?? "10";
  const given = amount(text);
  if (given === undefined) return invalid(process, text);
  const fromStart = text.startsWith("+");
  const count = Math.abs(given);
  // busybox counts the files that it could open.
  const names = process.gnu
    ? options.rest
    : options.rest.filter((name) => name === "-" || process.vfs.tryStat(process, name) !== undefined);
  const many = (names.length > 1 && !options.has("q")) || options.has("v");
  let first = true;
  const good = yield* eachInput(process, options.rest, cannotOpen(process), function* (handle, name) {
    if (many) process.out(`${first ? "" : "\n"}==> ${name === "-" ? "standard input" : name} <==\n`);
    first = false;
    const all = yield* readRest(process, handle);
    if (bytes)
      process.out(fromStart ? all.slice(Math.max(0, count - 1)) : count === 0 ? "" : all.slice(-count));
    else {
      let at = all.length;
      if (fromStart) {
        at = 0;
        for (let i = 1; i < count; i++) {
          const next = all.indexOf("\n", at);
          at = next < 0 ? all.length : next + 1;
        }
      } else {
        let left = count;
        let end = all.endsWith("\n") ? all.length - 1 : all.length;
        at = count === 0 ? all.length : 0;
        while (left > 0) {
          const before = all.lastIndexOf("\n", end - 1);
          if (before < 0 || end === 0) {
            at = 0;
            break;
          }
          end = before;
          at = before + 1;
          left--;
        }
      }
      process.out(all.slice(at));
    }
  });
  if (!good && options.rest.length === 1 && !process.gnu) process.err("tail: no files\n");
  if (options.has("f") || options.has("F")) yield { ready: () => false };
  return good ? 0 : 1;
}

export const headTail: Readonly<Record<string, Program>> = { head, tail };
