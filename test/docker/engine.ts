/** The docker command over one Lab, for tests: what is typed goes in, the exit code and both streams come out. */

import { join } from "node:path";

import type { Lab } from "../../kernel-helpers/src";
import { hostFiles } from "../../kernel-helpers/src/cli/host-files";
import { docker, DockerEngine } from "../../kernel-helpers/src/docker";

/** The recorded base images. */
export const BASES = join(__dirname, "../fidelity/bases");

/** What one command answered. */
export interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs commands after `docker`: a line, in which '…' holds blanks, or its words. *files* are those of the machine. */
export function dockerOf(
  lab: Lab,
  files = new Map<string, Uint8Array>(),
): (typed: string | readonly string[]) => Promise<Answer> {
  const engine = new DockerEngine(lab);
  return async (typed) => {
    let out = "";
    let err = "";
    const words =
      typeof typed === "string"
        ? [...typed.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "")
        : typed;
    const status = await docker(engine, words, {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      stdin: "",
      readFile: (path) => files.get(path),
      writeFile: (path, data) => void files.set(path, data),
      files: hostFiles(process.cwd()),
      env: () => undefined,
      checkContext: () => undefined,
    });
    return { status, out, err };
  };
}
