/** Which variables an instruction sees, and their values there (BuildKit convert.go buildMetaArgs, dispatchArg, dispatchEnv). */

import type { ArgCommand, Command } from "../command-types";
import { expandWord } from "../expand/lexer";
import { predefinedTexts } from "./flag-texts";
import type { DocumentModel } from "./model";

/** A variable as one instruction sees it. */
export interface Variable {
  readonly name: string;
  /** Absent when it is declared but has no value. */
  readonly value?: string;
  /** `global`: ARG before the first FROM; `predefined`: BuildKit's own; `image`: ENV of the base image. */
  readonly origin: "global" | "predefined" | "arg" | "env" | "image";
  /** Line of its definition in this file, 1-based. */
  readonly line?: number;
}

/** What is known besides the file. */
export interface ScopeOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Platform of the build and of the image: `linux/amd64` by default. */
  readonly platform?: string;
  /** ENV of base images, by name as written. */
  readonly imageEnv?: (image: string) => Readonly<Record<string, string>> | undefined;
}

/** A stage as far as it goes before the instruction asked about. */
export interface StageScope {
  /** In lower case; empty without AS. */
  readonly name: string;
  readonly baseName: string;
  readonly line: number;
}

/** What an instruction sees. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Variable>;
  /** The stages that begin before the instruction, its own last. */
  readonly stages: readonly StageScope[];
}

type Variables = Map<string, Variable>;

const valuesOf = (variables: Variables) => ({
  get: (name: string) => variables.get(name)?.value,
  keys: () => variables.keys(),
});

/** What the instruction at *index* of *model* sees. FROM and what stands before it see the global variables. */
export function scopeAt(model: DocumentModel, index: number, options: ScopeOptions = {}): Scope {
  const globals = predefined(options.platform ?? "linux/amd64", options);
  const stages: StageScope[] = [];
  const finished = new Map<string, Variables>();
  let current: Variables | undefined;
  for (const { node, command } of model.items.slice(0, index)) {
    if (command?.kind === "from") {
      if (stages.length > 0) finished.set(stages[stages.length - 1]!.name, current!);
      const base = expandWord(command.baseName, valuesOf(globals), { escape: model.escape });
      const baseName = base.error === undefined ? base.result : command.baseName;
      current = new Map(finished.get(baseName) ?? imageVariables(baseName, options));
      stages.push({ name: command.stageName, baseName, line: node.startLine });
    } else if (command !== undefined) {
      if (current === undefined) {
        if (command.kind === "arg")
          defineArgs(command, globals, undefined, model.escape, options, node.startLine);
      } else {
        define(command, current, globals, model.escape, options, node.startLine);
      }
    }
  }
  const isFrom =
    model.items[index]?.command?.kind === "from" || /^from$/i.test(model.items[index]?.node.keyword ?? "");
  return { variables: current === undefined || isFrom ? globals : current, stages };
}

function define(
  command: Command,
  variables: Variables,
  globals: Variables,
  escape: string,
  options: ScopeOptions,
  line: number,
): void {
  if (command.kind === "arg") return defineArgs(command, variables, globals, escape, options, line);
  if (command.kind !== "env") return;
  // All pairs of one ENV see what was before it.
  const before = valuesOf(new Map(variables));
  for (const { key, value } of command.env) {
    const name = expandWord(key, before, { escape }).result;
    variables.set(name, { name, value: expandWord(value, before, { escape }).result, origin: "env", line });
  }
}

function defineArgs(
  command: ArgCommand,
  variables: Variables,
  globals: Variables | undefined,
  escape: string,
  options: ScopeOptions,
  line: number,
): void {
  for (const { key, value } of command.args) {
    const given =
      options.buildArgs !== undefined && Object.hasOwn(options.buildArgs, key)
        ? options.buildArgs[key]
        : undefined;
    const fallback =
      value === undefined
        ? globals?.get(key)?.value
        : expandWord(value, valuesOf(variables), { escape }).result;
    const final = given ?? fallback;
    variables.set(key, {
      name: key,
      origin: globals === undefined ? "global" : "arg",
      line,
      ...(final === undefined ? {} : { value: final }),
    });
  }
}

function predefined(platform: string, options: ScopeOptions): Variables {
  const [os = "", architecture = "", variant = ""] = platform.split("/");
  const values: Record<string, string> = { PLATFORM: platform, OS: os, ARCH: architecture, VARIANT: variant };
  const variables: Variables = new Map();
  for (const name of Object.keys(predefinedTexts)) {
    const value = name === "TARGETSTAGE" ? "default" : values[name.replace(/^(?:BUILD|TARGET)/, "")]!;
    variables.set(name, { name, value: options.buildArgs?.[name] ?? value, origin: "predefined" });
  }
  return variables;
}

function imageVariables(image: string, options: ScopeOptions): Variables {
  const variables: Variables = new Map();
  for (const [name, value] of Object.entries(options.imageEnv?.(image) ?? {})) {
    variables.set(name, { name, value, origin: "image" });
  }
  return variables;
}
