/** The instructions that only write the image's config: ENV, LABEL, ARG, EXPOSE, USER, … (BuildKit instructions/parse.go). */

import type {
  ArgCommand,
  EnvCommand,
  ExposeCommand,
  KeyValue,
  LabelCommand,
  MaintainerCommand,
  StopsignalCommand,
  UserCommand,
  VolumeCommand,
  WorkdirCommand,
} from "../command-types";
import { readFlags } from "../flags";
import { compareBytes, trimSpace } from "../go-text";
import { Refusal } from "../refusal";
import type { Node } from "../types";
import { atLeastOne, commandBase, docComment, exactlyOne } from "./request";

function keyValues(node: Node, instruction: string): readonly KeyValue[] {
  const args = atLeastOne(node, instruction);
  const pairs: KeyValue[] = [];
  for (let i = 0; i < args.length; i += 3) {
    if (args[i] === "") throw blankName(instruction);
    pairs.push({ key: args[i]!, value: args[i + 1]!, noDelim: args[i + 2] === "" });
  }
  return pairs;
}

const blankName = (instruction: string) =>
  new Refusal("LB_NAME_BLANK", `${instruction} names can not be blank`);

export function parseEnv(node: Node): EnvCommand {
  readFlags(node.flags);
  return { kind: "env", ...commandBase(node), env: keyValues(node, "ENV") };
}

export function parseLabel(node: Node): LabelCommand {
  readFlags(node.flags);
  return { kind: "label", ...commandBase(node), labels: keyValues(node, "LABEL") };
}

/** Flags are not looked at, so that unknown ones pass. */
export function parseArg(node: Node): ArgCommand {
  const args = atLeastOne(node, "ARG").map((arg) => {
    const equals = arg.indexOf("=");
    if (equals === 0) throw blankName("ARG");
    const key = equals < 0 ? arg : arg.slice(0, equals);
    const comment = docComment(node.comments, key);
    return equals < 0
      ? { key, docComment: comment }
      : { key, value: arg.slice(equals + 1), docComment: comment };
  });
  return { kind: "arg", ...commandBase(node), args };
}

export function parseExpose(node: Node): ExposeCommand {
  const args = atLeastOne(node, "EXPOSE");
  readFlags(node.flags);
  return { kind: "expose", ...commandBase(node), ports: [...args].sort(compareBytes) };
}

export function parseUser(node: Node): UserCommand {
  const user = exactlyOne(node, "USER");
  readFlags(node.flags);
  return { kind: "user", ...commandBase(node), user };
}

export function parseWorkdir(node: Node): WorkdirCommand {
  const path = exactlyOne(node, "WORKDIR");
  readFlags(node.flags);
  return { kind: "workdir", ...commandBase(node), path };
}

export function parseMaintainer(node: Node): MaintainerCommand {
  const maintainer = exactlyOne(node, "MAINTAINER");
  readFlags(node.flags);
  return { kind: "maintainer", ...commandBase(node), maintainer };
}

/** Flags are not looked at, so that unknown ones pass. */
export function parseStopsignal(node: Node): StopsignalCommand {
  return { kind: "stopsignal", signal: exactlyOne(node, "STOPSIGNAL"), ...commandBase(node) };
}

export function parseVolume(node: Node): VolumeCommand {
  const args = atLeastOne(node, "VOLUME");
  readFlags(node.flags);
  const volumes = args.map((path) => {
    const volume = trimSpace(path);
    if (volume === "") throw new Refusal("LB_VOLUME_BLANK", "VOLUME specified can not be an empty string");
    return volume;
  });
  return { kind: "volume", ...commandBase(node), volumes };
}
