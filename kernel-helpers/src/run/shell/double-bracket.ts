/** `[[ … ]]` of bash. */

import { BoundedRegExp } from "../machine/bounded-regex";
import type { Task } from "../machine/process";
import { evaluateArithmetic } from "./arith";
import type { Test } from "./ast";
import { expandPattern, expandText } from "./expand";
import { matches, unquotePattern } from "./pattern";
import type { Shell } from "./shell";
import { binaryTest, unaryTest } from "./test-operators";

/** Status of the expression: 0 true, 1 false, 2 broken. */
export function* evaluateTest(shell: Shell, test: Test): Task<number> {
  switch (test.k) {
    case "not": {
      const status = yield* evaluateTest(shell, test.a);
      return status > 1 ? status : 1 - status;
    }
    case "and":
    case "or": {
      const status = yield* evaluateTest(shell, test.a);
      if (status > 1 || (status === 0) !== (test.k === "and")) return status;
      return yield* evaluateTest(shell, test.b);
    }
    case "unary": {
      const operand = yield* expandText(shell, test.a);
      if (test.op === "-v") {
        const element = /^(\w+)\[(.*)\]$/.exec(operand);
        const value =
          element === null ? shell.get(operand) : shell.element(element[1] as string, element[2] as string);
        return value === undefined ? 1 : 0;
      }
      if (test.op === "-o") return shell.options[operand] === true ? 0 : 1;
      return unaryTest(shell.process, test.op, operand) ? 0 : 1;
    }
    case "binary":
      return yield* binary(shell, test.op, test);
  }
}

function* binary(shell: Shell, op: string, test: Test & { k: "binary" }): Task<number> {
  const left = yield* expandText(shell, test.a);
  const number = (text: string): bigint => evaluateArithmetic(text, shell.arithmeticScope, shell.dialect);
  switch (op) {
    case "=":
    case "==":
    case "!=": {
      const flags = shell.shopt.has("nocasematch");
      const pattern = yield* expandPattern(shell, test.b);
      const hit = flags
        ? matches(pattern.toLowerCase(), left.toLowerCase(), true)
        : matches(pattern, left, true);
      return hit === (op !== "!=") ? 0 : 1;
    }
    case "=~": {
      // Quoted parts of the pattern match themselves: the pattern form has them escaped.
      const source = (yield* expandPattern(shell, test.b)).replace(
        /\[\[:(\w+):\]\]/g,
        (_, name: string) => POSIX[name] ?? "",
      );
      let match: RegExpExecArray | null;
      try {
        match = new BoundedRegExp(source).exec(left);
      } catch {
        return 2;
      }
      const found = match ?? [];
      const variable = shell.variables.need("BASH_REMATCH");
      variable.array = new Map([...found].map((text, i) => [String(i), text ?? ""]));
      return match === null ? 1 : 0;
    }
    case "<":
    case ">": {
      const right = yield* expandText(shell, test.b);
      return (op === "<" ? left < right : left > right) ? 0 : 1;
    }
    case "-eq":
    case "-ne":
    case "-lt":
    case "-le":
    case "-gt":
    case "-ge": {
      const a = number(left);
      const b = number(yield* expandText(shell, test.b));
      const results = {
        "-eq": a === b,
        "-ne": a !== b,
        "-lt": a < b,
        "-le": a <= b,
        "-gt": a > b,
        "-ge": a >= b,
      };
      return results[op] ? 0 : 1;
    }
    default:
      return binaryTest(shell.process, op, left, yield* expandText(shell, test.b)) === true ? 0 : 1;
  }
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: "[A-Za-z0-9]", alpha: "[A-Za-z]", digit: "[0-9]", lower: "[a-z]", upper: "[A-Z]", space: "\\s",
  xdigit: "[0-9A-Fa-f]", punct: "[!-/:-@[-`{-~]", blank: "[ \\t]",
}; // prettier-ignore

export { unquotePattern };
