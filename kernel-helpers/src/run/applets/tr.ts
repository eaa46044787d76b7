/** `tr`: bytes for bytes. */

import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";

/** Which bytes `[:name:]` stands for. */
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

/** Replaces, deletes and squeezes bytes. */
export function* tr(process: Process): Task<number> {
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
