/** Reads the lock files of yarn (classic and berry) and pnpm: as much of their notation as they use. */

/** A tree of maps; leaves are text without quotes. */
export interface LockMap {
  readonly [name: string]: LockMap | string | undefined;
}

/** Lines of `key:` or `key: value` (yarn's `key value` too), nested by indentation. Lists are left out. */
export function parseLock(text: string): LockMap {
  const root: Record<string, LockMap | string> = Object.create(null) as Record<string, LockMap | string>;
  const stack: { readonly indent: number; readonly map: Record<string, LockMap | string> }[] = [
    { indent: -1, map: root },
  ];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#|$|-\s|---)/.test(line)) continue;
    const indent = line.length - line.trimStart().length;
    while (stack.length > 1 && stack[stack.length - 1]!.indent >= indent) stack.pop();
    const { map } = stack[stack.length - 1]!;
    const found = entryOf(line.trim());
    if (!found) continue;
    const [key, value] = found;
    if (value !== undefined && value !== "{}") {
      map[key] = value.startsWith("{") ? inline(value) : value;
      continue;
    }
    const inner = Object.create(null) as Record<string, LockMap | string>;
    map[key] = inner;
    stack.push({ indent, map: inner });
  }
  return root;
}

function entryOf(text: string): [string, string | undefined] | undefined {
  // yarn classic: `"a@^1", b@2:` opens a map, `version "1.2.3"` is a leaf.
  if (text.endsWith(":")) return [unquote(text.slice(0, -1)), undefined];
  const quoted = /^("(?:[^"\\]|\\.)*"|'[^']*')\s*:?\s+(.*)$/.exec(text);
  const plain = /^([^\s:]+(?::[^\s:]+)*?)(?::\s+|\s+)(.*)$/.exec(text);
  const [, key, value] = quoted ?? plain ?? [];
  return key === undefined ? undefined : [unquote(key), unquote(value ?? "")];
}

/** `{integrity: sha512-…, tarball: x}`. */
function inline(text: string): LockMap {
  const map = Object.create(null) as Record<string, string>;
  for (const part of text.replace(/^\{|\}$/g, "").split(/,\s*/)) {
    const colon = part.indexOf(": ");
    if (colon > 0) map[unquote(part.slice(0, colon).trim())] = unquote(part.slice(colon + 2).trim());
  }
  return map;
}

function unquote(text: string): string {
  const match = /^"([^"]*)"$|^'([^']*)'$/.exec(text);
  return match ? (match[1] ?? match[2] ?? "") : text;
}

export function mapAt(map: LockMap | string | undefined, ...path: readonly string[]): LockMap | undefined {
  let at = map;
  for (const name of path) at = typeof at === "object" ? at[name] : undefined;
  return typeof at === "object" ? at : undefined;
}

export function textAt(map: LockMap | undefined, name: string): string | undefined {
  const value = map?.[name];
  return typeof value === "string" ? value : undefined;
}
