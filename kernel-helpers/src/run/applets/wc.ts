/** `wc`: how many lines, words and bytes. */

import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { parseOptions } from "./options";
import { eachInput } from "./text";

/** The words for a file that cannot be opened: of busybox as of GNU. */
function plainly(process: Process): (name: string, error: Errno) => void {
  return (name, error) => process.err(`${process.name}: ${name}: ${error.message}\n`);
}

/** Counts lines, words, characters and bytes. */
export function* wc(process: Process): Task<number> {
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
