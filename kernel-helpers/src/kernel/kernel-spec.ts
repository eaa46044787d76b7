/** The kernelspec (kernel.json) that `layerbook kernel install` and `npm start` register with Jupyter. */

/** Name of the kernelspec's folder and of `metadata.kernelspec.name` in every lesson. */
export const KERNEL_NAME = "layerbook";
/** What JupyterLab's launcher and kernel menu show. */
export const KERNEL_DISPLAY_NAME = "Layerbook (TypeScript)";
/** `language` of the kernelspec and of every notebook's metadata. */
export const KERNEL_LANGUAGE = "typescript";

/** The contents of kernel.json. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  /** `message`: Jupyter asks over the control channel, which a thread of its own answers even in an endless loop. */
  readonly interrupt_mode: "message";
  readonly env: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Settings of glibc's allocator (others pass them over). Its pools per thread and what it keeps for later are a sixth of a kernel's
 * memory, and grow with every compiled function: 15 MB less at the start, 30 MB less after 800 cells.
 */
export const LEAN_MALLOC: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "131072",
  MALLOC_MMAP_THRESHOLD_: "65536",
};

/**
 * kernel.json for *nodePath* (absolute path of the node program) and *entryPath* (absolute path of `dist/kernel/main.js`,
 * the fast entry: it loads nothing of the command line). `{connection_file}` is filled in by Jupyter.
 */
export function kernelSpec(nodePath: string, entryPath: string): KernelSpec {
  return {
    // A small nursery: a kernel makes little garbage, and a class of them shares one machine (12 MB less after some builds).
    argv: [nodePath, "--max-semi-space-size=4", entryPath, "{connection_file}"],
    display_name: KERNEL_DISPLAY_NAME,
    language: KERNEL_LANGUAGE,
    interrupt_mode: "message",
    env: LEAN_MALLOC,
    metadata: { debugger: false },
  };
}
