/** The page: its buttons, fields and what they do. */

import type { Locale } from "../../report/locale";
import { BuilderClient } from "./builder-client";
import { element, make } from "./dom";
import { editedText, onEdit, showText } from "./editor";
import { EXAMPLES, exampleOf } from "./examples";
import { addOffered, listenToDrops, listenToPickers } from "./files-in";
import { reveal, showFiles } from "./files-view";
import { showHints } from "./hints-view";
import { decodeLink, linkHash } from "./link";
import { DOCKERFILE, PlayError, renamed, withFile, withoutFile } from "./project";
import type { Hint, Pictures } from "./protocol";
import { showCard, showLog, showNamed, showPictures, showTries } from "./result-view";
import { Session } from "./session";
import { copyLink, download, shareLink } from "./share";
import { keepChoice, keptChoice, type Work } from "./store";
import { isText, problemText, text, type TextName } from "./texts";
import { workerProgram } from "./worker-program";
import { describeWork, showWorks } from "./works-view";

let locale: Locale = keptChoice("language") === "en" ? "en" : "ko";
let pictures: Pictures | undefined;
let hints: readonly Hint[] = [];
/** The chosen row of the list: the open file, or a folder with `/` at its end. */
let chosen: string | undefined;
/** What the name in the form is for. */
let naming: "new" | "rename" = "new";

const say = (name: TextName): string => text(name, locale);
const client = new BuilderClient(workerProgram(), () => locale);
const session = new Session({
  shown: () => {
    showProject();
    checkSoon();
  },
  kept: (how) => {
    if (how === "kept") return;
    notice([say(how === "full" ? "fullStorage" : "noStorage")]);
  },
  built: () => client.built,
});

// --- what is shown -------------------------------------------------------------------------------------------------

/** *again*: a button that undoes what the sentence says. */
function setStatus(sentence: string, again?: { readonly name: string; readonly does: () => void }): void {
  const status = element("status");
  status.textContent = sentence;
  if (again === undefined) return;
  const button = make("button", again.name, { type: "button" });
  button.addEventListener("click", again.does);
  status.append(" ", button);
}

/** Sentences that stay until they are closed; none hides them. The second one is in the other language. */
function notice(sentences: readonly string[]): void {
  element("notice").hidden = sentences.length === 0;
  element("notice-text").replaceChildren(
    ...sentences.map((sentence, i) =>
      make("span", sentence, { lang: i === 0 ? locale : locale === "ko" ? "en" : "ko" }),
    ),
  );
}

function translate(): void {
  document.documentElement.lang = locale;
  document.title = say("title");
  for (const one of document.querySelectorAll<HTMLElement>("[data-t]")) {
    const name = one.dataset["t"];
    if (isText(name)) one.textContent = say(name);
  }
  element("log").setAttribute("aria-label", say("log"));
  element<HTMLSelectElement>("example").replaceChildren(
    make("option", say("chooseExample"), { value: "" }),
    ...EXAMPLES.map((example) => make("option", example[locale], { value: example.id })),
  );
  showProject();
  listWorks();
}

function showProject(): void {
  const { files, flags } = session.project;
  if (!files.some(({ path }) => path === session.open)) session.open = files[0]?.path;
  const isFolder = chosen?.endsWith("/") && files.some(({ path }) => path.startsWith(chosen ?? ""));
  if (!isFolder) chosen = session.open;
  listFiles();
  const flagField = element<HTMLInputElement>("flags");
  if (flagField.value !== flags) flagField.value = flags;
  element<HTMLButtonElement>("undo").disabled = !session.undo.canUndo;
  element<HTMLButtonElement>("redo").disabled = !session.undo.canRedo;
  for (const id of ["rename", "remove"]) element<HTMLButtonElement>(id).disabled = chosen === undefined;
  const example = exampleOf(session.origin.replace(/^example:/, ""));
  showTries((example ?? exampleOf("note")!).tries.map((one) => one[locale]));
  showFile();
}

function listFiles(): void {
  const { files } = session.project;
  showFiles({ files, chosen, choose: (path) => (path.endsWith("/") ? choose(path) : openFile(path)) });
}

function choose(path: string): void {
  chosen = path;
  showProject();
}

