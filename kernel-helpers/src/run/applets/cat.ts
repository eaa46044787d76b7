/** `cat`: files one after another, with numbers and marks when asked. */

import type { Process, Task } from "../machine/process";
import { parseOptions, type Options } from "./options";
import { cannotOpen, eachInput, LineReader } from "./text";

export function* cat(process: Process): Task<number> {
  const options = parseOptions(
    process,
    process.gnu ? "nbvteAEsTu" : "nbvteAu",
    {
      number: "n",
      "number-nonblank": "b",
      "show-all": "A",
      "show-ends": "E",
      "squeeze-blank": "s",
      "show-tabs": "T",
      "show-nonprinting": "v",
    },
    "[-nbvteA] [FILE]...",
  );
  const plain = options.given.every((one) => one.letter === "u");
  let line = 0;
  let blank = false;
  const good = yield* eachInput(process, options.rest, cannotOpen(process), function* (handle) {
    if (plain) {
      for (;;) {
        const piece = yield* process.readHandle(handle);
        if (piece === "") return;
        process.out(piece);
        process.machine.meter.addCommands(1);
        yield* process.room();
      }
    }
    const reader = new LineReader(process, handle);
    for (let text = yield* reader.line(); text !== undefined; text = yield* reader.line()) {
      if (options.has("s")) {
        if (text === "" && blank) continue;
        blank = text === "";
      }
      const numbered = options.has("n") ? true : options.has("b") && text !== "";
      process.out(
        (numbered ? `${String(++line).padStart(6)}\t` : "") +
          visible(text, options) +
          (reader.terminated ? (/[eEA]/.test(options.last("eEA")) ? "$\n" : "\n") : ""),
      );
      yield* process.room();
    }
  });
  return good ? 0 : 1;
}

/** *text* as `cat -v`, `-t`, `-e` and `-A` show it: control characters and bytes from 128 on in letters. */
function visible(text: string, options: Options): string {
  const marks = options.has("v") || options.has("t") || options.has("e") || options.has("A");
  let out = "";
  for (const char of text) {
    let code = char.charCodeAt(0);
    if (char === "\t") {
      out += options.has("t") || options.has("A") || options.has("T") ? "^I" : char;
      continue;
    }
    if (!marks) {
      out += char;
      continue;
    }
    if (code >= 128) {
      out += "M-";
      code -= 128;
    }
    out += code < 32 ? "^" + String.fromCharCode(code + 64) : code === 127 ? "^?" : String.fromCharCode(code);
  }
  return out;
}
