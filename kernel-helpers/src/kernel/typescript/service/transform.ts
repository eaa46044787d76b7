/**
 * Rewrites a cell before it is compiled to JavaScript: names of earlier cells are read from the shared scope, names it defines
 * are put there, the value of its last expression is kept, and loops and functions can be stopped.
 */

import ts from "typescript";
import { hidden } from "./internal";
import { FLAGS, RUNTIME, SCOPE } from "./transform-names";

/** A value name that a cell defines. */
export interface DefinedName {
  readonly name: string;
  /** Where it is declared, for the compiler to follow an import. */
  readonly identifier: ts.Identifier | undefined;
  /** May later cells assign to it? */
  readonly writable: boolean;
}

/** What the transformer is told of the cell. */
export interface TransformInput {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
  readonly defined: readonly DefinedName[];
  /** Is this declaration in an earlier cell, or in the prelude? */
  readonly isEarlier: (file: ts.SourceFile) => boolean;
  /** Names that earlier cells define: only these are looked up in the checker. */
  readonly earlierNames: ReadonlySet<string>;
}

/** The value names at the top level of a bound and checked file, in order of declaration. */
export function definedNames(file: ts.SourceFile, checker: ts.TypeChecker): DefinedName[] {
  const names: DefinedName[] = [];
  for (const symbol of hidden(file).locals?.values() ?? []) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? aliased(symbol, checker) : symbol;
    if (target === undefined || !(target.flags & ts.SymbolFlags.Value)) continue;
    const declaration = symbol.declarations?.find((d) => d.getSourceFile() === file);
    const name = declaration === undefined ? undefined : ts.getNameOfDeclaration(declaration);
    if (declaration !== undefined && ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient)
      continue;
    names.push({
      name: symbol.name,
      identifier: name !== undefined && ts.isIdentifier(name) ? name : undefined,
      writable: isWritable(symbol),
    });
  }
  return names;
}

/** What an import stands for; the alias itself counts as a value when nothing is known of its target. */
function aliased(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol | undefined {
  const declaration = symbol.declarations?.[0];
  if (declaration !== undefined && ts.isTypeOnlyImportOrExportDeclaration(declaration)) return undefined;
  const target = checker.getAliasedSymbol(symbol);
  if (target.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace)) return target;
  return { ...target, flags: ts.SymbolFlags.Variable };
}

function isWritable(symbol: ts.Symbol): boolean {
  if (!(symbol.flags & ts.SymbolFlags.Variable)) return false;
  const declaration = symbol.valueDeclaration;
  return (
    declaration !== undefined &&
    !(ts.getCombinedNodeFlags(declaration) & (ts.NodeFlags.Const | ts.NodeFlags.Using))
  );
}

/** The transformer for the cell's own file; other files are left alone. */
export function cellTransformer(input: TransformInput): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) =>
    file.fileName === input.file.fileName ? transformCell(file, input, context) : file;
}

/** Guards loops and functions of an imported file of the learner. */
export function guardTransformer(): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) =>
    ts.visitEachChild(
      file,
      guardVisitor(context, (node) => node),
      context,
    );
}

function transformCell(
  file: ts.SourceFile,
  input: TransformInput,
  context: ts.TransformationContext,
): ts.SourceFile {
  const { factory } = context;
  const visit = guardVisitor(context, (node, inner) => rewriteReference(node, input, factory, inner));
  const visited = ts.visitEachChild(withoutTypeImports(file, input, factory), visit, context);
  const statements: ts.Statement[] = [...visited.statements];
  const last = statements.length - 1;
  const final = statements[last];
  if (final !== undefined && ts.isExpressionStatement(final)) {
    const result = factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), "result");
    statements[last] = ts.setTextRange(
      factory.createExpressionStatement(
        ts.setTextRange(factory.createAssignment(result, final.expression), final.expression),
      ),
      final,
    );
  }
  if (input.defined.length > 0) statements.unshift(defineStatement(input.defined, factory));
  return factory.updateSourceFile(visited, statements);
}

/** `__lb.define({ get a() { return a; }, set a(v) { a = v; } })`, before anything of the cell runs. */
function defineStatement(names: readonly DefinedName[], factory: ts.NodeFactory): ts.Statement {
  const reference = ({ name, identifier }: DefinedName): ts.Identifier => {
    const node = factory.createIdentifier(name);
    // The compiler turns an imported name into a property of its module when it knows what the name stands for.
    return identifier === undefined ? node : ts.setOriginalNode(node, identifier);
  };
  const accessors = names.flatMap((defined): ts.ObjectLiteralElementLike[] => {
    const read = factory.createBlock([factory.createReturnStatement(reference(defined))]);
    const getter = factory.createGetAccessorDeclaration(undefined, defined.name, [], undefined, read);
    if (!defined.writable) return [getter];
    const value = factory.createIdentifier("__lb_value");
    const write = factory.createBlock([
      factory.createExpressionStatement(factory.createAssignment(reference(defined), value)),
    ]);
    const parameter = factory.createParameterDeclaration(undefined, undefined, value);
    return [getter, factory.createSetAccessorDeclaration(undefined, defined.name, [parameter], write)];
  });
  const define = factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), "define");
  return factory.createExpressionStatement(
    factory.createCallExpression(define, undefined, [factory.createObjectLiteralExpression(accessors)]),
  );
}

