/** Gives the compiler its files: the cells from memory, everything else from disk, the learner's own files again when they change. */

import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { cellOptions } from "./options";

/** Packages that every cell can import, though nothing is installed beside the notebook. */
const OWN_PACKAGES = new Set(["layerbook", "tslab"]);

interface Loaded {
  readonly file: ts.SourceFile;
  /** Modification time and size when it was read; absent for files that do not change (libraries). */
  readonly version?: string;
}

/** Where the service's own files are. */
export interface HostPaths {
  /** Folder of TypeScript's `lib.*.d.ts`. */
  readonly libraries: string;
  /** Folder that holds `node` of @types. */
  readonly types: string;
}

export class CellHost implements ts.CompilerHost {
  /** Cells and the prelude, by absolute path. */
  readonly cells = new Map<string, ts.SourceFile>();
  /** Declaration files that are not on disk, by absolute path. */
  readonly virtual = new Map<string, string>();
  private readonly loaded = new Map<string, Loaded>();
  private resolution: ts.ModuleResolutionCache | undefined;
  private directory = "/";
  private packageDirectory = "/";

  constructor(private readonly paths: HostPaths) {}

  /** Sets the folder that cells are in, and the folder from which `layerbook` and `tslab` are found. */
  open(directory: string, packageDirectory: string): void {
    this.directory = directory;
    this.packageDirectory = packageDirectory;
    this.refresh();
  }

  /** Forgets how modules were resolved: files may have come or gone. */
  refresh(): void {
    this.resolution = ts.createModuleResolutionCache(this.directory, (name) => name, cellOptions);
  }

  /** Is *path* a file of the learner, not a library? */
  isOwnFile(path: string): boolean {
    return path.startsWith(this.directory + "/") && !path.includes("/node_modules/") && !this.cells.has(path);
  }

  getSourceFile = (
    path: string,
    languageVersion: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined => {
    const cell = this.cells.get(path);
    if (cell !== undefined) return cell;
    const text = this.virtual.get(path);
    if (text !== undefined) return this.parseVirtual(path, text, languageVersion);
    const before = this.loaded.get(path);
    const version = this.isOwnFile(path) ? versionOf(path) : undefined;
    if (before !== undefined && before.version === version) return before.file;
    const read = this.readFile(path);
    if (read === undefined) return undefined;
    const file = ts.createSourceFile(path, read, withoutDocs(path, languageVersion));
    this.loaded.set(path, version === undefined ? { file } : { file, version });
    return file;
  };

  private parseVirtual(
    path: string,
    text: string,
    version: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile {
    const before = this.loaded.get(path);
    if (before !== undefined) return before.file;
    const file = ts.createSourceFile(path, text, withoutDocs(path, version));
    this.loaded.set(path, { file });
    return file;
  }

  getDefaultLibFileName = (): string => join(this.paths.libraries, "lib.d.ts");
  getDefaultLibLocation = (): string => this.paths.libraries;
  getCurrentDirectory = (): string => this.directory;
  getCanonicalFileName = (name: string): string => name;
  useCaseSensitiveFileNames = (): boolean => true;
  getNewLine = (): string => "\n";
  writeFile = (): void => undefined;
  fileExists = (path: string): boolean =>
    this.cells.has(path) || this.virtual.has(path) || ts.sys.fileExists(path);
  readFile = (path: string): string | undefined => {
    try {
      return readFileSync(path, "utf8").replace(/^\ufeff/, "");
    } catch {
      return undefined;
    }
  };
  directoryExists = (path: string): boolean => ts.sys.directoryExists(path);
  getDirectories = (path: string): string[] => ts.sys.getDirectories(path);
  realpath = (path: string): string => ts.sys.realpath?.(path) ?? path;

  resolveTypeReferenceDirectiveReferences = (
    references: readonly (ts.FileReference | string)[],
    containing: string,
  ): readonly ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations[] =>
    references.map((reference) => {
      const name = typeof reference === "string" ? reference : reference.fileName;
      const options = { ...cellOptions, typeRoots: [this.paths.types] };
      return ts.resolveTypeReferenceDirective(name, containing, options, this);
    });

  resolveModuleNameLiterals = (
    literals: readonly ts.StringLiteralLike[],
    containing: string,
    _redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] =>
    literals.map((literal) => {
      const resolve = (from: string): ts.ResolvedModuleWithFailedLookupLocations =>
        ts.resolveModuleName(literal.text, from, options, this, this.resolution);
      const found = resolve(containing);
      if (found.resolvedModule !== undefined || !OWN_PACKAGES.has(literal.text)) return found;
      return resolve(join(this.packageDirectory, "index.ts"));
    });
}

/** Comments of declaration files are parsed when they are asked for (docs.ts). */
function withoutDocs(
  path: string,
  version: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.CreateSourceFileOptions {
  const options = typeof version === "object" ? version : { languageVersion: version };
  return path.endsWith(".d.ts") ? { ...options, jsDocParsingMode: ts.JSDocParsingMode.ParseNone } : options;
}

/** Finds TypeScript's and Node's declarations from where this package is installed. */
export function hostPaths(): HostPaths {
  return {
    libraries: dirname(require.resolve("typescript")),
    types: dirname(dirname(require.resolve("@types/node/package.json"))),
  };
}

function versionOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "gone" : `${stats.mtimeMs}:${stats.size}`;
}
