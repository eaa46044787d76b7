/** Paths with `/`, as `node:path` has them on a Unix: what the kernel's session asks of its machine. */

import type { SessionPaths } from "../../kernel/session/session-host";

function parts(path: string): string[] {
  const kept: string[] = [];
  const absolute = path.startsWith("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (part !== ".." || !absolute) kept.push(part);
  }
  return kept;
}

/** Without `.`, `..` and double slashes. */
function normal(path: string): string {
  const clean = parts(path).join("/");
  return path.startsWith("/") ? `/${clean}` : clean === "" ? "." : clean;
}

function resolve(...given: string[]): string {
  let path = "";
  for (const part of [...given].reverse()) {
    path = path === "" ? part : `${part}/${path}`;
    if (part.startsWith("/")) break;
  }
  return normal(path.startsWith("/") ? path : `/${path}`);
}

/** The functions; the working directory is the root. */
export const posixPaths: SessionPaths & { basename(path: string): string; extname(path: string): string } = {
  sep: "/",
  join: (...given) => normal(given.filter((part) => part !== "").join("/")),
  resolve,
  relative(from, to) {
    const [a, b] = [parts(resolve(from)), parts(resolve(to))];
    let same = 0;
    while (same < a.length && same < b.length && a[same] === b[same]) same++;
    return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/");
  },
  dirname(path) {
    const clean = normal(path);
    const at = clean.lastIndexOf("/");
    return at < 0 ? "." : at === 0 ? "/" : clean.slice(0, at);
  },
  isAbsolute: (path) => path.startsWith("/"),
  basename: (path) => normal(path).split("/").at(-1) ?? "",
  extname(path) {
    const name = normal(path).split("/").at(-1) ?? "";
    const at = name.lastIndexOf(".");
    return at <= 0 ? "" : name.slice(at);
  },
};
