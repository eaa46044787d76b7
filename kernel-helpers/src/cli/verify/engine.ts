/** A real builder: `buildctl` with a BuildKit that answers, or `docker buildx`. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import type { BuildRequest } from "../build-request";
import { CliError, type Sentence } from "../cli-error";
import type { CommandIo } from "../io";
import { RawProgress, type RealBuild } from "./rawjson";

/** One build that a real builder is asked for. */
export interface EngineBuild {
  /** The context, absolute. */
  readonly directory: string;
  readonly request: BuildRequest;
  readonly noCache: boolean;
  /** Seconds since 1970; timestamps of layers are rewritten to it. */
  readonly epoch: number;
  /** Where the OCI tar goes, absolute. */
  readonly output: string;
}

export interface Engine {
  /** `buildctl`, `docker buildx`. */
  readonly name: string;
  /** What it says of itself. */
  readonly version: string;
  /** Rejects only when the program cannot be run, and at Ctrl-C. */
  build(build: EngineBuild): Promise<RealBuild>;
}

export interface EngineChoice {
  /** `unix:///run/buildkit/buildkitd.sock`, `tcp://…`. */
  readonly addr?: string | undefined;
  /** Path of the program. Default: found in PATH. */
  readonly buildctl?: string | undefined;
}

const DEFAULT_ADDR = "unix:///run/buildkit/buildkitd.sock";

/** The builder at hand. Throws CliError `LB_NO_ENGINE`: one sentence about what is missing. */
export async function findEngine(choice: EngineChoice, io: CommandIo): Promise<Engine> {
  const program = choice.buildctl ?? "buildctl";
  const addr = choice.addr ?? io.env["BUILDKIT_HOST"];
  const buildctl = await tryRun(program, ["--version"], io);
  if (buildctl !== undefined) {
    const address = addr ?? DEFAULT_ADDR;
    const info = await tryRun(program, ["--addr", address, "debug", "info"], io);
    if (info !== undefined) return buildctlEngine(program, address, firstLine(buildctl, info), io);
    if (addr !== undefined) {
      throw noEngine(
        `buildctl은 있지만 ${address}에서 BuildKit이 대답하지 않습니다.`,
        `buildctl is here, but no BuildKit answers at ${address}`,
      );
    }
  } else if (addr !== undefined) {
    throw noEngine(
      `${addr}에 물어볼 buildctl이 없습니다(${program}).`,
      `there is no buildctl to ask ${addr} with (${program})`,
    );
  }
  const buildx = await tryRun("docker", ["buildx", "version"], io);
  if (buildx === undefined) {
    throw noEngine(
      "비교할 실제 엔진이 없습니다: docker buildx도, 실행 중인 BuildKit에 닿는 buildctl도 없습니다.",
      "there is no real engine to compare with: neither docker buildx, nor a buildctl that reaches a running BuildKit",
    );
  }
  const builder = await tryRun("docker", ["buildx", "inspect", "--bootstrap"], io);
  // It answers in peace, too, when there is no engine behind it.
  if (builder === undefined || !/^Status:\s*running/m.test(builder)) {
    throw noEngine(
      "docker buildx는 있지만 Docker 엔진이 대답하지 않습니다.",
      "docker buildx is here, but the Docker engine does not answer",
    );
  }
  return buildxEngine(buildx.split("\n")[0] ?? "", io);
}

function noEngine(ko: string, en: string, hint?: Sentence): CliError {
  return new CliError(
    "LB_NO_ENGINE",
    { ko, en },
    {
      hint: hint ?? {
        ko: "BuildKit이 있으면: layerbook verify --addr unix:///run/buildkit/buildkitd.sock . (또는 BUILDKIT_HOST)",
        en: "with a BuildKit at hand: layerbook verify --addr unix:///run/buildkit/buildkitd.sock . (or BUILDKIT_HOST)",
      },
    },
  );
}

const firstLine = (version: string, info: string): string => {
  const daemon = /BuildKit:\s*(.+)/.exec(info)?.[1]?.trim();
  return `${version.split("\n")[0] ?? ""}${daemon === undefined ? "" : `; daemon ${daemon}`}`;
};

function buildctlEngine(program: string, addr: string, version: string, io: CommandIo): Engine {
  return {
    name: "buildctl",
    version,
    build: (build) => runBuild(program, buildctlArgs(addr, build), build, io),
  };
}

function buildxEngine(version: string, io: CommandIo): Engine {
  return {
    name: "docker buildx",
    version,
    build: (build) => runBuild("docker", buildxArgs(build), build, io),
  };
}

