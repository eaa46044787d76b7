/** Several images at once: a compose or bake file, several Dockerfiles, or all that a folder holds; as requests to build. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

import { BARE_BUILD_FLAGS } from "../../docker/build-flags";
import {
  chosenTargets,
  PLAIN_TARGET,
  type Project,
  ProjectError,
  type ProjectTarget,
  readBake,
  readCompose,
} from "../../docker/project";
import { parseDockerfile } from "../../dockerfile";
import { type BuildRequest, readBuildRequest } from "../build-request";
import { CliError, usageError } from "../cli-error";
import type { CommandIo } from "../io";

/** One image of a project, ready to be built. */
export interface TargetRequest {
  readonly name: string;
  readonly request: BuildRequest;
  /** The Dockerfile's text, when it is no file of the context: the context is then read into memory. */
  readonly dockerfile?: string;
  /** Where the Dockerfile stands, absolute; absent when the project file itself holds it. */
  readonly path?: string;
  /** There is no context but this Dockerfile (`docker build -`). */
  readonly alone?: boolean;
  /** Another Dockerfile of the project has the same context. */
  readonly shared?: boolean;
  /** The name by which other targets take its files. */
  readonly tag: string;
}

/** A project that the command line names. */
export interface ProjectRequest {
  readonly project: Project;
  /** In the order in which they are built. */
  readonly targets: readonly TargetRequest[];
  /** The folder that paths are shown relative to. */
  readonly root: string;
  /** The project file (compose, bake), absolute: where inline Dockerfiles stand. */
  readonly file?: string;
}

const PROJECT_FILE = /\.(?:ya?ml|hcl|json)$/i;
const DOCKERFILE = /^(?:(?:Docker|Container)file(?:\..+)?|.+\.(?:Docker|Container)file)$/i;
const PASSED_OVER = new Set(["node_modules", "vendor", "dist", "build", "target", "__pycache__", "venv"]);
const DEEPEST = 6;

interface Split {
  readonly files: readonly string[];
  readonly all: boolean;
  /** What is no flag. */
  readonly names: readonly string[];
  /** Flags that hold for every image. */
  readonly flags: readonly string[];
}

/** Flags of ours that stand alone, or with a form behind them. */
const BARE = new Set([...BARE_BUILD_FLAGS, "--strict", "--watch", "--all"]);

function split(args: readonly string[]): Split {
  const files: string[] = [];
  const names: string[] = [];
  const flags: string[] = [];
  let all = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const glued = /^(?:--file=|-f=?(?=.))([^]+)$/.exec(word)?.[1];
    if (glued !== undefined) files.push(glued);
    else if (word === "-f" || word === "--file") files.push(args[++i] ?? "");
    else if (word === "--all") all = true;
    else if (word === "--table" && !/^(?:text|markdown|html|json)$/.test(args[i + 1] ?? "")) flags.push(word);
    else if (!word.startsWith("-") || word === "-") names.push(word);
    else {
      flags.push(word);
      if (!word.includes("=") && !BARE.has(word) && i + 1 < args.length) flags.push(args[++i]!);
    }
  }
  return { files, all, names, flags };
}

/** The project that *args* name; undefined when they ask for one Dockerfile, as docker's do. Throws CliError. */
export function readProject(args: readonly string[], io: CommandIo): ProjectRequest | undefined {
  const parts = split(args);
  const { files, all, names, flags } = parts;
  const projectFiles = files.filter((file) => PROJECT_FILE.test(file) && !DOCKERFILE.test(basename(file)));
  if (!all && projectFiles.length === 0 && files.length < 2) return undefined;
  try {
    if (all)
      return requests(everyDockerfile(names[0] ?? ".", io), [], flags, resolve(io.cwd, names[0] ?? "."), io);
    if (projectFiles.length === 0) {
      const root = resolve(io.cwd, names[0] ?? ".");
      return requests(dockerfiles(files, root, io), [], flags, root, io);
    }
    if (projectFiles.length !== files.length) {
      throw usageError("LB_ARGUMENTS", {
        ko: "Dockerfile과 compose·bake 파일을 함께 줄 수 없습니다.",
        en: "Dockerfiles and compose or bake files cannot be given together",
      });
    }
    const folder = dirname(resolve(io.cwd, projectFiles[0]!));
    const read = fromFiles(projectFiles, folder, io);
    const project = read.kind === "bake" ? whereBakeLooks(read, folder, io) : { ...read, root: folder };
    return {
      ...requests(project, names, flags, project.root, io),
      file: resolve(io.cwd, projectFiles[0]!),
    };
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    const where = error.line ? ` (${error.line}번째 줄)` : "";
    const at = error.line ? ` (line ${error.line})` : "";
    throw new CliError(
      error.code,
      { ko: error.sentence.ko + where, en: error.sentence.en + at },
      { exitCode: error.code === "LB_NO_TARGET" ? 2 : 1, cause: error },
    );
  }
}

