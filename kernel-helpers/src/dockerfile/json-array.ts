/** The JSON form of an instruction's arguments (BuildKit parser/line_parsers.go parseJSON, Go encoding/json). */

import { trimLeft } from "./go-text";
import { Refusal } from "./refusal";

/** Deeper nesting is a syntax error in Go. */
const maxDepth = 10000;

/**
 * The strings of a JSON array; undefined when *text* is no JSON array, so that another form is tried.
 * Throws Refusal when the array holds anything but strings.
 */
export function parseJsonArray(text: string): readonly string[] | undefined {
  const rest = trimLeft(text);
  if (!rest.startsWith("[")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(rest);
  } catch {
    return undefined;
  }
  const items = value as readonly unknown[];
  if (items.every((item) => typeof item === "string")) return items.map(wellFormed);
  if (!isGoJson(items)) return undefined;
  throw new Refusal(
    "LB_JSON_NOT_STRINGS",
    "when using JSON array syntax, arrays must be comprised of strings only",
  );
}

/** Lone surrogates become U+FFFD, as Go decodes them. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text)
    ? text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    : text;
}

/** Would Go take it too? It refuses numbers beyond a float64 and very deep nesting. */
function isGoJson(value: unknown): boolean {
  const waiting: [value: unknown, depth: number][] = [[value, 1]];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const [item, depth] = entry;
    if (typeof item === "number" && !Number.isFinite(item)) return false;
    if (typeof item !== "object" || item === null) continue;
    if (depth > maxDepth) return false;
    for (const child of Object.values(item)) waiting.push([child, depth + 1]);
  }
  return true;
}