/** The command line for buildctl: the frontend's options by their names (frontend/dockerui/config.go). */
export function buildctlArgs(
  addr: string,
  { directory, request, noCache, epoch, output }: EngineBuild,
): string[] {
  const { options, flags } = request;
  const opts: string[] = [];
  const opt = (name: string, value: string | undefined): void => {
    if (value !== undefined) opts.push("--opt", `${name}=${value}`);
  };
  opt("filename", options.file);
  opt("target", options.target);
  for (const [name, value] of Object.entries(options.buildArgs ?? {})) opt(`build-arg:${name}`, value);
  for (const [name, value] of Object.entries(options.labels ?? {})) opt(`label:${name}`, value);
  opt("platform", options.platform);
  if (options.addHosts)
    opt(
      "add-hosts",
      Object.entries(options.addHosts)
        .map((pair) => pair.join("="))
        .join(","),
    );
  if (options.pull) opt("image-resolve-mode", "pull");
  opt("force-network-mode", options.network);
  opt("ulimit", options.ulimit?.join(","));
  opt("shm-size", options.shmSize === undefined ? undefined : String(options.shmSize));
  opt("hostname", options.hostname);
  opt("cgroup-parent", options.cgroupParent);
  if (noCache || options.noCache) opt("no-cache", "");
  else if (options.noCacheFilter?.length) opt("no-cache", options.noCacheFilter.join(","));
  opt("build-arg:SOURCE_DATE_EPOCH", String(epoch));
  const locals = ["--local", `context=${directory}`, "--local", `dockerfile=${directory}`];
  for (const { name, image, path } of flags.contexts) {
    if (image !== undefined) opt(`context:${name}`, imageContext(image));
    else {
      opt(`context:${name}`, `local:${name}`);
      locals.push("--local", `${name}=${path ?? ""}`);
    }
  }
  const secrets = flags.secrets.flatMap(({ id, file, env }) => [
    "--secret",
    env === undefined ? `id=${id},src=${file ?? id}` : `id=${id},env=${env}`,
  ]);
  return [
    "--addr",
    addr,
    "build",
    "--frontend",
    "dockerfile.v0",
    "--progress",
    "rawjson",
    "--output",
    `type=oci,dest=${output},rewrite-timestamp=true`,
    ...locals,
    ...opts,
    ...secrets,
    ...(options.allow ?? []).flatMap((name) => ["--allow", name]),
  ];
}

/** The command line for docker buildx. */
export function buildxArgs({ directory, request, noCache, epoch, output }: EngineBuild): string[] {
  const { options, flags } = request;
  const pairs = (
    flag: string,
    values: Readonly<Record<string, string>> | undefined,
    sign: string,
  ): string[] => Object.entries(values ?? {}).flatMap(([name, value]) => [flag, `${name}${sign}${value}`]);
  const single = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [flag, String(value)];
  return [
    "buildx",
    "build",
    "--progress",
    "rawjson",
    "--provenance=false",
    "--sbom=false",
    "--output",
    `type=oci,dest=${output},rewrite-timestamp=true`,
    ...(options.file === undefined ? [] : ["-f", `${directory}/${options.file}`]),
    ...single("--target", options.target),
    ...pairs("--build-arg", options.buildArgs, "="),
    ...pairs("--label", options.labels, "="),
    ...single("--platform", options.platform),
    ...pairs("--add-host", options.addHosts, "="),
    ...(options.pull ? ["--pull"] : []),
    ...single("--network", options.network),
    ...(options.ulimit ?? []).flatMap((limit) => ["--ulimit", limit]),
    ...single("--shm-size", options.shmSize),
    ...single("--cgroup-parent", options.cgroupParent),
    ...(noCache || options.noCache ? ["--no-cache"] : []),
    ...(options.noCacheFilter ?? []).flatMap((stage) => ["--no-cache-filter", stage]),
    ...flags.contexts.flatMap(({ name, image, path }) => [
      "--build-context",
      `${name}=${image === undefined ? (path ?? "") : imageContext(image)}`,
    ]),
    ...flags.secrets.flatMap(({ id, file, env }) => [
      "--secret",
      env === undefined ? `id=${id},src=${file ?? id}` : `id=${id},env=${env}`,
    ]),
    ...(options.allow ?? []).flatMap((name) => ["--allow", name]),
    "--build-arg",
    `SOURCE_DATE_EPOCH=${epoch}`,
    directory,
  ];
}

function imageContext(image: string): string {
  return image.includes("://") ? image : `docker-image://${image}`;
}

function runBuild(
  program: string,
  args: readonly string[],
  build: EngineBuild,
  io: CommandIo,
): Promise<RealBuild> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: io.cwd,
      env: { ...io.env, SOURCE_DATE_EPOCH: String(build.epoch) },
      stdio: ["ignore", "ignore", "pipe"],
      signal: io.signal,
    });
    const progress = new RawProgress();
    const lines = createInterface({ input: child.stderr });
    lines.on("line", (line) => progress.line(line));
    const read = new Promise<void>((done) => lines.once("close", done));
    child.on("error", reject);
    child.on("close", (code) => {
      void read.then(() => {
        const real = progress.end(code ?? 1);
        if (/OCI exporter is not supported for the docker driver/.test(real.error ?? ""))
          reject(
            noEngine(
              "지금의 buildx 빌더(docker 드라이버)는 이미지를 OCI로 내보내지 못해 비교할 수 없습니다.",
              "the present buildx builder (driver docker) cannot write OCI images, so that there is nothing to compare",
              {
                ko: "다른 빌더를 고르세요: docker buildx create --use (또는 Docker의 containerd 이미지 저장소를 켜세요)",
                en: "choose another builder: docker buildx create --use (or turn on Docker's containerd image store)",
              },
            ),
          );
        else resolve(real);
      });
    });
  });
}

/** Output of a program; undefined when it is not there or fails. */
function tryRun(program: string, args: readonly string[], io: CommandIo): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...io.env },
      cwd: io.cwd,
      timeout: 20_000,
      signal: io.signal,
    });
    let out = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.resume();
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? out : undefined));
  });
}
