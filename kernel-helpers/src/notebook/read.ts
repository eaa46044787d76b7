/** Reads notebooks of nbformat 3 to 4.5 and brings them to 4.5. */

import {
  isJsonMime,
  NotebookError,
  textOf,
  type Cell,
  type CodeCell,
  type MimeData,
  type Notebook,
  type Output,
} from "./format";

type Loose = Record<string, unknown>;

/**
 * Parses *text*. Throws NotebookError: LB_NOT_A_NOTEBOOK (no JSON, no cells), LB_NOTEBOOK_VERSION (older than 3, newer than 4),
 * LB_BAD_NOTEBOOK (with the place).
 */
export function parseNotebook(text: string, file = "notebook"): Notebook {
  let raw: Loose;
  try {
    raw = object(JSON.parse(text.replace(/^\uFEFF/, "")), "", file);
  } catch (error) {
    if (error instanceof NotebookError) throw error;
    throw new NotebookError("LB_NOT_A_NOTEBOOK", file, {
      ko: `노트북이 아닙니다: JSON으로 읽을 수 없습니다 (${(error as Error).message}).`,
      en: `not a notebook: ${(error as Error).message}`,
    });
  }
  const version = Number(raw["nbformat"]);
  if (!Number.isInteger(version)) {
    throw new NotebookError("LB_NOT_A_NOTEBOOK", file, {
      ko: "노트북이 아닙니다: `nbformat`이 없습니다.",
      en: "not a notebook: no nbformat",
    });
  }
  if (version < 3 || version > 4) {
    throw new NotebookError("LB_NOTEBOOK_VERSION", file, {
      ko: `nbformat ${version}은 읽을 수 없습니다. 3부터 4까지 읽습니다.`,
      en: `nbformat ${version} cannot be read; 3 and 4 can`,
    });
  }
  const cells = version === 3 ? cellsOfVersion3(raw, file) : list(raw["cells"], "cells", file);
  const ids = new Set<string>();
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: object(raw["metadata"] ?? {}, "metadata", file),
    cells: cells.map((cell, i) => readCell(object(cell, `cells[${i}]`, file), i, ids, file)),
  };
}

function readCell(raw: Loose, index: number, ids: Set<string>, file: string): Cell {
  const place = `cells[${index}]`;
  const type = raw["cell_type"];
  const own =
    typeof raw["id"] === "string" && /^[a-zA-Z0-9-_]{1,64}$/.test(raw["id"]) ? raw["id"] : undefined;
  let id = own !== undefined && !ids.has(own) ? own : `cell-${index + 1}`;
  for (let n = 2; ids.has(id); n++) id = `cell-${index + 1}-${n}`;
  ids.add(id);
  const common = {
    id,
    metadata: object(raw["metadata"] ?? {}, `${place}.metadata`, file),
    source: joined(raw["source"] ?? "", `${place}.source`, file),
  };
  if (type === "code") {
    const count = raw["execution_count"];
    return {
      cell_type: "code",
      ...common,
      execution_count: typeof count === "number" ? count : null,
      outputs: list(raw["outputs"] ?? [], `${place}.outputs`, file).map((output, i) =>
        readOutput(object(output, `${place}.outputs[${i}]`, file), `${place}.outputs[${i}]`, file),
      ),
    } satisfies CodeCell;
  }
  if (type !== "markdown" && type !== "raw") throw bad(file, `${place}.cell_type`, String(type));
  const attachments = raw["attachments"];
  return {
    cell_type: type,
    ...common,
    ...(attachments && typeof attachments === "object"
      ? {
          attachments: Object.fromEntries(
            Object.entries(attachments as Loose).map(([name, data]) => [
              name,
              readMime(object(data, place, file), place, file),
            ]),
          ),
        }
      : {}),
  };
}

