/** A registry in memory for the checks: every image exists, for the platform asked for unless told otherwise. */

import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { sha256Digest } from "../../kernel-helpers/src/platform/platform";
import { lint, convert, parsePlatform, type ConvertInput } from "../../kernel-helpers/src/graph";

/** A file to check and what surrounds it. */
export interface LintInput {
  readonly dockerfile: string;
  readonly dockerignore?: string;
  /** Frontend options: `target`, `platform`, `build-arg:NAME`. */
  readonly opts?: Readonly<Record<string, string>>;
  /** Platform of images by a part of their name. */
  readonly images?: Readonly<Record<string, string>>;
}

/** What `lint` and `convert` take. */
export function convertInput({ dockerfile, dockerignore, opts = {}, images = {} }: LintInput): ConvertInput {
  const buildArgs: Record<string, string> = {};
  for (const [key, value] of Object.entries(opts)) {
    if (key.startsWith("build-arg:")) buildArgs[key.slice("build-arg:".length)] = value;
  }
  return {
    file: "Dockerfile",
    text: dockerfile,
    dockerignore,
    options: { target: opts.target, platform: opts.platform, buildArgs },
    machine: nodePlatform,
    resolveImage: async (ref, wanted) => {
      const other = Object.entries(images).find(([name]) => ref.includes(name))?.[1];
      const { os, architecture, variant } = other === undefined ? wanted : parsePlatform(other);
      const config = {
        os,
        architecture,
        ...(variant === undefined ? {} : { variant }),
        config: { Env: ["PATH=/usr/bin:/bin"] },
        rootfs: { type: "layers", diff_ids: [sha256Digest(nodePlatform, "layer")] },
      };
      return { digest: sha256Digest(nodePlatform, JSON.stringify(config)), config };
    },
  };
}

/** `docker build --check`. */
export const check = (input: LintInput) => lint(convertInput(input));

/** An ordinary build, as far as its graph. */
export const build = (input: LintInput) => convert(convertInput(input));
