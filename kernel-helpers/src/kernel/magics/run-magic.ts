/** Runs the magics of a cell. */

import type { CellContext } from "../session/cell-context";
import type { NotebookSession } from "../session/notebook-session";
import { type MagicRegistry, magicLabel } from "./registry";
import type { CellMagicSource, LineMagicSource } from "./split";
import { splitWords } from "./split";
import { type CellOutput, type MagicCall, MagicError, type Magic, type MagicResult } from "./types";

/** What running a magic needs of the kernel. */
export interface MagicHost {
  readonly registry: MagicRegistry;
  readonly session: NotebookSession;
  readonly output: CellOutput;
  readonly metadata: Readonly<Record<string, unknown>>;
  attend(): void;
  input(prompt: string, password: boolean): Promise<string>;
}

/** Runs a cell magic. Throws MagicError when there is none of that name. */
export async function runCellMagic(
  source: CellMagicSource,
  context: CellContext,
  host: MagicHost,
): Promise<MagicResult> {
  const magic = find("cell", source.name, host.registry);
  return (
    (await magic.run(
      callOf(source.name, source.argumentText, source.body, source.bodyLine, context, host),
    )) ?? {}
  );
}

/** Runs a line magic, or a `!command` through the cell magic `sh`. Throws MagicError when there is none of that name. */
export async function runLineMagic(
  source: LineMagicSource,
  context: CellContext,
  host: MagicHost,
): Promise<MagicResult> {
  if (source.kind === "shell") {
    const magic = find("cell", "sh", host.registry);
    return (await magic.run(callOf("sh", "", source.argumentText, source.line, context, host))) ?? {};
  }
  const magic = find("line", source.name, host.registry);
  return (await magic.run(callOf(source.name, source.argumentText, "", source.line, context, host))) ?? {};
}

function find(kind: Magic["kind"], name: string, registry: MagicRegistry): Magic {
  const magic = registry.find(kind, name);
  if (magic !== undefined) return magic;
  const label = magicLabel({ kind, name });
  const other = registry.find(kind === "cell" ? "line" : "cell", name) ?? registry.nearest(kind, name);
  const known = registry.list().map(magicLabel).join(", ");
  const ko =
    other === undefined
      ? `쓸 수 있는 명령: ${known}`
      : `혹시 ${magicLabel(other)}을(를) 쓰려던 것인가요?  사용법: ${other.usage}`;
  const en = other === undefined ? `known: ${known}` : `did you mean ${magicLabel(other)}?`;
  throw new MagicError("LB_UNKNOWN_MAGIC", `${label}라는 명령은 없습니다. ${ko} (No such magic; ${en})`);
}

function callOf(
  name: string,
  argumentText: string,
  body: string,
  bodyLine: number,
  context: CellContext,
  host: MagicHost,
): MagicCall {
  return {
    name,
    argumentText,
    args: splitWords(argumentText),
    body,
    bodyLine,
    session: host.session,
    output: host.output,
    signal: context.signal,
    allowStdin: context.allowStdin,
    metadata: host.metadata,
    attend: () => host.attend(),
    input: (prompt, password = false) => host.input(prompt, password),
  };
}
