/** Columns: `cut` takes them out of lines, `paste` and `comm` put lines of files side by side. */

import { decodeText } from "../machine/bytes";
import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { cannotRead, eachInput, LineReader, openInput } from "./text";

/** Ranges of `cut`: pairs of 1-based numbers. */
function ranges(text: string): [number, number][] | undefined {
  const out: [number, number][] = [];
  for (const part of text.split(",")) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || part === "" || part === "-") return undefined;
    const [, low = "", dash, high = ""] = match;
    const start = low === "" ? 1 : Number(low);
    const end = dash === "" ? start : high === "" ? Infinity : Number(high);
    if (start < 1 || end < start) return undefined;
    out.push([start, end]);
  }
  return out;
}

/** Takes columns of bytes, or fields, out of lines. */
function* cut(process: Process): Task<number> {
  const text = "[OPTIONS] [FILE]...";
  const options = parseOptions(
    process,
    process.gnu ? "b:c:f:d:sn@:#" : "b:c:f:d:snO:@:#",
    {
      bytes: "b",
      characters: "c",
      fields: "f",
      delimiter: "d",
      "only-delimited": "s",
      "output-delimiter": "@",
      complement: "#",
    },
    text,
  );
  const kind = options.last("bcf");
  const spec = options.value(kind) ?? "";
  const list = ranges(process.gnu ? spec : spec.replace(/(^|[,-])0+(?=$|[,-])/g, "$11"));
  if (kind === "") {
    process.err(
      process.gnu
        ? "cut: you must specify a list of bytes, characters, or fields\n"
        : "cut: expected a list of bytes, characters, or fields\n",
    );
    if (process.gnu) throw usage(process);
    return 1;
  }
  if (list === undefined) {
    const wrong = /[^\d,-]+/.exec(spec);
    process.err(
      process.gnu
        ? "cut: invalid field range\n"
        : wrong === null
          ? `cut: invalid range ${spec}\n`
          : `cut: invalid number '${spec.split(/[,-]/).find((part) => /\D/.test(part)) ?? spec}'\n`,
    );
    return 1;
  }
  if (
    process.gnu &&
    (options.value("d") ?? "x").length !== 1 &&
    decodeText(options.value("d") ?? "x").length !== 1
  ) {
    process.err("cut: the delimiter must be a single character\n");
    throw usage(process);
  }
  const delimiter = process.gnu ? (options.value("d") ?? "\t") : (options.value("d") ?? "\t").slice(0, 1);
  const joiner = options.value("@") ?? options.value("O") ?? (kind === "f" ? delimiter : "");
  const inside = (n: number): boolean =>
    list.some(([low, high]) => n >= low && n <= high) !== options.has("#");
  const good = yield* eachInput(process, options.rest, cannotRead(process), function* (handle) {
    const reader = new LineReader(process, handle);
    for (let line = yield* reader.line(); line !== undefined; line = yield* reader.line()) {
      yield* process.room();
      if (kind !== "f") {
        const kept = [...line].filter((_, i) => inside(i + 1));
        process.out((joiner === "" ? kept.join("") : groups(line, list).join(joiner)) + "\n");
        continue;
      }
      if (!line.includes(delimiter)) {
        if (!options.has("s")) process.out(line + "\n");
        continue;
      }
      process.out(
        line
          .split(delimiter)
          .filter((_, i) => inside(i + 1))
          .join(joiner) + "\n",
      );
    }
  });
  return good ? 0 : 1;
}

/** The columns as *list* names them, in its order. */
function groups(line: string, list: readonly [number, number][]): string[] {
  return list.map(([low, high]) => line.slice(low - 1, high));
}

/** Lines of files side by side. */
const paste: Program = function* (process) {
  const options = parseOptions(process, "d:s", { delimiters: "d", serial: "s" }, "[-s] [-d LIST] [FILE]...");
  const list = (options.value("d") ?? "\t").replace(
    /\\([nt0\\])/g,
    (_, char: string) => ({ n: "\n", t: "\t", "0": "", "\\": "\\" })[char] ?? char,
  );
  const names = options.rest.length === 0 ? ["-"] : options.rest;
  const readers: (LineReader | undefined)[] = [];
  const shared = new Map<string, LineReader>();
  for (const name of names) {
    try {
      let reader = name === "-" ? shared.get("-") : undefined;
      reader ??= new LineReader(process, openInput(process, name));
      if (name === "-") shared.set("-", reader);
      readers.push(reader);
    } catch (error) {
      cannotRead(process)(name, asErrno(error));
      return 1;
    }
  }
  if (!process.gnu && !options.has("s")) {
    yield* pasteSimply(process, readers, list);
    return 0;
  }
  const mark = (i: number): string => (list === "" ? "" : (list[i % list.length] ?? ""));
  if (options.has("s")) {
    for (const reader of readers) {
      let out = "";
      let i = 0;
      for (
        let line = yield* (reader as LineReader).line();
        line !== undefined;
        line = yield* (reader as LineReader).line()
      )
        out += (i > 0 ? mark(i - 1) : "") + (i++, line);
      process.out(out + "\n");
    }
    return 0;
  }
  for (;;) {
    let any = false;
    const parts: string[] = [];
    for (const reader of readers) {
      const line: string | undefined = yield* (reader as LineReader).line();
      if (line !== undefined) any = true;
      parts.push(line ?? "");
    }
    if (!any) return 0;
    process.out(parts.map((part, i) => (i > 0 ? mark(i - 1) : "") + part).join("") + "\n");
    yield* process.room();
  }
};

/** busybox: a file that has ended leaves neither text nor delimiter. */
function* pasteSimply(process: Process, readers: (LineReader | undefined)[], list: string): Task {
  while (readers.some((reader) => reader !== undefined)) {
    let next = 0;
    for (const [i, reader] of readers.entries()) {
      if (reader === undefined) continue;
      const line = yield* reader.line();
      if (line === undefined) {
        readers[i] = undefined;
        continue;
      }
      process.out(
        line + (i === readers.length - 1 ? "\n" : list === "" ? "" : (list[next++ % list.length] ?? "")),
      );
    }
    yield* process.room();
  }
}

/** Lines of two sorted files: only in the first, only in the second, in both. */
const comm: Program = function* (process) {
  const options = parseOptions(process, "123", {}, "[-123] FILE1 FILE2");
  const [a = "-", b = "-"] = options.rest;
  const left = new LineReader(process, openInput(process, a));
  const right = new LineReader(process, openInput(process, b));
  let x = yield* left.line();
  let y = yield* right.line();
  const tab = (...letters: string[]): string =>
    letters.map((letter) => (options.has(letter) ? "" : "\t")).join("");
  while (x !== undefined || y !== undefined) {
    if (y === undefined || (x !== undefined && x < y)) {
      if (!options.has("1")) process.out(`${x ?? ""}\n`);
      x = yield* left.line();
    } else if (x === undefined || y < x) {
      if (!options.has("2")) process.out(`${tab("1")}${y}\n`);
      y = yield* right.line();
    } else {
      if (!options.has("3")) process.out(`${tab("1", "2")}${x}\n`);
      x = yield* left.line();
      y = yield* right.line();
    }
  }
  return 0;
};

export const columns: Readonly<Record<string, Program>> = { cut, paste, comm };
