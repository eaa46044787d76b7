/** Arrows point one way: a folder imports only folders before it, files have no circles, and the core knows no machine. */
import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import path from "node:path";
import ts from "typescript";
import { importsOf, resolveSource, sourceFiles } from "./sources";

/** From the ground up. A folder may import those before it and itself. */
const ORDER = [
  "platform",
  "dockerfile",
  "context",
  "graph",
  "cache",
  "filesystem",
  "run",
  "image",
  "build",
  "report",
  "lab.ts",
  "lab-node.ts",
  "docker",
  "lesson",
  "kernel",
  "notebook",
  "handout",
  // Pages and their kernel: they use the kernel's magics, and nothing of the package uses them (esbuild bundles them by themselves).
  "site",
  "cli",
  "index.ts",
];

/** What must run in a browser, and answer the same bytes for the same input. */
const PURE = new Set(ORDER.slice(1, ORDER.indexOf("lab.ts") + 1));

const folderOf = (name: string) => name.split("/")[0] ?? name;
const isBuiltin = (specifier: string) =>
  specifier.startsWith("node:") || builtinModules.includes(specifier.split("/")[0] ?? "");

/** Names that a machine gives: where they are used, the same input can answer otherwise. */
const MACHINE = new Set([
  "process",
  "fetch",
  "XMLHttpRequest",
  "performance",
  "localStorage",
  "__dirname",
  "__filename",
  "require",
]);
const MACHINE_CALLS = new Set(["Date.now", "Math.random", "crypto.randomUUID", "crypto.getRandomValues"]);

/** Names that a file declares itself: its `process` is then no machine's. */
function declaredNames(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name = (node as ts.NamedDeclaration).name;
    if (name !== undefined && ts.isIdentifier(name) && !ts.isPropertyAccessExpression(node))
      names.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

function machineUses(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const declared = declaredNames(tree);
  const tell = (node: ts.Node, what: string) =>
    found.push(`${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${what}`);
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && MACHINE_CALLS.has(node.getText())) tell(node, node.getText());
    if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length)
      tell(node, "new Date()");
    if (ts.isIdentifier(node) && MACHINE.has(node.text) && !declared.has(node.text) && isFreeName(node))
      tell(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Whether an identifier is a name used as a value, not a member, a key, a type's part or something declared under it. */
function isFreeName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isCallExpression(parent)) return parent.expression === node;
  return ts.isTypeOfExpression(parent) || (ts.isVariableDeclaration(parent) && parent.initializer === node);
}

describe("imports", () => {
  it("every folder is in the order", () => {
    const unknown = sourceFiles().filter(({ name }) => !ORDER.includes(folderOf(name)));
    assert.deepEqual(
      unknown.map(({ name }) => name),
      [],
    );
  });

  it("every relative import means a file that is there", () => {
    const lost = sourceFiles().flatMap(({ name, tree }) =>
      importsOf(tree)
        .filter(({ specifier }) => specifier.startsWith(".") && !specifier.endsWith(".json"))
        .filter(({ specifier }) => resolveSource(name, specifier) === undefined)
        .map(({ specifier, line }) => `${name}:${line} ${specifier}`),
    );
    assert.deepEqual(lost, []);
  });

  it("folders import only folders before them", () => {
    const wrong: string[] = [];
    for (const { name, tree } of sourceFiles())
      for (const { specifier, line } of importsOf(tree)) {
        const target = resolveSource(name, specifier);
        if (target === undefined) continue;
        const [from, to] = [folderOf(name), folderOf(target)];
        if (from !== to && ORDER.indexOf(to) > ORDER.indexOf(from))
          wrong.push(`${name}:${line} imports ${target}`);
      }
    assert.deepEqual(wrong, []);
  });

  it("no file imports itself in a circle through another folder", () => {
    const edges = new Map<string, string[]>();
    for (const { name, tree } of sourceFiles())
      edges.set(
        name,
        importsOf(tree)
          .filter(({ typeOnly }) => !typeOnly)
          .map(({ specifier }) => resolveSource(name, specifier))
          .filter((target): target is string => target !== undefined),
      );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (name: string, above: readonly string[]): void => {
      const circle = above.includes(name) ? [...above.slice(above.indexOf(name)), name] : [];
      // Functions of one folder that call each other (a shell's commands and words) may stand in several files.
      if (new Set(circle.map((file) => path.posix.dirname(file))).size > 1) circles.push(circle.join(" → "));
      if (above.includes(name) || done.has(name)) return;
      for (const next of edges.get(name) ?? []) visit(next, [...above, name]);
      done.add(name);
    };
    for (const name of edges.keys()) visit(name, []);
    assert.deepEqual(circles, []);
  });

  it("the core knows no machine: no node modules, no clock, no chance, no network, no process", () => {
    const wrong: string[] = [];
    for (const { name, tree } of sourceFiles()) {
      if (!PURE.has(folderOf(name))) continue;
      for (const { specifier, line } of importsOf(tree)) {
        const target = resolveSource(name, specifier);
        if (isBuiltin(specifier) || target?.startsWith("platform/node/") === true || target === "lab-node.ts")
          wrong.push(`${name}:${line} imports ${specifier}`);
      }
      wrong.push(...machineUses(tree).map((use) => `${name}:${use}`));
    }
    assert.deepEqual(wrong, []);
  });
});
