/** COPY and ADD (BuildKit convert_copy.go). */

import type { Linter } from "../dockerfile/checks/linter";
import { copyIgnoredFile } from "../dockerfile/checks/copy-ignored-file";
import type { AddCommand, CopyCommand } from "../dockerfile/command-types";
import { checkDigest } from "../dockerfile/reference";
import type { PatternMatcher } from "../context";
import type { ConvertContext } from "./context";
import { isGitSource, isHttpSource, parseGitRef, type GitRef } from "./git-ref";
import { commit } from "./history";
import { isOwnerByName, parseChmod, type Chmod } from "./modes";
import { expandForDisplay, prefixCommand, uppercaseCommand } from "./names";
import { downloadName, fileNode, mergeNode, sourceNode, type CopyRequest } from "./nodes";
import { cleanPath, joinPath, normalizePath, removeDriveLetter, toSlash } from "./paths";
import { goQuote } from "../dockerfile/go-text";
import { Refusal } from "./refusal";
import { copyTooEarly, type DispatchState } from "./stages";
import { scratch, stateOf, withNode, type Node, type NodeMeta, type State } from "./state";
import { parseUrl } from "./url";

type FileCommand = AddCommand | CopyCommand;

/** What the sources of one instruction have in common. */
interface Copying {
  readonly command: FileCommand;
  readonly name: string;
  readonly os: string;
  /** Of the files copied when a source is a path. */
  readonly from: State;
  readonly shared: Pick<CopyRequest, "action" | "dest" | "chown" | "chmod" | "excludePatterns">;
}

/** Where the destination is; a trailing slash stays. */
function destination(state: DispatchState, path: string, os: string): string {
  const bare = removeDriveLetter(path, os, true);
  return normalizePath(state.state.dir, bare === "." || bare === "" ? "./" : bare, os, true);
}

/** Throws Refusal for a --checksum that cannot be checked. */
function checkChecksum(command: FileCommand): void {
  if (command.kind !== "add" || command.checksum === "") return;
  const [source, ...more] = command.sourcePaths;
  if (source === undefined || more.length > 0) {
    throw new Refusal("checksum can't be specified for multiple sources", "LB_ADD_CHECKSUM");
  }
  if (!isHttpSource(source) && !isGitSource(source)) {
    throw new Refusal("checksum requires HTTP(S) or Git sources", "LB_ADD_CHECKSUM");
  }
}

function refuseForCopy(command: FileCommand, what: string): void {
  if (command.kind === "copy")
    throw new Refusal(`source can't be a ${what} for COPY`, "LB_COPY_REMOTE_SOURCE");
}

function gitCopy({ command, name, shared }: Copying, git: GitRef): CopyRequest {
  refuseForCopy(command, "git ref");
  const flag = command.kind === "add" ? command.keepGitDir : undefined;
  const checksum = command.kind === "add" ? command.checksum : "";
  if (flag !== undefined && git.keepGitDir !== undefined && flag !== git.keepGitDir) {
    throw new Refusal("inconsistent keep-git-dir configuration", "LB_ADD_GIT");
  }
  if (checksum !== "" && git.checksum !== "" && checksum !== git.checksum) {
    throw new Refusal(
      `checksum mismatch ${goQuote(checksum)} != ${goQuote(git.checksum)}`,
      "LB_ADD_CHECKSUM",
    );
  }
  const pinned = git.checksum || checksum;
  const node = sourceNode(
    {
      kind: "git",
      remote: git.remote,
      ...(git.ref === "" ? {} : { ref: git.ref }),
      ...(git.subdir === "" ? {} : { subdir: git.subdir }),
      keepGitDir: git.keepGitDir ?? flag ?? false,
      ...(pinned === "" ? {} : { checksum: pinned }),
      ...(git.submodules === false ? { skipSubmodules: true } : {}),
      ...(git.fetchByCommit ? { fetchByCommit: true } : {}),
    },
    { name },
  );
  return { ...shared, from: stateOf(node), src: "/" };
}

