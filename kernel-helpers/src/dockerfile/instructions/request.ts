/** What every instruction's reader is given, and the part of the answer that is the same for all. */

import type { CommandBase } from "../command-types";
import { trimSpace } from "../go-text";
import { Refusal, toRanges } from "../refusal";
import type { Heredoc, Node } from "../types";

/** `args` of *node*, or a refusal when there is none. */
export function atLeastOne(node: Node, instruction: string): readonly string[] {
  if (node.args.length === 0)
    throw new Refusal("LB_ARGUMENTS_NONE", `${instruction} requires at least one argument`);
  return node.args;
}

/** The one argument of *node*, or a refusal. */
export function exactlyOne(node: Node, instruction: string): string {
  if (node.args.length !== 1) {
    throw new Refusal("LB_ARGUMENTS_NOT_ONE", `${instruction} requires exactly one argument`);
  }
  return node.args[0]!;
}

/** The fields that every command has. */
export function commandBase(node: Node): CommandBase {
  return {
    name: node.keyword,
    original: trimSpace(node.original),
    lines: toRanges(node.startLine, node.endLine),
    range: node.range,
    comments: node.comments,
  };
}

/** The text of the comment that begins with *name* and a space; empty when there is none. */
export function docComment(comments: readonly string[], name: string): string {
  if (name === "") return "";
  const comment = comments.find((line) => line.startsWith(name + " "));
  return comment === undefined ? "" : comment.slice(name.length + 1);
}

/** The last heredoc of each name: what a word of COPY or ADD refers to. */
export function heredocsByName(heredocs: readonly Heredoc[]): ReadonlyMap<string, Heredoc> {
  return new Map(heredocs.map((heredoc) => [heredoc.name, heredoc]));
}
