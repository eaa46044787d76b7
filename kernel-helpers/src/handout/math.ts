/** Formulas: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and bare environments, as MathML (Temml). Broken ones are shown as they were written. */

import type MarkdownIt from "markdown-it";
import temml from "temml";

import { escapeHtml } from "../report/html";

/** *tex* as `<math>`; where Temml cannot read it, the source in `<code>`. */
export function renderMath(tex: string, display: boolean): string {
  try {
    return temml.renderToString(tex.trim(), {
      displayMode: display,
      throwOnError: true,
      xml: false,
      annotate: false,
      trust: false,
    });
  } catch {
    return `<code>${escapeHtml(display ? `$$${tex}$$` : `$${tex}$`)}</code>`;
  }
}

/** The markdown-it plugin. A `$` before a space or after a digit is money, not mathematics. */
export function mathPlugin(parser: MarkdownIt.MarkdownIt): void {
  parser.inline.ruler.before("escape", "math_inline", (state, silent) => {
    const rest = state.src.slice(state.pos);
    const match =
      /^\$\$([^$]+?)\$\$/.exec(rest) ??
      /^\$(?![\s$])((?:\\.|[^$\\])*?[^\s\\$])\$(?!\d)/.exec(rest) ??
      /^\\\\\(([\s\S]+?)\\\\\)/.exec(rest) ??
      /^\\\(([\s\S]+?)\\\)/.exec(rest);
    if (!match) return false;
    if (!silent) {
      const token = state.push("math_inline", "math", 0);
      token.content = match[1] ?? "";
      token.meta = { display: match[0].startsWith("$$") };
    }
    state.pos += match[0].length;
    return true;
  });
  parser.block.ruler.before(
    "fence",
    "math_block",
    (state, start, end, silent) => {
      const line = (index: number): string =>
        state.src.slice((state.bMarks[index] ?? 0) + (state.tShift[index] ?? 0), state.eMarks[index]);
      const first = line(start);
      const environment = /^\\begin\{(equation|align|gather|alignat|multline|eqnarray)(\*?)\}/.exec(first);
      const close = environment
        ? `\\end{${environment[1]}${environment[2]}}`
        : first.startsWith("$$")
          ? "$$"
          : first.startsWith("\\[")
            ? "\\]"
            : undefined;
      if (close === undefined) return false;
      const skip = environment ? 0 : 2;
      let last = start;
      let text = first.slice(skip);
      while (!text.trimEnd().endsWith(close)) {
        if (++last >= end) return false;
        text += "\n" + line(last);
      }
      if (silent) return true;
      const token = state.push("math_block", "math", 0);
      token.content = environment ? text : text.trimEnd().slice(0, -close.length);
      token.block = true;
      token.map = [start, last + 1];
      state.line = last + 1;
      return true;
    },
    { alt: ["paragraph", "blockquote", "list"] },
  );
  parser.renderer.rules["math_inline"] = (tokens, index) => {
    const token = tokens[index];
    return renderMath(
      token?.content ?? "",
      (token?.meta as { display?: boolean } | undefined)?.display ?? false,
    );
  };
  parser.renderer.rules["math_block"] = (tokens, index) =>
    `<p>${renderMath(tokens[index]?.content ?? "", true)}</p>\n`;
}
