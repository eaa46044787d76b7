// For the bundle of quick commands: a module of ours runs when something of it is first used, not when it is imported.
import { createRequire } from "node:module";

/** As the compiler writes imports: `const layer_1 = require("./layer");`. */
const IMPORT = /^(?:const|var) (\w+_\d+) = ((?:__importDefault\()?require\("[^"]+"\)\)?);$/gm;
const EXPORT_STAR = /^__exportStar\(require\("([^"]+)"\), exports\);$/gm;

/** Before a name that stands for itself: not a part of a longer name, nor a member; three dots spread it. */
const ALONE = String.raw`(?<![\w$])(?<!(?<!\.\.)\.)`;
const MEMBER = new RegExp(String.raw`${ALONE}(\w+_\d+)\.`, "g");

/** The text of the compiled module *file* with its imports put off. All that it imports must be compiled already. */
export function withLazyImports(text, file) {
  const require = createRequire(file);
  const lazy = new Set();
  for (const [, name] of text.matchAll(IMPORT)) if (isOnlyRead(text, name)) lazy.add(name);
  return text
    .replace(EXPORT_STAR, (_, specifier) =>
      Object.keys(require(specifier))
        .map((name) => exportOf(name, `require(${JSON.stringify(specifier)}).${name}`))
        .join("\n"),
    )
    .replace(IMPORT, (line, name, required) =>
      lazy.has(name) ? `let ${name}$; const ${name} = () => (${name}$ ??= ${required});` : line,
    )
    .replace(/\bnew (\w+_\d+)((?:\.\w+)+)/g, (use, name, member) =>
      lazy.has(name) ? `new (${name}()${member})` : use,
    )
    .replace(MEMBER, (use, name) => (lazy.has(name) ? `${name}().` : use));
}

function exportOf(name, value) {
  return `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => ${value} });`;
}

/** Is *name* used for nothing but to read a member of it? */
function isOnlyRead(text, name) {
  const uses = text.matchAll(new RegExp(String.raw`${ALONE}${name}\b(\.| = )?`, "g"));
  return [...uses].filter((use) => use[1] !== ".").length === 1;
}
