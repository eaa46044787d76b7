/** Nodes, instructions and their refusals against the recorded answers of BuildKit's parser. */

import {
  detectSyntax,
  Linter,
  isDockerfileError,
  parseDockerfile,
  parseInstructions,
  parseMounts,
  type ArgCommand,
  type Command,
  type DockerfileError,
  type Node,
  type NodeContent,
  type Stage,
} from "../../kernel-helpers/src/dockerfile";
import { compareAll, readVectors } from "./vectors";

interface RecordedError {
  text: string;
  lines?: unknown;
}

interface RecordedCommand {
  args: unknown;
  network?: string;
  security?: string;
}

interface ParseCase {
  id: string;
  dockerfile?: string;
  gen?: { prefix: string; repeat: string; times: number; suffix: string };
  parseError?: RecordedError;
  escape?: string;
  warnings?: unknown;
  ast?: unknown;
  lines?: unknown;
  instructionsError?: RecordedError;
  instructionsErrorVariants?: string[];
  unstable?: boolean;
  metaArgs?: RecordedCommand[];
  stages?: { commands: RecordedCommand[] }[];
  lint?: unknown;
  syntax?: [string, string];
}

const error = ({ message, lines }: DockerfileError) => ({ text: message, lines: lines.flat() });

function content(node: NodeContent): Record<string, unknown> {
  return {
    v: node.keyword,
    original: node.original,
    flags: node.flags,
    attrs: { json: node.json },
    args: node.trigger === undefined ? node.args : [content(node.trigger)],
  };
}

const ast = (node: Node) => ({
  ...content(node),
  heredocs: node.heredocs,
  start: node.startLine,
  end: node.endLine,
  comments: node.comments,
});

/** First and last line, as the recorder writes a location. */
const span = (lines: readonly (readonly number[])[]) => [lines[0]![0], lines[lines.length - 1]![1]];

/** The exported fields of BuildKit's record, under their Go names. */
function goFields(command: Command): Record<string, unknown> {
  const shell = (c: Command & { kind: "run" | "cmd" | "entrypoint" }) => ({
    CmdLine: c.cmdLine,
    Files: c.files.map(({ name, data, chomp }) => ({ Name: name, Data: data, Chomp: chomp })),
    PrependShell: c.prependShell,
  });
  const pairs = (items: readonly { key: string; value: string; noDelim: boolean }[]) =>
    items.map(({ key, value, noDelim }) => ({ Key: key, Value: value, NoDelim: noDelim }));
  switch (command.kind) {
    case "run":
      return { ...shell(command), FlagsUsed: command.flagsUsed };
    case "cmd":
    case "entrypoint":
      return shell(command);
    case "copy":
    case "add":
      return {
        DestPath: command.destPath,
        SourcePaths: command.sourcePaths,
        SourceContents: command.sourceContents.map((c) => ({ Path: c.path, Data: c.data, Expand: c.expand })),
        Chown: command.chown,
        Chmod: command.chmod,
        Link: command.link,
        ExcludePatterns: command.excludePatterns,
        ...(command.kind === "copy"
          ? { From: command.from, Parents: command.parents }
          : { KeepGitDir: command.keepGitDir, Checksum: command.checksum, Unpack: command.unpack }),
      };
    case "env":
      return { Env: pairs(command.env) };
    case "label":
      return { Labels: pairs(command.labels) };
    case "arg":
      return {
        Args: command.args.map((arg) => ({ Key: arg.key, Value: arg.value, DocComment: arg.docComment })),
      };
    case "shell":
      return { Shell: command.shell };
    case "expose":
      return { Ports: command.ports };
    case "workdir":
      return { Path: command.path };
    case "volume":
      return { Volumes: command.volumes };
    case "stopsignal":
      return { Signal: command.signal };
    case "maintainer":
      return { Maintainer: command.maintainer };
    case "user":
      return { User: command.user };
    case "onbuild":
      return { Expression: command.expression };
    case "healthcheck": {
      const { test, interval, timeout, startPeriod, startInterval, retries } = command.health;
      return {
        Health: {
          Test: test,
          Interval: interval,
          Timeout: timeout,
          StartPeriod: startPeriod,
          StartInterval: startInterval,
          Retries: retries,
        },
      };
    }
  }
}

function runFields(command: Command): Record<string, unknown> {
  if (command.kind !== "run") return {};
  const mounts = parseMounts(command, (word) => ({ result: word }));
  return {
    ...(isDockerfileError(mounts)
      ? { expandError: mounts.message }
      : {
          mounts: mounts.map((m) => ({
            Type: m.type,
            From: m.from,
            Source: m.source,
            Target: m.target,
            ReadOnly: m.readOnly,
            SizeLimit: m.sizeLimit,
            CacheID: m.cacheId,
            CacheSharing: m.cacheSharing,
            Required: m.required,
            Env: m.env,
            Mode: m.mode,
            UID: m.uid,
            GID: m.gid,
          })),
        }),
    network: command.network,
    security: command.security,
    devices: command.devices.map(({ name, required }) => ({ Name: name, Required: required })),
  };
}

const recordedCommand = (command: Command | ArgCommand) => ({
  name: command.name,
  code: command.original,
  lines: span(command.lines),
  comments: command.comments,
  args: goFields(command),
  ...runFields(command),
});

const recordedStage = (stage: Stage) => ({
  name: stage.stageName,
  origCmd: stage.name,
  baseName: stage.baseName,
  platform: stage.platform,
  docComment: stage.docComment,
  code: stage.original,
  lines: span(stage.lines),
  comments: stage.comments,
  commands: stage.commands.map(recordedCommand),
});

function answer({
  dockerfile,
  gen,
  instructionsErrorVariants,
  instructionsError,
}: ParseCase): Record<string, unknown> {
  const text = dockerfile ?? gen!.prefix + gen!.repeat.repeat(gen!.times) + gen!.suffix;
  const found = gen === undefined ? detectSyntax(text) : undefined;
  const syntax = found === undefined ? undefined : [found.ref, found.value];
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return { syntax, parseError: error(parsed) };
  const { escape, lines } = parsed;
  const warnings = parsed.warnings.map(({ short, url, line }) => ({ short, url, line }));
  const linter = new Linter();
  const instructions = parseInstructions(parsed, linter);
  const lint = linter.warnings.map(({ rule, detail, lines: at }) => ({
    rule,
    text: detail,
    lines: span(at),
  }));
  const base = {
    syntax,
    escape,
    lines,
    warnings,
    lint,
    ...(gen === undefined ? { ast: parsed.nodes.map(ast) } : {}),
  };
  if (isDockerfileError(instructions)) {
    const refused = error(instructions);
    // Where several words are equally near BuildKit takes any of them.
    if (instructionsErrorVariants?.includes(refused.text)) refused.text = instructionsError!.text;
    return { ...base, instructionsError: refused };
  }
  if (gen !== undefined) return base;
  return {
    ...base,
    metaArgs: instructions.metaArgs.map(recordedCommand),
    stages: instructions.stages.map(recordedStage),
  };
}

for (const area of ["parse", "parse-found"]) {
  describe(`vectors: ${area}`, () => {
    const { cases } = readVectors<{ cases: ParseCase[] }>(area);

    it(`agrees in all ${cases.length} cases`, () => {
      compareAll(
        cases,
        ({
          id: _id,
          dockerfile: _dockerfile,
          gen: _gen,
          unstable: _unstable,
          instructionsErrorVariants: _v,
          ...rest
        }) => rest,
        answer,
      );
    });
  });
}
