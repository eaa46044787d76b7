/** Nodes → stages and commands (BuildKit frontend/dockerfile/instructions/parse.go Parse). */

import { instructionNames } from "../arguments";
import { Linter } from "../checks/linter";
import { fromAsCasing } from "../checks/from-as-casing";
import { invalidDefinitionDescription } from "../checks/invalid-definition-description";
import { maintainerDeprecated } from "../checks/maintainer-deprecated";
import { stageNameCasing } from "../checks/stage-name-casing";
import type { ArgCommand, Command, Stage } from "../command-types";
import { toLower, toUpper } from "../go-text";
import { parseDockerfile } from "../parse";
import { isDockerfileError, Refusal, toRanges } from "../refusal";
import { withSuggestion } from "../suggest";
import type { DockerfileError, LintWarning, Node, ParsedDockerfile } from "../types";
import { parseAdd, parseCopy } from "./copy";
import { parseFrom } from "./from";
import { parseHealthcheck } from "./healthcheck";
import { parseOnbuildInstruction } from "./onbuild";
import { parseCmd, parseEntrypoint, parseRun, parseShell } from "./run";
import {
  parseArg,
  parseEnv,
  parseExpose,
  parseLabel,
  parseMaintainer,
  parseStopsignal,
  parseUser,
  parseVolume,
  parseWorkdir,
} from "./simple";

/** A file's instructions. */
export interface Instructions {
  readonly kind: "instructions";
  readonly stages: readonly Stage[];
  /** The ARGs before the first FROM. */
  readonly metaArgs: readonly ArgCommand[];
  /** What the checks of this pass found, in file order. */
  readonly lint: readonly LintWarning[];
}

const readers: Readonly<Record<string, (node: Node) => Command>> = {
  add: parseAdd,
  arg: parseArg,
  cmd: parseCmd,
  copy: parseCopy,
  entrypoint: parseEntrypoint,
  env: parseEnv,
  expose: parseExpose,
  healthcheck: parseHealthcheck,
  label: parseLabel,
  maintainer: parseMaintainer,
  onbuild: parseOnbuildInstruction,
  run: parseRun,
  shell: parseShell,
  stopsignal: parseStopsignal,
  user: parseUser,
  volume: parseVolume,
  workdir: parseWorkdir,
};

/**
 * Reads the nodes' instructions. Checks go to *linter*; without one a fresh linter with the default configuration is used,
 * and `lint` has what it found. Never throws; a refusal is a record with `dockerfile parse error on line N: ` in its message.
 */
export function parseInstructions(
  parsed: ParsedDockerfile,
  linter = new Linter(),
): Instructions | DockerfileError {
  const stages: (Stage & { commands: Command[] })[] = [];
  const metaArgs: ArgCommand[] = [];
  try {
    for (const node of parsed.nodes) {
      const command = withPlace(node, () => parseInstruction(node, linter));
      if (command.kind === "from") {
        stages.push({ ...command, commands: [] });
      } else if (stages.length > 0) {
        stages[stages.length - 1]!.commands.push(command);
      } else if (command.kind === "arg") {
        metaArgs.push(command);
      } else {
        const message = "no build stage in current context";
        throw new Refusal("LB_NO_STAGE_YET", message, [toRanges(node.startLine, node.endLine)]);
      }
    }
  } catch (error) {
    if (error instanceof Refusal) return error.toError();
    throw error;
  }
  return { kind: "instructions", stages, metaArgs, lint: linter.warnings };
}

/**
 * Reads one ONBUILD trigger (an entry of an image config's OnBuild, or `OnbuildCommand.expression`), as BuildKit does before it
 * puts it in front of the child stage. Its lines are those of *lines*, for the trigger has no place in the child's file.
 */
export function parseOnbuild(text: string): Command | DockerfileError {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return parsed;
  if (parsed.nodes.length !== 1)
    return {
      code: "LB_ONBUILD_TRIGGER",
      message: "onbuild trigger should be a single expression",
      lines: [],
    };
  const node = parsed.nodes[0]!;
  try {
    const command = parseInstruction(node, new Linter());
    if (command.kind !== "from") return command;
    return { code: "LB_ONBUILD_TRIGGER", message: "*instructions.Stage is not a command type", lines: [] };
  } catch (error) {
    if (error instanceof Refusal)
      return new Refusal(error.code, error.message, [toRanges(node.startLine, node.endLine)]).toError();
    throw error;
  }
}

function withPlace<T>(node: Node, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = `dockerfile parse error on line ${node.startLine}: ${error.message}`;
    throw new Refusal(error.code, message, [toRanges(node.startLine, node.endLine)]);
  }
}

/** One node → its command, with the checks that look at one instruction alone. Throws Refusal. For this folder only. */
export function parseInstruction(node: Node, linter: Linter): Command | Stage {
  const keyword = toLower(node.keyword);
  const lint = linter.withComments(node.comments);
  const lines = () => toRanges(node.startLine, node.endLine);
  if (keyword === "from") {
    const [, as, name] = node.args;
    if (node.args.length === 3 && name !== toLower(name!)) lint.run(stageNameCasing, lines(), name!);
    if (node.args.length >= 3 && !casesMatch(node.keyword, as!))
      lint.run(fromAsCasing, lines(), node.keyword, as!);
    const stage = parseFrom(node);
    if (stage.stageName !== "") checkDescription("FROM", [stage.stageName], node, lint);
    return stage;
  }
  if (keyword === "maintainer") lint.run(maintainerDeprecated, lines());
  if (!Object.hasOwn(readers, keyword)) {
    const names = instructionNames.map(toUpper);
    const message = withSuggestion(`unknown instruction: ${node.keyword}`, node.keyword, names, false);
    throw new Refusal("LB_INSTRUCTION_UNKNOWN", message);
  }
  const command = readers[keyword]!(node);
  if (command.kind === "arg")
    checkDescription(
      "ARG",
      command.args.map((arg) => arg.key),
      node,
      lint,
    );
  return command;
}

/** Is `as` in the case of `FROM`? A keyword in mixed case is another check's business. */
function casesMatch(from: string, as: string): boolean {
  if (from === toLower(from)) return as === toLower(as);
  if (from === toUpper(from)) return as === toUpper(as);
  return true;
}

/** The last comment above must begin with one of *names*. */
function checkDescription(instruction: string, names: readonly string[], node: Node, linter: Linter): void {
  const comment = node.comments[node.comments.length - 1];
  if (comment === undefined || names.includes(comment.split(" ", 1)[0]!)) return;
  const example = names.length > 1 ? "<arg_key>" : names[0]!;
  linter.run(invalidDefinitionDescription, toRanges(node.startLine, node.endLine), instruction, example);
}
