/** The project that npm, yarn and pnpm work on: package.json, the settings of .npmrc, the words of a command line. */

import type { Process } from "../machine/process";
import { decodeText, readText } from "./files";
import { NpmFacts, type NpmPlace } from "./npm-facts";

/** What is read of package.json. */
export interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Ends npm with its error lines. */
export class NpmFailure extends Error {
  constructor(
    readonly lines: readonly string[],
    readonly status = 1,
  ) {
    super(lines[0] ?? "");
  }
}

/** The home directory. */
export function home(process: Process): string {
  return decodeText(process.env.get("HOME") ?? "/root");
}

/** Where npm keeps what it fetched: `--cache`, `npm_config_cache`, `cache=` of an .npmrc, else `.npm` at home. */
export function npmCache(process: Process): string {
  const args = process.args.map(decodeText);
  const at = args.indexOf("--cache");
  const named = at > 0 ? args[at + 1] : args.find((word) => word.startsWith("--cache="))?.slice(8);
  const own = process.env.get("npm_config_cache") ?? process.env.get("NPM_CONFIG_CACHE");
  const written = settings(process).flatMap((text) => /^\s*cache\s*=\s*(\S+)/m.exec(text)?.[1] ?? [])[0];
  return (named ?? (own && decodeText(own)) ?? written ?? `${home(process)}/.npm`).replace(/(?<=.)\/+$/, "");
}

/** package.json of the working directory. Throws NpmFailure when it is missing or no JSON. */
export function readPackage(process: Process): PackageJson {
  const text = readText(process, "package.json");
  const cwd = decodeText(process.cwd);
  if (text === undefined) {
    throw new NpmFailure(
      [
        "code ENOENT",
        "syscall open",
        `path ${cwd.replace(/\/$/, "")}/package.json`,
        "errno -2",
        `enoent Could not read package.json: Error: ENOENT: no such file or directory, open '${cwd.replace(/\/$/, "")}/package.json'`,
        "enoent This is related to npm not being able to find a file.",
        "enoent",
      ],
      254,
    );
  }
  try {
    return JSON.parse(text) as PackageJson;
  } catch (error) {
    throw new NpmFailure([
      "code EJSONPARSE",
      `path ${cwd.replace(/\/$/, "")}/package.json`,
      `JSON.parse ${error instanceof Error ? error.message : ""} while parsing package.json`,
      "JSON.parse Failed to parse JSON data.",
      "JSON.parse Note: package.json must be actual JSON, not just JavaScript.",
    ]);
  }
}

/** Whether devDependencies stay out: `--omit=dev`, `--production`, or NODE_ENV. */
export function omitsDev(process: Process, args: readonly string[]): boolean {
  const omit =
    args.some((word) => word === "--omit=dev" || word === "--production" || word === "--only=production") ||
    args.some((word, i) => word === "--omit" && args[i + 1] === "dev");
  return omit || (process.env.get("NODE_ENV") === "production" && !args.includes("--include=dev"));
}

/** Texts of the `.npmrc` files that npm reads, those that are there. */
function settings(process: Process): string[] {
  const own = decodeText(process.env.get("NPM_CONFIG_USERCONFIG") ?? "/nonexistent");
  return [".npmrc", `${home(process)}/.npmrc`, own].flatMap((path) => readText(process, path) ?? []);
}

/**
 * A scoped package that nobody measured lives in somebody's own registry. Of a real project's, whose scoped packages are mostly public,
 * that is said only when its scope is given a registry.
 */
export function isPrivate(process: Process, facts: NpmFacts, name: string): boolean {
  if (!name.startsWith("@") || facts.knows(name)) return false;
  if (process.machine.request.assume !== true) return true;
  const scope = name.slice(0, name.indexOf("/"));
  return settings(process).some((text) => text.includes(`${scope}:registry`));
}

/** A private package needs a token, as its registry would say. */
export function requireToken(process: Process, places: readonly NpmPlace[]): void {
  const facts = new NpmFacts(process.machine.request.catalog);
  const place = places.find((entry) => isPrivate(process, facts, entry.name));
  if (place === undefined || settings(process).some((text) => /_authToken\s*=\s*\S+/.test(text))) return;
  throw new NpmFailure([
    "code E401",
    `401 Unauthorized - GET ${place.name} - authentication token not provided`,
  ]);
}

/** `express@^5` → [express, ^5]; `express` → [express, *]. */
export function splitSpec(word: string): [string, string] {
  const at = word.indexOf("@", 1);
  return at < 0 ? [word, "*"] : [word.slice(0, at), word.slice(at + 1)];
}
