/** What an awk program remembers: variables, arrays, the locals of its functions, and the record with its fields. */

import { posixRegex } from "../../machine/regex";
import { printf } from "../../shell/printf";
import { AwkError, Input, num, type Value } from "./values";

/** The locals of one call: a value, or an array. */
export type Scope = Map<string, Value | Map<string, Value>>;

/** The variables of one run. */
export class AwkVariables {
  private readonly globals = new Map<string, Value>();
  private readonly arrays = new Map<string, Map<string, Value>>();
  /** The locals of the calls that are open, the innermost last. */
  readonly locals: Scope[] = [];
  private record = "";
  private fields: Value[] = [];
  /** Whether the fields are those of the record. */
  private split = true;
  /** Whether a field changed since the record was put together. */
  private stale = false;

  constructor(args: readonly string[], environment: Iterable<readonly [string, string]>) {
    this.globals.set("FS", " ");
    this.globals.set("OFS", " ");
    this.globals.set("ORS", "\n");
    this.globals.set("RS", "\n");
    this.globals.set("SUBSEP", "\x1c");
    this.globals.set("CONVFMT", "%.6g");
    this.globals.set("OFMT", "%.6g");
    this.globals.set("NR", 0);
    this.globals.set("NF", 0);
    this.globals.set("FNR", 0);
    this.globals.set("RSTART", 0);
    this.globals.set("RLENGTH", -1);
    this.globals.set("FILENAME", "");
    this.globals.set("ARGC", args.length + 1);
    this.arrays.set("ARGV", new Map(["awk", ...args].map((arg, i) => [String(i), new Input(arg)])));
    this.arrays.set("ENVIRON", new Map([...environment].map(([name, value]) => [name, new Input(value)])));
  }

  /** The variable *name*; of functions the innermost one's. */
  get(name: string): Value {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) {
      const value = local.get(name);
      return value instanceof Map ? undefined : value;
    }
    if (name === "NF") this.ensureFields();
    return this.globals.get(name);
  }

  /** Sets a variable; NF changes the fields. */
  set(name: string, value: Value): void {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) {
      local.set(name, value);
      return;
    }
    if (name === "NF") {
      this.ensureFields();
      const count = num(value);
      while (this.fields.length < count) this.fields.push(new Input(""));
      this.fields.length = count;
      this.stale = true;
    }
    this.globals.set(name, value);
  }

  /** The array *name*; it is made when there is none. */
  array(name: string): Map<string, Value> {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) {
      const value = local.get(name);
      if (value instanceof Map) return value;
      const made = new Map<string, Value>();
      local.set(name, made);
      return made;
    }
    let array = this.arrays.get(name);
    if (array === undefined) {
      array = new Map();
      this.arrays.set(name, array);
    }
    return array;
  }

  /** Whether *name* is an array by now. */
  isArray(name: string): boolean {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) return local.get(name) instanceof Map;
    return this.arrays.has(name);
  }

  /** *value* as a string. */
  text(value: Value): string {
    if (value === undefined) return "";
    if (typeof value === "string") return value;
    if (value instanceof Input) return value.text;
    return this.number(value, "CONVFMT");
  }

  /** A number as text, by the format in the variable *format* (CONVFMT, OFMT) when it is not whole. */
  number(value: number, format: string): string {
    if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
    return printf([this.text(this.globals.get(format)), String(value)], "ash").text;
  }

  /** `$0`, put together again when a field changed. */
  whole(): string {
    if (this.stale) {
      this.record = this.fields.map((field) => this.text(field)).join(this.text(this.get("OFS")));
      this.stale = false;
    }
    return this.record;
  }

  /** `$n`. Throws AwkError for a negative *n*. */
  field(n: number): Value {
    if (n < 0) throw new AwkError("Access to negative field");
    if (n === 0) return new Input(this.whole());
    this.ensureFields();
    return this.fields[n - 1];
  }

  /** Sets `$n`; fields up to it are made. */
  setField(n: number, value: Value): void {
    if (n === 0) {
      this.setRecord(this.text(value));
      return;
    }
    this.ensureFields();
    while (this.fields.length < n) this.fields.push(new Input(""));
    this.fields[n - 1] = value;
    this.globals.set("NF", this.fields.length);
    this.stale = true;
  }

  /** Sets `$0`; the fields are split when one is asked for. */
  setRecord(text: string): void {
    this.record = text;
    this.split = false;
    this.stale = false;
  }

  private ensureFields(): void {
    if (this.split) return;
    this.split = true;
    this.fields = this.splitText(this.record, this.text(this.globals.get("FS"))).map(
      (text) => new Input(text),
    );
    this.globals.set("NF", this.fields.length);
  }

  /** The parts of *text* between *separator*: a blank is any white space, one character itself, more a regular expression. */
  splitText(text: string, separator: string): string[] {
    if (text === "") return [];
    if (separator === " ")
      return text
        .trim()
        .split(/[ \t\n]+/)
        .filter((part) => part !== "");
    const paragraphs = this.text(this.globals.get("RS")) === "";
    if (separator.length === 1 && separator !== "\\" && !paragraphs) return text.split(separator);
    if (separator === "") return [...text];
    const regex = posixRegex(
      paragraphs
        ? `(${separator.length === 1 ? separator.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : separator})|\n`
        : separator,
      true,
      "g",
    );
    const out: string[] = [];
    let at = 0;
    regex.lastIndex = 0;
    for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
      if (match[0] === "") {
        regex.lastIndex++;
        continue;
      }
      out.push(text.slice(at, match.index));
      at = match.index + match[0].length;
    }
    out.push(text.slice(at));
    return out;
  }
}
