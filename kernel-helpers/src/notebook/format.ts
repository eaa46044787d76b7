/** A notebook as nbformat 4.5 writes it. Multi-line text is held as one string here; the file has lists of lines. */

export interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: NotebookMetadata;
  cells: Cell[];
}

export interface NotebookMetadata {
  kernelspec?: { name?: string; display_name?: string; language?: string };
  language_info?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface CellMetadata {
  tags?: string[];
  [key: string]: unknown;
}

/** Media by type; text as one string, JSON types as they are. */
export type MimeData = Record<string, unknown>;

export interface MarkdownCell {
  cell_type: "markdown" | "raw";
  id: string;
  metadata: CellMetadata;
  source: string;
  attachments?: Record<string, MimeData>;
}

export interface CodeCell {
  cell_type: "code";
  id: string;
  metadata: CellMetadata;
  source: string;
  execution_count: number | null;
  outputs: Output[];
}

export type Cell = MarkdownCell | CodeCell;

export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: MimeData; metadata: Record<string, unknown> }
  | {
      output_type: "execute_result";
      execution_count: number | null;
      data: MimeData;
      metadata: Record<string, unknown>;
    }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A file that is not a notebook, or a broken one. *code*: LB_NOT_A_NOTEBOOK, LB_NOTEBOOK_VERSION, LB_BAD_NOTEBOOK. */
export class NotebookError extends Error {
  override readonly name = "NotebookError";
  constructor(
    readonly code: `LB_${string}`,
    readonly file: string,
    readonly sentence: { readonly ko: string; readonly en: string },
  ) {
    super(`${file}: ${sentence.en}`);
  }
}

/** Does the cell bear *tag*? */
export function hasTag(cell: Cell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);
}

/** *value* when it is text, otherwise nothing: for fields of files and messages that others wrote. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Is *type* kept as JSON rather than text? */
export function isJsonMime(type: string): boolean {
  return /^application\/(.*\+)?json$/.test(type);
}
