/** The values of awk, which are numbers and strings at once. */

/** A value: a number, a string, or a string from outside that may look like a number. */
export type Value = number | string | Input | undefined;

/** Text from outside: a number when it looks like one. */
export class Input {
  constructor(readonly text: string) {}
}

/** What ends a program with a message. */
export class AwkError extends Error {}

const NUMERIC = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)\s*$/;

/** The number that *value* is: what a string begins with, else 0. */
export function num(value: Value): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value : value.text;
  // busybox reads hexadecimal and octal; in mawk such strings are rare.
  const based = /^\s*(-?)0([xX][0-9a-fA-F]+|[0-7]+(?![\d.eE]))/.exec(text);
  if (based !== null)
    return (
      (based[1] === "-" ? -1 : 1) *
      Number(
        (based[2] as string).startsWith("x") || (based[2] as string).startsWith("X")
          ? "0" + (based[2] as string)
          : "0o" + (based[2] as string),
      )
    );
  const match = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|nan)/i.exec(text);
  if (match === null) return 0;
  return Number(match[0]) || 0;
}

/** Whether *value* compares as a number. */
export function numeric(value: Value): boolean {
  if (value === undefined || typeof value === "number") return true;
  return value instanceof Input && NUMERIC.test(value.text);
}

/** Whether *value* counts as true. */
export function truth(value: Value): boolean {
  if (value === undefined) return false;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  return NUMERIC.test(value.text) ? Number(value.text) !== 0 : value.text !== "";
}

/** One operator on two numbers. Throws AwkError for a division by zero. */
export function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new AwkError("Division by zero");
      return a / b;
    case "%":
      if (b === 0) throw new AwkError("Division by zero");
      return a % b;
    default:
      return a ** b;
  }
}
