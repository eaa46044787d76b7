/** A sed program without its blocks, so that a jump finds every label. */

import type { Command } from "./script";

/** A command at its place in the flat program. */
export interface Flat {
  readonly command: Command;
  /** Index of the last command of the block that begins here. */
  skip: number;
}

const flattened = new WeakMap<readonly Command[], Flat[]>();

/** The program without nesting, so that labels are found everywhere. */
export function flatten(commands: readonly Command[]): Flat[] {
  let list = flattened.get(commands);
  if (list !== undefined) return list;
  list = [];
  const add = (some: readonly Command[], into: Flat[]): void => {
    for (const command of some) {
      const entry: Flat = { command, skip: 0 };
      into.push(entry);
      if (command.body !== undefined) add(command.body, into);
      entry.skip = into.length - 1;
    }
  };
  add(commands, list);
  flattened.set(commands, list);
  return list;
}
