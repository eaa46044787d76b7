/** Writing text into Markdown so that it shows as it is. */

import { visibleControl } from "./html";

/** *text* as Markdown text: nothing in it is taken for markup. Line ends become spaces. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replace(/[\u0000-\u001f\u007f]/g, visibleControl)
    .replace(/[\\`*_{}[\]<>()#+!|~$&^=-]/g, (char) =>
      "-+=#(){}!".includes(char)
        ? char
        : char === "&"
          ? "&amp;"
          : char === "<"
            ? "&lt;"
            : char === ">"
              ? "&gt;"
              : "\\" + char,
    );
}

/** *text* as a code span that also stands in a table cell. */
export function codeSpan(text: string): string {
  const line = text.replace(/[\r\n]+/g, " ").replace(/[\u0000-\u001f\u007f]/g, visibleControl);
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = line.startsWith("`") || line.endsWith("`") || line.trim() === "" ? " " : "";
  return `${fence}${space}${line}${space}${fence}`.replaceAll("|", "\\|");
}

/** *text* as a fenced block. */
export function codeBlock(text: string, language = ""): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.endsWith("\n") || text === "" ? text : text + "\n"}${fence}\n`;
}
