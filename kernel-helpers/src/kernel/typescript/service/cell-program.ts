/**
 * The program that all cells of a notebook are checked in. Each cell is a module of its own; names it does not define are looked
 * up in the cells before it, latest first, and then in the prelude. A cell that imports nothing is added to the running
 * program and checked by the checker that is already warm: a millisecond. A cell with imports makes a new program.
 */

import ts from "typescript";
import { toRecords } from "./diagnostics";
import { CellHost, type HostPaths } from "./host";
import { hidden, internal } from "./internal";
import { cellOptions, isReported } from "./options";
import { NODE_GLOBALS } from "./node-globals";
import { preludeText } from "./prelude";
import type { CompiledModule, CompileReply, Unsure } from "./protocol";
import { hasImports, importsPackages, prepareSource } from "./source";
import { cellTransformer, definedNames, guardTransformer } from "./transform";

/** Checked cells after which a new checker is made: it remembers every type it has ever seen. */
const RENEW_AFTER = 200;

interface ChainedCell {
  readonly cell: number;
  readonly file: ts.SourceFile;
  /** Names, types too, that it adds to the scope. */
  readonly names: Set<string>;
}

export class CellProgram {
  private readonly host: CellHost;
  private readonly options: ts.CompilerOptions;
  private program: ts.Program;
  private prelude: ts.SourceFile;
  private chain: ChainedCell[] = [];
  private directory = "/";
  private checked = 0;
  private scratch = 0;
  private readonly givenModules = new Map<string, ts.SourceFile>();

  /** Makes a program of the prelude and the libraries: the slow part, done ahead in a start-up snapshot. */
  constructor(
    private readonly paths: HostPaths,
    packageDirectory: string,
    /** With Node's own declarations, or with the few globals of node-globals.ts? */
    private readonly full: boolean,
    /** Is there nobody to turn to, so that what it does not know is an error? */
    private readonly last = full,
  ) {
    this.options = { ...cellOptions, types: full ? ["node"] : [] };
    this.host = new CellHost(paths);
    if (!full) this.host.virtual.set("/node-globals.d.ts", NODE_GLOBALS);
    this.host.open("/", packageDirectory);
    this.prelude = this.addCell("/prelude.ts", preludeText(undefined));
    this.program = this.create();
    const names = this.packageExports();
    this.host.cells.delete(this.prelude.fileName);
    this.prelude = this.addCell("/prelude.ts", preludeText(names));
    this.program = this.create();
    this.link();
    // Everything a first cell needs is resolved and checked once now.
    this.compile(
      "const warm: number[] = [1]; warm.map((x) => x + 1); for (const x of warm) console.log(x); await 0",
      0,
      true,
    );
  }

  /** The folder whose files cells import. */
  open(directory: string, packageDirectory: string): void {
    this.directory = directory;
    this.host.open(directory, packageDirectory);
  }

  /** Checks and compiles a cell. When it is right, later cells see its names (unless *transient*). */
  compile(code: string, cell: number, transient = false, replay = false): CompileReply | Unsure {
    if (!this.last && importsPackages(code)) return { ok: "unsure" };
    // Not before now: a cell that failed may have given names back (forget), which earlier cells define.
    const dropped = transient ? [] : this.dropShadowed();
    const { file, checker } = this.load(code, `cell-${cell}-${++this.scratch}`);
    const own = this.ownDependencies(file);
    const findings = [file, ...own].flatMap((source) => [
      ...this.program.getSyntacticDiagnostics(source),
      ...this.program.getSemanticDiagnostics(source),
    ]);
    const reported = findings.filter(
      ({ code, category }) => category === ts.DiagnosticCategory.Error && isReported(code),
    );
    if (reported.length > 0) {
      this.unload(file);
      if (!this.last) return { ok: "unsure" };
      return { ok: false, diagnostics: toRecords(reported, file, this.paths.libraries) };
    }
    const defined = definedNames(file, checker);
    const { js, map } = this.emit(file, {
      before: [
        cellTransformer({
          checker,
          file,
          defined: transient ? [] : defined,
          isEarlier: (source) => source !== file && this.host.cells.has(source.fileName),
          earlierNames: this.visibleNames(),
        }),
      ],
    });
    const modules = replay ? [] : this.compileModules(own);
    if (transient) this.unload(file);
    else dropped.push(...this.append(file, cell));
    return {
      ok: true,
      js,
      map,
      async: hasTopLevelAwait(file),
      names: defined.map(({ name }) => name),
      modules,
      dropped,
    };
  }

  /** Earlier definitions of *names* are seen again instead of those of cell *cell*, which failed before it defined them. */
  forget(cell: number, names: readonly string[]): void {
    const last = this.chain.find((chained) => chained.cell === cell);
    for (const name of names) {
      last?.names.delete(name);
      if (last !== undefined) hidden(last.file).locals?.delete(name);
    }
  }

  /** Runs *use* with the program and the file of *code* as if it were the next cell. */
  withSource<T>(code: string, use: (program: ts.Program, file: ts.SourceFile) => T): T {
    const { file } = this.load(code, `query-${++this.scratch}`);
    try {
      return use(this.program, file);
    } finally {
      this.unload(file);
    }
  }

