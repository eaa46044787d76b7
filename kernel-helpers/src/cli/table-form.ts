/** `--table FORM`: the forms in which every command can print its tables. */

import { usageError } from "./cli-error";

/** Forms of a table. */
const TABLE_FORMS = ["text", "markdown", "html", "json"] as const;

/** The name of one. */
export type TableForm = (typeof TABLE_FORMS)[number];

/** Is *word* the name of a form? */
export function isTableForm(word: string | undefined): word is TableForm {
  return (TABLE_FORMS as readonly (string | undefined)[]).includes(word);
}

/** *value* of `--table` as a form; without one *fallback*. Throws a usage error `LB_FLAG_VALUE` for what is none. */
export function tableForm<T extends TableForm | undefined>(
  value: string | undefined,
  fallback: T,
): TableForm | T {
  if (value === undefined) return fallback;
  if (isTableForm(value)) return value;
  throw usageError("LB_FLAG_VALUE", {
    ko: `\`--table=${value}\`은 없는 형식입니다. ${TABLE_FORMS.join(", ")} 가운데 고르세요.`,
    en: `--table=${value} is not one of ${TABLE_FORMS.join(", ")}`,
  });
}
