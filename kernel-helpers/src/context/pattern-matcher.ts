/** The patterns of .dockerignore and `COPY --exclude` (moby/patternmatcher v0.6.1 patternmatcher.go). */

import { cleanPath, dirName } from "../platform/paths";
import { goMatch, PatternError } from "./go-match";
import { compileGoRegexp } from "./go-regexp";

/** Which patterns matched a directory: handed on to what is in it. */
export type MatchInfo = readonly boolean[];

const NO_INFO: MatchInfo = [];

/** A list of patterns, in order, of which later ones may take back what earlier ones matched. */
export class PatternMatcher {
  readonly patterns: readonly Pattern[];
  /** Is there a pattern with `!`? */
  readonly hasExclusions: boolean;

  /** Throws PatternError (`syntax error in pattern`, `illegal exclusion pattern: "!"`). */
  constructor(patterns: readonly string[]) {
    this.patterns = patterns
      .map(trimSpace)
      .filter((text) => text !== "")
      .map((text) => new Pattern(cleanPath(text)));
    this.hasExclusions = this.patterns.some((pattern) => pattern.isExclusion);
  }

  /** Does the list match *path* (relative) or one of its parents? Throws PatternError for a pattern that compiles only now. */
  matchesOrParentMatches(path: string): boolean {
    let matched = false;
    for (const pattern of this.patterns) {
      if (pattern.isExclusion !== matched) continue;
      if (pattern.matches(path) || parentMatches(pattern, path)) matched = !pattern.isExclusion;
    }
    return matched;
  }

  /** The same for a walk: *parent* is the information of the directory above, absent at the top. */
  match(path: string, parent: MatchInfo = NO_INFO): { readonly matched: boolean; readonly info: MatchInfo } {
    let matched = false;
    const info = new Array<boolean>(this.patterns.length).fill(false);
    for (let i = 0; i < this.patterns.length; i++) {
      const pattern = this.patterns[i] as Pattern;
      let match = parent[i] ?? false;
      if (!match) {
        if (pattern.isExclusion !== matched) continue;
        match = pattern.matches(path) || (parent.length === 0 && parentMatches(pattern, path));
      }
      info[i] = match;
      if (match) matched = !pattern.isExclusion;
    }
    return { matched, info };
  }
}

function parentMatches(pattern: Pattern, path: string): boolean {
  const parent = dirName(path);
  if (parent === ".") return false;
  const parts = parent.split("/");
  for (let i = 1; i <= parts.length; i++) {
    try {
      if (pattern.matches(parts.slice(0, i).join("/"))) return true;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
    }
  }
  return false;
}

type Kind = "exact" | "prefix" | "suffix" | "regexp";

/** One pattern. */
export class Pattern {
  readonly isExclusion: boolean;
  /** As matched: cleaned, without the `!`. */
  readonly text: string;
  private kind: Kind | undefined;
  private regexp: RegExp | undefined;

  constructor(cleaned: string) {
    this.isExclusion = cleaned.startsWith("!");
    if (cleaned === "!") throw new PatternError('illegal exclusion pattern: "!"');
    this.text = this.isExclusion ? cleaned.slice(1) : cleaned;
    // Go's check of the syntax: it sees only the mistakes that matching "." comes across.
    goMatch(this.text, ".");
  }

  matches(path: string): boolean {
    this.kind ??= this.compile();
    switch (this.kind) {
      case "exact":
        return path === this.text;
      case "prefix":
        return path.startsWith(this.text.slice(0, -2));
      case "suffix": {
        const suffix = this.text.slice(2);
        return path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
      }
      case "regexp":
        return (this.regexp as RegExp).test(path);
    }
  }

  private compile(): Kind {
    const chars = [...this.text];
    let at = chars[0] === "\ufeff" ? 1 : 0;
    let kind: Kind = "exact";
    let source = "^";
    for (let i = 0; at < chars.length; i++) {
      const c = chars[at++] as string;
      if (c === "*" && chars[at] === "*") {
        at++;
        if (chars[at] === "/") at++;
        if (at < chars.length) {
          source += "(.*/)?";
          kind = "regexp";
        } else if (kind === "exact") kind = "prefix";
        else {
          source += ".*";
          kind = "regexp";
        }
        if (i === 0) kind = "suffix";
      } else if (c === "*") {
        source += "[^/]*";
        kind = "regexp";
      } else if (c === "?") {
        source += "[^/]";
        kind = "regexp";
      } else if (".+()|{}$".includes(c)) source += "\\" + c;
      else if (c === "\\") {
        source += c;
        if (at < chars.length) {
          source += chars[at++] as string;
          kind = "regexp";
        }
      } else {
        source += c;
        if (c === "[" || c === "]") kind = "regexp";
      }
    }
    if (kind === "regexp") this.regexp = compileGoRegexp(source + "$");
    return kind;
  }
}

const SPACE = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const OUTER_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, "g");

/** Go's strings.TrimSpace: other characters than JavaScript's trim (U+0085, but no U+FEFF). */
export function trimSpace(text: string): string {
  return text.replace(OUTER_SPACE, "");
}
