/** The project's own files, as the project tests read them. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

export const ROOT = path.resolve(__dirname, "../..");
export const SRC = path.join(ROOT, "kernel-helpers/src");

/** Folders that are made or installed, never part of the project. */
const MADE = new Set([
  "node_modules",
  "dist",
  "learn",
  ".layerbook-env",
  ".cache",
  "coverage",
  "test-results",
  ".git",
  "site",
]);

function walk(folder: string, found: string[]): string[] {
  for (const entry of fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (MADE.has(entry.name) || entry.name === "__pycache__") continue;
    if (entry.isDirectory()) walk(name, found);
    else found.push(name);
  }
  return found;
}

/** Every file of the project, relative to its top with `/`, sorted: what git tracks or would track; without git, what is there. */
export function projectFiles(): string[] {
  try {
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const files = [...new Set(listed.split("\0").filter(Boolean))].sort();
    if (files.length > 0) return files.filter((name) => fs.existsSync(path.join(ROOT, name)));
  } catch {
    // a download without its git history
  }
  return walk("", []).sort();
}

/** A source file, parsed. */
export interface Source {
  /** Relative to `src`, with `/`: `graph/convert.ts`. */
  readonly name: string;
  readonly tree: ts.SourceFile;
}

let sources: Source[] | undefined;

/** Every TypeScript file below `kernel-helpers/src`, parsed once. */
export function sourceFiles(): readonly Source[] {
  return (sources ??= projectFiles()
    .filter((name) => name.startsWith("kernel-helpers/src/") && name.endsWith(".ts"))
    .map((name) => ({
      name: name.slice("kernel-helpers/src/".length),
      tree: ts.createSourceFile(
        name,
        fs.readFileSync(path.join(ROOT, name), "utf8"),
        ts.ScriptTarget.ES2023,
        true,
      ),
    })));
}

/** One import of a source file. */
export interface Import {
  readonly specifier: string;
  /** 1-based line. */
  readonly line: number;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
}

/** Everything that `tree` imports: statements, re-exports, `import()`, `require()` and types written `import("…")`. */
export function importsOf(tree: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier))
      found.push({
        specifier: specifier.text,
        line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        typeOnly,
      });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const isLoader = (callee: ts.Expression) =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0
    ? named.elements.every((element) => element.isTypeOnly)
    : false;
}

/** The source file that `specifier` of `from` means (relative to `src`), or undefined for a package. */
export function resolveSource(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = path.posix
    .normalize(path.posix.join(path.posix.dirname(from), specifier))
    .replace(/\.js$/, "");
  const names = new Set(sourceFiles().map(({ name }) => name));
  return [`${target}.ts`, `${target}/index.ts`, target === "." ? "index.ts" : target].find((name) =>
    names.has(name),
  );
}
