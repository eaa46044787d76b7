/**
 * Go's regular expressions as JavaScript's, for those that .dockerignore patterns become (regexp/syntax/parse.go, Perl flags).
 * The patterns leave escapes and classes as written, so `\d`, `[[:alpha:]]` or `[z-a]` mean what they mean to Go.
 */

import { PatternError } from "./go-match";

/** Compiles *source*. Throws PatternError where Go's `regexp.Compile` refuses. */
export function compileGoRegexp(source: string): RegExp {
  const translation = new Translation([...source]).all();
  try {
    return new RegExp(translation, "u");
  } catch {
    throw new PatternError();
  }
}

const PERL: Readonly<Record<string, string>> = {
  d: "0-9",
  s: "\\t\\n\\f\\r ",
  w: "0-9A-Za-z_",
};

const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\0-\\x7f",
  blank: "\\t ",
  cntrl: "\\0-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Complement of the sets above within all characters, as ranges, for a negated set inside a class. */
const NOT: Readonly<Record<string, string>> = {
  d: "\\0-\\/:-\\u{10ffff}",
  s: "\\0-\\x08\\v\\x0e-\\x1f!-\\u{10ffff}",
  w: "\\0-\\/:-@\\[-\\^`\\{-\\u{10ffff}",
};

class Translation {
  private at = 0;

  constructor(private readonly chars: readonly string[]) {}

  all(): string {
    let out = "";
    let repeatable = false;
    while (this.at < this.chars.length) {
      const c = this.chars[this.at] as string;
      if (c === "*" || c === "?") {
        if (!repeatable) throw new PatternError();
        out += c;
        this.at++;
        repeatable = false;
        continue;
      }
      repeatable = true;
      if (c === "\\") out += this.escape();
      else if (c === "[") out += this.class();
      else {
        this.at++;
        // A dot is anything but a line feed, in JavaScript also not a carriage return.
        if (c === ".") out += "[^\\n]";
        else if (c === "(" || c === ")" || c === "^" || c === "$") {
          out += c;
          repeatable = c !== "(";
        } else out += literal(c);
      }
    }
    return out;
  }

  private escape(): string {
    const next = this.chars[this.at + 1];
    const anchor = next === undefined ? undefined : { A: "^", z: "$", b: "\\b", B: "\\B" }[next];
    if (anchor !== undefined) {
      this.at += 2;
      return anchor;
    }
    if (next === "Q") return this.quoted();
    const set = this.perlSet() ?? this.unicodeSet();
    return set === undefined ? literal(this.escapedChar()) : `[${set}]`;
  }

  private quoted(): string {
    const rest = this.chars.slice(this.at + 2).join("");
    const end = rest.indexOf("\\E");
    const text = end < 0 ? rest : rest.slice(0, end);
    this.at += 2 + [...text].length + (end < 0 ? 0 : 2);
    return [...text].map(literal).join("");
  }

  private class(): string {
    this.at++;
    const negated = this.chars[this.at] === "^";
    if (negated) this.at++;
    let out = "";
    for (let first = true; ; first = false) {
      const c = this.chars[this.at];
      if (c === undefined) throw new PatternError();
      if (c === "]" && !first) break;
      const set = this.posixSet() ?? this.unicodeSet() ?? this.perlSet();
      if (set !== undefined) {
        out += set;
        continue;
      }
      const low = this.classChar();
      let high = low;
      if (this.chars[this.at] === "-" && this.at + 1 < this.chars.length && this.chars[this.at + 1] !== "]") {
        this.at++;
        high = this.classChar();
        if ((high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) throw new PatternError();
      }
      out += high === low ? literal(low) : `${literal(low)}-${literal(high)}`;
    }
    this.at++;
    return `[${negated ? "^" : ""}${out}]`;
  }

  private classChar(): string {
    const c = this.chars[this.at];
    if (c === undefined) throw new PatternError();
    if (c === "\\") return this.escapedChar();
    this.at++;
    return c;
  }

