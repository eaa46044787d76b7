/** Slash-separated paths, with the rules of Go's `path` package, and the byte order in which BuildKit sorts names. */

/** *path* without `.`, `..`, doubled and trailing slashes (Go's `path.Clean`). Empty gives `.`; `..` never leaves `/`. */
export function cleanPath(path: string): string {
  if (path === "") return ".";
  const rooted = path.charCodeAt(0) === 47;
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  const joined = kept.join("/");
  if (rooted) return "/" + joined;
  return joined === "" ? "." : joined;
}

/** The parts joined by slashes and cleaned; empty parts are left out (Go's `path.Join`). Nothing but empty parts gives "". */
export function joinPath(...parts: readonly string[]): string {
  const kept = parts.filter((part) => part !== "");
  return kept.length === 0 ? "" : cleanPath(kept.join("/"));
}

/** The last element of *path* without trailing slashes (Go's `path.Base`): `.` for the empty path, `/` for slashes only. */
export function baseName(path: string): string {
  if (path === "") return ".";
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === 47) end--;
  if (end === 0) return "/";
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

/** All but the last element of *path*, cleaned (Go's `path.Dir`): `.` when there is no slash. */
export function dirName(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

/**
 * Compares by the bytes of the UTF-8 forms: negative, 0 or positive. JavaScript's own `<` compares UTF-16 units and puts
 * U+1F600 before U+FF21; file names are sorted by bytes everywhere in BuildKit.
 */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for characters above U+FFFF, which come after every other one in UTF-8.
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** Compares two paths as BuildKit orders trees: by bytes, with `/` before every other byte, so a directory is followed by what is in it. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  if (a.charCodeAt(i) === 47) return -1;
  if (b.charCodeAt(i) === 47) return 1;
  return compareBytes(a.slice(i), b.slice(i));
}

const encoder = new TextEncoder();

/** How many bytes *text* takes in UTF-8. */
export function utf8Length(text: string): number {
  let ascii = true;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) {
      ascii = false;
      break;
    }
  }
  return ascii ? text.length : encoder.encode(text).length;
}
