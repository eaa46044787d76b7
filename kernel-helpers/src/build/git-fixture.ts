/** A repository that was given to the build: its names, commits and files (BuildKit source/git/source.go). */

import { goQuote } from "../dockerfile/go-text";
import { buildSnapshot } from "../filesystem";
import type { GitOp } from "../graph/types";
import type { Snapshot } from "../platform/files";
import { cleanPath } from "../platform/paths";
import { filled } from "./lab-context";
import type { GitCommit, GitFixture, WrittenFile } from "./types";

type Files = GitCommit["files"];

/** A name and what it points to; *peeled*: the commit of an annotated tag. */
interface Ref {
  readonly name: string;
  readonly sha: string;
  readonly peeled?: string;
}

/** Where a source leads: what is checked out, and the commit that is in the key. */
export interface GitTarget {
  readonly sha: string;
  readonly keySha: string;
  /** `refs/heads/main`; the commit itself when that was asked for. */
  readonly ref: string;
}

/** An answer as git prints it, and what comes of it. */
export interface GitLook {
  /** What `git ls-remote` prints on the way. */
  readonly output: string;
  readonly target?: GitTarget;
  /** BuildKit's words. */
  readonly error?: string;
}

/** Is *text* the whole number of a commit (util/gitutil/git_commit.go)? */
export function isCommitSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** Host and path, the same for every way to the same repository: `https://h/a/b.git`, `git@h:a/b.git`. */
export function repositoryOf(address: string): string {
  const bare = address.replace(/[?#].*$/s, "");
  const [, host = "", path = ""] =
    /^[a-z0-9]+:\/\/(?:[^/@]*@)?([^/]*)(.*)$/i.exec(bare) ??
    /^(?:[^/@:]+@)?([^/:]+)[:/](.*)$/.exec(bare) ??
    [];
  return host === "" ? bare : host.toLowerCase() + cleanPath("/" + path).replace(/\.git$/, "");
}

/** The address as errors show it, without user name and password (util/urlutil/redact.go). */
export function withoutCredentials(remote: string): string {
  return remote.replace(
    /^([a-z0-9]+:\/\/)([^/@]*)@/i,
    (_all, scheme: string, user: string) => `${scheme}${user.includes(":") ? "xxxxx:xxxxx" : "xxxxx"}@`,
  );
}

/** One repository as a remote would answer for it. */
export class GitRepository {
  private readonly refs: readonly Ref[];
  private readonly files = new Map<string, Files>();
  private readonly head: string | undefined;

  constructor(fixture: GitFixture, sha256Hex: (text: string) => string) {
    const add = ({ commit, files }: GitCommit): string => {
      const sha = commit ?? sha256Hex(JSON.stringify(Object.entries(files).sort(byName))).slice(0, 40);
      this.files.set(sha, files);
      return sha;
    };
    this.refs = Object.entries(fixture.refs)
      .map(([name, commit]): Ref => {
        const full = name.startsWith("refs/") ? name : `refs/heads/${name}`;
        const sha = add(commit);
        if (commit.tag === undefined || !full.startsWith("refs/tags/")) return { name: full, sha };
        this.files.set(commit.tag, commit.files);
        return { name: full, sha: commit.tag, peeled: sha };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const commit of fixture.commits ?? []) add(commit);
    this.head = this.defaultBranch(fixture.default);
  }

  private defaultBranch(given: string | undefined): string | undefined {
    const branches = this.refs.flatMap(({ name }) => /^refs\/heads\/(.+)$/.exec(name)?.[1] ?? []);
    const wanted = given?.replace(/^refs\/heads\//, "");
    if (wanted !== undefined) return branches.find((name) => name === wanted);
    return ["main", "master"].find((name) => branches.includes(name)) ?? branches[0];
  }

  /** What *op* leads to (`resolveMetadata`, `CacheKey`). */
  look(op: GitOp): GitLook {
    const { checksum = "" } = op;
    let ref = op.ref ?? "";
    let output = "";
    if (ref.startsWith("-")) return { output, error: `invalid git ref ${goQuote(ref)}` };
    if (checksum !== "" && !/^[a-fA-F0-9]+$/.test(checksum))
      return { output, error: `invalid checksum ${checksum} for Git URL, expected hex commit hash` };
    if (isCommitSha(ref)) {
      return ref.startsWith(checksum)
        ? { output, target: { sha: ref, keySha: ref, ref } }
        : { output, error: `expected checksum to match ${checksum}, got ${ref}` };
    }
    if (op.fetchByCommit) return pinned(ref, checksum);
    if (ref === "") {
      const main = this.refs.find(({ name }) => name === `refs/heads/${this.head}`);
      if (!main)
        return {
          output,
          error: `could not find default branch for repository: ${withoutCredentials(op.remote)}`,
        };
      output = `ref: ${main.name}\tHEAD\n${main.sha}\tHEAD\n`;
      ref = this.head!;
    }
    const listed = this.listed(ref);
    output += listed;
    const found = this.named(ref);
    if (!found)
      return { output, error: `repository does not contain ref ${ref}, output: ${goQuote(listed)}` };
    if (![found.sha, found.peeled].some((sha) => sha?.startsWith(checksum))) {
      // A tag's own number is not shown: BuildKit leaves it out.
      const got = found.peeled === undefined ? found.sha : ` or ${found.peeled}`;
      return { output, error: `expected checksum to match ${checksum}, got ${got}` };
    }
    // Without .git the tag does not matter, only its commit does.
    const keySha = op.keepGitDir ? found.sha : (found.peeled ?? found.sha);
    return { output, target: { sha: found.sha, keySha, ref: found.name } };
  }

  /** A branch comes before a tag of the same name, as git checkout has it. */
  private named(ref: string): Ref | undefined {
    const find = (wanted: string): Ref | undefined => this.refs.find(({ name }) => name === wanted);
    const branch = "refs/heads/" + ref.replace(/^refs\/heads\//, "");
    const tag = "refs/tags/" + ref.replace(/^refs\/tags\//, "");
    const partial = "refs/" + ref.replace(/^refs\//, "");
    // Of `tags/v1` BuildKit does not look for the commit behind the tag, of `v1` and `refs/tags/v1` it does.
    const other = partial === branch || partial === tag ? undefined : find(partial);
    if (other) return { name: other.name, sha: other.sha };
    return find(branch) ?? find(tag);
  }

  /** `git ls-remote URL ref ref^{}`: every name that ends in it. */
  private listed(ref: string): string {
    const head = this.refs.find(({ name }) => name === `refs/heads/${this.head}`);
    const all = [
      ...(head ? [{ name: "HEAD", sha: head.sha }] : []),
      ...this.refs.flatMap(({ name, sha, peeled }) => [
        { name, sha },
        ...(peeled === undefined ? [] : [{ name: `${name}^{}`, sha: peeled }]),
      ]),
    ];
    return all
      .filter(({ name }) => [`/${ref}`, `/${ref}^{}`].some((end) => `/${name}`.endsWith(end)))
      .map(({ name, sha }) => `${sha}\t${name}\n`)
      .join("");
  }

  /** The files of the commit or tag *sha*, undefined when the repository has no such commit. */
  filesOf(sha: string): Files | undefined {
    return this.files.get(sha);
  }
}

function pinned(ref: string, checksum: string): GitLook {
  if (checksum === "")
    return { output: "", error: "fetch-by-commit requires a checksum or a commit SHA ref" };
  if (!isCommitSha(checksum)) {
    const error = `fetch-by-commit requires a full commit SHA checksum, got ${goQuote(checksum)}`;
    return { output: "", error };
  }
  const full = ref === "" ? checksum : ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
  return { output: "", target: { sha: checksum, keySha: checksum, ref: full } };
}

/** The files below *subdir* ("" for all) as git checks them out at *mtime*, or why there are none, in BuildKit's words. */
export function checkedOut(
  files: Files,
  subdir: string,
  mtime: number,
): { readonly snapshot: Snapshot } | { readonly error: string } {
  const entries = Object.entries(files)
    .filter(([, file]) => typeof file === "string" || file.directory !== true)
    .sort(byName);
  const parts = subdir === "" ? [] : subdir.split("/");
  for (const i of parts.keys()) {
    const path = parts.slice(0, i + 1).join("/");
    if (entries.some(([name]) => name.startsWith(path + "/"))) continue;
    const isThere = entries.some(([name]) => name === path);
    const why = isThere
      ? `git subpath ${goQuote(subdir)} contains non-directory ${goQuote(path)}`
      : `failed to lstat ${goQuote(path)}: statat ${path}: no such file or directory`;
    return { error: `invalid subdir ${subdir}: ${why}` };
  }
  const root = subdir === "" ? "" : subdir + "/";
  const snapshot = buildSnapshot(
    entries
      .filter(([path]) => path.startsWith(root))
      .map(([path, file]) => {
        const at = "/" + path.slice(root.length);
        const written: WrittenFile = typeof file === "string" ? { text: file } : file;
        if (written.symlink !== undefined)
          return { path: at, type: "symlink" as const, linkname: written.symlink };
        // Of the mode git keeps only whether the owner may execute the file.
        const mode = Number.parseInt(written.mode ?? "644", 8) & 0o100 ? 0o755 : 0o644;
        return { path: at, type: "file" as const, mode, content: bytesOf(written) };
      }),
    { mtime },
  );
  return { snapshot };
}

function bytesOf({ text = "", base64, size }: WrittenFile): Uint8Array | string {
  if (size !== undefined) return filled(text, size);
  return base64 === undefined ? text : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
