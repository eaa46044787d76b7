/** Text programs: `head`, `tail`, `wc`, `tr`, `cut`, `uniq`, `tee`, `nl`, `seq`, `expr` and their kind. */

import { decodeText, encodeText } from "../machine/bytes";
import { Errno } from "../machine/errno";
import type { Program } from "../machine/exec";
import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { expr } from "./expr";
import { parseOptions, usage } from "./options";
import { asErrno, baseName, dirName } from "./paths";
import { cannotOpen, cannotRead, eachInput, LineReader, openInput } from "./text";

/** `5`, `+5`, `1k`, `2M` */
function amount(text: string): number | undefined {
  const match = /^([-+]?\d+)([bkmKMG]?)$/.exec(text);
  if (match === null) return undefined;
  const unit = { "": 1, b: 512, k: 1024, K: 1024, m: 1048576, M: 1048576, G: 1073741824 }[
    match[2] ?? ""
  ] as number;
  return Number(match[1]) * unit;
}

/** The words of `head`, `wc`, `cut` and others of busybox for a file that they cannot open: as GNU's. */
function plainly(process: Process): (name: string, error: Errno) => void {
  return (name, error) => process.err(`${process.name}: ${name}: ${error.message}\n`);
}

function invalid(process: Process, text: string): number {
  process.err(
    process.gnu
      ? `${process.name}: invalid number of lines: '${text}'\n`
      : `${process.name}: invalid number '${text.replace(/^-n/, "-")}'\n`,
  );
  return 1;
}

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
        const all = yield* everything(process, handle);
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

function* everything(process: Process, handle: Handle): Task<string> {
  const parts: string[] = [];
  for (;;) {
    const piece = yield* process.readHandle(handle, 1 << 20);
    if (piece === "") return parts.join("");
    parts.push(piece);
    process.machine.meter.addBytes(handle.kind === "device" ? piece.length : 0);
    process.machine.meter.addCommands(1);
  }
}

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
    const all = yield* everything(process, handle);
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

function* wc(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "clwLm",
    { lines: "l", words: "w", bytes: "c", chars: "m", "max-line-length": "L" },
    "[-cmlwL] [FILE]...",
  );
  const letters = [..."lwmcL"].filter((letter) =>
    options.given.length === 0 ? "lwc".includes(letter) : options.has(letter),
  );
  const totals = new Map<string, number>();
  const rows: { values: number[]; name: string }[] = [];
  const complain = (name: string, error: Errno): void => {
    plainly(process)(name, error);
    // busybox counts what it could not read as nothing.
    if (error.code === "EISDIR") rows.push({ values: letters.map(() => 0), name });
  };
  const good = yield* eachInput(process, options.rest, complain, function* (handle, name) {
    let lines = 0;
    let words = 0;
    let bytes = 0;
    let longest = 0;
    let current = 0;
    let inWord = false;
    let chars = 0;
    for (;;) {
      const piece = yield* process.readHandle(handle, 1 << 20);
      if (piece === "") break;
      bytes += piece.length;
      for (let i = 0; i < piece.length; i++) {
        const code = piece.charCodeAt(i);
        if ((code & 0xc0) !== 0x80) chars++;
        if (code === 10) {
          lines++;
          longest = Math.max(longest, current);
          current = 0;
        } else if (code === 9) current = (current | 7) + 1;
        else if (code >= 32 && code < 127) current++;
        const space = code === 32 || (code >= 9 && code <= 13);
        if (!process.gnu && !space && (code < 33 || code > 126)) continue; // busybox sees printable ASCII only
        if (!space && !inWord) words++;
        inWord = !space;
      }
    }
    longest = Math.max(longest, current);
    const all: Record<string, number> = {
      l: lines,
      w: words,
      m: process.utf8 ? chars : bytes,
      c: bytes,
      L: longest,
    };
    rows.push({
      values: letters.map((letter) => all[letter] as number),
      name: name === "-" && options.rest.length === 0 ? "" : name,
    });
    for (const letter of letters)
      totals.set(
        letter,
        letter === "L"
          ? Math.max(totals.get(letter) ?? 0, longest)
          : (totals.get(letter) ?? 0) + (all[letter] as number),
      );
  });
  if (options.rest.length > 1)
    rows.push({ values: letters.map((letter) => totals.get(letter) ?? 0), name: "total" });
  if (process.gnu) {
    const stdin = options.rest.length === 0;
    const width =
      rows.length === 1 && letters.length === 1
        ? 0
        : stdin
          ? 7
          : Math.max(1, ...rows.flatMap((row) => row.values.map((value) => String(value).length)));
    for (const row of rows)
      process.out(
        row.values.map((value) => String(value).padStart(width)).join(" ") +
          (row.name === "" ? "" : ` ${row.name}`) +
          "\n",
      );
  } else {
    const width = letters.length === 1 && rows.length === 1 ? 0 : 9;
    for (const row of rows) {
      process.out(
        row.values.map((value, i) => (i > 0 ? " " : "") + String(value).padStart(width)).join("") +
          (row.name === "" ? "" : ` ${row.name}`) +
          "\n",
      );
    }
  }
  return good ? 0 : 1;
}

