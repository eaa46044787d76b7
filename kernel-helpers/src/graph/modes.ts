/** `--chmod` and `--chown` values (BuildKit convert_copy.go, client/llb/fileop.go). */

import { Refusal } from "./refusal";
import type { Owner } from "./types";

/** Octal mode, or the symbolic text. */
export type Chmod = { readonly mode: number } | { readonly symbolic: string };

/**
 * Checks a symbolic mode as BSD's setmode does: clauses `[augo]*` followed by one or more of `[+-=][rstwXx]*` or `[+-=][ugo]`,
 * separated by commas.
 */
function isSymbolicMode(text: string): boolean {
  let at = 0;
  for (;;) {
    while (at < text.length && "augo".includes(text[at] as string)) at++;
    if (at >= text.length) return false;
    do {
      if (!"+-=".includes(text[at] as string)) return false;
      at++;
      while (at < text.length && "rstwXxugo".includes(text[at] as string)) at++;
      if (at >= text.length) return true;
    } while (text[at] !== ",");
    at++;
  }
}

/** Reads --chmod. Throws Refusal: `invalid chmod parameter: '888'. …`, or `invalid syntax` for a bad symbolic mode. */
export function parseChmod(text: string): Chmod {
  const refused = new Refusal(
    `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`,
    "LB_CHMOD",
  );
  if (/^[0-7]+$/.test(text)) {
    const mode = parseInt(text, 8);
    // Go reads 32 bits; a longer number is tried as a symbolic mode and found numeric again.
    if (mode > 0o7777) throw refused;
    return { mode };
  }
  if (/^[0-9]/.test(text)) throw refused;
  if (!isSymbolicMode(text)) throw new Refusal("invalid syntax", "LB_CHMOD");
  return { symbolic: text };
}

function parseId(text: string): number | undefined {
  if (text === "root") return 0;
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  // Stored as an unsigned 32-bit number.
  return value >= -(2 ** 31) && value < 2 ** 31 ? value >>> 0 : undefined;
}

/** Reads `user[:group]`; names are to be looked up in the file system of *input*. */
export function parseOwner(text: string, input: number): Owner {
  const colon = text.indexOf(":");
  const side = (part: string): Owner["user"] => {
    const id = parseId(part);
    if (id !== undefined) return { id };
    // An empty name is written as the number 0.
    return part === "" ? { id: 0 } : { name: part, input };
  };
  const user = side(colon === -1 ? text : text.slice(0, colon));
  const group = colon === -1 ? "" : text.slice(colon + 1);
  return group === "" ? { user } : { user, group: side(group) };
}

/** Does --chown name a user or a group by name? */
export function isOwnerByName(text: string): boolean {
  const { user, group } = parseOwner(text, 0);
  return [user, group].some((side) => side !== undefined && "name" in side);
}
