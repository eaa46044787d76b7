/** The commits of a repository, as far as they touch a directory: which paths each of them changed. */

import { CliError } from "../cli-error";
import { git, GitError, repositoryOf, type Repository } from "./git";

/** One path that a commit changed. */
export interface Change {
  /** `A`, `M`, `D`, `T`; renames are one `D` and one `A`. */
  readonly status: string;
  /** Relative to the directory. */
  readonly path: string;
  /** Octal mode afterwards (`100644`, `100755`, `120000`, `160000`); "000000" when it is gone. */
  readonly mode: string;
  /** Id of the blob afterwards; zeros when it is gone. */
  readonly blob: string;
}

export interface Commit {
  readonly id: string;
  readonly subject: string;
  /** Its first parent; "" for the first commit of all. */
  readonly parent: string;
  /** Only those below the directory. */
  readonly changes: readonly Change[];
}

/** Marks the line of a commit: no path begins with it. */
const MARK = "\u0001commit ";

/**
 * The commits of *range* (`HEAD`, `BASE..HEAD`) along first parents, newest first, at most *count*. A merge is compared with its first
 * parent: what the branch brought.
 */
export async function readCommits(
  directory: string,
  repository: Repository,
  range: string,
  { count, signal }: { readonly count?: number; readonly signal?: AbortSignal } = {},
): Promise<Commit[]> {
  const out = await git(
    directory,
    [
      "log",
      "--first-parent",
      "-m",
      "--no-renames",
      "--raw",
      "--no-abbrev",
      "-z",
      `--format=${MARK}%H %P%x1f%s`,
      ...(count === undefined ? [] : [`--max-count=${count}`]),
      "--end-of-options",
      range,
      "--",
    ],
    { ...(signal && { signal }) },
  );
  return parseLog(out.toString("utf8"), repository.prefix);
}

function parseLog(text: string, prefix: string): Commit[] {
  const commits: Commit[] = [];
  let changes: Change[] = [];
  const fields = text.split("\0");
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!.replace(/^\n+/, "");
    if (field.startsWith(MARK)) {
      const [ids = "", subject = ""] = field.slice(MARK.length).trimEnd().split("\u001f");
      const [id = "", parent = ""] = ids.split(" ");
      changes = [];
      commits.push({ id, subject, parent, changes });
    } else if (field.startsWith(":")) {
      const [, mode = "", , blob = "", status = ""] = field.slice(1).split(" ");
      const path = fields[++i] ?? "";
      if (path.startsWith(prefix))
        changes.push({ status: status[0] ?? "M", path: path.slice(prefix.length), mode, blob });
    }
  }
  return commits;
}

/** The paths below *directory* that each of its last *count* commits changed; undefined outside of a repository, without git or before the first commit. */
export async function changedPaths(
  directory: string,
  count: number,
  signal?: AbortSignal,
): Promise<(readonly string[])[] | undefined> {
  try {
    const repository = await repositoryOf(directory, signal);
    if (!repository) return undefined;
    const commits = await readCommits(directory, repository, "HEAD", { count, ...(signal && { signal }) });
    return commits.map(({ changes }) => changes.map(({ path }) => path));
  } catch (error) {
    if (error instanceof GitError || (error instanceof CliError && error.code === "LB_NO_GIT"))
      return undefined;
    throw error;
  }
}
