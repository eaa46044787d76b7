/** The `docker` command: finds the subcommand, reads its flags, runs it, and words refusals as docker does. */

import { suggest } from "../dockerfile";
import { build } from "./commands/build";
import {
  buildxDu,
  buildxPrune,
  builderPrune,
  containerPrune,
  imagePrune,
  systemDf,
} from "./commands/builder";
import { commit } from "./commands/commit";
import { cp } from "./commands/copy";
import { diff } from "./commands/diff";
import { exec } from "./commands/exec";
import { historyCommand, imageHistory } from "./commands/history";
import { imageLs, images } from "./commands/images";
import { containerInspect, imageInspect, inspectCommand } from "./commands/inspect";
import { kill, port, rename, restart, start, stop, wait } from "./commands/lifecycle";
import { logs } from "./commands/logs";
import { containerLs, ps } from "./commands/ps";
import { pull } from "./commands/pull";
import { containerRm, rm } from "./commands/rm";
import { imageRm, rmi } from "./commands/rmi";
import { create, runContainer } from "./commands/run";
import { tag } from "./commands/tag";
import { imageLoad, imageSave, load, save } from "./commands/transfer";
import type { DockerCommand, DockerIo } from "./command";
import { DockerError, type DockerEngine } from "./engine";
import { FlagError, parseFlags } from "./flags";

const COMMANDS: readonly DockerCommand[] = [
  build,
  { ...build, name: "buildx build", usage: "buildx build [OPTIONS] PATH | URL | -" },
  { ...build, name: "image build", usage: "image build [OPTIONS] PATH | URL | -" },
  { ...build, name: "builder build", usage: "builder build [OPTIONS] PATH | URL | -" },
  builderPrune, buildxPrune, buildxDu, systemDf, imagePrune, containerPrune,
  commit, containerInspect, containerLs, containerRm, cp, create, diff, exec, historyCommand, imageHistory, imageInspect, imageLs, imageRm, images,
  imageLoad, imageSave, inspectCommand, load, logs, ps, pull, rm, rmi, runContainer, { ...runContainer, name: "container run" }, save, stop, tag, kill, port, rename, restart, start, wait,
]; // prettier-ignore

const GROUPS = ["builder", "buildx", "container", "image", "system"];
/** Real commands that are not simulated: they say so instead of pretending. */
const UNSIMULATED = new Set([
  "attach",
  "compose",
  "context",
  "events",
  "export",
  "import",
  "info",
  "login",
  "logout",
  "network",
  "pause",
  "plugin",
  "push",
  "scout",
  "search",
  "stats",
  "swarm",
  "top",
  "unpause",
  "update",
  "version",
  "volume",
]);

/** Names of all simulated commands, sorted: for completion and help. */
export const DOCKER_COMMANDS: readonly string[] = COMMANDS.map((command) => command.name).sort();

