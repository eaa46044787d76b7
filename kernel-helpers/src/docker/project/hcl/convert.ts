/** Types of variables (`list(string)`, `object({…})`), and values converted to them (typeexpr of HCL). */

import { isList, isObject, numberOf, textOf, truth } from "./operations";
import { type Expression, HclError, type HclValue } from "./types";

/** A type as it is declared. */
export type HclType =
  | { readonly kind: "string" | "number" | "bool" | "any" }
  | { readonly kind: "list" | "set" | "map"; readonly of: HclType }
  | { readonly kind: "tuple"; readonly items: readonly HclType[] }
  | {
      readonly kind: "object";
      readonly fields: readonly {
        readonly name: string;
        readonly type: HclType;
        readonly optional: boolean;
      }[];
    };

/** The type that *expression* names. Throws HclError. */
export function typeOf(expression: Expression, line: number): HclType {
  const { shape } = expression;
  if (shape?.kind === "name" && /^(string|number|bool|any)$/.test(shape.name))
    return { kind: shape.name as "string" };
  if (shape?.kind === "name" && /^(list|set|map)$/.test(shape.name))
    return { kind: shape.name as "list", of: { kind: "any" } };
  if (shape?.kind === "call" && shape.items.length === 1) {
    const [inner] = shape.items;
    if (/^(list|set|map)$/.test(shape.name)) return { kind: shape.name as "list", of: typeOf(inner!, line) };
    if (shape.name === "tuple" && inner!.shape?.kind === "list")
      return { kind: "tuple", items: inner!.shape.items.map((one) => typeOf(one, line)) };
    if (shape.name === "object" && inner!.shape?.kind === "object")
      return {
        kind: "object",
        fields: inner!.shape.items.map(([name, one]) => {
          const optional = one.shape?.kind === "call" && one.shape.name === "optional";
          const type = optional ? (one.shape as { items: readonly Expression[] }).items[0] : one;
          if (!type) throw new HclError("optional needs a type", line);
          return { name, type: typeOf(type, line), optional };
        }),
      };
  }
  throw new HclError("this is no type", line);
}

/** *type* as it is written. */
export function typeName(type: HclType): string {
  return "of" in type ? `${type.kind} of ${typeName(type.of)}` : type.kind;
}

/** *value* as one of *type*. Throws RangeError. */
export function converted(value: HclValue, type: HclType): HclValue {
  if (value === null) return null;
  const wrong = (): RangeError => new RangeError(`${typeName(type)} is needed`);
  switch (type.kind) {
    case "any":
      return value;
    case "string":
      return textOf(value);
    case "number":
      return numberOf(value);
    case "bool":
      return truth(value);
    case "list":
    case "set": {
      if (!isList(value)) throw wrong();
      const items = value.map((one) => converted(one, type.of));
      return type.kind === "list" ? items : setOf(items);
    }
    case "map":
      if (!isObject(value)) throw wrong();
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, converted(one, type.of)]));
    case "tuple":
      if (!isList(value) || value.length !== type.items.length) throw wrong();
      return value.map((one, i) => converted(one, type.items[i]!));
    case "object":
      if (!isObject(value)) throw wrong();
      return Object.fromEntries(
        type.fields.map(({ name, type: field, optional }) => {
          const one = value[name];
          if (one === undefined && !optional) throw new RangeError(`the attribute ${name} is required`);
          return [name, converted(one ?? null, field)];
        }),
      );
  }
}

/** Each item once, texts and numbers in their order. */
export function setOf(items: readonly HclValue[]): HclValue[] {
  const unique = new Map(items.map((one) => [JSON.stringify(one), one]));
  return [...unique.values()].sort((a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
  );
}
