/** What HCL is read into (HCL native syntax specification): blocks, attributes, expressions and their values. */

/** A value of an expression. */
export type HclValue =
  string | number | boolean | null | readonly HclValue[] | { readonly [key: string]: HclValue };

/** Where an expression finds what it names. */
export interface Scope {
  /** Undefined: there is no such variable. */
  variable(name: string): HclValue | undefined;
  /** A function that the file defines itself; undefined: there is none. */
  function?(name: string): ((...values: readonly HclValue[]) => HclValue) | undefined;
}

/** How an expression is written, as far as that matters: parameters and types are no values. */
export type Shape =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly items: readonly (readonly [key: string, value: Expression])[] }
  | { readonly kind: "call"; readonly name: string; readonly items: readonly Expression[] };

/** An expression, evaluated when its variables are known. Throws HclError. */
export interface Expression {
  (scope: Scope): HclValue;
  readonly shape?: Shape;
}

export interface Attribute {
  readonly name: string;
  readonly line: number;
  readonly value: Expression;
}

export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly line: number;
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

/** What cannot be read or evaluated. *line*: 1-based; 0 when it is not known. */
export class HclError extends Error {
  override readonly name = "HclError";
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** *evaluate* with the shape that it was written in. */
export function shaped(evaluate: (scope: Scope) => HclValue, shape: Shape): Expression {
  return Object.assign(evaluate, { shape });
}