  private posixSet(): string | undefined {
    if (this.chars[this.at] !== "[" || this.chars[this.at + 1] !== ":" || this.at + 2 >= this.chars.length)
      return undefined;
    const rest = this.chars.slice(this.at + 2).join("");
    const end = rest.indexOf(":]");
    if (end < 0) return undefined;
    const name = rest.slice(0, end);
    const negated = name.startsWith("^");
    const set = POSIX[negated ? name.slice(1) : name];
    if (set === undefined) throw new PatternError();
    this.at += [...name].length + 4;
    return negated ? complement(set) : set;
  }

  private perlSet(): string | undefined {
    const name = this.chars[this.at + 1];
    if (this.chars[this.at] !== "\\" || name === undefined) return undefined;
    const set =
      PERL[name] ?? (name === "D" || name === "S" || name === "W" ? NOT[name.toLowerCase()] : undefined);
    if (set !== undefined) this.at += 2;
    return set;
  }

  private unicodeSet(): string | undefined {
    const letter = this.chars[this.at + 1];
    if (this.chars[this.at] !== "\\" || (letter !== "p" && letter !== "P")) return undefined;
    const first = this.chars[this.at + 2];
    if (first === undefined) throw new PatternError();
    let name = first;
    let length = 3;
    if (first === "{") {
      const end = this.chars.indexOf("}", this.at);
      if (end < 0) throw new PatternError();
      name = this.chars.slice(this.at + 3, end).join("");
      length = end + 1 - this.at;
    }
    let negated = letter === "P";
    if (name.startsWith("^")) {
      negated = !negated;
      name = name.slice(1);
    }
    this.at += length;
    const p = negated ? "\\P" : "\\p";
    if (name === "Any") return negated ? "" : "\\0-\\u{10ffff}";
    for (const property of [`gc=${name}`, `sc=${name}`]) {
      try {
        new RegExp(`\\p{${property}}`, "u");
        return `${p}{${property}}`;
      } catch {
        // Not that kind of property.
      }
    }
    throw new PatternError();
  }

  private escapedChar(): string {
    const c = this.chars[this.at + 1];
    if (c === undefined) throw new PatternError();
    this.at += 2;
    const control = ({ a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" } as Record<string, string>)[c];
    if (control !== undefined) return control;
    if (c >= "0" && c <= "7") return this.octal(c);
    if (c === "x") return this.hex();
    if (c < "\x80" && !/[0-9A-Za-z]/.test(c)) return c;
    throw new PatternError();
  }

  private octal(first: string): string {
    let digits = first;
    while (digits.length < 3 && /^[0-7]$/.test(this.chars[this.at] ?? ""))
      digits += this.chars[this.at++] as string;
    // A single digit but zero would be a back reference.
    if (digits.length === 1 && first !== "0") throw new PatternError();
    return String.fromCodePoint(parseInt(digits, 8));
  }

  private hex(): string {
    let digits: string;
    if (this.chars[this.at] === "{") {
      const end = this.chars.indexOf("}", this.at);
      if (end < 0) throw new PatternError();
      digits = this.chars.slice(this.at + 1, end).join("");
      this.at = end + 1;
    } else {
      digits = this.chars.slice(this.at, this.at + 2).join("");
      if (digits.length < 2) throw new PatternError();
      this.at += 2;
    }
    const code = parseInt(digits, 16);
    if (!/^[0-9A-Fa-f]+$/.test(digits) || code > 0x10ffff) throw new PatternError();
    return String.fromCodePoint(code);
  }
}

/** A character that means itself, in and outside of classes. */
function literal(c: string): string {
  return /^[0-9A-Za-z_]$/.test(c) ? c : `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
}

/** All characters that are not in *set* (the inside of a class), as the inside of a class. */
function complement(set: string): string {
  const inside = new RegExp(`[${set}]`, "u");
  const ranges: string[] = [];
  let start = -1;
  for (let code = 0; code <= 128; code++) {
    const outside = code < 128 && !inside.test(String.fromCharCode(code));
    if (outside && start < 0) start = code;
    if (!outside && start >= 0) {
      ranges.push(`\\u{${start.toString(16)}}-\\u{${(code - 1).toString(16)}}`);
      start = -1;
    }
  }
  return ranges.join("") + "\\u{80}-\\u{10ffff}";
}