function readOutput(raw: Loose, place: string, file: string): Output {
  const data = (): MimeData => readMime(object(raw["data"] ?? {}, `${place}.data`, file), place, file);
  const metadata = object(raw["metadata"] ?? {}, `${place}.metadata`, file);
  switch (raw["output_type"]) {
    case "stream":
      return {
        output_type: "stream",
        name: raw["name"] === "stderr" ? "stderr" : "stdout",
        text: joined(raw["text"] ?? "", `${place}.text`, file),
      };
    case "display_data":
      return { output_type: "display_data", data: data(), metadata };
    case "execute_result": {
      const count = raw["execution_count"];
      return {
        output_type: "execute_result",
        execution_count: typeof count === "number" ? count : null,
        data: data(),
        metadata,
      };
    }
    case "error":
      return {
        output_type: "error",
        ename: textOf(raw["ename"]),
        evalue: textOf(raw["evalue"]),
        traceback: list(raw["traceback"] ?? [], `${place}.traceback`, file).map(String),
      };
    default:
      throw bad(file, `${place}.output_type`, String(raw["output_type"]));
  }
}

function readMime(raw: Loose, place: string, file: string): MimeData {
  return Object.fromEntries(
    Object.entries(raw).map(([type, value]) => [
      type,
      isJsonMime(type) ? value : joined(value, `${place}.${type}`, file),
    ]),
  );
}

/** Names of media in nbformat 3. */
const SHORT_TYPES: Readonly<Record<string, string>> = {
  text: "text/plain",
  html: "text/html",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  latex: "text/latex",
  json: "application/json",
  javascript: "application/javascript",
};

/** nbformat 3: worksheets, heading cells, `input`, `prompt_number`, `pyout`, `pyerr`, media beside the type. */
function cellsOfVersion3(raw: Loose, file: string): Loose[] {
  return list(raw["worksheets"] ?? [], "worksheets", file).flatMap((sheet, s) =>
    list(object(sheet, `worksheets[${s}]`, file)["cells"] ?? [], `worksheets[${s}].cells`, file).map(
      (cell, i) => {
        const old = object(cell, `worksheets[${s}].cells[${i}]`, file);
        if (old["cell_type"] === "heading") {
          const level = Math.min(6, Math.max(1, Number(old["level"]) || 1));
          return {
            cell_type: "markdown",
            metadata: old["metadata"],
            source: `${"#".repeat(level)} ${joined(old["source"] ?? "", "source", file)}`,
          };
        }
        if (old["cell_type"] !== "code") return old;
        return {
          cell_type: "code",
          metadata: old["metadata"],
          source: old["input"] ?? old["source"],
          execution_count: old["prompt_number"] ?? null,
          outputs: list(old["outputs"] ?? [], "outputs", file).map((output) =>
            outputOfVersion3(object(output, "outputs", file)),
          ),
        };
      },
    ),
  );
}

function outputOfVersion3(old: Loose): Loose {
  const type = old["output_type"];
  if (type === "stream") return { output_type: "stream", name: old["stream"] ?? "stdout", text: old["text"] };
  if (type === "pyerr") return { ...old, output_type: "error" };
  const data: Loose = {};
  for (const [short, mime] of Object.entries(SHORT_TYPES))
    if (old[short] !== undefined) data[mime] = old[short];
  return type === "pyout"
    ? {
        output_type: "execute_result",
        execution_count: old["prompt_number"],
        data,
        metadata: old["metadata"],
      }
    : { output_type: "display_data", data, metadata: old["metadata"] };
}

function object(value: unknown, place: string, file: string): Loose {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw bad(file, place || "/", "not an object");
  return value as Loose;
}

function list(value: unknown, place: string, file: string): unknown[] {
  if (!Array.isArray(value)) throw bad(file, place, "not a list");
  return value as unknown[];
}

function joined(value: unknown, place: string, file: string): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) return value.join("");
  throw bad(file, place, "not text");
}

function bad(file: string, place: string, found: string): NotebookError {
  return new NotebookError("LB_BAD_NOTEBOOK", file, {
    ko: `노트북이 망가졌습니다: \`${place}\` (${found}).`,
    en: `the notebook is broken at ${place} (${found})`,
  });
}