function showFile(): void {
  const { project, open } = session;
  const file = project.files.find(({ path }) => path === open);
  element("editor-head").textContent = file?.path ?? say("editor");
  const executable = element<HTMLInputElement>("executable");
  executable.checked = file?.executable === true;
  executable.disabled = file === undefined;
  const isText = typeof file?.data === "string";
  const shown = file === undefined ? "" : typeof file.data === "string" ? file.data : say("binary");
  showText(shown, /(^|\/|\.)(Dockerfile|Containerfile)(\.|$)/i.test(file?.path ?? ""), !isText);
  remark();
}

/** Shows the checks' remarks and, as long as the files are those that were built, where the build failed. */
function remark(): void {
  const failure = client.built.at(-1) === session.project ? pictures?.error : undefined;
  showHints(hints, failure, session.open, locale, openFile);
}

function openFile(path: string): void {
  if (session.project.files.some((file) => file.path === path)) {
    session.open = path;
    chosen = path;
    reveal(path);
    showProject();
  }
  element("editor").focus();
}

function show(next: Pictures | undefined): void {
  pictures = next;
  showPictures(pictures, locale, openFile);
}

// --- building and what comes before it -----------------------------------------------------------------------------

async function build(): Promise<void> {
  if (client.busy) return;
  setStatus(say("building"));
  element("stop").hidden = false;
  element<HTMLButtonElement>("build").disabled = true;
  const answer = await client.build(session.project, (progress) => {
    element("log-part").hidden = false;
    element("log").textContent = progress;
  });
  element("stop").hidden = true;
  element<HTMLButtonElement>("build").disabled = false;
  if (answer.kind === "built") {
    show(answer.pictures);
    session.noteBuild();
    remark();
    const { failed, summary, warnings } = answer.pictures;
    const remarks = warnings === 0 ? "" : ` ⚠ ${say("warnings")} ${warnings}`;
    setStatus(
      `${failed ? `✕ ${say("failed")}` : `● ${say("done")}`} (${milliseconds(answer.ms)}): ${summary}${remarks}`,
    );
  } else if (answer.kind === "failed") setStatus(answer.message);
  seeStatus();
}

/** On a phone the result lies below what is seen. */
function seeStatus(): void {
  const { top, bottom } = element("status").getBoundingClientRect();
  if (bottom > innerHeight || top < 0) element("result-head").scrollIntoView();
}

function milliseconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

let checking: ReturnType<typeof setTimeout> | undefined;

/** Asks the checks once nothing was typed for a moment. */
function checkSoon(): void {
  clearTimeout(checking);
  checking = setTimeout(() => void check(), 400);
}

async function check(): Promise<void> {
  listFiles();
  const { project } = session;
  const answer = await client.check(project);
  if (project !== session.project) return;
  hints =
    answer.kind === "checked"
      ? answer.hints
      : answer.kind === "failed" && !client.busy
        ? [{ kind: "error", file: "", text: answer.message }]
        : hints;
  remark();
}

async function showWhatIf(): Promise<void> {
  if (client.busy) return;
  const answer = await client.whatIf(session.project);
  if (answer.kind === "drawn" && answer.whatIf !== undefined)
    showNamed("edits", answer.whatIf, `${say("whatIf")}, ${say("scrollable")}`);
  else if (answer.kind === "failed") setStatus(answer.message);
}

async function prune(): Promise<void> {
  await client.begin([], say("pruned"));
  show(undefined);
  session.noteBuild();
  setStatus(say("pruned"));
}

function goBack(): void {
  const i = Number(element<HTMLSelectElement>("past").value);
  const project = client.built[i];
  if (project === undefined || pictures === undefined) return;
  session.change(project, session.open);
  setStatus(`${say("backDone")} ${pictures.builds.first + i}`, {
    name: say("undo"),
    does: () => move("undo"),
  });
}

// --- works ---------------------------------------------------------------------------------------------------------

function listWorks(): void {
  showWorks(session.others(), locale, {
    open: (work) => {
      resume(work);
      setStatus(`${describeWork(work, locale)}: ${say("workOpened")}`);
    },
    remove: (work) => {
      session.remove(work);
      listWorks();
      setStatus(`${say("workRemoved")}: ${describeWork(work, locale)}`);
      element("works").focus();
    },
  });
}

