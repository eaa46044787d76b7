/** `layerbook verify`: builds with the simulator and with a real engine, twice with an edit in between, and compares step by step. */

import {
  appendFileSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";

import { DirectoryContext } from "../../build/directory-context";
import { layerEntry } from "../../build/layer-entries";
import { importImages, openArchive } from "../../image";
import { readTar } from "../../filesystem";
import { Lab } from "../../lab";
import { nodeMachine } from "../../lab-node";
import { fileSource, nodePlatform, openWritableDirectory } from "../../platform/node";
import { type BuildRequest, readBuildRequest } from "../build-request";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { openSpool } from "../import-files";
import { say, type CommandIo } from "../io";
import { openLab } from "../open-lab";
import { packageVersion } from "../version";
import { compareBuilds, entryLine, type RealImage, type Row } from "../verify/compare";
import { type Engine, findEngine } from "../verify/engine";
import { type Compared, renderReport, renderRows } from "../verify/report";

export const help: CommandModule["help"] = {
  ko: `
PATH를 레이어북으로도, 실제 엔진으로도 빌드합니다. 한 번, 그리고 파일 하나를 고친 뒤 또 한 번. 단계마다, 항목마다 나란히 보여 줍니다.
다른 것이 있으면 끝 코드가 1이고, 이슈에 붙일 보고서를 씁니다. 원본은 고치지 않습니다(임시 폴더의 사본을 빌드). docker build의 옵션을 그대로 씁니다.

  --addr ADDR          BuildKit의 주소 (기본값: BUILDKIT_HOST, 없으면 unix:///run/buildkit/buildkitd.sock)
  --buildctl PROGRAM   buildctl의 경로 (기본값: PATH에서 찾음). 없으면 docker buildx를 씁니다
  --edit FILE          두 빌드 사이에 고칠 파일 (기본값: 가장 최근에 고친 파일). 끝에 눈에 보이지 않는 빈칸이 붙습니다
  --report FILE        보고서 (기본값: layerbook-verify.md, 다른 것이 있을 때만 씀)
  --bases DIR          FROM이 찾는 OCI 이미지가 있는 폴더
  --cache-dir DIR      가져온 이미지가 있는 곳

베이스의 내용을 모르면(카탈로그) 레이어는 비교하지 않습니다. 먼저 받아 두세요: layerbook pull IMAGE
`,
  en: `
Builds PATH with Layerbook and with a real engine: once, and once more after an edit of one file. Shows both side by side, step by step, field by field.
Where they differ, the exit code is 1 and a report to attach to an issue is written. Your files stay as they are: a copy is built. Takes the options of docker build.

  --addr ADDR          address of BuildKit (default: BUILDKIT_HOST, else unix:///run/buildkit/buildkitd.sock)
  --buildctl PROGRAM   path of buildctl (default: found in PATH). Without one, docker buildx is used
  --edit FILE          file to edit between the builds (default: the one changed last); invisible blanks are added to its end
  --report FILE        the report (default: layerbook-verify.md; only written where something differs)
  --bases DIR          folder of OCI images that FROM finds
  --cache-dir DIR      where imported images are

With a base whose contents are not known (catalog), layers are not compared. Fetch it first: layerbook pull IMAGE
`,
};

/** 2025-01-01: what timestamps are rewritten to in both, so that layers can be compared. */
const EPOCH = 1735689600;
const OWN = ["addr", "buildctl", "edit", "report"] as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { own, rest } = takeOwn(args);
  const request = readBuildRequest(rest, io);
  const { options } = request;
  if (
    options.check ||
    options.cacheFrom ||
    options.cacheTo ||
    options.platform?.includes(",") ||
    options.ssh
  ) {
    throw usageError("LB_NOT_COMPARED", {
      ko: "--check, --cache-from, --cache-to, --ssh와 여러 플랫폼은 비교하지 않습니다.",
      en: "--check, --cache-from, --cache-to, --ssh and several platforms are not compared",
    });
  }
  const engine = await findEngine({ addr: own.get("addr"), buildctl: own.get("buildctl") }, io);
  io.err(say(io, `실제 엔진: ${engine.version}\n`, `engine: ${engine.version}\n`));
  const work = mkdtempSync(join(tmpdir(), "layerbook-verify-"));
  try {
    const directory = join(work, "context");
    cpSync(request.directory, directory, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
    const edited = editedFile(own.get("edit"), request, io);
    const pair = await Pair.open(engine, { ...request, directory: realpathSync(directory) }, work, io);
    const builds: Compared[] = [];
    builds.push(await pair.build({ ko: "첫 빌드 (캐시 없이)", en: "first build (without cache)" }, true));
    appendFileSync(join(directory, edited), blanks());
    builds.push(
      await pair.build({ ko: `두 번째 빌드 (${edited} 고침)`, en: `second build (${edited} edited)` }, false),
    );
    return conclude(builds, own.get("report"), { engine, request, edited, rest }, io);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

function takeOwn(args: readonly string[]): { own: ReadonlyMap<string, string>; rest: readonly string[] } {
  const own = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const name = OWN.find((one) => word === `--${one}` || word.startsWith(`--${one}=`));
    if (name === undefined) rest.push(word);
    else if (word.includes("=")) own.set(name, word.slice(word.indexOf("=") + 1));
    else if (i + 1 < args.length) own.set(name, args[++i]!);
    else
      throw usageError("LB_FLAG_VALUE", {
        ko: `\`--${name}\`에 값이 필요합니다.`,
        en: `--${name} needs a value`,
      });
  }
  return { own, rest };
}

/** Both builders over one directory. */
class Pair {
  private count = 0;

  private constructor(
    private readonly engine: Engine,
    private readonly request: BuildRequest,
    private readonly work: string,
    private readonly lab: Lab,
    private readonly io: CommandIo,
  ) {}

  static async open(engine: Engine, request: BuildRequest, work: string, io: CommandIo): Promise<Pair> {
    // Images come from the user's store; the cache is a fresh one, as the engine's is made to be.
    const { cacheDir, bases } = request;
    const user = await openLab(
      { ...(cacheDir !== undefined && { cacheDir }), ...(bases !== undefined && { bases }) },
      io,
    );
    const now = (): number => Date.now() / 1000;
    const context = new DirectoryContext(openWritableDirectory(request.directory), now);
    const options = { locale: io.locale, clock: now, sourceDateEpoch: EPOCH, client: "buildctl" } as const;
    return new Pair(engine, request, work, Lab.openWith(nodeMachine(), [user.images], options, context), io);
  }

  async build(title: Compared["title"], noCache: boolean): Promise<Compared> {
    const { io, request } = this;
    const output = join(this.work, `${this.count++}.tar`);
    const { tags: _tags, ...options } = request.options;
    io.err(say(io, `${title.ko}: 실제 엔진…\n`, `${title.en}: the engine…\n`));
    const real = await this.engine.build({
      directory: request.directory,
      request,
      noCache,
      epoch: EPOCH,
      output,
    });
    io.signal.throwIfAborted();
    const record = await this.lab.build({
      ...options,
      ...(noCache && { noCache }),
      sourceDateEpoch: EPOCH,
      assume: !request.strict,
      signal: io.signal,
    });
    io.signal.throwIfAborted();
    const image = real.exitCode === 0 ? await this.realImage(output) : undefined;
    return { title, rows: compareBuilds(record, real, image, noCache || request.options.noCache === true) };
  }

  private async realImage(path: string): Promise<RealImage | undefined> {
    if (!statSync(path, { throwIfNoEntry: false })) return undefined;
    const { spool, close } = openSpool(this.lab, this.io.signal);
    const files = await openArchive(nodePlatform, fileSource(path), { spool });
    const [image] = await importImages(nodePlatform, files, { spool, signal: this.io.signal });
    await close();
    if (!image) return undefined;
    const json = (digest: string): Record<string, unknown> => {
      const bytes = image.blobs.get(digest)!;
      return JSON.parse(Buffer.from(bytes.read(0, bytes.size)).toString()) as Record<string, unknown>;
    };
    const manifest = json(image.root.digest) as { config: { digest: string }; layers: { digest: string }[] };
    const { history, rootfs, ...config } = json(manifest.config.digest);
    const diffIds = (rootfs as { diff_ids?: string[] } | undefined)?.diff_ids ?? [];
    return {
      config,
      history: (history as object[] | undefined) ?? [],
      diffIds,
      entriesOf: (diffId) => this.entries(image.blobs.get(manifest.layers[diffIds.indexOf(diffId)]!.digest)!),
    };
  }

  private entries(blob: { size: number; read(offset: number, length: number): Uint8Array }): string[] {
    const bytes = blob.read(0, blob.size);
    const tar = bytes[0] === 0x1f ? nodePlatform.gunzip(bytes) : bytes;
    return [...readTar(tar)].map((entry) => entryLine(layerEntry(entry, nodePlatform)));
  }
}

function conclude(
  builds: readonly Compared[],
  report: string | undefined,
  about: { engine: Engine; request: BuildRequest; edited: string; rest: readonly string[] },
  io: CommandIo,
): number {
  for (const build of builds) io.out(`\n${build.title[io.locale]}\n\n${renderRows(build, io.locale)}`);
  const all: Row[] = builds.flatMap(({ rows }) => [...rows]);
  const count = (same: boolean | undefined): number => all.filter((row) => row.same === same).length;
  const [agree, differ, skipped] = [count(true), count(false), count(undefined)];
  io.out(
    say(
      io,
      `\n항목 ${all.length}개: 같음 ${agree}, 다름 ${differ}, 비교하지 않음 ${skipped}\n`,
      `\n${all.length} fields: ${agree} agree, ${differ} differ, ${skipped} not compared\n`,
    ),
  );
  if (differ === 0) return 0;
  const { engine, request, edited, rest } = about;
  const file = join(request.directory, request.options.file ?? "Dockerfile");
  const path = resolve(io.cwd, report ?? "layerbook-verify.md");
  writeFileSync(
    path,
    renderReport(builds, {
      layerbook: packageVersion(),
      engine: `${engine.name}: ${engine.version}`,
      flags: withoutValues(rest).join(" "),
      edit: edited,
      dockerfile: statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, "utf8") : "",
    }),
  );
  io.err(say(io, `다릅니다. 보고서: ${path}\n`, `They differ. Report: ${path}\n`));
  return 1;
}

/** The flags for the report: the values of build arguments and secrets stay here. */
function withoutValues(words: readonly string[]): string[] {
  return words.map((word, i) => {
    const isValue = ["--build-arg", "--secret"].includes(words[i - 1] ?? "");
    return isValue || /^--(build-arg|secret)=/.test(word)
      ? word.replace(/^((?:--[a-z-]+=)?[\w.-]+=).*$/, "$1…")
      : word;
  });
}

/** The file to edit, relative to the context. Throws CliError `LB_NO_FILE`. */
function editedFile(wanted: string | undefined, request: BuildRequest, io: CommandIo): string {
  if (wanted !== undefined) {
    for (const path of [resolve(request.directory, wanted), resolve(io.cwd, wanted)]) {
      const inside = relative(request.directory, path);
      if (!inside.startsWith("..") && statSync(path, { throwIfNoEntry: false })?.isFile()) return inside;
    }
    throw new CliError("LB_NO_FILE", {
      ko: `컨텍스트에 그런 파일이 없습니다: ${wanted}`,
      en: `there is no such file in the context: ${wanted}`,
    });
  }
  const dockerfile = request.options.file ?? "Dockerfile";
  let newest: { path: string; time: number } | undefined;
  const visit = (below: string): void => {
    for (const name of readdirSync(join(request.directory, below)).sort()) {
      if (/^(\.git|node_modules|\.layerbook|\.venv|__pycache__)$/.test(name)) continue;
      const path = below === "" ? name : `${below}/${name}`;
      const stat = lstatSync(join(request.directory, path));
      if (stat.isDirectory()) visit(path);
      const isPassed = path === dockerfile || basename(path) === ".dockerignore" || stat.size > 1 << 20;
      if (!stat.isFile() || isPassed) continue;
      if (!newest || stat.mtimeMs > newest.time) newest = { path, time: stat.mtimeMs };
    }
  };
  visit("");
  return newest?.path ?? dockerfile;
}

/** Blanks that were never there before: an older run must not have left the engine a record of the same edit. */
function blanks(): string {
  const bits = Math.floor(Date.now()).toString(2);
  return `\n${bits.replaceAll("0", " ").replaceAll("1", "\t")}\n`;
}
