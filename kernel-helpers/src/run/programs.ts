/** The programs of the machine: busybox's applets, what the files of a catalog image stand for, and tools from outside. */

import type { Program, Programs } from "./machine/exec";
import { applets } from "./applets";
import { packagePrograms } from "./packages";
import { DEBIAN_APPLETS } from "./applets/debian-applets";
import { toolProgram } from "./tool";

export const programs: Programs = {
  applets,
  debianApplets: DEBIAN_APPLETS,
  external(process, _path, name): Program | undefined {
    const tool = process.machine.request.tools?.get(name);
    if (tool !== undefined) return toolProgram(tool);
    process.flavour = "gnu";
    return packagePrograms.get(name) ?? applets.get(name);
  },
};
