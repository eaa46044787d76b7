/** The page: its buttons, fields and what they do. */

import type { Locale } from "../../report/locale";
import { BuilderClient } from "./builder-client";
import { element, make, showPicture } from "./dom";
import { editedText, onEdit, showText } from "./editor";
import { EXAMPLES } from "./examples";
import { decodeLink, encodeLink, LINK_LIMITS, LONG_LINK } from "./link";
import { DOCKERFILE, PlayError, type Project, renamed, withFile, withoutFile } from "./project";
import type { Pictures } from "./protocol";
import { keepChoice, keepProject, keptChoice, keptProject } from "./store";
import { isText, problemText, text, type TextName } from "./texts";
import { withUpload, zipOf } from "./upload";

/** The worker's program. The bundler puts it in. */
declare const LAYERBOOK_WORKER: string;

let locale: Locale = keptChoice("language") === "en" ? "en" : "ko";
let project: Project = EXAMPLES[0]!.project;
let open: string | undefined = DOCKERFILE;
let pictures: Pictures | undefined;
/** What the name in the form is for. */
let naming: "new" | "rename" = "new";

const say = (name: TextName): string => text(name, locale);
const client = new BuilderClient(LAYERBOOK_WORKER, () => locale);

// --- what is shown -------------------------------------------------------------------------------------------------

function setStatus(sentence: string): void {
  element("status").textContent = sentence;
}

function notice(sentence: string | undefined): void {
  element("notice").hidden = sentence === undefined;
  element("notice").textContent = sentence ?? "";
}

function translate(): void {
  document.documentElement.lang = locale;
  document.title = say("title");
  for (const one of document.querySelectorAll<HTMLElement>("[data-t]")) {
    const name = one.dataset["t"];
    if (isText(name)) one.textContent = say(name);
  }
  element("log").setAttribute("aria-label", say("log"));
  const examples = element<HTMLSelectElement>("example");
  examples.replaceChildren(
    make("option", say("chooseExample"), { value: "" }),
    ...EXAMPLES.map((example) => make("option", example[locale], { value: example.id })),
  );
  showProject();
}

function showProject(): void {
  const { files, flags } = project;
  if (!files.some(({ path }) => path === open)) open = files[0]?.path;
  element("files").replaceChildren(
    ...files.map(({ path, executable }) => {
      const row = make("li");
      const button = make("button", executable ? `${path} *` : path, {
        type: "button",
        "aria-current": path === open ? "true" : "false",
      });
      button.addEventListener("click", () => openFile(path));
      row.append(button);
      return row;
    }),
  );
  const flagField = element<HTMLInputElement>("flags");
  if (flagField.value !== flags) flagField.value = flags;
  showFile();
}

function showFile(): void {
  const file = project.files.find(({ path }) => path === open);
  element("editor-head").textContent = file?.path ?? say("editor");
  element<HTMLInputElement>("executable").checked = file?.executable === true;
  for (const id of ["rename", "remove", "executable"])
    element<HTMLButtonElement>(id).disabled = file === undefined;
  const isBinary = file !== undefined && typeof file.data !== "string";
  const shown = file === undefined ? "" : typeof file.data === "string" ? file.data : say("binary");
  showText(
    shown,
    /(^|\/|\.)(Dockerfile|Containerfile)(\.|$)/i.test(file?.path ?? ""),
    isBinary || file === undefined,
  );
}

function openFile(path: string): void {
  open = path;
  showProject();
  element("editor").focus();
}

/** Takes a changed project: shows it, and keeps it for the next visit. */
function take(next: Project): void {
  project = next;
  showProject();
  keep();
}

let keeping: ReturnType<typeof setTimeout> | undefined;
let refused = false;

function keep(): void {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    if (keepProject(project) || refused) return;
    refused = true;
    notice(say("noStorage"));
  }, 400);
}

