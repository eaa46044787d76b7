/** What the expressions of bake files name: variables with their types and checks, functions, attributes of other blocks. */

import {
  converted,
  HclError,
  type HclType,
  type HclValue,
  isList,
  isObject,
  numberOf,
  type Scope,
  textOf,
  truth,
  typeName,
  typeOf,
  userFunction,
} from "../hcl";
import { csvRecords } from "../hcl/functions/encodings";
import type { ReadVariable } from "../types";
import type { Definition, Definitions, Variable } from "./read";

/** What a file asks of the machine. */
export interface BakeMachine {
  readonly variable: ReadVariable;
  /** Milliseconds since 1970, for `timestamp()`. Absent: it is refused. */
  readonly now?: () => number;
}

/** The scope of the file itself. */
export function fileScope(definitions: Definitions, machine: BakeMachine): Scope {
  const known = new Map<string, HclValue>();
  const functions = new Map<string, (...values: readonly HclValue[]) => HclValue>();
  const open = new Set<string>();
  const once = <T>(kind: "variable" | "function" | "block", name: string, make: () => T): T => {
    const key = `${kind} ${name}`;
    if (open.has(key)) throw new HclError(`the ${kind} ${name} needs itself`, 0);
    open.add(key);
    try {
      return make();
    } finally {
      open.delete(key);
    }
  };
  const blocks = new Map([
    ["target", blockValues(definitions.targets, () => scope, once)],
    ["group", blockValues(definitions.groups, () => scope, once)],
  ]);
  const scope: Scope = {
    variable(name) {
      const before = known.get(name) ?? blocks.get(name);
      if (before !== undefined) return before;
      const own = definitions.variables.get(name);
      if (!own) return known.has(name) ? null : builtin(name);
      const value = once("variable", name, () => valueOf(name, own, scope, machine.variable, definitions));
      known.set(name, value);
      return value;
    },
    function(name) {
      const before = functions.get(name) ?? machineFunction(name, machine);
      if (before) return before;
      const own = definitions.functions.get(name);
      if (!own) return undefined;
      const made = functionOf(own, scope);
      const guarded = (...values: readonly HclValue[]): HclValue =>
        once("function", name, () => made(...values));
      functions.set(name, guarded);
      return guarded;
    },
  };
  return scope;
}

/** Throws HclError for the first check of a variable that fails. */
export function checkVariables({ variables }: Definitions, scope: Scope): void {
  for (const [name, { checks }] of variables) {
    for (const { condition, message, line } of checks) {
      let holds: boolean;
      try {
        holds = truth(condition(scope));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new HclError(`the validation of ${name}: ${error.message}`, line);
      }
      if (holds) continue;
      const said = message?.(scope);
      throw new HclError(
        `Validation failed: ${typeof said === "string" ? said : "This check failed, but has an invalid error message."}`,
        line,
      );
    }
  }
}

function builtin(name: string): HclValue | undefined {
  return name === "BAKE_LOCAL_PLATFORM" ? "linux/amd64" : name === "BAKE_CMD_CONTEXT" ? "cwd://" : undefined;
}

function machineFunction(name: string, { variable, now }: BakeMachine): (() => HclValue) | undefined {
  if (name === "homedir") return () => variable("HOME") ?? "/";
  if (name !== "timestamp") return undefined;
  return () => {
    if (!now) throw new RangeError("there is no clock here");
    return new Date(now()).toISOString().replace(/\.\d+Z$/, "Z");
  };
}

/** `target.NAME.attribute` of other blocks, evaluated when it is asked for. */
function blockValues(
  definitions: readonly Definition[],
  scope: () => Scope,
  once: <T>(kind: "block", name: string, make: () => T) => T,
): HclValue {
  const values: Record<string, HclValue> = {};
  for (const name of new Set(definitions.map((one) => one.name))) {
    const own: Record<string, HclValue> = {};
    for (const { attributes } of definitions.filter((one) => one.name === name)) {
      for (const [key, value] of attributes)
        Object.defineProperty(own, key, {
          enumerable: true,
          configurable: true,
          get: () => once("block", `${name}.${key}`, () => value(scope())),
        });
    }
    values[name] = own;
  }
  return values;
}

function functionOf(
  { name, line, attributes }: Definition,
  scope: Scope,
): (...values: readonly HclValue[]) => HclValue {
  const [params, variadic, result] = ["params", "variadic_params", "result"].map((key) =>
    attributes.get(key),
  );
  if (!params || !result) throw new HclError(`the function ${name} needs params and result`, line);
  return userFunction(name, { params, result, ...(variadic && { variadic }) }, scope, line);
}

/** The environment, then the default, which may name other variables. */
function valueOf(
  name: string,
  { fallback, type: written, line, isAttribute }: Variable,
  scope: Scope,
  environment: ReadVariable,
  { variables }: Definitions,
): HclValue {
  const type = written && typeOf(written, line);
  const wrong = (what: string, error: unknown): HclError =>
    new HclError(`${what}: ${error instanceof Error ? error.message : String(error)}`, line);
  let value: HclValue = type ? null : "";
  if (fallback) {
    value = fallback(scope);
    try {
      if (type) value = converted(value, type);
    } catch (error) {
      throw wrong(`invalid type ${typeName(type!)} for variable ${name} default value`, error);
    }
  }
  if (isAttribute) return value;
  const plain = environment(name);
  const json =
    (plain === undefined || type) && !variables.has(`${name}_JSON`) ? environment(`${name}_JSON`) : undefined;
  if (json !== undefined && type) {
    try {
      return converted(JSON.parse(json) as HclValue, type);
    } catch (error) {
      throw wrong(`failed to convert variable ${name} from JSON`, error);
    }
  }
  const given = plain ?? json;
  if (given === undefined) return value;
  if (type) return typedValue(name, given, type, line);
  if (typeof value === "number" || typeof value === "boolean")
    return primitive(name, given, { kind: typeof value === "number" ? "number" : "bool" }, line);
  if (isList(value) || isObject(value))
    throw new HclError(`unsupported type ${isList(value) ? "tuple" : "object"} for variable ${name}`, line);
  return given;
}

function typedValue(name: string, given: string, type: HclType, line: number): HclValue {
  if (type.kind === "any") return given;
  if (!("of" in type) && type.kind !== "tuple" && type.kind !== "object")
    return primitive(name, given, type, line);
  try {
    if (type.kind === "object" || (type.kind === "map" && !given.includes(":")))
      throw new RangeError(`give it as JSON in ${name}_JSON`);
    const items = csvRecords(given)[0] ?? [];
    if (type.kind !== "map") return converted(items, type);
    return converted(
      Object.fromEntries(
        items.map((item) => {
          const at = item.indexOf(":");
          if (at < 0) throw new RangeError(`a pair KEY:VALUE is needed: ${item}`);
          return [item.slice(0, at), item.slice(at + 1)];
        }),
      ),
      type,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HclError(`failed to convert variable ${name} from CSV: ${error.message}`, line);
  }
}

function primitive(name: string, given: string, type: HclType, line: number): HclValue {
  if (type.kind === "string") return given;
  if (type.kind === "bool") {
    if (/^(?:1|t|T|TRUE|true|True)$/.test(given)) return true;
    if (/^(?:0|f|F|FALSE|false|False)$/.test(given)) return false;
    throw new HclError(`failed to parse ${name} as bool: ${textOf(given)}`, line);
  }
  try {
    return numberOf(given);
  } catch {
    throw new HclError(`failed to parse ${name} as number: ${textOf(given)}`, line);
  }
}
