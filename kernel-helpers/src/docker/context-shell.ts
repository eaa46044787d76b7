/** The shell of `%%sh` and `!`: busybox's tools and the `docker` command in the context directory. Never the host's shell. */

import { emptySnapshot } from "../filesystem";
import type { LabContext } from "../build/lab-context";
import type { Content, ReadableFileSystem, WritableFileSystem } from "../platform/files";
import { cleanPath } from "../platform/paths";
import { runCommand, type Tool, type ToolCall } from "../run";
import type { DockerIo } from "./command";
import { docker } from "./docker";
import type { DockerEngine } from "./engine";

/** Where the context stands in the shell's file system. */
export const SHELL_HOME = "/home/learner/app";

export interface ShellOptions {
  /** Command line or script, for `/bin/sh`. */
  readonly script: string;
  readonly engine: DockerEngine;
  readonly context: LabContext;
  /** Seconds since 1970: the time that new files get. */
  readonly now: number;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Further programs by name. */
  readonly tools?: ReadonlyMap<string, Tool>;
  onOutput?(stream: 1 | 2, data: string): void;
  /** Told of every build. */
  built?(record: unknown): void;
}

/** Bytes that the machine takes for busybox: its applets are the shell's programs. No shorter than an ELF header. */
const BUSYBOX = "\u007fELF multi-call binary".padEnd(64, "\0");
const APPLETS = ["sh", "ash"];

/**
 * Runs *script* with the context as the working directory; what it changes there is written to the context before each
 * docker command and at the end. Answers the exit status. Files outside the context are thrown away.
 */
export async function runShell(options: ShellOptions): Promise<number> {
  const { engine, context, now } = options;
  let before = context.files();
  const fs = shellRoot(before, now);
  const save = (): void => {
    const after = fs.snapshot();
    const written = saveChanges(context, before, after, SHELL_HOME, now);
    before = context.files();
    // The context's clock goes on while the shell's stands still: both must say the same time, or the file looks touched later.
    for (const path of written) fs.utimes(SHELL_HOME + path, before.lstat(path)?.mtime ?? now);
  };
  const dockerTool: Tool = async (call) => {
    save();
    const status = await docker(engine, call.args.slice(1), ioOf(options, call));
    load(fs, before, context.files());
    before = context.files();
    return status;
  };
  const tools = new Map<string, Tool>([["docker", dockerTool], ...(options.tools ?? [])]);
  for (const name of tools.keys())
    fs.writeFile(`/usr/local/bin/${name}`, outsideProgram(name), { mode: 0o755, mtime: now });
  const result = await runCommand({
    args: ["/bin/sh", "-c", options.script],
    env: [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HOME=/home/learner",
      "USER=learner",
      "LANG=ko_KR.UTF-8",
      "TERM=dumb",
    ],
    cwd: SHELL_HOME,
    user: "",
    fs,
    hostname: "layerbook",
    network: "none",
    now,
    tools,
    ...(options.signal ? { signal: options.signal } : {}),
    onOutput: (stream, data) => options.onOutput?.(stream, data),
  });
  save();
  if (result.startError !== undefined) options.onOutput?.(2, `${result.startError}\n`);
  return result.exitCode;
}

