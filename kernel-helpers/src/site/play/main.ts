/** The page: its buttons, fields and what they do. */

import type { Locale } from "../../report/locale";
import { element, make } from "./dom";
import { editedText, onEdit, showText } from "./editor";
import { EXAMPLES, exampleOf, triesOf } from "./examples";
import { addOffered, listenToDrops, listenToPickers } from "./files-in";
import { reveal, showFiles } from "./files-view";
import { showGuide } from "./guide-view";
import { decodeLink, linkHash } from "./link";
import { listenToNaming } from "./naming";
import { DOCKERFILE, PlayError, type Project, withFile, withoutFile } from "./project";
import { showCard, showLog } from "./result-view";
import { Session } from "./session";
import { copyLink, download, shareLink } from "./share";
import { notice, setStatus } from "./status";
import { keepChoice, keptChoice } from "./store";
import { isText, problemText, text, type TextName } from "./texts";
import type { Work } from "./work-format";
import { Workbench } from "./workbench";
import { describeWork, showWorks } from "./works-view";

let locale: Locale = keptChoice("language") === "en" ? "en" : "ko";
/** The chosen row of the list: the open file, or a folder with `/` at its end. */
let chosen: string | undefined;

const say = (name: TextName): string => text(name, locale);
const workbench: Workbench = new Workbench({
  session: () => session,
  locale: () => locale,
  openFile,
  listFiles,
  guide,
  undo: () => move("undo"),
});
const session: Session = new Session({
  shown: () => {
    showProject();
    workbench.checkSoon();
  },
  kept: (how) => {
    if (how !== "kept") notice([say(how === "full" ? "fullStorage" : "noStorage")], locale);
  },
  built: () => workbench.built,
});

// --- what is shown -------------------------------------------------------------------------------------------------

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
  guide();
  showFile();
}

function guide(): void {
  showGuide(triesOf(session.origin, session.project), workbench.buildCount, locale);
}

function listFiles(): void {
  const { files } = session.project;
  showFiles({
    files,
    chosen,
    choose: (path) => {
      if (!path.endsWith("/")) return openFile(path);
      chosen = path;
      showProject();
    },
  });
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
  workbench.remark();
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
      setStatus(`${say("workRemoved")}: ${describeWork(work, locale)}`, {
        name: say("undo"),
        does: () => {
          session.putBack(work);
          listWorks();
          setStatus("");
        },
      });
      element("works").focus();
    },
  });
}

function resume(work: Work): void {
  session.resume(work, DOCKERFILE);
  listWorks();
  void workbench.renew(work.built);
}

/** Begins with the files of an example or a link; what was there stays, and the status says where. */
function begin(project: Project, origin: string, sentence: string): void {
  session.begin(project, origin, DOCKERFILE);
  listWorks();
  void workbench.renew([]);
  const { left } = session;
  if (left === undefined) return setStatus(sentence);
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
  // The link to the editor is a fragment too.
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
    notice([problemText(problem, locale), problemText(problem, locale === "ko" ? "en" : "ko")], locale);
    return false;
  }
  notice([], locale);
  begin(read, origin, say("linkOpened"));
  return true;
}

// --- edits ---------------------------------------------------------------------------------------------------------

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

function typed(change: () => Project, path: string): void {
  try {
    session.change(change(), session.open, path);
    element<HTMLButtonElement>("undo").disabled = false;
    workbench.checkSoon();
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    notice([problemText(error.problem, locale)], locale);
  }
}

function openFileNow(): Project["files"][number] | undefined {
  return session.project.files.find(({ path }) => path === session.open);
}

// --- the beginning -------------------------------------------------------------------------------------------------

function switchLanguage(): void {
  locale = locale === "ko" ? "en" : "ko";
  keepChoice("language", locale);
  translate();
  notice([], locale);
  setStatus("");
  void workbench.translate();
}

function switchTheme(): void {
  const root = document.documentElement;
  const isDark =
    (root.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
    "dark";
  root.dataset["theme"] = isDark ? "light" : "dark";
  keepChoice("theme", root.dataset["theme"]);
}

function listenToButtons(): void {
  const onClick = (id: string, does: () => unknown): void =>
    element(id).addEventListener("click", () => void does());
  onClick("remove", remove);
  onClick("undo", () => move("undo"));
  onClick("redo", () => move("redo"));
  onClick("stop", () => workbench.stop());
  onClick("what-if", () => workbench.whatIf());
  onClick("prune", () => workbench.prune());
  onClick("back", () => workbench.goBack());
  onClick("share", () => {
    const problem = shareLink(session.project, locale);
    if (problem !== undefined) notice([say(problem)], locale);
  });
  onClick("copy", () => copyLink(locale));
  onClick("shared-close", () => {
    element("shared").hidden = true;
    element("share").focus();
  });
  onClick("notice-close", () => {
    notice([], locale);
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
}

function listenToFields(): void {
  const offered = addOffered(
    session,
    () => locale,
    setStatus,
    () => move("undo"),
  );
  listenToPickers(offered);
  listenToDrops(offered);
  listenToNaming({
    session,
    locale: () => locale,
    chosen: () => chosen,
    choose: (path) => {
      chosen = path;
    },
    openFile,
  });
  element("run").addEventListener("submit", (event) => {
    event.preventDefault();
    void workbench.build();
  });
  element("step").addEventListener("change", showCard);
  element("plain").addEventListener("change", showLog);
  element("flags").addEventListener("input", () =>
    typed(() => ({ ...session.project, flags: element<HTMLInputElement>("flags").value }), ""),
  );
  element("executable").addEventListener("change", () => {
    const file = openFileNow();
    if (file === undefined) return;
    const { path, data, executable } = file;
    const next = { path, data, ...(executable ? {} : { executable: true }) };
    session.change(withFile(session.project, next), path);
  });
  element("example").addEventListener("change", () => {
    const select = element<HTMLSelectElement>("example");
    const example = exampleOf(select.value);
    select.value = "";
    if (example === undefined) return;
    begin(example.project, `example:${example.id}`, `${example[locale]}: ${say("exampleOpened")}`);
  });
  onEdit(() => {
    const file = openFileNow();
    if (file !== undefined)
      typed(() => withFile(session.project, { ...file, data: editedText() }), file.path);
  });
}

function listenToKeys(): void {
  /** A field takes back what was typed in it by itself. */
  const isField = (target: EventTarget | null): boolean =>
    target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "text");
  addEventListener("keydown", (event) => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && isCommand) {
      event.preventDefault();
      void workbench.build();
    } else if (/^z$/i.test(event.key) && isCommand && !isField(event.target)) {
      event.preventDefault();
      move(event.shiftKey ? "redo" : "undo");
    }
  });
}

const theme = keptChoice("theme");
if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
listenToButtons();
listenToFields();
listenToKeys();
addEventListener("hashchange", () => void openLink(false));
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
