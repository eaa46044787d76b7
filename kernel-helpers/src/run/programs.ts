/** The programs of the machine: busybox's applets, and what the files of a catalog image stand for. */

import type { Program, Programs } from "./machine/exec";
import { applets } from "./applets";

export const programs: Programs = {
  applets,
  external(process, _path, name): Program | undefined {
    process.gnu = true;
    return applets.get(name);
  },
};
