// Puts the browser edition together: JupyterLite's application, our extensions, lessons, Korean and fonts, into one folder of static files.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { installExtension, SETTINGS } from "./lab-config.mjs";
import { DIST, ENV_DIR, PACKAGE, ROOT, SCRIPTS } from "./paths.mjs";
import { ensureVenv } from "./python.mjs";
import { asProblem } from "./problems.mjs";
import { run } from "./run.mjs";
import { cutCodeFont } from "./site-fonts.mjs";
import { makeExtensionScripts, makePlayPage, packFiles, SITE_SOURCES } from "./site-bundle.mjs";

const require = createRequire(import.meta.url);

/** Where the site is made. */
export const SITE = path.join(ROOT, "dist/site");

const json = (value) => `${JSON.stringify(value, null, 1)}\n`;

/** Parts of JupyterLite that are replaced by ours, or that would wait for servers and workers that a folder of files does not have. */
const DISABLED = [
  "@jupyterlite/services-extension:default-drive",
  "@jupyterlite/services-extension:service-worker-manager",
  "@jupyterlite/application-extension:service-worker-manager",
  "@jupyterlab/apputils-extension:announcements",
  "@jupyterlab/extensionmanager-extension",
  "@jupyterlab/lsp-extension",
  "@jupyterlite/application-extension:lsp-connection-manager",
  "@jupyterlab/fileeditor-extension:language-server",
  "@jupyterlab/notebook-extension:language-server",
];

/** Texts of the language pack that this application can show: of JupyterLab itself, not of extensions that are not here. */
const TEXTS = ["jupyterlab", "notebook"];

/** The notebook's toolbar: what runs a cell comes first, where it is the last to be folded away in a narrow window. */
const TOOLBAR = [
  ["run", "notebook:run-cell-and-select-next"],
  ["interrupt", "notebook:interrupt-kernel"],
  ["restart", "notebook:restart-kernel"],
  ["restart-and-run", "notebook:restart-run-all"],
].map(([name, command], i) => ({ name, command, rank: i + 1 }));

/** Makes *target* (default: dist/site) and answers `{ target, bytes, files }`. */
export async function makeSite(target = SITE) {
  const python = await ensureVenv({
    folder: path.join(ENV_DIR, "site-venv"),
    requirements: path.join(SCRIPTS, "site-requirements.txt"),
    ko: "브라우저판의 JupyterLite를 받습니다",
    en: "fetching JupyterLite for the browser edition",
  });
  const part = `${target}.part`;
  fs.rmSync(part, { recursive: true, force: true });
  fs.mkdirSync(part, { recursive: true });
  await unpackApplication(python, part);
  await writeTranslations(python, part);
  const extensions = [await writeSiteExtension(part), writeLabExtension(part)];
  const play = await makePlayPage({ fontFaces: fontRules(part) });
  fs.writeFileSync(path.join(part, "play.html"), play);
  const { first } = writeLessons(part);
  const landing = fs.readFileSync(path.join(SITE_SOURCES, "index.html"), "utf8");
  fs.writeFileSync(path.join(part, "index.html"), landing.replaceAll("{{FIRST}}", encodeURI(first)));
  const [link, icon] = /<link rel="icon" href="([^"]*)">/.exec(landing);
  configure(part, extensions, icon);
  tidyPage(path.join(part, "lab/index.html"), link);
  fs.rmSync(path.join(part, "lab/favicon.ico"));
  fs.rmSync(target, { recursive: true, force: true });
  fs.renameSync(part, target);
  return { target, ...sizeOf(target) };
}

/** The built application from JupyterLite's package, without source maps and without the applications that are not shown. */
async function unpackApplication(python, target) {
  const script = [
    "import sys, tarfile, pathlib, jupyterlite_core",
    "package = pathlib.Path(jupyterlite_core.__file__).parent",
    "archive = next(package.glob('jupyterlite-app-*.tgz'))",
    "with tarfile.open(archive) as tar:",
    "    for member in tar.getmembers():",
    "        name = member.name.split('/', 1)[-1]",
    "        top = name.split('/')[0]",
    "        if member.isfile() and not name.endswith('.map') and top in ('build', 'lab', 'bootstrap.js', 'config-utils.js', 'jupyter-lite.json', 'jupyter-lite.ipynb'):",
    "            if name.split('/')[:2] in (['build', app] for app in ('consoles', 'edit', 'notebooks', 'repl', 'tree')): continue",
    "            file = pathlib.Path(sys.argv[1], name)",
    "            file.parent.mkdir(parents=True, exist_ok=True)",
    "            file.write_bytes(tar.extractfile(member).read())",
  ].join("\n");
  const { code, output } = await run(python, ["-c", script, target]);
  if (code !== 0) throw asProblem(new Error(output.trim().split("\n").at(-1)));
}

