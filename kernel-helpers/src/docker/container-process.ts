/** A program in a container: what it prints, and how it ends or runs on. */

import { runCommand } from "../run";
import type { CommandContext } from "./command";
import type { Container, EngineImage } from "./engine";

/** What `docker run` reads of an image's config. */
interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
}

/** The `config` object of an image. */
export function configOf(image: EngineImage): ImageConfig {
  return image.config["config"] ?? {};
}

/** `sleep`, `tail -f`: programs that only keep a container running; nothing here waits for them to end. */
function waits(command: readonly string[]): boolean {
  const [program = "", ...rest] = command;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (/^(?:sh|ash|bash)$/.test(name) && rest[0] === "-c" && rest.length === 2)
    return waits((rest[1] ?? "").replace(/^exec\s+/, "").split(/\s+/)) && !/[;&|<>$`]/.test(rest[1] ?? "");
  return (
    (name === "sleep" &&
      rest.length > 0 &&
      rest.every((word) => /^(?:[\d.]+[smhd]?|infinity|inf)$/.test(word))) ||
    (name === "tail" && rest.some((word) => /^(?:-\w*[fF]|--follow)/.test(word)))
  );
}

/** Programs that serve until they are stopped: what they print first, and then they run on. */
function serverOf(container: Container, command: readonly string[]): string | undefined {
  if (waits(command)) return "";
  const program = command.findLast(
    (word) => !word.startsWith("-") && /(^|\/)(node|nginx|python3?|flask|gunicorn|uvicorn)$/.test(word),
  );
  if (program === undefined) return undefined;
  const script = command[command.indexOf(program) + 1];
  if (/node$|python3?$/.test(program) && (script === undefined || script.startsWith("-"))) return undefined;
  const ports = Object.keys(configOf(container.image).ExposedPorts ?? {}).sort();
  return `(흉내) ${[program, script ?? ""].join(" ").trim()} 시작: ${ports.length > 0 ? `포트 ${ports.join(", ")}에서 기다립니다` : "기다립니다"}\n`;
}

/** The file that an interpreter is told to run must be in the image. */
function missingScript(container: Container, command: readonly string[]): string | undefined {
  const at = command.findIndex((word) => /(^|\/)node$/.test(word));
  const script = at < 0 ? undefined : command[at + 1];
  if (script === undefined || script.startsWith("-")) return undefined;
  const path = script.startsWith("/") ? script : `${container.workdir.replace(/\/$/, "")}/${script}`;
  const found = [path, `${path}.js`, `${path}/index.js`].some(
    (candidate) => container.fs.stat(candidate) !== undefined,
  );
  return found ? undefined : `Error: Cannot find module '${path}'\n    code: 'MODULE_NOT_FOUND',\n`;
}

/** Runs *command* in a container; answers its exit code. *exec*: beside its first process, whose end it does not touch. */
export async function execute(
  context: CommandContext,
  container: Container,
  command: readonly string[],
  options: { readonly keepRunning: boolean; readonly show: boolean; readonly network?: string | undefined },
): Promise<number> {
  const { engine, io } = context;
  const print = (stream: 1 | 2, data: string): void => {
    container.logs = [...container.logs, { stream, data }];
    if (options.show) (stream === 1 ? io.out : io.err).call(io, data);
  };
  const missing = missingScript(container, command);
  if (missing !== undefined) {
    print(2, missing);
    container.status = "exited";
    return (container.exitCode = 1);
  }
  // In the foreground a sleep is slept through at once: there is nobody to wait for it.
  const server =
    options.keepRunning && (!options.show || !waits(command)) ? serverOf(container, command) : undefined;
  if (server !== undefined) {
    if (server !== "") print(1, server);
    container.status = "running";
    return 0;
  }
  const fs = container.fs.fork(engine.lab.now());
  const result = await runCommand({
    args: command,
    env: container.env,
    cwd: container.workdir,
    user: container.user,
    fs,
    hostname: container.id.slice(0, 12),
    network: options.network === "none" ? "none" : "default",
    now: engine.lab.now(),
    stdin: io.stdin,
    ...(io.signal ? { signal: io.signal } : {}),
    onOutput: (stream, data) => print(stream, data),
  });
  container.fs = fs.snapshot();
  if (options.keepRunning) container.status = "exited";
  if (result.startError !== undefined && result.exitCode !== 137) {
    const words = result.startError.replace(/^runc run failed: /, "");
    const status = /not found|no such file/.test(words) ? 127 : 126;
    if (!options.keepRunning) {
      io.err(`OCI runtime exec failed: exec failed: ${words}\n`);
      return status;
    }
    container.exitCode = status;
    container.status = "created";
    io.err(
      `docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: ${words}\n\nRun 'docker run --help' for more information\n`,
    );
    return status;
  }
  if (result.startError !== undefined) print(2, `${result.startError}\n`);
  return (container.exitCode = result.exitCode);
}
