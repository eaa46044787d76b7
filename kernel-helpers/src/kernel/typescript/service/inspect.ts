/** What a name in a TypeScript cell is: its type and its documentation, as text and as Markdown. */

import ts from "typescript";
import { attachDocs } from "./docs";
import { internal } from "./internal";
import type { InspectReply } from "./protocol";

/** Describes the name at *offset* or just before it; undefined when there is none. */
export function inspectAt(
  program: ts.Program,
  file: ts.SourceFile,
  offset: number,
): InspectReply | undefined {
  const checker = program.getTypeChecker();
  for (const position of [offset, offset - 1]) {
    if (position < 0) continue;
    const node = internal.getTouchingPropertyName(file, position);
    if (node === file) continue;
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol === undefined) continue;
    attachDocs(symbol, checker);
    const info = internal.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker,
      symbol,
      file,
      node.parent,
      node,
    );
    const signature = ts.displayPartsToString(info.displayParts);
    const documentation = ts.displayPartsToString(info.documentation);
    const tags = (info.tags ?? []).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) }));
    const text = [signature, documentation, ...tags.map(({ name, text }) => `@${name} ${text}`)].filter(
      (part) => part !== "",
    );
    const markdown = [
      "```typescript\n" + signature + "\n```",
      documentation,
      ...tags.map(({ name, text }) =>
        name === "example"
          ? "```typescript\n" + text.replace(/^```\w*\n|\n```$/g, "") + "\n```"
          : `*@${name}* ${text}`,
      ),
    ].filter((part) => part !== "");
    return { text: text.join("\n\n"), markdown: markdown.join("\n\n") };
  }
  return undefined;
}
