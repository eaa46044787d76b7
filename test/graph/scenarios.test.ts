/** Every build of the recorded scenarios: steps, order, internal rows, warnings, config, history, refusals and their frames. */

import assert from "node:assert/strict";
import { convert, walkVertices, type Conversion, type Vertex } from "../../kernel-helpers/src/graph";
import { scenarioBuilds, type ExpectedBuild, type ScenarioBuild } from "./scenarios";

interface Row {
  readonly name: string;
  readonly internal: boolean;
  readonly vertices: Vertex[];
}

/** The rows in canonical order; a progress group is one row, at the place of its last vertex. */
function rowsOf(conversion: Conversion): Row[] {
  const rows = new Map<string, Row>();
  for (const vertex of walkVertices(conversion.targets.map((target) => target.root))) {
    const group = vertex.progressGroup;
    const key = group === undefined ? vertex.digest : "group " + group.id;
    const known = rows.get(key);
    const row = known ?? { name: group?.name ?? vertex.name, internal: vertex.internal, vertices: [] };
    row.vertices.push(vertex);
    rows.delete(key);
    rows.set(key, row);
  }
  return [...rows.values()];
}

function stepsOf(rows: readonly Row[]): { name: string; needs: number[] }[] {
  const steps = rows.filter((row) => !row.internal);
  const index = new Map(steps.flatMap((row, i) => row.vertices.map((vertex) => [vertex, i] as const)));
  return steps.map((row, i) => {
    const inputs = row.vertices.flatMap((vertex) => vertex.inputs.map((edge) => index.get(edge.vertex)));
    const needs = new Set(inputs.filter((input) => input !== undefined && input !== i) as number[]);
    return { name: row.name, needs: [...needs].sort((a, b) => a - b) };
  });
}

function warningsOf({ warnings }: Conversion): unknown[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return warnings
    .map(({ rule, detail, description, url, lines }) => ({
      rule,
      detail,
      description,
      url,
      line: lines[0]?.[0] ?? 0,
    }))
    .sort((a, b) => a.line - b.line || compare(a.rule, b.rule) || compare(a.detail, b.detail));
}

/** Lines marked with >>> in the printed frames. */
function markedLines(output: readonly string[]): number[] {
  return output.flatMap((line) => {
    const match = /^ +(\d+) \| >>>/.exec(line);
    return match === null ? [] : [Number(match[1])];
  });
}

function frameLines(conversion: Conversion): number[] {
  return (conversion.error?.lines ?? []).flatMap((frame) => {
    const lines = frame.flat().filter((line) => line > 0);
    if (lines.length === 0) return [];
    const first = Math.min(...lines);
    return Array.from({ length: Math.max(...lines) - first + 1 }, (_, i) => first + i);
  });
}

/** Refusals that come from the solver, not from the frontend. */
const solverErrors = [
  /invalid user index/,
  /did not complete successfully/,
  /failed to calculate checksum/,
  /digest mismatch/,
  /invalid includepatterns/,
  /open \/\S+: (no such file or|not a) directory/,
  /link \/\S+ \/\S+: no such file or directory/,
  /unhandled tar header type/,
  /failed to load cache key: invalid response status/,
];
const runtimeErrors = [...solverErrors, /^error: failed to solve: (secret|no SSH key|mkdir|cannot)/];

function isFromFrontend(expect: ExpectedBuild): boolean {
  const message = expect.error?.message ?? "";
  if (/cannot (copy|mount) from stage/.test(message)) return true;
  return expect.error !== null && !runtimeErrors.some((pattern) => pattern.test(message));
}

async function compare({ input, expect }: ScenarioBuild): Promise<void> {
  const conversion = await convert(input);
  const isCheck = input.options.check === true;
  const prefix = isCheck ? "" : "error: failed to solve: ";
  const message = conversion.error === undefined ? null : prefix + conversion.error.message;
  assert.equal(message, isFromFrontend(expect) ? expect.error?.message : null);
  assert.deepEqual(
    warningsOf(conversion),
    expect.warnings.map((warning) => ({ ...warning, url: warning["url"] ?? "" })),
  );
  if (isCheck) return;

  const rows = rowsOf(conversion);
  const shown = expect.internal.filter((name) => !/^(exporting|importing)/.test(name));
  const internal = [
    ...conversion.internal.map((request) => request.name),
    ...rows.filter((row) => row.internal).map((row) => row.name),
  ];
  assert.deepEqual(internal.sort(), [...shown].sort());
  if (conversion.error !== undefined) {
    assert.deepEqual(frameLines(conversion), markedLines(expect.error?.output ?? []));
    return;
  }
  const steps = stepsOf(rows);
  if (expect.error === null) {
    // The row of a --link copy whose files nobody asks for is recorded as pending, not as a step.
    assert.deepEqual(
      steps.filter(({ name }) => !expect.pending?.includes(name)),
      expect.steps.map(({ name, needs }) => ({ name, needs })),
    );
  } else {
    const known = [...expect.steps.map((step) => step.name), ...(expect.pending ?? [])];
    assert.deepEqual(steps.map((step) => step.name).sort(), known.sort());
  }
  if (expect.image === null) return;
  const images = "images" in expect.image ? expect.image.images : [expect.image];
  images.forEach((image, i) => {
    const target = conversion.targets[i];
    const { created: _created, ...config } = image.config;
    assert.equal(JSON.stringify(target?.image), JSON.stringify(config));
    assert.deepEqual(
      target?.history.map((line) => line.entry),
      // Of a directory as a base only the exporter has a line: it is one layer more than lines.
      image.history.filter((line) => line["comment"] !== "buildkit.exporter.image.v0"),
    );
  });
}

/** Which file a linked Dockerfile is, is found where files are read: `convert` is given its text. */
const readElsewhere = new Set(["context-dockerfile-link"]);

describe("scenarios", () => {
  const groups = groupBuilds();
  for (const [group, builds] of groups) {
    describe(group, () => {
      for (const build of builds) it(`${build.scenario} build ${build.index}`, () => compare(build));
    });
  }
});

function groupBuilds(): Map<string, ScenarioBuild[]> {
  const groups = new Map<string, ScenarioBuild[]>();
  for (const build of scenarioBuilds()) {
    if (readElsewhere.has(build.scenario)) continue;
    groups.set(build.group, [...(groups.get(build.group) ?? []), build]);
  }
  return groups;
}
