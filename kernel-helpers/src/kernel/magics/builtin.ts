/** The kernel's own magics, by name. To add one: write a file here with a `Magic`, and list it. */

import { contextMagic, resetMagic } from "./context";
import { dockerfileMagic } from "./dockerfile";
import { exerciseMagic } from "./exercise";
import { helpMagic } from "./help";
import { checkMagic, hintMagic, predictMagic } from "./lesson";
import type { MagicRegistry } from "./registry";
import { noteMagic } from "./note";
import { progressMagic, quizMagic } from "./quiz";
import { shMagic } from "./sh";
import { writefileMagic } from "./writefile";

/** Adds all magics of the kernel to *registry*. */
export function registerMagics(registry: MagicRegistry): void {
  registry.register(
    dockerfileMagic,
    writefileMagic,
    noteMagic,
    shMagic,
    predictMagic,
    checkMagic,
    hintMagic,
    exerciseMagic,
    quizMagic,
    progressMagic,
    contextMagic,
    resetMagic,
    helpMagic(registry),
  );
}
