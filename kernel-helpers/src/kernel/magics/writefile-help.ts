/** Completion and hover in `%%writefile` cells by the kind of file: Dockerfiles, shell scripts, .dockerignore, package.json. */

import type { NotebookSession } from "../session/notebook-session";
import { completeDockerfile, inspectDockerfile } from "./dockerfile-help";
import { completeShell, pathsOf } from "./sh";
import { splitCell, splitWords } from "./split";
import type { MagicCompletion } from "./types";

/** What npm reads at the top of a package.json. */
const PACKAGE_KEYS =
  "name version description type main scripts dependencies devDependencies engines private license author files bin exports workspaces".split(
    " ",
  );

/** The file that the cell writes; undefined while none is named. */
function pathIn(code: string): string | undefined {
  const source = splitCell(code);
  return source.kind === "cell" ? splitWords(source.argumentText).at(-1) : undefined;
}

function isDockerfile(path: string): boolean {
  return /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[^/]*)?$|\.dockerfile$/i.test(path);
}

/** Completion at *offset* of the whole cell. */
export function completeWritefile(
  code: string,
  offset: number,
  session: NotebookSession,
): MagicCompletion | undefined {
  const before = code.slice(0, offset);
  if (!/%%[^\n]*\n/.test(before)) return completeFirstLine(before, session);
  const path = pathIn(code) ?? "";
  if (isDockerfile(path)) return completeDockerfile(code, offset, session);
  if (/\.(?:ba)?sh$/.test(path)) return completeShell(code, offset, session.contextFiles());
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (/(?:^|\/)[^/]*\.dockerignore$/.test(path)) {
    const typed = line.replace(/^!/, "");
    return matching(typed, offset, pathsOf(session.contextFiles()));
  }
  if (/(?:^|\/)package\.json$/.test(path)) {
    const typed = /^ {0,2}\t?"([\w]*)$/.exec(line)?.[1];
    if (typed !== undefined)
      return matching(
        typed,
        offset,
        PACKAGE_KEYS.map((text) => ({ text, type: "property" })),
      );
  }
  return undefined;
}

/** Markdown about what stands at *offset*. */
export function inspectWritefile(code: string, offset: number): Promise<string | undefined> {
  return isDockerfile(pathIn(code) ?? "") ? inspectDockerfile(code, offset) : Promise.resolve(undefined);
}

/** Options, and files that are there already. */
function completeFirstLine(before: string, session: NotebookSession): MagicCompletion | undefined {
  const typed = /\S*$/.exec(before)?.[0] ?? "";
  const options = ["--mode", "-a"].map((text) => ({ text, type: "flag" }));
  return matching(typed, before.length, typed.startsWith("-") ? options : pathsOf(session.contextFiles()));
}

function matching(
  typed: string,
  offset: number,
  proposals: MagicCompletion["matches"],
): MagicCompletion | undefined {
  const matches = proposals.filter(({ text }) => text.startsWith(typed));
  return matches.length === 0 ? undefined : { start: offset - typed.length, end: offset, matches };
}