function showPictures(): void {
  element("nothing").hidden = pictures !== undefined;
  element("pictures").hidden = pictures === undefined;
  element("log-part").hidden = pictures === undefined;
  if (pictures === undefined) return;
  for (const [id, html] of [
    ["table", pictures.table],
    ["matrix", pictures.matrix],
  ] as const) {
    showPicture(element(id), html);
    reachable(element(id), say(id === "table" ? "layers" : "matrix"));
  }
  element("log").textContent = pictures.log;
  element("edits").replaceChildren();
  const steps = element<HTMLSelectElement>("step");
  steps.replaceChildren(
    ...pictures.steps.map(({ name, verdict }, i) =>
      make("option", `${verdict}  ${name}`, { value: String(i) }),
    ),
  );
  const cause = pictures.steps.findIndex((step) => step.cause);
  steps.value = String(cause >= 0 ? cause : pictures.steps.length - 1);
  showCard();
}

/** What scrolls sideways can be reached and named without a mouse. */
function reachable(picture: HTMLElement, name: string): void {
  for (const one of picture.querySelectorAll("div, pre")) {
    one.setAttribute("tabindex", "0");
    one.setAttribute("role", "region");
    one.setAttribute("aria-label", `${name}, ${say("scrollable")}`);
  }
}

function showCard(): void {
  const step = pictures?.steps[Number(element<HTMLSelectElement>("step").value)];
  showPicture(element("card"), step?.card ?? "");
}

// --- what is done --------------------------------------------------------------------------------------------------

async function build(): Promise<void> {
  if (client.busy) return;
  setStatus(say("building"));
  element("stop").hidden = false;
  element<HTMLButtonElement>("build").disabled = true;
  const answer = await client.build(project, (progress) => {
    element("log-part").hidden = false;
    element("log").textContent = progress;
  });
  element("stop").hidden = true;
  element<HTMLButtonElement>("build").disabled = false;
  if (answer.kind === "built") {
    ({ pictures } = answer);
    showPictures();
    setStatus(
      `${pictures.failed ? `✕ ${say("failed")}` : `● ${say("done")}`} (${milliseconds(answer.ms)}): ${pictures.summary}`,
    );
  } else if (answer.kind === "failed") setStatus(answer.message);
}

function milliseconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function stop(): void {
  client.end(say("stopped"));
}

async function share(): Promise<void> {
  const fragment = encodeLink(project);
  const shared = element("shared");
  if (fragment.length > LINK_LIMITS.characters) {
    shared.hidden = true;
    notice(say("tooLongLink"));
    return;
  }
  const link = `${location.href.split("#")[0]}#${fragment}`;
  const field = element<HTMLInputElement>("link");
  field.value = link;
  shared.hidden = false;
  const copied = await navigator.clipboard?.writeText(link).then(
    () => true,
    () => false,
  );
  const note = copied === true ? say("copied") : say("copyByHand");
  element("shared-note").textContent = fragment.length > LONG_LINK ? `${note} ${say("longLink")}` : note;
  field.focus();
  field.select();
}

/** Opens the project of the address' fragment, if it has one. */
function openLink(): boolean {
  const fragment = location.hash.slice(1);
  if (fragment === "") return false;
  const read = decodeLink(fragment);
  if ("problem" in read) {
    notice(problemText(read.problem, locale));
    return false;
  }
  project = read;
  open = DOCKERFILE;
  pictures = undefined;
  notice(undefined);
  showProject();
  showPictures();
  setStatus(say("linkOpened"));
  return true;
}

function askName(what: "new" | "rename"): void {
  naming = what;
  element("naming").hidden = false;
  element("path-error").textContent = "";
  const field = element<HTMLInputElement>("path");
  field.value = what === "rename" ? (open ?? "") : "";
  field.focus();
  field.select();
}

function named(): void {
  const path = element<HTMLInputElement>("path").value.trim();
  try {
    if (naming === "rename") project = renamed(project, open ?? "", path);
    else if (project.files.some((file) => file.path === path)) throw new PlayError("path-taken", path);
    else project = withFile(project, { path, data: "" });
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    element("path-error").textContent = problemText(error.problem, locale);
    element("path").focus();
    return;
  }
  element("naming").hidden = true;
  open = path;
  take(project);
  element("editor").focus();
}

