/** What the kernel folder gives to the others. Light: importing it loads neither ZeroMQ nor TypeScript. */

export { KERNEL_DISPLAY_NAME, KERNEL_LANGUAGE, KERNEL_NAME, kernelSpec } from "./kernel-spec";
export type { KernelSpec } from "./kernel-spec";
