/** The Go files of a module and the packages that its folders are. */

import type { Process } from "../machine/process";
import { absolute, decodeText, encodeText, exists, readText } from "./files";
import { GoFailure, type Module } from "./go-module";

/** A Go file of the module. */
export interface GoFile {
  readonly path: string;
  readonly text: string;
}

/** The Go files, and what `//go:embed` can name, below *root*, in order. */
export function goFiles(process: Process, root: string): GoFile[] {
  const found: GoFile[] = [];
  const visit = (folder: string): void => {
    for (const name of process.vfs.readdir(process, encodeText(folder || "/"))) {
      const path = `${folder}/${decodeText(name)}`;
      const type = statType(process, path);
      if (type === "dir" && !/^([._].*|testdata|vendor|node_modules)$/.test(decodeText(name))) visit(path);
      else if (type === "file" && path.endsWith(".go"))
        found.push({ path, text: readText(process, path) ?? "" });
    }
  };
  visit(root === "/" ? "" : root);
  process.machine.meter.addCommands(found.length);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What kind of file is at *path*; undefined when there is none. */
export function statType(process: Process, path: string): string | undefined {
  return process.vfs.tryStat(process, encodeText(absolute(process, path)))?.type;
}

/** The folders that a package pattern names. */
export function foldersOf(
  process: Process,
  module: Module,
  wanted: string,
  sources: readonly GoFile[],
): string[] {
  if (wanted.endsWith(".go")) {
    if (!exists(process, wanted))
      throw new GoFailure(`no required module provides package ${wanted}; to add it:\n\tgo get ${wanted}`);
    const path = tidy(absolute(process, wanted));
    return [path.slice(0, path.lastIndexOf("/"))];
  }
  const local = wanted.startsWith(module.path)
    ? module.root + wanted.slice(module.path.length)
    : /^\.{1,2}(\/|$)|^\//.test(wanted)
      ? absolute(process, wanted)
      : undefined;
  if (local === undefined) {
    if (wanted.includes("@") || wanted.includes(".")) {
      process.machine.assumed.push(`go:${wanted}`);
      if (process.machine.request.assume !== true)
        throw new GoFailure(`go: ${wanted}: dial tcp: lookup of the module proxy: no such host`);
      return [];
    }
    throw new GoFailure(`package ${wanted} is not in std (/usr/local/go/src/${wanted})`);
  }
  const folder = tidy(local.replace(/\/?\.\.\.$/, "") || "/");
  if (!local.endsWith("...")) {
    if (statType(process, folder) !== "dir") throw new GoFailure(`stat ${folder}: directory not found`);
    return [folder];
  }
  const all = new Set(sources.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
  return [...all]
    .filter((one) => one === folder || one.startsWith(folder === "/" ? "/" : `${folder}/`))
    .sort();
}

function tidy(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return "/" + parts.join("/");
}

/** The import path of a folder of the module. */
export function importPath(module: Module, folder: string): string {
  const below = module.root === "/" ? folder : folder.slice(module.root.length);
  return module.path + (below === "/" ? "" : below);
}

/** The last part of a path. */
export function base(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
