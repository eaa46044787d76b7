/** Expanding the arguments of a whole instruction (BuildKit instructions/commands.go Expand, ExpandRaw). */

import type { Command, KeyValue } from "../command-types";

/** Expands one word: `expandWord` bound to an environment, or a wrapper that notes what was used. */
export type Expander = (word: string) => { readonly result: string; readonly error?: string };

/** A command after expansion, or BuildKit's text why it could not be. */
export type ExpandedCommand<C extends Command = Command> =
  { readonly command: C; readonly error?: undefined } | { readonly error: string };

class ExpansionError extends Error {}

/**
 * *command* with its expandable arguments expanded, in BuildKit's order: COPY and ADD (`--chown`, `--chmod`, ADD's `--checksum`,
 * sources, destination), ENV, LABEL, USER, VOLUME, WORKDIR, STOPSIGNAL, ARG. Other commands are returned as they are:
 * RUN's mounts are expanded by `parseMounts`, EXPOSE by words (`expandWord(port).words`), heredoc bodies by `expandContents`.
 */
export function expandCommand<C extends Command>(command: C, expander: Expander): ExpandedCommand<C> {
  return attempt(() => expanded(command, expander) as C);
}

/** The heredoc bodies of COPY and ADD expanded with *expander*, which should use `lexModes.heredoc` and the escape character `\`. */
export function expandContents<C extends Command>(command: C, expander: Expander): ExpandedCommand<C> {
  if (command.kind !== "copy" && command.kind !== "add") return { command };
  const expand = throwing(expander);
  return attempt(() => ({
    ...command,
    sourceContents: command.sourceContents.map((file) =>
      file.expand ? { ...file, data: expand(file.data) } : file,
    ),
  }));
}

function attempt<C extends Command>(make: () => C): ExpandedCommand<C> {
  try {
    return { command: make() };
  } catch (error) {
    if (error instanceof ExpansionError) return { error: error.message };
    throw error;
  }
}

function throwing(expander: Expander): (word: string) => string {
  return (word) => {
    const { result, error } = expander(word);
    if (error !== undefined) throw new ExpansionError(error);
    return result;
  };
}

function expanded(command: Command, expander: Expander): Command {
  const expand = throwing(expander);
  const pair = (item: KeyValue): KeyValue => ({
    key: expand(item.key),
    value: expand(item.value),
    noDelim: item.noDelim,
  });
  switch (command.kind) {
    case "copy":
    case "add": {
      const chown = expand(command.chown);
      const chmod = expand(command.chmod);
      const checksum = command.kind === "add" ? { checksum: expand(command.checksum) } : {};
      const sourcePaths = command.sourcePaths.map(expand);
      return {
        ...command,
        chown,
        chmod,
        ...checksum,
        sourcePaths,
        destPath: expand(command.destPath),
      };
    }
    case "env":
      return { ...command, env: command.env.map(pair) };
    case "label":
      return { ...command, labels: command.labels.map(pair) };
    case "user":
      return { ...command, user: expand(command.user) };
    case "volume":
      return { ...command, volumes: command.volumes.map(expand) };
    case "workdir":
      return { ...command, path: expand(command.path) };
    case "stopsignal":
      return { ...command, signal: expand(command.signal) };
    case "arg":
      return {
        ...command,
        args: command.args.map(({ key, value, docComment }) => {
          const name = expand(key);
          return value === undefined
            ? { key: name, docComment }
            : { key: name, value: expand(value), docComment };
        }),
      };
    default:
      return command;
  }
}
