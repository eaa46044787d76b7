/** `docker build`: builds the Lab's context and prints what buildx prints. */

import { parseBuildFlags } from "../build-flags";
import type { BuildOptions } from "../../build";
import { buildOutput } from "../../report";
import type { DockerCommand } from "../command";
import { DockerError } from "../engine";
import { FlagError } from "../flags";

export const build: DockerCommand = {
  name: "build",
  usage: "build [OPTIONS] PATH | URL | -",
  summary: "Start a build",
  flags: {},
  arity: [0, Infinity],
  stopAtArgument: true,
  async run({ engine, io, words }) {
    let flags;
    try {
      flags = parseBuildFlags(words, (name) => io.env(name));
    } catch (error) {
      if (error instanceof FlagError)
        throw new DockerError(`ERROR: ${error.message}\n  ${error.sentence.ko}`, 1);
      throw error;
    }
    if (flags.path === undefined) {
      throw new DockerError(
        "ERROR: docker: 'docker buildx build' requires 1 argument\n\nUsage:  docker buildx build [OPTIONS] PATH | URL | -\n\nRun 'docker buildx build --help' for more information",
        1,
      );
    }
    const refusal = io.checkContext(flags.path);
    if (refusal !== undefined) throw new DockerError(refusal);
    const secrets: Record<string, string> = {};
    for (const secret of flags.secrets) {
      const bytes = secret.file === undefined ? undefined : io.readFile(secret.file);
      const value = bytes === undefined ? io.env(secret.env ?? secret.id) : new TextDecoder().decode(bytes);
      if (value === undefined)
        throw new DockerError(
          `ERROR: failed to stat ${secret.file ?? secret.env ?? secret.id}: no such file or directory`,
        );
      secrets[secret.id] = value;
    }
    const options: BuildOptions = {
      ...flags.options,
      // docker's default, whatever the build before was made from.
      file: flags.options.file ?? "Dockerfile",
      ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
      ...(io.signal ? { signal: io.signal } : {}),
    };
    const record = await engine.lab.build(options);
    io.built?.(record);
    if (flags.quiet || flags.progress === "quiet") {
      if (record.exitCode === 0) io.out(`${record.image?.manifestDigest ?? ""}\n`);
      else io.err(`ERROR: failed to build: failed to solve: ${record.error?.message ?? ""}\n`);
      return record.exitCode;
    }
    const kind = flags.progress === "auto" ? (io.columns === undefined ? "plain" : "tty") : flags.progress;
    io.err(buildOutput(record, kind, { width: io.columns ?? 80 }));
    return record.exitCode;
  },
};
