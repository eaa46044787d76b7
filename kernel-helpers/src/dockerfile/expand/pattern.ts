/** Shell patterns with `*` and `?` of `${name#p}`, `${name%p}`, `${name/p/r}` (BuildKit shell/lex.go convertShellPatternToRegex). */

/** One part of a pattern: text to match (undefined stands for `?`), preceded by a star or not. */
interface Segment {
  readonly star: boolean;
  readonly characters: readonly (string | undefined)[];
}

type Outcome = { readonly value: string } | { readonly error: string };

/** The pattern cut at its stars. The escape character is always a backslash. */
function parsePattern(pattern: string): readonly Segment[] | { readonly error: string } {
  const source = [...(pattern.startsWith("\ufeff") ? pattern.slice(1) : pattern)];
  const segments: { star: boolean; characters: (string | undefined)[] }[] = [{ star: false, characters: [] }];
  const last = () => segments[segments.length - 1]!;
  for (let i = 0; i < source.length; i++) {
    const character = source[i]!;
    if (character === "*") {
      if (!last().star || last().characters.length > 0) segments.push({ star: true, characters: [] });
    } else if (character === "?") {
      last().characters.push(undefined);
    } else if (character === "\\") {
      const next = source[i + 1];
      if (next === "}" || next === "/") continue; // escaped only for the sake of the braces
      i++;
      if (next !== "*" && next !== "?" && next !== "\\")
        return { error: `invalid escape '\\${next ?? "\ufffd"}'` };
      last().characters.push(next);
    } else {
      last().characters.push(character);
    }
  }
  return segments;
}

/** Finds matches in one text. A star and a question mark do not match a line feed. */
class Matcher {
  private readonly text: readonly string[];
  /** For each segment: can the rest of the pattern match from here? Filled from the last segment backwards. */
  private readonly possible: Uint8Array[] = [];

  constructor(
    private readonly segments: readonly Segment[],
    text: readonly string[],
    private readonly greedy: boolean,
  ) {
    this.text = text;
    const length = text.length;
    for (let s = segments.length - 1; s >= 0; s--) {
      const segment = segments[s]!;
      const row = new Uint8Array(length + 1);
      const following = this.possible[s + 1];
      for (let at = length; at >= 0; at--) {
        const end = at + segment.characters.length;
        const here = this.matchesAt(segment, at) && (following === undefined || following[end] === 1);
        row[at] = here || (segment.star && at < length && text[at] !== "\n" && row[at + 1] === 1) ? 1 : 0;
      }
      this.possible[s] = row;
    }
  }

  private matchesAt(segment: Segment, at: number): boolean {
    const { characters } = segment;
    if (at + characters.length > this.text.length) return false;
    for (let i = 0; i < characters.length; i++) {
      const wanted = characters[i];
      const found = this.text[at + i]!;
      if (wanted === undefined ? found === "\n" : found !== wanted) return false;
    }
    return true;
  }

  /** The end of the match that begins at *start*, or -1. */
  endFrom(start: number): number {
    if (this.possible[0]![start] !== 1) return -1;
    let at = start;
    for (let s = 0; s < this.segments.length; s++) {
      const segment = this.segments[s]!;
      const following = this.possible[s + 1];
      const fits = (from: number) =>
        this.matchesAt(segment, from) &&
        (following === undefined || following[from + segment.characters.length] === 1);
      if (segment.star) {
        if (this.greedy) {
          let farthest = at;
          while (farthest < this.text.length && this.text[farthest] !== "\n") farthest++;
          while (!fits(farthest)) farthest--;
          at = farthest;
        } else {
          while (!fits(at)) at++;
        }
      }
      at += segment.characters.length;
    }
    return at;
  }

  /** The first match that begins at *from* or later. */
  find(from: number): readonly [start: number, end: number] | undefined {
    const start = this.possible[0]!.indexOf(1, from);
    return start < 0 ? undefined : [start, this.endFrom(start)];
  }
}

/** *value* without the prefix that *pattern* matches: the longest when *greedy*, else the shortest. */
export function trimPrefix(pattern: string, value: string, greedy: boolean): Outcome {
  const segments = parsePattern(pattern);
  if ("error" in segments)
    return { error: `invalid pattern (${pattern}) in substitution: ${segments.error}` };
  const text = [...value];
  const end = new Matcher(segments, text, greedy).endFrom(0);
  return { value: end < 0 ? value : text.slice(end).join("") };
}

/** As `trimPrefix` from the other end: pattern and value are reversed, escaped pairs stay together. */
export function trimSuffix(pattern: string, value: string, greedy: boolean): Outcome {
  const outcome = trimPrefix(reversePattern(pattern), [...value].reverse().join(""), greedy);
  return "error" in outcome ? outcome : { value: [...outcome.value].reverse().join("") };
}

function reversePattern(pattern: string): string {
  const parts: string[] = [];
  const source = [...pattern];
  for (let i = 0; i < source.length; i++) {
    if (source[i] === "\\" && i + 1 < source.length) parts.push("\\" + source[++i]!);
    else parts.push(source[i]!);
  }
  return parts.reverse().join("");
}

/**
 * *value* with the first match of *pattern*, or *all*, replaced. Stars are greedy.
 * With *all* the replacement is a Go regexp template: `$0`, `$name`, `${name}` and `$$` mean something in it.
 */
export function replacePattern(pattern: string, replacement: string, value: string, all: boolean): Outcome {
  const segments = parsePattern(pattern);
  if ("error" in segments)
    return { error: `invalid pattern (${pattern}) in substitution: ${segments.error}` };
  const text = [...value];
  const matcher = new Matcher(segments, text, true);
  if (!all) {
    const match = matcher.find(0);
    if (match === undefined) return { value };
    return { value: text.slice(0, match[0]).join("") + replacement + text.slice(match[1]).join("") };
  }
  let out = "";
  let lastEnd = 0;
  for (let from = 0; from <= text.length;) {
    const match = matcher.find(from);
    if (match === undefined) break;
    const [start, end] = match;
    out += text.slice(lastEnd, start).join("");
    // An empty match right behind another match is not replaced.
    if (end > lastEnd || start === 0) out += expandTemplate(replacement, text.slice(start, end).join(""));
    lastEnd = end;
    from = from + 1 > end ? from + 1 : end;
  }
  return { value: out + text.slice(lastEnd).join("") };
}

/** Go `regexp.Expand` for an expression without groups: only `$0` has a value. */
function expandTemplate(template: string, match: string): string {
  let out = "";
  let rest = template;
  for (;;) {
    const dollar = rest.indexOf("$");
    if (dollar < 0) return out + rest;
    out += rest.slice(0, dollar);
    rest = rest.slice(dollar);
    if (rest[1] === "$") {
      out += "$";
      rest = rest.slice(2);
      continue;
    }
    const name = /^\$(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u.exec(rest);
    if (name === null) {
      out += "$";
      rest = rest.slice(1);
      continue;
    }
    if ((name[1] ?? name[2]) === "0") out += match;
    rest = rest.slice(name[0].length);
  }
}
