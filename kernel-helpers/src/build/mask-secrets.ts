/**
 * Values of secrets as `****` in all that a build tells: the mounted ones, and those of ARG and ENV whose names the check
 * SecretsUsedInArgOrEnv matches. Images and the text of the Dockerfile stay as they are.
 */

import type { StepTrace } from "../cache/explain";
import { isSecretName } from "../graph";
import type { BuildOptions, BuildRecord, BuiltImage, InstructionRow } from "./types";
import type { Course } from "./timeline";

const MASK = "****";
/** Shorter values of variables are words of every log (`dev`, `true`). */
const SHORTEST_VALUE = 6;
/** Shorter mounted ones are masked where they stand alone. */
const SHORTEST_PART = 4;

/** Names are read from their beginning only: from each letter of a long word it would take the square of its length. */
const ASSIGNMENT = /(?<!\w)([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s$"']\S*)/g;
/** A line of a settings file: `//registry/:_authToken=…`, `password: …`. */
const SETTING = /(?:auth|key|passw(?:or)?d|secret|token)\w{0,40}["']?\s*[=:]\s*["']?([^\s"']+)/gi;

/** Fields that hold digests and places, not texts. */
const KEPT = new Set(["digest", "cacheKey", "diffId", "needs", "range", "contents", "lines", "vertex"]);

/** What is known of a build when it is over. */
export interface SecretSources {
  readonly options: BuildOptions;
  readonly rows: readonly Pick<InstructionRow, "text" | "instruction">[];
  readonly images: readonly Pick<BuiltImage, "config">[];
}

/** The values to hide, longest first. */
export function secretValues({ options, rows, images }: SecretSources): string[] {
  const mounted = Object.values(options.secrets ?? {}).flatMap((value) => [
    value.trim(),
    ...value.split("\n").map((line) => line.trim()),
    ...[...value.matchAll(SETTING)].map(([, part]) => part!),
  ]);
  const named: string[] = [];
  const add = (name: string, value: string): void => {
    if (isSecretName(name) && value.length >= SHORTEST_VALUE) named.push(value);
  };
  for (const [name, value] of Object.entries(options.buildArgs ?? {})) add(name, value);
  for (const { text, instruction } of rows) {
    if (instruction !== "ARG" && instruction !== "ENV") continue;
    for (const [, name, value] of text.matchAll(ASSIGNMENT))
      add(name!, value!.replace(/^(["'])(.*)\1$/s, "$2"));
  }
  for (const { config } of images) {
    const env = (config["config"] as { readonly Env?: readonly string[] } | undefined)?.Env ?? [];
    for (const entry of env) {
      const equals = entry.indexOf("=");
      add(entry.slice(0, equals), entry.slice(equals + 1));
    }
  }
  // What an instruction types out is no secret of this build any more: the log shows the instruction as it stands.
  const typed = rows.filter(({ instruction }) => instruction !== "ARG" && instruction !== "ENV");
  const isTyped = (value: string): boolean => {
    const mask = masker([value]);
    return mask !== undefined && typed.some(({ text }) => mask(text) !== text);
  };
  return [...new Set([...mounted, ...named])]
    .filter((value) => value !== "" && !isTyped(value))
    .sort((a, b) => b.length - a.length);
}

/** *text* without the values after names of secrets: `API_KEY=****`. `$NAME` is no value. */
export function withoutAssigned(text: string): string {
  const entry = /^([A-Za-z_]\w*)=./s.exec(text)?.[1];
  if (entry !== undefined && isSecretName(entry)) return `${entry}=${MASK}`;
  return text.replace(ASSIGNMENT, (whole, name: string) => (isSecretName(name) ? `${name}=${MASK}` : whole));
}

/** Replaces *values* (longest first) in a text. Undefined when there is nothing to hide. */
export function masker(values: readonly string[]): ((text: string) => string) | undefined {
  if (values.length === 0) return undefined;
  // Only short values are made patterns of: a secret may be a file of any size.
  const isShort = (value: string): boolean => value.length < SHORTEST_PART;
  const long = values.filter((value) => !isShort(value));
  const short = values.filter(isShort).map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const alone =
    short.length > 0 && new RegExp(`(?<![\\p{L}\\p{N}_])(?:${short.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
  return (text) => {
    const masked = long.reduce((rest, value) => rest.replaceAll(value, MASK), text);
    return alone ? masked.replace(alone, MASK) : masked;
  };
}

/** *trace* with *mask* over the names of steps. */
export function maskedTrace(trace: StepTrace, mask: (text: string) => string): StepTrace {
  const inputs = trace.inputs.map((input) => ({ ...input, name: mask(input.name) }));
  return { ...trace, name: mask(trace.name), inputs };
}

/** *record* and its course with *values* hidden. */
export function withoutSecrets(
  { record, course }: { readonly record: BuildRecord; readonly course: Course },
  values: readonly string[],
): { readonly record: BuildRecord; readonly course: Course } {
  const mask = masker(values);
  if (!mask) return { record, course };
  const deep = <T>(value: T): T => maskDeep(value, mask);
  const { options, error } = record;
  const events = deep(record.events);
  return {
    record: {
      ...record,
      ...(error && { error: deep(error) }),
      steps: deep(record.steps),
      pending: deep(record.pending),
      warnings: deep(record.warnings),
      ...(record.check && { check: deep(record.check) }),
      events,
      options: {
        ...options,
        ...(options.secrets && { secrets: maskedMap(options.secrets, () => true) }),
        ...(options.buildArgs && { buildArgs: maskedMap(options.buildArgs, isSecretName) }),
      },
    },
    course: { ...course, events: course.events === record.events ? events : deep(course.events) },
  };
}

function maskedMap(
  map: Readonly<Record<string, string>>,
  isSecret: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [name, isSecret(name) && value !== "" ? MASK : value]),
  );
}

/** *value* with *mask* over every text in it; digests and places are kept. */
export function maskDeep<T>(value: T, mask: (text: string) => string): T {
  const visit = (one: unknown): unknown => {
    if (typeof one === "string") return mask(one);
    if (Array.isArray(one)) return one.map(visit);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, inner]) => [name, KEPT.has(name) ? inner : visit(inner)]),
    );
  };
  return visit(value) as T;
}
