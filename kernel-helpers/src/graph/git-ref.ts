/** Git references as ADD and contexts take them (BuildKit frontend/dockerfile/dfgitutil, util/gitutil/git_url.go). */

import { goQuote } from "../dockerfile/go-text";
import { joinPath } from "./paths";
import { Refusal } from "./refusal";
import { parseQuery, parseUrl } from "./url";

export interface GitRef {
  /** What git is given: `https://github.com/a/b.git`, `git@github.com:a/b.git`. */
  readonly remote: string;
  /** Host and path, the same for every protocol: part of the source's identity. */
  readonly id: string;
  readonly ref: string;
  readonly checksum: string;
  readonly subdir: string;
  readonly keepGitDir?: boolean;
  readonly submodules?: boolean;
  readonly fetchByCommit: boolean;
}

const protocolPattern = /^[a-zA-Z0-9]+:\/\//;
const scpPattern = /^([a-zA-Z0-9-_]+)@([a-zA-Z0-9-.]+):(.*?)(?:\?(.*?))?(?:#(.*))?$/;

interface Remote {
  readonly remote: string;
  readonly host: string;
  readonly path: string;
  readonly fragment: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
}

/** undefined when *text* is no git transport at all. */
function parseRemote(text: string): Remote | undefined {
  if (protocolPattern.test(text)) {
    const url = parseUrl(text);
    if (url === undefined || !["http", "https", "ssh", "git"].includes(url.scheme)) return undefined;
    // An http URL is a git reference only when its path says so.
    if (url.scheme.startsWith("http") && !url.path.endsWith(".git")) return undefined;
    return { remote: url.bare, host: url.host, path: url.path, fragment: url.fragment, query: url.query };
  }
  const match = scpPattern.exec(text);
  if (match === null) return undefined;
  const [, user = "", host = "", path = "", query = "", fragment = ""] = match;
  return { remote: `${user}@${host}:${path}`, host, path, fragment, query: parseQuery(query) };
}

function parseBoolean(value: string): boolean | undefined {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  return ["0", "f", "F", "false", "FALSE", "False"].includes(value) ? false : undefined;
}

/**
 * Reads *text* as a git reference: undefined when it is none (a local path, another URL). Throws Refusal when it is one but its
 * query is wrong. `github.com/a/b` is not one: ADD takes it for a path.
 */
export function parseGitRef(text: string): GitRef | undefined {
  if (text.startsWith("./") || text.startsWith("../")) return undefined;
  const remote = parseRemote(text);
  if (remote === undefined) return undefined;

  const colon = remote.fragment.indexOf(":");
  let ref = colon === -1 ? remote.fragment : remote.fragment.slice(0, colon);
  let subdir = joinPath("/", colon === -1 ? "" : remote.fragment.slice(colon + 1)).replace(/^\//, "");
  let checksum = "";
  let tag = "";
  let branch = "";
  let keepGitDir: boolean | undefined;
  let submodules: boolean | undefined;
  let fetchByCommit = false;

  const flags = ["submodules", "keep-git-dir", "fetch-by-commit"];
  for (const [key, values] of remote.query) {
    const value = values[0] ?? "";
    if (values.length > 1) throw new Refusal(`query ${goQuote(key)} has multiple values`, "LB_ADD_GIT");
    if (value === "" && !flags.includes(key))
      throw new Refusal(`query ${goQuote(key)} has no value`, "LB_ADD_GIT");
    if (flags.includes(key)) {
      const flag = value === "" ? true : parseBoolean(value);
      if (flag === undefined) throw new Refusal(`invalid ${key} value: ${goQuote(value)}`, "LB_ADD_GIT");
      if (key === "submodules") submodules = flag;
      else if (key === "keep-git-dir") keepGitDir = flag;
      else fetchByCommit = flag;
    } else if (key === "ref") {
      if (ref !== "" && ref !== value)
        throw new Refusal(`ref conflicts: ${goQuote(ref)} vs ${goQuote(value)}`, "LB_ADD_GIT");
      ref = value;
    } else if (key === "tag") tag = value;
    else if (key === "branch") branch = value;
    else if (key === "subdir") {
      if (subdir !== "" && subdir !== value)
        throw new Refusal(`subdir conflicts: ${goQuote(subdir)} vs ${goQuote(value)}`, "LB_ADD_GIT");
      subdir = value;
    } else if (key === "checksum" || key === "commit") checksum = value;
    else if (key === "mtime") {
      if (value !== "checkout" && value !== "commit") {
        throw new Refusal(
          `invalid mtime value: ${goQuote(value)} (must be "checkout" or "commit")`,
          "LB_ADD_GIT",
        );
      }
    } else throw new Refusal(`unexpected query ${goQuote(key)}`, "LB_ADD_GIT");
  }

  const named = (prefix: string, value: string): string => {
    const full = value.startsWith(prefix) ? value : prefix + value;
    if (ref !== "" && ref !== full)
      throw new Refusal(`ref conflicts: ${goQuote(ref)} vs ${goQuote(full)}`, "LB_ADD_GIT");
    return full;
  };
  if (tag !== "") ref = named("refs/tags/", tag);
  if (branch !== "") {
    if (tag !== "") throw new Refusal("branch conflicts with tag", "LB_ADD_GIT");
    ref = named("refs/heads/", branch);
  }

  const place = ref !== "" || subdir !== "" ? `#${ref}${subdir === "" ? "" : ":" + subdir}` : "";
  return {
    remote: remote.remote,
    id: remote.host + joinPath("/", remote.path) + place,
    ref,
    checksum,
    subdir,
    ...(keepGitDir === undefined ? {} : { keepGitDir }),
    ...(submodules === undefined ? {} : { submodules }),
    fetchByCommit,
  };
}

/** Is *source* a URL to download (and no git repository)? */
export function isHttpSource(source: string): boolean {
  if (!source.startsWith("http://") && !source.startsWith("https://")) return false;
  return !isGitSource(source);
}

/** Is *source* a git reference with a valid query? `github.com/a/b` counts here, although ADD takes it for a path. */
export function isGitSource(source: string): boolean {
  if (source.startsWith("github.com/")) return true;
  try {
    return parseGitRef(source) !== undefined;
  } catch {
    return false;
  }
}
