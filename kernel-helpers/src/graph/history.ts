/** Entries of the image's history (BuildKit convert.go commitToHistory, runCommandString). */

import type { Env } from "../dockerfile/expand/lexer";
import type { ConvertContext } from "./context";
import type { Node } from "./state";
import type { DispatchState } from "./stages";

/** RFC 3339 of *seconds* since 1970, in UTC. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** Adds an entry to the image of *state*. *node*: whose result is the layer; *suffix*: RUN, COPY and ADD end with `# buildkit`. */
export function commit(
  context: ConvertContext,
  state: DispatchState,
  text: string,
  node?: Node,
  suffix = false,
): void {
  state.image.history.push({
    entry: {
      ...(context.epoch === undefined ? {} : { created: formatTime(context.epoch) }),
      created_by: suffix ? text + " # buildkit" : text,
      comment: "buildkit.dockerfile.v0",
      ...(node === undefined ? { empty_layer: true } : {}),
    },
    ...(node === undefined ? {} : { node }),
    fromBase: false,
  });
}

/** A RUN's words behind the ARGs it sees: `|2 A=1 B= /bin/sh -c …`. */
export function runCommandText(
  args: readonly string[],
  buildArgs: readonly { readonly key: string; readonly value?: string }[],
  env: Env,
): string {
  const values = new Map(buildArgs.map(({ key, value }) => [key, env.get(key) ?? value ?? ""]));
  const shown = [...values].map(([key, value]) => `${key}=${value}`);
  return [...(shown.length === 0 ? [] : [`|${shown.length}`, ...shown]), ...args].join(" ");
}
