/** The `build:` parts of compose files (the Compose specification, build.md), several files merged in order. */

import { LineCounter, parseDocument } from "yaml";

import {
  PLAIN_TARGET,
  type Project,
  ProjectError,
  type ProjectTarget,
  type ReadVariable,
  type Sentence,
} from "./types";

type Json = Readonly<Record<string, unknown>>;

/** Keys of a build that change nothing here. */
const IGNORED = [
  "ssh",
  "cache_from",
  "cache_to",
  "isolation",
  "privileged",
  "entitlements",
  "provenance",
  "sbom",
  "ulimits",
];

/**
 * Reads compose files: *texts* in the order in which later ones change earlier ones. *variable*: the environment, then `.env`. *folder*: name of
 * the project's folder, for the names of images that have none. Throws ProjectError `LB_COMPOSE`.
 */
export function readCompose(texts: readonly string[], variable: ReadVariable, folder = "app"): Project {
  const notes: Sentence[] = [];
  let merged: Json = {};
  for (const text of texts) merged = mergeFiles(merged, parse(text, variable, notes));
  const services = record(merged["services"]);
  const project = textOf(merged["name"]) ?? folder;
  const secrets = record(merged["secrets"]);
  const targets = Object.entries(services).flatMap(([name, service]) => {
    const own = record(extended(name, services, new Set()));
    if (own["build"] === undefined || own["build"] === null) return [];
    return [targetOf(name, own, service, { secrets, folder: project, notes })];
  });
  if (merged["include"] !== undefined)
    notes.push({
      ko: "include로 들이는 compose 파일은 읽지 않았습니다. -f로 함께 주세요.",
      en: "files that are included were not read: give them with -f too",
    });
  if (targets.length === 0)
    throw new ProjectError("LB_COMPOSE", {
      ko: "build:가 있는 서비스가 없습니다.",
      en: "no service has a build",
    });
  return { kind: "compose", targets, groups: {}, notes };
}

function parse(text: string, variable: ReadVariable, notes: Sentence[]): Json {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    merge: true,
    logLevel: "error",
    lineCounter: counter,
    customTags: TAGS,
  });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line;
    throw new ProjectError(
      "LB_COMPOSE",
      { ko: `YAML을 읽을 수 없습니다: ${error.message}`, en: error.message },
      line,
    );
  }
  let json: unknown;
  try {
    json = document.toJS({ maxAliasCount: 1000 });
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : String(problem);
    throw new ProjectError("LB_COMPOSE", { ko: `YAML을 읽을 수 없습니다: ${message}`, en: message });
  }
  if (json === null || json === undefined) return {};
  if (typeof json !== "object" || Array.isArray(json))
    throw new ProjectError("LB_COMPOSE", {
      ko: "compose 파일은 항목들의 묶음이어야 합니다.",
      en: "a compose file must be a mapping",
    });
  return interpolated(json, variable, notes) as Json;
}

/** `!reset` and `!override` of compose take away what an earlier file said. */
const TAGS = [
  { tag: "!reset", resolve: () => null },
  { tag: "!override", resolve: (value: string) => value },
];

function interpolated(value: unknown, variable: ReadVariable, notes: Sentence[]): unknown {
  if (typeof value === "string") return interpolate(value, variable, notes);
  if (Array.isArray(value)) return value.map((one) => interpolated(one, variable, notes));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, interpolated(one, variable, notes)]),
    );
  return value;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;

/** `$NAME`, `${NAME:-default}`, `${NAME:?error}`, `${NAME:+other}` and `$$` (Compose specification, interpolation.md). */
export function interpolate(text: string, variable: ReadVariable, notes: Sentence[] = []): string {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf("$", at);
    if (dollar < 0) return out + text.slice(at);
    out += text.slice(at, dollar);
    const rest = text.slice(dollar + 1);
    if (rest.startsWith("$")) {
      out += "$";
      at = dollar + 2;
      continue;
    }
    if (rest.startsWith("{")) {
      const end = closing(text, dollar + 1);
      if (end < 0)
        throw new ProjectError("LB_COMPOSE", {
          ko: `닫히지 않은 변수입니다: ${text.slice(dollar, dollar + 40)}`,
          en: `a variable that is not closed: ${text.slice(dollar, dollar + 40)}`,
        });
      out += braced(text.slice(dollar + 2, end), variable, notes);
      at = end + 1;
      continue;
    }
    const name = NAME.exec(rest)?.[0];
    if (name === undefined) {
      out += "$";
      at = dollar + 1;
      continue;
    }
    out += valueOf(name, variable, notes);
    at = dollar + 1 + name.length;
  }
  return out;
}

