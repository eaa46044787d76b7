/** The text of a sed script to its commands. */

import { posixRegex, translate } from "../../machine/regex";
import { SedError, type Address, type Command } from "./script";
import { parseReplacement } from "./substitute";

/** Reads one script; *minimal* leaves out what Debian's busybox is built without. Throws SedError and RegexError. */
export class Compiler {
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly extended: boolean,
    private readonly gnu: boolean,
    private readonly minimal: boolean,
  ) {}

  all(): Command[] {
    return this.block(false);
  }

  private block(inner: boolean): Command[] {
    const commands: Command[] = [];
    for (;;) {
      this.skip(" \t\n;");
      const char = this.source[this.at];
      if (char === undefined) {
        if (inner) throw new SedError("unterminated {");
        return commands;
      }
      if (char === "}") {
        this.at++;
        if (inner) return commands;
        // busybox lets a brace too many pass.
        if (this.gnu) throw new SedError("unexpected `}'");
        continue;
      }
      if (char === "#") {
        const end = this.source.indexOf("\n", this.at);
        this.at = end < 0 ? this.source.length : end;
        continue;
      }
      commands.push(this.command());
    }
  }

  private skip(chars: string): void {
    while (this.at < this.source.length && chars.includes(this.source[this.at] as string)) this.at++;
  }

  private address(second: boolean): Address | undefined {
    const rest = this.source.slice(this.at);
    let match = this.minimal ? null : /^(\d+)~(\d+)/.exec(rest);
    if (match !== null) {
      this.at += match[0].length;
      return { k: "step", first: Number(match[1]), step: Number(match[2]) };
    }
    match = second ? /^([+~])(\d+)/.exec(rest) : null;
    if (match !== null) {
      this.at += match[0].length;
      return { k: match[1] === "+" ? "plus" : "multiple", n: Number(match[2]) };
    }
    match = /^\d+/.exec(rest);
    if (match !== null) {
      this.at += match[0].length;
      return { k: "line", n: Number(match[0]) };
    }
    if (rest.startsWith("$")) {
      this.at++;
      return { k: "last" };
    }
    let delimiter = "";
    if (rest.startsWith("/")) delimiter = "/";
    else if (rest.startsWith("\\")) {
      delimiter = rest[1] ?? "";
      this.at++;
    }
    if (delimiter === "") return undefined;
    this.at++;
    const pattern = this.delimited(delimiter, true);
    let flags = "";
    // Debian's busybox knows `I` after s/…/…/ only.
    while (!this.minimal && (this.source[this.at] === "I" || this.source[this.at] === "M"))
      flags += this.source[this.at++] === "I" ? "i" : "m";
    return {
      k: "regex",
      regex: pattern === "" ? undefined : posixRegex(pattern, this.extended, "g" + flags),
    };
  }

  /** Text up to *delimiter*. `\delimiter` is the delimiter, `\n` a newline. */
  private delimited(delimiter: string, regex: boolean): string {
    let out = "";
    let bracket = false;
    for (; this.at < this.source.length; this.at++) {
      const char = this.source[this.at] as string;
      if (char === "\\" && !bracket) {
        this.at++;
        const next = this.source[this.at];
        if (next === undefined) break;
        if (next === delimiter)
          out +=
            regex && /[|(){}+?.*[\]^$]/.test(delimiter)
              ? delimiter === "|" || !/[(){}+?]/.test(delimiter)
                ? delimiter === "|" && this.extended
                  ? "\\|"
                  : delimiter === "|"
                    ? "|"
                    : "\\" + delimiter
                : delimiter
              : delimiter;
        else if (next === "n" && regex) out += "\n";
        else if (next === "t" && regex) out += "\t";
        else out += "\\" + next;
        continue;
      }
      if (regex && char === "[" && !bracket) {
        bracket = true;
        out += char;
        if (this.source[this.at + 1] === "^") out += this.source[++this.at];
        if (this.source[this.at + 1] === "]") out += this.source[++this.at];
        continue;
      }
      if (regex && bracket) {
        if (char === "[" && /[:.=]/.test(this.source[this.at + 1] ?? "")) {
          const mark = this.source[this.at + 1] as string;
          const end = this.source.indexOf(mark + "]", this.at + 2);
          if (end >= 0) {
            out += this.source.slice(this.at, end + 2);
            this.at = end + 1;
            continue;
          }
        }
        if (char === "]") bracket = false;
        if (char === "\\" && this.source[this.at + 1] === "n") {
          out += "\n";
          this.at++;
          continue;
        }
        if (char === "\\" && this.source[this.at + 1] === "t") {
          out += "\t";
          this.at++;
          continue;
        }
        out += char;
        continue;
      }
      if (char === delimiter) {
        this.at++;
        return out;
      }
      out += char;
    }
    throw new SedError(`unmatched '${delimiter}'`);
  }

  private command(): Command {
    const from = this.address(false);
    let to: Address | undefined;
    this.skip(" \t");
    if (from !== undefined && this.source[this.at] === ",") {
      this.at++;
      this.skip(" \t");
      to = this.address(true);
      if (to === undefined) throw new SedError("no address after comma");
    }
    this.skip(" \t");
    let negated = false;
    while (this.source[this.at] === "!") {
      negated = true;
      this.at++;
      this.skip(" \t");
    }
    const name = this.source[this.at++];
    const base = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      negated,
      text: "",
      code: 0,
    };
    switch (name) {
      case undefined:
        throw new SedError("missing command");
      case "{":
        return { ...base, name, body: this.block(true) };
      case "s":
        return this.substitute({ ...base, name });
      case "y": {
        const delimiter = this.source[this.at++] ?? "";
        const left = unescaped(this.delimited(delimiter, false));
        const right = unescaped(this.delimited(delimiter, false));
        if (left.length !== right.length) throw new SedError("strings for 'y' command are different lengths");
        this.finish();
        return { ...base, name, map: new Map([...left].map((char, i) => [char, right[i] as string])) };
      }
      case "a":
      case "i":
      case "c":
        return { ...base, name, text: this.textArgument() };
      case ":":
      case "b":
      case "t":
      case "T": {
        this.skip(" \t");
        const match = /^[^;\n}]*/.exec(this.source.slice(this.at));
        let text = match?.[0] ?? "";
        if (name === ":") text = /^[^;\n]*/.exec(this.source.slice(this.at))?.[0] ?? "";
        this.at += text.length;
        return { ...base, name, text: text.trim() };
      }
      case "r":
      case "w":
      case "R": {
        this.skip(" \t");
        const text = /^[^\n]*/.exec(this.source.slice(this.at))?.[0] ?? "";
        this.at += text.length;
        if (text === "") throw new SedError("empty filename");
        return { ...base, name, text };
      }
      case "q":
      case "Q":
      case "l":
      case "L": {
        this.skip(" \t");
        // Of busybox q takes no exit code: digits are the address of another command.
        const code = !this.gnu ? "" : (/^\d+/.exec(this.source.slice(this.at))?.[0] ?? "");
        this.at += code.length;
        this.finish();
        return { ...base, name, code: Number(code || 0) };
      }
      default:
        if (!"=dDgGhHnNpPxzF".includes(name)) throw new SedError(`unsupported command ${name}`);
        this.finish();
        return { ...base, name };
    }
  }

  private finish(): void {
    // busybox takes what follows for the next command.
    if (!this.gnu) return;
    this.skip(" \t");
    const char = this.source[this.at];
    if (char === undefined || char === ";" || char === "\n" || char === "}" || char === "#") return;
    throw new SedError("extra characters after command");
  }

  private textArgument(): string {
    this.skip(" \t");
    if (this.source[this.at] === "\\") {
      this.at++;
      const match = /^[ \t]*\n/.exec(this.source.slice(this.at));
      // Text on the same line keeps its blanks: the backslash is there for that.
      if (match !== null) this.at += match[0].length;
    }
    let out = "";
    for (; this.at < this.source.length; this.at++) {
      const char = this.source[this.at] as string;
      if (char === "\n") break;
      if (char === "\\") {
        this.at++;
        const next = this.source[this.at];
        if (next === undefined) break;
        out += next === "t" ? "\t" : next;
        continue;
      }
      out += char;
    }
    return out + "\n";
  }

  private substitute(base: Command): Command {
    const delimiter = this.source[this.at++] ?? "";
    const pattern = this.delimited(delimiter, true);
    const raw = this.delimited(delimiter, false);
    let global = false;
    let nth = 0;
    let print = 0;
    let flags = "";
    let file = "";
    for (;;) {
      const char = this.source[this.at];
      if (char === "g") {
        global = true;
        if (!this.gnu) nth = 0;
      } else if (char === "p") print++;
      else if (char === "i" || char === "I") flags += "i";
      else if (char === "m" || char === "M") flags += "m";
      else if (char === "e") flags += "";
      else if (char !== undefined && /\d/.test(char)) {
        const digits = /^\d+/.exec(this.source.slice(this.at))?.[0] ?? "";
        nth = Number(digits);
        this.at += digits.length - 1;
      } else if (char === "w") {
        this.at++;
        this.skip(" \t");
        file = /^[^\n]*/.exec(this.source.slice(this.at))?.[0] ?? "";
        this.at += file.length;
        break;
      } else break;
      this.at++;
    }
    if (file === "") {
      this.skip(" \t");
      const char = this.source[this.at];
      if (char !== undefined && !";\n}#".includes(char))
        throw new SedError("bad option in substitution expression");
    }
    const groups = (translate(pattern, this.extended).match(/(^|[^\\])(\\\\)*\((?!\?)/g) ?? []).length;
    const replacement = parseReplacement(raw, this.gnu);
    for (const piece of replacement) {
      if (typeof piece === "object" && "group" in piece && piece.group > groups && pattern !== "") {
        throw new SedError(`invalid reference \\${piece.group} on s command's RHS`);
      }
    }
    return {
      ...base,
      regex: pattern === "" ? undefined : posixRegex(pattern, this.extended, "g" + flags),
      replacement,
      global,
      nth,
      print,
      text: file,
    };
  }
}

/** Text of `y` without its backslashes. */
function unescaped(text: string): string {
  return text.replace(/\\([^])/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}
