/** Labs for tests: the recordings' base images instead of the catalog. */

import { join } from "node:path";

import { Lab, type LabOptions } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";

export const bases = join(__dirname, "../fidelity/bases");

/** A Lab whose FROM finds the recordings' images. */
export function openLab(options: LabOptions = {}): Promise<Lab> {
  return Lab.openOn(nodeMachine(), { bases, ...options });
}

/** `DCc` for DONE, CACHED, CACHED …: one letter per step. */
export function letters(record: { readonly steps: readonly { readonly status: string | null }[] }): string {
  return record.steps
    .map(({ status }) => ({ DONE: "D", CACHED: "c", ERROR: "E", CANCELED: "x" })[status ?? ""] ?? "?")
    .join("");
}

/** The note's Dockerfile. */
export const SEED =
  'FROM node:22\nWORKDIR /app\nCOPY package.json /app/\nRUN npm install\nCOPY . /app\nEXPOSE 80\nCMD ["node", "server.js"]\n';
export const SEED_FILES = {
  "package.json": '{"name":"app","dependencies":{"express":"4.21.2"}}\n',
  "server.js": "console.log(1)\n",
};
