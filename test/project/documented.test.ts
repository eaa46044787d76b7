/** Every file says what it is, and everything exported says what it does. */
import assert from "node:assert/strict";
import ts from "typescript";
import { resolveSource, sourceFiles } from "./sources";

const isExported = (node: ts.Node) =>
  ts.canHaveModifiers(node) &&
  ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

/** Whether a comment stands right before `node`. */
function isDocumented(node: ts.Node, tree: ts.SourceFile): boolean {
  return (
    ts.getJSDocCommentsAndTags(node).length > 0 ||
    /\/\*\*[^]*\*\/\s*$/.test(tree.text.slice(node.getFullStart(), node.getStart()))
  );
}

interface Declared {
  readonly file: string;
  readonly name: string;
  readonly node: ts.Statement;
}

/** The declarations that `import … from "layerbook"` reaches, followed through re-exports. */
function publicDeclarations(): Declared[] {
  const trees = new Map(sourceFiles().map(({ name, tree }) => [name, tree]));
  const found = new Map<string, Declared>();
  const seen = new Set<string>();

  /** *wanted* undefined means everything that `file` exports. */
  const visit = (file: string, wanted: ReadonlySet<string> | undefined): void => {
    const key = `${file} ${wanted === undefined ? "*" : [...wanted].join()}`;
    const tree = trees.get(file);
    if (tree === undefined || seen.has(key)) return;
    seen.add(key);
    for (const statement of tree.statements) {
      if (ts.isExportDeclaration(statement)) followExport(file, statement, wanted);
      else if (isExported(statement))
        for (const name of namesOf(statement))
          if ((wanted === undefined || wanted.has(name)) && !found.has(`${file} ${name}`))
            found.set(`${file} ${name}`, { file, name, node: statement });
    }
    if (wanted !== undefined)
      for (const statement of tree.statements)
        if (ts.isImportDeclaration(statement)) followImport(file, statement, wanted);
  };

  const followExport = (
    file: string,
    statement: ts.ExportDeclaration,
    wanted: ReadonlySet<string> | undefined,
  ): void => {
    const clause = statement.exportClause;
    const from = statement.moduleSpecifier;
    const target = from !== undefined && ts.isStringLiteral(from) ? resolveSource(file, from.text) : file;
    if (target === undefined) return;
    if (clause === undefined) return visit(target, wanted);
    if (!ts.isNamedExports(clause)) return;
    const names = clause.elements.filter((element) => wanted === undefined || wanted.has(element.name.text));
    if (names.length > 0)
      visit(target, new Set(names.map((element) => (element.propertyName ?? element.name).text)));
  };

  const followImport = (file: string, statement: ts.ImportDeclaration, wanted: ReadonlySet<string>): void => {
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings) || !ts.isStringLiteral(statement.moduleSpecifier)) return;
    const target = resolveSource(file, statement.moduleSpecifier.text);
    const names = bindings.elements.filter((element) => wanted.has(element.name.text));
    const reExported = names.filter((element) => exportsByName(trees.get(file), element.name.text));
    if (target !== undefined && reExported.length > 0)
      visit(target, new Set(reExported.map((element) => (element.propertyName ?? element.name).text)));
  };

  visit("index.ts", undefined);
  return [...found.values()];
}

const exportsByName = (tree: ts.SourceFile | undefined, name: string) =>
  tree?.statements.some(
    (statement) =>
      ts.isExportDeclaration(statement) &&
      statement.moduleSpecifier === undefined &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause) &&
      statement.exportClause.elements.some((element) => (element.propertyName ?? element.name).text === name),
  ) === true;

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const name = (statement as ts.DeclarationStatement).name;
  return name ? [name.getText()] : ["default"];
}

describe("documentation", () => {
  it("every file begins with a sentence that says what it is", () => {
    const silent = sourceFiles().filter(({ tree }) => !/^(#!.*\n)?\s*(\/\*\*|\/\/)\s*\S/.test(tree.text));
    assert.deepEqual(
      silent.map(({ name }) => name),
      [],
    );
  });

  it("everything that the package exports has a comment of its own", () => {
    const silent: string[] = [];
    for (const { file, name, node } of publicDeclarations()) {
      const tree = node.getSourceFile();
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (!isDocumented(node, tree)) silent.push(`${file}:${line} ${name}`);
    }
    assert.deepEqual(silent, []);
  });

  /** Long for a reason: one grammar, whose rules call each other. */
  const WHOLE = new Set(["run/shell/parser.ts"]);

  it("files stay short enough to read", () => {
    const long = sourceFiles()
      .map(({ name, tree }) => ({ name, lines: tree.getLineStarts().length }))
      .filter(({ name, lines }) => lines > 600 && !WHOLE.has(name))
      .map(({ name, lines }) => `${name}: ${lines} lines`);
    assert.deepEqual(long, []);
  });
});