/** Runs `docker ARGS…`; answers the exit status docker would. Never throws for what was typed. */
export async function docker(engine: DockerEngine, args: readonly string[], io: DockerIo): Promise<number> {
  const [first = "", second = ""] = args;
  if (first === "" || first === "--help" || first === "-h" || first === "help") {
    io.out(overview(io));
    return 0;
  }
  if (first === "--version" || first === "-v") {
    io.out("Docker version 29.7.2 (simulated by Layerbook)\n");
    return 0;
  }
  const grouped = GROUPS.includes(first);
  const name = grouped ? `${first} ${second}` : first;
  const command = COMMANDS.find((entry) => entry.name === name);
  if (command === undefined) return unknown(name, grouped ? first : undefined, io);
  const rest = args.slice(grouped ? 2 : 1);
  if (rest[0] === "--help") {
    io.out(`Usage:  docker ${command.usage}\n\n${command.summary}\n${flagHelp(command)}`);
    return 0;
  }
  try {
    const isBuild = command.run === build.run;
    const flags = isBuild
      ? { values: new Map(), lists: new Map(), booleans: new Map(), rest, ignored: [] }
      : parseFlags(command.flags, rest, { stopAtArgument: command.stopAtArgument ?? false });
    const [least, most] = command.arity;
    if (flags.rest.length < least || flags.rest.length > most) {
      const count =
        least === most
          ? `${least} argument${least === 1 ? "" : "s"}`
          : flags.rest.length < least
            ? `at least ${least} argument${least === 1 ? "" : "s"}`
            : `at most ${most} argument${most === 1 ? "" : "s"}`;
      throw new DockerError(
        `docker: 'docker ${command.name}' requires ${count}\n\nUsage:  docker ${command.usage}\n\nRun 'docker ${command.name} --help' for more information`,
      );
    }
    await engine.containerStore.open();
    try {
      return await command.run({ engine, io, flags, words: flags.rest });
    } finally {
      await engine.containerStore.save();
    }
  } catch (error) {
    if (error instanceof DockerError) {
      io.err(`${inLanguage(error.message, io)}\n`);
      return error.exitCode;
    }
    if (error instanceof FlagError) {
      io.err(
        `${error.message}\n\nUsage:  docker ${command.usage}\n\nRun 'docker ${command.name} --help' for more information\n  ${error.sentence[io.locale ?? "ko"]}\n`,
      );
      return 125;
    }
    throw error;
  }
}

/** Docker's words, and what stands beside them in Korean for those who read it: lines with two spaces in front. */
function inLanguage(message: string, { locale }: DockerIo): string {
  if (locale !== "en") return message;
  return message
    .split("\n")
    .filter((line) => !/^ {2}.*\p{Script=Hangul}/u.test(line))
    .join("\n");
}

/** The sentence of *io*'s language. */
function say({ locale }: DockerIo, ko: string, en: string): string {
  return locale === "en" ? en : ko;
}

function unknown(name: string, group: string | undefined, io: DockerIo): number {
  if (["push", "login", "logout", "search"].includes(name)) {
    io.err(
      `docker ${name}: not simulated here: no network is used\n  ${say(
        io,
        "여기서는 네트워크를 쓰지 않습니다. 실제 레지스트리로는 터미널에서 layerbook push와 layerbook pull을 쓰세요.",
        "for real registries use layerbook push and layerbook pull in a terminal",
      )}\n`,
    );
    return 1;
  }
  if (UNSIMULATED.has(name.split(" ")[0] ?? "")) {
    io.err(
      `docker ${name}: not simulated here\n  ${say(
        io,
        `\`docker ${name}\`은(는) 여기서 흉내 내지 않습니다. 흉내 내는 명령: `,
        "what is simulated: ",
      )}${DOCKER_COMMANDS.join(", ")}\n`,
    );
    return 1;
  }
  const near = suggest(name, DOCKER_COMMANDS);
  io.err(
    `docker: unknown command: docker ${name.trim()}\n\nRun 'docker ${group === undefined ? "" : group + " "}--help' for more information\n${near === undefined || near === "" ? "" : say(io, `  혹시 \`docker ${near}\`입니까?\n`, `  did you mean \`docker ${near}\`?\n`)}`,
  );
  return 1;
}

function overview(io: DockerIo): string {
  const width = Math.max(...DOCKER_COMMANDS.map((name) => name.length));
  const lines = DOCKER_COMMANDS.map(
    (name) => `  ${name.padEnd(width)}  ${COMMANDS.find((command) => command.name === name)?.summary ?? ""}`,
  );
  return `Usage:  docker [OPTIONS] COMMAND\n\nCommands simulated here${say(io, " (여기서 흉내 내는 명령)", "")}:\n${lines.join("\n")}\n`;
}

function flagHelp(command: DockerCommand): string {
  const lines = Object.entries(command.flags).map(
    ([name, flag]) =>
      `  ${flag.short === undefined ? "   " : `-${flag.short},`} --${name}${flag.type === "boolean" ? "" : ` ${flag.type}`}`,
  );
  return lines.length === 0 ? "" : `\nOptions:\n${lines.join("\n")}\n`;
}
