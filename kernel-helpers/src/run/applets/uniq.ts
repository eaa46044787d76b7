/** `uniq`: lines that repeat. */

import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseOptions } from "./options";
import { cannotOpen, eachInput, LineReader } from "./text";

/** Leaves out lines that repeat the one before. */
export function* uniq(process: Process): Task<number> {
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
