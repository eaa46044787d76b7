/** Bake files in HCL and JSON (Docker's "Bake file reference"): targets, groups, variables, inheritance and matrices. */

import {
  type Block,
  type Expression,
  HclError,
  type HclValue,
  parseHcl,
  parseTemplate,
  type Scope,
} from "./hcl";
import {
  PLAIN_TARGET,
  type Project,
  ProjectError,
  type ProjectTarget,
  type ReadVariable,
  type Sentence,
} from "./types";

type Attributes = ReadonlyMap<string, Expression>;

interface File {
  readonly variables: Map<string, Expression | undefined>;
  readonly groups: Map<string, Attributes>;
  readonly targets: Map<string, Attributes>;
}

/** Keys of a target that change nothing here. */
const IGNORED = [
  "attest",
  "annotations",
  "cache-from",
  "cache-to",
  "call",
  "description",
  "entitlements",
  "output",
  "ssh",
  "ulimits",
  "no-cache-filter",
];

/** Reads bake files, later ones changing earlier ones; a file that begins with `{` is JSON. A variable of the environment is worth more than its default. Throws ProjectError `LB_BAKE`. */
export function readBake(texts: readonly string[], variable: ReadVariable): Project {
  const file: File = { variables: new Map(), groups: new Map(), targets: new Map() };
  const notes: Sentence[] = [];
  try {
    for (const text of texts) {
      if (/^\ufeff?\s*\{/.test(text)) takeJson(text, file);
      else takeHcl(text, file, notes);
    }
    return projectOf(file, scopeOf(file, variable), notes);
  } catch (error) {
    if (!(error instanceof HclError)) throw error;
    throw new ProjectError(
      "LB_BAKE",
      { ko: `bake 파일을 읽을 수 없습니다: ${error.message}`, en: error.message },
      error.line,
    );
  }
}

function merged(into: Map<string, Attributes>, name: string, attributes: Attributes): void {
  into.set(name, new Map([...(into.get(name) ?? []), ...attributes]));
}

function takeHcl(text: string, file: File, notes: Sentence[]): void {
  const { attributes, blocks } = parseHcl(text);
  // `TAG = "x"` at the top is a variable too.
  for (const { name, value } of attributes) file.variables.set(name, value);
  for (const block of blocks) {
    const [label = ""] = block.labels;
    const own = new Map(block.attributes.map(({ name, value }) => [name, value]));
    if (block.type === "variable") file.variables.set(label, own.get("default"));
    else if (block.type === "group") merged(file.groups, label, own);
    else if (block.type === "target") {
      for (const inner of block.blocks) takeInner(inner, own);
      merged(file.targets, label, own);
    } else if (block.type === "function")
      notes.push({
        ko: `function ${label}: 함수의 정의는 읽지 않습니다.`,
        en: `function ${label}: definitions of functions are not read`,
      });
    else throw new HclError(`there is no block ${block.type}`, block.line);
  }
}

/** `args { A = "1" }` is the same as `args = { A = "1" }`. */
function takeInner(block: Block, into: Map<string, Expression>): void {
  into.set(block.type, (scope) =>
    Object.fromEntries(block.attributes.map(({ name, value }) => [name, value(scope)])),
  );
}

function takeJson(text: string, file: File): void {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new HclError(error instanceof Error ? error.message : String(error), 1);
  }
  const part = (name: string): [string, Readonly<Record<string, unknown>>][] => {
    const value = (json as Readonly<Record<string, unknown>> | null)?.[name];
    return typeof value === "object" && value !== null
      ? Object.entries(value).map(([key, one]) => [key, (one ?? {}) as Readonly<Record<string, unknown>>])
      : [];
  };
  for (const [name, one] of part("variable"))
    file.variables.set(name, one["default"] === undefined ? undefined : jsonExpression(one["default"]));
  for (const [kind, into] of [
    ["group", file.groups],
    ["target", file.targets],
  ] as const) {
    for (const [name, one] of part(kind))
      merged(into, name, new Map(Object.entries(one).map(([key, value]) => [key, jsonExpression(value)])));
  }
}

/** Strings are templates, also inside of lists and objects. */
function jsonExpression(value: unknown): Expression {
  if (typeof value === "string") return parseTemplate(value);
  if (Array.isArray(value)) {
    const items = value.map(jsonExpression);
    return (scope) => items.map((item) => item(scope));
  }
  if (typeof value === "object" && value !== null) {
    const items = Object.entries(value).map(([key, one]) => [key, jsonExpression(one)] as const);
    return (scope) => Object.fromEntries(items.map(([key, item]) => [key, item(scope)]));
  }
  const plain = (value ?? null) as HclValue;
  return () => plain;
}

/** Variables: the environment, then the default, which may name other variables. */
function scopeOf({ variables }: File, variable: ReadVariable): Scope {
  const known = new Map<string, HclValue>();
  const open = new Set<string>();
  const scope: Scope = {
    variable(name) {
      const before = known.get(name);
      if (before !== undefined) return before;
      if (!variables.has(name)) return name.startsWith("BAKE_") ? builtin(name) : undefined;
      if (open.has(name)) throw new HclError(`the variable ${name} needs itself`, 0);
      open.add(name);
      const given = variable(name);
      const fallback = variables.get(name)?.(scope) ?? "";
      open.delete(name);
      const value =
        given === undefined
          ? fallback
          : typeof fallback === "number"
            ? Number(given)
            : typeof fallback === "boolean"
              ? /^(?:1|t|true)$/i.test(given)
              : given;
      known.set(name, value);
      return value;
    },
  };
  return scope;
}

