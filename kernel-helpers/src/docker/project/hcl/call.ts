/** Calls of functions: of the file's own, of the library's, and those that look at what they are given unevaluated. */

import { FUNCTIONS, NOT_HERE, VARIADIC } from "./functions";
import { isList } from "./operations";
import { converted, typeOf } from "./convert";
import { type Expression, HclError, type HclValue, type Scope } from "./types";

/** A call as it is written. */
export interface Call {
  readonly name: string;
  readonly line: number;
  /** *spread*: `list...` stands for its items. */
  readonly items: readonly { readonly value: Expression; readonly spread: boolean }[];
}

/** The value of *call*. Throws HclError for a function that there is not, before anything is evaluated when the file cannot have it. */
export function callOf({ name, line, items }: Call): Expression {
  const special = SPECIAL[name];
  if (special)
    return (scope) =>
      special(
        items.map(({ value }) => value),
        scope,
        line,
      );
  return (scope) => {
    const apply = (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined) ?? scope.function?.(name);
    if (!apply)
      throw new HclError(
        Object.hasOwn(NOT_HERE, name)
          ? `the function ${name} is not carried out here: ${NOT_HERE[name]}`
          : `there is no function ${name}`,
        line,
      );
    const values = items.flatMap(({ value, spread }) => {
      const one = value(scope);
      if (!spread) return [one];
      if (!isList(one)) throw new HclError("only a list can be spread with ...", line);
      return one;
    });
    const least = VARIADIC[name] ?? apply.length;
    if (
      apply === FUNCTIONS[name] &&
      (values.length < least || (values.length > least && !(name in VARIADIC)))
    )
      throw new HclError(`${name} takes ${least} arguments, not ${values.length}`, line);
    try {
      return apply(...values);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new HclError(`${name}: ${error.message}`, line);
    }
  };
}

const SPECIAL: Readonly<
  Record<string, (items: readonly Expression[], scope: Scope, line: number) => HclValue>
> = {
  try(items, scope, line) {
    for (const item of items) {
      try {
        return item(scope);
      } catch (error) {
        if (!(error instanceof HclError) && !(error instanceof RangeError)) throw error;
      }
    }
    throw new HclError("try: none of its expressions has a value", line);
  },
  can(items, scope) {
    try {
      items[0]?.(scope);
      return items.length === 1;
    } catch (error) {
      if (!(error instanceof HclError) && !(error instanceof RangeError)) throw error;
      return false;
    }
  },
  convert(items, scope, line) {
    const [value, type] = items;
    if (!value || !type || items.length !== 2) throw new HclError("convert needs a value and a type", line);
    return converted(value(scope), typeOf(type, line));
  },
};

/** A function of the file: `function "NAME" { params = […], variadic_params = …, result = … }`. */
export function userFunction(
  name: string,
  { params, variadic, result }: { params: Expression; variadic?: Expression; result: Expression },
  scope: Scope,
  line: number,
): (...values: readonly HclValue[]) => HclValue {
  const nameOf = (one: Expression): string => {
    if (one.shape?.kind !== "name") throw new HclError("each parameter must be a name", line);
    return one.shape.name;
  };
  if (params.shape?.kind !== "list") throw new HclError("params must be a list of names", line);
  const names = params.shape.items.map(nameOf);
  const rest = variadic && nameOf(variadic);
  return (...values) => {
    if (values.length < names.length || (rest === undefined && values.length > names.length))
      throw new HclError(
        `the function ${name} takes ${names.length}${rest === undefined ? "" : " or more"} arguments, not ${values.length}`,
        0,
      );
    const own = new Map<string, HclValue>(names.map((one, i) => [one, values[i]!]));
    if (rest !== undefined) own.set(rest, values.slice(names.length));
    return result({ ...scope, variable: (one) => (own.has(one) ? own.get(one) : scope.variable(one)) });
  };
}
