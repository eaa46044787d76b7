/** The project to others: as a link that holds it, or as a zip. */

import type { Locale } from "../../report/locale";
import { element, make } from "./dom";
import { encodeLink, isLocal, LINK_LIMITS, LONG_LINK } from "./link";
import type { Project } from "./project";
import { text, type TextName } from "./texts";
import { zipOf } from "./upload";

/** Shows the link to *project* and copies it. Answers what is wrong when there can be none. */
export function shareLink(project: Project, locale: Locale): TextName | undefined {
  const fragment = encodeLink(project);
  const shared = element("shared");
  shared.hidden = fragment.length > LINK_LIMITS.characters;
  if (shared.hidden) return "tooLongLink";
  element<HTMLInputElement>("link").value = `${location.href.split("#")[0]}#${fragment}`;
  void copyLink(locale);
  return undefined;
}

/** Copies the shown link where the browser lets it, and says so; selects it in any case. */
export async function copyLink(locale: Locale): Promise<void> {
  const field = element<HTMLInputElement>("link");
  const { value } = field;
  field.focus();
  field.select();
  const copied = await Promise.resolve(navigator.clipboard?.writeText(value)).then(
    () => navigator.clipboard !== undefined,
    () => false,
  );
  const notes: TextName[] = [copied ? "copied" : "copyByHand"];
  if (isLocal(location)) notes.push("localLink");
  if (value.length - value.indexOf("#") > LONG_LINK) notes.push("longLink");
  element("shared-note").textContent = notes.map((name) => text(name, locale)).join(" ");
}

/** Gives *project* to the browser as a file. */
export function download(project: Project): void {
  const url = URL.createObjectURL(new Blob([zipOf(project)], { type: "application/zip" }));
  const link = make("a", "", { href: url, download: "layerbook-project.zip" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