function builtin(name: string): HclValue | undefined {
  return name === "BAKE_LOCAL_PLATFORM" ? "linux/amd64" : name === "BAKE_CMD_CONTEXT" ? "." : undefined;
}

function projectOf(file: File, scope: Scope, notes: Sentence[]): Project {
  const targets: ProjectTarget[] = [];
  const groups: Record<string, readonly string[]> = {};
  for (const [name, attributes] of file.targets) {
    const whole = inherited(name, file, scope, []);
    const matrix = whole.get("matrix")?.(scope);
    if (matrix === undefined || matrix === null) {
      targets.push(targetOf(name, whole, scope, notes));
      continue;
    }
    const made = combinations(matrix).map((values, i) => {
      const inner: Scope = { variable: (one) => values[one] ?? scope.variable(one) };
      const own = attributes.get("name")?.(inner);
      return targetOf(typeof own === "string" ? own : `${name}-${i + 1}`, whole, inner, notes);
    });
    targets.push(...made);
    groups[name] = made.map((one) => one.name);
  }
  for (const [name, attributes] of file.groups) groups[name] = strings(attributes.get("targets")?.(scope));
  if (targets.length === 0)
    throw new ProjectError("LB_BAKE", { ko: "target이 없습니다.", en: "there is no target" });
  return { kind: "bake", targets, groups, notes };
}

function inherited(name: string, file: File, scope: Scope, above: readonly string[]): Attributes {
  const own = file.targets.get(name);
  if (!own) throw new HclError(`there is no target ${name} to inherit from`, 0);
  if (above.includes(name))
    throw new HclError(`targets inherit from one another: ${[...above, name].join(" → ")}`, 0);
  const out = new Map<string, Expression>();
  const take = (attributes: Attributes): void => {
    for (const [key, value] of attributes) {
      const before = out.get(key);
      // Maps are put together, everything else is replaced.
      const isMap = key === "args" || key === "labels" || key === "contexts";
      out.set(
        key,
        before && isMap
          ? (given) => ({
              ...(before(given) as Record<string, HclValue>),
              ...(value(given) as Record<string, HclValue>),
            })
          : value,
      );
    }
  };
  for (const parent of strings(own.get("inherits")?.(scope))) {
    const attributes = new Map(inherited(parent, file, scope, [...above, name]));
    attributes.delete("matrix");
    attributes.delete("name");
    take(attributes);
  }
  take(own);
  return out;
}

/** All combinations of a matrix's lists, the last one changing fastest. */
function combinations(matrix: HclValue): Readonly<Record<string, HclValue>>[] {
  let out: Readonly<Record<string, HclValue>>[] = [{}];
  for (const [key, values] of Object.entries(matrix as Record<string, HclValue>)) {
    const list = Array.isArray(values) ? (values as readonly HclValue[]) : [values];
    out = out.flatMap((one) => list.map((value) => ({ ...one, [key]: value })));
    if (out.length > 1000) throw new HclError("a matrix of more than 1,000 targets", 0);
  }
  return out;
}

function strings(value: HclValue | undefined): string[] {
  return Array.isArray(value)
    ? (value as readonly HclValue[]).map(String)
    : typeof value === "string"
      ? [value]
      : [];
}

function map(value: HclValue | undefined): Readonly<Record<string, HclValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, HclValue>>)
    : {};
}

function targetOf(name: string, attributes: Attributes, scope: Scope, notes: Sentence[]): ProjectTarget {
  const get = (key: string): HclValue | undefined => attributes.get(key)?.(scope);
  const text = (key: string): string | undefined => {
    const value = get(key);
    return value === undefined || value === null || value === "" ? undefined : String(value);
  };
  const texts = (key: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(map(get(key))).flatMap(([one, value]) => (value === null ? [] : [[one, String(value)]])),
    );
  const ignored = IGNORED.filter((key) => attributes.has(key));
  if (ignored.length > 0)
    notes.push({
      ko: `${name}: 결과를 바꾸지 않거나 따르지 않는 항목입니다: ${ignored.join(", ")}`,
      en: `${name}: not followed here: ${ignored.join(", ")}`,
    });
  const dockerfile = text("dockerfile");
  const inline = text("dockerfile-inline");
  const target = text("target");
  const network = text("network");
  const shmSize = text("shm-size");
  const hosts = map(get("extra-hosts"));
  return {
    ...PLAIN_TARGET,
    name,
    context: text("context") ?? ".",
    ...(dockerfile !== undefined && { dockerfile }),
    ...(inline !== undefined && { inline }),
    ...(target !== undefined && { target }),
    args: Object.fromEntries(
      Object.entries(map(get("args"))).map(([key, value]) => [key, value === null ? null : String(value)]),
    ),
    labels: texts("labels"),
    tags: strings(get("tags")).filter((tag) => tag !== ""),
    platforms: strings(get("platforms")),
    contexts: texts("contexts"),
    secrets: secretsOf(get("secret")),
    noCache: get("no-cache") === true,
    pull: get("pull") === true,
    ...(network !== undefined && { network }),
    ...(shmSize !== undefined && { shmSize }),
    addHosts: Object.entries(hosts).map(([host, address]) => `${host}:${String(address)}`),
  };
}

/** `["id=npm,src=.npmrc"]`, or objects with these keys. */
function secretsOf(value: HclValue | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly HclValue[]).map((one) =>
    typeof one === "string"
      ? one
      : Object.entries(map(one))
          .filter(([, part]) => part !== null && part !== "")
          .map(([key, part]) => `${key}=${String(part)}`)
          .join(","),
  );
}
