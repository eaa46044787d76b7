/** The local contexts of `--build-context`: those in memory keep their files between builds and take changes. */

import { HostFiles } from "../context";
import type { HostDirectory, ReadableFileSystem } from "../platform";
import { HostContents } from "./host-files";
import type { MemoryContext } from "./lab-context";
import type { BuildOptions } from "./types";

/** What a named context in a directory needs of the machine; a machine without directories opens none. */
export interface NamedContextPlace {
  readonly openDirectory?: (directory: string) => HostDirectory;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The named contexts of one Lab. */
export class NamedContexts {
  private readonly known = new Map<string, MemoryContext>();

  /** *create*: makes an empty context. */
  constructor(
    private readonly place: NamedContextPlace,
    private readonly create: () => MemoryContext,
  ) {}

  /** The files of the contexts that *options* names, by name. *dry*: what is given changes only this answer. */
  open(options: BuildOptions, dry = false): Map<string, ReadableFileSystem> {
    const contexts = new Map<string, ReadableFileSystem>();
    for (const [name, given] of Object.entries(options.buildContexts ?? {})) {
      if ("image" in given) continue;
      if ("directory" in given) {
        const directory = this.place.openDirectory?.(given.directory);
        if (directory)
          contexts.set(name, new HostFiles(directory, this.place.now(), new HostContents(directory)));
        continue;
      }
      const known = this.known.get(name) ?? this.create();
      const context = dry ? known.fork() : known;
      if (!dry) this.known.set(name, context);
      context.apply(given);
      contexts.set(name, context.files());
    }
    return contexts;
  }
}
