// Runs other programs: output collected, optionally line by line and into a log file; never a shell, so any path is safe.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** At most this many characters of output are kept in memory. */
const KEPT = 200_000;
const running = new Set();

/** Ends every program started here that still runs (used when the script itself is stopped). */
export function stopAll(signal = "SIGTERM") {
  for (const child of running) child.kill(signal);
}

/** Waits for all of `works`; when one fails, the programs of the others are ended, and the first failure is thrown once all are over. */
export async function together(works) {
  let first;
  const settled = await Promise.all(
    works.map((work) =>
      work.catch((error) => {
        if (first === undefined) {
          first = error;
          stopAll();
        }
      }),
    ),
  );
  if (first !== undefined) throw first;
  return settled;
}

/**
 * Runs `command` to its end and answers `{ code, signal, output }`: *code* is the exit code, or null when it could not be started or
 * was killed (by *signal*); *output* the last part of stdout and stderr together. *onLine* gets each line as it comes, *log* is a file for all of
 * it, *inherit* passes the output through to this terminal instead, *shell* is only for Windows' `.cmd` files.
 */
export function run(command, args, { cwd, env, onLine, log, inherit = false, shell = false } = {}) {
  return new Promise((resolve) => {
    if (log) fs.mkdirSync(path.dirname(log), { recursive: true });
    const file = log ? fs.createWriteStream(log) : undefined;
    file?.on("error", () => {}); // a log that cannot be written must not hide what the program itself says
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
      shell,
      windowsHide: true,
    });
    running.add(child);
    let output = "";
    let rest = "";
    const take = (text) => {
      file?.write(text);
      output = (output + text).slice(-KEPT);
      if (!onLine) return;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", take);
    child.on("error", (error) => {
      running.delete(child);
      file?.end();
      resolve({ code: null, output: `${output}\n${error.code ?? ""} ${error.message}`, error });
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      if (rest) onLine?.(rest);
      file?.end();
      resolve({ code, signal, output });
    });
  });
}
