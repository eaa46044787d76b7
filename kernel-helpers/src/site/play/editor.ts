/** The editor: a plain text area, with the colours of a Dockerfile painted behind its text. */

import { element, make } from "./dom";
import { highlight } from "./highlight";

const area = element<HTMLTextAreaElement>("editor");
const colors = element("colors");
let colored = false;

/** Shows *text*; *isDockerfile* paints it. */
export function showText(text: string, isDockerfile: boolean, readOnly = false): void {
  colored = isDockerfile && !readOnly;
  area.readOnly = readOnly;
  area.classList.toggle("plain", !colored);
  if (area.value !== text) area.value = text;
  area.scrollTop = 0;
  area.scrollLeft = 0;
  paint();
}

/** What stands in it. */
export const editedText = (): string => area.value;

/** Calls *edited* after every change. */
export function onEdit(edited: () => void): void {
  area.addEventListener("input", () => {
    paint();
    edited();
  });
}

function paint(): void {
  if (!colored) {
    colors.replaceChildren();
    return;
  }
  const spans = highlight(area.value).map(({ kind, text }) =>
    kind === "plain" ? document.createTextNode(text) : make("span", text, { class: kind }),
  );
  // The last empty line has a height in a text area, and in a pre only with something on it.
  colors.replaceChildren(...spans, "\n ");
  follow();
}

function follow(): void {
  colors.scrollTop = area.scrollTop;
  colors.scrollLeft = area.scrollLeft;
}

area.addEventListener("scroll", follow);
