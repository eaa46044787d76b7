/** `build --watch`: builds again after every edit and tells what that edit ran again, until Ctrl-C. */

import { type FSWatcher, watch } from "node:fs";

import type { BuildRecord } from "../../build/types";
import type { Lab } from "../../lab";
import { renderReasons, summaryOf } from "../../report";
import { say, type CommandIo } from "../io";
import { buildTarget, labOf } from "./build-project";
import { changedPaths, type FolderState, folderState } from "./folder-state";
import type { TargetRequest } from "./read-project";

/** An edit is over when nothing happened for so long, in ms; never later than *LATEST* after its begin. */
const QUIET = 120;
const LATEST = 1500;
/** Where the system tells nothing of changes, the folders are looked at so often. */
const POLL = 1000;
const SHOWN = 5;

/** Watches the folders of *targets*, which have been built already. Ends with 0 at Ctrl-C. */
export async function watchTargets(targets: readonly TargetRequest[], io: CommandIo): Promise<number> {
  const states = new Map(targets.map((target) => [target, stateOf(target)]));
  const labs = new Map<TargetRequest, Lab>();
  const changes = new Changes([...new Set(targets.map(({ request }) => request.directory))], io);
  io.err(
    say(
      io,
      "\n파일을 지켜봅니다. 고치면 다시 빌드합니다. 끝내려면 Ctrl-C\n",
      "\nWatching. Edit a file to build again; Ctrl-C to end\n",
    ),
  );
  try {
    while (await changes.next()) {
      for (const target of targets) {
        if (io.signal.aborted) break;
        const now = stateOf(target);
        const changed = changedPaths(states.get(target)!, now);
        states.set(target, now);
        if (changed.length > 0) await rebuild(target, changed, targets.length > 1, labs, io);
      }
    }
  } catch (error) {
    if (!io.signal.aborted) throw error;
  } finally {
    changes.close();
  }
  io.err(say(io, "\n지켜보기를 끝냅니다.\n", "\nWatching ended.\n"));
  return 0;
}

function stateOf({ request }: TargetRequest): FolderState {
  return folderState(request.directory, request.options.file ?? "Dockerfile");
}

async function rebuild(
  target: TargetRequest,
  changed: readonly string[],
  isNamed: boolean,
  labs: Map<TargetRequest, Lab>,
  io: CommandIo,
): Promise<void> {
  const more = changed.length - SHOWN;
  const files =
    changed.slice(0, SHOWN).join(", ") + (more > 0 ? say(io, ` 외 ${more}개`, ` and ${more} more`) : "");
  io.out(`\n▸ ${isNamed ? `${target.name} · ` : ""}${say(io, `고친 것: ${files}`, `edited: ${files}`)}\n`);
  // A context that was copied into memory is copied anew.
  const lab = (target.dockerfile === undefined ? labs.get(target) : undefined) ?? (await labOf(target, io));
  labs.set(target, lab);
  const record = await buildTarget(target, io, lab);
  io.out(described(record, io));
}

/** In a few lines: the sentence of the build, and the reasons of the steps that ran. */
function described(record: BuildRecord, io: CommandIo): string {
  const error = record.error ? `  ✕ ${record.error.message}\n` : "";
  const reasons = renderReasons(record, io.locale);
  return `  ${summaryOf(record, io.locale)}\n${error}${reasons
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n")}`;
}

/** Waits for changes in folders. */
class Changes {
  private readonly watchers: FSWatcher[] = [];
  private readonly poll: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;
  private last = 0;
  private first = 0;

  constructor(
    folders: readonly string[],
    private readonly io: CommandIo,
  ) {
    const happened = (): void => {
      this.last = Date.now();
      if (this.first === 0) this.first = this.last;
      this.wake?.();
    };
    let isDeaf = false;
    for (const folder of folders) {
      try {
        const watcher = watch(folder, { recursive: true, persistent: true }, happened);
        watcher.on("error", happened);
        this.watchers.push(watcher);
      } catch {
        // No more watches are given, or the file system knows none.
        isDeaf = true;
      }
    }
    if (isDeaf) this.poll = setInterval(happened, POLL);
    io.signal.addEventListener("abort", () => this.wake?.(), { once: true });
  }

  /** True after a change, when no more follow; false when it is time to end. */
  async next(): Promise<boolean> {
    while (!this.io.signal.aborted) {
      const now = Date.now();
      if (this.first > 0 && (now - this.last >= QUIET || now - this.first >= LATEST)) {
        this.first = 0;
        return true;
      }
      await this.sleep(this.first > 0 ? QUIET - (now - this.last) : undefined);
    }
    return false;
  }

  private sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, Math.max(5, ms));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    clearInterval(this.poll);
    for (const watcher of this.watchers) watcher.close();
  }
}
