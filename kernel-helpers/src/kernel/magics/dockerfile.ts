/** `%%dockerfile [docker build flags]`: saves the cell as the context's Dockerfile, verbatim, builds it and shows the build. */

import type { BuildFlags } from "../../docker/build-flags";
import { loadCore } from "../session/core";
import { whatToRunFirst } from "../session/missing";
import type { BuildOptions, NamedContext } from "../../build/types";
import type { SolveStatus } from "../../build/status";
import { showPredictionNotes } from "./lesson";
import { completeDockerfile, inspectDockerfile } from "./dockerfile-help";
import { type Magic, type MagicCall, MagicError, type MagicResult } from "./types";

/** A build that takes longer shows its progress while it goes on. */
const LIVE_AFTER_MS = 300;
/** Time between two pictures of the progress. */
const LIVE_EVERY_MS = 150;

export const dockerfileMagic: Magic = {
  name: "dockerfile",
  kind: "cell",
  summary: "셀의 나머지를 Dockerfile로 저장하고 빌드해 레이어와 캐시를 보여 줍니다.",
  usage: "%%dockerfile [-t TAG] [--target 단계] [--build-arg 이름=값] [--no-cache] [--check] …",
  run,
  complete: (code, offset, session) => Promise.resolve(completeDockerfile(code, offset, session)),
  inspect: inspectDockerfile,
};

async function run(call: MagicCall): Promise<MagicResult | void> {
  const core = loadCore();
  const flags = readFlags(call, core.parseBuildFlags);
  const lab = await call.session.lab();
  const options: BuildOptions = {
    ...flags.options,
    ...secretsOf(flags, call),
    ...contextsOf(flags, call),
    // Without -f it is the file Dockerfile, whatever the build before was made from.
    file: flags.options.file ?? "Dockerfile",
    dockerfile: call.body,
  };
  const live = new LiveProgress(call, core.progressText);
  const result = await lab.build({
    ...options,
    signal: call.signal,
    onStatus: (status) => live.take(status),
  });
  if (call.signal.aborted) {
    live.end();
    throw new MagicError("LB_INTERRUPTED", "빌드를 중단했습니다. 이미 끝난 단계는 캐시에 남아 있습니다.");
  }
  live.show(core.renderBundle(result));
  showPredictionNotes(call);
  if (result.error === undefined) return;
  const { message, ko } = result.error;
  const first = whatToRunFirst(message, call.session);
  return {
    error: {
      ename: "BuildError",
      evalue: message,
      traceback: [
        `\u001b[31m\u001b[1mERROR\u001b[0m: failed to build: failed to solve: ${message}`,
        ...(ko === undefined ? [] : [`  ${ko}`]),
        ...(first === undefined ? [] : [`  힌트: ${first}`]),
      ],
    },
  };
}

function readFlags(call: MagicCall, parse: (args: readonly string[]) => BuildFlags): BuildFlags {
  let flags: BuildFlags;
  try {
    flags = parse(call.args);
  } catch (error) {
    const { code, sentence } = error as { code?: string; sentence?: { ko: string; en: string } };
    if (code === undefined || sentence === undefined) throw error;
    throw new MagicError(code, `${(error as Error).message}\n  ${sentence.ko}\n  (${sentence.en})`);
  }
  if (flags.path !== undefined && flags.path !== ".") {
    throw new MagicError(
      "LB_CELL_CONTEXT",
      `%%dockerfile의 컨텍스트는 늘 노트북의 컨텍스트 폴더입니다. "${flags.path}"를 빼거나 %context로 폴더를 고르세요. (A cell builds the notebook's context.)`,
    );
  }
  return flags;
}

/** Named contexts: images, or folders in the notebook's. */
function contextsOf(flags: BuildFlags, call: MagicCall): Pick<BuildOptions, "buildContexts"> {
  if (flags.contexts.length === 0) return {};
  const named = flags.contexts.map(({ name, image, path }): [string, NamedContext] => [
    name,
    image === undefined ? { directory: call.session.namedContext(path ?? ".") } : { image },
  ]);
  return { buildContexts: Object.fromEntries(named) };
}

/** Secrets given by file are read from the context's folder. */
function secretsOf(flags: BuildFlags, call: MagicCall): Pick<BuildOptions, "secrets"> {
  if (flags.secrets.length === 0) return {};
  const secrets: Record<string, string> = {};
  for (const { id, file, env } of flags.secrets) {
    const value =
      file === undefined ? call.session.host.environment(env ?? id) : call.session.readSecret(file);
    if (value === undefined) {
      throw new MagicError(
        "LB_NO_SECRET",
        `비밀값 "${id}"를 읽을 수 없습니다: ${file ?? env ?? id}. (No such secret.)`,
      );
    }
    secrets[id] = value;
  }
  return { secrets };
}

/** Shows BuildKit's progress in one display that the result replaces. */
class LiveProgress {
  private readonly events: SolveStatus[] = [];
  private readonly began = performance.now();
  private drawn = 0;
  private readonly id: string;
  private shown = false;

  constructor(
    private readonly call: MagicCall,
    private readonly text: (events: readonly SolveStatus[], kind: "tty") => string,
  ) {
    this.id = call.session.host.newId();
  }

  take(status: SolveStatus): void {
    this.events.push(status);
    this.call.attend();
    const now = performance.now();
    if (now - this.began < LIVE_AFTER_MS || now - this.drawn < LIVE_EVERY_MS) return;
    this.drawn = now;
    this.draw();
  }

  /** Replaces the progress by *bundle*. */
  show(bundle: Readonly<Record<string, unknown>>): void {
    this.call.output.display(bundle, { displayId: this.id, update: this.shown });
    this.shown = true;
  }

  /** Leaves the last picture. */
  end(): void {
    if (this.shown) this.draw();
  }

  private draw(): void {
    this.show({ "text/plain": this.text(this.events, "tty") });
  }
}
