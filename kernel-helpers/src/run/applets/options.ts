/** getopt for the programs, and the words they use for wrong options. */

import type { Process } from "../machine/process";
import { DEBIAN_LONG_OPTIONS } from "./debian-applets";

export const BANNER = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.";

/** Options as they were given. */
export class Options {
  /** Letters in order, with their values. */
  readonly given: { letter: string; value: string }[] = [];
  /** What is no option. */
  readonly rest: string[] = [];

  has(letter: string): boolean {
    return this.given.some((one) => one.letter === letter);
  }

  /** The last value of an option. */
  value(letter: string): string | undefined {
    return this.given.findLast((one) => one.letter === letter)?.value;
  }

  values(letter: string): string[] {
    return this.given.filter((one) => one.letter === letter).map((one) => one.value);
  }

  count(letter: string): number {
    return this.given.filter((one) => one.letter === letter).length;
  }

  /** Which of *letters* came last; "" when none came. */
  last(letters: string): string {
    return this.given.findLast((one) => letters.includes(one.letter))?.letter ?? "";
  }
}

/** Ends a program after a message about its usage has been printed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(readonly status: number) {
    super("usage");
  }
}

/** Prints how a program is used; to be thrown. */
export function usage(process: Process, text = ""): UsageError {
  if (process.gnu) process.err(`Try '${process.name} --help' for more information.\n`);
  else process.err(`${BANNER}\n\nUsage: ${process.name}${text === "" ? "" : " " + text}\n`);
  return new UsageError(
    /grep$/.test(process.name) || process.name === "sort" || (process.gnu && process.name === "ls") ? 2 : 1,
  );
}

/**
 * Reads options as getopt_long does. *spec* is `ab:c::`: a letter with `:` takes a value, with `::` may take one joined to it;
 * a leading `+` ends options at the first other word. *long* names letters. Throws UsageError.
 */
export function parseOptions(
  process: Process,
  spec: string,
  long: Readonly<Record<string, string>> = {},
  text = "",
): Options {
  const options = new Options();
  const args = process.args.slice(1);
  const strict = spec.startsWith("+");
  const allowed = new Set(process.minimal ? (DEBIAN_LONG_OPTIONS[process.name] ?? "").split(" ") : []);
  const letters = strict ? spec.slice(1) : spec;
  const kind = (letter: string): number => {
    const at = letter === ":" ? -1 : letters.indexOf(letter);
    if (at < 0) return -1;
    return letters.startsWith("::", at + 1) ? 2 : letters[at + 1] === ":" ? 1 : 0;
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      options.rest.push(...args.slice(i + 1));
      break;
    }
    if (!/^-./.test(arg)) {
      if (strict) {
        options.rest.push(...args.slice(i));
        break;
      }
      options.rest.push(arg);
      continue;
    }
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
      const known = process.minimal ? Object.keys(long).filter((key) => allowed.has(key)) : Object.keys(long);
      const candidates = known.filter((key) => key.startsWith(name));
      const key = known.includes(name)
        ? name
        : candidates.length === 1
          ? (candidates[0] as string)
          : undefined;
      if (key === undefined) {
        if (name === "help") {
          process.out(`${process.gnu ? "" : BANNER + "\n\n"}Usage: ${process.name} ${text}\n`);
          throw new UsageError(0);
        }
        process.err(`${process.name}: unrecognized option '${arg}'\n`);
        throw usage(process, text);
      }
      const letter = long[key] as string;
      const takes = kind(letter);
      if (takes === 1 && equals < 0) {
        if (i + 1 >= args.length) {
          process.err(`${process.name}: option '--${key}' requires an argument\n`);
          throw usage(process, text);
        }
        options.given.push({ letter, value: args[++i] as string });
      } else options.given.push({ letter, value: equals < 0 ? "" : arg.slice(equals + 1) });
      continue;
    }
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j] as string;
      const takes = kind(letter);
      if (takes < 0) {
        process.err(`${process.name}: invalid option -- '${letter}'\n`);
        throw usage(process, text);
      }
      if (takes === 0) {
        options.given.push({ letter, value: "" });
        continue;
      }
      const joined = arg.slice(j + 1);
      if (joined !== "" || takes === 2) options.given.push({ letter, value: joined });
      else if (i + 1 < args.length) options.given.push({ letter, value: args[++i] as string });
      else {
        process.err(`${process.name}: option requires an argument -- '${letter}'\n`);
        throw usage(process, text);
      }
      break;
    }
  }
  return options;
}
