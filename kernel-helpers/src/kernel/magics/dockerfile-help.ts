/** Completion and hover in `%%dockerfile` cells: the language's own, moved to the place of the cell. */

import type { Completion } from "../../dockerfile";
import { loadDocker } from "../session/core";
import type { NotebookSession } from "../session/notebook-session";
import { splitCell, splitWords } from "./split";
import type { MagicCompletion } from "./types";

/** Where the Dockerfile begins in the cell, and its text; undefined for a place on the magic's own line. */
function bodyAt(code: string, offset: number): { readonly text: string; readonly start: number } | undefined {
  const source = splitCell(code);
  if (source.kind !== "cell") return undefined;
  const start = code.length - source.body.length;
  const onFirstLine = !/%%[^\n]*\n/.test(code.slice(0, offset));
  return offset < start || onFirstLine ? undefined : { text: source.body, start };
}

/** Completion in the Dockerfile, or of a flag on the magic's line. */
export function completeDockerfile(
  code: string,
  offset: number,
  session: NotebookSession,
): MagicCompletion | undefined {
  const body = bodyAt(code, offset);
  if (body === undefined) return completeFlags(code, offset);
  const { complete } = language();
  const found = complete(body.text, offset - body.start, {
    files: session.contextFiles(),
    images: session.baseImages(),
    buildArgs: buildArgsOf(code),
  });
  const first = found[0];
  if (first === undefined) return undefined;
  return {
    start: body.start + first.range.start.offset,
    end: offset,
    matches: found.map((completion) => ({
      text: completion.insert,
      type: completion.kind,
      documentation: sentenceOf(completion),
    })),
  };
}

/** Markdown about what stands at *offset*. */
export function inspectDockerfile(code: string, offset: number): Promise<string | undefined> {
  const body = bodyAt(code, offset);
  if (body === undefined) return Promise.resolve(undefined);
  const found = language().hover(body.text, offset - body.start, { buildArgs: buildArgsOf(code) });
  return Promise.resolve(found?.ko);
}

function sentenceOf({ detail }: Completion): string | undefined {
  return detail?.ko;
}

/** `--build-arg NAME=VALUE` of the cell's first line. */
function buildArgsOf(code: string): Record<string, string> {
  const source = splitCell(code);
  const words = source.kind === "cell" ? splitWords(source.argumentText) : [];
  const args: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const text = word === "--build-arg" ? words[index + 1] : /^--build-arg=(.*)$/s.exec(word)?.[1];
    const equal = text?.indexOf("=") ?? -1;
    if (text !== undefined && equal > 0) args[text.slice(0, equal)] = text.slice(equal + 1);
  }
  return args;
}

/** Flags of docker build. */
function completeFlags(code: string, offset: number): MagicCompletion | undefined {
  const typed = /--[\w-]*$/.exec(code.slice(0, offset))?.[0];
  if (typed === undefined) return undefined;
  const names = loadDocker().BUILD_FLAG_NAMES.filter((name) => name.startsWith(typed));
  return {
    start: offset - typed.length,
    end: offset,
    matches: names.map((text) => ({ text, type: "flag" })),
  };
}

function language(): typeof import("../../dockerfile") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only when asked
  return require("../../dockerfile") as typeof import("../../dockerfile");
}
