/** The worker's program and the catalog, which the page carries packed: a third of their size. */

import { inflateSync, strFromU8, strToU8 } from "fflate";

/** `[program, catalog]` as JSON, deflated, as base64. The bundler puts it in. */
declare const LAYERBOOK_WORKER: string;

/** What a builder needs to begin. */
export interface WorkerProgram {
  /** The script. */
  readonly script: string;
  /** The files of `content/catalog` by name without `.json`, each as its text: the worker's first message. */
  readonly catalog: Readonly<Record<string, string>>;
}

/** Unpacks it. */
export function workerProgram(): WorkerProgram {
  const packed = strToU8(atob(LAYERBOOK_WORKER), true);
  const [script, catalog] = JSON.parse(strFromU8(inflateSync(packed))) as [string, WorkerProgram["catalog"]];
  return { script, catalog };
}
