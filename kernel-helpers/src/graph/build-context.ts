/** The build context as a source, and what .dockerignore says (BuildKit frontend/dockerui/config.go). */

import { PatternMatcher, readIgnoreFile } from "../context";
import { compareBytes } from "../dockerfile/go-text";
import type { ConvertInput } from "./conversion";
import type { Node } from "./state";
import { basePath, joinPath } from "./paths";
import { Refusal } from "./refusal";
import { smallTransfer, type RequestLog } from "./requests";
import type { LocalOp } from "./types";

/** The paths to ask for; none stands for everything. */
export function followPaths(paths: ReadonlySet<string>): string[] {
  if (paths.has("/")) return [];
  return [...paths].map((path) => joinPath(".", path)).sort(compareBytes);
}

/** Reads an ignore file; *name* is told in the refusal. */
export function readPatterns(text: string | undefined, name: string): string[] {
  if (text === undefined || text === "") return [];
  try {
    return readIgnoreFile(text);
  } catch (error) {
    if (error instanceof Error)
      throw new Refusal(`failed parsing ${name}: ${error.message}`, "LB_IGNORE_PATTERN");
    throw error;
  }
}

/** Reads the ignore file of the build; `<Dockerfile>.dockerignore` came with the Dockerfile and replaces the other. Throws Refusal. */
export function loadIgnorePatterns(input: ConvertInput, requests: RequestLog): string[] {
  if (input.fileDockerignore !== undefined) {
    return readPatterns(input.fileDockerignore, basePath(input.file) + ".dockerignore");
  }
  requests.nextPhase();
  requests.transfer(
    "[internal] load .dockerignore",
    smallTransfer("context", [".dockerignore"], "context-.dockerignore"),
  );
  return readPatterns(input.dockerignore, ".dockerignore");
}

/** A matcher for *patterns*, or undefined when there are none. Throws Refusal `syntax error in pattern`. */
export function ignoreMatcher(patterns: readonly string[]): PatternMatcher | undefined {
  if (patterns.length === 0) return undefined;
  try {
    return new PatternMatcher(patterns);
  } catch (error) {
    if (error instanceof Error) throw new Refusal(error.message, "LB_IGNORE_PATTERN");
    throw error;
  }
}

/** `[internal] load build context`. Its operation is made when all *paths* are known. */
export function buildContextNode(paths: ReadonlySet<string>, excludePatterns: () => readonly string[]): Node {
  return {
    meta: { name: "[internal] load build context", internal: true },
    walk: () => [],
    op: (): LocalOp => ({
      kind: "local",
      name: "context",
      followPaths: followPaths(paths),
      excludePatterns: excludePatterns(),
      includePatterns: [],
      sharedKeyHint: "context",
    }),
  };
}
