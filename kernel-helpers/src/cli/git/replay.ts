/** Replays the commits of a repository against the builder's rules, from git's objects alone: the working tree is neither read nor touched. */

import type { BuildOptions, CourseRow } from "../../build";
import type { ChangeSummary, CourseEntry, CourseSummary } from "../../report";
import { summarizeCourse } from "../../report";
import { CliError } from "../cli-error";
import { say, type CommandIo } from "../io";
import { openLab } from "../open-lab";
import { git, GitError, repositoryOf, type Repository } from "./git";
import { type Commit, readCommits } from "./history";
import { GitTree } from "./tree";

/** What is replayed of which directory. */
export interface ReplayRequest {
  readonly directory: string;
  readonly options: BuildOptions;
  readonly bases?: string;
}

/** A replay with what is to be said beside it. */
export interface Replay<T> {
  readonly summary: T;
  readonly notes: readonly string[];
}

/** The last *count* commits. Rejects with CliError. */
export async function replayLast(
  request: ReplayRequest,
  count: number,
  io: CommandIo,
): Promise<Replay<CourseSummary>> {
  const repository = await needRepository(request.directory, io);
  const commits = await commitsOf(request.directory, repository, "HEAD", io, count);
  const notes: string[] = [];
  const whole = commits.filter(({ parent }) => parent !== "");
  if (whole.length < count && repository.isShallow) {
    notes.push(
      say(
        io,
        `얕은 복제라서 커밋 ${whole.length}개만 봤습니다. 모두 보려면: git fetch --unshallow`,
        `a shallow clone: only ${whole.length} commits are here; for all of them: git fetch --unshallow`,
      ),
    );
  }
  if (whole.length === 0) throw noCommits();
  const { entries, tree } = await replay(request, repository, commits, io);
  return { summary: summarizeCourse(entries), notes: [...notes, ...notesOf(tree, io)] };
}

/** A range `BASE..HEAD`: the change as a whole from where it branched off, and its commits one by one. Rejects with CliError. */
export async function replayChange(
  request: ReplayRequest,
  range: string,
  io: CommandIo,
): Promise<Replay<ChangeSummary>> {
  const repository = await needRepository(request.directory, io);
  const [from = "", to = ""] = range.split(/\.{2,3}/);
  const base = await mergeBase(
    request.directory,
    from === "" ? "HEAD" : from,
    to === "" ? "HEAD" : to,
    repository,
    io,
  );
  const head = (await revision(request.directory, to === "" ? "HEAD" : to, repository, io)).trim();
  const commits = await commitsOf(request.directory, repository, `${base}..${head}`, io);
  const { entries, tree } = await replay(request, repository, commits, io);
  const row = await wholeChange(request, repository, base, head, io);
  return {
    summary: { base, head, row, commits: summarizeCourse(entries) },
    notes: notesOf(tree, io),
  };
}

async function needRepository(directory: string, io: CommandIo): Promise<Repository> {
  const repository = await repositoryOf(directory, io.signal);
  if (repository) return repository;
  throw new CliError(
    "LB_NOT_A_REPOSITORY",
    { ko: `git 저장소 안이 아닙니다: ${directory}`, en: `not inside a git repository: ${directory}` },
    {
      hint: {
        ko: "git clone으로 받은 디렉터리에서 실행하세요.",
        en: "run it in a directory that git has cloned",
      },
    },
  );
}

function noCommits(): CliError {
  return new CliError(
    "LB_GIT_EMPTY",
    { ko: "견줄 커밋이 없습니다.", en: "there are no commits to compare" },
    {
      hint: {
        ko: "커밋이 둘 이상 있어야 합니다. 얕은 복제라면 git fetch --unshallow 하세요.",
        en: "at least two commits are needed; in a shallow clone: git fetch --unshallow",
      },
    },
  );
}

async function commitsOf(
  directory: string,
  repository: Repository,
  range: string,
  io: CommandIo,
  count?: number,
): Promise<Commit[]> {
  try {
    return await readCommits(directory, repository, range, {
      ...(count !== undefined && { count }),
      signal: io.signal,
    });
  } catch (error) {
    if (
      error instanceof GitError &&
      /does not have any commits|unknown revision.*HEAD|bad revision 'HEAD'|ambiguous argument 'HEAD'/.test(
        error.stderr,
      )
    )
      throw noCommits();
    throw error instanceof GitError ? rangeError(range, repository, error) : error;
  }
}

function rangeError(range: string, repository: Repository, cause: GitError): CliError {
  return new CliError(
    "LB_GIT_RANGE",
    {
      ko: `git이 이 범위를 모릅니다: ${range} (${cause.message.split("\n")[0]!})`,
      en: `git does not know this range: ${range} (${cause.message.split("\n")[0]!})`,
    },
    {
      cause,
      hint: repository.isShallow
        ? {
            ko: "얕은 복제입니다. git fetch --unshallow 하거나, CI에서는 전체 이력을 받게 하세요(fetch-depth: 0).",
            en: "the clone is shallow: git fetch --unshallow, or let CI fetch the whole history (fetch-depth: 0)",
          }
        : {
            ko: "가지 이름을 확인하세요. 보기: origin/main..HEAD",
            en: "check the names; example: origin/main..HEAD",
          },
    },
  );
}

