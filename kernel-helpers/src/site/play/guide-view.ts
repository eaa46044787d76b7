/** What to try with the open project, step by step, until the last of it is done: what the first build brings is no end. */

import type { Locale } from "../../report/locale";
import { element, make } from "./dom";
import { doneAfter, type Try } from "./examples";
import { text } from "./texts";

/** Shows *tries* after so many *builds* of this work, those that are done with a mark; nothing once all are. */
export function showGuide(tries: readonly Try[], builds: number, locale: Locale): void {
  const done = doneAfter(tries, builds);
  element("guide").hidden = done >= tries.length;
  element("guide-lead").textContent = text(builds === 0 ? "nothingYet" : "goOn", locale);
  element("tries").replaceChildren(
    ...tries.map((one, i) => {
      const row = make("li");
      one[locale]
        .split(/`([^`]+)`/)
        .forEach((part, at) => row.append(at % 2 === 1 ? make("code", part) : part));
      if (i < done) {
        row.className = "done";
        row.append(make("span", ` ✓ ${text("tryDone", locale)}`));
      } else if (i === done) row.setAttribute("aria-current", "step");
      return row;
    }),
  );
}
