/** Go's `filepath.Match`: globs of one path, with its idea of what is malformed. */

/** A malformed pattern; Go's own text. */
export class PatternError extends Error {
  override readonly name = "PatternError";
  readonly code = "LB_PATTERN";
  constructor(message = "syntax error in pattern") {
    super(message);
  }
}

/**
 * Does *pattern* match all of *name*? `*` and `?` do not match a slash; classes are `[a-z]`, `[^a-z]`; `\` escapes. Only as much
 * of the pattern is checked as matching needs, so that a mistake may stay unnoticed, as in Go. Throws PatternError.
 */
export function goMatch(pattern: string, name: string): boolean {
  let rest = [...pattern];
  let text = [...name];
  while (rest.length > 0) {
    const { star, chunk, after } = scanChunk(rest);
    rest = after;
    if (star && chunk.length === 0) return !text.includes("/");
    const direct = matchChunk(chunk, text);
    if (direct !== undefined && (direct.length === 0 || rest.length > 0)) {
      text = direct;
      continue;
    }
    if (!star) return false;
    const skipped = matchLater(chunk, text, rest.length === 0);
    if (skipped === undefined) return false;
    text = skipped;
  }
  return text.length === 0;
}

/** Tries *chunk* behind one, two, … characters that a star has taken. */
function matchLater(chunk: readonly string[], text: readonly string[], last: boolean): string[] | undefined {
  for (let i = 0; i < text.length && text[i] !== "/"; i++) {
    const found = matchChunk(chunk, text.slice(i + 1));
    if (found !== undefined && !(last && found.length > 0)) return found;
  }
  return undefined;
}

function scanChunk(pattern: readonly string[]): { star: boolean; chunk: string[]; after: string[] } {
  let start = 0;
  while (pattern[start] === "*") start++;
  let inRange = false;
  let end = start;
  for (; end < pattern.length; end++) {
    const c = pattern[end];
    if (c === "\\") {
      if (end + 1 < pattern.length) end++;
    } else if (c === "[") inRange = true;
    else if (c === "]") inRange = false;
    else if (c === "*" && !inRange) break;
  }
  return { star: start > 0, chunk: pattern.slice(start, end), after: pattern.slice(end) };
}

/** What is left of *text* when *chunk* matches its beginning, or undefined. The whole chunk is checked even after a mismatch. */
function matchChunk(chunk: readonly string[], text: readonly string[]): string[] | undefined {
  let failed = false;
  let at = 0;
  let i = 0;
  while (i < chunk.length) {
    failed ||= at >= text.length;
    const c = chunk[i] as string;
    if (c === "[") {
      const found = matchClass(chunk, i + 1, failed ? undefined : text[at]);
      i = found.next;
      failed ||= !found.matches;
      at++;
    } else if (c === "?") {
      failed ||= text[at] === "/";
      at++;
      i++;
    } else {
      if (c === "\\") i++;
      if (i >= chunk.length) throw new PatternError();
      failed ||= chunk[i] !== text[at];
      at++;
      i++;
    }
  }
  return failed ? undefined : text.slice(at);
}

function matchClass(
  chunk: readonly string[],
  start: number,
  char: string | undefined,
): { matches: boolean; next: number } {
  let i = start;
  const negated = chunk[i] === "^";
  if (negated) i++;
  const code = char?.codePointAt(0) ?? 0;
  let inside = false;
  for (let ranges = 0; ; ranges++) {
    if (chunk[i] === "]" && ranges > 0) return { matches: inside !== negated, next: i + 1 };
    const low = classChar(chunk, i);
    let high = low;
    i = low.next;
    if (chunk[i] === "-") {
      high = classChar(chunk, i + 1);
      i = high.next;
    }
    inside ||= low.code <= code && code <= high.code;
  }
}

function classChar(chunk: readonly string[], start: number): { code: number; next: number } {
  let i = start;
  if (i >= chunk.length || chunk[i] === "-" || chunk[i] === "]") throw new PatternError();
  if (chunk[i] === "\\") i++;
  const char = chunk[i];
  // A class must go on behind each of its characters, at least with its bracket.
  if (char === undefined || i + 1 >= chunk.length) throw new PatternError();
  return { code: char.codePointAt(0) as number, next: i + 1 };
}

/** Does *path* hold `*`, `?` or `[` that no backslash makes literal? */
export function containsWildcards(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const c = path[i];
    if (c === "\\") i++;
    else if (c === "*" || c === "?" || c === "[") return true;
  }
  return false;
}