/** Drops imported names that stand for types only: at run time there is nothing to import. */
function withoutTypeImports(
  file: ts.SourceFile,
  input: TransformInput,
  factory: ts.NodeFactory,
): ts.SourceFile {
  const values = new Set(input.defined.map(({ name }) => name));
  const statements = file.statements.flatMap((statement): ts.Statement[] => {
    if (!ts.isImportDeclaration(statement) || statement.importClause === undefined) return [statement];
    const clause = statement.importClause;
    if (clause.isTypeOnly) return [];
    const name = clause.name !== undefined && values.has(clause.name.text) ? clause.name : undefined;
    let bindings = clause.namedBindings;
    if (bindings !== undefined && ts.isNamespaceImport(bindings))
      bindings = values.has(bindings.name.text) ? bindings : undefined;
    else if (bindings !== undefined) {
      const kept = bindings.elements.filter((element) => values.has(element.name.text));
      bindings = kept.length > 0 ? factory.updateNamedImports(bindings, kept) : undefined;
    }
    if (name === undefined && bindings === undefined) return [];
    if (name === clause.name && bindings === clause.namedBindings) return [statement];
    const updated = factory.updateImportClause(clause, clause.phaseModifier, name, bindings);
    return [
      factory.updateImportDeclaration(
        statement,
        statement.modifiers,
        updated,
        statement.moduleSpecifier,
        statement.attributes,
      ),
    ];
  });
  return factory.updateSourceFile(file, statements);
}

/** A reference to an earlier cell's name becomes a property of the scope, so that it is looked up when it is used. */
function rewriteReference(
  node: ts.Node,
  input: TransformInput,
  factory: ts.NodeFactory,
  visit: ts.Visitor,
): ts.Node {
  if (ts.isShorthandPropertyAssignment(node)) {
    const symbol = input.earlierNames.has(node.name.text)
      ? input.checker.getShorthandAssignmentValueSymbol(node)
      : undefined;
    if (symbol === undefined || !isEarlierSymbol(symbol, input)) return node;
    const value = scopeProperty(node.name, factory);
    const fallback = ts.visitNode(node.objectAssignmentInitializer, visit) as ts.Expression | undefined;
    const initializer = fallback === undefined ? value : factory.createAssignment(value, fallback);
    return factory.createPropertyAssignment(factory.createIdentifier(node.name.text), initializer);
  }
  if (!ts.isIdentifier(node) || !input.earlierNames.has(node.text) || !isValuePosition(node)) return node;
  const symbol = input.checker.getSymbolAtLocation(node);
  if (symbol === undefined || !isEarlierSymbol(symbol, input)) return node;
  const access = scopeProperty(node, factory);
  const parent = node.parent;
  const called =
    (ts.isCallExpression(parent) && parent.expression === node) ||
    (ts.isTaggedTemplateExpression(parent) && parent.tag === node);
  // `(0, scope.f)()`: a plain call, without the scope as `this`.
  return called
    ? factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), access))
    : access;
}

function scopeProperty(name: ts.Identifier, factory: ts.NodeFactory): ts.Expression {
  return ts.setTextRange(
    factory.createPropertyAccessExpression(
      factory.createIdentifier(SCOPE),
      factory.createIdentifier(name.text),
    ),
    name,
  );
}

function isEarlierSymbol(symbol: ts.Symbol, input: TransformInput): boolean {
  return symbol.declarations?.some((declaration) => input.isEarlier(declaration.getSourceFile())) === true;
}

/** Is the identifier an expression, not a name being declared or a property being named? */
function isValuePosition(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (parent === undefined) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent) || ts.isTypeNode(parent)) return ts.isExpressionWithTypeArguments(parent);
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent) || ts.isPropertyDeclaration(parent))
    return parent.initializer === node;
  if (ts.isParameter(parent) || ts.isVariableDeclaration(parent) || ts.isBindingElement(parent))
    return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isExportSpecifier(parent) || ts.isMetaProperty(parent) || ts.isJsxAttribute(parent)) return false;
  if (ts.isFunctionLike(parent) || ts.isClassLike(parent))
    return (parent as { name?: ts.Node }).name !== node && (parent as { body?: ts.Node }).body === node;
  if (ts.isEnumDeclaration(parent) || ts.isModuleDeclaration(parent) || ts.isTypeParameterDeclaration(parent))
    return false;
  return true;
}

