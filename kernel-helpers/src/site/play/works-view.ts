/** The works that were begun before, each to be opened again or thrown away. */

import type { Locale } from "../../report/locale";
import { element, make } from "./dom";
import type { Project } from "./project";
import { text } from "./texts";
import type { Work } from "./work-format";

/** Shows *works*. */
export function showWorks(
  works: readonly Work[],
  locale: Locale,
  does: { open(work: Work): void; remove(work: Work): void },
): void {
  element("works").textContent = `${text("works", locale)} (${works.length})`;
  const rows = works.map((work) => {
    const row = make("li");
    const what = make("span", describeWork(work, locale));
    const title = what.textContent;
    const open = make("button", text("openWork", locale), {
      type: "button",
      "aria-label": `${text("openWork", locale)}: ${title}`,
    });
    const remove = make("button", text("remove", locale), {
      type: "button",
      class: "quiet",
      "aria-label": `${text("remove", locale)}: ${title}`,
    });
    open.addEventListener("click", () => does.open(work));
    remove.addEventListener("click", () => does.remove(work));
    row.append(what, " ", open, " ", remove);
    return row;
  });
  element("works-list").replaceChildren(...(rows.length > 0 ? rows : [make("li", text("noWorks", locale))]));
}

/** `11월 24일 11:20 · FROM node · 파일 3개`. */
export function describeWork({ at, project }: Work, locale: Locale): string {
  const when = new Intl.DateTimeFormat(locale, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
  const files = locale === "ko" ? `파일 ${project.files.length}개` : `${project.files.length} files`;
  return [when, firstLine(project), files].filter((part) => part !== "").join(" · ");
}

function firstLine({ files }: Project): string {
  const dockerfile = files.find(({ path }) => path === "Dockerfile")?.data;
  const line = typeof dockerfile === "string" ? (/^\s*FROM\s.*$/im.exec(dockerfile)?.[0].trim() ?? "") : "";
  return [...line].length > 40 ? `${[...line].slice(0, 39).join("")}…` : line;
}