function fromFiles(files: readonly string[], root: string, io: CommandIo): Project {
  const texts = files.map((file) => {
    try {
      return readFileSync(resolve(io.cwd, file), "utf8");
    } catch (error) {
      throw new CliError(
        "LB_NO_FILE",
        { ko: `파일을 읽을 수 없습니다: ${file}`, en: `cannot read the file: ${file}` },
        { cause: error },
      );
    }
  });
  const isBake = files.some((file) => /\.(?:hcl|json)$/i.test(file));
  if (isBake)
    return readBake(
      texts,
      (name) => io.env[name],
      () => Date.now(),
    );
  const dotEnv = readDotEnv(join(root, ".env"));
  return readCompose(texts, (name) => io.env[name] ?? dotEnv.get(name), projectName(root));
}

/** Paths in a bake file start where bake is called. When its Dockerfiles are only found beside the file, they start there, and a note says so. */
function whereBakeLooks(
  project: Project,
  folder: string,
  io: CommandIo,
): Project & { readonly root: string } {
  const isWhole = (root: string): boolean =>
    project.targets.every(
      ({ context, dockerfile = "Dockerfile", inline }) =>
        inline !== undefined ||
        /^[a-z]+:\/\//i.test(context) ||
        existsSync(resolve(root, context, dockerfile)),
    );
  if (resolve(io.cwd) === folder || isWhole(io.cwd) || !isWhole(folder))
    return { ...project, root: resolve(io.cwd) };
  const note = {
    ko: `bake 파일이 있는 폴더(${folder})를 경로의 시작으로 봅니다. docker buildx bake는 명령을 실행한 폴더에서 찾습니다.`,
    en: `paths are taken from the folder of the bake file (${folder}); docker buildx bake takes them from where it is called`,
  };
  return { ...project, notes: [...project.notes, note], root: folder };
}

/** As compose names a project after its folder. */
function projectName(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
  return name === "" ? "app" : name;
}

