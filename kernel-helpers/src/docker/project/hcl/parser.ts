/** HCL text → blocks, attributes and expressions (HCL native syntax specification). */

import { type Call, callOf } from "./call";
import { Cursor } from "./cursor";
import { isList, isObject, member, numberOf, operate, textOf, truth } from "./operations";
import { type Iteration, type Reader, scopesOf, templateOf } from "./template";
import { tokensOf } from "./tokens";
import { type Attribute, type Block, type Expression, HclError, type HclValue, shaped } from "./types";

const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["+", "-"],
  ["*", "/", "%"],
];

/** The blocks and attributes of *text*. Throws HclError. */
export function parseHcl(text: string): {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
} {
  return new Parser(tokensOf(text), 0).body("end");
}

/** A string with `${…}` in it, as bake's JSON form has them. Throws HclError. */
export function parseTemplate(text: string): Expression {
  return templateOf(text, 1, false, readerAt(0));
}

/** Reads what stands in templates, *depth* levels deep. */
function readerAt(depth: number): Reader {
  const whole = <T>(text: string, line: number, read: (parser: Parser) => T): T => {
    const parser = new Parser(tokensOf(text, line), depth + 1);
    return parser.whole(() => read(parser));
  };
  return {
    expression: (text, line) => whole(text, line, (parser) => parser.expression()),
    iteration: (text, line) => whole(text, line, (parser) => parser.iteration()),
  };
}

/** *evaluate*, with the line in what it throws. */
function at(line: number, evaluate: Expression): Expression {
  return (scope) => {
    try {
      return evaluate(scope);
    } catch (error) {
      if (error instanceof HclError && error.line > 0) throw error;
      if (error instanceof HclError || error instanceof RangeError) throw new HclError(error.message, line);
      throw error;
    }
  };
}

class Parser extends Cursor {
  body(until: "end" | "}"): { attributes: Attribute[]; blocks: Block[] } {
    return this.deeper(() => {
      const attributes: Attribute[] = [];
      const blocks: Block[] = [];
      const isOneLine = until === "}" && this.token.kind !== "newline";
      for (;;) {
        this.skipLines();
        if (until === "end" ? this.token.kind === "end" : this.is("}")) break;
        const { kind, text: name, line } = this.token;
        if (kind !== "name" && kind !== "template") throw this.unexpected("a name");
        this.at++;
        if (this.is("=")) {
          this.at++;
          attributes.push({ name, line, value: this.expression() });
          // A block on one line holds one argument.
          if (isOneLine) break;
        } else {
          if (isOneLine) throw this.unexpected('"="');
          blocks.push(this.block(name, line));
        }
        this.lineEnd();
      }
      return { attributes, blocks };
    });
  }

  private block(type: string, line: number): Block {
    const labels: string[] = [];
    for (let label = this.token; label.kind === "name" || label.kind === "template"; label = this.token) {
      labels.push(label.text);
      this.at++;
    }
    this.take("{");
    const body = this.body("}");
    this.take("}");
    return { type, labels, line, ...body };
  }

  expression(): Expression {
    const { line } = this.token;
    const condition = this.deeper(() => this.binary(0));
    if (!this.is("?")) return condition;
    this.at++;
    this.skipLines();
    const yes = this.deeper(() => this.expression());
    this.skipLines();
    this.take(":");
    this.skipLines();
    const no = this.deeper(() => this.expression());
    return at(line, (scope) => (truth(condition(scope)) ? yes(scope) : no(scope)));
  }

