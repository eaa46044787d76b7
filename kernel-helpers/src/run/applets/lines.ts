/** Each line to another: `rev`, `expand`, `unexpand`, `fold`, `nl`; lines in another order: `tac`, `shuf`. */

import { decodeText, encodeText } from "../machine/bytes";
import type { Program } from "../machine/exec";
import type { Process } from "../machine/process";
import { parseOptions } from "./options";
import { cannotRead, eachInput, LineReader, readRest } from "./text";

/** A program that turns each line into another text. */
function lineProgram(
  spec: string,
  text: string,
  make: (process: Process, value: (letter: string) => string | undefined) => (line: string) => string,
): Program {
  return function* (process) {
    const options = parseOptions(process, spec, {}, text);
    const change = make(process, (letter) => options.value(letter));
    const good = yield* eachInput(
      process,
      options.rest,
      cannotRead(process, process.name === "rev" ? undefined : "Input/output error"),
      function* (handle) {
        const reader = new LineReader(process, handle);
        for (let line = yield* reader.line(); line !== undefined; line = yield* reader.line()) {
          process.out(change(line) + (reader.terminated ? "\n" : ""));
          yield* process.room();
        }
      },
    );
    return good ? 0 : 1;
  };
}

/** Each line backwards. */
const rev = lineProgram(
  "",
  "[FILE]...",
  (process) => (line) =>
    process.utf8 ? encodeText([...decodeText(line)].reverse().join("")) : [...line].reverse().join(""),
);

/** Tabs to blanks. */
const expand = lineProgram("it:", "[-i] [-t N] [FILE]...", (_, value) => {
  const size = Number(value("t") ?? 8);
  return (line) => {
    let out = "";
    for (const char of line) out += char === "\t" ? " ".repeat(size - (out.length % size)) : char;
    return out;
  };
});

/** Blanks to tabs. */
const unexpand = lineProgram("fat:", "[-fa][-t N] [FILE]...", (_, value) => {
  const size = Number(value("t") ?? 8);
  return (line) =>
    line.replace(
      /^[ \t]+/,
      (blanks) =>
        "\t".repeat(Math.floor(blanks.replaceAll("\t", " ".repeat(size)).length / size)) +
        " ".repeat(blanks.replaceAll("\t", " ".repeat(size)).length % size),
    );
});

/** Long lines cut. */
const fold = lineProgram("bsw:", "[-bs] [-w WIDTH] [FILE]...", (process, value) => {
  const width = Number(value("w") ?? 80);
  const words = value("s") !== undefined;
  const wide = process.utf8 && !process.gnu && value("b") === undefined;
  return (line) => {
    const rows: string[] = [];
    let rest = wide ? decodeText(line) : line;
    while (rest.length > width) {
      const space = words ? rest.slice(0, width).lastIndexOf(" ") : -1;
      const at = space >= 0 ? space + 1 : width;
      rows.push(rest.slice(0, at));
      rest = rest.slice(at);
    }
    rows.push(rest);
    return wide ? encodeText(rows.join("\n")) : rows.join("\n");
  };
});

/** Lines with numbers. */
const nl: Program = function* (process) {
  const options = parseOptions(process, "b:f:h:v:i:s:w:n:p", {}, "[OPTIONS] [FILE]...");
  let number = Number(options.value("v") ?? 1);
  const step = Number(options.value("i") ?? 1);
  const width = Number(options.value("w") ?? 6);
  const separator = options.value("s") ?? "\t";
  const style = options.value("b") ?? "t";
  const format = options.value("n") ?? "rn";
  const good = yield* eachInput(process, options.rest, cannotRead(process), function* (handle) {
    const reader = new LineReader(process, handle);
    for (let line = yield* reader.line(); line !== undefined; line = yield* reader.line()) {
      if (style === "a" || (style === "t" && line !== "")) {
        const text = String(number);
        process.out(
          `${format === "ln" ? text.padEnd(width) : text.padStart(width, format === "rz" ? "0" : " ")}${separator}${line}\n`,
        );
        number += step;
      } else process.out(`${" ".repeat(width + separator.length)}${line}\n`);
      yield* process.room();
    }
  });
  return good ? 0 : 1;
};

/** Lines from the last to the first. */
const tac: Program = function* (process) {
  const options = parseOptions(process, "", {}, "[FILE]...");
  const good = yield* eachInput(
    process,
    options.rest,
    cannotRead(process, "Is a directory"),
    function* (handle) {
      const all = yield* readRest(process, handle);
      const lines = all.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      process.out(lines.reverse().join(""));
    },
  );
  return good ? 0 : 1;
};

/** Lines in another order: the same one for the same clock. */
const shuf: Program = function* (process) {
  const options = parseOptions(
    process,
    "ei:n:o:zr",
    {},
    "[-n NUM] [-o FILE] [-z] [FILE | -e [ARG...] | -i L-H]",
  );
  let items: string[];
  if (options.has("e")) items = [...options.rest];
  else if (options.has("i")) {
    const [low = 0, high = 0] = (options.value("i") ?? "").split("-").map(Number);
    items = Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => String(low + i));
  } else {
    const text =
      options.rest[0] === undefined || options.rest[0] === "-"
        ? yield* process.readAll(0)
        : yield* process.readFile(options.rest[0]);
    items = text.split("\n");
    if (items.at(-1) === "") items.pop();
  }
  let seed = process.machine.now >>> 0;
  for (let i = items.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = (seed >>> 8) % (i + 1);
    [items[i], items[j]] = [items[j] as string, items[i] as string];
  }
  process.out(
    items
      .slice(0, options.has("n") ? Number(options.value("n")) : undefined)
      .map((item) => item + "\n")
      .join(""),
  );
  return 0;
};

export const lines: Readonly<Record<string, Program>> = { rev, expand, unexpand, fold, nl, tac, shuf };
