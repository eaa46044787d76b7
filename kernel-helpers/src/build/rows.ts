/** The vertices of a finished build as the rows that a person sees: progress groups as one, steps in canonical order (test/fidelity/FORMAT.md). */

import type { StatusRow } from "./status";
import { CANCELED, type Course, type VertexOutcome } from "./timeline";
import type { StepStatus } from "./types";

/** One row: a vertex, or the vertices of a progress group. */
export interface Row {
  readonly name: string;
  readonly vertices: readonly VertexOutcome[];
  readonly started: boolean;
  readonly cached: boolean;
  readonly completed: boolean;
  readonly error?: string;
  /** Digests of the vertices that this row takes its inputs from. */
  readonly needs: readonly string[];
  /** Lines printed. */
  readonly output: readonly string[];
  readonly statuses: readonly StatusRow[];
  readonly internal: boolean;
}

const STEP = /^\[(?:.* )?\s*\d+\/\d+\] /;
const INTERNAL =
  /^(\[(?:\S+ )?internal\]|\[auth\]|\[context [^\]]*\]|exporting |importing |resolve image config|docker-image:\/\/|resolving provenance|\[policy\])/;

/** Is a row of this name no step of the Dockerfile? */
export function isInternalName(name: string): boolean {
  return !STEP.test(name) && INTERNAL.test(name);
}

/** Rows in canonical order: depth first from the final vertices, inputs first, in input order; a group takes the place of its last vertex. */
export function rowsOf(course: Course): Row[] {
  const byDigest = new Map(course.vertices.map((vertex) => [vertex.digest, vertex]));
  const groups = new Map<string, { name: string; group: boolean; members: VertexOutcome[] }>();
  const order: string[] = [];
  for (const digest of canonicalOrder(course.vertices, byDigest)) {
    const vertex = byDigest.get(digest)!;
    const group = vertex.progressGroup;
    const key = group ? "group:" + group.id : digest;
    const row = groups.get(key);
    if (row) {
      row.members.push(vertex);
      order.splice(order.indexOf(key), 1);
    } else {
      groups.set(key, { name: group?.name ?? vertex.name, group: group !== undefined, members: [vertex] });
    }
    order.push(key);
  }
  return order.map((key) => makeRow(groups.get(key)!, course));
}

function makeRow(
  {
    name,
    group,
    members,
  }: { readonly name: string; readonly group: boolean; readonly members: readonly VertexOutcome[] },
  course: Course,
): Row {
  const started = members.filter((vertex) => vertex.started !== undefined);
  const isWeak = group && !started.some((vertex) => vertex.progressGroup?.weak !== true);
  const own = new Set(members.map(({ digest }) => digest));
  const text = members
    .flatMap(({ digest }) => course.logs.get(digest) ?? [])
    .map(({ data }) => data)
    .join("");
  const error = members.find((vertex) => vertex.error !== undefined)?.error;
  return {
    name,
    vertices: members,
    started: started.length > 0 && !isWeak,
    cached: members.every((vertex) => vertex.cached),
    completed: started.every((vertex) => vertex.completed !== undefined),
    ...(error !== undefined && { error }),
    needs: members.flatMap(({ inputs }) => inputs).filter((input) => !own.has(input)),
    output: linesOf(text),
    statuses: members.flatMap(({ digest }) => [...(course.rows.get(digest)?.values() ?? [])]),
    internal: isInternalName(name),
  };
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** Digests depth first from the vertices that are nobody's input. Results of several platforms are ordered by platform. */
function canonicalOrder(
  vertices: readonly VertexOutcome[],
  byDigest: ReadonlyMap<string, VertexOutcome>,
): string[] {
  const used = new Set(vertices.flatMap(({ inputs }) => inputs));
  let roots = vertices.filter(({ digest }) => !used.has(digest));
  if (roots.filter(({ name }) => name.startsWith("[linux/")).length > 1) {
    const platformOf = (name: string): string => /^\[(\S+) /.exec(name)?.[1] ?? name;
    roots = roots
      .map((vertex) => ({ vertex, key: platformOf(vertex.name) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ vertex }) => vertex);
  }
  const done = new Set<string>();
  const order: string[] = [];
  for (const root of [...roots, ...vertices]) {
    if (done.has(root.digest)) continue;
    done.add(root.digest);
    const stack = [{ vertex: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = top.vertex.inputs[top.next++];
      if (input === undefined) {
        order.push(top.vertex.digest);
        stack.pop();
      } else if (!done.has(input) && byDigest.has(input)) {
        done.add(input);
        stack.push({ vertex: byDigest.get(input)!, next: 0 });
      }
    }
  }
  return order;
}

/** What a row is shown as; undefined when it never started. */
export function statusOf(row: Row): StepStatus | undefined {
  if (!row.started) return undefined;
  if (row.error !== undefined) return row.error.endsWith(CANCELED) ? "CANCELED" : "ERROR";
  return row.cached ? "CACHED" : row.completed ? "DONE" : undefined;
}

/** A step row with what a failure makes of it. */
export interface JudgedRow {
  readonly row: Row;
  readonly status: StepStatus | undefined;
  /** In a real build its state would be a matter of timing. */
  readonly racy: boolean;
  /** It stands behind what failed: known, never started. */
  readonly pending: boolean;
}

/**
 * Steps of a failed build: only the failing step and, when it failed while running, what it depends on are sure; what it
 * blocks is pending; everything else ran beside it and ends in whatever state the failure met it.
 */
export function judge(rows: readonly Row[]): JudgedRow[] {
  const steps = rows.filter((row) => !row.internal).map((row) => ({ row, status: statusOf(row) }));
  const hasFailed = steps.some(({ status }) => status === "ERROR" || status === "CANCELED");
  const index = new Map(
    steps.flatMap(({ row }, i) => row.vertices.map(({ digest }) => [digest, i] as const)),
  );
  const needsOf = (i: number): number[] => steps[i]!.row.needs.flatMap((digest) => index.get(digest) ?? []);
  const bad = steps.flatMap(({ status }, i) => (status === "ERROR" ? [i] : []));
  if (!hasFailed) return steps.map((step) => ({ ...step, racy: false, pending: step.status === undefined }));
  const sure = new Set(bad);
  const todo = bad.filter((i) => !steps[i]!.row.error!.includes("failed to calculate checksum"));
  while (todo.length > 0) {
    for (const need of needsOf(todo.pop()!)) {
      if (sure.has(need)) continue;
      sure.add(need);
      todo.push(need);
    }
  }
  const never = new Set<number>();
  return steps.map((step, i) => {
    const isBehind =
      step.status === undefined && needsOf(i).some((need) => bad.includes(need) || never.has(need));
    if (isBehind) never.add(i);
    return { ...step, pending: isBehind, racy: !isBehind && !sure.has(i) };
  });
}

const RANKS = [
  "[internal] load build definition",
  "resolve image config",
  "docker-image://",
  "[context",
  "[auth]",
  "[internal] load metadata",
  "[internal] load .dockerignore",
  "importing ",
  "[internal] load build context",
];

/** Place of an internal row in the canonical order. */
export function rankOf(name: string): number {
  const plain = name.replace(/^\[\S+ internal\]/, "[internal]");
  const rank = RANKS.findIndex((prefix) => plain.startsWith(prefix));
  return rank >= 0 ? rank : name.startsWith("exporting ") ? 90 : 50;
}

/** Compares names by code point, as Python and Go do. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
