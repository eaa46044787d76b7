/** The user's own `git` program, asked for objects and history; it never changes the repository or its working tree. */

import { spawn } from "node:child_process";

import { CliError } from "../cli-error";

/** What git answered with exit code other than 0. */
export class GitError extends Error {
  override readonly name = "GitError";
  constructor(
    readonly exitCode: number,
    readonly stderr: string,
    readonly args: readonly string[],
  ) {
    super(stderr.trim() === "" ? `git ${args.join(" ")}: exit code ${exitCode}` : stderr.trim());
  }
}

/** Settings that would change what git prints, and locks it would take. */
const ENV = { GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C", GIT_PAGER: "cat" };

/** Standard output of `git *args*` in *directory*. Rejects with GitError, or CliError LB_NO_GIT when there is no such program. */
export function git(
  directory: string,
  args: readonly string[],
  { signal, input }: { readonly signal?: AbortSignal; readonly input?: string } = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-c", "core.quotepath=off", ...args], {
      cwd: directory,
      env: { ...process.env, ...ENV },
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal && { signal }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? noGit(error) : error);
    });
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else reject(new GitError(code ?? -1, Buffer.concat(err).toString("utf8"), args));
    });
    // A git that ended early has closed its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

function noGit(cause: unknown): CliError {
  return new CliError(
    "LB_NO_GIT",
    { ko: "git 프로그램을 찾을 수 없습니다.", en: "the program git was not found" },
    {
      cause,
      hint: { ko: "git을 설치하고 PATH에 두세요.", en: "install git and put it on the PATH" },
    },
  );
}

/** Where a directory stands in its repository. */
export interface Repository {
  /** Absolute path of the top of the working tree. */
  readonly top: string;
  /** Path of the directory below it, with a slash at its end; "" for the top itself. */
  readonly prefix: string;
  /** Is the history cut off somewhere? */
  readonly isShallow: boolean;
}

/** The repository that *directory* lies in; undefined when in none. Rejects with CliError LB_NO_GIT. */
export async function repositoryOf(directory: string, signal?: AbortSignal): Promise<Repository | undefined> {
  try {
    const out = await git(
      directory,
      ["rev-parse", "--show-toplevel", "--show-prefix", "--is-shallow-repository"],
      { ...(signal && { signal }) },
    );
    const [top = "", prefix = "", shallow] = out.toString("utf8").split("\n");
    return top === "" ? undefined : { top, prefix, isShallow: shallow === "true" };
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
