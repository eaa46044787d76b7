/** Text → nodes: lines, directives, continuation, comments, heredocs (BuildKit frontend/dockerfile/parser/parser.go Parse). */

import { readArguments } from "./arguments";
import { DirectiveReader } from "./directives";
import { isSpace, toLower, trimLeft, trimNewline, trimSpace, utf8Length } from "./go-text";
import { heredocsFromLine } from "./heredoc";
import { LineReader, maxLineBytes } from "./lines";
import { Refusal, toRanges } from "./refusal";
import type {
  Directive,
  DockerfileError,
  Heredoc,
  Node,
  NodeContent,
  ParsedDockerfile,
  ParseWarning,
} from "./types";
import { splitCommand } from "./words";

/**
 * Reads *text* into nodes, one per instruction (BuildKit `parser.Parse`). What the instructions mean is not looked at yet,
 * so unknown ones are nodes too. Never throws; a refusal is returned as a record.
 */
export function parseDockerfile(text: string): ParsedDockerfile | DockerfileError {
  try {
    return new Parser(text).parse();
  } catch (error) {
    if (error instanceof Refusal) return error.toError();
    throw error;
  }
}

class Parser {
  private readonly reader: LineReader;
  private readonly directiveReader = new DirectiveReader();
  private readonly directives: Directive[] = [];
  private readonly nodes: Node[] = [];
  private readonly warnings: ParseWarning[] = [];
  private escape: "\\" | "`" = "\\";
  private comments: string[] = [];
  /** Does the instruction go on after the line looked at last? */
  private goesOn = false;
  /** Number of the last physical line read, 1-based. */
  private line = 0;

  constructor(text: string) {
    this.reader = new LineReader(text);
  }

  parse(): ParsedDockerfile {
    const { reader } = this;
    while (reader.next()) {
      const first = this.line === 0 && reader.line.startsWith("\ufeff") ? reader.line.slice(1) : reader.line;
      this.readInstruction(first);
    }
    if (this.nodes.length === 0) {
      throw new Refusal("LB_NO_INSTRUCTIONS", "file with no instructions", [toRanges(this.line, 0)]);
    }
    if (reader.tooLong) {
      const message = `dockerfile line greater than max allowed size of ${maxLineBytes}`;
      throw new Refusal("LB_LINE_TOO_LONG", message, [toRanges(this.line, 0)]);
    }
    return {
      kind: "dockerfile",
      escape: this.escape,
      directives: this.directives,
      nodes: this.nodes,
      lines: [this.nodes[0]!.startLine, this.nodes[this.nodes.length - 1]!.endLine],
      warnings: this.warnings,
    };
  }

  /** Reads the line given and, if it begins an instruction, all further lines of it. */
  private readInstruction(firstLine: string): void {
    const { reader } = this;
    const start = trimLeft(trimNewline(firstLine));
    if (start.startsWith("#")) this.noteComment(firstLine);
    this.readDirective(start);
    this.line++;
    if (start === "" || start.startsWith("#")) return;
    const startLine = this.line;
    const indent = reader.line.indexOf(start);
    const startOffset = reader.offset + indent;
    let text = this.cutContinuation(start);
    let emptyContinuation = false;
    while (this.goesOn && reader.next()) {
      this.line++;
      const raw = trimNewline(reader.line);
      const first = firstCharacter(raw);
      if (first === "#") continue;
      if (first === "") emptyContinuation = true;
      else text += this.cutContinuation(raw);
    }
    if (emptyContinuation) this.warnEmptyContinuation(text);
    const content = this.located(startLine, () => readContent(text, this.escape));
    const heredocs = this.readHeredocs(content, startLine);
    const end = reader.contentEnd();
    const range = {
      start: { offset: startOffset, line: startLine, column: indent + 1 },
      end: { offset: end, line: this.line, column: end - reader.offset + 1 },
    };
    const { keyword, original, flags, args, json, trigger } = content;
    const node = {
      keyword,
      original,
      flags,
      args,
      json,
      heredocs,
      startLine,
      endLine: this.line,
      range,
      comments: this.comments,
    };
    this.nodes.push(trigger === undefined ? node : { ...node, trigger });
    this.comments = [];
  }

  /** Only the first character is taken as the comment sign, even when it is a blank before the sign. */
  private noteComment(line: string): void {
    const size = utf8Length(String.fromCodePoint(line.codePointAt(0)!));
    const comment = trimSpace("\ufffd".repeat(size - 1) + line.slice(1));
    if (comment === "") this.comments = [];
    else this.comments.push(comment);
  }

