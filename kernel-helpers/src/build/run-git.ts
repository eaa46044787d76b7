/**
 * ADD of a git repository: answered from the repositories given to the build, never from the network (BuildKit source/git/source.go). A
 * build that may assume takes another one to be as it was (추정).
 */

import { goJson } from "../cache/go-json";
import type { OpJson } from "../cache/op-json";
import { emptySnapshot } from "../filesystem";
import { joinPath } from "../graph/paths";
import type { GitOp, Vertex } from "../graph/types";
import { registryTime, transferTime } from "./durations";
import { checkedOut, GitRepository, repositoryOf, withoutCredentials } from "./git-fixture";
import type { ExecuteAnswer, SourceAnswer } from "./operations";
import { clockAt, type Session } from "./session";
import type { StepResult } from "./step-result";
import type { WrittenFile } from "./types";

/** Begins the `unknownBase` of files that come from a remote repository. */
const GIT = "git ";

/** The repositories of one build. */
export class GitSources {
  private readonly opened = new Map<string, GitRepository | undefined>();

  constructor(private readonly session: Session) {}

  private open({ remote }: GitOp): GitRepository | undefined {
    const name = repositoryOf(remote);
    if (this.opened.has(name)) return this.opened.get(name);
    const { repositories, world } = this.session;
    const fixture =
      repositories.get(remote) ?? [...repositories].find(([url]) => repositoryOf(url) === name)?.[1];
    const opened = fixture && new GitRepository(fixture, (text) => world.platform.sha256Hex(text));
    this.opened.set(name, opened);
    return opened;
  }

  /** The key is the commit: the one that is asked for, the one that the ref names, or a stand-in for that. */
  resolve(vertex: Vertex, op: GitOp, at: number): SourceAnswer {
    const { options, world, timeline } = this.session;
    const repository = this.open(op);
    if (options.assume && (!repository || keepsGitDir(op)))
      this.session.assumed.set(vertex.digest, [`git:${op.remote}`]);
    if (!repository) {
      if (!options.assume)
        return { at, error: `failed to fetch remote ${op.remote}: no network in the simulation` };
      const ref = op.ref ?? "";
      return {
        at,
        key: keyOf(op, op.checksum ?? world.platform.sha256Hex(`${op.remote}#${ref}`).slice(0, 40)),
      };
    }
    const { output, target, error } = repository.look(op);
    const end = output === "" ? at : at + registryTime(true);
    if (output !== "") timeline.log(vertex.digest, 1, output, end);
    if (!target) return { at: end, error: error ?? "" };
    return { at: end, key: keyOf(op, target.keySha, target.ref) };
  }

  /** The files; without a fixture a checkout of which no file is known: what is copied out of it is taken to be there. */
  checkOut(op: GitOp, at: number): ExecuteAnswer {
    const { session } = this;
    const subdir = subdirOf(op);
    const repository = this.open(op);
    const unknownBase = `${GIT}${op.remote}#${op.ref ?? ""}:${op.subdir ?? ""}`;
    if (!repository)
      return { at, result: this.result(at, at, emptySnapshot(clockAt(session, at)), unknownBase) };
    const { target, error = "" } = repository.look(op);
    if (!target) return { at, error };
    const files = repository.filesOf(target.sha);
    if (!files) return { at: at + registryTime(true), error: missingCommit(op, target.sha) };
    const size = Object.values(files).reduce((sum, file) => sum + roughSize(file), 0);
    const end = at + transferTime(size);
    const tree = checkedOut(files, subdir, clockAt(session, end));
    if ("error" in tree) return { at: end, error: tree.error };
    if (!keepsGitDir(op)) return { at: end, result: this.result(at, end, tree.snapshot) };
    return session.options.assume
      ? { at: end, result: this.result(at, end, tree.snapshot, unknownBase) }
      : { at: end, error: NO_GIT_DIR };
  }

  private result(
    at: number,
    end: number,
    snapshot: StepResult["snapshot"],
    unknownBase?: string,
  ): StepResult {
    return {
      id: this.session.newRef(),
      snapshot,
      layers: undefined,
      createdAt: clockAt(this.session, end),
      duration: end - at,
      ...(unknownBase !== undefined && { assumed: true, unknownBase }),
    };
  }
}

/** What git writes into `.git` (packs, index, times) is its own: no two machines make the same bytes. */
const NO_GIT_DIR = "--keep-git-dir cannot be simulated: only git itself writes the files of .git";

/** With a subdir BuildKit leaves .git out, whatever is asked for. */
function keepsGitDir(op: GitOp): boolean {
  return op.keepGitDir && subdirOf(op) === "";
}

function subdirOf({ subdir = "" }: GitOp): string {
  return joinPath("/", subdir).slice(1);
}

function missingCommit(op: GitOp, sha: string): string {
  const remote = withoutCredentials(op.remote);
  const [what, why] = op.fetchByCommit
    ? ["fetch", `remote error: upload-pack: not our ref ${sha}`]
    : ["checkout", `reference is not a tree: ${sha}`];
  return `failed to ${what} remote ${remote}: git stderr:\nfatal: ${why}\n: exit status 128`;
}

function roughSize(file: string | WrittenFile): number {
  if (typeof file === "string") return file.length;
  return file.size ?? file.text?.length ?? ((file.base64?.length ?? 0) * 3) / 4;
}

/** The key is the commit and what is taken of it, not the repository (`shaToCacheKey`). */
function keyOf(op: GitOp, commit: string, ref?: string): OpJson {
  const json = {
    Commit: commit,
    Subdir: subdirOf(op),
    KeepGitDir: op.keepGitDir,
    Ref: op.keepGitDir ? ref : undefined,
    SkipSubmodules: op.skipSubmodules,
  };
  return { kind: "source", json, text: goJson(json) };
}

/** Of the files of *inputs* that come from a repository nobody knows, the name; it is the `unknownBase` of what they are copied into. */
export function unknownCheckout(inputs: readonly { readonly unknownBase?: string }[]): string | undefined {
  return inputs.find(({ unknownBase }) => unknownBase?.startsWith(GIT))?.unknownBase;
}
