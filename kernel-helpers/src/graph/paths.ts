/** Paths of the image, for Linux and Windows targets (BuildKit util/system/path.go, Go path). */

import { goQuote } from "../dockerfile/go-text";
import { Refusal } from "./refusal";

/** Go's path.Clean: no `.`, `..`, double or trailing slashes; the empty path is `.`. */
export function cleanPath(path: string): string {
  if (path === "") return ".";
  // Most paths are clean already: no empty element, none that begins with a dot.
  if (path[0] !== "." && !path.endsWith("/") && !path.includes("//") && !path.includes("/.")) return path;
  const rooted = path.startsWith("/");
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") out.push(part);
    else if (out.length > 0 && out[out.length - 1] !== "..") out.pop();
    else if (!rooted) out.push("..");
  }
  const joined = out.join("/");
  return rooted ? "/" + joined : joined === "" ? "." : joined;
}

/** Go's path.Join: empty elements are left out, the result is clean; nothing at all is the empty string. */
export function joinPath(...parts: readonly string[]): string {
  let joined = "";
  for (const part of parts)
    if (part !== "")
      joined = joined === "" ? part : joined.endsWith("/") ? joined + part : joined + "/" + part;
  return joined === "" ? "" : cleanPath(joined);
}

/** Go's path.Base: the last element; `.` for the empty path, `/` for slashes only. */
export function basePath(path: string): string {
  if (path === "") return ".";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** Go's path.Dir. */
export function dirPath(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

/** Backslashes become slashes when the image is for Windows. */
export function toSlash(path: string, os: string): string {
  return os === "windows" ? path.replaceAll("\\", "/") : path;
}

function cleanWindowsPath(path: string, keepSlash: boolean): string {
  const slashed = toSlash(path, "windows");
  const clean = cleanPath(slashed);
  return keepSlash && clean.length > 1 && slashed.endsWith("/") ? clean + "/" : clean;
}

/** For Windows: checks that a drive letter is C and takes it off; a no-op for every other system. Throws Refusal. */
export function removeDriveLetter(path: string, os: string, keepSlash: boolean): string {
  if (os !== "windows") return path;
  if (path.length === 2 && path[1] === ":")
    throw new Refusal(`No relative path specified in ${goQuote(path)}`, "LB_WINDOWS_PATH");
  if (toSlash(path.slice(0, 2), os) === "//")
    throw new Refusal("UNC paths are not supported", "LB_WINDOWS_PATH");
  const colon = path.indexOf(":");
  if (colon === -1) return cleanWindowsPath(path, keepSlash);
  if (path.slice(0, colon).toLowerCase() !== "c") {
    throw new Refusal("The specified path is not on the system drive (C:)", "LB_WINDOWS_PATH");
  }
  return cleanWindowsPath(path.slice(colon + 1), keepSlash);
}

/** Is *path* absolute in an image of *os*, a drive letter aside? */
export function isAbsolute(path: string, os: string): boolean {
  try {
    return toSlash(removeDriveLetter(path, os, false), os).startsWith("/");
  } catch {
    return false;
  }
}

/** *path* as an absolute path, relative ones below *parent*; with *keepSlash* a last `/` or `/.` stays. Throws Refusal. */
export function normalizePath(parent: string, path: string, os: string, keepSlash: boolean): string {
  const original = toSlash(path, os);
  let base = removeDriveLetter(toSlash(parent, os) || "/", os, keepSlash);
  if (!isAbsolute(base, os)) base = joinPath("/", base);
  let result = removeDriveLetter(original === "" ? base : original, os, keepSlash);
  if (!isAbsolute(result, os)) result = joinPath(base, result);
  if (keepSlash) result = withOriginalEnd(result, original);
  return toSlash(result, os);
}

/** Puts back the trailing `/` or `/.` that *original* had. */
export function withOriginalEnd(path: string, original: string): string {
  if (original.endsWith("/") && !path.endsWith("/")) return path + "/";
  if (original.endsWith("/.")) return (path === "/" ? path : path + "/") + ".";
  return path;
}
