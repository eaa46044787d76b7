/** The command `s` of sed: its replacement, and what it makes of a line. */

/** A part of a replacement: text, a group (`&` is 0), or a change of case (GNU's `\U`, `\L`, `\E`, `\u`, `\l`). */
export type Piece = string | { readonly group: number } | { readonly fold: "U" | "L" | "E" | "u" | "l" };

/** The parts of a replacement as written; *folds*: changes of case count. */
export function parseReplacement(text: string, folds: boolean): Piece[] {
  const out: Piece[] = [];
  let literal = "";
  const cut = (piece: Piece): void => {
    if (literal !== "") out.push(literal);
    literal = "";
    out.push(piece);
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === "&") cut({ group: 0 });
    else if (char === "\\") {
      const next = text[++i];
      if (next === undefined) literal += "\\";
      else if (/\d/.test(next)) cut({ group: Number(next) });
      else if (next === "n") literal += "\n";
      else if (next === "t") literal += "\t";
      else if (next === "r") literal += "\r";
      else if (folds && "ULEul".includes(next)) cut({ fold: next as "U" });
      else literal += next;
    } else literal += char;
  }
  if (literal !== "") out.push(literal);
  return out;
}

/** What a replacement becomes for one match. */
function fill(replacement: readonly Piece[], match: RegExpExecArray): string {
  let out = "";
  let mode = "";
  let once = "";
  const add = (text: string): void => {
    let value = mode === "U" ? text.toUpperCase() : mode === "L" ? text.toLowerCase() : text;
    if (once !== "" && value !== "") {
      value =
        (once === "u" ? value.slice(0, 1).toUpperCase() : value.slice(0, 1).toLowerCase()) + value.slice(1);
      once = "";
    }
    out += value;
  };
  for (const piece of replacement) {
    if (typeof piece === "string") add(piece);
    else if ("group" in piece) add(match[piece.group] ?? "");
    else if (piece.fold === "E") mode = "";
    else if (piece.fold === "U" || piece.fold === "L") mode = piece.fold;
    else once = piece.fold;
  }
  return out;
}

/** How `s` goes about it. */
export interface Substitution {
  readonly replacement: readonly Piece[];
  /** The match that is replaced first, from 1. */
  readonly nth: number;
  /** Whether all that follow are replaced too. */
  readonly global: boolean;
}

/** *line* with its matches of *regex* (which has the flag `g`) replaced; undefined when nothing matched. */
export function substitute(line: string, regex: RegExp, how: Substitution): string | undefined {
  let out = "";
  let at = 0;
  let count = 0;
  let changed = false;
  /** Where the match before ended, if it was not empty. */
  let justMatched = -1;
  regex.lastIndex = 0;
  for (let match = regex.exec(line); match !== null; match = regex.exec(line)) {
    // An empty match right after a match counts as none.
    if (match[0] === "" && match.index === at && at > 0 && count > 0 && out !== "" && justMatched === at) {
      if (at >= line.length) break;
      out += line[at] as string;
      at++;
      regex.lastIndex = at;
      continue;
    }
    count++;
    out += line.slice(at, match.index);
    if (count >= how.nth) {
      out += fill(how.replacement, match);
      changed = true;
    } else out += match[0];
    at = match.index + match[0].length;
    justMatched = match[0] === "" ? -1 : at;
    if (changed && !how.global) break;
    if (match[0] === "") {
      if (at >= line.length) break;
      out += line[at] as string;
      at++;
    }
    regex.lastIndex = at;
  }
  return changed ? out + line.slice(at) : undefined;
}