/** Visits everything that becomes JavaScript: applies *rewrite*, guards loops and functions, turns `import()` and `import.meta` over to the kernel. */
function guardVisitor(
  context: ts.TransformationContext,
  rewrite: (node: ts.Node, visit: ts.Visitor) => ts.Node,
): ts.Visitor {
  const { factory } = context;
  /** `Atomics.load(__lb_flags, 0) && __lb.attend()`: some nanoseconds while nothing is wanted of the loop. */
  const check = (): ts.Expression =>
    factory.createLogicalAnd(
      factory.createCallExpression(
        factory.createPropertyAccessExpression(factory.createIdentifier("Atomics"), "load"),
        undefined,
        [factory.createIdentifier(FLAGS), factory.createNumericLiteral(0)],
      ),
      factory.createCallExpression(
        factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), "attend"),
        undefined,
        [],
      ),
    );
  const guarded = (body: ts.Statement): ts.Block => {
    const guard = factory.createExpressionStatement(check());
    return ts.isBlock(body)
      ? factory.updateBlock(body, [guard, ...body.statements])
      : factory.createBlock([guard, body], true);
  };
  const guardedBody = <T extends ts.Block | undefined>(body: T): T => {
    if (body === undefined) return body;
    // After directives such as "use strict", which must stay first.
    const at = body.statements.findIndex(
      (s) => !(ts.isExpressionStatement(s) && ts.isStringLiteral(s.expression)),
    );
    const [head, tail] =
      at < 0 ? [body.statements, []] : [body.statements.slice(0, at), body.statements.slice(at)];
    return factory.updateBlock(body, [...head, factory.createExpressionStatement(check()), ...tail]) as T;
  };
  const runtimeCall = (name: string, args: readonly ts.Expression[]): ts.Expression =>
    factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), name),
      undefined,
      args,
    );

  const visit: ts.Visitor = (node) => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
    const rewritten = rewrite(node, visit);
    if (rewritten !== node) return rewritten;
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return runtimeCall(
        "import",
        node.arguments.map((argument) => ts.visitNode(argument, visit) as ts.Expression),
      );
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      return factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), "meta");
    }
    const next = ts.visitEachChild(node, visit, context);
    if (ts.isAwaitExpression(next)) return ts.setTextRange(runtimeCall("pass", [next]), next);
    if (ts.isWhileStatement(next))
      return factory.updateWhileStatement(next, next.expression, guarded(next.statement));
    if (ts.isDoStatement(next))
      return factory.updateDoStatement(next, guarded(next.statement), next.expression);
    if (ts.isForStatement(next))
      return factory.updateForStatement(
        next,
        next.initializer,
        next.condition,
        next.incrementor,
        guarded(next.statement),
      );
    if (ts.isForInStatement(next))
      return factory.updateForInStatement(next, next.initializer, next.expression, guarded(next.statement));
    if (ts.isForOfStatement(next)) {
      return factory.updateForOfStatement(
        next,
        next.awaitModifier,
        next.initializer,
        next.expression,
        guarded(next.statement),
      );
    }
    if (ts.isFunctionDeclaration(next)) {
      return factory.updateFunctionDeclaration(
        next,
        next.modifiers,
        next.asteriskToken,
        next.name,
        next.typeParameters,
        next.parameters,
        next.type,
        guardedBody(next.body),
      );
    }
    if (ts.isFunctionExpression(next)) {
      return factory.updateFunctionExpression(
        next,
        next.modifiers,
        next.asteriskToken,
        next.name,
        next.typeParameters,
        next.parameters,
        next.type,
        guardedBody(next.body),
      );
    }
    if (ts.isMethodDeclaration(next)) {
      return factory.updateMethodDeclaration(
        next,
        next.modifiers,
        next.asteriskToken,
        next.name,
        next.questionToken,
        next.typeParameters,
        next.parameters,
        next.type,
        guardedBody(next.body),
      );
    }
    if (ts.isArrowFunction(next)) {
      const body = ts.isBlock(next.body)
        ? guardedBody(next.body)
        : factory.createParenthesizedExpression(
            factory.createComma(
              check(),
              ts.isParenthesizedExpression(next.body)
                ? next.body
                : factory.createParenthesizedExpression(next.body),
            ),
          );
      return factory.updateArrowFunction(
        next,
        next.modifiers,
        next.typeParameters,
        next.parameters,
        next.type,
        next.equalsGreaterThanToken,
        body,
      );
    }
    return next;
  };
  return visit;
}
