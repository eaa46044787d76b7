/** Names that compiled cells and the kernel agree on. Apart, so that the kernel need not load the compiler for them. */

/** Parameter with what a cell may ask of the kernel: define, attend, import, meta, result. */
export const RUNTIME = "__lb";
/** Parameter with the names of earlier cells. */
export const SCOPE = "__lb_scope";
/** Parameter with the shared words that loops look at (protocol/flags.ts). */
export const FLAGS = "__lb_flags";