const TR_CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  alnum: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122), alpha: (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  blank: (c) => c === 32 || c === 9, cntrl: (c) => c < 32 || c === 127, digit: (c) => c >= 48 && c <= 57, graph: (c) => c > 32 && c < 127,
  lower: (c) => c >= 97 && c <= 122, print: (c) => c >= 32 && c < 127, punct: (c) => c > 32 && c < 127 && !((c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122)),
  space: (c) => c === 32 || (c >= 9 && c <= 13), upper: (c) => c >= 65 && c <= 90, xdigit: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
}; // prettier-ignore

/** The characters of a tr set. */
function trSet(text: string): string {
  let out = "";
  const chars: { char: string; plain: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char !== "\\" || i + 1 >= text.length) {
      chars.push({ char, plain: true });
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(i + 1));
    if (octal !== null) {
      chars.push({ char: String.fromCharCode(Number.parseInt(octal[0], 8) & 0xff), plain: false });
      i += octal[0].length;
      continue;
    }
    const next = text[++i] as string;
    chars.push({
      char: { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" }[next] ?? next,
      plain: false,
    });
  }
  for (let i = 0; i < chars.length; i++) {
    const { char, plain } = chars[i] as { char: string; plain: boolean };
    if (plain && char === "[" && chars[i + 1]?.char === ":") {
      const rest = chars
        .slice(i + 2)
        .map((one) => one.char)
        .join("");
      const match = /^(\w+):\]/.exec(rest);
      const test = match === null ? undefined : TR_CLASSES[match[1] as string];
      if (match !== null && test !== undefined) {
        for (let code = 0; code < 256; code++) if (test(code)) out += String.fromCharCode(code);
        i += 1 + match[0].length;
        continue;
      }
    }
    if (
      plain &&
      char === "[" &&
      chars[i + 1]?.char === "=" &&
      chars[i + 3]?.char === "=" &&
      chars[i + 4]?.char === "]"
    ) {
      out += chars[i + 2]?.char ?? "";
      i += 4;
      continue;
    }
    const high = chars[i + 2];
    if (chars[i + 1]?.char === "-" && chars[i + 1]?.plain === true && high !== undefined) {
      for (let code = char.charCodeAt(0); code <= high.char.charCodeAt(0); code++)
        out += String.fromCharCode(code);
      i += 2;
      continue;
    }
    out += char;
  }
  return out;
}

function* tr(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "+cCdst",
    { delete: "d", complement: "c", "squeeze-repeats": "s", "truncate-set1": "t" },
    "[-cds] STRING1 [STRING2]",
  );
  const [first, second] = options.rest;
  if (
    first === undefined ||
    (process.gnu && second === undefined && !options.has("d") && !options.has("s"))
  ) {
    if (process.gnu)
      process.err(first === undefined ? "tr: missing operand\n" : `tr: missing operand after '${first}'\n`);
    throw usage(process, "[-cds] STRING1 [STRING2]");
  }
  let from = trSet(first);
  if (options.has("c") || options.has("C")) {
    let rest = "";
    for (let code = 0; code < 256; code++)
      if (!from.includes(String.fromCharCode(code))) rest += String.fromCharCode(code);
    from = rest;
  }
  const to = second === undefined ? "" : trSet(second);
  const map = new Map<string, string | undefined>();
  for (const [i, char] of [...from].entries()) {
    if (options.has("d")) map.set(char, undefined);
    else if (to !== "") map.set(char, i < to.length ? to[i] : to[to.length - 1]);
  }
  const squeeze = options.has("s")
    ? options.has("d") || second === undefined
      ? second === undefined
        ? from
        : to
      : to
    : "";
  let last = "";
  for (;;) {
    const piece = yield* process.read(0);
    if (piece === "") return 0;
    let out = "";
    for (const char of piece) {
      if (map.has(char) && options.has("d")) continue;
      const mapped = map.has(char) ? (map.get(char) as string) : char;
      if (squeeze !== "" && mapped === last && squeeze.includes(mapped)) continue;
      out += mapped;
      last = mapped;
    }
    process.out(out);
    process.machine.meter.addCommands(1);
    yield* process.room();
  }
}

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

function groups(line: string, list: readonly [number, number][]): string[] {
  return list.map(([low, high]) => line.slice(low - 1, high));
}

