/** BuildKit's plain progress in the canonical form of the recordings: one block per row, every time 0.0 (test/fidelity/FORMAT.md). */

import type { StatusRow } from "./status";
import { CANCELED, type Course } from "./timeline";
import { compareNames, judge, rankOf, type Row, rowsOf } from "./rows";

/** The lines. *warnings*: the short texts that vertex #1 shows. */
export function canonicalPlain(course: Course): string[] {
  const racy = new Set(judge(rowsOf(course)).filter((step) => step.racy).map(({ row }) => row.name));
  const rows = rowsOf(course).filter((row) => row.started && !racy.has(row.name));
  const early = rows
    .filter((row) => row.internal && rankOf(row.name) < 8)
    .sort((a, b) => rankOf(a.name) - rankOf(b.name) || compareNames(a.name, b.name));
  const late = rows.filter((row) => row.internal && rankOf(row.name) >= 90);
  const rest = rows.filter((row) => !early.includes(row) && !late.includes(row));
  const ordered = [...early, ...rest.filter((row) => row.needs.length === 0), ...rest.filter((row) => row.needs.length > 0), ...late];
  // Layers that two bases share are fetched for whichever asks first: the lines say nothing then.
  const resolving = ordered.filter((row) => row.statuses.some(({ id }) => id.startsWith("resolve "))).length;
  const lines: string[] = [];
  const tail: string[] = [];
  for (const [i, row] of ordered.entries()) {
    const body = [row.name, ...statusLines(row, resolving > 1)];
    body.push(...warningsOf(course, row).map((short) => "WARN: " + short));
    body.push(...row.output.map((line) => "0.0 " + line));
    if (row.error !== undefined) {
      const isCancelled = row.error.endsWith(CANCELED);
      body.push(isCancelled ? "CANCELED" : "ERROR: " + row.error);
      if (!isCancelled) {
        tail.push("------", ` > ${row.name}:`, ...row.output.slice(-10).map((line) => "0.0 " + line), "------");
      }
    } else if (row.cached) body.push("CACHED");
    else if (row.completed) body.push("DONE 0.0s");
    lines.push(...body.map((line) => `#${i + 1} ${line}`), "");
  }
  return [...lines, ...tail];
}

function statusLines(row: Row, isShared: boolean): string[] {
  const isPull = /^(FROM |docker-image:)/.test(row.name.split("] ").pop()!);
  let statuses = row.statuses;
  if (isShared || !isPull) statuses = statuses.filter(({ id }) => !/^(sha256:|extracting )/.test(id));
  if (row.name.startsWith("importing ")) statuses = statuses.filter(({ id }) => !id.startsWith("inferred "));
  if (row.name.startsWith("exporting cache")) {
    statuses = statuses
      .filter(({ id }) => !id.startsWith("writing layer "))
      .map((status) => ({ ...status, id: status.id.replace(/sha256:[0-9a-f]{64}/, "sha256:<digest>") }));
  }
  const resolve = statuses.filter(({ id }) => id.startsWith("resolve "));
  const pulls = statuses.filter(({ id }) => id.startsWith("sha256:")).sort((a, b) => compareNames(a.id, b.id));
  const others = statuses.filter((status) => !resolve.includes(status) && !pulls.includes(status));
  return [...resolve, ...pulls, ...others].map((status) => status.id + sizes(status) + " done");
}

function sizes({ total = 0, current = 0 }: StatusRow): string {
  if (total > 0) return ` ${byteCount(total)} / ${byteCount(total)}`;
  return current > 0 ? ` ${byteCount(current)}` : "";
}

/** Decimal units as docker prints them: `34B`, `1.84kB`. */
function byteCount(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (value < 1000 || unit === "GB") return unit === "B" ? `${value}B` : value.toFixed(2) + unit;
    value /= 1000;
  }
  return "";
}

function warningsOf(course: Course, row: Row): string[] {
  const own = new Set(row.vertices.map(({ digest }) => digest));
  return [...new Set(course.warnings.filter(({ vertex }) => own.has(vertex)).map(({ short }) => short))];
}