  /** Makes *code* a file of the program, behind all earlier cells. */
  private load(
    code: string,
    name: string,
  ): { readonly file: ts.SourceFile; readonly checker: ts.TypeChecker } {
    const path = `${this.directory === "/" ? "" : this.directory}/${name}.ts`;
    const file = this.addCell(path, prepareSource(code));
    if (hasImports(file) || ++this.checked % RENEW_AFTER === 0) {
      this.host.refresh();
      this.program = this.create();
      this.link();
    } else {
      const fields = hidden(file);
      fields.path = fields.resolvedPath = fields.originalFileName = path;
      fields.imports = [];
      fields.moduleAugmentations = [];
      fields.ambientModuleNames = [];
      internal.bindSourceFile(file, cellOptions);
      (this.program.getSourceFiles() as ts.SourceFile[]).push(file);
    }
    fieldsParent(file, this.chain.at(-1)?.file ?? this.prelude);
    return { file, checker: this.program.getTypeChecker() };
  }

  private unload(file: ts.SourceFile): void {
    this.host.cells.delete(file.fileName);
    const files = this.program.getSourceFiles() as ts.SourceFile[];
    const at = files.lastIndexOf(file);
    if (at >= 0) files.splice(at, 1);
  }

  private addCell(path: string, text: string): ts.SourceFile {
    const file = ts.createSourceFile(path, text, {
      languageVersion: cellOptions.target as ts.ScriptTarget,
      setExternalModuleIndicator: internal.getSetExternalModuleIndicator(cellOptions),
    });
    this.host.cells.set(path, file);
    return file;
  }

  private create(): ts.Program {
    const program = ts.createProgram({
      rootNames: [...this.host.virtual.keys(), ...this.host.cells.keys()],
      options: this.options,
      host: this.host,
      oldProgram: this.program,
    });
    program.getTypeChecker(); // binds every file: parents may be set from now on
    return program;
  }

  /** Restores the chain's links, which binding undoes. */
  private link(): void {
    let before = this.prelude;
    for (const { file } of this.chain) {
      fieldsParent(file, before);
      before = file;
    }
  }

  /** Puts a cell at the chain's end; gives it back when it defines nothing. */
  private append(file: ts.SourceFile, cell: number): number[] {
    const names = new Set([...(hidden(file).locals?.keys() ?? [])]);
    if (names.size === 0) {
      this.unload(file);
      return [cell];
    }
    this.chain.push({ cell, file, names });
    return [];
  }

  /** Removes cells that nothing can refer to any more: all their names are redefined, and no cell between uses them. */
  private dropShadowed(): number[] {
    const dropped: number[] = [];
    const later = new Set<string>();
    const used = new Set<string>();
    const kept: ChainedCell[] = [];
    for (const cell of [...this.chain].reverse()) {
      const needed = [...cell.names].some((name) => !later.has(name) || used.has(name));
      if (!needed) {
        this.unload(cell.file);
        dropped.push(cell.cell);
        continue;
      }
      kept.push(cell);
      for (const name of cell.names) later.add(name);
      for (const name of hidden(cell.file).identifiers.keys()) if (!cell.names.has(name)) used.add(name);
    }
    if (dropped.length === 0) return dropped;
    this.chain = kept.reverse();
    this.link();
    return dropped;
  }

  private visibleNames(): Set<string> {
    const names = new Set(hidden(this.prelude).locals?.keys() ?? []);
    for (const cell of this.chain) for (const name of cell.names) names.add(name);
    return names;
  }

  private emit(file: ts.SourceFile, transformers: ts.CustomTransformers): { js: string; map: string } {
    let js = "";
    let map = "";
    this.program.emit(
      file,
      (name, text) => (name.endsWith(".map") ? (map = text) : (js = text)),
      undefined,
      false,
      transformers,
    );
    return { js: js.replace(/\n?\/\/# sourceMappingURL=[^\n]*\s*$/, "\n"), map };
  }

  /** Files of the learner that *file* imports, directly or not, in the order they are needed last. */
  private ownDependencies(file: ts.SourceFile): ts.SourceFile[] {
    const found = new Set<ts.SourceFile>();
    const visit = (source: ts.SourceFile): void => {
      for (const literal of hidden(source).imports ?? []) {
        const symbol = this.program.getTypeChecker().getSymbolAtLocation(literal);
        const target = symbol?.declarations?.find(ts.isSourceFile);
        if (
          target === undefined ||
          found.has(target) ||
          target.isDeclarationFile ||
          !this.host.isOwnFile(target.fileName)
        )
          continue;
        found.add(target);
        visit(target);
      }
    };
    visit(file);
    return [...found];
  }

  private compileModules(files: readonly ts.SourceFile[]): CompiledModule[] {
    return files.flatMap((file) => {
      if (this.givenModules.get(file.fileName) === file) return [];
      this.givenModules.set(file.fileName, file);
      if (file.fileName.endsWith(".json")) return [];
      return [{ path: file.fileName, ...this.emit(file, { before: [guardTransformer()] }) }];
    });
  }

  /** Names that the package exports, for the prelude to import; undefined when its declarations are not there. */
  private packageExports(): readonly string[] | undefined {
    const literal = hidden(this.prelude).imports?.find(({ text }) => text === "layerbook");
    const checker = this.program.getTypeChecker();
    const symbol = literal === undefined ? undefined : checker.getSymbolAtLocation(literal);
    return symbol === undefined ? undefined : checker.getExportsOfModule(symbol).map(({ name }) => name);
  }
}

function fieldsParent(file: ts.SourceFile, parent: ts.SourceFile): void {
  hidden(file).parent = parent;
}

/** Is there an `await`, `for await` or `await using` outside every function? */
function hasTopLevelAwait(file: ts.SourceFile): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    if (found || ts.isFunctionLike(node) || ts.isTypeNode(node)) return;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined))
      found = true;
    else if (
      ts.isVariableDeclarationList(node) &&
      (node.flags & ts.NodeFlags.BlockScoped) === Number(ts.NodeFlags.AwaitUsing)
    )
      found = true;
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
