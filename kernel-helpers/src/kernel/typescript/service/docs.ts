/**
 * Documentation of library declarations. Comments are not parsed with the libraries (they would be a tenth of the process's memory,
 * twice): those of a declaration are put in place when somebody asks about it.
 */

import ts from "typescript";

/** Gives the declarations of *symbol* that come from declaration files their comments. */
export function attachDocs(symbol: ts.Symbol, checker: ts.TypeChecker): void {
  const meant = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  const parsed = new Map<ts.SourceFile, ts.SourceFile>();
  for (const declaration of meant.declarations ?? []) {
    const file = declaration.getSourceFile();
    if (!file.isDeclarationFile) continue;
    let full = parsed.get(file);
    if (full === undefined) parsed.set(file, (full = withDocs(file)));
    // The comment of a variable hangs on its statement.
    for (let node: ts.Node = declaration; !ts.isSourceFile(node); node = node.parent) {
      const docs = documented(sameNode(full, node))?.jsDoc;
      if (docs !== undefined) (node as Documented).jsDoc ??= docs;
    }
  }
}

interface Documented extends ts.Node {
  jsDoc?: readonly ts.JSDoc[];
}

function documented(node: ts.Node | undefined): Documented | undefined {
  return node;
}

/** *file* parsed again, with its comments. */
function withDocs(file: ts.SourceFile): ts.SourceFile {
  const { languageVersion } = file;
  return ts.createSourceFile(
    file.fileName,
    file.text,
    { languageVersion, jsDocParsingMode: ts.JSDocParsingMode.ParseAll },
    true,
  );
}

/** The node of *root* at the place of *node*. */
function sameNode(root: ts.SourceFile, node: ts.Node): ts.Node | undefined {
  const visit = (at: ts.Node): ts.Node | undefined => {
    if (at.pos === node.pos && at.end === node.end && at.kind === node.kind) return at;
    return at.pos <= node.pos && node.end <= at.end ? ts.forEachChild(at, visit) : undefined;
  };
  return ts.forEachChild(root, visit);
}
