/** `docker history IMAGE`: its table (also with --no-trunc) and its lines of JSON. */

import type { HistoryEntry } from "../../build/types";
import { parseSize } from "../units";
import { foreignLayer, type ForeignImage, type Said } from "./types";

interface Row {
  readonly id: string;
  readonly created: string;
  readonly createdBy: string;
  readonly bytes: number;
  readonly comment: string;
}

const HEAD = /^IMAGE\s+CREATED\s+CREATED BY\s+SIZE\s+COMMENT\s*$/;

/** Reads *text*; undefined when it is no such output. */
export function readDockerHistory(text: string): ForeignImage | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const head = lines.findIndex((line) => HEAD.test(line));
  const rows = head >= 0 ? tableRows(lines[head]!, lines.slice(head + 1)) : jsonRows(lines);
  if (!rows || rows.length === 0) return undefined;
  const isCut = rows.some(({ createdBy }) => createdBy.endsWith("…"));
  // Newest first.
  const history = rows
    .reverse()
    .map((row) => ({ row, isEmpty: row.bytes === 0 && !makesLayer(row.createdBy) }));
  const image = {
    config: {},
    configDigest: rows.at(-1)!.id.startsWith("sha256:") ? rows.at(-1)!.id : "",
    manifestDigest: "",
    platform: "",
    history: history.map(({ row, isEmpty }): HistoryEntry => ({
      created_by: row.createdBy,
      ...(row.created !== "" && { created: row.created }),
      ...(row.comment !== "" && { comment: row.comment }),
      ...(isEmpty && { empty_layer: true }),
    })),
    layers: history
      .filter(({ isEmpty }) => !isEmpty)
      .map(({ row }) => foreignLayer({ uncompressed: row.bytes, size: -1 })),
  };
  const unknown: Said[] = [
    {
      ko: "docker history에는 층의 파일, 다이제스트, 어디까지가 베이스인지가 없습니다.",
      en: "docker history has neither files nor digests of the layers, nor where the base ends",
    },
    {
      ko: "크기는 세 자리로 반올림된 값이고, 0B인 COPY·RUN·WORKDIR이 빈 레이어를 만들었다고 본 것은 추론입니다.",
      en: "sizes are rounded to three digits; that a COPY, RUN or WORKDIR of 0B made an empty layer is inferred",
    },
  ];
  if (isCut)
    unknown.push({
      ko: "명령이 잘려 있습니다. docker history --no-trunc로 온전히 봅니다.",
      en: "instructions are cut; docker history --no-trunc shows them whole",
    });
  return { source: "docker history", name: "", image, files: false, unknown };
}

/** Does an instruction of no bytes make a layer all the same? */
function makesLayer(createdBy: string): boolean {
  const text = createdBy.replace(/^\/bin\/sh -c #\(nop\)\s*/, "").trim();
  if (/^(?:COPY|ADD|RUN|WORKDIR)\b/i.test(text)) return true;
  return /^\/bin\/sh -c (?!#\(nop\))/.test(createdBy);
}

function sizeOf(text: string): number | undefined {
  try {
    return Number(parseSize(text.trim(), "decimal"));
  } catch {
    return undefined;
  }
}

/** Columns begin where their heads do; CREATED BY may hold anything, but SIZE has the form of a size. */
function tableRows(head: string, lines: readonly string[]): Row[] | undefined {
  const at = {
    created: head.indexOf("CREATED"),
    by: head.indexOf("CREATED BY"),
    size: head.search(/SIZE\s+COMMENT/),
    comment: head.indexOf("COMMENT"),
  };
  const rows: Row[] = [];
  for (const line of lines) {
    // Wide characters shift what follows: the size is looked for by its form then.
    const exact = /^\S/.test(line.slice(at.size));
    const bytes = sizeOf(line.slice(at.size, at.comment));
    if (exact && bytes !== undefined) {
      rows.push({
        id: line.slice(0, at.created).trim(),
        created: line.slice(at.created, at.by).trim(),
        createdBy: line.slice(at.by, at.size).trim(),
        bytes,
        comment: line.slice(at.comment).trim(),
      });
      continue;
    }
    const match =
      /^(\S+)\s{2,}(.{1,60}?)\s{2,}(.{0,20000}?)\s{2,}(\d[\d.]*(?:e[+-]\d+)?[kMGT]?B)(?:\s{2,}(.{0,500}))?$/.exec(
        line,
      );
    const size = match && sizeOf(match[4]!);
    if (!match || size === undefined || size === null) break;
    rows.push({
      id: match[1]!,
      created: match[2]!,
      createdBy: match[3]!.trim(),
      bytes: size,
      comment: (match[5] ?? "").trim(),
    });
  }
  return rows;
}

function jsonRows(lines: readonly string[]): Row[] | undefined {
  const rows: Row[] = [];
  for (const line of lines) {
    if (!line.startsWith("{")) return undefined;
    let json: Readonly<Record<string, unknown>>;
    try {
      json = JSON.parse(line) as Readonly<Record<string, unknown>>;
    } catch {
      return undefined;
    }
    const { CreatedBy: by, Size: size, ID: id, CreatedAt: at, CreatedSince: since, Comment: comment } = json;
    if (typeof by !== "string" || (typeof size !== "string" && typeof size !== "number")) return undefined;
    const bytes = typeof size === "number" ? size : /^\d+$/.test(size) ? Number(size) : sizeOf(size);
    if (bytes === undefined) return undefined;
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    rows.push({
      id: text(id),
      created: text(at) || text(since),
      createdBy: by,
      bytes,
      comment: text(comment),
    });
  }
  return rows;
}