function* uniq(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "cduf:s:w:iz",
    {
      count: "c",
      repeated: "d",
      unique: "u",
      "skip-fields": "f",
      "skip-chars": "s",
      "check-chars": "w",
      "ignore-case": "i",
    },
    "[-cduiz] [-f,s,w N] [FILE [OUTFILE]]",
  );
  const [input, output] = options.rest;
  const key = (line: string): string => {
    let text = line;
    for (let i = 0; i < Number(options.value("f") ?? 0); i++) text = text.replace(/^[ \t]*[^ \t]*/, "");
    text = text.slice(Number(options.value("s") ?? 0));
    if (options.has("w")) text = text.slice(0, Number(options.value("w")));
    return options.has("i") ? text.toLowerCase() : text;
  };
  let target: Handle | undefined;
  if (output !== undefined) target = process.open(output, { write: true, create: true, truncate: true });
  let previous: string | undefined;
  let count = 0;
  const emit = (): void => {
    if (previous === undefined) return;
    if (options.has("d") && count < 2) return;
    if (options.has("u") && count > 1) return;
    const text = (options.has("c") ? `${String(count).padStart(7)} ` : "") + previous + "\n";
    if (target === undefined) process.out(text);
    else target.write(text);
  };
  const good = yield* eachInput(
    process,
    input === undefined ? [] : [input],
    (name, error) =>
      error.code === "EISDIR" && !process.gnu
        ? process.err(`uniq: ${name}: I/O error\n`)
        : cannotOpen(process)(name, error),
    function* (handle) {
      const reader = new LineReader(process, handle);
      for (let line = yield* reader.line(); line !== undefined; line = yield* reader.line()) {
        yield* process.room();
        if (previous !== undefined && key(previous) === key(line)) count++;
        else {
          emit();
          previous = line;
          count = 1;
        }
      }
    },
  );
  emit();
  target?.drop();
  return good ? 0 : 1;
}

function* tee(process: Process): Task<number> {
  const options = parseOptions(process, "aip", { append: "a", "ignore-interrupts": "i" }, "[-ai] [FILE]...");
  const handles: Handle[] = [];
  let status = 0;
  for (const path of options.rest) {
    try {
      handles.push(
        path === "-"
          ? process.fd(1).share()
          : process.open(path, {
              write: true,
              create: true,
              ...(options.has("a") ? { append: true } : { truncate: true }),
            }),
      );
    } catch (error) {
      process.err(`tee: ${path}: ${asErrno(error).message}\n`);
      status = 1;
    }
  }
  for (;;) {
    const piece = yield* process.read(0);
    if (piece === "") break;
    process.out(piece);
    for (const handle of handles) handle.write(piece);
    yield* process.room();
  }
  for (const handle of handles) handle.drop();
  return status;
}

/** Programs that turn each line into another text. */
function lineProgram(
  spec: string,
  text: string,
  make: (
    process: Process,
    value: (letter: string) => string | undefined,
  ) => (line: string, ended: boolean) => string,
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
          process.out(change(line, reader.terminated) + (reader.terminated ? "\n" : ""));
          yield* process.room();
        }
      },
    );
    return good ? 0 : 1;
  };
}

const rev = lineProgram(
  "",
  "[FILE]...",
  (process) => (line) =>
    process.utf8 ? encodeText([...decodeText(line)].reverse().join("")) : [...line].reverse().join(""),
);

const expand = lineProgram("it:", "[-i] [-t N] [FILE]...", (_, value) => {
  const size = Number(value("t") ?? 8);
  return (line) => {
    let out = "";
    for (const char of line) out += char === "\t" ? " ".repeat(size - (out.length % size)) : char;
    return out;
  };
});

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

const tac: Program = function* (process) {
  const options = parseOptions(process, "", {}, "[FILE]...");
  const good = yield* eachInput(
    process,
    options.rest,
    cannotRead(process, "Is a directory"),
    function* (handle) {
      const all = yield* everything(process, handle);
      const lines = all.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      process.out(lines.reverse().join(""));
    },
  );
  return good ? 0 : 1;
};

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