function ioOf(options: ShellOptions, call: ToolCall): DockerIo {
  const inside = (path: string): string =>
    (path.startsWith("/") ? path : `${call.cwd}/${path}`).replace(/\/\.(?=\/|$)/g, "");
  return {
    out: call.out,
    err: call.err,
    stdin: call.stdin,
    env: (name) => call.env.get(name),
    columns: options.columns,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.built ? { built: (record: unknown) => options.built?.(record) } : {}),
    readFile: (path) =>
      call.fs.stat(inside(path))?.type === "file"
        ? call.fs.readFile(call.fs.realpath(inside(path)) ?? inside(path)).read()
        : undefined,
    writeFile: (path, data) => call.fs.writeFile(inside(path), data, { mode: 0o644 }),
    files: {
      absolute: (path) => cleanPath(inside(path)),
      lstat: (path) => call.fs.lstat(path),
      stat: (path) => call.fs.stat(path),
      readdir: (path) => call.fs.readdir(path),
      realpath: (path) => call.fs.realpath(path),
      read: (path) => call.fs.readFile(path).read(),
      mkdir: (path, mode) => call.fs.mkdir(path, { mode }),
      symlink(target, path) {
        if (call.fs.lstat(path)) call.fs.remove(path);
        call.fs.symlink(target, path);
      },
      write: (path, data, mode) => call.fs.writeFile(path, data, { mode }),
    },
    checkContext(path) {
      const full = inside(path).replace(/\/+$/, "");
      if (full === SHELL_HOME) return undefined;
      if (path === "-")
        return "ERROR: a Dockerfile from standard input is not simulated / 표준 입력의 Dockerfile은 흉내 내지 않습니다. 파일로 저장하고 -f로 고르세요.";
      if (call.fs.stat(full) === undefined)
        return `ERROR: failed to build: unable to prepare context: path "${path}" not found`;
      return `ERROR: only the notebook's context (.) can be built here / 여기서는 노트북의 컨텍스트(.)만 빌드합니다. 폴더 “${path}”을(를) 빌드하려면 %context로 고르세요.`;
    },
  };
}

/** A file that stands for a program from outside: its contents are nobody's business. */
function outsideProgram(name: string): Content {
  return {
    size: 0,
    digest: `program:${name}`,
    read: () => {
      throw Object.assign(new Error(`LB_NO_CONTENT: ${name}`), { code: "LB_NO_CONTENT" });
    },
  };
}

function shellRoot(context: ReadableFileSystem, now: number): WritableFileSystem {
  const fs = emptySnapshot().fork(now);
  const folder = (path: string, mode = 0o755): void => fs.mkdir(path, { recursive: true, mode });
  for (const path of [
    "/bin",
    "/etc",
    "/usr/bin",
    "/usr/local/bin",
    "/root",
    "/dev",
    "/proc",
    "/sys",
    SHELL_HOME,
  ])
    folder(path);
  folder("/tmp");
  fs.chmod("/tmp", 0o1777);
  fs.writeFile("/bin/busybox", BUSYBOX, { mode: 0o755 });
  for (const name of APPLETS) fs.symlink("busybox", `/bin/${name}`);
  fs.writeFile(
    "/etc/passwd",
    "root:x:0:0:root:/root:/bin/sh\nlearner:x:1000:1000:learner:/home/learner:/bin/sh\n",
  );
  fs.writeFile("/etc/group", "root:x:0:\nlearner:x:1000:\n");
  copyTree(fs, context, "/", SHELL_HOME);
  return fs;
}

function copyTree(fs: WritableFileSystem, from: ReadableFileSystem, path: string, to: string): void {
  for (const name of from.readdir(path)) {
    const inner = path === "/" ? `/${name}` : `${path}/${name}`;
    copyEntry(fs, from, inner, `${to}/${name}`);
  }
}

function copyEntry(fs: WritableFileSystem, from: ReadableFileSystem, path: string, to: string): void {
  const stat = from.lstat(path);
  if (stat === undefined) return;
  const { mode, mtime } = stat;
  if (stat.type === "dir") {
    fs.mkdir(to, { mode });
    copyTree(fs, from, path, to);
    fs.chmod(to, mode);
    fs.utimes(to, mtime);
  } else if (stat.type === "symlink") fs.symlink(stat.linkname ?? "", to, { mtime });
  else if (stat.type === "file") {
    fs.writeFile(to, from.readFile(path), { mode, mtime });
    fs.chmod(to, mode);
  }
}

