/** Remarks of the checks under the editor, and the reason of a failed build above its pictures. */

import type { Locale } from "../../report/locale";
import { element, make } from "./dom";
import { goToLine, showMarks } from "./editor";
import type { Hint, Pictures } from "./protocol";
import { text } from "./texts";

/** Opens a file of the project in the editor. */
type Open = (path: string) => void;

/**
 * Lists *hints*, and marks the lines of *open* (the file in the editor) that they, or *failure* (why the last build failed), are about.
 */
export function showHints(
  hints: readonly Hint[],
  failure: Hint | undefined,
  open: string | undefined,
  locale: Locale,
  show: Open,
): void {
  const all = failure === undefined ? hints : [...hints, failure];
  showMarks(all.filter(({ file }) => file === open));
  element("hints-part").hidden = hints.length === 0;
  element("hints").replaceChildren(
    ...hints.map((hint) => {
      const row = make("li", "", { class: hint.kind });
      row.append(...sentence(hint, locale, show));
      return row;
    }),
  );
}

/** Shows why the last build failed, with what the command printed and BuildKit's excerpt of the Dockerfile; hides it when it did not. */
export function showFailure(pictures: Pictures | undefined, locale: Locale, show: Open): void {
  const box = element("failure");
  const error = pictures?.error;
  box.hidden = error === undefined;
  box.replaceChildren();
  if (pictures === undefined || error === undefined) return;
  const excerpt = (lines: readonly string[], name: string): void => {
    if (lines.length === 0) return;
    const attributes = { lang: "en", tabindex: "0", role: "region", "aria-label": name };
    box.append(make("pre", lines.join("\n"), attributes));
  };
  excerpt(pictures.output, text("output", locale));
  const paragraph = make("p");
  paragraph.append(...sentence(error, locale, show));
  box.append(paragraph);
  excerpt(pictures.frames, text("frame", locale));
}

function sentence(hint: Hint, locale: Locale, show: Open): (Node | string)[] {
  const { kind, line, rule, url, file, explanation } = hint;
  const parts: (Node | string)[] = [
    make("strong", kind === "error" ? `✕ ${text("error", locale)}` : `⚠ ${text("warning", locale)}`),
    " ",
  ];
  if (line !== undefined) {
    const button = make("button", locale === "ko" ? `${line}번째 줄` : `line ${line}`, {
      type: "button",
      class: "link",
    });
    button.addEventListener("click", () => {
      show(file);
      goToLine(line);
    });
    parts.push(button, " ");
  }
  if (rule !== undefined && url !== undefined && /^https:\/\//.test(url))
    parts.push(make("a", rule, { href: url, rel: "noreferrer noopener", target: "_blank" }), " ");
  parts.push(make("span", hint.text, { lang: "en", class: "said" }));
  if (explanation !== undefined) {
    const korean = make("span", "", { class: "explained" });
    explanation
      .split(/`([^`]+)`/)
      .forEach((part, i) => korean.append(i % 2 === 1 ? make("code", part) : part));
    parts.push(korean);
  }
  return parts;
}