/** Korean, as JupyterLab's translation service asks for it. */
async function writeTranslations(python, target) {
  const script =
    "import pathlib, jupyterlab_language_pack_ko_KR as pack; print(pathlib.Path(pack.__file__).parent / 'locale/ko_KR/LC_MESSAGES')";
  const { code, output } = await run(python, ["-c", script]);
  if (code !== 0) throw asProblem(new Error(output.trim().split("\n").at(-1)));
  const folder = output.trim();
  const data = {};
  for (const name of TEXTS) {
    const file = path.join(folder, `${name}.json`);
    if (fs.existsSync(file)) data[name] = JSON.parse(fs.readFileSync(file, "utf8"));
  }
  const api = path.join(target, "api/translations");
  fs.mkdirSync(api, { recursive: true });
  fs.writeFileSync(path.join(api, "ko_KR.json"), JSON.stringify({ data, message: "" }));
  fs.writeFileSync(path.join(api, "en.json"), json({ data: {}, message: "" }));
  const languages = {
    en: { displayName: "English", nativeName: "English" },
    ko_KR: { displayName: "Korean (South Korea)", nativeName: "한국어 (대한민국)" },
  };
  fs.writeFileSync(path.join(api, "all.json"), json({ data: languages, message: "" }));
}

function extensionFolder(target, name) {
  const folder = path.join(target, "extensions", name);
  fs.mkdirSync(path.join(folder, "static"), { recursive: true });
  return folder;
}

const entry = (name) => ({
  name,
  extension: "./extension",
  load: "static/remoteEntry.js",
  liteExtension: true,
});

/** Files, kernel and lessons: src/site/lab and src/site/kernel. */
async function writeSiteExtension(target) {
  const folder = extensionFolder(target, "layerbook-site");
  // Large and compressible: packed here, they are small behind a web server that compresses nothing too.
  for (const [name, text] of Object.entries(await makeExtensionScripts())) {
    const packed = name !== "remoteEntry.js";
    const bytes = packed ? gzipSync(text, { level: 9 }) : text;
    fs.writeFileSync(path.join(folder, "static", packed ? `${name}.bin` : name), bytes);
  }
  return entry("layerbook-site");
}

/** The same extension that JupyterLab gets on a desktop: colours, marks, panel, fonts. */
function writeLabExtension(target) {
  const data = path.join(target, "data");
  installExtension(data);
  const folder = path.join(target, "extensions/layerbook");
  fs.renameSync(path.join(data, "labextensions/layerbook"), folder);
  fs.rmSync(data, { recursive: true });
  // Bold would be as large again for a few words: a browser makes them of the regular font.
  for (const name of ["D2Coding.woff2", "D2CodingBold.woff2"])
    fs.rmSync(path.join(folder, "static/fonts", name), { force: true });
  cutCodeFont(path.join(folder, "static/fonts"));
  edit(path.join(folder, "static/lib/fonts.js"), [
    ['    ["D2Coding.woff2", 400],\n    ["D2CodingBold.woff2", 700],\n', ""],
    ['["fonts/noto-sans-kr.css", ', '["fonts/noto-sans-kr.css", "fonts/d2coding.css", '],
  ]);
  return entry("layerbook");
}

/** CSS rules by which a page at the top uses that extension's fonts. A piece is fetched when a letter of it is shown. */
export function fontRules(target) {
  const fonts = "extensions/layerbook/static/fonts";
  return ["noto-sans-kr.css", "d2coding.css"]
    .map((name) => fs.readFileSync(path.join(target, fonts, name), "utf8"))
    .join("")
    .replace(/url\((?:\.\/)?([^)]+)\)/g, `url(${fonts}/$1)`);
}

