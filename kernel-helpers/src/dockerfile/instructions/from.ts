/** FROM (BuildKit instructions/parse.go parseFrom). */

import type { Stage } from "../command-types";
import { flagSpecs, readFlags } from "../flags";
import { equalFold, goQuote, toLower } from "../go-text";
import { Refusal } from "../refusal";
import type { Node } from "../types";
import { commandBase, docComment } from "./request";

/** A stage that has no commands yet. */
export function parseFrom(node: Node): Stage {
  const { args } = node;
  let stageName = "";
  if (args.length === 3 && equalFold(args[1]!, "as")) {
    stageName = toLower(args[2]!);
    if (!/^[a-z][a-z0-9\-_.]*$/.test(stageName)) {
      const message = `invalid name for build stage: ${goQuote(args[2]!)}, name can't start with a number or contain symbols`;
      throw new Refusal("LB_FROM_STAGE_NAME", message);
    }
  } else if (args.length !== 1) {
    throw new Refusal("LB_FROM_ARGUMENTS", "FROM requires either one or three arguments");
  }
  const flags = readFlags(node.flags, flagSpecs.from);
  return {
    kind: "from",
    ...commandBase(node),
    stageName,
    writtenName: stageName === "" ? "" : args[2]!,
    baseName: args[0]!,
    platform: flags.string("platform"),
    docComment: docComment(node.comments, stageName),
    commands: [],
  };
}