function remove(): void {
  const before = project;
  const path = open;
  if (path === undefined) return;
  take(withoutFile(project, path));
  setStatus(`${path}: ${say("removed")} `);
  const undo = make("button", say("undo"), { type: "button" });
  undo.addEventListener("click", () => {
    open = path;
    take(before);
    setStatus("");
    element("editor").focus();
  });
  element("status").append(undo);
  element("files").querySelector("button")?.focus();
}

async function upload(input: HTMLInputElement): Promise<void> {
  const { project: next, added, refused: left } = await withUpload(project, [...(input.files ?? [])]);
  input.value = "";
  take(next);
  const out = left.slice(0, 5).map(({ path, problem }) => `${path} (${problemText(problem, locale)})`);
  if (left.length > 5) out.push("…");
  setStatus(
    `${say("added")}: ${added}${left.length === 0 ? "" : `. ${say("skippedFiles")}: ${out.join(", ")}`}`,
  );
}

function download(): void {
  const url = URL.createObjectURL(new Blob([zipOf(project)], { type: "application/zip" }));
  const link = make("a", "", { href: url, download: "layerbook-project.zip" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function showWhatIf(): Promise<void> {
  if (client.busy) return;
  const answer = await client.draw("what-if");
  if (answer.kind === "drawn" && answer.whatIf !== undefined) showPicture(element("edits"), answer.whatIf);
  else if (answer.kind === "failed") setStatus(answer.message);
}

async function switchLanguage(): Promise<void> {
  locale = locale === "ko" ? "en" : "ko";
  keepChoice("language", locale);
  translate();
  setStatus("");
  if (pictures === undefined || client.busy) return;
  const answer = await client.draw("draw");
  if (answer.kind === "drawn" && answer.pictures !== undefined) ({ pictures } = answer);
  showPictures();
}

function switchTheme(): void {
  const root = document.documentElement;
  const isDark =
    (root.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
    "dark";
  root.dataset["theme"] = isDark ? "light" : "dark";
  keepChoice("theme", root.dataset["theme"]);
}

// --- the beginning -------------------------------------------------------------------------------------------------

function listen(): void {
  const onClick = (id: string, does: () => unknown): void =>
    element(id).addEventListener("click", () => void does());
  onClick("new", () => askName("new"));
  onClick("rename", () => askName("rename"));
  onClick("remove", remove);
  onClick("stop", stop);
  onClick("share", share);
  onClick("download", download);
  onClick("language", switchLanguage);
  onClick("theme", switchTheme);
  onClick("what-if", showWhatIf);
  onClick("add-files", () => element("pick-files").click());
  onClick("add-folder", () => element("pick-folder").click());
  onClick("naming-cancel", () => {
    element("naming").hidden = true;
    element(naming).focus();
  });
  for (const id of ["pick-files", "pick-folder"]) {
    const input = element<HTMLInputElement>(id);
    input.addEventListener("change", () => void upload(input));
  }
  element("naming").addEventListener("submit", (event) => {
    event.preventDefault();
    named();
  });
  element("run").addEventListener("submit", (event) => {
    event.preventDefault();
    void build();
  });
  element("step").addEventListener("change", showCard);
  element("flags").addEventListener("input", () => {
    project = { ...project, flags: element<HTMLInputElement>("flags").value };
    keep();
  });
  element("executable").addEventListener("change", () => {
    const file = project.files.find(({ path }) => path === open);
    if (file === undefined) return;
    const { path, data } = file;
    take(withFile(project, { path, data, ...(file.executable ? {} : { executable: true }) }));
  });
  element("example").addEventListener("change", () => {
    const chosen = EXAMPLES.find(({ id }) => id === element<HTMLSelectElement>("example").value);
    if (chosen === undefined) return;
    open = DOCKERFILE;
    take(chosen.project);
  });
  onEdit(() => {
    const file = project.files.find(({ path }) => path === open);
    if (file === undefined) return;
    try {
      project = withFile(project, { ...file, data: editedText() });
      keep();
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      notice(problemText(error.problem, locale));
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void build();
    }
  });
  addEventListener("hashchange", () => void openLink());
}

const theme = keptChoice("theme");
if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
project = keptProject() ?? project;
listen();
translate();
if (!openLink() && element("notice").hidden) setStatus(say("ready"));
client.start();
