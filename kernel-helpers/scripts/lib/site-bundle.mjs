// Bundles of the browser edition, made by esbuild from kernel-helpers/src/site.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import * as esbuild from "esbuild";
import { filesBelow } from "./fingerprint.mjs";
import { DIST, PACKAGE, ROOT } from "./paths.mjs";

const require = createRequire(import.meta.url);

/** The sources of the browser edition. */
export const SITE_SOURCES = path.join(PACKAGE, "src/site");

const CONTENT = path.join(ROOT, "content");

const read = (...parts) => fs.readFileSync(path.join(...parts), "utf8");

/** Files of content/catalog that a page needs, as text by name. */
function catalogTexts() {
  const names = [
    "base-images",
    "base-contents",
    "npm-packages",
    "apt-packages",
    "alpine-apk",
    "pip-packages",
  ];
  return Object.fromEntries(
    names.map((name) => [name, JSON.stringify(JSON.parse(read(CONTENT, "catalog", `${name}.json`)))]),
  );
}

/** What the compiler and stack traces ask of Node, answered in a browser. The magics and the builder ask nothing of it. */
const nodeModules = {
  name: "node-modules",
  setup({ onResolve }) {
    const own = { "node:fs": "node-fs", "node:path": "node-path", "node:module": "node-module" };
    onResolve({ filter: /^node:/ }, ({ path: name }) => {
      if (name === "node:util") return { path: require.resolve("node-inspect-extracted") };
      if (name in own) return { path: path.join(SITE_SOURCES, "kernel", `${own[name]}.ts`) };
      return { errors: [{ text: `${name} cannot run in a browser` }] };
    });
  },
};

/** One source file of the browser edition with all it imports, as one script. *define*: constants by name. */
export async function bundle(file, { define = {}, plugins = [], keepNames = true } = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(SITE_SOURCES, file)],
    bundle: true,
    write: false,
    minify: true,
    // Names of errors and classes are shown.
    keepNames,
    charset: "utf8",
    format: "iife",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    legalComments: "none",
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    plugins,
  });
  return outputFiles[0].text;
}

/** The constant that holds the catalog in a bundle. */
const catalogConstant = () => ({ LAYERBOOK_CATALOG: catalogTexts() });

/** `play.html`: one file with everything in it. *fontFaces*: CSS rules for fonts that lie beside it. */
export async function makePlayPage({ fontFaces = "" } = {}) {
  const source = (name) => read(SITE_SOURCES, "play", name);
  const worker = await bundle("play/worker.ts");
  // Inside the page's own script, so that its hash vouches for the worker too.
  const packed = deflateRawSync(JSON.stringify([worker, catalogTexts()]), { level: 9 }).toString("base64");
  const script = inPage(await bundle("play/main.ts", { define: { LAYERBOOK_WORKER: packed } }));
  const { code: style } = await esbuild.transform(fontFaces + source("page.css"), {
    loader: "css",
    minify: true,
    charset: "utf8",
    target: "chrome123",
  });
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'none'",
    // The worker's program is a blob of this page; nothing else may become a script.
    `script-src 'sha256-${hash}'`,
    "worker-src blob:",
    // Tables carry their style with them, as they must in notebooks.
    "style-src 'unsafe-inline'",
    "img-src data:",
    "font-src 'self' file:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts = { CSP: policy, STYLE: style, SCRIPT: script };
  return source("page.html").replace(/\{\{(\w+)\}\}/g, (_all, name) => parts[name]);
}

/** A program as the text of a script element: the two texts that would end or hide it occur in strings only, and are escaped there. */
function inPage(program) {
  return program.replace(/<\/(?=script)/gi, "\\x3C/").replace(/<!--/g, "\\x3C!--");
}

