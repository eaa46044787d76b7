/** `find`: starting points, then an expression over everything below them. */

import type { Process, Task } from "../../machine/process";
import { readExpression } from "./expression";
import { Walk } from "./walk";
import { FindError, Words } from "./words";

/** Reads the command line and walks. */
export function* find(process: Process): Task<number> {
  const walk = new Walk(process);
  const words = new Words(process.args.slice(1), process.gnu);
  try {
    while (/^-[HLP]$/.test(words.peek() ?? "")) walk.follow = words.take() === "-L";
    const starts: string[] = [];
    for (let word = words.peek(); word !== undefined && !/^[-!(),]/.test(word); word = words.peek())
      starts.push(words.take() as string);
    const test = words.peek() === undefined ? undefined : readExpression(words, walk);
    return yield* walk.from(starts.length === 0 ? ["."] : starts, test);
  } catch (error) {
    if (!(error instanceof FindError)) throw error;
    process.err(`find: ${error.message}\n`);
    return 1;
  }
}
