/** COPY and ADD (BuildKit instructions/parse.go parseCopy, parseAdd, parseSourcesAndDest). */

import type { AddCommand, CopyCommand, SourceContent, SourcesAndDest } from "../command-types";
import { flagSpecs, readFlags } from "../flags";
import { chompHeredoc, tryParseHeredoc } from "../heredoc";
import { Refusal } from "../refusal";
import type { Node } from "../types";
import { commandBase, heredocsByName } from "./request";

export function parseCopy(node: Node): CopyCommand {
  needTwo(node, "COPY");
  const flags = readFlags(node.flags, flagSpecs.copy);
  return {
    kind: "copy",
    ...commandBase(node),
    ...sourcesAndDest(node, "COPY"),
    from: flags.string("from"),
    chown: flags.string("chown"),
    chmod: flags.string("chmod"),
    link: flags.bool("link") ?? false,
    excludePatterns: flags.strings("exclude"),
    parents: flags.bool("parents") ?? false,
  };
}

export function parseAdd(node: Node): AddCommand {
  needTwo(node, "ADD");
  const flags = readFlags(node.flags, flagSpecs.add);
  const keepGitDir = flags.bool("keep-git-dir");
  const unpack = flags.bool("unpack");
  return {
    kind: "add",
    ...commandBase(node),
    ...sourcesAndDest(node, "ADD"),
    chown: flags.string("chown"),
    chmod: flags.string("chmod"),
    link: flags.bool("link") ?? false,
    excludePatterns: flags.strings("exclude"),
    checksum: flags.string("checksum"),
    ...(keepGitDir === undefined ? {} : { keepGitDir }),
    ...(unpack === undefined ? {} : { unpack }),
  };
}

function needTwo(node: Node, instruction: string): void {
  if (node.args.length >= 2) return;
  throw new Refusal(
    "LB_COPY_NO_DESTINATION",
    `${instruction} requires at least two arguments, but only one was provided. Destination could not be determined`,
  );
}

/** The last argument is the destination; sources that are heredocs become files of their own. */
function sourcesAndDest(node: Node, instruction: string): SourcesAndDest {
  const destPath = node.args[node.args.length - 1]!;
  if (tryParseHeredoc(destPath) !== undefined) {
    throw new Refusal(
      "LB_COPY_HEREDOC_DESTINATION",
      `${instruction} cannot accept a heredoc as a destination`,
    );
  }
  const bodies = heredocsByName(node.heredocs);
  const sourcePaths: string[] = [];
  const sourceContents: SourceContent[] = [];
  for (const source of node.args.slice(0, -1)) {
    const heredoc = tryParseHeredoc(source);
    if (heredoc === undefined) {
      sourcePaths.push(source);
      continue;
    }
    const body = bodies.get(heredoc.name)?.content ?? "";
    sourceContents.push({
      path: heredoc.name,
      data: heredoc.chomp ? chompHeredoc(body) : body,
      expand: heredoc.expand,
    });
  }
  return { sourcePaths, sourceContents, destPath };
}