/** Takes over what a docker command changed in the context (`docker build` writes nothing, `docker cp` may). */
function load(fs: WritableFileSystem, before: ReadableFileSystem, after: ReadableFileSystem): void {
  if (before === after) return;
  const visit = (path: string): void => {
    for (const name of after.readdir(path)) {
      const inner = path === "/" ? `/${name}` : `${path}/${name}`;
      const is = after.lstat(inner);
      const was = before.lstat(inner);
      if (is?.type === "dir" && was?.type === "dir") visit(inner);
      else if (is && !isUntouched(before, after, inner)) {
        if (fs.lstat(SHELL_HOME + inner)) fs.remove(SHELL_HOME + inner, { recursive: true });
        copyEntry(fs, after, inner, SHELL_HOME + inner);
      }
    }
  };
  visit("/");
}

/** Did a command leave the entry at *path* alone? */
function isUntouched(before: ReadableFileSystem, after: ReadableFileSystem, path: string): boolean {
  const [was, is] = [before.lstat(path), after.lstat(path)];
  if (is?.type === "file") return isSameFile(before, path, after, path);
  return was?.type === is?.type && was?.mtime === is?.mtime && was?.linkname === is?.linkname;
}

/**
 * Writes the differences between *before* (the context) and the tree at *home* in *after* to the context. Answers the files that
 * got the context's time; those older than *now*, the time of the shell, keep theirs (`touch -d`, `cp -p`).
 */
function saveChanges(
  context: LabContext,
  before: ReadableFileSystem,
  after: ReadableFileSystem,
  home: string,
  now: number,
): readonly string[] {
  const written: string[] = [];
  const visit = (path: string): void => {
    const names = new Set([
      ...(before.lstat(path)?.type === "dir" || path === "/" ? before.readdir(path) : []),
      ...(after.lstat(home + path)?.type === "dir" || path === "/"
        ? after.readdir(path === "/" ? home : home + path)
        : []),
    ]);
    for (const name of names) {
      const inner = path === "/" ? `/${name}` : `${path}/${name}`;
      const was = before.lstat(inner);
      const is = after.lstat(home + inner);
      const relative = inner.slice(1);
      if (is === undefined) {
        if (was !== undefined) context.remove(relative);
        continue;
      }
      if (was !== undefined && was.type !== is.type) context.remove(relative);
      if (is.type === "dir") {
        if (was?.type !== "dir") context.mkdir(relative, { mode: is.mode });
        else if (was.mode !== is.mode) context.chmod(relative, is.mode);
        visit(inner);
      } else if (is.type === "symlink") {
        if (was?.type !== "symlink" || was.linkname !== is.linkname)
          context.symlink(is.linkname ?? "", relative);
      } else if (is.type === "file") {
        if (!isSameFile(before, inner, after, home + inner)) {
          const bytes = after.readFile(home + inner).read();
          const old = was?.type === "file" ? before.readFile(inner).read() : undefined;
          if (old === undefined || !equalBytes(old, bytes)) {
            const mtime = is.mtime < now ? is.mtime : undefined;
            context.write(relative, bytes, { mode: is.mode, ...(mtime === undefined ? {} : { mtime }) });
            if (mtime === undefined) written.push(inner);
          } else if (was?.mtime !== is.mtime) context.touch(relative, is.mtime);
        }
        if (was?.type === "file" && was.mode !== is.mode) context.chmod(relative, is.mode);
      }
    }
  };
  visit("/");
  return written;
}

/** Is it a file in both that nobody wrote to? Time and size cannot tell: a file is often edited in the second in which it was written. */
function isSameFile(
  before: ReadableFileSystem,
  path: string,
  after: ReadableFileSystem,
  otherPath: string,
): boolean {
  const [was, is] = [before.lstat(path), after.lstat(otherPath)];
  if (was?.type !== "file" || is?.type !== "file" || was.mtime !== is.mtime) return false;
  return before.readFile(path) === after.readFile(otherPath);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
