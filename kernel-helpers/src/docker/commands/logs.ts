/** `docker logs`: what a container has printed. */

import type { DockerCommand } from "../command";

/** `docker logs`. */
export const logs: DockerCommand = {
  name: "logs",
  usage: "logs [OPTIONS] CONTAINER",
  summary: "Fetch the logs of a container",
  flags: {
    follow: { type: "boolean", short: "f", ignored: true },
    tail: { type: "string", short: "n" },
    timestamps: { type: "boolean", short: "t", ignored: true },
  },
  arity: [1, 1],
  run({ engine, words, flags, io }) {
    const { logs } = engine.container(words[0] ?? "");
    const tail = flags.values.get("tail") ?? "all";
    // A number that is none means all, as in the engine.
    const most = /^\d+$/.test(tail) ? Number(tail) : Infinity;
    const lines = logs.flatMap(({ stream, data }) =>
      (data.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ stream, line })),
    );
    for (const { stream, line } of most === 0 ? [] : lines.slice(-most))
      (stream === 1 ? io.out : io.err).call(io, line);
    return 0;
  },
};
