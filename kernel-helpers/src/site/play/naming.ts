/** The form that asks for the name of a new file, or a new name for a file or a folder. */

import type { Locale } from "../../report/locale";
import { element } from "./dom";
import { PlayError, renamed, withFile } from "./project";
import type { Session } from "./session";
import { problemText } from "./texts";

/** What the form needs of the page. */
export interface NamingPage {
  readonly session: Session;
  locale(): Locale;
  /** The chosen file, or folder with `/` at its end. */
  chosen(): string | undefined;
  choose(path: string): void;
  openFile(path: string): void;
}

/** Listens to the two buttons and to the form. */
export function listenToNaming(page: NamingPage): void {
  let naming: "new" | "rename" = "new";
  const field = element<HTMLInputElement>("path");
  const ask = (what: "new" | "rename"): void => {
    naming = what;
    element("naming").hidden = false;
    element("path-error").textContent = "";
    const chosen = page.chosen() ?? "";
    field.value =
      what === "rename" ? chosen.replace(/\/$/, "") : chosen.slice(0, chosen.lastIndexOf("/") + 1);
    field.focus();
    if (what === "rename") field.select();
  };
  const close = (): void => {
    element("naming").hidden = true;
    element(naming).focus();
  };
  const take = (): void => {
    const path = field.value.trim().normalize("NFC");
    try {
      if (naming === "new") create(page.session, path);
      else rename(page, path);
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      element("path-error").textContent = problemText(error.problem, page.locale());
      field.focus();
      return;
    }
    close();
    if (naming === "new") page.openFile(path);
  };
  element("new").addEventListener("click", () => ask("new"));
  element("rename").addEventListener("click", () => ask("rename"));
  element("naming-cancel").addEventListener("click", close);
  element("naming").addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  element("naming").addEventListener("submit", (event) => {
    event.preventDefault();
    take();
  });
}

function create(session: Session, path: string): void {
  const { project } = session;
  if (project.files.some((file) => file.path === path)) throw new PlayError("path-taken", path);
  session.change(withFile(project, { path, data: "" }), path);
}

function rename({ session, chosen, choose }: NamingPage, path: string): void {
  const from = chosen() ?? "";
  const { project, open } = session;
  const next = renamed(project, from, path);
  if (from.endsWith("/")) {
    const to = path.replace(/\/$/, "");
    choose(`${to}/`);
    session.change(next, open?.startsWith(from) ? to + open.slice(from.length - 1) : open);
  } else {
    choose(path);
    session.change(next, path);
  }
}
