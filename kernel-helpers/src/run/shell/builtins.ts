/** The builtins of the three shells, by name. */

import type { Task } from "../machine/process";
import type { Dialect } from "./ast";
import type { Shell } from "./shell";
import { controlBuiltins } from "./builtins-control";
import { directoryBuiltins } from "./builtins-directory";
import { outputBuiltins } from "./builtins-output";
import { jobBuiltins } from "./builtins-jobs";
import { lookupBuiltins } from "./builtins-lookup";
import { variableBuiltins } from "./builtins-variables";
import { readBuiltins } from "./builtins-read";

export interface Builtin {
  /** Special in the sense of POSIX: found before functions, its errors end the shell. */
  readonly special?: boolean;
  /** Shells that have it; default all. */
  readonly only?: readonly Dialect[];
  /** Runs it: *args* begin with its name; *tested* says that the status is looked at. */
  readonly run: (shell: Shell, args: string[], tested: boolean) => Task<number>;
}

const ALL: Readonly<Record<string, Builtin>> = {
  ...controlBuiltins,
  ...directoryBuiltins,
  ...outputBuiltins,
  ...jobBuiltins,
  ...lookupBuiltins,
  ...variableBuiltins,
  ...readBuiltins,
};

const tables = new Map<Dialect, ReadonlyMap<string, Builtin>>();

/** The builtins of a dialect. */
export function builtins(dialect: Dialect): ReadonlyMap<string, Builtin> {
  let table = tables.get(dialect);
  if (table === undefined) {
    table = new Map(Object.entries(ALL).filter(([, builtin]) => builtin.only?.includes(dialect) ?? true));
    tables.set(dialect, table);
  }
  return table;
}
