/** Finds the command that is asked for, loads it, prints its errors. */

import { suggest } from "../dockerfile/suggest";
import { CliError, usageError } from "./cli-error";
import { COMMANDS, type Command } from "./commands";
import { fileError } from "./file-error";
import { say, type CommandIo } from "./io";

/** Runs `layerbook *args*` and answers the exit code: 0 success, 1 failed, 2 wrong usage, 130 interrupted. */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (io.signal.aborted) {
      io.err(say(io, "중단했습니다.\n", "interrupted.\n"));
      return 130;
    }
    const told = error instanceof CliError ? error : fileError(error);
    if (told) {
      io.err(told.format(io.locale));
      return told.exitCode;
    }
    throw error;
  }
}

async function dispatch(args: readonly string[], io: CommandIo): Promise<number> {
  const [first = "", ...rest] = args;
  if (first === "--version" || first === "-v" || first === "version") {
    io.out(`layerbook ${packageVersion()} (BuildKit v0.34.2)\n`);
    return 0;
  }
  if (first === "" || first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
    (first === "" ? io.err : io.out)(overview(io));
    return first === "" ? 2 : 0;
  }
  const name = first === "help" ? (rest[0] ?? "") : first;
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) throw unknownCommand(name);
  const module = command.load();
  const beforeDashes = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  const asksHelp = !module.ownHelp && (beforeDashes.includes("--help") || beforeDashes.includes("-h"));
  if (first === "help" || asksHelp) {
    io.out(`layerbook ${command.name} ${command.usage}\n\n${module.help[io.locale].trim()}\n`);
    return 0;
  }
  return module.run(rest, io);
}

function unknownCommand(name: string): CliError {
  const near = suggest(
    name,
    COMMANDS.map((one) => one.name),
  );
  return usageError(
    "LB_UNKNOWN_COMMAND",
    { ko: `\`${name}\`라는 명령은 없습니다.`, en: `there is no command "${name}"` },
    near === undefined
      ? { ko: "명령을 모두 보려면: layerbook --help", en: "see all commands: layerbook --help" }
      : { ko: `혹시 이것입니까? layerbook ${near}`, en: `did you mean: layerbook ${near}` },
  );
}

function overview(io: CommandIo): string {
  const head = (one: Command): string => `  layerbook ${one.name}${one.usage === "" ? "" : " " + one.usage}`;
  const lines = COMMANDS.map((one) => `${head(one)}\n      ${one.summary[io.locale]}`);
  return [
    say(
      io,
      "레이어북: Docker 없이, BuildKit과 똑같이 Dockerfile을 빌드하고 캐시를 설명합니다.",
      "Layerbook: builds Dockerfiles as BuildKit does, without Docker, and explains the cache.",
    ),
    "",
    ...lines,
    "",
    say(
      io,
      "명령마다 자세한 도움말: layerbook NAME --help · 끝 코드: 0 성공, 1 실패, 2 잘못된 사용",
      "more about a command: layerbook NAME --help · exit codes: 0 success, 1 failed, 2 wrong usage",
    ),
    say(io, "언어: LAYERBOOK_LANG=ko 또는 en", "language: LAYERBOOK_LANG=ko or en"),
    "",
  ].join("\n");
}

function packageVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- read at run time: dist/ and src/ are equally deep
  return (require("../../package.json") as { version: string }).version;
}
