/** The plain progress freed from everything that timing decides: test/fidelity/FORMAT.md, `plain`. */

import type { BuildRecord } from "../../build/types";
import type { SolveStatus, StatusRow, VertexStatus } from "../../build/status";
import { formatBytes } from "./format";
import { isCancelError } from "./trace";

/** A row as shown: a vertex, or a progress group with its members. */
interface Row {
  readonly name: string;
  readonly group: boolean;
  readonly members: VertexStatus[];
  needs: boolean;
  started: boolean;
  cached: boolean;
  completed: boolean;
  error: string;
  output: string[];
}

const STEP = /^\[(?:.* )?\s*\d+\/\d+\] /;
const INTERNAL =
  /^(\[(?:\S+ )?internal\]|\[auth\]|\[context [^\]]*\]|exporting |importing |resolve image config|docker-image:\/\/|resolving provenance|\[policy\])/;
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
const BEFORE_STEPS = 8;
const AFTER_STEPS = 90;

function rank(name: string): number {
  const plain = name.replace(/^\[\S+ internal\]/, "[internal]");
  const index = RANKS.findIndex((prefix) => plain.startsWith(prefix));
  return index !== -1 ? index : name.startsWith("exporting ") ? AFTER_STEPS : 50;
}

/** Is *name* a vertex that is no step of the Dockerfile (`[internal] …`, `exporting …`)? */
export function isInternalName(name: string): boolean {
  return !STEP.test(name) && INTERNAL.test(name);
}

/**
 * The plain progress of *record* as lines: one block per row in canonical order (loads, sources, the rest, exports), each
 * status row in its last state, every time 0.0, rows that are a matter of timing left out; a blank line after each block.
 */
export function plainNormalised(record: Pick<BuildRecord, "events" | "steps">): string[] {
  const state = collect(record.events);
  const racy = new Set(record.steps.filter((step) => step.racy).map((step) => step.name));
  const rows = mergedRows(state).filter((row) => row.started && !racy.has(row.name));
  const early = rows
    .filter((row) => isInternalName(row.name) && rank(row.name) < BEFORE_STEPS)
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const late = rows.filter((row) => isInternalName(row.name) && rank(row.name) >= AFTER_STEPS);
  const rest = rows.filter((row) => !early.includes(row) && !late.includes(row));
  const ordered = [
    ...early,
    ...rest.filter((row) => !row.needs),
    ...rest.filter((row) => row.needs),
    ...late,
  ];

  // Which of two images fetches a layer that both have is a matter of timing: those lines are left out.
  const resolving = ordered.filter((row) =>
    statusesOf(state, row).some((status) => status.id.startsWith("resolve ")),
  );
  const lines: string[] = [];
  const tail: string[] = [];
  ordered.forEach((row, index) => {
    for (const line of blockOf(state, row, resolving.length > 1)) lines.push(`#${index + 1} ${line}`);
    lines.push("");
    if (row.error !== "" && !isCancelError(row.error)) {
      const output = row.output.slice(-10).map((line) => "0.0 " + line);
      tail.push("------", ` > ${row.name}:`, ...output, "------");
    }
  });
  return [...lines, ...tail];
}

function blockOf(state: State, row: Row, shared: boolean): string[] {
  const out = [row.name];
  const isImage = /^(FROM |docker-image:)/.test(row.name.split("] ").at(-1) ?? "");
  let statuses = statusesOf(state, row).filter(
    (status) => (!shared && isImage) || !/^(sha256:|extracting )/.test(status.id),
  );
  if (row.name.startsWith("importing "))
    statuses = statuses.filter((status) => !status.id.startsWith("inferred "));
  if (row.name.startsWith("exporting cache")) {
    // Layers in an exported cache keep the clock's time stamps, so their digests are new every time.
    statuses = statuses
      .filter((status) => !status.id.startsWith("writing layer "))
      .map((status) => ({ ...status, id: status.id.replace(/sha256:[0-9a-f]{64}/g, "sha256:<digest>") }));
  }
  const resolve = statuses.filter((status) => status.id.startsWith("resolve "));
  const pulls = statuses
    .filter((status) => status.id.startsWith("sha256:"))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const others = statuses.filter((status) => !resolve.includes(status) && !pulls.includes(status));
  for (const status of [...resolve, ...pulls, ...others]) {
    const total = status.total ?? 0;
    const current = status.current ?? 0;
    const amount = total
      ? ` ${formatBytes(total)} / ${formatBytes(total)}`
      : current
        ? ` ${formatBytes(current)}`
        : "";
    out.push(`${status.id}${amount} done`);
  }
  for (const member of row.members)
    for (const short of state.shorts.get(member.digest) ?? []) out.push("WARN: " + short);
  for (const line of row.output) out.push("0.0 " + line);
  if (row.error !== "") out.push(isCancelError(row.error) ? "CANCELED" : "ERROR: " + row.error);
  else if (row.cached) out.push("CACHED");
  else if (row.completed) out.push("DONE 0.0s");
  return out;
}

