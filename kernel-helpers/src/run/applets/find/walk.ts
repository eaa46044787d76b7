/** The walk of `find` from its starting points down. */

import type { FileStat } from "../../../platform/files";
import type { Process, Task } from "../../machine/process";
import { asErrno, join } from "../paths";
import { runProgram } from "../xargs";

/** A file that the walk has come to. */
export interface Visit {
  readonly path: string;
  readonly stat: FileStat;
  /** How far below its starting point: 0 is the starting point. */
  readonly depth: number;
  /** The starting point as it was written. */
  readonly start: string;
}

/** A test or an action on a file; whether what follows `-a` is still asked. */
export type Test = (visit: Visit) => Task<boolean>;

/** One walk: the options set it up, the actions steer it. */
export class Walk {
  follow = false;
  minDepth = 0;
  maxDepth = Infinity;
  depthFirst = false;
  oneDevice = false;
  /** Whether there is an action: without one every hit is printed. */
  acts = false;
  /** The exit code. */
  status = 0;
  /** Whether `-prune` kept the walk out of the directory being visited. */
  pruned = false;
  /** Whether `-quit` ended it. */
  stopped = false;
  /** The commands of `-exec … {} +` with the files they wait for. */
  readonly batches: { readonly args: readonly string[]; readonly items: string[] }[] = [];
  /** Mounts that the starting points are on. */
  private readonly devices = new Set<number>();

  constructor(readonly process: Process) {}

  /** Visits everything from *starts* down; answers the exit code. */
  *from(starts: readonly string[], test: Test | undefined): Task<number> {
    for (const start of starts) {
      if (this.stopped) break;
      const stat = this.stat(start, start);
      if (stat === undefined) continue;
      this.devices.add(this.deviceOf(start));
      yield* this.visit({ path: start, stat, depth: 0, start }, test);
    }
    for (const batch of this.batches) {
      if (batch.items.length > 0 && (yield* this.exec([...batch.args, ...batch.items])) !== 0)
        this.status = 1;
    }
    return this.status;
  }

  private stat(path: string, shown: string): FileStat | undefined {
    try {
      return (
        (this.follow ? this.process.vfs.tryStat(this.process, path) : undefined) ??
        this.process.vfs.stat(this.process, path, false)
      );
    } catch (error) {
      this.complain(shown, asErrno(error).message);
      return undefined;
    }
  }

  private deviceOf(path: string): number {
    return this.process.vfs.locate(this.process, path, this.follow).device;
  }

  private complain(path: string, message: string): void {
    this.status = 1;
    this.process.err(this.process.gnu ? `find: '${path}': ${message}\n` : `find: ${path}: ${message}\n`);
  }

  private *visit(visit: Visit, test: Test | undefined): Task {
    if (this.stopped) return;
    this.process.machine.meter.addCommands(1);
    yield* this.process.room();
    this.pruned = false;
    const isElsewhere =
      this.oneDevice && visit.stat.type === "dir" && !this.devices.has(this.deviceOf(visit.path));
    // GNU shows a mount point that it does not enter, busybox does not.
    if (isElsewhere && !this.process.gnu) return;
    if (!this.depthFirst && visit.depth >= this.minDepth) yield* this.judge(visit, test);
    if (
      visit.stat.type === "dir" &&
      visit.depth < this.maxDepth &&
      !(this.pruned && !this.depthFirst) &&
      !isElsewhere &&
      !this.stopped
    ) {
      let names: string[] = [];
      try {
        names = this.process.vfs.readdir(this.process, visit.path);
      } catch (error) {
        this.complain(visit.path, asErrno(error).message);
      }
      for (const name of names) {
        const path = join(visit.path, name);
        const stat = this.stat(path, path);
        if (stat !== undefined)
          yield* this.visit({ path, stat, depth: visit.depth + 1, start: visit.start }, test);
      }
    }
    if (this.depthFirst && visit.depth >= this.minDepth && !this.stopped) yield* this.judge(visit, test);
  }

  private *judge(visit: Visit, test: Test | undefined): Task {
    const hit = test === undefined ? true : yield* test(visit);
    if (hit && !this.acts) this.process.out(visit.path + "\n");
  }

  /** Runs a program in *dir*; answers its exit code. */
  *exec(args: readonly string[], dir?: string): Task<number> {
    return yield* runProgram(this.process, args, (child) => {
      if (dir !== undefined) child.cwd = child.vfs.locate(child, dir).path;
    });
  }
}
