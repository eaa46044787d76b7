/** The bounds of one RUN, and the error that ends it when it reaches one. */

import type { RunLimits } from "../types";

/** A bound was reached, or the caller gave up: nothing inside the machine can catch this. */
export class MachineStop extends Error {
  override readonly name = "MachineStop";
}

/** Counts what a RUN uses. Defaults: 1,000,000 commands, 256 MiB written, 16 MiB of output, 512 processes at once. */
export class Meter {
  commands = 0;
  bytes = 0;
  output = 0;
  private readonly maxCommands: number;
  private readonly maxBytes: number;
  private readonly maxOutput: number;
  readonly maxProcesses = 512;

  constructor(limits: RunLimits = {}) {
    this.maxCommands = limits.commands ?? 1_000_000;
    this.maxBytes = limits.bytes ?? 256 * 1024 * 1024;
    this.maxOutput = limits.output ?? 16 * 1024 * 1024;
  }

  /** Counts *n* commands (or an equal amount of work). */
  addCommands(n: number): void {
    this.commands += n;
    if (this.commands > this.maxCommands) {
      throw new MachineStop(
        `LB_RUN_COMMANDS: stopped: more than ${this.maxCommands} commands (an endless loop?) / 명령이 ${this.maxCommands}개를 넘어 멈췄습니다 (끝나지 않는 반복?)`,
      );
    }
  }

  /** Counts bytes held by files and pipes. */
  addBytes(n: number): void {
    this.bytes += n;
    if (this.bytes > this.maxBytes) {
      throw new MachineStop(
        `LB_RUN_BYTES: stopped: more than ${this.maxBytes} bytes written / ${this.maxBytes}바이트보다 많이 써서 멈췄습니다`,
      );
    }
  }

  /** Counts bytes printed. */
  addOutput(n: number): void {
    this.output += n;
    if (this.output > this.maxOutput) {
      throw new MachineStop(
        `LB_RUN_OUTPUT: stopped: more than ${this.maxOutput} bytes of output / 출력이 ${this.maxOutput}바이트를 넘어 멈췄습니다`,
      );
    }
  }
}