/** A notebook with what its kernel says of its language: otherwise opening it is an edit, and leaving it asks whether to throw that away. */
function asOpened(text) {
  const { kernelInfo } = require(path.join(DIST, "kernel/kernel-info.js"));
  const notebook = JSON.parse(text);
  notebook.metadata.language_info = kernelInfo(PACKAGE).language_info;
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/** `lessons.json`: every file of notebooks/, to be put into the browser's storage. */
function writeLessons(target) {
  const files = Object.fromEntries(
    packFiles(path.join(ROOT, "notebooks")).map(([name, file]) => [
      name,
      name.endsWith(".ipynb") ? { ...file, text: asOpened(file.text) } : file,
    ]),
  );
  const text = JSON.stringify(files);
  const version = createHash("sha256").update(text).digest("hex").slice(0, 16);
  fs.writeFileSync(path.join(target, "lessons.json"), `{"version":"${version}","files":${text}}`);
  const first = Object.keys(files)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()[0];
  return { first };
}

/** Replaces texts that must each be there: a new version of the application is to be looked at, not passed over. */
function edit(file, replacements) {
  let text = fs.readFileSync(file, "utf8");
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)} any more`);
    text = text.replaceAll(from, () => to);
  }
  fs.writeFileSync(file, text);
}

/** Shown where the folder was opened without a web server. */
const FROM_DISK =
  "<h1>수업은 웹 서버로 열어야 합니다</h1><p>폴더의 파일을 바로 열면 브라우저가 노트북을 읽지 못합니다. 이 폴더에서 <code>python3 -m http.server 8877 --bind 127.0.0.1</code>을 " +
  "실행하거나 레이어북에서 <code>layerbook site --serve</code>를 실행하고 http://127.0.0.1:8877/ 을 여세요. <a href='../play.html'>실험실</a>은 서버 없이도 열립니다.</p>" +
  "<p lang='en'>The lessons need a web server; the <a href='../play.html'>playground</a> does not.</p>";

/** The application's page under the course's name, in Korean. Without the *icon* in it the server's root would be asked for one. */
function tidyPage(file, icon) {
  const script = `<script>if (location.protocol === "file:") addEventListener("DOMContentLoaded", () => { document.body.innerHTML = ${JSON.stringify(FROM_DISK)}; });</script>`;
  edit(file, [
    ["<html>", '<html lang="ko">'],
    ["<title>JupyterLite</title>", `<title>레이어북</title>\n    ${icon}\n    ${script}`],
    ["WASM powered Jupyter running in the browser.", "도커 없이 브라우저에서 배우는 도커 이미지의 레이어"],
  ]);
  const text = fs.readFileSync(file, "utf8");
  const tidied = text
    // An application of its own on a phone's home screen: the file is not here.
    .replace(/ *<link rel="manifest"[^>]*>\n/, "")
    .replace("Loading JupyterLite...", "레이어북을 여는 중…")
    .replace(
      "JupyterLite requires JavaScript to be enabled in your browser.",
      "이 페이지는 자바스크립트가 있어야 돕니다. 브라우저 설정에서 켜 주세요.",
    );
  fs.writeFileSync(file, tidied);
}

function configure(target, extensions, icon) {
  const file = path.join(target, "jupyter-lite.json");
  const config = JSON.parse(fs.readFileSync(file, "utf8"));
  Object.assign(config["jupyter-config-data"], {
    appName: "레이어북",
    // One that is in the page: the application's own has 319 kB.
    faviconUrl: icon,
    defaultKernelName: "layerbook",
    federated_extensions: extensions,
    disabledExtensions: DISABLED,
    settingsOverrides: {
      ...SETTINGS,
      "@jupyterlab/notebook-extension:tracker": { codeCellConfig: { lineNumbers: false } },
      "@jupyterlab/notebook-extension:panel": { toolbar: TOOLBAR },
      // Light or dark as the reader's system is, as on the pages beside it.
      "@jupyterlab/apputils-extension:themes": { "adaptive-theme": true },
    },
    terminalsAvailable: false,
  });
  delete config["jupyter-config-data"].licensesUrl;
  fs.writeFileSync(file, json(config));
  // Settings of extensions; ours have none, and a missing file would be asked for five times.
  fs.writeFileSync(path.join(target, "build/schemas/all_federated.json"), "[]\n");
}

function sizeOf(folder) {
  let bytes = 0;
  let files = 0;
  for (const found of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!found.isFile()) continue;
    files++;
    bytes += fs.statSync(path.join(found.parentPath ?? found.path, found.name)).size;
  }
  return { bytes, files };
}