  private binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    while (this.token.kind === "operator" && operators.includes(this.token.text)) {
      const { text: operator, line } = this.token;
      this.at++;
      this.skipLines();
      const [a, b] = [left, this.binary(level + 1)];
      left = at(line, (scope) => operate(operator, a(scope), () => b(scope)));
    }
    return left;
  }

  private unary(): Expression {
    if (!this.is("!") && !this.is("-")) return this.postfix(this.primary());
    const isNot = this.is("!");
    const { line } = this.token;
    this.at++;
    const inner = this.deeper(() => this.unary());
    return at(line, (scope) => (isNot ? !truth(inner(scope)) : -numberOf(inner(scope))));
  }

  /** `.name`, `.0`, `[key]`, and the splats `.*` and `[*]`, after which what follows holds for each. */
  private postfix(of: Expression): Expression {
    let value = of;
    for (;;) {
      const { line } = this.token;
      const before = value;
      if (this.is(".")) {
        this.at++;
        const { kind, text } = this.token;
        if (this.is("*")) {
          this.at++;
          return this.splat(value, line);
        }
        if (kind !== "name" && kind !== "number") throw this.unexpected("a name");
        this.at++;
        // `a.0.1` is read as the number 0.1.
        const keys = kind === "number" ? text.split(".") : [text];
        value = (scope) =>
          keys.reduce(
            (found: HclValue, key) => member(found, kind === "number" ? Number(key) : key, line),
            before(scope),
          );
      } else if (this.is("[")) {
        this.at++;
        this.skipLines();
        if (this.is("*")) {
          this.at++;
          this.take("]");
          return this.splat(value, line);
        }
        const index = this.deeper(() => this.expression());
        this.skipLines();
        this.take("]");
        value = (scope) => member(before(scope), index(scope), line);
      } else return value;
    }
  }

  private splat(of: Expression, line: number): Expression {
    let item: HclValue = null;
    const each = this.deeper(() => this.postfix(() => item));
    return at(line, (scope) => {
      const list = of(scope);
      if (list === null) return [];
      return (isList(list) ? list : [list]).map((one) => {
        const outer = item;
        item = one;
        const found = each(scope);
        item = outer;
        return found;
      });
    });
  }

  private primary(): Expression {
    const { token } = this;
    if (token.kind === "number") {
      this.at++;
      const number = Number(token.text);
      return () => number;
    }
    if (token.kind === "template") {
      this.at++;
      return at(token.line, templateOf(token.text, token.line, token.quoted, readerAt(this.depth)));
    }
    if (this.is("(")) {
      this.at++;
      this.skipLines();
      const inner = this.deeper(() => this.expression());
      this.skipLines();
      this.take(")");
      return inner;
    }
    if (this.is("[")) return this.list();
    if (this.is("{")) return this.object();
    if (token.kind !== "name") throw this.unexpected("a value");
    this.at++;
    if (token.text === "true" || token.text === "false") return () => token.text === "true";
    if (token.text === "null") return () => null;
    if (this.is("(")) return this.call(token.text, token.line);
    return shaped(
      (scope) => {
        const value = scope.variable(token.text);
        if (value === undefined) throw new HclError(`there is no variable ${token.text}`, token.line);
        return value;
      },
      { kind: "name", name: token.text },
    );
  }

  /** `NAMES in LIST`. */
  iteration(): Iteration {
    const names = [this.name()];
    if (this.is(",")) {
      this.at++;
      names.push(this.name());
    }
    if (!this.isWord("in")) throw this.unexpected('"in"');
    this.at++;
    return { names, list: this.expression() };
  }

  /** The head of a `for` expression, after which its value follows. */
  private loop(): Iteration | undefined {
    if (!this.isWord("for")) return undefined;
    this.at++;
    const iteration = this.deeper(() => this.iteration());
    this.skipLines();
    this.take(":");
    this.skipLines();
    return iteration;
  }

  private condition(): Expression | undefined {
    this.skipLines();
    if (!this.isWord("if")) return undefined;
    this.at++;
    const condition = this.expression();
    this.skipLines();
    return condition;
  }

  private list(): Expression {
    const { line } = this.token;
    this.take("[");
    this.skipLines();
    const loop = this.loop();
    if (loop) {
      const value = this.deeper(() => this.expression());
      const condition = this.condition();
      this.take("]");
      return at(line, (scope) =>
        scopesOf(loop, scope)
          .filter((inner) => !condition || truth(condition(inner)))
          .map((inner) => value(inner)),
      );
    }
    const items = this.items("]").map(({ value }) => value);
    return shaped((scope) => items.map((item) => item(scope)), { kind: "list", items });
  }

  /** Expressions between commas, up to and with *end*. `...` after the last spreads it. */
  private items(end: string): Call["items"] {
    const items: { value: Expression; spread: boolean }[] = [];
    while (!this.is(end)) {
      const value = this.deeper(() => this.expression());
      this.skipLines();
      const spread = end === ")" && this.is("...");
      if (spread) {
        this.at++;
        this.skipLines();
      }
      items.push({ value, spread });
      if (!this.is(",") || spread) break;
      this.at++;
      this.skipLines();
    }
    this.take(end);
    return items;
  }

  private object(): Expression {
    const { line } = this.token;
    this.take("{");
    this.skipLines();
    const loop = this.loop();
    if (loop) return this.objectOfLoop(loop, line);
    const items: (readonly [Expression, Expression])[] = [];
    while (!this.is("}")) {
      const { token } = this;
      const next = this.tokens[this.at + 1];
      let key: Expression;
      if (token.kind === "name" && next?.kind === "operator" && (next.text === "=" || next.text === ":")) {
        this.at++;
        key = () => token.text;
      } else key = this.deeper(() => this.expression());
      if (!this.is("=") && !this.is(":")) throw this.unexpected('"="');
      this.at++;
      this.skipLines();
      items.push([key, this.deeper(() => this.expression())]);
      if (this.is(",")) this.at++;
      else if (this.token.kind !== "newline" && !this.is("}")) throw this.unexpected('"," or a line end');
      this.skipLines();
    }
    this.take("}");
    const names = items.map(([key, value]) => [nameOf(key), value] as const);
    return shaped(
      at(line, (scope) =>
        Object.fromEntries(items.map(([key, value]) => [textOf(key(scope)), value(scope)])),
      ),
      { kind: "object", items: names },
    );
  }

  /** `{for k, v in map : key => value... if condition}`: with `...` the values of equal keys are put together. */
  private objectOfLoop(loop: Iteration, line: number): Expression {
    const key = this.deeper(() => this.expression());
    this.skipLines();
    this.take("=>");
    this.skipLines();
    const value = this.deeper(() => this.expression());
    this.skipLines();
    const isGrouped = this.is("...");
    if (isGrouped) this.at++;
    const condition = this.condition();
    this.take("}");
    return at(line, (scope) => {
      const made = new Map<string, HclValue>();
      for (const inner of scopesOf(loop, scope)) {
        if (condition && !truth(condition(inner))) continue;
        const name = textOf(key(inner));
        const before = made.get(name);
        if (before !== undefined && !isGrouped) throw new RangeError(`the key ${name} comes twice`);
        made.set(name, isGrouped ? [...((before as HclValue[]) ?? []), value(inner)] : value(inner));
      }
      return Object.fromEntries(made);
    });
  }

  private call(name: string, line: number): Expression {
    this.take("(");
    this.skipLines();
    const items = this.items(")");
    return shaped(at(line, callOf({ name, line, items })), {
      kind: "call",
      name,
      items: items.map(({ value }) => value),
    });
  }
}

/** The key of an object as it is written; "" for one that is computed from variables. */
function nameOf(key: Expression): string {
  try {
    const value = key({ variable: () => undefined });
    return isObject(value) || isList(value) ? "" : textOf(value);
  } catch {
    return "";
  }
}
