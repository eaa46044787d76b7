/** One JupyterLab for the tests of this folder: starting one takes longer than most of what is asked of it. */
import assert from "node:assert/strict";
import type { Context } from "mocha";
import { needPython } from "./machine";
import { type RunningLab, startLab } from "./start-lab";

let starting: Promise<RunningLab> | undefined;

/** The JupyterLab that all share, started by the first who asks; without a Python the asking suite is skipped (under CI it fails). */
export function sharedLab(context: Context): Promise<RunningLab> {
  const python = needPython(context);
  return (starting ??= startLab(python));
}

after("Ctrl-C is a proper end, and nothing is left", async function () {
  this.timeout(60_000);
  const lab = await starting?.catch(() => undefined);
  if (!lab) return;
  assert.equal(await lab.stop(), 0);
  await assert.rejects(fetch(`${lab.baseUrl}/api`), "the server is gone");
});