/** `NAME=value` lines of a `.env`; quotes are taken off. */
function readDotEnv(path: string): Map<string, string> {
  const values = new Map<string, string>();
  if (!existsSync(path)) return values;
  for (const line of readFileSync(path, "utf8").split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (!match || line.trimStart().startsWith("#")) continue;
    const [, name = "", value = ""] = match;
    const quoted = /^(["'])([^]*)\1$/.exec(value);
    values.set(name, quoted ? quoted[2]! : value.replace(/\s+#.*$/, ""));
  }
  return values;
}

/** `-f a/Dockerfile -f b/Dockerfile PATH`. */
function dockerfiles(files: readonly string[], root: string, io: CommandIo): Project {
  const names = new Map<string, number>();
  return {
    kind: "dockerfiles",
    groups: {},
    notes: [],
    targets: files.map((file): ProjectTarget => {
      const full = resolve(io.cwd, file);
      const short = relative(root, full) || basename(full);
      const count = (names.get(short) ?? 0) + 1;
      names.set(short, count);
      return {
        ...PLAIN_TARGET,
        name: count > 1 ? `${short} (${count})` : short,
        context: root,
        dockerfile: full,
      };
    }),
  };
}

/** Every Dockerfile below *folder*. Its context is its own folder when all that it copies is there, else the whole. */
function everyDockerfile(folder: string, io: CommandIo): Project {
  const root = resolve(io.cwd, folder);
  const found: string[] = [];
  const visit = (directory: string, depth: number): void => {
    let entries;
    try {
      entries = readdirSync(directory, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !entry.name.startsWith(".") && !PASSED_OVER.has(entry.name))
          visit(join(directory, entry.name), depth + 1);
      } else if (entry.isFile() && DOCKERFILE.test(entry.name) && !entry.name.endsWith(".dockerignore"))
        found.push(join(directory, entry.name));
    }
  };
  visit(root, 0);
  if (found.length === 0) {
    throw new CliError("LB_NO_DOCKERFILE", {
      ko: `Dockerfile이 없습니다: ${root}`,
      en: `there is no Dockerfile below ${root}`,
    });
  }
  return {
    kind: "dockerfiles",
    groups: {},
    notes: [],
    targets: found.map((file): ProjectTarget => {
      const own = dirname(file);
      return {
        ...PLAIN_TARGET,
        name: (basename(file) === "Dockerfile" && relative(root, own)) || relative(root, file),
        context: own !== root && !hasSources(file, own) && hasSources(file, root) ? root : own,
        dockerfile: file,
      };
    }),
  };
}

/** Are the files that the Dockerfile copies from its context in *folder*? Patterns are taken for being there. */
function hasSources(file: string, folder: string): boolean {
  const parsed = parseDockerfile(readFileSync(file, "utf8"));
  if (!("nodes" in parsed)) return true;
  return parsed.nodes.every(({ keyword, flags, args }) => {
    if (!/^(?:COPY|ADD)$/i.test(keyword) || flags.some((flag) => flag.startsWith("--from="))) return true;
    return args.slice(0, -1).every((source) => {
      if (/[*?[$]|^<<|:\/\//.test(source)) return true;
      return existsSync(join(folder, source));
    });
  });
}

function requests(
  project: Project,
  names: readonly string[],
  flags: readonly string[],
  root: string,
  io: CommandIo,
): ProjectRequest {
  const chosen = chosenTargets(project, names);
  const tagOf = (name: string): string =>
    `layerbook.local/${name.toLowerCase().replace(/[^a-z0-9._/-]+/g, "-")}`;
  const needed = new Set(
    chosen.flatMap(({ contexts }) =>
      Object.values(contexts).flatMap((source) =>
        source.startsWith("target:") ? [source.slice("target:".length)] : [],
      ),
    ),
  );
  const fileOf = ({ context, dockerfile = "Dockerfile" }: ProjectTarget): string =>
    resolve(root, context, dockerfile);
  const targets = chosen.map((target): TargetRequest => {
    const context = resolve(root, target.context);
    const path = /^[a-z]+:\/\/|^git@/i.test(target.context) ? target.context : context;
    const file = target.dockerfile === undefined ? undefined : fileOf(target);
    const isOutside = file !== undefined && relative(context, file).startsWith("..");
    const args = [
      ...(file === undefined || isOutside || target.inline !== undefined ? [] : ["-f", file]),
      ...(target.target === undefined ? [] : ["--target", target.target]),
      ...pairs("--build-arg", target.args),
      ...pairs("--label", target.labels),
      ...target.tags.flatMap((tag) => ["-t", tag]),
      ...(needed.has(target.name) ? ["-t", tagOf(target.name)] : []),
      ...(target.platforms.length > 0 ? ["--platform", target.platforms.join(",")] : []),
      ...Object.entries(target.contexts).flatMap(([name, source]) => [
        "--build-context",
        `${name}=${
          source.startsWith("target:")
            ? `docker-image://${tagOf(source.slice("target:".length))}`
            : /^[a-z-]+:\/\//.test(source)
              ? source
              : resolve(root, source)
        }`,
      ]),
      ...target.secrets.flatMap((secret) => [
        "--secret",
        secret.replace(
          /(^|,)(src|source)=([^,]+)/,
          (_, comma: string, key: string, at: string) => `${comma}${key}=${resolve(root, at)}`,
        ),
      ]),
      ...target.addHosts.flatMap((host) => ["--add-host", host]),
      ...(target.noCache ? ["--no-cache"] : []),
      ...(target.pull ? ["--pull"] : []),
      ...(target.network === undefined ? [] : ["--network", target.network]),
      ...(target.shmSize === undefined ? [] : ["--shm-size", target.shmSize]),
      ...flags,
      path,
    ];
    const dockerfile = target.inline ?? (isOutside ? textOf(file) : undefined);
    return {
      name: target.name,
      request: readBuildRequest(args, io),
      tag: tagOf(target.name),
      shared: project.targets.some(
        (other) =>
          resolve(root, other.context) === context &&
          (other.inline !== target.inline || fileOf(other) !== fileOf(target)),
      ),
      ...(target.inline === undefined && { path: fileOf(target) }),
      ...(dockerfile !== undefined && { dockerfile }),
    };
  });
  return { project, targets, root };
}

/** An argument without a value is taken from the environment, as docker does. */
function pairs(flag: string, values: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [flag, value === null ? key : `${key}=${value}`]);
}

function textOf(file: string): string {
  try {
    if (statSync(file).isFile()) return readFileSync(file, "utf8");
  } catch {
    // Told below.
  }
  throw new CliError("LB_NO_FILE", {
    ko: `Dockerfile이 없습니다: ${file}`,
    en: `no such Dockerfile: ${file}`,
  });
}
