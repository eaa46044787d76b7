/** What the page says: the line about what just happened, and notices that stay until they are closed. */

import type { Locale } from "../../report/locale";
import { element, make } from "./dom";

/** A button behind a sentence that takes back what it says. */
export interface WayBack {
  readonly name: string;
  does(): void;
}

/** Says *sentence* in the line that screen readers read out. */
export function setStatus(sentence: string, back?: WayBack): void {
  const status = element("status");
  status.textContent = sentence;
  if (back === undefined) return;
  const button = make("button", back.name, { type: "button" });
  button.addEventListener("click", () => back.does());
  status.append(" ", button);
}

/** On a phone the result lies below what is seen. */
export function seeStatus(): void {
  const { top, bottom } = element("status").getBoundingClientRect();
  if (bottom > innerHeight || top < 0) element("result-head").scrollIntoView();
}

/** Shows *sentences*, the first in *locale* and a second one in the other language; none hides the notice. */
export function notice(sentences: readonly string[], locale: Locale): void {
  element("notice").hidden = sentences.length === 0;
  element("notice-text").replaceChildren(
    ...sentences.map((sentence, i) =>
      make("span", sentence, { lang: i === 0 ? locale : locale === "ko" ? "en" : "ko" }),
    ),
  );
}

/** A time for people: `3.2 ms`, `120 ms`, `1.4 s`. */
export function milliseconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