/** Begins with other files, on a builder that has built *built* and nothing else. */
async function renew(built: Work["built"]): Promise<void> {
  hints = [];
  show(undefined);
  listWorks();
  const done = client.begin(built, say("ended"));
  checkSoon();
  const before = await done;
  if (before !== undefined && pictures === undefined && !client.busy) show(before);
}

function resume(work: Work): void {
  session.resume(work, DOCKERFILE);
  void renew(work.built);
}

/** Begins with the files of an example or a link; what was there stays, and the status says where. */
function begin(project: Session["project"], origin: string, sentence: string): void {
  session.begin(project, origin, DOCKERFILE);
  void renew([]);
  const left = session.left;
  if (left === undefined) setStatus(sentence);
  else
    setStatus(`${sentence} ${say("workLeft")}`, {
      name: say("backToIt"),
      does: () => {
        resume(left);
        setStatus(say("workOpened"));
      },
    });
}

/** Opens the project of the address' fragment, if it has one. *first*: the page has just been opened. */
function openLink(first: boolean): boolean {
  const fragment = location.hash.slice(1);
  if (fragment === "" || fragment === "editor") return false;
  const origin = `link:${linkHash(fragment)}`;
  const before = first ? session.last(true) : undefined;
  // A reload shows what became of the link's files, not the link again.
  if (before?.origin === origin) {
    resume(before);
    setStatus(say(before.pristine ? "linkOpened" : "workOpenedAgain"));
    return true;
  }
  const read = decodeLink(fragment);
  if ("problem" in read) {
    const { problem } = read;
    notice([problemText(problem, locale), problemText(problem, locale === "ko" ? "en" : "ko")]);
    return false;
  }
  notice([]);
  begin(read, origin, say("linkOpened"));
  return true;
}

// --- files ---------------------------------------------------------------------------------------------------------

function askName(what: "new" | "rename"): void {
  naming = what;
  element("naming").hidden = false;
  element("path-error").textContent = "";
  const field = element<HTMLInputElement>("path");
  const folder = chosen?.slice(0, chosen.lastIndexOf("/") + 1) ?? "";
  field.value = what === "rename" ? (chosen ?? "").replace(/\/$/, "") : folder;
  field.focus();
  if (what === "rename") field.select();
}

function closeNaming(): void {
  element("naming").hidden = true;
  element(naming).focus();
}

function named(): void {
  const path = element<HTMLInputElement>("path").value.trim().normalize("NFC");
  const { project } = session;
  let open: string | undefined = path;
  try {
    if (naming === "new") {
      if (project.files.some((file) => file.path === path)) throw new PlayError("path-taken", path);
      session.change(withFile(project, { path, data: "" }), path);
    } else {
      const from = chosen ?? "";
      const isFolder = from.endsWith("/");
      if (isFolder)
        open = session.open?.startsWith(from) ? path + session.open.slice(from.length - 1) : session.open;
      const next = renamed(project, from, path);
      chosen = isFolder ? `${path.replace(/\/$/, "")}/` : path;
      session.change(next, open);
    }
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    element("path-error").textContent = problemText(error.problem, locale);
    element("path").focus();
    return;
  }
  element("naming").hidden = true;
  if (naming === "rename") element("rename").focus();
  else openFile(path);
}

function remove(): void {
  const path = chosen;
  if (path === undefined) return;
  session.change(withoutFile(session.project, path), session.open);
  setStatus(`${path}: ${say("removed")}`, {
    name: say("undo"),
    does: () => {
      move("undo");
      element("editor").focus();
    },
  });
  element("files").querySelector("button")?.focus();
}

function move(how: "undo" | "redo"): void {
  if (session.move(how)) setStatus("");
}

// --- the beginning -------------------------------------------------------------------------------------------------

async function switchLanguage(): Promise<void> {
  locale = locale === "ko" ? "en" : "ko";
  keepChoice("language", locale);
  translate();
  notice([]);
  setStatus("");
  checkSoon();
  if (pictures === undefined || client.busy) return;
  const answer = await client.draw();
  show((answer.kind === "drawn" ? answer.pictures : undefined) ?? pictures);
}

