/** markdown-it-footnote has no types of its own. */
declare module "markdown-it-footnote" {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- how a CommonJS module is declared
  import type MarkdownIt = require("markdown-it");
  const footnote: (parser: MarkdownIt.MarkdownIt) => void;
  export default footnote;
}
