/** Completion, documentation and completeness of cells, by the language of the place asked about. */

import type { MagicRegistry } from "../magics/registry";
import { magicLabel } from "../magics/registry";
import { splitCell } from "../magics/split";
import type { TypeScriptClient } from "../typescript/client";
import type { CompletionReply, InspectReply, IsCompleteReply } from "../typescript/service/protocol";
import type { NotebookSession } from "./notebook-session";

type Content = Readonly<Record<string, unknown>>;

/** One proposal. */
interface Match {
  readonly text: string;
  readonly type?: string;
}

export class LanguageHelp {
  constructor(
    private readonly registry: MagicRegistry,
    private readonly session: NotebookSession,
    private readonly client: () => Pick<TypeScriptClient, "ask">,
  ) {}

  /** The content of complete_reply. */
  async complete({ code: text, cursor_pos: cursor }: Content): Promise<object> {
    const code = typeof text === "string" ? text : "";
    const offset = toUnits(code, cursor);
    const { start, end, matches } = await this.completeAt(code, offset);
    const [from, to] = [toPoints(code, start), toPoints(code, end)];
    return {
      status: "ok",
      matches: matches.map((match) => match.text),
      cursor_start: from,
      cursor_end: to,
      metadata: {
        _jupyter_types_experimental: matches.map((match) => ({
          text: match.text,
          start: from,
          end: to,
          type: match.type ?? "",
        })),
      },
    };
  }

  /** The content of inspect_reply. */
  async inspect({ code: text, cursor_pos: cursor, detail_level: level }: Content): Promise<object> {
    const code = typeof text === "string" ? text : "";
    const found = await this.inspectAt(code, toUnits(code, cursor), level === 1 ? 1 : 0);
    if (found === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
    return {
      status: "ok",
      found: true,
      data: { "text/plain": found.text, "text/markdown": found.markdown },
      metadata: {},
    };
  }

  /** The content of is_complete_reply. */
  async isComplete({ code: text }: Content): Promise<object> {
    const code = typeof text === "string" ? text : "";
    const source = splitCell(code);
    if (source.kind === "cell") {
      const status = this.registry.find("cell", source.name)?.isComplete?.(code);
      return {
        status: status ?? (source.body === "" || source.body.endsWith("\n") ? "complete" : "incomplete"),
        indent: "",
      };
    }
    if (source.code === "") return { status: "complete" };
    const { status, indent } = (await this.client().ask({
      method: "isComplete",
      code: source.code,
    })) as IsCompleteReply;
    return status === "incomplete" ? { status, indent } : { status };
  }

  private async completeAt(
    code: string,
    offset: number,
  ): Promise<{ start: number; end: number; matches: readonly Match[] }> {
    const source = splitCell(code);
    const nothing = { start: offset, end: offset, matches: [] };
    const lineStart = code.lastIndexOf("\n", offset - 1) + 1;
    const name = /^\s*(%{1,2}[^\s%]*)$/.exec(code.slice(lineStart, offset))?.[1];
    if (name !== undefined && code.slice(0, lineStart).trim() === "") {
      const typed = name.replace(/^%+/, "");
      const matches = this.registry
        .list()
        .filter(
          (magic) => magic.name.startsWith(typed) && (name.startsWith("%%") ? magic.kind === "cell" : true),
        )
        .map((magic) => ({ text: magicLabel(magic), type: "magic" }));
      return { start: offset - name.length, end: offset, matches };
    }
    if (source.kind === "cell") {
      const found = await this.registry.find("cell", source.name)?.complete?.(code, offset, this.session);
      return found ?? nothing;
    }
    const lineNumber = code.slice(0, offset).split("\n").length;
    const line = source.lines.findLast((magic) => magic.line <= lineNumber);
    if (
      line !== undefined &&
      !code
        .split("\n")
        .slice(line.line - 1, lineNumber - 1)
        .some((text) => !text.endsWith("\\"))
    ) {
      const magic =
        line.kind === "shell" ? this.registry.find("cell", "sh") : this.registry.find("line", line.name);
      return (await magic?.complete?.(code, offset, this.session)) ?? nothing;
    }
    const reply = (await this.client().ask({
      method: "complete",
      code: plainCode(code, source.code),
      offset,
    })) as CompletionReply;
    return { ...reply, matches: reply.entries.map((entry) => ({ text: entry.name, type: entry.kind })) };
  }

  private async inspectAt(
    code: string,
    offset: number,
    detail: number,
  ): Promise<{ text: string; markdown: string } | undefined> {
    const source = splitCell(code);
    const lineStart = code.lastIndexOf("\n", offset - 1) + 1;
    const name = /^\s*(%{1,2})([^\s%]+)/.exec(code.slice(lineStart));
    const inName =
      name !== null && offset <= lineStart + name[0].length && code.slice(0, lineStart).trim() === "";
    if (inName) {
      const magic = this.registry.find(name[1] === "%%" ? "cell" : "line", name[2] as string);
      if (magic !== undefined) {
        return {
          text: `${magic.usage}\n\n${magic.summary}`,
          markdown: `\`${magic.usage}\`\n\n${magic.summary}`,
        };
      }
    }
    if (source.kind === "cell") {
      const markdown = await this.registry.find("cell", source.name)?.inspect?.(code, offset, this.session);
      return markdown === undefined ? undefined : { text: markdown, markdown };
    }
    if (source.code === "") return undefined;
    const request = { method: "inspect", code: plainCode(code, source.code), offset, detail } as const;
    return ((await this.client().ask(request)) as InspectReply | null) ?? undefined;
  }
}

/** The TypeScript of a cell at its place: magic lines blanked character by character, so that offsets stay. */
function plainCode(code: string, typescript: string): string {
  const lines = code.split("\n");
  return typescript
    .split("\n")
    .map((line, index) => (line === "" ? " ".repeat((lines[index] ?? "").length) : line))
    .join("\n");
}

/** The protocol counts code points, JavaScript UTF-16 units. */
function toUnits(text: string, points: unknown): number {
  const count = typeof points === "number" ? points : Infinity;
  if (count >= text.length && !/[\ud800-\udbff]/.test(text)) return text.length;
  let at = 0;
  for (let seen = 0; seen < count && at < text.length; seen++)
    at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
  return at;
}

function toPoints(text: string, units: number): number {
  let points = 0;
  for (let at = 0; at < units; points++) at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
  return points;
}
