/** `docker diff`: what a container has written over its image. */

import { diffLayers, WHITEOUT_PREFIX } from "../../filesystem";
import type { DockerCommand } from "../command";
import type { Container } from "../engine";

/** Bytes of what a container has written. */
export function writableBytes({ base, fs }: Container): number {
  return base === fs ? 0 : diffLayers(base, fs).reduce((sum, entry) => sum + entry.size, 0);
}

/** `docker diff`. */
export const diff: DockerCommand = {
  name: "diff",
  usage: "diff CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  flags: {},
  arity: [1, 1],
  run({ engine, words, io }) {
    const container = engine.container(words[0] ?? "");
    const lines: [string, string][] = diffLayers(container.base, container.fs).map((entry) => {
      const path = "/" + entry.name.replace(/\/$/, "");
      const base = path.slice(path.lastIndexOf("/") + 1);
      if (base.startsWith(WHITEOUT_PREFIX))
        return [path.slice(0, path.length - base.length) + base.slice(WHITEOUT_PREFIX.length), "D"];
      return [path, container.base.lstat(path) === undefined ? "A" : "C"];
    });
    lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [path, kind] of lines) io.out(`${kind} ${path}\n`);
    return 0;
  },
};
