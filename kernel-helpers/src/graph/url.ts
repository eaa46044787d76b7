/** URLs as Go's net/url reads them, as far as ADD needs it. */

export interface ParsedUrl {
  /** Lower-case, without `://`. */
  readonly scheme: string;
  /** `user:password`, or the empty string. */
  readonly user: string;
  readonly host: string;
  /** Percent-decoded. */
  readonly path: string;
  /** In order of appearance; a name without `=` has the value "". */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Percent-decoded, without `#`. */
  readonly fragment: string;
  /** The URL without query and fragment. */
  readonly bare: string;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `a=1&b` by name. */
export function parseQuery(text: string): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const [rawKey, rawValue] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const key = decode(rawKey.replaceAll("+", " "));
    const value = decode(rawValue.replaceAll("+", " "));
    if (key === undefined || value === undefined) continue;
    out.set(key, [...(out.get(key) ?? []), value]);
  }
  return out;
}

/** Reads an absolute URL with an authority (`scheme://…`); undefined when Go's url.Parse refuses it. */
export function parseUrl(text: string): ParsedUrl | undefined {
  if (/[\x00-\x1f\x7f]/.test(text)) return undefined;
  const hash = text.indexOf("#");
  const beforeFragment = hash === -1 ? text : text.slice(0, hash);
  const fragment = hash === -1 ? "" : decode(text.slice(hash + 1));
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/s.exec(beforeFragment);
  if (match === null || fragment === undefined) return undefined;
  const [, scheme = "", authority = "", rawPath = "", query = ""] = match;
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1);
  const path = decode(rawPath);
  if (path === undefined || /[\s<>"]/.test(host)) return undefined;
  if (/:[^\]]*$/.test(host) && !/:\d*$/.test(host)) return undefined;
  const lower = scheme.toLowerCase();
  return {
    scheme: lower,
    user: at === -1 ? "" : authority.slice(0, at),
    host,
    path,
    query: parseQuery(query),
    fragment,
    bare: `${lower}://${authority}${rawPath}`,
  };
}
