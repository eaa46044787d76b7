// The files that the built package needs when it runs, without what only its making or its reader needs.
import fs from "node:fs";
import path from "node:path";
import { filesBelow } from "./fingerprint.mjs";
import { DIST, PACKAGE, ROOT } from "./paths.mjs";

/** Packages of which only some files are used: the rest of their weight, and their own dependencies, stay away. */
const ONLY = {
  // The kernel gives tslab its own compiler and message layer; of its TypeScript only the name is asked for.
  tslab: /^(package\.json|LICENSE|dist\/)/,
  "@tslab/typescript-for-tslab": /^(package\.json|LICENSE\.txt|lib\/typescript\.js)$/,
  // Everything else in it compiles the addon, which comes compiled.
  "cmake-ts": /^(package\.json|LICENSE|build\/loader\.js)$/,
  zeromq: /^(package\.json|LICENSE|lib\/.*\.js$|build\/)/,
  typescript:
    /^(package\.json|LICENSE|ThirdPartyNotice|lib\/(typescript\.js|lib\..*\.d\.ts|lib\.d\.ts|ko\/))/,
  "@kfonts/d2coding": /^(package\.json|LICENSE|OFL|D2Coding(Bold)?\.woff$)/,
};
/** What they still need. */
const NEEDS = { tslab: ["@tslab/typescript-for-tslab"], zeromq: ["cmake-ts"] };
/** Files that stand in for larger ones. */
const STANDS_IN = { "@tslab/typescript-for-tslab/lib/typescript.js": "module.exports = {};\n" };

/** Declarations are read by the kernel's type check. */
const WITH_TYPES = new Set(["@types/node", "undici-types", "typescript", "tslab"]);
const LEFT_OUT =
  /\.(map|md|markdown|mts|cts|tsbuildinfo|flow)$|^(test|tests|__tests__|docs?|example|examples|benchmark|\.github)\//i;

/** `{ name, bytes }` of all files, names relative to the project's folder: packages, dist, content, notebooks, licences. */
export function runtimeFiles() {
  const found = [];
  const add = (file, name = path.relative(ROOT, file).split(path.sep).join("/")) =>
    found.push({ name, bytes: fs.readFileSync(file) });
  for (const name of ["LICENSE", "NOTICE", "package.json", "kernel-helpers/package.json"])
    add(path.join(ROOT, name));
  for (const name of filesBelow(DIST, (file) => /\.(js|cjs|mjs|json|d\.ts)$/.test(file))) {
    // The quick commands keep compiled code beside themselves: an installation by pip stays as it was installed.
    if (!/^(\.|layerbook-\w+\.js)/.test(name)) add(path.join(DIST, name));
  }
  add(path.join(DIST, ".build-stamp"));
  for (const folder of ["content", "notebooks"])
    for (const name of filesBelow(path.join(ROOT, folder))) {
      if (!/(^|\/)\.(layerbook|ipynb_checkpoints)\//.test(name)) add(path.join(ROOT, folder, name));
    }
  for (const folder of packages()) {
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    for (const file of filesOf(folder)) {
      if (!wanted(name, file)) continue;
      const standIn = STANDS_IN[`${name}/${file}`];
      const target = path.relative(ROOT, path.join(folder, file)).split(path.sep).join("/");
      if (standIn === undefined) add(path.join(folder, file), target);
      else found.push({ name: target, bytes: Buffer.from(standIn) });
    }
  }
  return found;
}

/** Files of a package, without the packages inside it. */
function filesOf(folder) {
  return filesBelow(folder).filter((file) => !/(^|\/)node_modules\//.test(file));
}

function wanted(name, file) {
  const only = ONLY[name];
  if (only !== undefined) return only.test(file);
  if (file === "package.json" || /^licen[cs]e/i.test(file)) return true;
  if (file.endsWith(".d.ts")) return WITH_TYPES.has(name);
  return !LEFT_OUT.test(file) && !(/\.tsx?$/.test(file) && !file.endsWith(".d.ts"));
}

/** Folders of the packages that this one needs, directly or not. */
function packages() {
  const seen = new Set();
  const visit = (folder, names) => {
    for (const name of names) {
      const at = find(folder, name);
      if (at === undefined || seen.has(at)) continue;
      seen.add(at);
      const own = ONLY[name] === undefined ? dependenciesOf(at) : (NEEDS[name] ?? []);
      visit(at, own);
    }
  };
  visit(PACKAGE, [...dependenciesOf(PACKAGE), "@types/node"]);
  return [...seen].sort();
}

function dependenciesOf(folder) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    fs.readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  return Object.keys({ ...dependencies, ...optionalDependencies });
}

/** As Node looks for a package: in this folder's node_modules, then above. */
function find(folder, name) {
  for (let at = folder; at.startsWith(ROOT); at = path.dirname(at)) {
    const found = path.join(at, "node_modules", name);
    if (fs.existsSync(path.join(found, "package.json"))) return found;
    if (at === ROOT) return undefined;
  }
  return undefined;
}