async function revision(
  directory: string,
  name: string,
  repository: Repository,
  io: CommandIo,
): Promise<string> {
  try {
    const out = await git(directory, ["rev-parse", "--verify", "--end-of-options", `${name}^{commit}`], {
      signal: io.signal,
    });
    return out.toString("utf8").trim();
  } catch (error) {
    throw error instanceof GitError ? rangeError(name, repository, error) : error;
  }
}

async function mergeBase(
  directory: string,
  from: string,
  to: string,
  repository: Repository,
  io: CommandIo,
): Promise<string> {
  const ids = [
    await revision(directory, from, repository, io),
    await revision(directory, to, repository, io),
  ];
  try {
    const out = await git(directory, ["merge-base", ...ids], { signal: io.signal });
    return out.toString("utf8").trim();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (repository.isShallow) throw rangeError(`${from}..${to}`, repository, error);
    // Histories without a common commit: the base as it is.
    return ids[0]!;
  }
}

interface Replayed {
  readonly entries: readonly CourseEntry[];
  readonly tree: GitTree;
}

/** *commits*: newest first. One without a parent is where the course begins. */
async function replay(
  { directory, options, bases }: ReplayRequest,
  repository: Repository,
  commits: readonly Commit[],
  io: CommandIo,
): Promise<Replayed> {
  const oldestFirst = [...commits].reverse();
  const file = options.file ?? "Dockerfile";
  const start = oldestFirst[0]?.parent ?? "";
  const tree = await GitTree.open(
    directory,
    { commit: start, prefix: repository.prefix, dockerfile: file },
    oldestFirst,
    io.signal,
  );
  const lab = await openLab({ inMemory: true, ...(bases !== undefined && { bases }) }, io);
  const course = lab.course({ ...options, assume: true });
  const entries: CourseEntry[] = [];
  if (start !== "") {
    stamp(tree, repository, start);
    await course.next({ name: start, files: tree.context() });
  }
  for (const commit of oldestFirst) {
    io.signal.throwIfAborted();
    tree.apply(commit);
    stamp(tree, repository, commit.id);
    const row = await course.next({ name: commit.id, files: tree.context() });
    const missing = tree.has(file) ? undefined : say(io, `${file} 없음`, `no ${file}`);
    if (commit.parent !== "")
      entries.push({
        id: commit.id,
        subject: commit.subject,
        row: missing === undefined ? row : { ...row, cells: [], error: missing },
      });
  }
  return { entries, tree };
}

/** From *base* to *head* in one step. */
async function wholeChange(
  { directory, options, bases }: ReplayRequest,
  repository: Repository,
  base: string,
  head: string,
  io: CommandIo,
): Promise<CourseRow> {
  const file = options.file ?? "Dockerfile";
  const place = { prefix: repository.prefix, dockerfile: file };
  const lab = await openLab({ inMemory: true, ...(bases !== undefined && { bases }) }, io);
  const course = lab.course({ ...options, assume: true });
  const [before, commit] = await Promise.all([
    GitTree.open(directory, { ...place, commit: base }, [], io.signal),
    changeBetween(directory, repository, base, head, io),
  ]);
  stamp(before, repository, base);
  await course.next({ name: base, files: before.context() });
  const after = await GitTree.open(directory, { ...place, commit: base }, [commit], io.signal);
  after.apply(commit);
  stamp(after, repository, head);
  const row = await course.next({ name: head, files: after.context() });
  return after.has(file) ? row : { ...row, cells: [], error: say(io, `${file} 없음`, `no ${file}`) };
}

/** The difference of two commits as if it were one. */
async function changeBetween(
  directory: string,
  repository: Repository,
  base: string,
  head: string,
  io: CommandIo,
): Promise<Commit> {
  const out = await git(
    directory,
    ["diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", "-z", base, head],
    {
      signal: io.signal,
    },
  );
  const fields = out.toString("utf8").split("\0");
  const changes: Commit["changes"][number][] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = "", , blob = "", status = ""] = fields[i]!.replace(/^:/, "").split(" ");
    const path = fields[i + 1]!;
    if (path.startsWith(repository.prefix))
      changes.push({ status: status[0] ?? "M", path: path.slice(repository.prefix.length), mode, blob });
  }
  return { id: head, subject: "", parent: base, changes };
}

/** A checkout has a `.git` beside its files, which is another one at every commit. */
function stamp(tree: GitTree, repository: Repository, commit: string): void {
  if (repository.prefix === "") tree.stamp(".git/HEAD", commit);
}

function notesOf(tree: GitTree, io: CommandIo): string[] {
  if (tree.modules.size === 0) return [];
  const names = [...tree.modules].sort().join(", ");
  return [
    say(
      io,
      `서브모듈(${names})은 가리키는 커밋만 견줍니다.`,
      `of submodules (${names}) only the commit they point to is compared`,
    ),
  ];
}
