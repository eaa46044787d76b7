/** A handout as Markdown: for wikis, for reading in an editor, for diffs. */

import { stripAnsi } from "./ansi";
import { codeBlock, codeSpan } from "../report/markdown";
import type { Output } from "../notebook/format";
import { blocksOf, type Block, type Edition } from "./document";
import type { HandoutSource } from "./make";

const AUDIENCES: Readonly<Record<string, string>> = {
  teacher: "강사",
  solution: "풀이",
  exam: "시험",
  slides: "화면",
  paper: "종이",
};

/** The Markdown of *sources*, one after another. Pictures are put in as data addresses. */
export function markdownHandout(sources: readonly HandoutSource[], _edition: Edition, title: string): string {
  const book = sources.length > 1;
  const parts = sources.map(({ notebook }) =>
    blocksOf(notebook)
      .map((block) => blockText(block, book ? 1 : 0))
      .filter((text) => text !== "")
      .join("\n\n"),
  );
  return (book ? `# ${title}\n\n` : "") + parts.join("\n\n---\n\n") + "\n";
}

function blockText(block: Block, shift: number): string {
  const body =
    block.kind === "markdown"
      ? shifted(withAttachments(block), shift)
      : block.kind === "prediction"
        ? predictionText(block)
        : codeText(block);
  const label = AUDIENCES[block.audience];
  return label === undefined || body === "" ? body : `> **${label}**\n>\n${body.replace(/^/gm, "> ")}`;
}

/** Attached pictures as data addresses: a file has no attachments. */
function withAttachments(block: Extract<Block, { kind: "markdown" }>): string {
  return block.source.replace(/\]\(attachment:([^)\s]+)/g, (whole, name: string) => {
    const [type, bytes] = Object.entries(block.attachments[name] ?? {})[0] ?? [];
    return type !== undefined && typeof bytes === "string"
      ? `](data:${type};base64,${bytes.replace(/\s/g, "")}`
      : whole;
  });
}

/** Headings one level deeper, outside code fences. */
function shifted(source: string, shift: number): string {
  if (shift === 0) return source.trim();
  let fence = "";
  return source
    .trim()
    .split("\n")
    .map((line) => {
      const mark = /^(`{3,}|~{3,})/.exec(line)?.[1];
      if (mark !== undefined && (fence === "" || line.startsWith(fence))) fence = fence === "" ? mark : "";
      return fence === "" && /^#{1,5} /.test(line) ? "#".repeat(shift) + line : line;
    })
    .join("\n");
}

function codeText(block: Extract<Block, { kind: "code" }>): string {
  const parts: string[] = [];
  if (block.source !== "") {
    if (block.caption !== "") parts.push(`\`${block.caption}\``);
    if (block.changes) {
      const lines = block.changes.flatMap(({ before, after }) =>
        before === after
          ? [` ${after ?? ""}`]
          : [...(before === undefined ? [] : [`-${before}`]), ...(after === undefined ? [] : [`+${after}`])],
      );
      parts.push(codeBlock(lines.join("\n"), "diff").trimEnd());
    } else {
      const source = block.role === "shell" ? block.source.replace(/^(?=[^#\s])/gm, "$ ") : block.source;
      parts.push(codeBlock(source, block.role === "shell" ? "console" : block.language).trimEnd());
    }
  }
  for (const output of block.outputs) {
    const text = outputText(output);
    if (text !== "") parts.push(text);
  }
  return parts.join("\n\n");
}

function outputText(output: Output): string {
  if (output.output_type === "stream") return codeBlock(stripAnsi(output.text), "text").trimEnd();
  if (output.output_type === "error") {
    const text =
      output.traceback.length > 0 ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`;
    return codeBlock(stripAnsi(text), "text").trimEnd();
  }
  const { data } = output;
  const text = (type: string): string | undefined =>
    typeof data[type] === "string" ? data[type] : undefined;
  const markdown = text("text/markdown");
  if (markdown !== undefined) return markdown.trim();
  for (const type of ["image/png", "image/jpeg", "image/gif"]) {
    const bytes = text(type);
    if (bytes !== undefined)
      return `![${(text("text/plain") ?? "그림").replace(/[[\]\n]/g, " ")}](data:${type};base64,${bytes.replace(/\s/g, "")})`;
  }
  const latex = text("text/latex");
  if (latex !== undefined) return latex.trim();
  const plain = text("text/plain");
  return plain === undefined ? "" : codeBlock(stripAnsi(plain), "text").trimEnd();
}

function predictionText(block: Extract<Block, { kind: "prediction" }>): string {
  const guess = block.body.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (guess.length > 0) return codeBlock(guess.join("\n"), "text").trimEnd();
  if (block.beside === "확신") return "답: ______ 확신: ☐ 찍었다 ☐ 반반이다 ☐ 확신한다";
  if (block.choices) return "답: ______ 까닭: ______________________________";
  const steps = block.steps.filter((step) => !/\] FROM /.test(step));
  const rows = (steps.length > 0 ? steps.map((step) => codeSpan(step)) : ["", "", ""]).map(
    (name) => `| ${name} | ☐ | ☐ |  |`,
  );
  return ["| 단계 | 재사용 | 다시 실행 | 까닭 |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
