/** The flags an instruction takes, and their values (BuildKit frontend/dockerfile/instructions/bflag.go). */

import { toLower } from "./go-text";
import { Refusal } from "./refusal";
import { withSuggestion } from "./suggest";

/** A flag takes a boolean (absent value: true), one value, or a value each time it is written. */
export type FlagType = "bool" | "string" | "strings";

/** What an instruction takes. */
export type FlagSpec = Readonly<Record<string, FlagType>>;

/** Every instruction's flags, by its name in lower case; those not named take none. */
export const flagSpecs: Readonly<Record<string, FlagSpec>> = {
  add: {
    chown: "string",
    chmod: "string",
    link: "bool",
    "keep-git-dir": "bool",
    checksum: "string",
    unpack: "bool",
    exclude: "strings",
  },
  copy: {
    chown: "string",
    from: "string",
    chmod: "string",
    link: "bool",
    exclude: "strings",
    parents: "bool",
  },
  from: { platform: "string" },
  healthcheck: {
    interval: "string",
    timeout: "string",
    "start-period": "string",
    "start-interval": "string",
    retries: "string",
  },
  run: { mount: "strings", network: "string", security: "string", device: "strings" },
};

/** The values of the flags written. */
export class FlagValues {
  private readonly values = new Map<string, string[]>();

  set(name: string, value: string): void {
    const list = this.values.get(name);
    if (list === undefined) this.values.set(name, [value]);
    else list.push(value);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The value of a `string` flag, or *fallback*. */
  string(name: string, fallback = ""): string {
    return this.values.get(name)?.[0] ?? fallback;
  }

  /** All values of a `strings` flag. */
  strings(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  /** A `bool` flag's value; undefined when it is not written. */
  bool(name: string): boolean | undefined {
    return this.values.has(name) ? this.string(name) === "true" : undefined;
  }

  names(): string[] {
    return [...this.values.keys()].sort();
  }
}

/** Reads *flags*, as written (`--name=value`), for an instruction that takes *spec*. Throws Refusal. */
export function readFlags(flags: readonly string[], spec: FlagSpec = {}): FlagValues {
  const values = new FlagValues();
  for (const flag of flags) {
    if (flag === "--") return values;
    if (!flag.startsWith("--")) throw new Refusal("LB_FLAG_FORM", `arg should start with -- : ${flag}`);
    const equals = flag.indexOf("=");
    const written = equals < 0 ? flag : flag.slice(0, equals);
    const value = equals < 0 ? undefined : flag.slice(equals + 1);
    const name = written.slice(2);
    const type = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (type === undefined) {
      throw new Refusal(
        "LB_FLAG_UNKNOWN",
        withSuggestion(`unknown flag: ${written}`, name, Object.keys(spec).sort()),
      );
    }
    if (type !== "strings" && values.has(name)) {
      throw new Refusal("LB_FLAG_TWICE", `duplicate flag specified: ${written}`);
    }
    if (type === "bool") {
      values.set(name, booleanValue(written, value));
    } else {
      if (value === undefined)
        throw new Refusal("LB_FLAG_VALUE_MISSING", `missing a value on flag: ${written}`);
      values.set(name, value);
    }
  }
  return values;
}

function booleanValue(written: string, value: string | undefined): "true" | "false" {
  if (value === undefined) return "true";
  if (value === "") throw new Refusal("LB_FLAG_VALUE_MISSING", `missing a value on flag: ${written}`);
  const lower = toLower(value);
  if (lower === "true" || lower === "false") return lower;
  throw new Refusal("LB_FLAG_NOT_BOOLEAN", `expecting boolean value for flag ${written}, not: ${value}`);
}
