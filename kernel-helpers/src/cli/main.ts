#!/usr/bin/env node
/** The `layerbook` command as a process: its streams, its signals, its exit code. */

import { writeSync } from "node:fs";

import type * as Dispatch from "./dispatch";
import { say, type CommandIo } from "./io";
import { localeOf } from "./locale";
import { loadQuick } from "./quick";

/** The process as a CommandIo. The first Ctrl-C asks the command to stop, the second ends at once. */
function processIo(): CommandIo {
  const abort = new AbortController();
  let asked = 0;
  const stop = (): void => {
    if (asked++ > 0) process.exit(130);
    abort.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const { env } = process;
  return {
    locale: localeOf(env),
    cwd: process.cwd(),
    env,
    out: (text) => void output("stdout").write(text),
    err: (text) => void output("stderr").write(text),
    terminal: process.stderr.isTTY
      ? {
          // A terminal that has no size (of `docker run -t`, expect, CI) is taken as buildx takes it.
          columns: process.stderr.columns || 80,
          rows: process.stderr.rows || 24,
          color: !env["NO_COLOR"] && env["TERM"] !== "dumb",
        }
      : undefined,
    signal: abort.signal,
    stdin: async () => (await stdinBytes()).toString("utf8"),
    // Node makes a stream when it is first looked at, which costs a tenth of a cached build: most commands need neither.
    get stdinBytes() {
      return process.stdin.isTTY ? undefined : stdinBytes;
    },
    get outBytes() {
      return process.stdout.isTTY ? undefined : (bytes: Uint8Array) => void output("stdout").write(bytes);
    },
  };
}

const watched = new Set<string>();

/** The stream *name*. A reader that closed the pipe (`| head`) is no error of ours. */
function output(name: "stdout" | "stderr"): NodeJS.WriteStream {
  const stream = process[name];
  if (watched.has(name)) return stream;
  watched.add(name);
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    cannotWrite(error);
  });
  return stream;
}

async function stdinBytes(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A full disk, a lost terminal: said once, where it can still be said. */
function cannotWrite({ code, message }: NodeJS.ErrnoException): never {
  const locale = localeOf(process.env);
  const text = say(
    { locale },
    `layerbook: 결과를 쓰지 못했습니다: ${code ?? message} [LB_OUTPUT]\n`,
    `layerbook: cannot write the output: ${code ?? message} [LB_OUTPUT]\n`,
  );
  try {
    writeSync(2, text);
  } catch {
    // Standard error is what cannot be written.
  }
  process.exit(1);
}

/** The commands: those that people wait for come from one file each, all others module by module. */
function dispatch(command: string | undefined): typeof Dispatch {
  const quick = loadQuick(command ?? "");
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only when it is needed
  return quick ?? (require("./dispatch") as typeof Dispatch);
}

if (require.main === module) {
  const io = processIo();
  const args = process.argv.slice(2);
  dispatch(args[0])
    .main(args, io)
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        io.err(
          say(
            io,
            `layerbook: 예상하지 못한 오류입니다 [LB_INTERNAL]\n${text}\n`,
            `layerbook: unexpected error [LB_INTERNAL]\n${text}\n`,
          ),
        );
        process.exitCode = 1;
      },
    );
}
