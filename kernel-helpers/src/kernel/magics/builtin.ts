/** The kernel's own magics, by name. To add one: write a file here with a `Magic`, and list it. */

import { contextMagic, resetMagic } from "./context";
import { dockerfileMagic } from "./dockerfile";
import { helpMagic } from "./help";
import type { MagicRegistry } from "./registry";
import { writefileMagic } from "./writefile";

/** Adds all magics of the kernel to *registry*. */
export function registerMagics(registry: MagicRegistry): void {
  registry.register(dockerfileMagic, writefileMagic, contextMagic, resetMagic, helpMagic(registry));
}
