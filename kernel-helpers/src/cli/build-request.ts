/** `layerbook build …` as read from the command line: docker's flags, ours, the directory, secrets and contexts from disk. */

import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";

import type { BuildOptions, ContextChanges, NamedContext, WrittenFile } from "../build/types";
import { BUILD_FLAG_NAMES, parseBuildFlags, type BuildFlags } from "../docker/build-flags";
import { FlagError } from "../docker/flags";
import { suggest } from "../dockerfile/suggest";
import { CliError, usageError } from "./cli-error";
import type { CommandIo } from "./io";
import { isTableForm, type TableForm, tableForm } from "./table-form";

/** Flags of ours beside docker's; all take a value but *strict*. */
const OWN = ["cache-dir", "bases", "table", "strict"] as const;

export interface BuildRequest {
  readonly flags: BuildFlags;
  /** Options for the Lab, with secrets and contexts read. */
  readonly options: BuildOptions;
  /** The context, absolute, symbolic links resolved. */
  readonly directory: string;
  readonly cacheDir?: string;
  readonly bases?: string;
  /** The Dockerfile, when it is no file of the context. */
  readonly outside?: OutsideDockerfile;
  /** Print the layer table on standard output in this form. */
  readonly table?: TableForm;
  /** Unknown commands and bases fail instead of being assumed. */
  readonly strict: boolean;
}

/** A Dockerfile from elsewhere. */
export interface OutsideDockerfile {
  readonly text: string;
  /** Absolute; absent for standard input. */
  readonly path?: string;
  /** Nothing else is in the context (`build -`). */
  readonly alone: boolean;
}

/** Does a build of *args* read standard input: `-f -`, or `-` for PATH? */
export function readsStandardInput(args: readonly string[]): boolean {
  return args.some((word) => word === "-" || /^(-f=?|--file=)-$/.test(word));
}

/**
 * Reads *args*; *defaultPath* stands for a PATH that was not given. With *outside* a Dockerfile may stand outside of the context, or be
 * the text *stdin*. Throws CliError: wrong flags (exit code 2), a directory or file that is not there.
 */
export function readBuildRequest(
  args: readonly string[],
  io: CommandIo,
  defaultPath?: string,
  { outside: mayBeOutside = false, stdin }: { readonly outside?: boolean; readonly stdin?: string } = {},
): BuildRequest {
  const { own, rest } = takeOwn(args);
  const flags = readFlags(rest, io);
  const fromInput = mayBeOutside ? inputDockerfile(flags, stdin) : undefined;
  const directory = fromInput?.alone ? io.cwd : contextDirectory(flags.path ?? defaultPath, io);
  const table = tableForm(own.get("table"), undefined);
  if (flags.outputs.some((output) => !/^type=docker$/.test(output))) {
    throw usageError(
      "LB_OUTPUT",
      {
        ko: `\`--output\`과 \`--push\`로는 내보내지 않습니다: ${flags.outputs.join(" ")}`,
        en: `--output and --push are not carried out: ${flags.outputs.join(" ")}`,
      },
      { ko: "이미지는 레이어북의 저장소에 남습니다.", en: "the image stays in Layerbook's store" },
    );
  }
  const outside =
    fromInput ?? (mayBeOutside ? outsideDockerfile(flags.options.file, directory, io) : undefined);
  const file = outside ? undefined : dockerfilePath(flags.options.file, directory, io);
  const secrets = Object.fromEntries(flags.secrets.flatMap((secret) => readSecret(secret, io)));
  const contexts = Object.fromEntries(
    flags.contexts.map((context) => [context.name, readContext(context, io)]),
  );
  const epoch = io.env["SOURCE_DATE_EPOCH"];
  const { file: _file, ...others } = flags.options;
  return {
    flags,
    options: {
      ...others,
      ...(file === undefined ? {} : { file }),
      ...(flags.secrets.length > 0 ? { secrets } : {}),
      ...(flags.contexts.length > 0 ? { buildContexts: contexts } : {}),
      ...(epoch !== undefined && /^\d+$/.test(epoch) ? { sourceDateEpoch: Number(epoch) } : {}),
    },
    directory,
    cacheDir: own.get("cache-dir"),
    ...(outside && { outside }),
    bases: own.get("bases") === undefined ? undefined : resolve(io.cwd, own.get("bases") ?? ""),
    ...(table !== undefined && { table }),
    strict: own.has("strict"),
  };
}

