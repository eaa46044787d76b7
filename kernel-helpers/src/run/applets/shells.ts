/** busybox's shell: ash, in which the applets come before PATH. */

import type { Program } from "../machine/exec";
import { shellProgram } from "../shell/source";

export function newStandaloneShell(): Program {
  return shellProgram("ash", true);
}
