/** An awk program as records. */

/** An expression; `k` tells its kind. */
export type Expr =
  | { readonly k: "num"; readonly v: number }
  | { readonly k: "str"; readonly v: string }
  | { readonly k: "regex"; readonly source: string }
  | { readonly k: "var"; readonly name: string }
  | { readonly k: "index"; readonly name: string; readonly keys: readonly Expr[] }
  | { readonly k: "field"; readonly a: Expr }
  | { readonly k: "assign"; readonly op: string; readonly target: Expr; readonly value: Expr }
  | { readonly k: "cond"; readonly test: Expr; readonly a: Expr; readonly b: Expr }
  | { readonly k: "binary"; readonly op: string; readonly a: Expr; readonly b: Expr }
  | { readonly k: "unary"; readonly op: string; readonly a: Expr }
  | { readonly k: "step"; readonly op: string; readonly prefix: boolean; readonly target: Expr }
  | { readonly k: "match"; readonly negated: boolean; readonly a: Expr; readonly b: Expr }
  | { readonly k: "in"; readonly keys: readonly Expr[]; readonly name: string }
  | { readonly k: "call"; readonly name: string; readonly args: readonly Expr[]; readonly user: boolean }
  | {
      readonly k: "getline";
      readonly target: Expr | undefined;
      readonly from: "input" | "file" | "command";
      readonly source: Expr | undefined;
    }
  | { readonly k: "group"; readonly items: readonly Expr[] };

/** A statement; `k` tells its kind. */
export type Stmt =
  | { readonly k: "expr"; readonly e: Expr }
  | {
      readonly k: "print";
      readonly args: readonly Expr[];
      readonly format: boolean;
      readonly to?: { readonly op: ">" | ">>" | "|"; readonly target: Expr };
    }
  | { readonly k: "if"; readonly test: Expr; readonly then: Stmt; readonly else?: Stmt }
  | { readonly k: "while"; readonly test: Expr; readonly body: Stmt }
  | { readonly k: "do"; readonly test: Expr; readonly body: Stmt }
  | {
      readonly k: "for";
      readonly init?: Stmt;
      readonly test?: Expr;
      readonly step?: Stmt;
      readonly body: Stmt;
    }
  | { readonly k: "forin"; readonly name: string; readonly array: string; readonly body: Stmt }
  | { readonly k: "block"; readonly body: readonly Stmt[] }
  | { readonly k: "next" | "nextfile" | "break" | "continue" }
  | { readonly k: "exit" | "return"; readonly value?: Expr }
  | { readonly k: "delete"; readonly name: string; readonly keys?: readonly Expr[] };

/** One `pattern { action }`; a range has both ends. */
export interface Rule {
  readonly kind: "begin" | "end" | "main";
  readonly from?: Expr;
  readonly to?: Expr;
  readonly body?: Stmt;
  /** Whether the lines are inside the range. */
  active: boolean;
}

/** A whole program. */
export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, { readonly params: readonly string[]; readonly body: Stmt }>;
}

/** A program that cannot be read: the message is busybox's. */
export class AwkSyntaxError extends Error {}
