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
