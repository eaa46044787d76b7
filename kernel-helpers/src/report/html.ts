/** A tagged template that escapes everything put into it. (Not named `html`: formatters would rewrite the white space in it.) */

/** Finished HTML: goes into another template as it is. */
export class Html {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Value = Html | string | number | false | undefined | null | readonly Value[];

/**
 * HTML from a template; strings and numbers are escaped (also for quoted attributes), `Html` and lists of it are put in as
 * they are, `false`, `undefined` and `null` are nothing.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    parts.reduce((text, part, i) => text + part + (i < values.length ? print(values[i]) : ""), ""),
  );
}

function print(value: Value): string {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(print).join("");
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** *text* for HTML text and quoted attributes. Control characters that no browser may show become `\xNN`. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, visibleControl);
}

/** A control character as `\x1b`. */
export function visibleControl(char: string): string {
  return "\\x" + (char.codePointAt(0) ?? 0).toString(16).padStart(2, "0");
}