/** Lessons and exercises by file name, the quiz, and the file sets they use, as the course reads them. */
function courseConstants() {
  const texts = (folder, wanted) =>
    Object.fromEntries(
      fs
        .readdirSync(path.join(CONTENT, folder))
        .filter((name) => wanted.test(name))
        .sort()
        .map((name) => [name, read(CONTENT, folder, name)]),
    );
  const apps = Object.fromEntries(
    fs
      .readdirSync(path.join(CONTENT, "apps"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [name, Object.fromEntries(packFiles(path.join(CONTENT, "apps", name)))]),
  );
  return {
    LAYERBOOK_LESSONS: texts("lessons", /^\d\d-[\w-]+\.md$/),
    LAYERBOOK_EXERCISES: texts("exercises", /\.yaml$/),
    LAYERBOOK_QUIZ: read(CONTENT, "quiz.json"),
    LAYERBOOK_APPS: apps,
  };
}

/** Every file below *folder* as `[path, { text } or { base64 }]`, with `mode` when it can be run. */
export function packFiles(folder) {
  return filesBelow(folder).map((name) => {
    const file = path.join(folder, name);
    const bytes = fs.readFileSync(file);
    const text = bytes.toString("utf8");
    const isText = Buffer.from(text).equals(bytes);
    const executable = fs.statSync(file).mode & 0o100 ? { mode: 0o755 } : {};
    return [name, { ...(isText ? { text } : { base64: bytes.toString("base64") }), ...executable }];
  });
}

/** Declaration files of TypeScript's libraries and of this package, by the path under which the compiler looks for them. */
function declarationTexts() {
  const root = "/.layerbook-package";
  const libraries = path.dirname(require.resolve("typescript"));
  const texts = {};
  for (const name of fs.readdirSync(libraries))
    if (/^lib\.(es\d+|esnext|decorators).*\.d\.ts$/.test(name) && !/\.full\.d\.ts$/.test(name))
      texts[`${root}/typescript/${name}`] = withoutComments(read(libraries, name));
  const korean = "ko/diagnosticMessages.generated.json";
  texts[`${root}/typescript/${korean}`] = JSON.stringify(JSON.parse(read(libraries, korean)));
  texts[`${root}/node_modules/layerbook/package.json`] = JSON.stringify({
    name: "layerbook",
    types: "index.d.ts",
  });
  for (const name of declarationsFrom("index.d.ts"))
    texts[`${root}/node_modules/layerbook/${name}`] = read(DIST, name);
  return texts;
}

/** Comments of the language's own libraries are half of their size; what hovering shows of them is English prose. */
function withoutComments(text) {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/\n\s*\n+/g, "\n");
}

/** *first* and all declaration files that it imports, relative to dist/. */
function declarationsFrom(first) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !fs.existsSync(path.join(DIST, name))) return;
    found.add(name);
    for (const [, target] of read(DIST, name).matchAll(/(?:from |import\()"(\.[^"]*)"/g)) {
      const stem = path.posix.join(path.posix.dirname(name), target);
      visit(`${stem}.d.ts`);
      visit(path.posix.join(stem, "index.d.ts"));
    }
  };
  visit(first);
  return [...found].sort();
}

/** The scripts of the JupyterLite extension by file name: what the page loads, what its kernels run, and what compiles TypeScript. */
export async function makeExtensionScripts() {
  const names = { __dirname: "/layerbook/kernel/typescript" };
  const [extension, kernel, typescript] = await Promise.all([
    bundle("lab/extension.ts", { plugins: [nodeModules], define: names }),
    bundle("kernel/worker.ts", {
      plugins: [nodeModules],
      define: { ...names, ...catalogConstant(), ...courseConstants() },
    }),
    bundle("kernel/typescript-service.ts", {
      plugins: [nodeModules],
      // The compiler's own names are nobody's business, and a tenth of its size.
      keepNames: false,
      define: { ...names, LAYERBOOK_DECLARATIONS: declarationTexts() },
    }),
  ]);
  return { "remoteEntry.js": extension, "kernel.js": kernel, "typescript.js": typescript };
}
