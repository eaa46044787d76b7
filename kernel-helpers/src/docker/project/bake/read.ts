/** Bake files → what they define, later files changing earlier ones. */

import { type Block, type Expression, HclError, type HclValue, parseHcl, parseTemplate } from "../hcl";

/** Attributes by name. */
export type Attributes = ReadonlyMap<string, Expression>;

/** A block as written, in one file. */
export interface Definition {
  readonly name: string;
  readonly line: number;
  readonly attributes: Attributes;
}

/** A variable; a later definition replaces it. */
export interface Variable {
  readonly line: number;
  readonly fallback?: Expression;
  readonly type?: Expression;
  /** Set at the top of a file, `TAG = "x"`: the environment says nothing about it. */
  readonly isAttribute: boolean;
  readonly checks: readonly {
    readonly condition: Expression;
    readonly message?: Expression;
    readonly line: number;
  }[];
}

/** Everything that bake files define. Groups and targets may be defined in several parts. */
export interface Definitions {
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, Definition>;
  readonly groups: Definition[];
  readonly targets: Definition[];
}

/** Reads *texts*; one that begins with `{` is JSON. Throws HclError. */
export function readDefinitions(texts: readonly string[]): Definitions {
  const found: Definitions = { variables: new Map(), functions: new Map(), groups: [], targets: [] };
  for (const text of texts) {
    if (/^\ufeff?\s*\{/.test(text)) takeJson(text, found);
    else takeHcl(text, found);
  }
  return found;
}

function takeHcl(text: string, into: Definitions): void {
  const { attributes, blocks } = parseHcl(text);
  for (const { name, value, line } of attributes) {
    const before = into.variables.get(name);
    into.variables.set(name, {
      line,
      fallback: value,
      isAttribute: before === undefined || before.isAttribute,
      checks: before?.checks ?? [],
      ...(before?.type && { type: before.type }),
    });
  }
  for (const block of blocks) {
    const [name] = block.labels;
    if (!/^(?:variable|function|group|target)$/.test(block.type))
      throw new HclError(`there is no block ${block.type}`, block.line);
    if (name === undefined || block.labels.length > 1)
      throw new HclError(`a ${block.type} has one name`, block.line);
    const own = new Map(block.attributes.map((one) => [one.name, one.value]));
    if (block.type === "variable") into.variables.set(name, variableOf(block, own, into.variables.get(name)));
    else if (block.type === "function") into.functions.set(name, { name, line: block.line, attributes: own });
    else {
      for (const inner of block.blocks) own.set(inner.type, innerValue(inner));
      into[block.type === "group" ? "groups" : "targets"].push({ name, line: block.line, attributes: own });
    }
  }
}

function variableOf(block: Block, own: Attributes, before: Variable | undefined): Variable {
  for (const name of own.keys())
    if (!/^(?:default|type|description)$/.test(name))
      throw new HclError(`a variable has no attribute ${name}`, block.line);
  // A value at the top of the file counts more than the default.
  const fallback = before?.isAttribute ? before.fallback : own.get("default");
  const type = own.get("type");
  return {
    line: block.line,
    isAttribute: false,
    ...(fallback && { fallback }),
    ...(type && { type }),
    checks: block.blocks.map((inner) => {
      const parts = new Map(inner.attributes.map((one) => [one.name, one.value]));
      const condition = parts.get("condition");
      if (inner.type !== "validation" || !condition)
        throw new HclError(
          inner.type === "validation" ? "a validation needs a condition" : `there is no block ${inner.type}`,
          inner.line,
        );
      const message = parts.get("error_message");
      return { condition, line: inner.line, ...(message && { message }) };
    }),
  };
}

/** `args { A = "1" }` is the same as `args = { A = "1" }`. */
function innerValue(block: Block): Expression {
  return (scope) => Object.fromEntries(block.attributes.map(({ name, value }) => [name, value(scope)]));
}

type Json = Readonly<Record<string, unknown>>;

function takeJson(text: string, into: Definitions): void {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new HclError(error instanceof Error ? error.message : String(error), 1);
  }
  const part = (name: string): [string, Json][] => {
    const value = (json as Json | null)?.[name];
    return typeof value === "object" && value !== null
      ? Object.entries(value).map(([key, one]) => [
          key,
          typeof one === "object" && one !== null ? (one as Json) : {},
        ])
      : [];
  };
  const attributes = (one: Json): Attributes =>
    new Map(Object.entries(one).map(([key, value]) => [key, jsonExpression(value)]));
  for (const [name, one] of part("variable")) {
    const own = attributes(one);
    const [fallback, type] = [own.get("default"), one["type"]];
    into.variables.set(name, {
      line: 0,
      isAttribute: false,
      checks: [],
      ...(fallback && { fallback }),
      ...(typeof type === "string" && { type: bare(type) }),
    });
  }
  for (const [name, one] of part("function"))
    into.functions.set(name, {
      name,
      line: 0,
      attributes: new Map(
        Object.entries(one).map(([key, value]) => [
          key,
          key === "params" && Array.isArray(value)
            ? bare(`[${value.join(",")}]`)
            : key === "variadic_params"
              ? bare(String(value))
              : jsonExpression(value),
        ]),
      ),
    });
  for (const [name, one] of part("group")) into.groups.push({ name, line: 0, attributes: attributes(one) });
  for (const [name, one] of part("target")) into.targets.push({ name, line: 0, attributes: attributes(one) });
}

/** An expression that JSON has as a text. */
function bare(text: string): Expression {
  return parseHcl(`x = ${text}`).attributes[0]!.value;
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
