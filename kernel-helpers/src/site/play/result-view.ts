/** What a build brought: the pictures, the step whose key card is shown, and the builds to go back to. */

import type { Locale } from "../../report/locale";
import { element, make, showPicture } from "./dom";
import { showFailure } from "./hints-view";
import type { Pictures } from "./protocol";
import { text } from "./texts";

let shown: Pictures | undefined;

/** Shows *pictures*; undefined shows that nothing is built yet. */
export function showPictures(
  pictures: Pictures | undefined,
  locale: Locale,
  openFile: (path: string) => void,
): void {
  shown = pictures;
  element("prune").hidden = pictures === undefined;
  element("pictures").hidden = pictures === undefined;
  element("log-part").hidden = pictures === undefined;
  element("edits").replaceChildren();
  element("edits-note").textContent = "";
  showFailure(pictures, locale, openFile);
  if (pictures === undefined) return;
  const scrolls = text("scrollable", locale);
  showNamed("table", pictures.table, text("layers", locale));
  showNamed("matrix", pictures.matrix, `${text("matrix", locale)}, ${scrolls}`);
  showLog();
  const steps = element<HTMLSelectElement>("step");
  steps.replaceChildren(
    ...pictures.steps.map(({ name, verdict }, i) =>
      make("option", `${verdict}  ${name}`, { value: String(i) }),
    ),
  );
  const cause = pictures.steps.findIndex((step) => step.cause);
  steps.value = String(cause >= 0 ? cause : pictures.steps.length - 1);
  showCard();
  const { first, count } = pictures.builds;
  element<HTMLSelectElement>("past").replaceChildren(
    ...Array.from({ length: count }, (_, i) => make("option", String(first + i), { value: String(i) })),
  );
}

/** Shows the log in the chosen form. */
export function showLog(): void {
  const isPlain = element<HTMLInputElement>("plain").checked;
  element("log").textContent = (isPlain ? shown?.plain : shown?.log) ?? "";
}

/** Shows the key card of the chosen step. */
export function showCard(): void {
  const step = shown?.steps[Number(element<HTMLSelectElement>("step").value)];
  showPicture(element("card"), step?.card ?? "");
}

/** Shows a picture whose table scrolls by itself, in a box that can be reached and named without a mouse. */
export function showNamed(id: string, html: string, name: string): void {
  const target = element(id);
  showPicture(target, html);
  for (const group of target.querySelectorAll("div"))
    for (const attribute of ["tabindex", "role", "aria-label"]) group.removeAttribute(attribute);
  for (const table of target.querySelectorAll("table")) {
    const box = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": name });
    table.replaceWith(box);
    box.append(table);
    // The newest build is the one that is looked for.
    if (id === "matrix") box.scrollLeft = box.scrollWidth;
  }
}
