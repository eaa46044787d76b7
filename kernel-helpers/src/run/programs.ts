/** The programs of the machine: busybox's applets, what the files of a catalog image stand for, and tools from outside. */

import { base, type Program, type Programs } from "./machine/exec";
import { applets } from "./applets";
import { packagePrograms } from "./packages";
import { DEBIAN_APPLETS } from "./applets/debian-applets";
import { declaredFor, runDeclared } from "./declared-program";
import { toolProgram } from "./tool";

export const programs: Programs = {
  applets,
  debianApplets: DEBIAN_APPLETS,
  declared(process, args) {
    const command = declaredFor(process, args);
    return command && ((running) => runDeclared(running, command));
  },
  external(process, path, name): Program | undefined {
    const tool = process.machine.request.tools?.get(name);
    if (tool !== undefined) return toolProgram(tool);
    process.flavour = "gnu";
    // `sh` is whatever it is a link to; a file of that name is Debian's.
    if (name === "sh") return applets.get(base(path) === "bash" ? "bash" : "dash");
    return packagePrograms.get(name) ?? applets.get(name);
  },
};
