/** The character references that programs write, read without a parser. */

const REFERENCES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": "\u00a0",
};

/** *text* with these references decoded; undefined when it has others, which take a parser. */
export function decodeReferences(text: string): string | undefined {
  if (/&(?!(?:amp|lt|gt|quot|#39|nbsp);)/.test(text)) return undefined;
  return text.replace(/&[^;]+;/g, (reference) => REFERENCES[reference] ?? reference);
}
