/** Completion of TypeScript cells. */

import ts from "typescript";
import { internal } from "./internal";
import type { CompletionReply } from "./protocol";

const NEVER = { isCancellationRequested: () => false, throwIfCancellationRequested: () => undefined };
/** More than this many entries are of no use to a reader. */
const LIMIT = 1000;

/** What can stand at *offset*, best first. */
export function completeAt(program: ts.Program, file: ts.SourceFile, offset: number): CompletionReply {
  const info = internal.Completions.getCompletionsAtPosition(
    {},
    program,
    () => undefined,
    file,
    offset,
    { includeCompletionsForModuleExports: false, includeCompletionsWithInsertText: false },
    undefined,
    NEVER,
  );
  const word = /[\p{ID_Continue}$]*$/u.exec(file.text.slice(0, offset))?.[0] ?? "";
  const span = info?.optionalReplacementSpan ?? { start: offset - word.length, length: word.length };
  const typed = file.text.slice(span.start, offset);
  const entries = (info?.entries ?? [])
    .filter(({ name }) => matches(name, typed) && !name.startsWith("__lb"))
    .sort(
      (a, b) =>
        Number(!a.name.startsWith(typed)) - Number(!b.name.startsWith(typed)) ||
        a.sortText.localeCompare(b.sortText) ||
        a.name.localeCompare(b.name),
    )
    .slice(0, LIMIT)
    .map(({ name, kind }) => ({ name, kind: kindOf(kind) }));
  return { start: span.start, end: offset, entries };
}

/** Does *name* begin with *typed*, ignoring case? */
function matches(name: string, typed: string): boolean {
  return name.slice(0, typed.length).toLowerCase() === typed.toLowerCase();
}

/** JupyterLab's word for a kind: it colours by it. */
function kindOf(kind: ts.ScriptElementKind): string {
  switch (kind) {
    case ts.ScriptElementKind.functionElement:
    case ts.ScriptElementKind.localFunctionElement:
    case ts.ScriptElementKind.memberFunctionElement:
      return "function";
    case ts.ScriptElementKind.memberVariableElement:
    case ts.ScriptElementKind.memberGetAccessorElement:
    case ts.ScriptElementKind.memberSetAccessorElement:
      return "property";
    case ts.ScriptElementKind.constElement:
    case ts.ScriptElementKind.letElement:
    case ts.ScriptElementKind.variableElement:
    case ts.ScriptElementKind.parameterElement:
    case ts.ScriptElementKind.alias:
      return "instance";
    default:
      return kind;
  }
}
