/** The expression of `find`: tests and actions between `-a`, `-o`, `!` and parentheses. */

import { usage } from "../options";
import { readAction } from "./actions";
import { plain, readTest } from "./tests";
import type { Test, Walk } from "./walk";
import { FindError, type Words } from "./words";

/** What Debian's static busybox is built without. */
const MISSING = new Set(
  "-delete -uid -gid -nouser -nogroup -ls -printf -lname -xtype -readable -writable -execdir -ok -iregex -anewer -cnewer".split(
    " ",
  ),
);

/** Reads *words* up to their end; options among them change *walk*. Throws FindError and UsageError. */
export function readExpression(words: Words, walk: Walk): Test {
  const test = new ExpressionReader(words, walk).or();
  const rest = words.peek();
  if (rest !== undefined)
    throw new FindError(walk.process.gnu ? `unexpected extra predicate '${rest}'` : `unrecognized: ${rest}`);
  return test;
}

class ExpressionReader {
  constructor(
    private readonly words: Words,
    private readonly walk: Walk,
  ) {}

  or(): Test {
    let left = this.and();
    for (;;) {
      const word = this.words.peek();
      if (word === "-o" || word === "-or") {
        this.words.take();
        const a = left;
        const b = this.and();
        left = function* (visit) {
          return (yield* a(visit)) || (yield* b(visit));
        };
      } else if (word === ",") {
        this.words.take();
        const a = left;
        const b = this.and();
        left = function* (visit) {
          yield* a(visit);
          return yield* b(visit);
        };
      } else return left;
    }
  }

  private and(): Test {
    let left = this.not();
    for (;;) {
      const word = this.words.peek();
      if (word === undefined || word === "-o" || word === "-or" || word === ")" || word === ",") return left;
      if (word === "-a" || word === "-and") this.words.take();
      const a = left;
      const b = this.not();
      left = function* (visit) {
        return (yield* a(visit)) && (yield* b(visit));
      };
    }
  }

  private not(): Test {
    const word = this.words.peek();
    if (word === "!" || word === "-not") {
      this.words.take();
      const inner = this.not();
      return function* (visit) {
        return !(yield* inner(visit));
      };
    }
    if (word === "(") {
      this.words.take();
      const inner = this.or();
      if (this.words.peek() !== ")")
        throw new FindError(
          this.walk.process.gnu
            ? "invalid expression; I was expecting to find a ')' somewhere but did not see one."
            : "unpaired '('",
        );
      this.words.take();
      return inner;
    }
    return this.primary();
  }

  private primary(): Test {
    const { process } = this.walk;
    const name = this.words.take();
    if (name === undefined) throw new FindError("bad expression");
    if (process.minimal && MISSING.has(name)) {
      process.err(`find: unrecognized: ${name}\n`);
      throw usage(process, "[-HL] [PATH]... [OPTIONS] [ACTIONS]");
    }
    if (this.option(name)) return plain(() => true);
    const found = readTest(process, name, this.words) ?? readAction(this.walk, name, this.words);
    if (found !== undefined) return found;
    if (process.gnu)
      throw new FindError(
        name.startsWith("-") ? `unknown predicate \`${name}'` : `paths must precede expression: \`${name}'`,
      );
    process.err(`find: unrecognized: ${name}\n`);
    throw usage(process, "[-HL] [PATH]... [OPTIONS] [ACTIONS]");
  }

  /** Takes *name* as an option of the walk; false when it is none. */
  private option(name: string): boolean {
    switch (name) {
      case "-maxdepth":
        this.walk.maxDepth = Number(this.words.value(name));
        return true;
      case "-mindepth":
        this.walk.minDepth = Number(this.words.value(name));
        return true;
      case "-depth":
      case "-d":
        this.walk.depthFirst = true;
        return true;
      case "-xdev":
      case "-mount":
        this.walk.oneDevice = true;
        return true;
      case "-noleaf":
      case "-daystart":
      case "-ignore_readdir_race":
      case "-warn":
      case "-nowarn":
        return true;
      case "-follow":
        this.walk.follow = true;
        return true;
      case "-regextype":
        this.words.value(name);
        return true;
      default:
        return false;
    }
  }
}
