/** Looks at a cell's text before it is checked: does it import, and does it export, which a cell cannot? */

import ts from "typescript";

/**
 * The text to compile: `export` in front of a declaration is blanked, for every top-level name of a cell is seen by later cells
 * anyway. Positions stay.
 */
export function prepareSource(code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022);
  let text = code;
  const blank = (start: number, end: number): void => {
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, " ") + text.slice(end);
  };
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined) {
      blank(statement.getStart(file), statement.end);
    } else if (ts.isExportAssignment(statement)) {
      blank(statement.getStart(file), statement.expression.getStart(file));
    } else if (ts.canHaveModifiers(statement)) {
      for (const modifier of statement.modifiers ?? []) {
        const named =
          (statement as { name?: ts.Node }).name !== undefined || ts.isVariableStatement(statement);
        const exported =
          modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword;
        if (exported && named) blank(modifier.getStart(file), modifier.end);
      }
    }
  }
  return text;
}

/** Does the cell name a module that may rest on Node's declarations: anything but a file of the learner, `layerbook` and `tslab`? */
export function importsPackages(code: string): boolean {
  if (!/\b(import|require|export|reference|NodeJS|Buffer)\b/.test(code)) return false;
  if (/\b(NodeJS|Buffer)\b|<reference/.test(code)) return true;
  return ts
    .preProcessFile(code, true, true)
    .importedFiles.some(({ fileName }) => !/^(\.{1,2}\/|(layerbook|tslab)$)/.test(fileName));
}

/** Does the file refer to other modules, or add to the global scope? Then the program must be made anew. */
export function hasImports(file: ts.SourceFile): boolean {
  if (
    file.referencedFiles.length > 0 ||
    file.typeReferenceDirectives.length > 0 ||
    file.libReferenceDirectives.length > 0
  )
    return true;
  if (!/\b(import|require|module|global|export)\b/.test(file.text)) return false;
  let found = false;
  const visit = (node: ts.Node): void => {
    if (found) return;
    found =
      ts.isImportDeclaration(node) ||
      ts.isImportEqualsDeclaration(node) ||
      (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) ||
      ts.isImportTypeNode(node) ||
      (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) ||
      (ts.isModuleDeclaration(node) &&
        (ts.isStringLiteral(node.name) || (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0));
    if (!found) ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
