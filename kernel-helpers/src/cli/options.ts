/** node:util's parseArgs with this command's errors. */

import { suggest } from "../dockerfile/suggest";
import { usageError } from "./cli-error";

/**
 * What *parse* (a call of parseArgs) gives. Its complaints become usage errors in both languages; *known* option names
 * (without dashes) serve for "did you mean".
 */
export function checkedOptions<T>(parse: () => T, known: readonly string[] = []): T {
  try {
    return parse();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const option = /'(-[^']*?)(?: <value>)?'/.exec(message)?.[1] ?? "";
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const near = suggest(option.replace(/^-+/, ""), known);
      throw usageError(
        "LB_UNKNOWN_FLAG",
        { ko: `\`${option}\`라는 옵션은 없습니다.`, en: `there is no option ${option}` },
        near === undefined ? undefined : { ko: `혹시 이것입니까? --${near}`, en: `did you mean --${near}?` },
      );
    }
    if (code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") {
      throw usageError("LB_FLAG_VALUE", {
        ko: `\`${option}\`의 값이 맞지 않습니다: ${message}`,
        en: message,
      });
    }
    if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") {
      throw usageError("LB_ARGUMENTS", { ko: `쓰이지 않는 인자가 있습니다: ${message}`, en: message });
    }
    throw error;
  }
}

/** Takes `--name VALUE` and `--name=VALUE` of *names* out of *args*; of *flags* the bare `--name`, with the value "". Throws CliError for a missing value. */
export function takeValues(
  args: readonly string[],
  names: readonly string[],
  flags: readonly string[] = [],
): { readonly own: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const own = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const flag = flags.find((name) => word === `--${name}`);
    const name = names.find((one) => word === `--${one}` || word.startsWith(`--${one}=`));
    if (flag !== undefined) own.set(flag, "");
    else if (name === undefined) rest.push(word);
    else if (word.includes("=")) own.set(name, word.slice(word.indexOf("=") + 1));
    else {
      const value = args[++i];
      if (value === undefined)
        throw usageError("LB_FLAG_VALUE", {
          ko: `\`--${name}\`에 값이 필요합니다.`,
          en: `--${name} needs a value`,
        });
      own.set(name, value);
    }
  }
  return { own, rest };
}

/** The value of an option that takes a whole number of at least *least*. Throws CliError LB_FLAG_VALUE. */
export function wholeNumber(text: string | undefined, option: string, least = 0): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text) || Number(text) < least)
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`${option}\`에는 ${least} 이상의 정수가 필요합니다: ${text}`,
      en: `${option} takes a whole number from ${least}, not ${text}`,
    });
  return Number(text);
}