const seq: Program = function* (process) {
  const args = process.args.slice(1);
  let separator = "\n";
  let equal = false;
  let format: string | undefined;
  const wrongOption = process.minimal ? /^-([^ws-])/.exec(args[0] ?? "") : null;
  if (wrongOption !== null) {
    process.err(`seq: invalid option -- '${wrongOption[1] ?? ""}'\n`);
    throw usage(process, "[-w] [-s SEP] [FIRST [INC]] LAST");
  }
  while (/^-[wsf]/.test(args[0] ?? "")) {
    const option = args.shift() as string;
    if (option[1] === "w") equal = true;
    else {
      const value = option.slice(2) || (args.shift() ?? "");
      if (option[1] === "s") separator = value;
      else format = value;
    }
  }
  if (args.length === 0 || args.length > 3) throw usage(process, "[-w] [-s SEP] [FIRST [INC]] LAST");
  const numbers = args.map(Number);
  const wrong = args.find((_, i) => Number.isNaN(numbers[i]));
  if (wrong !== undefined) {
    process.err(
      process.gnu
        ? `seq: invalid floating point argument: '${wrong}'\nTry 'seq --help' for more information.\n`
        : "",
    );
    if (!process.gnu) throw usage(process, "[-w] [-s SEP] [FIRST [INC]] LAST");
    return 1;
  }
  const last = numbers.at(-1) as number;
  const first = numbers.length > 1 ? (numbers[0] as number) : 1;
  const step = numbers.length > 2 ? (numbers[1] as number) : 1;
  const places = Math.max(0, ...args.map((arg) => /\.(\d+)/.exec(arg)?.[1]?.length ?? 0));
  const width = equal ? Math.max(first.toFixed(places).length, last.toFixed(places).length) : 0;
  const count = step === 0 ? Infinity : Math.floor((last - first) / step + 1e-9);
  for (let i = 0; i <= count; i++) {
    const value = first + i * step;
    let text = value.toFixed(places);
    if (format !== undefined)
      text = format.replace(/%[-0 ]*\d*(?:\.\d+)?[gf]/, (spec) =>
        /(\d+)/.test(spec)
          ? text.padStart(Number(/\d+/.exec(spec)?.[0] ?? 0), /^%0/.test(spec) ? "0" : " ")
          : text,
      );
    if (equal)
      text = text.startsWith("-") ? "-" + text.slice(1).padStart(width - 1, "0") : text.padStart(width, "0");
    process.out((i > 0 ? separator : "") + text);
    process.machine.meter.addCommands(1);
    yield* process.room();
  }
  if (count >= 0) process.out("\n");
  return 0;
};

const yes: Program = function* (process) {
  const text = (process.args.length > 1 ? process.args.slice(1).join(" ") : "y") + "\n";
  for (;;) {
    process.out(text.repeat(64));
    process.machine.meter.addCommands(4);
    yield* process.room();
  }
};

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

const factor: Program = function* (process) {
  for (const text of process.args.slice(1)) {
    if (!/^\d+$/.test(text)) {
      if (!process.gnu) throw usage(process, "[NUMBER]...");
      process.err(`factor: '${text}' is not a valid positive integer\n`);
      return 1;
    }
    let left = BigInt(text);
    let out = `${text}:`;
    for (let divisor = 2n; divisor * divisor <= left && divisor < 10_000_000n; divisor++) {
      while (left % divisor === 0n) {
        out += ` ${divisor}`;
        left /= divisor;
      }
    }
    process.out(`${out}${left > 1n ? ` ${left}` : ""}\n`);
  }
  return 0;
};

const strings: Program = function* (process) {
  const options = parseOptions(process, "fon:at:", {}, "[-fo] [-t o|d|x] [-n LEN] [FILE]...");
  const least = Number(options.value("n") ?? 4);
  const good = yield* eachInput(process, options.rest, cannotRead(process), function* (handle) {
    const all = yield* everything(process, handle);
    for (const match of all.matchAll(/[\t -~]+/g)) if (match[0].length >= least) process.out(match[0] + "\n");
  });
  return good ? 0 : 1;
};

const basename: Program = function* (process) {
  const args = process.args.slice(1);
  if (args[0] === "--") args.shift();
  if (args[0] === "-a" || args[0] === "-s" || args[0] === "-as") {
    const suffix = args[0] !== "-a" ? args[1] : "";
    for (const path of args.slice(args[0] !== "-a" ? 2 : 1))
      process.out(strip(baseName(path), suffix ?? "") + "\n");
    return 0;
  }
  if (args.length === 0 || args.length > 2) {
    if (process.gnu)
      process.err(
        args.length === 0 ? "basename: missing operand\n" : `basename: extra operand '${args[2] ?? ""}'\n`,
      );
    throw usage(process, "FILE [SUFFIX]");
  }
  process.out(strip(baseName(args[0] as string), args[1] ?? "") + "\n");
  return 0;
};

function strip(name: string, suffix: string): string {
  return suffix !== "" && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name;
}

const dirname: Program = function* (process) {
  const args = process.args.slice(1).filter((arg) => arg !== "--");
  if (args.length === 0) {
    if (process.gnu) process.err("dirname: missing operand\n");
    throw usage(process, "FILENAME");
  }
  for (const path of process.gnu ? args : args.slice(0, 1)) process.out(dirName(path) + "\n");
  return 0;
};

export const textTools: Readonly<Record<string, Program>> = {
  head, tail, wc, tr, cut, uniq, tee, rev, expand, unexpand, fold, nl, tac, paste, comm, seq, yes, shuf, factor, strings, basename, dirname, expr,
}; // prettier-ignore
export { Errno };