function switchTheme(): void {
  const root = document.documentElement;
  const isDark =
    (root.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
    "dark";
  root.dataset["theme"] = isDark ? "light" : "dark";
  keepChoice("theme", root.dataset["theme"]);
}

function typed(change: () => Session["project"], path: string): void {
  try {
    session.change(change(), session.open, path);
    element<HTMLButtonElement>("undo").disabled = false;
    checkSoon();
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    notice([problemText(error.problem, locale)]);
  }
}

function listen(): void {
  const onClick = (id: string, does: () => unknown): void =>
    element(id).addEventListener("click", () => void does());
  onClick("new", () => askName("new"));
  onClick("rename", () => askName("rename"));
  onClick("remove", remove);
  onClick("undo", () => move("undo"));
  onClick("redo", () => move("redo"));
  onClick("stop", () => client.end(say("stopped")));
  onClick("share", () => {
    const problem = shareLink(session.project, locale);
    if (problem !== undefined) notice([say(problem)]);
  });
  onClick("copy", () => copyLink(locale));
  onClick("shared-close", () => {
    element("shared").hidden = true;
    element("share").focus();
  });
  onClick("notice-close", () => {
    notice([]);
    element("editor").focus();
  });
  onClick("works", () => {
    const isOpen = element("works-part").hidden;
    if (isOpen) listWorks();
    element("works-part").hidden = !isOpen;
    element("works").setAttribute("aria-expanded", String(isOpen));
  });
  onClick("download", () => {
    download(session.project);
    setStatus(`${say("downloaded")}: layerbook-project.zip`);
  });
  onClick("language", switchLanguage);
  onClick("theme", switchTheme);
  onClick("what-if", showWhatIf);
  onClick("prune", prune);
  onClick("back", goBack);
  onClick("naming-cancel", closeNaming);
  const offered = addOffered(
    session,
    () => locale,
    setStatus,
    () => move("undo"),
  );
  listenToPickers(offered);
  listenToDrops(offered);
  element("naming").addEventListener("keydown", ({ key }) => {
    if (key === "Escape") closeNaming();
  });
  element("naming").addEventListener("submit", (event) => {
    event.preventDefault();
    named();
  });
  element("run").addEventListener("submit", (event) => {
    event.preventDefault();
    void build();
  });
  element("step").addEventListener("change", showCard);
  element("plain").addEventListener("change", showLog);
  element("flags").addEventListener("input", () =>
    typed(() => ({ ...session.project, flags: element<HTMLInputElement>("flags").value }), ""),
  );
  element("executable").addEventListener("change", () => {
    const file = session.project.files.find(({ path }) => path === session.open);
    if (file === undefined) return;
    const { path, data } = file;
    session.change(
      withFile(session.project, { path, data, ...(file.executable ? {} : { executable: true }) }),
      path,
    );
  });
  element("example").addEventListener("change", () => {
    const example = exampleOf(element<HTMLSelectElement>("example").value);
    element<HTMLSelectElement>("example").value = "";
    if (example === undefined) return;
    begin(example.project, `example:${example.id}`, `${example[locale]}: ${say("exampleOpened")}`);
  });
  onEdit(() => {
    const file = session.project.files.find(({ path }) => path === session.open);
    if (file === undefined) return;
    typed(() => withFile(session.project, { ...file, data: editedText() }), file.path);
  });
  addEventListener("keydown", (event) => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && isCommand) {
      event.preventDefault();
      void build();
    } else if (/^[zZ]$/.test(event.key) && isCommand && !isField(event.target)) {
      event.preventDefault();
      move(event.shiftKey ? "redo" : "undo");
    }
  });
  addEventListener("hashchange", () => void openLink(false));
}

/** A field takes back what was typed in it by itself. */
function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "text")
  );
}

const theme = keptChoice("theme");
if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
listen();
translate();
if (!openLink(true)) {
  const before = session.last();
  if (before !== undefined) {
    resume(before);
    setStatus(say("workOpenedAgain"));
  } else {
    const [first] = EXAMPLES;
    if (first !== undefined) begin(first.project, `example:${first.id}`, say("ready"));
  }
}
