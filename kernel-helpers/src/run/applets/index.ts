/** Every program by name. */

import type { Program } from "../machine/exec";
import { shellProgram } from "../shell/source";
import { newStandaloneShell } from "./shells";
import { accounts } from "./accounts";
import { archives } from "./archives";
import { attributes } from "./attributes";
import { base64 } from "./base64";
import { cat } from "./cat";
import { cmp } from "./cmp";
import { columns } from "./columns";
import { copying } from "./copying";
import { dates } from "./dates";
import { dd } from "./dd";
import { diffing } from "./diffing";
import { awk } from "./awk/awk";
import { dpkg } from "./dpkg";
import { dumps } from "./dumps";
import { expr } from "./expr";
import { find } from "./find/find";
import { grep } from "./grep";
import { headTail } from "./head-tail";
import { identity } from "./identity";
import { install } from "./install";
import { lengths } from "./length";
import { lines } from "./lines";
import { links } from "./links";
import { ls } from "./ls";
import { making } from "./making";
import { misc } from "./misc";
import { numbers } from "./numbers";
import { UsageError } from "./options";
import { pathNames } from "./path-names";
import { processes } from "./processes";
import { removing } from "./removing";
import { sed } from "./sed/sed";
import { sort } from "./sort";
import { Errno } from "../machine/errno";
import { space } from "./space";
import { split } from "./split";
import { statistics } from "./statistics";
import { streams } from "./streams";
import { strings } from "./strings";
import { sums } from "./sums";
import { touch } from "./touch";
import { tr } from "./tr";
import { uniq } from "./uniq";
import { wc } from "./wc";
import { xargs } from "./xargs";

const table: Record<string, Program> = {
  ...accounts,
  ...archives,
  ...attributes,
  ...columns,
  ...copying,
  ...dates,
  ...diffing,
  ...dumps,
  ...headTail,
  ...identity,
  ...lengths,
  ...lines,
  ...links,
  ...making,
  ...misc,
  ...numbers,
  ...pathNames,
  ...processes,
  ...removing,
  ...space,
  ...statistics,
  ...streams,
  ...sums,
  awk,
  base64,
  cat,
  cmp,
  dd,
  dpkg,
  expr,
  find,
  grep,
  egrep: grep,
  fgrep: grep,
  install,
  ls,
  sed,
  sort,
  split,
  strings,
  touch,
  tr,
  uniq,
  wc,
  xargs,
  sh: newStandaloneShell(),
  ash: newStandaloneShell(),
  dash: shellProgram("dash"),
  bash: shellProgram("bash"),
};

/** A program whose usage errors end it. */
function guarded(program: Program): Program {
  return function* (process) {
    try {
      return yield* program(process);
    } catch (error) {
      if (error instanceof UsageError) return error.status;
      // A file that a program opens without looking: said by the program, not by the shell.
      if (error instanceof Errno && error.code !== "EPIPE" && error.code !== "ENOCONTENT") {
        const place =
          error.path === ""
            ? ""
            : ["xargs", "less", "more"].includes(process.name) && !process.gnu
              ? `can't open '${error.path}': `
              : `${error.path}: `;
        process.err(`${process.name}: ${place}${error.message}\n`);
        return 1;
      }
      throw error;
    }
  };
}

export const applets: ReadonlyMap<string, Program> = new Map(
  Object.entries(table).map(([name, program]) => [name, guarded(program)]),
);
