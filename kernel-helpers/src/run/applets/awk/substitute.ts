/** `sub`, `gsub` and `gensub`: matches replaced in a text. */

/** What became of a text, and how many matches were replaced. */
export interface Substituted {
  readonly text: string;
  readonly count: number;
}

/** The first match of *regex* (which has the flag `g`) replaced, or all of them. `&` is the match, `\\&` a plain `&`. */
export function substitute(
  subject: string,
  regex: RegExp,
  replacement: string,
  global: boolean,
): Substituted {
  let count = 0;
  let out = "";
  let at = 0;
  let lastEnd = -1;
  regex.lastIndex = 0;
  for (let match = regex.exec(subject); match !== null; match = regex.exec(subject)) {
    const [whole] = match;
    if (whole === "" && match.index === lastEnd) {
      if (regex.lastIndex >= subject.length) break;
      regex.lastIndex++;
      continue;
    }
    count++;
    out +=
      subject.slice(at, match.index) +
      replacement.replace(/\\\\&|\\&|\\\\|&/g, (mark) =>
        mark === "&" ? whole : mark === "\\&" ? "&" : mark === "\\\\&" ? "\\" + whole : mark,
      );
    at = lastEnd = match.index + whole.length;
    if (!global) break;
    if (whole === "") {
      if (at >= subject.length) break;
      regex.lastIndex = at + 1;
    }
  }
  return { text: out + subject.slice(at), count };
}

/** gensub: the match with the number *how*, or all for `g`; groups count in the replacement. */
export function generalSubstitute(subject: string, regex: RegExp, replacement: string, how: string): string {
  let count = 0;
  return subject.replace(regex, (...match) => {
    count++;
    if (!/^[gG]/.test(how) && count !== Number(how)) return String(match[0]);
    return replacement.replace(/\\(\d|&|\\)|&/g, (mark, digit: string | undefined) =>
      mark === "&"
        ? String(match[0])
        : /\d/.test(digit ?? "")
          ? String(match[Number(digit)] ?? "")
          : (digit ?? ""),
    );
  });
}