/** What the address of one source says holds for those after it too: BuildKit writes it into the flags of the instruction. */
function afterGit(command: FileCommand, git: GitRef): FileCommand {
  if (command.kind !== "add") return command;
  return {
    ...command,
    ...(git.keepGitDir !== undefined && { keepGitDir: git.keepGitDir }),
    ...(git.checksum !== "" && { checksum: git.checksum }),
  };
}

function httpCopy({ command, name, shared }: Copying, source: string): CopyRequest {
  refuseForCopy(command, "URL");
  const filename = downloadName(parseUrl(source)?.path ?? "");
  const checksum = command.kind === "add" ? command.checksum : "";
  const problem = checksum === "" ? undefined : checkDigest(checksum);
  if (problem !== undefined) throw new Refusal(problem, "LB_ADD_CHECKSUM");
  const node = sourceNode(
    { kind: "http", url: source, filename, ...(checksum === "" ? {} : { checksum }) },
    { name },
  );
  const attemptUnpack = command.kind === "add" && command.unpack === true;
  return { ...shared, from: stateOf(node), src: filename, attemptUnpack };
}

function hasWildcard(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    if ("*?[".includes(path[i] as string)) return true;
    if (path[i] === "\\") i++;
  }
  return false;
}

function pathCopy({ command, os, from, shared }: Copying, source: string): CopyRequest {
  let src = source;
  let includePatterns: readonly string[] | undefined;
  let requiredPaths: readonly string[] | undefined;
  if (command.kind === "copy" && command.parents) {
    // What stands before /./ is not repeated in the destination.
    const pivot = source.indexOf("/./");
    src = pivot === -1 ? "/" : source.slice(0, pivot);
    const pattern = normalizePath("/", pivot === -1 ? source : source.slice(pivot + 3), os, false);
    includePatterns = [pattern.replace(/^\//, "")];
    requiredPaths =
      hasWildcard(src) || hasWildcard(pattern) ? [] : [normalizePath("/", joinPath(src, pattern), os, false)];
  }
  const { dest, chown, chmod, excludePatterns } = shared;
  return {
    action: "copy",
    dest,
    chown,
    chmod,
    excludePatterns,
    includePatterns,
    requiredPaths,
    from,
    src: normalizePath("/", src, os, false),
    followSymlink: true,
    dirCopyContents: true,
    attemptUnpack: command.kind === "add" && (command.unpack ?? true),
    allowWildcard: true,
  };
}

/** Warns of a source that .dockerignore excludes; not when it has exceptions, for then nothing can be said without the files. */
function checkIgnored(
  command: FileCommand,
  source: string,
  matcher: PatternMatcher | undefined,
  patterns: readonly string[],
  lint: Linter,
): void {
  if (matcher === undefined || matcher.hasExclusions) return;
  const path = cleanPath(source);
  const isRoot = path === "." || path === "/";
  if (isRoot && !patterns.some((pattern) => ["*", "**", "**/*"].includes(pattern))) return;
  let ignored: boolean;
  try {
    ignored = matcher.matchesOrParentMatches(path);
  } catch {
    // BuildKit drops the error of a pattern that turns out to be malformed only now.
    return;
  }
  if (ignored) lint.run(copyIgnoredFile, command.lines, command.kind === "add" ? "Add" : "Copy", path);
}

function inlineCopies({ command, os, shared }: Copying): CopyRequest[] {
  return command.sourceContents.map(({ path, data }) => {
    const node = fileNode(scratch, [{ action: "mkfile", path, mode: 0o644, data }], {
      name: "[internal] preparing inline document",
      internal: true,
    });
    return { ...shared, from: stateOf(node), src: toSlash(path, os) };
  });
}

/** `COPY --chown=… --chmod=… a b /dest`, as the history shows it. */
function historyText(command: FileCommand): string {
  return [
    command.kind === "add" ? "ADD" : "COPY",
    ...(command.kind === "copy" && command.parents ? ["--parents"] : []),
    ...(command.chown === "" ? [] : ["--chown=" + command.chown]),
    ...(command.chmod === "" ? [] : ["--chmod=" + command.chmod]),
    ...command.sourcePaths,
    ...command.sourceContents.map((file) => "<<" + file.path),
    command.destPath,
  ].join(" ");
}

/** `--link`: a copy into an empty root and a merge, shown as one step. */
function linkedNode(
  state: DispatchState,
  requests: readonly CopyRequest[],
  meta: NodeMeta,
  label: () => string,
): Node | null {
  const group = { id: `${state.stageName || "stage"}#${state.commandIndex}`, name: meta.name };
  const copy = fileNode(scratch, requests, { ...meta, progressGroup: { ...group, weak: true } });
  return mergeNode([state.state, stateOf(copy)], {
    ...meta,
    name: label(),
    progressGroup: { ...group, weak: false },
  });
}

function noteUse(state: DispatchState, command: FileCommand, source: DispatchState | undefined): void {
  for (const path of command.sourcePaths) {
    if (command.kind === "add" && (path.startsWith("http://") || path.startsWith("https://"))) continue;
    (source === undefined ? state.contextPaths : source.paths).add(joinPath("/", path));
  }
}

/** Adds the step. Throws Refusal. */
export function dispatchCopy(
  context: ConvertContext,
  state: DispatchState,
  command: FileCommand,
  sources: readonly DispatchState[],
  lint: Linter,
): Node {
  const source = sources[0];
  if (command.kind === "copy" && source !== undefined && !source.dispatched)
    throw copyTooEarly(command.from, state.stageName);
  const platform = state.platform ?? context.targetPlatform;
  const dest = destination(state, command.destPath, platform.os);
  if (command.link && command.chown !== "" && isOwnerByName(command.chown)) {
    throw new Refusal(
      `--chown=${command.chown}: user and group names can't be resolved when used with --link, use numeric uid[:gid] instead`,
      "LB_COPY_LINK_CHOWN",
    );
  }
  const chmod: Chmod | undefined = command.chmod === "" ? undefined : parseChmod(command.chmod);
  checkChecksum(command);

  const { env } = state.state;
  const text = uppercaseCommand(expandForDisplay(command.original, env, context.escape));
  const name = prefixCommand(state, text, platform, env);
  const copying: Copying = {
    command,
    name,
    os: platform.os,
    from: source === undefined ? context.buildContext : source.state,
    shared: {
      action: "copy",
      dest,
      ...(command.chown === "" ? {} : { chown: command.chown }),
      ...(chmod === undefined ? {} : { chmod }),
      ...(command.excludePatterns.length === 0 ? {} : { excludePatterns: command.excludePatterns }),
    },
  };
  let current = copying;
  const requests: CopyRequest[] = command.sourcePaths.map((path) => {
    const git = parseGitRef(path);
    if (git !== undefined) {
      const request = gitCopy(current, git);
      current = { ...current, command: afterGit(current.command, git) };
      return request;
    }
    if (isHttpSource(path)) return httpCopy(current, path);
    if (source === undefined)
      checkIgnored(command, path, context.ignoreMatcher, context.ignorePatterns, lint);
    return pathCopy(copying, path);
  });
  requests.push(...inlineCopies(copying));

  const meta: NodeMeta = {
    name,
    ignoreCache: state.ignoreCache,
    source: { stage: state.stageName, instruction: command.kind.toUpperCase(), range: command.range },
  };
  let node: Node | null;
  if (command.link && command.chmod === "") {
    node = linkedNode(state, requests, meta, () => {
      state.commandIndex--;
      return prefixCommand(state, "LINK " + text, platform, env);
    });
  } else {
    node = fileNode(state.state, requests, meta);
  }
  // The copy is never scratch, so that there is always something left of a merge.
  const result = node as Node;
  state.state = withNode(state.state, result);
  commit(context, state, historyText(command), result, true);
  noteUse(state, command, source);
  return result;
}
