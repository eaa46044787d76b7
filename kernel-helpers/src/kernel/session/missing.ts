/** What a cell missed that another cell makes (a file of the context, an image), as a sentence that says which to run first. */

import { whereBuilt, whereWritten } from "./notebook-file";
import type { NotebookSession } from "./notebook-session";

/** How programs say that a file is not there: the path is the first group. */
const NO_FILE = [
  /"\/?([^"\n]+)": not found/, // BuildKit
  /(?:can't \w+|cannot \w+|cannot \w+ \w+) ['‘]([^'’\n]+)['’]: No such file or directory/,
  /^(?:\S+: )?([^\s:'"]+): No such file or directory/m,
  /ENOENT: no such file or directory, \w+ '([^'\n]+)'/, // Node
];
/** How docker says that an image is not there. */
const NO_IMAGE = [
  /Unable to find image '([^'\n]+)' locally/,
  /No such image: (\S+)/,
  /denied for ([^\s,]+),/,
];

/**
 * The sentence for an error's *text*, or undefined when nothing is missing that a cell of the notebook makes. Looks into the
 * notebook's file, so it costs a read: only for errors.
 */
export function whatToRunFirst(text: string, session: NotebookSession): string | undefined {
  const notebook = session.notebookText();
  if (notebook === undefined) return undefined;
  for (const pattern of NO_FILE) {
    const path = pattern.exec(text)?.[1];
    if (path === undefined) continue;
    // Code names files from the notebook's folder, everything else from the context.
    const inContext = path.replace(`${session.contextDirectory.split(/[\\/]/).at(-1) ?? ""}/`, "");
    const found = whereWritten(path, notebook) ?? whereWritten(inContext, notebook);
    if (found !== undefined) return found;
  }
  for (const pattern of NO_IMAGE) {
    const image = pattern.exec(text)?.[1];
    const found = image && whereBuilt(image, notebook);
    if (found) return found;
  }
  return undefined;
}
