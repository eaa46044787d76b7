/** The functions of awk that need only the values of their arguments. */

import type { Process, Task } from "../../machine/process";
import { formatTime } from "../time";
import { execute } from "../xargs";
import { formatArgument, formatValues } from "./sprintf";
import type { AwkStreams } from "./streams";
import { AwkError, num, type Value } from "./values";
import type { AwkVariables } from "./variables";

/** The functions of one run: `rand` remembers. */
export class AwkFunctions {
  private seed = 1;

  constructor(
    private readonly process: Process,
    private readonly vars: AwkVariables,
    private readonly streams: AwkStreams,
  ) {}

  /** Calls *name*. Throws AwkError for what Debian's busybox is built without. */
  *call(name: string, values: readonly Value[]): Task<Value> {
    const text = (i: number): string => this.vars.text(values[i]);
    const number = (i: number): number => num(values[i]);
    switch (name) {
      case "substr": {
        const subject = text(0);
        let start = Math.round(number(1));
        let length = values.length > 2 ? Math.round(number(2)) : Infinity;
        if (start < 1) {
          if (this.process.gnu) length += start - 1;
          start = 1;
        }
        return length <= 0 || Number.isNaN(length)
          ? ""
          : subject.slice(start - 1, length === Infinity ? undefined : start - 1 + length);
      }
      case "index":
        // busybox finds no empty text.
        return text(1) === "" && this.process.minimal ? 0 : text(0).indexOf(text(1)) + 1;
      case "sprintf":
        return formatValues(values.map((value) => formatArgument(this.vars, value)));
      case "tolower":
        return text(0).replace(/[A-Z]/g, (char) => char.toLowerCase());
      case "toupper":
        return text(0).replace(/[a-z]/g, (char) => char.toUpperCase());
      case "int":
        return Math.trunc(number(0));
      case "sqrt":
      case "exp":
      case "log":
      case "sin":
      case "cos":
      case "atan2":
        if (this.process.minimal) throw new AwkError("Math support is not compiled in");
    }
    switch (name) {
      case "sqrt":
        return Math.sqrt(number(0));
      case "exp":
        return Math.exp(number(0));
      case "log":
        return Math.log(number(0));
      case "sin":
        return Math.sin(number(0));
      case "cos":
        return Math.cos(number(0));
      case "atan2":
        return Math.atan2(number(0), number(1));
      case "rand":
        this.seed = (Math.imul(this.seed, 1103515245) + 12345) & 0x7fffffff;
        return this.seed / 0x80000000;
      case "srand": {
        const old = this.seed;
        this.seed = values.length > 0 ? number(0) : Math.floor(this.process.machine.time);
        return old;
      }
      case "system": {
        const child = this.process.machine.spawn(this.process, (own) =>
          execute(own, ["/bin/sh", "-c", text(0)], "awk"),
        );
        return yield* this.process.waitFor(child);
      }
      case "close":
        return yield* this.streams.close(text(0));
      case "fflush":
        return 0;
      case "systime":
        return Math.floor(this.process.machine.time);
      case "strftime":
        return formatTime(
          values.length > 0 ? text(0) : "%a %b %e %H:%M:%S %Z %Y",
          values.length > 1 ? number(1) : this.process.machine.time,
        );
      case "and":
        return number(0) & number(1);
      case "or":
        return number(0) | number(1);
      case "xor":
        return number(0) ^ number(1);
      case "lshift":
        return number(0) * 2 ** number(1);
      case "rshift":
        return Math.floor(number(0) / 2 ** number(1));
      case "compl":
        return Number(BigInt.asUintN(64, ~BigInt(Math.trunc(number(0)))));
      default:
        return undefined;
    }
  }
}
