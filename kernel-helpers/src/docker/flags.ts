/** Command-line flags as docker reads them (spf13/pflag): long and short, `=` or a space, flags after arguments, `--`. */

export interface FlagSpec {
  readonly type: "string" | "list" | "boolean";
  /** One letter. */
  readonly short?: string;
  /** Known, but without effect here. */
  readonly ignored?: boolean;
}

export interface ParsedFlags {
  readonly values: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly booleans: ReadonlyMap<string, boolean>;
  /** What is no flag, in order. */
  readonly rest: readonly string[];
  /** Flags without effect that were given, with their dashes. */
  readonly ignored: readonly string[];
}

/** A refused command line. *message* is docker's own; *code*: LB_UNKNOWN_FLAG, LB_FLAG_VALUE, LB_ARGUMENTS. */
export class FlagError extends Error {
  override readonly name = "FlagError";
  constructor(
    readonly code: "LB_UNKNOWN_FLAG" | "LB_FLAG_VALUE" | "LB_ARGUMENTS",
    message: string,
    /** The word that was refused. */
    readonly word: string,
    readonly sentence: { readonly ko: string; readonly en: string },
  ) {
    super(message);
  }
}

const TRUE = ["1", "t", "T", "true", "TRUE", "True"];
const FALSE = ["0", "f", "F", "false", "FALSE", "False"];

/**
 * Reads *args* by *spec*. With *options* `stopAtArgument` everything from the first argument on is `rest` (as `docker run`).
 * Throws FlagError.
 */
export function parseFlags(
  spec: Readonly<Record<string, FlagSpec>>,
  args: readonly string[],
  options: { readonly stopAtArgument?: boolean } = {},
): ParsedFlags {
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const booleans = new Map<string, boolean>();
  const rest: string[] = [];
  const ignored: string[] = [];
  const shorts = new Map(
    Object.entries(spec).flatMap(([name, flag]) => (flag.short ? [[flag.short, name] as const] : [])),
  );

  const set = (name: string, flag: FlagSpec, shown: string, value: string): void => {
    if (flag.ignored) ignored.push(shown);
    if (flag.type === "boolean") {
      if (!TRUE.includes(value) && !FALSE.includes(value)) {
        throw new FlagError(
          "LB_FLAG_VALUE",
          `invalid argument "${value}" for "${shown}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`,
          value,
          {
            ko: `\`${shown}\`의 값은 true 또는 false여야 합니다: ${value}`,
            en: `${shown} takes true or false, not ${value}`,
          },
        );
      }
      booleans.set(name, TRUE.includes(value));
    } else if (flag.type === "list") lists.set(name, [...(lists.get(name) ?? []), value]);
    else values.set(name, value);
  };
  const missing = (shown: string, docker: string): FlagError =>
    new FlagError("LB_FLAG_VALUE", docker, shown, {
      ko: `\`${shown}\`에 값이 필요합니다.`,
      en: `${shown} needs a value`,
    });

  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") {
      rest.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith("--")) {
      const at = word.indexOf("=");
      const name = word.slice(2, at === -1 ? undefined : at);
      const flag = Object.hasOwn(spec, name) ? spec[name] : undefined;
      if (!flag) throw unknown(`unknown flag: --${name}`, `--${name}`);
      if (at !== -1) set(name, flag, `--${name}`, word.slice(at + 1));
      else if (flag.type === "boolean") set(name, flag, `--${name}`, "true");
      else if (i + 1 < args.length) set(name, flag, `--${name}`, args[++i] ?? "");
      else throw missing(`--${name}`, `flag needs an argument: --${name}`);
    } else if (word.startsWith("-") && word !== "-") {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at] ?? "";
        const name = shorts.get(letter);
        const flag = name === undefined ? undefined : spec[name];
        if (name === undefined || !flag) {
          throw unknown(`unknown shorthand flag: '${letter}' in ${word}`, `-${letter}`);
        }
        const shown = `-${letter}, --${name}`;
        const after = word.slice(at + 1);
        if (flag.type === "boolean" && !after.startsWith("=")) {
          set(name, flag, shown, "true");
          continue;
        }
        if (after !== "") set(name, flag, shown, after.replace(/^=/, ""));
        else if (i + 1 < args.length) set(name, flag, shown, args[++i] ?? "");
        else throw missing(`-${letter}`, `flag needs an argument: '${letter}' in ${word}`);
        break;
      }
    } else if (options.stopAtArgument) {
      rest.push(...args.slice(i));
      break;
    } else rest.push(word);
  }
  return { values, lists, booleans, rest, ignored };
}

function unknown(message: string, word: string): FlagError {
  return new FlagError("LB_UNKNOWN_FLAG", message, word, {
    ko: `\`${word}\`라는 옵션은 없습니다.`,
    en: `there is no option ${word}`,
  });
}
