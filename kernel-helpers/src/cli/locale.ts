/** Which language the command speaks: LAYERBOOK_LANG, then LC_ALL, LC_MESSAGES and LANG as POSIX orders them. */

import type { Locale } from "../report/locale";

/** Korean when the first of the variables that is set begins with `ko`, otherwise English. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): Locale {
  for (const name of ["LAYERBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]) {
    const value = env[name];
    if (value !== undefined && value !== "") return /^ko\b|^ko_|^korean/i.test(value) ? "ko" : "en";
  }
  return "en";
}