function takeOwn(args: readonly string[]): { own: ReadonlyMap<string, string>; rest: readonly string[] } {
  const own = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") {
      rest.push(...args.slice(i));
      break;
    }
    const name = OWN.find((one) => word === `--${one}` || word.startsWith(`--${one}=`));
    if (name === undefined) rest.push(word);
    else if (word.includes("=")) own.set(name, word.slice(word.indexOf("=") + 1));
    else if (name === "strict") own.set(name, "true");
    else if (name === "table" && !isTableForm(args[i + 1])) own.set(name, "text");
    else if (i + 1 < args.length) own.set(name, args[++i] ?? "");
    else
      throw usageError("LB_FLAG_VALUE", {
        ko: `\`--${name}\`에 값이 필요합니다.`,
        en: `--${name} needs a value`,
      });
  }
  return { own, rest };
}

function readFlags(args: readonly string[], io: CommandIo): BuildFlags {
  try {
    return parseBuildFlags(args, (name) => io.env[name]);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const near =
      error.code === "LB_UNKNOWN_FLAG"
        ? suggest(error.word, [...BUILD_FLAG_NAMES, ...OWN.map((name) => `--${name}`)])
        : undefined;
    throw usageError(
      error.code,
      error.sentence,
      near === undefined ? undefined : { ko: `혹시 이것입니까? ${near}`, en: `did you mean ${near}?` },
    );
  }
}

function contextDirectory(path: string | undefined, io: CommandIo): string {
  if (path === undefined) {
    throw usageError(
      "LB_ARGUMENTS",
      { ko: "빌드할 디렉터리를 적으세요.", en: "name the directory to build" },
      { ko: "보기: layerbook build -t memo .", en: "example: layerbook build -t memo ." },
    );
  }
  if (path === "-" || /^(https?:\/\/|git@|git:\/\/|ssh:\/\/|github\.com\/)/.test(path)) {
    throw usageError("LB_REMOTE_CONTEXT", {
      ko: `\`${path}\`은 이 기계의 디렉터리가 아닙니다. 표준 입력과 네트워크의 컨텍스트는 받지 않습니다.`,
      en: `"${path}" is no directory of this machine; contexts from standard input or the network are not taken`,
    });
  }
  const absolute = resolve(io.cwd, path);
  try {
    if (!statSync(absolute).isDirectory()) {
      throw new CliError("LB_NO_DIRECTORY", {
        ko: `디렉터리가 아닙니다: ${absolute}`,
        en: `not a directory: ${absolute}`,
      });
    }
    return realpathSync(absolute);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("LB_NO_DIRECTORY", {
      ko: `디렉터리가 없습니다: ${absolute}`,
      en: `no such directory: ${absolute}`,
    });
  }
}

/** The Dockerfile of `-f -` or `build -`. */
function inputDockerfile(flags: BuildFlags, stdin = ""): OutsideDockerfile | undefined {
  const { path, options } = flags;
  if (options.file === "-" && path === "-")
    throw usageError("LB_ARGUMENTS", {
      ko: "표준 입력은 Dockerfile과 컨텍스트 가운데 하나로만 쓸 수 있습니다.",
      en: "invalid argument: can't use stdin for both build context and dockerfile",
    });
  if (options.file !== "-" && path !== "-") return undefined;
  if (path === "-" && options.file === undefined && !/^\u001f\ufffd|\0/.test(stdin))
    return { text: stdin, alone: true };
  if (path === "-")
    throw usageError(
      "LB_REMOTE_CONTEXT",
      {
        ko: "표준 입력의 tar는 컨텍스트로 받지 않습니다. Dockerfile 하나만 줄 수 있습니다.",
        en: "a tar on standard input is not taken as a context; only a Dockerfile alone is",
      },
      {
        ko: "폴더에 풀고 그 폴더를 빌드하세요: layerbook build DIR",
        en: "unpack it and build the folder: layerbook build DIR",
      },
    );
  return { text: stdin, alone: false };
}

