/** Reading a .dockerignore (moby/patternmatcher v0.6.1 ignorefile). */

import { cleanPath, utf8Length } from "../platform/paths";
import { PatternError } from "./go-match";
import { trimSpace } from "./pattern-matcher";

/** bufio.Scanner's bound of a line, in bytes. */
const MAX_LINE = 64 * 1024;

/**
 * The patterns of a .dockerignore in their order: comments (`#` in the first column) and empty lines left out, trimmed, cleaned, one
 * leading slash dropped, `!` kept in front. Throws PatternError `bufio.Scanner: token too long` for a line of 64 KiB.
 */
export function readIgnoreFile(text: string): string[] {
  const patterns: string[] = [];
  const lines = text.split("\n");
  lines.forEach((raw, index) => {
    const last = index === lines.length - 1;
    if (raw.length * 3 >= MAX_LINE && utf8Length(raw) >= MAX_LINE)
      throw new PatternError("bufio.Scanner: token too long");
    if (last && raw === "") return;
    let line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (index === 0 && line.startsWith("\ufeff")) line = line.slice(1);
    if (line.startsWith("#")) return;
    const pattern = trimSpace(line);
    if (pattern === "") return;
    if (pattern.startsWith("!")) patterns.push("!" + normalize(trimSpace(pattern.slice(1))));
    else patterns.push(normalize(pattern));
  });
  return patterns;
}

function normalize(pattern: string): string {
  if (pattern === "") return pattern;
  const clean = cleanPath(pattern);
  return clean.length > 1 && clean.startsWith("/") ? clean.slice(1) : clean;
}
