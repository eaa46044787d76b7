/** ONBUILD (BuildKit instructions/parse.go parseOnBuild). */

import type { OnbuildCommand } from "../command-types";
import { readFlags } from "../flags";
import { toUpper, trimSpace } from "../go-text";
import { Refusal } from "../refusal";
import type { Node } from "../types";
import { atLeastOne, commandBase } from "./request";

export function parseOnbuildInstruction(node: Node): OnbuildCommand {
  const [keyword] = atLeastOne(node, "ONBUILD");
  readFlags(node.flags);
  const trigger = toUpper(trimSpace(keyword!));
  if (trigger === "ONBUILD") {
    throw new Refusal("LB_ONBUILD_CHAIN", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (trigger === "MAINTAINER" || trigger === "FROM") {
    throw new Refusal("LB_ONBUILD_TRIGGER", `${trigger} isn't allowed as an ONBUILD trigger`);
  }
  let expression = node.original.replace(/^[\t\n\f\r ]*ONBUILD[\t\n\f\r ]*/i, "");
  for (const heredoc of node.heredocs) expression += "\n" + heredoc.content + heredoc.name;
  return { kind: "onbuild", ...commandBase(node), expression };
}
