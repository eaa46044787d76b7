/** Makes stack traces speak of the cell's own lines, for everything that reads `error.stack`. */

import { SourceMap } from "node:module";

interface CellSource {
  readonly code: string;
  readonly map: string;
  /** Lines of the compiled text; what comes after them is the kernel's own call of it. */
  readonly lines: number;
  parsed?: SourceMap;
}

/** A place in a cell. 1-based. */
export interface CellPosition {
  readonly line: number;
  readonly column: number;
  /** Text of the line. */
  readonly text: string;
}

const sources = new Map<string, CellSource>();

/** Script name of cell *count*, as it stands in stack traces: `cell[3].ts`. */
export function cellScriptName(count: number): string {
  return `cell[${count}].ts`;
}

/** Scripts remembered; errors of older ones keep the compiled text's places. */
const LIMIT = 400;

/** Remembers what script *name* was compiled from. *map* is a source map's JSON, *js* the compiled text. */
export function rememberSource(name: string, code: string, map: string, js: string): void {
  sources.delete(name);
  sources.set(name, { code, map, lines: js.trimEnd().split("\n").length });
  const [oldest] = sources.keys();
  if (sources.size > LIMIT && oldest !== undefined) sources.delete(oldest);
}

/** Where a place in a compiled script (1-based) is in its source; undefined when the script is not ours. */
export function originalPosition(script: string, line: number, column: number): CellPosition | undefined {
  const source = sources.get(script);
  if (source === undefined) return undefined;
  source.parsed ??= new SourceMap(JSON.parse(source.map) as ConstructorParameters<typeof SourceMap>[0]);
  const entry = source.parsed.findEntry(line - 1, column - 1) as {
    originalLine?: number;
    originalColumn?: number;
  };
  if (entry.originalLine === undefined || entry.originalColumn === undefined) return undefined;
  const text = source.code.split("\n")[entry.originalLine] ?? "";
  return { line: entry.originalLine + 1, column: calledName(text, entry.originalColumn) + 1, text };
}

/** V8 places some calls at their parenthesis: the learner is shown the name that is called. */
function calledName(text: string, at: number): number {
  if (text[at] !== "(") return at;
  const name = /[\p{ID_Continue}$]+$/u.exec(text.slice(0, at))?.[0];
  return name === undefined ? at : at - name.length;
}

/** Text of line *line* (1-based) of the source of script *script*. */
export function originalLine(script: string, line: number): string | undefined {
  return sources.get(script)?.code.split("\n")[line - 1];
}

const FRAME = /((?:cell\[\d+\]\.ts)|(?:\/|[A-Za-z]:\\)[^():]*?\.tsx?):(\d+):(\d+)/;
/** Frames that a learner has no use for: Node's inside, this package's, and the wrappers around a cell. */
const HIDDEN = new RegExp(`node:|${escape(__dirname.replace(/[\\/]kernel[\\/]typescript$/, ""))}`);

/** Is this line of a stack a frame of Node or of this package? */
export const isInternalFrame = (line: string): boolean => HIDDEN.test(line);

/**
 * Installs the translation for the whole process. Stacks without a cell stay as Node writes them.
 */
export function installStackTranslation(): void {
  Error.prepareStackTrace = (error: Error, frames: NodeJS.CallSite[]): string => {
    const head = headline(error);
    const lines = frames.map((frame) => `${frame as unknown as string}`);
    const ofCell = lines.some((line) => FRAME.test(line) && isOurs(line));
    const shown = ofCell ? lines.filter((line) => !HIDDEN.test(line) && !isCall(line)) : lines;
    return [head, ...shown.map((line) => `    at ${ofCell ? translate(line) : line}`)].join("\n");
  };
}

function isOurs(line: string): boolean {
  const match = FRAME.exec(line);
  return match !== null && sources.has(match[1] as string);
}

/** Is it the kernel's call around a cell, behind the cell's last line? */
function isCall(line: string): boolean {
  const match = FRAME.exec(line);
  return match !== null && Number(match[2]) > (sources.get(match[1] as string)?.lines ?? Infinity);
}

function translate(frame: string): string {
  const match = FRAME.exec(frame);
  if (match === null) return frame;
  const [all, script = "", line = "", column = ""] = match;
  const position = originalPosition(script, Number(line), Number(column));
  if (position === undefined) return frame;
  const place = `${script}:${position.line}:${position.column}`;
  // The function around a cell is no function of the learner's: only the place is shown.
  const wrapped = /^(?:async )?__lb_cell \(/.test(frame);
  return wrapped
    ? place
    : frame
        .replace(all, place)
        .replace(/^Object\./, "")
        .replace(/^eval at /, "");
}

function headline(error: Error): string {
  try {
    const name = String(error.name ?? "Error");
    const message = String(error.message ?? "");
    return message === "" ? name : name === "" ? message : `${name}: ${message}`;
  } catch {
    return "Error";
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
