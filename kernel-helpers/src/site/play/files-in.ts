/** How files come in: by the two pickers, and by being dropped on the page. */

import type { Locale } from "../../report/locale";
import { element } from "./dom";
import { droppedFiles, pickedFiles } from "./picked";
import type { Session } from "./session";
import type { WayBack } from "./status";
import { problemText, text } from "./texts";
import { type Offered, withUpload } from "./upload";

type Take = (offered: readonly Offered[]) => Promise<void>;

/** Adds what is offered to the project of *session*, and says what became of it, with a way back. */
export function addOffered(
  session: Session,
  locale: () => Locale,
  say: (sentence: string, back?: WayBack) => void,
  undo: () => void,
): Take {
  return async (offered) => {
    if (offered.length === 0) return;
    const { project, added, refused } = await withUpload(session.project, offered);
    const out = refused.slice(0, 5).map(({ path, problem }) => `${path} (${problemText(problem, locale())})`);
    if (refused.length > 5) out.push("…");
    const left = out.length === 0 ? "" : `. ${text("skippedFiles", locale())}: ${out.join(", ")}`;
    const sentence = `${text("added", locale())}: ${added}${left}`;
    if (added === 0) return say(sentence);
    session.change(project, session.open);
    say(sentence, { name: text("undo", locale()), does: undo });
  };
}

/** Listens to the two buttons and their pickers. */
export function listenToPickers(take: Take): void {
  for (const [button, picker] of [
    ["add-files", "pick-files"],
    ["add-folder", "pick-folder"],
  ] as const) {
    const input = element<HTMLInputElement>(picker);
    element(button).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const offered = pickedFiles(input.files);
      input.value = "";
      void take(offered);
    });
  }
}

/** Listens to drops anywhere on the page: a file that misses its place must not replace the page. */
export function listenToDrops(take: Take): void {
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") === true;
  const mark = (isOver: boolean): void => {
    document.body.classList.toggle("dropping", isOver);
  };
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  addEventListener("drop", (event) => {
    mark(false);
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    void droppedFiles(event.dataTransfer.items).then(take);
  });
}