interface State {
  readonly vertexes: Map<string, VertexStatus>;
  readonly statuses: Map<string, Map<string, StatusRow>>;
  readonly logs: Map<string, string>;
  readonly shorts: Map<string, string[]>;
}

function collect(events: readonly SolveStatus[]): State {
  const state: State = { vertexes: new Map(), statuses: new Map(), logs: new Map(), shorts: new Map() };
  for (const event of events) {
    for (const vertex of event.vertexes ?? []) {
      const old = state.vertexes.get(vertex.digest);
      const inputs = vertex.inputs?.length ? vertex.inputs : (old?.inputs ?? vertex.inputs);
      // Of a vertex reported as failed and then as cancelled the first report says why.
      const error = isCancelError(vertex.error ?? "") && old?.error ? old.error : vertex.error;
      state.vertexes.set(vertex.digest, { ...vertex, inputs, error });
    }
    for (const status of event.statuses ?? []) {
      let rows = state.statuses.get(status.vertex);
      if (!rows) state.statuses.set(status.vertex, (rows = new Map<string, StatusRow>()));
      rows.set(status.id, status);
    }
    for (const log of event.logs ?? [])
      state.logs.set(log.vertex, (state.logs.get(log.vertex) ?? "") + log.data);
    for (const warning of event.warnings ?? []) {
      const shorts = state.shorts.get(warning.vertex) ?? [];
      if (!shorts.includes(warning.short)) state.shorts.set(warning.vertex, [...shorts, warning.short]);
    }
  }
  return state;
}

function statusesOf(state: State, row: Row): StatusRow[] {
  return row.members.flatMap((member) => [...(state.statuses.get(member.digest)?.values() ?? [])]);
}

/** Depth first from the last vertices, inputs first, in input order; a group stands in the place of its last member. */
function mergedRows(state: State): Row[] {
  const rows: Row[] = [];
  const byKey = new Map<string, Row>();
  for (const digest of depthFirst(state.vertexes)) {
    const vertex = state.vertexes.get(digest);
    if (!vertex) continue;
    const group = vertex.progressGroup;
    const key = group ? "group " + group.id : digest;
    let row = byKey.get(key);
    if (row) rows.splice(rows.indexOf(row), 1);
    else {
      row = newRow(group ? (group.name ?? "") : vertex.name, group !== undefined);
      byKey.set(key, row);
    }
    row.members.push(vertex);
    rows.push(row);
  }
  for (const row of rows) {
    const started = row.members.filter((member) => member.started !== undefined);
    const strong = started.some((member) => !member.progressGroup?.weak);
    const own = new Set(row.members.map((member) => member.digest));
    const text = row.members.map((member) => state.logs.get(member.digest) ?? "").join("");
    row.started = started.length > 0 && (!row.group || strong);
    row.cached = row.members.every((member) => member.cached);
    row.completed = started.every((member) => member.completed !== undefined);
    row.error = row.members.find((member) => member.error)?.error ?? "";
    row.needs = row.members.some((member) => (member.inputs ?? []).some((input) => !own.has(input)));
    row.output = text === "" ? [] : (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  }
  return rows;
}

function newRow(name: string, group: boolean): Row {
  return {
    name,
    group,
    members: [],
    needs: false,
    started: false,
    cached: false,
    completed: false,
    error: "",
    output: [],
  };
}

function depthFirst(vertexes: ReadonlyMap<string, VertexStatus>): string[] {
  const inputsOfAny = new Set([...vertexes.values()].flatMap((vertex) => vertex.inputs ?? []));
  const roots = [...vertexes.keys()].filter((digest) => !inputsOfAny.has(digest));
  const platform = (digest: string): string => /^\[(\S+) /.exec(vertexes.get(digest)?.name ?? "")?.[1] ?? "";
  if (roots.filter((digest) => vertexes.get(digest)?.name.startsWith("[linux/")).length > 1) {
    const keys = new Map(
      roots.map((digest) => [digest, platform(digest) || (vertexes.get(digest)?.name ?? "")]),
    );
    roots.sort((a, b) =>
      (keys.get(a) ?? "") < (keys.get(b) ?? "") ? -1 : (keys.get(a) ?? "") > (keys.get(b) ?? "") ? 1 : 0,
    );
  }
  const done = new Set<string>();
  const order: string[] = [];
  for (const root of [...roots, ...vertexes.keys()]) {
    if (done.has(root)) continue;
    done.add(root);
    const stack = [{ digest: root, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = vertexes.get(top.digest)?.inputs?.[top.next++];
      if (input === undefined) {
        stack.pop();
        order.push(top.digest);
      } else if (!done.has(input) && vertexes.has(input)) {
        done.add(input);
        stack.push({ digest: input, next: 0 });
      }
    }
  }
  return order;
}
