/** The option `git` as it was given, checked: scripts without types and scenario files come here too. */

import { isCommitSha } from "./git-fixture";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Is *value* a record of repositories by address (`GitFixture`)? */
export function areRepositories(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isRepository);
}

function isRepository(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { refs, default: branch, commits = [] } = value;
  return (
    isRecord(refs) &&
    Object.values(refs).every(isCommit) &&
    (branch === undefined || typeof branch === "string") &&
    Array.isArray(commits) &&
    commits.every(isCommit)
  );
}

function isCommit(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { commit, tag, files } = value;
  const isNumber = (sha: unknown): boolean =>
    sha === undefined || (typeof sha === "string" && isCommitSha(sha));
  return isNumber(commit) && isNumber(tag) && isRecord(files) && areFiles(files);
}

/** Git takes no path that leaves the repository or lies in `.git`, and no file can be a folder too. */
function areFiles(files: Readonly<Record<string, unknown>>): boolean {
  const paths = new Set(Object.keys(files));
  return Object.entries(files).every(([path, file]) => {
    const parts = path.split("/");
    return (
      (typeof file === "string" || isRecord(file)) &&
      !parts.some((part) => ["", ".", "..", ".git"].includes(part)) &&
      !parts.some((_, i) => i > 0 && paths.has(parts.slice(0, i).join("/")))
    );
  });
}
