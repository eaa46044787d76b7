// Bundles of the browser edition, made by esbuild from kernel-helpers/src/site.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { PACKAGE, ROOT } from "./paths.mjs";

/** The sources of the browser edition. */
export const SITE_SOURCES = path.join(PACKAGE, "src/site");

/** Files of content/catalog that a page needs, as text by name. */
function catalogTexts() {
  const folder = path.join(ROOT, "content/catalog");
  const names = [
    "base-images",
    "base-contents",
    "npm-packages",
    "apt-packages",
    "alpine-apk",
    "pip-packages",
  ];
  return Object.fromEntries(
    names.map((name) => [
      name,
      JSON.stringify(JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), "utf8"))),
    ]),
  );
}

/**
 * One source file of the browser edition with all it imports, as one script. *define*: constants by name. Fails when a module of Node would
 * get into it.
 */
export async function bundle(file, { define = {}, format = "iife", plugins = [] } = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(SITE_SOURCES, file)],
    bundle: true,
    write: false,
    minify: true,
    // Names of errors and magics are shown.
    keepNames: true,
    charset: "utf8",
    format,
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
export const catalogConstant = () => ({ LAYERBOOK_CATALOG: catalogTexts() });

/** `play.html`: one file with everything in it. *fontFaces*: CSS rules for fonts that lie beside it. */
export async function makePlayPage({ fontFaces = "" } = {}) {
  const source = (name) => fs.readFileSync(path.join(SITE_SOURCES, "play", name), "utf8");
  const worker = await bundle("play/worker.ts", { define: catalogConstant() });
  // Inside the page's own script, so that its hash vouches for the worker too.
  const script = inPage(await bundle("play/main.ts", { define: { LAYERBOOK_WORKER: worker } }));
  const style = (
    await esbuild.transform(fontFaces + source("page.css"), {
      loader: "css",
      minify: true,
      charset: "utf8",
      target: "chrome123",
    })
  ).code;
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
