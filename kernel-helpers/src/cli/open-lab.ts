/** The Lab of a command: the user's cache, the directory to build, the clock. */

import { statSync } from "node:fs";
import { resolve } from "node:path";

import { Lab } from "../lab";
import { nodeMachine } from "../lab-node";
import { makeFolder } from "../platform/node/make-folder";
import { CliError } from "./cli-error";
import type { CommandIo } from "./io";
import { cacheFolder } from "./state";

export interface LabChoice {
  /** The context, absolute. Absent: none is needed. */
  readonly directory?: string;
  readonly cacheDir?: string;
  readonly bases?: string;
  /** Forget everything at the end: a cache in memory. */
  readonly inMemory?: boolean;
}

/** Opens the Lab. Rejects with CliError `LB_NO_DIRECTORY` when the bases are not there. */
export async function openLab(
  { directory, cacheDir, bases, inMemory }: LabChoice,
  io: CommandIo,
): Promise<Lab> {
  if (bases !== undefined && !statSync(bases, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CliError("LB_NO_DIRECTORY", {
      ko: `\`--bases\`의 폴더가 없습니다: ${bases}`,
      en: `the folder of --bases is not there: ${bases}`,
    });
  }
  return Lab.openOn(nodeMachine(), {
    ...(directory !== undefined && { contextDir: directory }),
    ...(!inMemory && { cacheDir: madeCache(cacheDir, io) }),
    ...(bases !== undefined && { bases }),
    locale: io.locale,
    clock: () => Date.now() / 1000,
    sourceDateEpoch: null,
  });
}

/** The folder of the cache that the command uses. */
export function userCache(cacheDir: string | undefined, io: CommandIo): string {
  return cacheFolder(cacheDir === undefined ? undefined : resolve(io.cwd, cacheDir), io.env);
}

/** The same, made when it is not there. Throws the file system's error. */
export function madeCache(cacheDir: string | undefined, io: CommandIo): string {
  const folder = userCache(cacheDir, io);
  makeFolder(folder);
  return folder;
}
