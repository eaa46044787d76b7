/** The list of files: folders that open and close, one file or folder chosen. */

import { humanSize } from "../../report/units";
import { element, make } from "./dom";
import { type PlayFile, sizeOf } from "./project";

/** A folder with what is in it. */
interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: PlayFile[];
}

/** What the list shows, and what a click does. */
export interface FilesView {
  readonly files: readonly PlayFile[];
  /** Path of the chosen file, or of a folder with `/` at its end. */
  readonly chosen: string | undefined;
  choose(path: string): void;
}

const closed = new Set<string>();

/** Shows the list. The row that had the focus has it again. */
export function showFiles(view: FilesView): void {
  const list = element("files");
  const focused = list.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset["path"]
    : undefined;
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of view.files) {
    let folder = root;
    for (const name of file.path.split("/").slice(0, -1)) {
      const next = folder.folders.get(name) ?? { folders: new Map(), files: [] };
      folder.folders.set(name, next);
      folder = next;
    }
    folder.files.push(file);
  }
  list.replaceChildren(...rows(root, "", view));
  if (focused === undefined) return;
  const row = [...list.querySelectorAll("button")].find((one) => one.dataset["path"] === focused);
  row?.focus();
}

/** Opens the folders above *path*, so that its row is seen. */
export function reveal(path: string): void {
  for (const folder of [...closed]) if (path.startsWith(folder)) closed.delete(folder);
}

function rows(folder: Folder, above: string, view: FilesView): HTMLLIElement[] {
  const { folders, files } = folder;
  return [
    // The Dockerfile and .dockerignore come first in their order; folders stand before the other files.
    ...files.filter(({ path }) => isFirst(path)).map((file) => fileRow(file, above, view)),
    ...[...folders].map(([name, inside]) => folderRow(name, inside, `${above}${name}/`, view)),
    ...files.filter(({ path }) => !isFirst(path)).map((file) => fileRow(file, above, view)),
  ];
}

const isFirst = (path: string): boolean => path === "Dockerfile" || path === ".dockerignore";

function folderRow(name: string, inside: Folder, path: string, view: FilesView): HTMLLIElement {
  const isOpen = !closed.has(path);
  const row = make("li");
  const button = rowButton(path, view, `${name}/`);
  button.prepend(make("span", isOpen ? "▾ " : "▸ ", { "aria-hidden": "true" }));
  button.setAttribute("aria-expanded", String(isOpen));
  button.addEventListener("click", () => {
    if (isOpen) closed.add(path);
    else closed.delete(path);
    view.choose(path);
  });
  row.append(button);
  if (isOpen) {
    const list = make("ul");
    list.append(...rows(inside, path, view));
    row.append(list);
  }
  return row;
}

function fileRow(file: PlayFile, above: string, view: FilesView): HTMLLIElement {
  const row = make("li");
  const button = rowButton(file.path, view, file.path.slice(above.length));
  button.append(
    make("span", `${file.executable ? "755 " : ""}${humanSize(sizeOf(file), 3)}`, { class: "size" }),
  );
  button.addEventListener("click", () => view.choose(file.path));
  row.append(button);
  return row;
}

function rowButton(path: string, view: FilesView, name: string): HTMLButtonElement {
  const button = make("button", "", {
    type: "button",
    title: path,
    "data-path": path,
    "aria-current": String(path === view.chosen),
  });
  button.append(make("span", name, { class: "name" }), " ");
  return button;
}
