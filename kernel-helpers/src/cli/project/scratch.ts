/** A cache that is thrown away, for asking about images of a project that were never built here. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Lab } from "../../lab";
import type { CommandIo } from "../io";
import { labOf, needs, optionsOf } from "./build-project";
import type { TargetRequest } from "./read-project";

/** Labs over one cache in a temporary folder. */
export class Scratch {
  private readonly folder = mkdtempSync(join(tmpdir(), "layerbook-"));
  private readonly done = new Set<TargetRequest>();

  constructor(
    private readonly targets: readonly TargetRequest[],
    private readonly io: CommandIo,
  ) {}

  /** The Lab of *target*, whose present state has just been built in it. */
  async built(target: TargetRequest): Promise<Lab> {
    const lab = await this.open(target);
    this.done.add(target);
    await lab.build({ ...optionsOf(target), signal: this.io.signal });
    this.io.signal.throwIfAborted();
    return lab;
  }

  /** The Lab of *target*; the images that it takes files from are built in it. */
  async open(target: TargetRequest): Promise<Lab> {
    for (const other of this.targets)
      if (needs(target, other) && !this.done.has(other)) await this.built(other);
    return labOf({ ...target, request: { ...target.request, cacheDir: this.folder } }, this.io);
  }

  /** To be called at the end, whatever happened. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