/** Index of the brace that closes the one at *open*; -1 when there is none. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return -1;
}

function braced(inner: string, variable: ReadVariable, notes: Sentence[]): string {
  const name = NAME.exec(inner)?.[0] ?? "";
  const rest = inner.slice(name.length);
  const match = /^(:?[-?+])([^]*)$/.exec(rest);
  if (name === "" || (rest !== "" && !match))
    throw new ProjectError("LB_COMPOSE", {
      ko: `변수를 읽을 수 없습니다: \${${inner}}`,
      en: `not a variable: \${${inner}}`,
    });
  if (!match) return valueOf(name, variable, notes);
  const [, operator = "", word = ""] = match;
  const value = variable(name);
  const isSet = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const other = (): string => interpolate(word, variable, notes);
  switch (operator.at(-1)) {
    case "-":
      return isSet ? value! : other();
    case "+":
      return isSet ? other() : "";
    default:
      if (isSet) return value!;
      throw new ProjectError("LB_COMPOSE", {
        ko: `변수 ${name}이 필요합니다: ${other()}`,
        en: `variable ${name} is required: ${other()}`,
      });
  }
}

function valueOf(name: string, variable: ReadVariable, notes: Sentence[]): string {
  const value = variable(name);
  if (value === undefined)
    notes.push({
      ko: `변수 ${name}이 없어 빈 값으로 읽었습니다.`,
      en: `variable ${name} is not set: taken as empty`,
    });
  return value ?? "";
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Mappings are merged, other values replaced; lists of a build are put together. */
function mergeFiles(below: Json, above: Json): Json {
  const out: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = out[key];
    if (key === "build" && (typeof before === "string" || typeof value === "string")) {
      const long = (one: unknown): Json => (typeof one === "string" ? { context: one } : record(one));
      out[key] = mergeFiles(long(before), long(value));
    } else if (isMapping(before) && isMapping(value)) out[key] = mergeFiles(before, value);
    else if (Array.isArray(before) && Array.isArray(value))
      out[key] = [...(before as unknown[]), ...(value as unknown[])];
    else if (/^(?:args|labels|additional_contexts)$/.test(key) && before && value)
      out[key] = { ...pairs(before), ...pairs(value) };
    else out[key] = value;
  }
  return out;
}

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A service with what it extends of the same file. */
function extended(name: string, services: Json, seen: ReadonlySet<string>): Json {
  const own = record(services[name]);
  const from = own["extends"];
  const base = typeof from === "string" ? from : record(from)["service"];
  const isElsewhere = record(from)["file"] !== undefined;
  if (typeof base !== "string" || isElsewhere || seen.has(name)) return own;
  return mergeFiles(extended(base, services, new Set([...seen, name])), own);
}

/** `["A=1", "B"]` and `{A: 1, B: null}` alike. */
function pairs(value: unknown): Record<string, string | null> {
  if (Array.isArray(value)) {
    return Object.fromEntries(
      value.map((one) => {
        const text = textOf(one) ?? "";
        const at = text.indexOf("=");
        return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
      }),
    );
  }
  return Object.fromEntries(Object.entries(record(value)).map(([key, one]) => [key, textOf(one) ?? null]));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function list(value: unknown): string[] {
  if (!Array.isArray(value)) return typeof value === "string" ? [value] : [];
  return value.flatMap((one) => textOf(one) ?? []);
}

function targetOf(
  name: string,
  service: Json,
  written: unknown,
  { secrets, folder, notes }: { readonly secrets: Json; readonly folder: string; readonly notes: Sentence[] },
): ProjectTarget {
  const { build } = service;
  const own = typeof build === "string" ? { context: build } : record(build);
  const image = textOf(service["image"]);
  const file = record(record(written)["extends"])["file"];
  if (file !== undefined)
    notes.push({
      ko: `${name}: 다른 파일에서 extends하는 것은 읽지 않았습니다.`,
      en: `${name}: what it extends of another file was not read`,
    });
  const ignored = IGNORED.filter((key) => own[key] !== undefined);
  if (ignored.length > 0)
    notes.push({
      ko: `${name}: 결과를 바꾸지 않거나 따르지 않는 항목입니다: ${ignored.join(", ")}`,
      en: `${name}: not followed here: ${ignored.join(", ")}`,
    });
  const labels = pairs(own["labels"]);
  const inline = textOf(own["dockerfile_inline"]);
  const dockerfile = textOf(own["dockerfile"]);
  const target = textOf(own["target"]);
  const network = textOf(own["network"]);
  const shmSize = textOf(own["shm_size"]);
  const platform = textOf(service["platform"]);
  return {
    ...PLAIN_TARGET,
    name,
    context: textOf(own["context"]) ?? ".",
    ...(dockerfile !== undefined && { dockerfile }),
    ...(inline !== undefined && { inline }),
    ...(target !== undefined && target !== "" && { target }),
    args: pairs(own["args"]),
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value ?? ""])),
    tags: [image ?? `${folder}-${name}`, ...list(own["tags"])],
    platforms:
      list(own["platforms"]).length > 0 ? list(own["platforms"]) : platform === undefined ? [] : [platform],
    contexts: Object.fromEntries(
      Object.entries(pairs(own["additional_contexts"])).map(([key, value]) => [
        key,
        (value ?? "").replace(/^service:/, "target:"),
      ]),
    ),
    secrets: secretFlags(own["secrets"], secrets),
    noCache: own["no_cache"] === true,
    pull: own["pull"] === true,
    ...(network !== undefined && { network }),
    ...(shmSize !== undefined && { shmSize }),
    addHosts: Array.isArray(own["extra_hosts"])
      ? list(own["extra_hosts"]).map((one) => one.replace(/^([^:=]+)=/, "$1:"))
      : Object.entries(pairs(own["extra_hosts"])).map(([host, address]) => `${host}:${address ?? ""}`),
  };
}

/** `secrets: [npm]`, looked up among the file's own secrets. */
function secretFlags(value: unknown, secrets: Json): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const source = typeof one === "string" ? one : textOf(record(one)["source"]);
    if (source === undefined) return [];
    const id = textOf(record(one)["target"]) ?? source;
    const { file, environment } = record(secrets[source]);
    if (textOf(environment) !== undefined) return [`id=${id},env=${textOf(environment)}`];
    return [textOf(file) === undefined ? `id=${id}` : `id=${id},src=${textOf(file)}`];
  });
}
