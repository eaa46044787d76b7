/** The parts of a shell program. All text is byte strings. */

/** Which shell's rules hold. */
export type Dialect = "ash" | "dash" | "bash";

/** A word before expansion. */
export type Word = readonly Part[];

export type Part =
  | { readonly k: "lit"; readonly s: string; readonly q: boolean }
  | ParamPart
  | { readonly k: "cmd"; readonly body: readonly Node[]; readonly q: boolean }
  | { readonly k: "arith"; readonly expr: Word; readonly q: boolean }
  | { readonly k: "proc"; readonly body: readonly Node[]; readonly dir: "<" | ">"; readonly q: false };

export interface ParamPart {
  readonly k: "param";
  readonly name: string;
  readonly q: boolean;
  /** `-` `=` `?` `+` `#` `##` `%` `%%` `/` `//` `/#` `/%` `:` (substring) `^` `^^` `,` `,,` `@` (transform) or absent. */
  readonly op?: string;
  /** Whether a `:` stood before `-=?+`: an empty value counts as unset. */
  readonly colon?: boolean;
  readonly arg?: Word;
  readonly arg2?: Word;
  /** `${#name}` */
  readonly length?: boolean;
  /** `${!name}` */
  readonly indirect?: boolean;
  /** `${name[index]}` */
  readonly index?: Word;
  /** `${!name*}`, `${!name[@]}` */
  readonly names?: boolean;
}

export interface Redirect {
  readonly fd: number;
  readonly op: "<" | ">" | ">>" | ">|" | "<>" | "<&" | ">&" | "<<" | "<<<" | "&>" | "&>>";
  readonly target: Word;
  /** For here-documents: the body. */
  body?: Word;
  /** `{name}>file` */
  readonly variable?: string;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
  readonly append: boolean;
  readonly index?: Word;
  readonly array?: readonly { readonly index?: Word; readonly value: Word }[];
}

export interface SimpleCommand {
  readonly k: "simple";
  readonly assigns: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  readonly line: number;
}

export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: readonly Node[];
  /** `;;`, `;&` or `;;&` */
  readonly end: string;
}

/** An expression inside `[[ ]]`. */
export type Test =
  | { readonly k: "not"; readonly a: Test }
  | { readonly k: "and" | "or"; readonly a: Test; readonly b: Test }
  | { readonly k: "unary"; readonly op: string; readonly a: Word }
  | { readonly k: "binary"; readonly op: string; readonly a: Word; readonly b: Word };

export type Node =
  | SimpleCommand
  | { readonly k: "pipe"; readonly commands: readonly Node[]; readonly stderr: readonly boolean[] }
  | { readonly k: "not"; readonly a: Node }
  | { readonly k: "and" | "or"; readonly a: Node; readonly b: Node }
  | { readonly k: "background"; readonly a: Node }
  | { readonly k: "subshell"; readonly body: readonly Node[]; readonly line: number }
  | { readonly k: "group"; readonly body: readonly Node[] }
  | {
      readonly k: "if";
      readonly test: readonly Node[];
      readonly then: readonly Node[];
      readonly else?: readonly Node[];
    }
  | {
      readonly k: "while";
      readonly until: boolean;
      readonly test: readonly Node[];
      readonly body: readonly Node[];
    }
  | {
      readonly k: "for";
      readonly name: string;
      readonly words?: readonly Word[];
      readonly body: readonly Node[];
      readonly line: number;
    }
  | {
      readonly k: "cfor";
      readonly init: Word;
      readonly test: Word;
      readonly step: Word;
      readonly body: readonly Node[];
    }
  | { readonly k: "case"; readonly word: Word; readonly items: readonly CaseItem[]; readonly line: number }
  | { readonly k: "function"; readonly name: string; readonly body: Node; readonly line: number }
  | { readonly k: "test"; readonly test: Test; readonly line: number }
  | { readonly k: "arith"; readonly expr: Word; readonly line: number }
  | { readonly k: "time"; readonly a: Node | undefined; readonly posix: boolean }
  | { readonly k: "redirected"; readonly a: Node; readonly redirects: readonly Redirect[] };

/** The text of a word that has no quotes and no expansions. */
export function plainText(word: Word): string | undefined {
  if (word.length !== 1) return undefined;
  const part = word[0];
  return part?.k === "lit" && !part.q ? part.s : undefined;
}
