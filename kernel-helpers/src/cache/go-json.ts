/** JSON exactly as Go's encoding/json writes it: keys in the order given, empty fields left out, `<`, `>` and `&` escaped. */

/** What JSON can say. `undefined` fields are left out. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The text that `json.Marshal` gives for a value whose fields are in Go's order. Numbers must be integers that JavaScript holds exactly, or bigint-like strings made by the caller. */
export function goJson(value: Json): string {
  const text = JSON.stringify(value);
  return ESCAPED.test(text)
    ? text.replace(ESCAPED_ALL, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"))
    : text;
}

const ESCAPED = /[<>&\u2028\u2029]/;
const ESCAPED_ALL = /[<>&\u2028\u2029]/g;

/** Go's `omitempty`: zero, "", false, an empty list or map becomes undefined. */
export function omitEmpty<T extends Json>(value: T | undefined): T | undefined {
  if (value === 0 || value === "" || value === false || value === null) return undefined;
  if (Array.isArray(value) && value.length === 0) return undefined;
  return value;
}