  private readDirective(line: string): void {
    try {
      const directive = this.directiveReader.read(line, this.line + 1);
      if (directive === undefined) return;
      if (directive.name === "escape") {
        if (directive.value !== "\\" && directive.value !== "`") {
          const message = `invalid escape token '${directive.value}' does not match \` or \\`;
          throw new Refusal("LB_ESCAPE_DIRECTIVE", message);
        }
        this.escape = directive.value;
      }
      this.directives.push(directive);
      this.comments.pop();
    } catch (error) {
      // BuildKit has not counted the line yet, so that its frame is at the line before.
      if (error instanceof Refusal) throw new Refusal(error.code, error.message, [toRanges(this.line, 0)]);
      throw error;
    }
  }

  /** *line* without an escape character at its end, and notes whether there was one. A doubled one stays and ends the instruction. */
  private cutContinuation(line: string): string {
    let end = line.length;
    while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
    this.goesOn = line[end - 1] === this.escape && line[end - 2] !== this.escape;
    return this.goesOn ? line.slice(0, end - 1) : line;
  }

  private warnEmptyContinuation(text: string): void {
    this.warnings.push({
      short: "Empty continuation line found in: " + text,
      detail: "Empty continuation lines will become errors in a future release",
      url: "https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/",
      line: this.line,
    });
  }

  private located<T>(startLine: number, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof Refusal)
        throw new Refusal(error.code, error.message, [toRanges(startLine, this.line)]);
      throw error;
    }
  }

  private readHeredocs(node: NodeContent, startLine: number): readonly Heredoc[] {
    if (!node.original.includes("<<") || !canContainHeredoc(node)) return [];
    const opened = this.located(startLine, () => heredocsFromLine(node.original));
    return opened.map((heredoc) => ({ ...heredoc, content: this.readBody(heredoc, startLine) }));
  }

  private readBody(heredoc: Heredoc, startLine: number): string {
    const { reader } = this;
    const begin = this.reader.offset + this.reader.line.length;
    while (reader.next()) {
      this.line++;
      let line = trimNewline(reader.line);
      if (heredoc.chomp) line = line.replace(/^\t+/, "");
      if (line === heredoc.name) return reader.text.slice(begin, reader.offset);
    }
    throw new Refusal("LB_HEREDOC_UNTERMINATED", "unterminated heredoc", [toRanges(startLine, this.line)]);
  }
}

/** The first character that is no white space; empty when there is none. */
function firstCharacter(line: string): string {
  let at = 0;
  while (at < line.length && isSpace(line.charCodeAt(at))) at++;
  return line.charAt(at);
}

/** A joined line → what it says. Throws Refusal. */
function readContent(line: string, escape: "\\" | "`"): NodeContent {
  const { keyword, flags, rest } = splitCommand(line, escape);
  if (toLower(keyword) !== "onbuild") {
    const { args, json } = readArguments(keyword, rest, escape);
    return { keyword, original: line, flags, args, json };
  }
  if (rest === "") return { keyword, original: line, flags, args: [], json: false };
  const trigger = makeTrigger(rest, escape);
  return { keyword, original: line, flags, args: triggerArgs(trigger), json: false, trigger };
}

/** ONBUILD's instruction. A chain of ONBUILD ONBUILD … is read in a loop, so that a long one does not exhaust the stack. */
function makeTrigger(rest: string, escape: "\\" | "`"): NodeContent {
  const chain: Omit<NodeContent, "args" | "json">[] = [];
  let node: NodeContent | undefined;
  for (let line = rest; node === undefined;) {
    const { keyword, flags, rest: inner } = splitCommand(line, escape);
    const content = { keyword, original: line, flags };
    if (toLower(keyword) !== "onbuild") node = { ...content, ...readArguments(keyword, inner, escape) };
    else if (inner === "") node = { ...content, args: [], json: false };
    else {
      chain.push(content);
      line = inner;
    }
  }
  for (const outer of chain.reverse())
    node = { ...outer, args: triggerArgs(node), json: false, trigger: node };
  return node;
}

/** ONBUILD's arguments: keyword and arguments of its instruction; of a chain only the keyword, it is refused anyway. */
function triggerArgs(trigger: NodeContent): readonly string[] {
  return trigger.trigger === undefined ? [trigger.keyword, ...trigger.args] : [trigger.keyword];
}

const withHeredocs = new Set(["add", "copy", "run"]);

/** RUN, COPY and ADD, also as a trigger of ONBUILD, unless in JSON form. */
function canContainHeredoc(node: NodeContent): boolean {
  const inner = node.trigger ?? node;
  return withHeredocs.has(toLower(inner.keyword)) && !inner.json;
}
