/** Compares what a replay answers with a recording, field by field, as README.md says. */
import type { Scenario } from "../../kernel-helpers/src/cli/replay-scenario";

interface Step {
  readonly name: string;
  readonly status: string | null;
  readonly output?: readonly string[];
  readonly racy?: boolean;
}
interface Layer {
  readonly diffID: string;
  readonly base?: unknown;
  readonly entries?: readonly Record<string, unknown>[];
}
interface Image {
  readonly config?: unknown;
  readonly configDigest?: string;
  readonly history?: unknown;
  readonly diffIDs?: unknown;
  readonly layers?: readonly Layer[];
  readonly images?: readonly Image[];
  readonly platform?: unknown;
}
/** The shape of `expect`. */
export interface Expect {
  readonly exitCode: number;
  readonly error: { readonly message: string } | null;
  readonly steps: readonly Step[];
  readonly internal: readonly string[];
  readonly transfers: Readonly<Record<string, number>>;
  readonly warnings: readonly unknown[];
  readonly pending?: readonly string[];
  readonly check?: { readonly text: readonly string[] };
  readonly image?: Image | null;
  readonly plain: readonly string[];
}

/** The compared fields in the order in which they are worth looking at. */
export const FIELDS = [
  "exitCode",
  "error",
  "steps",
  "status",
  "output",
  "internal",
  "transfers",
  "warnings",
  "pending",
  "check",
  "config",
  "configDigest",
  "history",
  "diffIDs",
  "entries",
  "plain",
] as const;
export type Field = (typeof FIELDS)[number];

/** Every compared field of one build: what was recorded and what was answered. */
export function fieldsOf(
  expect: Expect,
  actual: Expect | undefined,
): Map<Field, readonly [unknown, unknown]> {
  const fields = new Map<Field, readonly [unknown, unknown]>();
  const put = (field: Field, pick: (from: Expect) => unknown): void =>
    void fields.set(field, [pick(expect), actual && pick(actual)]);
  put("exitCode", (e) => e.exitCode);
  put("error", (e) => e.error?.message ?? null);
  put("steps", (e) => e.steps.map(({ name }) => name));
  const racy = new Set(expect.steps.filter((step) => step.racy).map(({ name }) => name));
  put("status", (e) => e.steps.map((step) => (racy.has(step.name) ? "any" : step.status)));
  put("output", (e) => e.steps.map((step) => (racy.has(step.name) ? [] : (step.output ?? []))));
  put("internal", (e) => e.internal);
  put("transfers", (e) => e.transfers);
  put("warnings", (e) => e.warnings.map((warning) => ({ ...(warning as object) })));
  put("pending", (e) => e.pending ?? []);
  put("check", (e) => e.check?.text ?? []);
  const images = (e: Expect): readonly Image[] => e.image?.images ?? (e.image ? [e.image] : []);
  put("config", (e) => images(e).map(({ config, platform }) => [config, platform ?? null]));
  put("configDigest", (e) => images(e).map(({ configDigest }) => configDigest));
  put("history", (e) => images(e).map(({ history }) => history));
  put("diffIDs", (e) => images(e).map(({ diffIDs }) => diffIDs));
  put("entries", (e) =>
    images(e).map(({ layers }) => (layers ?? []).map((layer) => (layer.base ? "base" : layer.entries))),
  );
  put("plain", (e) =>
    e.plain.map((line) =>
      line.replace(/(exporting manifest(?: list)?) sha256:[0-9a-f]{64}/, "$1 sha256:<digest>"),
    ),
  );
  return fields;
}

/** Equal as JSON, an absent optional field like an empty one. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value, i) => isEqual(value, b[i]))
    );
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    isEqual(left[key], right[key]),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A scenario with what was recorded of it. */
export interface Recorded extends Scenario {
  readonly builds: readonly (Scenario["builds"][number] & {
    readonly expect: Expect;
    /** Fields that differ from recording to recording, such as the layer of a `RUN date`. */
    readonly volatile?: readonly Field[];
  })[];
}

/** What a replay answers. */
export interface Answered {
  readonly builds: readonly Expect[];
}

/** Every compared field in which *answer* is not what was recorded, in words; *count* hears of all compared fields. */
export function disagreements(
  scenario: Recorded,
  answer: Answered,
  count: (field: Field, agrees: boolean) => void = () => undefined,
): string[] {
  return scenario.builds.flatMap(({ expect, volatile }, build) =>
    [...fieldsOf(expect, answer.builds[build])].flatMap(([field, [expected, actual]]) => {
      if (volatile?.includes(field)) return [];
      const agrees = isEqual(expected, actual);
      count(field, agrees);
      if (agrees) return [];
      return [`build ${build} ${field}\n  recorded ${clip(expected)}\n  answered ${clip(actual)}`];
    }),
  );
}

function clip(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 2000 ? text.slice(0, 2000) + "…" : text;
}
