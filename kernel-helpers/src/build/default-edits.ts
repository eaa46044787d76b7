/** The edits that a project is likely to get, found in its Dockerfile and its context: what `whatIf` asks about by itself. */

import { isDockerfileError, type Node, parseDockerfile } from "../dockerfile";
import type { MemoryContext } from "./lab-context";
import type { BuildOptions } from "./types";
import type { WhatIfEdit } from "./what-if";

const MANIFESTS =
  /^(package\.json|pnpm-workspace\.yaml|requirements[^/]*\.txt|pyproject\.toml|setup\.(py|cfg)|Pipfile|go\.mod|pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|Cargo\.toml|Gemfile|composer\.json|[^/]+\.csproj|mix\.exs)$/;
const LOCKFILES =
  /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|go\.sum|gradle\.lockfile|Cargo\.lock|Gemfile\.lock|composer\.lock|packages\.lock\.json|mix\.lock)$/;
const DOCUMENTS = /^(readme|changelog|license|contributing|notice)(\.[a-z]+)?$/i;
/** Never edited by hand. */
const PASSED_OVER = /^(\.git|node_modules|\.layerbook|__pycache__|\.venv)$/;
/** Source files in the root of the context are taken one by one, up to this many. */
const ROOT_FILES = 12;
/** Manifests, lock files and folders that are taken at most, for very large projects. */
const MANY = 40;

/** What the edits are derived from. */
export interface EditSources {
  readonly context: MemoryContext;
  readonly options: BuildOptions;
  /** Canonical references of the base images, without digest. */
  readonly bases: readonly string[];
  /** Language of the edits' names. Default: Korean. */
  readonly locale?: "ko" | "en";
}

/** The edits in the order of a table: nothing, files, then the Dockerfile's arguments, variables and base images. */
export function defaultEdits({ context, options, bases, locale = "ko" }: EditSources): WhatIfEdit[] {
  const file = options.file ?? "Dockerfile";
  const text = context.exists(file) ? context.readText(file) : "";
  const parsed = parseDockerfile(text);
  const nodes = isDockerfileError(parsed) ? [] : parsed.nodes;
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  return [
    { name: say("그대로", "no change"), kind: "none" },
    ...fileEdits(context, file),
    ...(text === ""
      ? []
      : [
          {
            name: say(`${file} 주석`, `comment in ${file}`),
            kind: "dockerfile",
            dockerfile: text.replace(/\n?$/, "\n# edited\n"),
          } as const,
        ]),
    ...argEdits(nodes, options),
    ...envEdits(nodes, text),
    ...bases.map((ref): WhatIfEdit => ({
      name: say(`베이스 ${shortReference(ref)}`, `base ${shortReference(ref)}`),
      kind: "base",
      newBases: [ref],
    })),
  ];
}

/** `docker.io/library/node:22-slim` as it is written: `node:22-slim`. */
function shortReference(ref: string): string {
  return ref.replace(/^docker\.io\/(library\/)?/, "");
}

function fileEdits(context: MemoryContext, dockerfile: string): WhatIfEdit[] {
  const tree = context.files();
  const sources: string[] = [];
  const manifests: string[] = [];
  const documents: string[] = [];
  const files: string[] = [];
  for (const path of walk(context)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (path === dockerfile || name.endsWith(".dockerignore") || tree.lstat("/" + path)?.type !== "file")
      continue;
    if (MANIFESTS.test(name) || LOCKFILES.test(name)) manifests.push(path);
    else if (DOCUMENTS.test(name)) documents.push(path);
    else if (!path.includes("/")) sources.push(path);
    else files.push(path);
  }
  // In a monorepo every package is a folder of its own.
  const packages = [...new Set(manifests.map(parentOf))].filter((folder) => folder !== "");
  const folderOf = (path: string): string =>
    packages.filter((folder) => path.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length)[0] ??
    path.slice(0, path.indexOf("/"));
  const folders = new Map<string, string>();
  for (const path of files) {
    const folder = folderOf(path);
    if (!folders.has(folder)) folders.set(folder, path);
  }
  const edit = (path: string, kind: NonNullable<WhatIfEdit["kind"]>, name = path): WhatIfEdit => ({
    name,
    kind,
    changes: {
      write: {
        [path]: {
          base64: base64(appended(context.read(path))),
          mode: (tree.lstat("/" + path)!.mode & 0o7777).toString(8),
        },
      },
    },
  });
  return [
    ...sources.slice(0, ROOT_FILES).map((path) => edit(path, "source")),
    ...[...folders].slice(0, MANY).map(([folder, path]) => ({
      ...edit(path, "source", `${folder}/ (${path.slice(folder.length + 1)})`),
      folder: `${folder}/`,
    })),
    ...manifests
      .slice(0, MANY)
      .map((path) =>
        edit(path, LOCKFILES.test(path.slice(path.lastIndexOf("/") + 1)) ? "lockfile" : "manifest"),
      ),
    ...documents.slice(0, ROOT_FILES).map((path) => edit(path, "document")),
  ];
}

function walk(context: MemoryContext): string[] {
  return context.list().filter((path) => !path.split("/").some((part) => PASSED_OVER.test(part)));
}

/** The folder that a path lies in; "" for the root. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function appended(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  longer[bytes.length] = 0x0a;
  return longer;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** Every ARG with another value, but those that choose a base image: another version of it is another row. */
function argEdits(nodes: readonly Node[], options: BuildOptions): WhatIfEdit[] {
  const froms = nodes.filter(isKeyword("FROM")).map(({ original }) => original);
  const names = nodes.filter(isKeyword("ARG")).flatMap(({ args }) => args.map((arg) => arg.split("=")[0]!));
  const choosesBase = (name: string): boolean =>
    froms.some((from) => new RegExp(`\\$(\\{${name}\\b|${name}\\b)`).test(from));
  return [...new Set(names)]
    .filter((name) => /^\w+$/.test(name) && !choosesBase(name))
    .map((name) => ({
      name: `ARG ${name}`,
      kind: "arg",
      options: { buildArgs: { ...options.buildArgs, [name]: (options.buildArgs?.[name] ?? "") + "edited" } },
    }));
}

/** Every variable of every ENV with a longer value. */
function envEdits(nodes: readonly Node[], text: string): WhatIfEdit[] {
  return nodes.filter(isKeyword("ENV")).flatMap(({ args, range }) => {
    const written = text.slice(range.start.offset, range.end.offset);
    const edits: WhatIfEdit[] = [];
    for (let i = 0; i + 2 < args.length; i += 3) {
      const name = args[i]!;
      const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const pattern =
        args[i + 2] === "="
          ? new RegExp(`(\\s${escaped}=)("(?:\\\\.|[^"\\\\])*"|'[^']*'|(?:\\\\[^\\n]|[^\\s\\\\])*)`)
          : /(\s*)(\S[^\n]*)$/;
      const changed = written.replace(pattern, (_all, before: string, value: string) => {
        const quote = /^["'].*["']$/s.test(value) ? value[0]! : "";
        return quote === "" ? `${before}${value}1` : `${before}${value.slice(0, -1)}1${quote}`;
      });
      if (changed === written) continue;
      edits.push({
        name: `ENV ${name}`,
        kind: "env",
        dockerfile: text.slice(0, range.start.offset) + changed + text.slice(range.end.offset),
      });
    }
    return edits;
  });
}

function isKeyword(keyword: string): (node: Node) => boolean {
  return (node) => node.keyword.toUpperCase() === keyword;
}
