/** markdown-it-footnote has no types of its own. */
declare module "markdown-it-footnote" {
  import type MarkdownIt = require("markdown-it");
  const footnote: (parser: MarkdownIt.MarkdownIt) => void;
  export = footnote;
}