/** The Dockerfile of `-f` when it lies outside of *directory*; undefined when it is inside. */
function outsideDockerfile(
  file: string | undefined,
  directory: string,
  io: CommandIo,
): OutsideDockerfile | undefined {
  if (file === undefined) return undefined;
  const path = resolve(io.cwd, file);
  if (insideOf(directory, path) !== undefined) return undefined;
  try {
    return { text: readFileSync(path, "utf8"), path, alone: false };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new CliError(
      "LB_NO_FILE",
      {
        ko: `Dockerfile을 읽을 수 없습니다: ${path} (${code})`,
        en: `cannot read the Dockerfile: ${path} (${code})`,
      },
      { cause: error },
    );
  }
}

/** *path* relative to *directory* with `/`, links followed or not; undefined when it lies outside. */
function insideOf(directory: string, path: string): string | undefined {
  let real = path;
  try {
    real = realpathSync(path);
  } catch {
    // Not there: the build itself says so, in docker's words.
  }
  const inside = [relative(directory, real), relative(directory, path)].find(
    (one) => !one.startsWith("..") && !isAbsolute(one),
  );
  return inside?.split(sep).join("/");
}

/** `-f` is relative to the working directory, as docker's; the library wants it relative to the context. */
function dockerfilePath(file: string | undefined, directory: string, io: CommandIo): string | undefined {
  if (file === undefined) return undefined;
  const absolute = resolve(io.cwd, file);
  const inside = insideOf(directory, absolute);
  if (inside !== undefined) return inside;
  throw new CliError(
    "LB_FILE_OUTSIDE",
    {
      ko: `Dockerfile이 컨텍스트 밖에 있습니다: ${absolute}`,
      en: `the Dockerfile is outside the context: ${absolute}`,
    },
    {
      hint: {
        ko: "컨텍스트 안으로 복사하거나 더 위의 디렉터리를 빌드하세요.",
        en: "copy it into the context, or build a directory further up",
      },
    },
  );
}

function readSecret(secret: BuildFlags["secrets"][number], io: CommandIo): [string, string][] {
  const value = secret.env === undefined ? undefined : io.env[secret.env];
  if (value !== undefined) return [[secret.id, value]];
  if (secret.file === undefined) return [];
  try {
    return [[secret.id, readFileSync(resolve(io.cwd, secret.file), "utf8")]];
  } catch {
    // `--secret id=x` alone may name nothing: the step that needs it then fails as in docker.
    if (secret.env !== undefined) return [];
    throw new CliError("LB_NO_SECRET", {
      ko: `비밀 \`${secret.id}\`의 파일을 읽을 수 없습니다: ${secret.file}`,
      en: `cannot read the file of secret "${secret.id}": ${secret.file}`,
    });
  }
}

function readContext(context: BuildFlags["contexts"][number], io: CommandIo): NamedContext {
  if (context.image !== undefined) return { image: context.image };
  const directory = resolve(io.cwd, context.path ?? "");
  const write: Record<string, WrittenFile> = {};
  const visit = (below: string): void => {
    for (const name of readdirSync(join(directory, below)).sort()) {
      const path = below === "" ? name : `${below}/${name}`;
      const stat = lstatSync(join(directory, path));
      const mode = (stat.mode & 0o7777).toString(8);
      const mtime = Math.floor(stat.mtimeMs / 1000);
      if (stat.isSymbolicLink()) write[path] = { symlink: readlinkSync(join(directory, path)), mtime };
      else if (stat.isDirectory()) {
        write[path] = { directory: true, mode, mtime };
        visit(path);
      } else if (stat.isFile())
        write[path] = { base64: readFileSync(join(directory, path)).toString("base64"), mode, mtime };
    }
  };
  try {
    visit("");
  } catch (error) {
    throw new CliError(
      "LB_NO_DIRECTORY",
      {
        ko: `\`--build-context ${context.name}\`의 디렉터리를 읽을 수 없습니다: ${directory}`,
        en: `cannot read the directory of --build-context ${context.name}: ${directory}`,
      },
      { cause: error },
    );
  }
  return { write } satisfies ContextChanges;
}
